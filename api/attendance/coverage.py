"""`/v1/schools/{urn}/coverage`: which sessions of the calendar nobody has answered for."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import endpoint
from api.http.fields import Day, DaysQuerySchema, Schema
from api.http.replies import Reply
from services.attendance.answers import window_of
from services.attendance.coverage import get_coverage
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "coverage", __name__, description="Registers that are missing, incomplete or left open."
)


class CoverageQuerySchema(DaysQuerySchema):
    """Which days."""

    to = Day(
        load_default=None,
        metadata={"description": "The last day, which counts; today unless told.", "example": "2026-11-20"},
    )


class MissingRegisterSchema(Schema):
    """A session."""

    date = fields.Date(metadata={"example": "2026-11-19"})
    session = fields.String(metadata={"enum": ["AM", "PM"], "example": "PM"})


class IncompleteRegisterSchema(MissingRegisterSchema):
    """A register with gaps."""

    marked = fields.Integer(metadata={"description": "Pupils on roll with a mark.", "example": 371})
    on_roll = fields.Integer(metadata={"description": "Pupils on roll that day.", "example": 380})


class SessionWithMarksSchema(MissingRegisterSchema):
    """A session with marks in question."""

    marks = fields.Integer(metadata={"description": "How many.", "example": 3})


class DaysWithoutCalendarSchema(Schema):
    """Days of an academic year whose calendar the school hasn't pushed."""

    academic_year = fields.String(metadata={"example": "2025/26"})
    from_ = fields.Date(data_key="from", attribute="from", metadata={"example": "2026-07-01"})
    to = fields.Date(metadata={"example": "2026-08-31"})


def _sessions(of: type[Schema], description: str) -> fields.List[Any]:
    return fields.List(fields.Nested(of), metadata={"description": description})


class RegisterCoverageSchema(Schema):
    """The sessions of a window: `sessions` = `complete` + those `missing` + those `incomplete`."""

    from_ = fields.Date(data_key="from", attribute="from", metadata={"example": "2026-09-01"})
    to = fields.Date(metadata={"example": "2026-11-20"})
    sessions = fields.Integer(
        metadata={
            "description": "Sessions of the calendar up to yesterday, and those of today that are held already.",
            "example": 104,
        }
    )
    complete = fields.Integer(
        metadata={
            "description": "With a mark for each pupil on roll that day, or with session counts instead.",
            "example": 101,
        }
    )
    missing = _sessions(MissingRegisterSchema, "With neither a register nor session counts.")
    incomplete = _sessions(
        IncompleteRegisterSchema, "With a register in which pupils on roll that day have no mark."
    )
    unresolved = _sessions(
        SessionWithMarksSchema, "With marks still N after 5 school days: 5 full ones have passed since."
    )
    unresolved_before = fields.Date(
        allow_none=True,
        metadata={"description": "The day before which an N counts as unresolved.", "example": "2026-11-13"},
    )
    outside_calendar = _sessions(
        SessionWithMarksSchema,
        "Sessions that hold marks or counts, and that the year's calendar doesn't have.",
    )
    without_calendar = fields.List(
        fields.Nested(DaysWithoutCalendarSchema),
        metadata={"description": "Parts of the window whose sessions can't be known.", "example": []},
    )


@blueprint.route("/schools/<urn>/coverage")
class SchoolCoverage(MethodView):
    """What to chase."""

    @endpoint(
        scope="attendance:write", loads=get_school, query=CoverageQuerySchema, answer=RegisterCoverageSchema
    )
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Reply:
        """Sessions of the calendar that have no register, an incomplete one, or marks still N after 5 school days."""
        return Reply(get_coverage(work, school, *window_of(work.today, query)), plain=True)
