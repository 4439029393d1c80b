"""`/v1/audit`: every write there was, and whether the log of them is whole."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import endpoint
from api.http.fields import DAY, ListQuerySchema, Schema, Text, time_of
from services.access import audit_log
from services.access.audit_log import AuditQuestion
from services.paging import Page
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "audit",
    __name__,
    description="Every write, in a hash chain for each school and one for what is no school's. Where a content was "
    "erased, an entry says by whom and why, and the chain still holds.",
)

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class DayOrTime(fields.Field[Any]):
    """A day, or a time in RFC 3339."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> date | datetime:
        if not isinstance(value, str):
            raise ma.ValidationError("Not a day or a time.")
        if not DAY.fullmatch(value):
            return time_of(value)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ma.ValidationError("No day of the calendar.") from None


class AuditEntrySchema(Schema):
    """One write."""

    school = fields.String(
        metadata={"description": "URN; null for what is no school's.", "example": "900001"}
    )
    sequence = fields.Integer(metadata={"description": "Its number in its chain.", "example": 42})
    at = fields.Raw(
        metadata={"type": "string", "format": "date-time", "example": "2026-11-20T09:15:00.000001Z"}
    )
    who = fields.String(
        metadata={"description": "The id of the person, or the name of the key.", "example": "front end"}
    )
    verb = fields.String(metadata={"example": "changed"})
    kind = fields.String(metadata={"example": "action"})
    subject = fields.String(
        metadata={
            "description": "The id of the resource or the import; null where the school says enough.",
            "example": "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11",
        }
    )
    revision = fields.Integer(metadata={"description": "Which the write made.", "example": 3})
    digest = fields.String(metadata={"description": "SHA-256 of the content, in hex.", "example": HASH})
    hash = fields.String(
        metadata={
            "description": "SHA-256 over the hash before and all of the entry but its content.",
            "example": HASH,
        }
    )
    content = fields.Raw(
        metadata={
            "description": "The resource as it stood after the write, or a receipt; null where it was erased.",
            "example": {"title": "Breakfast club on Mondays", "status": "in_progress"},
        }
    )


class AuditQuerySchema(ListQuerySchema):
    """Which entries."""

    school = fields.String(metadata={"description": "Of this school's chain.", "example": "900001"})
    kind = Text(32, metadata={"example": "action"})
    subject = Text(64, metadata={"description": "About this resource or import."})
    who = Text(100, metadata={"description": "By this person's id, or the name of a key."})
    first = DayOrTime(
        data_key="from",
        metadata={"type": "string", "description": "A day or a time.", "example": "2026-09-01"},
    )
    last = DayOrTime(
        data_key="to",
        metadata={"type": "string", "description": "And to this one, which counts.", "example": "2026-11-20"},
    )


class VerifyQuerySchema(Schema):
    """Which chain."""

    school = fields.String(
        metadata={"description": "That of this school; all that the key may see unless said."}
    )


class VerdictSchema(Schema):
    """Whether chains hold."""

    holds = fields.Boolean(metadata={"example": False})
    first_broken = fields.Integer(
        metadata={"description": "The number of the first entry that doesn't hold.", "example": 42}
    )
    school = fields.String(metadata={"description": "Whose chain; null: no school's.", "example": "900001"})


def _named_school(work: UnitOfWork, args: Mapping[str, str]) -> SchoolRef | None:
    return get_school(work, args["school"]) if "school" in args else None


@blueprint.route("/audit")
class Audit(MethodView):
    """The log."""

    @endpoint(scope="admin", names=_named_school, query=AuditQuerySchema, answer=AuditEntrySchema, paged=True)
    def get(self, work: UnitOfWork, school: SchoolRef | None, query: dict[str, Any]) -> Page:
        """List every write in the schools of the key, the newest first; an import is one in each that it touched."""
        asked = {name: query.get(name) for name in ("kind", "subject", "who", "first", "last")}
        return audit_log.list_entries(work, AuditQuestion(school=school, **asked), query["page"])


@blueprint.route("/audit/verify")
class Verification(MethodView):
    """Whether the log is as it was written."""

    @endpoint(scope="admin", names=_named_school, query=VerifyQuerySchema, answer=VerdictSchema)
    def get(self, work: UnitOfWork, school: SchoolRef | None, query: dict[str, Any]) -> dict[str, Any]:
        """Recompute the chains from their first entries: whether they hold, or the first entry that doesn't."""
        broken = audit_log.find_break(work, school)
        if broken is None:
            return {"holds": True}
        return {"holds": False, "first_broken": broken.sequence, "school": broken.school}
