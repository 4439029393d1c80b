"""`/v1/actions/{id}/effect`: what changed when an action began, in its cohort and in the rest of the school."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import endpoint
from api.http.fields import Schema, Time
from api.tracker.actions import NOUN
from api.tracker.fields import EXAMPLE_ID, EXAMPLE_TIME, ChangesSchema
from api.tracker.resource import READ
from domain.attendance.catalogue import MEASURES
from domain.attendance.effect import CAUTION, LIMITS, METHOD, MOST_DAYS
from services.attendance.effect import effect_of_action
from services.tracker.kinds import Content
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "effects",
    __name__,
    description="What changed when an action began. Timing is not cause, and every answer says so.",
)


class EffectQuerySchema(Schema):
    """What is compared, and at which time."""

    as_of = Time(metadata={"description": "As it stood at that time.", "example": EXAMPLE_TIME})
    compare_to = Time(
        metadata={
            "description": "Adds `changes`: what has changed in this answer since that earlier time.",
            "example": EXAMPLE_TIME,
        }
    )

    measure = fields.String(
        load_default="attendance",
        metadata={
            "description": f"One of {', '.join(MEASURES)}; or a measure of the workforce or of the school's own"
            " (`own:` and its name), which is of the whole school and is answered as `of_school`.",
            "example": "attendance",
        },
    )
    cohort = fields.String(
        metadata={
            "description": "Which of the action's cohorts, or of its challenge's where it has none; the first unless"
            " told. Of a measure of vacancies which posts, as an indicator's `filter`.",
            "example": "pupil_premium:true",
        }
    )
    days = fields.Integer(
        validate=validate.Range(1, MOST_DAYS),
        metadata={
            "description": "School days with registers on each side, at most; as many as both sides hold. Unless told,"
            " as many as there are from `start_on` to today, or to the day on which the action was done or stopped,"
            f" or else was due; never more than {MOST_DAYS}. Of the school's own measures so many points.",
            "example": 20,
        },
    )


def _number(example: float, description: str = "") -> fields.Raw:
    metadata: dict[str, Any] = {"type": "number", "example": example}
    return fields.Raw(metadata=metadata | ({"description": description} if description else {}))


def _day(example: str) -> fields.Date:
    return fields.Date(metadata={"example": example})


WindowSchema = Schema.from_dict(
    {"from": _day("2026-08-31"), "to": _day("2026-10-09")}, name="EffectWindowSchema"
)


class EffectFigureSchema(Schema):
    """A group at one time: the measure with its interval, and the numbers behind it."""

    value = _number(91.2)
    lower = _number(89.1)
    upper = _number(92.9)
    numerator = _number(1094)
    denominator = _number(1200)
    pupils = fields.Integer(metadata={"description": "With a possible session.", "example": 40})


class EffectChangeSchema(Schema):
    """A difference in percentage points, with its interval."""

    value = _number(1.3)
    lower = _number(-0.4)
    upper = _number(3.1)


class OfGroupSchema(Schema):
    """One group before and after."""

    before = fields.Nested(EffectFigureSchema, allow_none=True)
    after = fields.Nested(EffectFigureSchema, allow_none=True)
    change = fields.Nested(EffectChangeSchema, allow_none=True)


class SchoolFigureSchema(Schema):
    """A figure of the whole school at one time."""

    value = _number(91.2)
    numerator = fields.Raw(metadata={"type": ["number", "null"], "example": 30})
    denominator = fields.Raw(
        metadata={"type": ["number", "null"], "description": "Null of a plain number.", "example": 40}
    )


class SchoolChangeSchema(Schema):
    """What is after, less what was before, in the measure's own unit."""

    value = _number(8.3)


class OfSchoolSchema(Schema):
    """The whole school before and after."""

    before = fields.Nested(SchoolFigureSchema, allow_none=True)
    after = fields.Nested(SchoolFigureSchema, allow_none=True)
    change = fields.Nested(SchoolChangeSchema, allow_none=True)


class EffectSchema(Schema):
    """What changed, in the cohort and in the rest. Null figures: withheld, or there are none."""

    action = fields.String(metadata={"example": EXAMPLE_ID})
    school = fields.String(metadata={"example": "900001"})
    measure = fields.String(metadata={"example": "attendance"})
    title = fields.String(metadata={"example": "Attendance"})
    unit = fields.String(allow_none=True, metadata={"example": "%"})
    better = fields.String(
        allow_none=True,
        metadata={"description": "The direction in which things get better.", "example": "up"},
    )
    definition = fields.String(metadata={"example": MEASURES["attendance"].definition})
    cohort = fields.String(
        allow_none=True,
        metadata={"description": "Null of the whole school.", "example": "pupil_premium:true"},
    )
    cohort_label = fields.String(metadata={"example": "Pupil Premium"})
    start_on = fields.Raw(metadata={"type": ["string", "null"], "format": "date", "example": "2026-10-12"})
    days = fields.Integer(
        allow_none=True,
        metadata={"description": "School days on each side, of pupils' measures.", "example": 28},
    )
    points = fields.Integer(
        allow_none=True,
        metadata={"description": "Points on each side, of the school's own measures.", "example": None},
    )
    before = fields.Nested(WindowSchema, allow_none=True)
    after = fields.Nested(WindowSchema, allow_none=True)
    of_school = fields.Nested(
        OfSchoolSchema,
        allow_none=True,
        metadata={"description": "Of measures of the whole school; null of those of pupils."},
    )
    of_cohort = fields.Nested(OfGroupSchema)
    of_rest = fields.Nested(OfGroupSchema)
    difference_of_changes = fields.Nested(
        EffectChangeSchema,
        allow_none=True,
        metadata={"description": "The change of the cohort less that of the rest."},
    )
    too_few_to_say = fields.Boolean(
        metadata={"description": "Whether the two changes can't be compared.", "example": False}
    )
    because = fields.String(
        allow_none=True, metadata={"description": "Why it can't be told.", "example": None}
    )
    cautions = fields.List(fields.String(), metadata={"example": [CAUTION]})
    confidence = fields.Integer(
        allow_none=True,
        metadata={"description": "Of the intervals, in per cent; null without.", "example": 95},
    )
    method = fields.String(metadata={"example": METHOD})
    limits = fields.List(fields.String(), metadata={"example": list(LIMITS)})
    changes = fields.Nested(ChangesSchema, metadata={"description": "With `compare_to`."})


@blueprint.route("/actions/<id>/effect")
class Effect(MethodView):
    """What changed when an action began."""

    @endpoint(scope=READ, loads=NOUN.row_as_asked, query=EffectQuerySchema, answer=EffectSchema)
    def get(self, work: UnitOfWork, action: Any, query: dict[str, Any]) -> Content:
        """Before and after: a measure of the action's cohort and of the rest, over equal numbers of school days.

        Figures are withheld where 1 to 4 pupils are behind one, whoever asks.
        """
        return effect_of_action(work, action, query)
