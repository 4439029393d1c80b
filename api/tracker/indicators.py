"""`/v1/indicators` and `/v1/challenges/{id}/indicators`: the figures of a challenge from baseline to target."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import ValidationError, fields, validate, validates_schema

from api.http.endpoint import endpoint
from api.http.fields import Schema, Text
from api.tracker import challenges as above
from api.tracker.fields import (
    EXAMPLE_ID,
    Day,
    Number,
    Partly,
    RecordSchema,
    Several,
    Whole,
    day,
    one_of,
    text,
)
from api.tracker.resource import WRITE, Noun, add_calls_by_id, add_list_below
from services.tracker import indicators
from services.tracker.kinds import INDICATOR, Content
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("indicators", __name__, description="Figures of a challenge, from baseline to target.")


class PointSchema(Schema):
    """One value of a custom indicator."""

    on = Day(required=True, metadata={"example": "2026-09-14"})
    value = Number(required=True, metadata={"example": 91.40})


class FigureInTimeSchema(Schema):
    """The figure of a day, and where the straight line was."""

    on = fields.Raw(metadata={"type": "string", "format": "date", "example": "2026-10-31"})
    value = Number(allow_none=True, metadata={"example": 91.80})
    expected = Number(
        allow_none=True,
        metadata={"description": "On the straight line; null without a target.", "example": 91.55},
    )
    null_because = fields.String(
        allow_none=True, metadata={"description": "Why there is no value.", "example": None}
    )


class IndicatorSchema(RecordSchema):
    """An indicator."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    challenge = fields.String(dump_only=True, metadata={"example": EXAMPLE_ID})
    measure = Text(
        64,
        required=True,
        metadata={
            "description": "A measure of attendance or of the workforce; `own:` and the name of one of the school's"
            " own; or custom.",
            "example": "attendance",
        },
    )
    title = text(200, "Attendance of Year 9", "The measure's own unless given; a custom one needs it.")
    unit = text(32, "%", "What it is counted in.")
    filter = text(
        500,
        "year_group:9",
        "Which pupils, as `cohort=` takes it; of measures of vacancies which posts, such as"
        " `role:Teacher;subject:Physics`. All unless given.",
    )
    baseline = Number(
        allow_none=True,
        metadata={
            "description": "Where it started. Of a measure it is taken by the server: the academic year to "
            "date as of `baseline_on`. Of a custom one it is given, else the point on `baseline_on` or before.",
            "example": 91.40,
        },
    )
    baseline_on = day("2026-10-23", "Today unless said.")
    target = Number(allow_none=True, metadata={"example": 94})
    target_on = day("2027-07-16")
    direction = one_of(
        ("up", "down"),
        "up",
        "Which way is better; a target needs it, unless a measure of the school's own says it.",
        allow_none=True,
    )
    points = Several(
        Whole(PointSchema),
        most=indicators.MOST_POINTS,
        metadata={
            "description": "The values of a custom indicator, one for a day.",
            "example": [],
        },
    )
    latest = Number(dump_only=True, allow_none=True, metadata={"example": 92.10})
    latest_on = fields.Raw(
        dump_only=True, metadata={"type": ["string", "null"], "format": "date", "example": "2026-11-20"}
    )
    null_because = fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"description": "Why there is no latest figure.", "example": None},
    )
    expected_today = Number(
        dump_only=True,
        allow_none=True,
        metadata={"description": "On the straight line from baseline to target.", "example": 91.67},
    )
    on_trajectory = fields.Boolean(dump_only=True, allow_none=True, metadata={"example": True})
    history = fields.List(
        fields.Nested(FigureInTimeSchema),
        dump_only=True,
        metadata={
            "description": "Only where one is read: the figures through time. Of a custom one its points; of a measure "
            "the academic year to date at the end of each month since `baseline_on` and today, the newest 24."
        },
    )


class IndicatorPatchSchema(Partly, IndicatorSchema):
    """What changes of an indicator."""


class PointsSchema(Schema):
    """Further points: `points`, or one alone as `on` and `value`."""

    points = fields.List(
        fields.Nested(PointSchema),
        validate=validate.Length(1, indicators.MOST_POINTS),
        metadata={"description": f"A day has one; {indicators.MOST_POINTS:,} are kept in all."},
    )
    on = Day(metadata={"description": "The day of one point that comes alone.", "example": "2026-09-14"})
    value = Number(metadata={"description": "Its value.", "example": 91.40})

    @validates_schema
    def check_points(self, given: dict[str, Any], **_: Any) -> None:
        """Either is there, and the one that comes alone is whole."""
        alone = [name for name in ("on", "value") if name in given]
        if "points" not in given and not alone:
            raise ValidationError(
                "Give points, each with on and value, or one alone as on and value.", "points"
            )
        if "points" in given and alone:
            raise ValidationError("Put it among the points, or leave these out.", alone[0])
        if len(alone) == 1:
            raise ValidationError("A point has a day and a value.", "value" if alone == ["on"] else "on")


NOUN = Noun(
    INDICATOR,
    "indicator",
    "indicators",
    "/indicators",
    IndicatorSchema,
    indicators.answers,
    one_answers=indicators.answers_with_history,
)


@blueprint.route("/indicators/<id>/points")
class Points(MethodView):
    """The values of a custom indicator."""

    @endpoint(scope=WRITE, loads=NOUN.row, body=PointsSchema, answer=IndicatorSchema, tagged=True)
    def post(self, work: UnitOfWork, row: Any, body: dict[str, Any]) -> Content:
        """Push points of a custom indicator; one of a day that has one takes its place, the same again changes nothing.

        A baseline that was taken from the points follows them.
        """
        if "points" in body:
            return indicators.add_points(work, row, body["points"], "/points/{place}")
        return indicators.add_points(work, row, [body], "")


add_list_below(blueprint, NOUN, above.NOUN, indicators.create_indicator, IndicatorSchema)
add_calls_by_id(blueprint, NOUN, patch=IndicatorPatchSchema, change=indicators.change_indicator)
