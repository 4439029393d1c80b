"""`/v1/schools/{urn}/workforce/measures`: what the records come to, each figure with what it is made of."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import endpoint
from api.http.fields import DaysQuerySchema, Schema
from api.http.replies import Reply
from api.workforce.benchmarks import BenchmarkSchema, WindowSchema
from api.workforce.fields import (
    EXAMPLE_TIME,
    Amount,
    AsOfQuerySchema,
)
from api.workforce.resource import OF_POSTS
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import UnitOfWork
from services.workforce import answers

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


class MeasuresQuerySchema(DaysQuerySchema, WithheldQuerySchema):
    """Which days, of which posts, as held when, and beside which published figures."""

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


@blueprint.route("/schools/<urn>/workforce/measures")
class WorkforceMeasures(MethodView):
    """The workforce measures of a school."""

    @endpoint(scope=OF_POSTS, loads=get_school, query=MeasuresQuerySchema, answer=MeasuresSchema)
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Reply:
        """Every workforce measure that the records allow, each with what it is made of, or why it is null."""
        return Reply(answers.measures_of(work, school, query), plain=True)
