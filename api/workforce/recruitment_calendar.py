"""`/v1/schools/{urn}/workforce/calendar`: the year's cycle of recruitment, as JSON and as iCalendar."""

from typing import Any

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import endpoint
from api.http.fields import Day, Schema
from api.http.replies import Reply
from api.workforce.fields import (
    AsOfQuerySchema,
    Word,
)
from api.workforce.resource import OF_POSTS
from domain.workforce.calendar import KINDS
from render.ics import MEDIA_TYPE
from render.workforce_calendar import render_workforce_calendar
from services.schools.schools import SchoolRef, get_school, get_school_whole
from services.unit_of_work import UnitOfWork
from services.workforce import answers

blueprint = Blueprint(
    "recruitment calendar", __name__, description="Census days, resignation dates and adverts closing."
)


class CalendarQuerySchema(AsOfQuerySchema):
    """Which days, as held when, in which format."""

    from_ = Day(
        data_key="from",
        attribute="from",
        load_default=None,
        metadata={"description": "The start of the academic year unless told.", "example": "2026-09-01"},
    )
    to = Day(
        load_default=None,
        metadata={"description": "The end of the academic year unless told.", "example": "2027-08-31"},
    )
    format = fields.String(
        load_default=None,
        validate=validate.OneOf(("json", "ics")),
        metadata={"description": "Past what `Accept` says.", "example": "json"},
    )


class EntrySchema(Schema):
    """One day of the cycle."""

    id = fields.String(metadata={"example": "census-school-workforce-census-2026-27"})
    on = fields.Date(metadata={"example": "2026-11-05"})
    kind = Word(KINDS, metadata={"example": "census_day"})
    title = fields.String(metadata={"example": "School workforce census day"})
    detail = fields.String(allow_none=True, metadata={"example": None})
    source = fields.String(allow_none=True, metadata={"example": "czone.eastsussex.gov.uk"})
    inferred = fields.Boolean(
        metadata={"description": "Nobody has announced it; it is to be expected.", "example": True}
    )


class RecruitmentCalendarSchema(Schema):
    """The year's cycle of recruitment."""

    school = fields.String(metadata={"example": "900001"})
    from_ = fields.Date(data_key="from", attribute="from", metadata={"example": "2026-09-01"})
    to = fields.Date(metadata={"example": "2027-08-31"})
    entries = fields.List(fields.Nested(EntrySchema))
    notes = fields.List(fields.String(), metadata={"example": []})


@blueprint.route("/schools/<urn>/workforce/calendar")
class WorkforceCalendarOfSchool(MethodView):
    """The year's cycle of recruitment."""

    @endpoint(
        scope=OF_POSTS,
        loads=get_school,
        query=CalendarQuerySchema,
        answer=RecruitmentCalendarSchema,
        media={MEDIA_TYPE.split(";")[0]: {"schema": {"type": "string"}}},
    )
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Any:
        """Census days, resignation dates and adverts closing, as JSON or as an iCalendar file."""
        calendar = answers.calendar_of(work, school, query)
        if (query["format"] or _accepted()) == "ics":
            content = render_workforce_calendar(
                calendar, urn=school.urn, school_name=get_school_whole(work, school.urn).name, stamp=work.now
            )
            answer = Response(content, content_type=MEDIA_TYPE)
            answer.headers["Content-Disposition"] = 'attachment; filename="recruitment.ics"'
        else:
            days = {"from": calendar.first, "to": calendar.last}
            shown = {"school": school.urn} | days | {"entries": calendar.entries, "notes": calendar.notes}
            return Reply(shown, headers={"Vary": "Accept"}, plain=True)
        answer.headers["Vary"] = "Accept"
        return answer


def _accepted() -> str:
    """`ics` where `Accept` likes that better than JSON."""
    offered = {"application/json": "json", MEDIA_TYPE.split(";")[0]: "ics"}
    return offered[request.accept_mimetypes.best_match(list(offered), default="application/json")]
