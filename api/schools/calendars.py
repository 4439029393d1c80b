"""`/v1/schools/{urn}/calendar/{academic_year}`: terms and closures."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import Reply, endpoint
from api.http.fields import Day, Schema, Text, Time
from services.schools import calendars
from services.schools.calendars import CalendarRef, HeldCalendar
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("calendars", __name__, description="When each school is open.")


class TermSchema(Schema):
    """A half term; both days count."""

    name = Text(100, required=True, metadata={"example": "Autumn 1"})
    half_term = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 6), metadata={"example": 1}
    )
    from_ = Day(required=True, data_key="from", attribute="from", metadata={"example": "2026-09-02"})
    to = Day(required=True, metadata={"example": "2026-10-23"})


class ClosureSchema(Schema):
    """A day within a term, or one session of it, on which the school is closed."""

    date = Day(required=True, metadata={"example": "2026-09-02"})
    session = fields.String(
        allow_none=True,
        validate=validate.OneOf(("AM", "PM")),
        metadata={"description": "Left out: the whole day.", "example": "AM"},
    )
    reason = Text(200, required=True, metadata={"example": "Staff training"})


class CalendarSchema(Schema):
    """The calendar of one academic year."""

    terms = fields.List(
        fields.Nested(TermSchema),
        required=True,
        validate=validate.Length(max=6),
        metadata={
            "example": [{"name": "Autumn 1", "half_term": 1, "from": "2026-09-02", "to": "2026-10-23"}]
        },
    )
    closures = fields.List(
        fields.Nested(ClosureSchema),
        validate=validate.Length(max=400),
        metadata={"example": [{"date": "2026-09-02", "session": "AM", "reason": "Staff training"}]},
    )
    academic_year = fields.String(dump_only=True, metadata={"example": "2026/27"})
    revision = fields.Integer(dump_only=True, metadata={"example": 1})
    updated_at = fields.Raw(
        dump_only=True,
        metadata={"type": "string", "format": "date-time", "example": "2026-09-01T08:00:00Z"},
    )


class CalendarQuerySchema(Schema):
    """At which time."""

    as_of = Time(
        metadata={"description": "The calendar as it stood then.", "example": "2026-11-20T09:15:00Z"}
    )


@blueprint.route("/schools/<urn>/calendar/<academic_year>")
class CalendarByYear(MethodView):
    """The calendar of one academic year, which a path writes 2026-27."""

    @endpoint(
        scope=("attendance:read", "attendance:write"),
        loads=calendars.name_calendar,
        query=CalendarQuerySchema,
        answer=CalendarSchema,
        tagged=True,
    )
    def get(self, work: UnitOfWork, named: CalendarRef, query: dict[str, Any]) -> dict[str, Any]:
        """The calendar as it is, or as it was at a time."""
        return _shown(calendars.get_calendar(work, named, query.get("as_of")))

    @endpoint(
        scope="attendance:write",
        loads=calendars.name_calendar,
        body=CalendarSchema,
        answer=CalendarSchema,
        tagged=True,
        settled=True,
        also={201: "Created."},
    )
    def put(self, work: UnitOfWork, named: CalendarRef, body: dict[str, Any]) -> Reply:
        """Set the calendar of an academic year; earlier versions stay, and the same again moves nothing."""
        held, created = calendars.put_calendar(work, named, body)
        return Reply(_shown(held), 201 if created else 200)


def _shown(held: HeldCalendar) -> dict[str, Any]:
    return held.calendar.as_dict() | {
        "academic_year": held.academic_year,
        "revision": held.revision,
        "updated_at": held.updated_at,
    }
