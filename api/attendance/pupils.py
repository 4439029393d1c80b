"""`/v1/schools/{urn}/attendance/pupils`: attendance pupil by pupil."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.attendance.attendance import SessionsSchema, WindowQuerySchema
from api.http.endpoint import endpoint
from api.http.fields import ListQuerySchema, Schema
from domain.attendance.flags import FLAGS
from services.attendance.answers import asked_of, list_pupils
from services.paging import Page
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "pupils", __name__, description="Attendance of each pupil, and who is near a threshold."
)


class PupilsQuerySchema(WindowQuerySchema, ListQuerySchema):
    """Which pupils."""

    flag = fields.String(
        load_default=None,
        validate=validate.OneOf(FLAGS),
        metadata={"description": "Only pupils who have it.", "example": "persistent"},
    )


class SessionsUntilSchema(Schema):
    """How many more missed sessions raise each flag if each next one is missed; 0 where it is up."""

    persistent = fields.Integer(metadata={"example": 3})
    severe = fields.Integer(metadata={"example": 84})
    penalty_notice_watch = fields.Integer(metadata={"description": "Missed without leave.", "example": 8})


class PupilAttendanceSchema(SessionsSchema):
    """One pupil's attendance."""

    pupil = fields.String(metadata={"example": "P001"})
    penalty_notice_sessions = fields.Integer(
        metadata={"description": "Sessions coded G, N, O or U in the latest 10 school weeks.", "example": 2}
    )
    flags = fields.List(fields.String(), metadata={"example": ["at_risk"]})
    sessions_until = fields.Nested(SessionsUntilSchema)


@blueprint.route("/schools/<urn>/attendance/pupils")
class PupilsAttendance(MethodView):
    """Attendance pupil by pupil."""

    @endpoint(
        scope="pupils:read",
        loads=get_school,
        query=PupilsQuerySchema,
        answer=PupilAttendanceSchema,
        paged=True,
    )
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Page:
        """Each pupil's sessions, flags, and the missed sessions until each flag, in the order of references."""
        return list_pupils(
            work, school, asked_of(work, query | {"suppress": None}), query["flag"], query["page"]
        )
