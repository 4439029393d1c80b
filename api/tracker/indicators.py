"""`/v1/indicators` and `/v1/challenges/{id}/indicators`: the figures of a challenge from baseline to target."""

from flask_smorest import Blueprint
from marshmallow import fields

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
from api.tracker.resource import Noun, add_calls_by_id, add_list_below
from services.tracker import indicators
from services.tracker.kinds import INDICATOR

blueprint = Blueprint("indicators", __name__, description="Figures of a challenge, from baseline to target.")


class PointSchema(Schema):
    """One value of a custom indicator."""

    on = Day(required=True, metadata={"example": "2026-09-14"})
    value = Number(required=True, metadata={"example": 91.40})


class IndicatorSchema(RecordSchema):
    """An indicator."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    challenge = fields.String(dump_only=True, metadata={"example": EXAMPLE_ID})
    measure = Text(
        64,
        required=True,
        metadata={"description": "A measure of attendance, or custom.", "example": "attendance"},
    )
    title = text(200, "Attendance of Year 9", "The measure's own unless given; a custom one needs it.")
    unit = text(32, "%", "What it is counted in.")
    filter = text(500, "year_group:9", "Which pupils, as `cohort=` takes it; all unless given.")
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
    direction = one_of(("up", "down"), "up", "Which way is better; a target needs it.", allow_none=True)
    points = Several(
        Whole(PointSchema),
        most=1_000,
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


class IndicatorPatchSchema(Partly, IndicatorSchema):
    """What changes of an indicator."""


NOUN = Noun(INDICATOR, "indicator", "indicators", "/indicators", IndicatorSchema, indicators.answers)

add_list_below(blueprint, NOUN, above.NOUN, indicators.create_indicator, IndicatorSchema)
add_calls_by_id(blueprint, NOUN, patch=IndicatorPatchSchema, change=indicators.change_indicator)
