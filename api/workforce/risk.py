"""`/v1/schools/{urn}/workforce/risk`: expected leavers by role and subject, of nobody in particular."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import endpoint
from api.http.fields import Schema
from api.http.replies import Reply
from api.workforce.fields import (
    EXAMPLE_TIME,
    AcademicYear,
    Amount,
)
from api.workforce.measures import WithheldQuerySchema
from api.workforce.resource import OF_POSTS
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import UnitOfWork
from services.workforce import answers

blueprint = Blueprint("workforce risk", __name__, description="How many teachers are likely to leave.")


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


@blueprint.route("/schools/<urn>/workforce/risk")
class WorkforceRisk(MethodView):
    """How many teachers are likely to leave."""

    @endpoint(scope=OF_POSTS, loads=get_school, query=RiskQuerySchema, answer=RiskSchema)
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Reply:
        """Expected leavers by role and subject with an interval, from the school's own last five years."""
        return Reply(answers.risk_of(work, school, query), plain=True)
