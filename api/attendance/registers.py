"""`/v1/schools/{urn}/registers/{date}/{session}`: one register, whole or in part."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.attendance.receipts import ReceiptSchema, reply_with
from api.http.bodies import JSON_TYPES, Body, json_of
from api.http.endpoint import Reader, endpoint
from api.http.fields import Flag, Lookup, Schema, Time, loaded
from api.http.replies import Reply
from domain.errors import TooLarge
from intake.register_body import RegisterBody, decode_register
from services.attendance import registers
from services.attendance.laying import PushOptions
from services.attendance.register_push import push_register
from services.attendance.registers import SessionRef
from services.unit_of_work import Tools, UnitOfWork

blueprint = Blueprint("registers", __name__, description="Registers: the marks of one session of a school.")


class RegisterSchema(Schema):
    """A register as it is pushed: a code for each pupil; null, blank or - takes a mark away."""

    marks = Lookup(
        keys=fields.String(),
        values=fields.String(allow_none=True),
        required=True,
        metadata={"example": {"P001": "/", "P002": "I", "P003": "L"}},
    )
    minutes_late = Lookup(
        keys=fields.String(),
        values=fields.Integer(strict=True, validate=validate.Range(0, 999)),
        load_default=dict,
        metadata={"description": "For pupils with a mark in the same body.", "example": {"P003": 12}},
    )
    source_updated_at = Time(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "When the school's system last touched it; older pushes are stale.",
            "example": "2026-11-20T08:55:00Z",
        },
    )


class HeldRegisterSchema(Schema):
    """A register as it is held."""

    marks = fields.Dict(metadata={"example": {"P001": "/", "P002": "I", "P003": "L"}})
    minutes_late = fields.Dict(metadata={"example": {"P003": 12}})
    updated_at = fields.Raw(
        metadata={"type": "string", "format": "date-time", "example": "2026-11-20T08:57:03Z"}
    )
    revision = fields.Integer(metadata={"example": 1})


class RegisterQuerySchema(Schema):
    """When it is to be read from."""

    as_of = Time(metadata={"description": "As it was held then.", "example": "2026-11-20T09:15:00Z"})


class PushQuerySchema(Schema):
    """How a register is to be taken."""

    force = Flag(load_default=False, metadata={"description": "Past the guard of 20 %.", "example": False})
    dry_run = Flag(
        load_default=False, metadata={"description": "The same answer, nothing kept.", "example": False}
    )
    atomic = Flag(load_default=False, metadata={"description": "All rows or none.", "example": False})
    strict_roll = Flag(
        load_default=False, metadata={"description": "Reject unknown pupils.", "example": False}
    )


def read_register(body: Body, tools: Tools) -> RegisterBody:
    """The register in a body: decoded straight into its form, or explained by the schema where it doesn't fit."""
    raw = body.whole()
    register = decode_register(raw)
    if register is None:
        values = loaded(RegisterSchema(), tools.pseudonyms.throughout(json_of(raw)))
        register = RegisterBody(**values)
    if len(register.marks) > tools.max_rows:
        raise TooLarge(f"a push has at most {tools.max_rows} rows")
    return register


REGISTER_BODY = Reader(JSON_TYPES, read_register, schema=RegisterSchema, bulk=False)


takes_a_register = endpoint(
    scope="attendance:write",
    loads=registers.get_session,
    settled=True,
    lightly=True,
    ahead=registers.actor_with_session,
    query=PushQuerySchema,
    body=REGISTER_BODY,
    answer=ReceiptSchema,
    also={207: "Some rows were rejected."},
)


@blueprint.route("/schools/<urn>/registers/<day>/<session>")
class RegisterBySession(MethodView):
    """One register."""

    @endpoint(
        scope="pupils:read",
        loads=registers.get_session,
        query=RegisterQuerySchema,
        answer=HeldRegisterSchema,
        tagged=True,
    )
    def get(self, work: UnitOfWork, session: SessionRef, query: dict[str, Any]) -> Any:
        """The marks held of a session, or those that were held at a time."""
        return registers.get_register(work, session, query.get("as_of"))

    @takes_a_register
    def put(
        self, work: UnitOfWork, session: SessionRef, query: dict[str, Any], register: RegisterBody
    ) -> Reply:
        """Push a whole register: marks that it doesn't name are removed."""
        return reply_with(push_register(work, session, register, PushOptions(**query), whole=True))

    @takes_a_register
    def patch(
        self, work: UnitOfWork, session: SessionRef, query: dict[str, Any], register: RegisterBody
    ) -> Reply:
        """Push a part of a register: only the pupils that it names; null takes a mark away."""
        return reply_with(push_register(work, session, register, PushOptions(**query), whole=False))
