"""`/v1/schools/{urn}/workforce/measures`, `risk`, `calendar` and `resignation-dates`: what the records come to."""

from typing import Any

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import endpoint
from api.http.fields import Day, ListQuerySchema, Schema
from api.http.replies import Reply
from api.workforce.benchmarks import BenchmarkSchema, WindowSchema
from api.workforce.fields import (
    EXAMPLE_TIME,
    AcademicYear,
    Amount,
    AsOfQuerySchema,
    HistorySchema,
    Word,
    WorkforceSchema,
)
from api.workforce.resource import OF_POSTS, WRITE, matching
from domain.attendance.calendar import TERMS
from domain.workforce.calendar import KINDS
from domain.workforce.resignation import MOST_ROWS, RESIGNING
from render.ics import MEDIA_TYPE
from render.workforce_calendar import render_workforce_calendar
from services.paging import Page
from services.schools.schools import SchoolRef, get_school, get_school_whole
from services.unit_of_work import UnitOfWork
from services.workforce import answers, records
from services.workforce.changes import set_record
from services.workforce.kinds import RESIGNATION_DATES
from services.workforce.records import RecordRef

blueprint = Blueprint(
    "workforce measures", __name__, description="What the records of the workforce come to."
)


class WithheldQuerySchema(AsOfQuerySchema):
    """At which time, and how much is withheld."""

    suppress = fields.Integer(
        load_default=None,
        validate=validate.Range(min=0),
        metadata={
            "description": "Withhold what fewer members of staff are behind: 5 at least, and unless told, for a key"
            " without `workforce:write`; with it 0, for nothing withheld, or 5 and more.",
            "example": 5,
        },
    )


class MeasuresQuerySchema(WithheldQuerySchema):
    """Which days, of which posts, as held when, and beside which published figures."""

    from_ = Day(
        data_key="from",
        attribute="from",
        load_default=None,
        metadata={
            "description": "The first day; the start of the academic year that `to` is in, unless told.",
            "example": "2026-09-01",
        },
    )
    to = Day(
        load_default=None,
        metadata={
            "description": "The last day, which counts; today, or the day of `as_of`, unless told.",
            "example": "2026-11-20",
        },
    )
    staff_group = fields.String(
        load_default=None, metadata={"description": "teacher unless told.", "example": "teacher"}
    )
    role = fields.String(load_default=None, metadata={"description": "Only posts of this role."})
    subject = fields.String(load_default=None, metadata={"description": "Only posts of this subject."})
    area = fields.String(
        load_default=None, metadata={"description": "Published figures of which area.", "example": "England"}
    )
    school_type = fields.String(
        load_default=None, metadata={"description": "Published figures of which type of school."}
    )


class BesideSchema(BenchmarkSchema):
    """A published figure beside the school's own."""

    difference = Amount(
        allow_none=True,
        metadata={"description": "How far the school's own is above it.", "example": 1.1},
    )
    same_year = fields.Boolean(metadata={"example": False})


class MeasureSchema(Schema):
    """One measure."""

    measure = fields.String(metadata={"example": "vacancy_rate"})
    value = Amount(allow_none=True, metadata={"example": 1.6})
    numerator = Amount(allow_none=True, metadata={"example": 1})
    denominator = Amount(allow_none=True, metadata={"example": 62.4})
    unit = fields.String(metadata={"example": "%"})
    window = fields.Nested(WindowSchema)
    definition = fields.String(metadata={"example": "Posts vacant on the day of the snapshot, of the FTE."})
    source = fields.String(metadata={"example": "Department for Education, School workforce in England"})
    null_because = fields.String(metadata={"description": "Only where there is no value.", "example": None})
    note = fields.String(metadata={"description": "What to know beside the figure.", "example": None})
    suppressed = fields.Boolean(metadata={"example": False})
    benchmarks = fields.List(fields.Nested(BesideSchema))


class TableSchema(Schema):
    """What a table beside the measures is of."""

    id = fields.String(metadata={"example": "funnel"})
    title = fields.String(metadata={"example": "From application to start"})
    definition = fields.String(metadata={"example": "Candidates who came as far as each step."})
    source = fields.String(metadata={"example": "Headway; nothing is published that it may be put beside"})
    window = fields.Nested(WindowSchema)


class FunnelStepSchema(Schema):
    """One step from application to start."""

    step = fields.String(metadata={"example": "shortlisted"})
    number = fields.Integer(
        allow_none=True, metadata={"description": "Candidates, where it is known.", "example": 9}
    )
    vacancies = fields.Integer(metadata={"description": "Of which it is known.", "example": 4})
    unknown_ = fields.Integer(
        data_key="unknown",
        attribute="unknown",
        metadata={"description": "Vacancies of which it isn't.", "example": 0},
    )
    numerator = fields.Integer(
        allow_none=True, metadata={"description": "Of the share: where the step before is known too."}
    )
    denominator = fields.Integer(allow_none=True, metadata={"description": "At the step before."})
    share_of_step_before = Amount(allow_none=True, metadata={"description": "In per cent.", "example": 37.5})
    null_because = fields.String(allow_none=True, metadata={"example": None})


class NeverFilledSchema(Schema):
    """A subject none of whose vacancies was filled."""

    subject = fields.String(metadata={"example": "Physics"})
    vacancies = fields.Integer(metadata={"example": 2})
    adverts = fields.Integer(metadata={"example": 3})
    days_open = fields.Integer(
        metadata={"description": "From the first opening to the last end.", "example": 172}
    )


class DestinationSchema(Schema):
    """The leavers with one destination."""

    destination = fields.String(metadata={"example": "moved_school"})
    fte = Amount(allow_none=True, metadata={"example": 5.8})
    of = Amount(allow_none=True, metadata={"description": "FTE of all who left.", "example": 11.6})
    share = Amount(allow_none=True, metadata={"description": "In per cent.", "example": 50})
    null_because = fields.String(allow_none=True, metadata={"example": None})
    suppressed = fields.Boolean(metadata={"example": False})


class MeasuresSchema(Schema):
    """The workforce measures of a school."""

    school = fields.String(metadata={"example": "900001"})
    from_ = fields.Date(data_key="from", attribute="from", metadata={"example": "2026-09-01"})
    to = fields.Date(metadata={"example": "2026-11-20"})
    as_of = fields.Raw(metadata={"type": ["string", "null"], "format": "date-time", "example": None})
    generated_at = fields.Raw(metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME})
    posts = fields.Dict(metadata={"example": {"staff_group": "teacher", "role": None, "subject": None}})
    measures = fields.List(fields.Nested(MeasureSchema))
    tables = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(TableSchema),
        metadata={"description": "What each of the tables below is of."},
    )
    funnel = fields.List(
        fields.Nested(FunnelStepSchema),
        metadata={"description": "From application to start, step by step."},
    )
    subjects_never_filled = fields.List(fields.Nested(NeverFilledSchema))
    destinations = fields.List(
        fields.Nested(DestinationSchema), metadata={"description": "Where leavers of the window went."}
    )


class RiskQuerySchema(WithheldQuerySchema):
    """For which academic year, and by what."""

    academic_year = AcademicYear(
        load_default=None, metadata={"description": "This one unless told.", "example": "2026/27"}
    )
    by = fields.String(
        load_default="role,subject",
        metadata={"description": "role, subject, or both.", "example": "role,subject"},
    )


class ExpectedLeaversSchema(Schema):
    """Expected leavers of a role and subject; of any where either is null."""

    role = fields.String(allow_none=True, metadata={"example": "Teacher"})
    subject = fields.String(allow_none=True, metadata={"example": "Mathematics"})
    leavers = fields.Integer(
        allow_none=True, metadata={"description": "Counted in the years looked at.", "example": 8}
    )
    expected = Amount(allow_none=True, metadata={"example": 1.6})
    low = fields.Integer(allow_none=True, metadata={"example": 0})
    high = fields.Integer(allow_none=True, metadata={"example": 3})
    chance_of_any = Amount(
        allow_none=True, metadata={"description": "That at least one leaves, per cent.", "example": 79}
    )
    null_because = fields.String(allow_none=True, metadata={"example": None})
    suppressed = fields.Boolean(metadata={"example": False})


class YearCountedSchema(Schema):
    """One of the academic years looked at."""

    academic_year = fields.String(metadata={"example": "2025/26"})
    teachers = fields.Integer(metadata={"example": 71})
    leavers = fields.Integer(metadata={"example": 8})


class ResignBySchema(Schema):
    """By which day a teacher resigns to leave at the end of a term."""

    resign_by = fields.Date(metadata={"example": "2027-05-31"})
    leaves_on = fields.Date(metadata={"example": "2027-08-31"})
    term = fields.String(metadata={"example": "summer"})


class RiskSchema(Schema):
    """How many teachers are likely to leave; nobody's own risk is reckoned."""

    school = fields.String(metadata={"example": "900001"})
    as_of = fields.Raw(metadata={"type": ["string", "null"], "format": "date-time", "example": None})
    generated_at = fields.Raw(metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME})
    academic_year = fields.String(metadata={"example": "2026/27"})
    teachers = fields.Integer(allow_none=True, metadata={"example": 71})
    teachers_on = fields.Date(allow_none=True, metadata={"example": "2026-11-05"})
    teacher_years = fields.Integer(metadata={"example": 355})
    years = fields.List(fields.Nested(YearCountedSchema))
    left_out = fields.Dict(metadata={"description": "Years not counted, and why.", "example": {}})
    everyone = fields.Nested(ExpectedLeaversSchema)
    rows = fields.List(fields.Nested(ExpectedLeaversSchema))
    resignation_dates = fields.List(
        fields.Nested(ResignBySchema),
        metadata={"description": "Of the academic year: adverts are planned before them."},
    )
    confidence = fields.Integer(
        metadata={"description": "Of the interval from low to high, per cent.", "example": 80}
    )
    method = fields.String(metadata={"example": "Beta-binomial"})
    limits = fields.List(fields.String(), metadata={"example": ["It tells nothing about any one teacher."]})


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


class ResignationDateSchema(WorkforceSchema):
    """By which day somebody resigns to leave at the end of a term."""

    staff = Word(RESIGNING, required=True, metadata={"example": "teacher"})
    term = Word(TERMS, required=True, metadata={"example": "autumn"})
    leaves_on = fields.String(
        required=True,
        metadata={"description": "MM-DD, or MM-last for a month's last day.", "example": "12-31"},
    )
    resign_by = fields.String(required=True, metadata={"description": "Likewise.", "example": "10-31"})


class ResignationDatesSchema(WorkforceSchema):
    """By when teachers and heads resign."""

    resignation_dates = fields.List(
        fields.Nested(ResignationDateSchema),
        required=True,
        validate=validate.Length(max=MOST_ROWS),
        metadata={
            "example": [{"staff": "teacher", "term": "autumn", "leaves_on": "12-31", "resign_by": "10-31"}]
        },
    )
    own = fields.Boolean(
        dump_only=True, metadata={"description": "Whether the school put them in place.", "example": True}
    )
    source = fields.String(dump_only=True, metadata={"example": "the school's own dates"})
    revision = fields.Integer(
        dump_only=True, metadata={"description": "0 where the school has none of its own.", "example": 1}
    )
    updated_at = fields.Raw(
        dump_only=True, metadata={"type": ["string", "null"], "format": "date-time", "example": EXAMPLE_TIME}
    )


def name_dates(work: UnitOfWork, urn: str) -> RecordRef:
    """A school's own resignation dates, held or not."""
    return records.name_record(work, get_school(work, urn), RESIGNATION_DATES.name, answers.ONLY_KIND)


@blueprint.route("/schools/<urn>/workforce/measures")
class WorkforceMeasures(MethodView):
    """The workforce measures of a school."""

    @endpoint(scope=OF_POSTS, loads=get_school, query=MeasuresQuerySchema, answer=MeasuresSchema)
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Reply:
        """Every workforce measure that the records allow, each with what it is made of, or why it is null."""
        return Reply(answers.measures_of(work, school, query), plain=True)


@blueprint.route("/schools/<urn>/workforce/risk")
class WorkforceRisk(MethodView):
    """How many teachers are likely to leave."""

    @endpoint(scope=OF_POSTS, loads=get_school, query=RiskQuerySchema, answer=RiskSchema)
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Reply:
        """Expected leavers by role and subject with an interval, from the school's own last five years."""
        return Reply(answers.risk_of(work, school, query), plain=True)


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


@blueprint.route("/schools/<urn>/workforce/resignation-dates")
class ResignationDates(MethodView):
    """By when teachers and heads resign."""

    @endpoint(
        scope=OF_POSTS, loads=get_school, query=AsOfQuerySchema, answer=ResignationDatesSchema, tagged=True
    )
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> dict[str, Any]:
        """The school's own resignation dates, or those of most schools where it has none."""
        return answers.resignation_dates_of(work, school, query["as_of"])

    @endpoint(
        scope=WRITE,
        loads=matching(name_dates),
        body=ResignationDatesSchema,
        answer=ResignationDatesSchema,
        tagged=True,
        also={201: "Created."},
    )
    def put(self, work: UnitOfWork, named: RecordRef, body: dict[str, Any]) -> Reply:
        """Put the school's own dates in the place of those of most schools."""
        held, created = set_record(work, RESIGNATION_DATES, named, body)
        return Reply(answers.shown_dates(held), 201 if created else 200)

    @endpoint(scope=WRITE, loads=matching(name_dates), status=204)
    def delete(self, work: UnitOfWork, named: RecordRef) -> None:
        """Go back to the dates of most schools."""
        records.remove_record(work, named)


@blueprint.route("/schools/<urn>/workforce/resignation-dates/history")
class ResignationDatesHistory(MethodView):
    """What the school's own resignation dates were."""

    @endpoint(scope=OF_POSTS, loads=name_dates, query=ListQuerySchema, answer=HistorySchema, paged=True)
    def get(self, work: UnitOfWork, named: RecordRef, query: dict[str, Any]) -> Page:
        """Every change of the school's own resignation dates, the oldest first; none where it never had any."""
        changes = records.changes_of_record(work, named)
        return records.page_of_changes(changes, query["page"])


def _accepted() -> str:
    """`ics` where `Accept` likes that better than JSON."""
    offered = {"application/json": "json", MEDIA_TYPE.split(";")[0]: "ics"}
    return offered[request.accept_mimetypes.best_match(list(offered), default="application/json")]
