"""`/v1/reviews` and `/v1/challenges/{id}/reviews`: when people looked at a challenge together."""

from flask_smorest import Blueprint
from marshmallow import fields

from api.tracker import challenges as above
from api.tracker.fields import (
    EXAMPLE_ID,
    EXAMPLE_PERSON,
    Partly,
    RecordSchema,
    Several,
    day,
    person_id,
    text,
)
from api.tracker.resource import Noun, add_calls_by_id, add_list_below
from services.tracker import reviews
from services.tracker.kinds import REVIEW

blueprint = Blueprint("reviews", __name__, description="When people looked at a challenge together.")


class ReviewSchema(RecordSchema):
    """A review."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    challenge = fields.String(dump_only=True, metadata={"example": EXAMPLE_ID})
    held_on = day("2026-11-16", "Not after today.", optional=False, required=True)
    attended = Several(person_id("Somebody who was there."), metadata={"example": [EXAMPLE_PERSON]})
    what_we_saw = text(10_000, "Mondays are two points better than in September.")
    decisions = text(10_000, "Carry on until Easter.")
    next_review_on = day("2027-01-18")


class ReviewPatchSchema(Partly, ReviewSchema):
    """What changes of a review."""


NOUN = Noun(REVIEW, "review", "reviews", "/reviews", ReviewSchema)

add_list_below(blueprint, NOUN, above.NOUN, reviews.create_review, ReviewSchema)
add_calls_by_id(blueprint, NOUN, patch=ReviewPatchSchema, change=reviews.change_review)
