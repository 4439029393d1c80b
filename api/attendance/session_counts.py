"""`/v1/schools/{urn}/session-counts/{date}/{session}`: how many had each code, from schools that push no marks."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import endpoint
from api.http.fields import Schema, Time
from api.http.replies import Reply
from domain.cohorts import CHARACTERISTICS
from services.attendance import session_counts
from services.attendance.registers import SessionRef, get_session
from services.attendance.session_counts import HeldCounts
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "session_counts",
    __name__,
    description="Sessions counted by code, from schools that push no marks of pupils.",
)


class SessionCountsSchema(Schema):
    """How many pupils had each code; `-` is ignored."""

    counts = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "Whole numbers from 0 to 100,000 by code.", "example": {"/": 350, "I": 12}},
    )
    year_group = fields.String(
        dump_only=True, metadata={"description": "Null for the whole school.", "example": "7"}
    )
    revision = fields.Integer(dump_only=True, metadata={"example": 1})
    updated_at = fields.Raw(
        dump_only=True,
        metadata={"type": "string", "format": "date-time", "example": "2026-11-20T08:57:03Z"},
    )


class SessionCountsQuerySchema(Schema):
    """Which part of the school."""

    year_group = fields.String(
        load_default=None,
        validate=validate.OneOf(CHARACTERISTICS["year_group"]),
        metadata={"description": "One year group; the whole school unless told.", "example": "7"},
    )


class HeldCountsQuerySchema(SessionCountsQuerySchema):
    """Which part of the school, and at which time."""

    as_of = Time(
        load_default=None, metadata={"description": "As held then.", "example": "2026-11-20T09:15:00Z"}
    )


@blueprint.route("/schools/<urn>/session-counts/<day>/<session>")
class SessionCountsBySession(MethodView):
    """The counts of one session.

    Those of the whole school are used only where no year group's are held, and either only where no register is.
    """

    @endpoint(
        scope=("attendance:write", "pupils:read"),
        loads=get_session,
        query=HeldCountsQuerySchema,
        answer=SessionCountsSchema,
        tagged=True,
    )
    def get(self, work: UnitOfWork, session: SessionRef, query: dict[str, Any]) -> HeldCounts:
        """The counts held of a session, or those that were held at a time."""
        return session_counts.get_session_counts(work, session, **query)

    @endpoint(
        scope="attendance:write",
        loads=get_session,
        query=SessionCountsQuerySchema,
        body=SessionCountsSchema,
        answer=SessionCountsSchema,
        tagged=True,
        settled=True,
        also={201: "Created."},
    )
    def put(
        self, work: UnitOfWork, session: SessionRef, query: dict[str, Any], body: dict[str, Any]
    ) -> Reply:
        """Set the counts of a session; earlier versions stay, and the same again moves nothing."""
        held, created = session_counts.put_session_counts(work, session, query["year_group"], body["counts"])
        return Reply(held, 201 if created else 200)

    @endpoint(
        scope="attendance:write", loads=get_session, query=SessionCountsQuerySchema, status=204, settled=True
    )
    def delete(self, work: UnitOfWork, session: SessionRef, query: dict[str, Any]) -> None:
        """Take the counts of a session away; `as_of` still finds them."""
        session_counts.remove_session_counts(work, session, query["year_group"])
