"""`/v1/updates` and `/v1/actions/{id}/updates`: what was said of an action. Updates are added, and never edited."""

from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.tracker import actions as above
from api.tracker.fields import EXAMPLE_ID, Id, RecordSchema, day, one_of, person_id, text
from api.tracker.resource import Noun, add_calls_by_id, add_list_below
from domain.tracker.status import STATUSES
from services.tracker import updates
from services.tracker.kinds import UPDATE

blueprint = Blueprint(
    "updates", __name__, description="What was said of an action on a day. A correction is a new update."
)


class UpdateSchema(RecordSchema):
    """A progress update."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    action = fields.String(dump_only=True, metadata={"example": EXAMPLE_ID})
    on = day("2026-10-05", "Today unless said.", optional=False)
    by = person_id("Who says it; the person of the key unless said.", allow_none=True)
    note = text(10_000, "Twelve pupils came, two for the first time.")
    progress = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(0, 100),
        metadata={"description": "Per cent.", "example": 40},
    )
    status = one_of(STATUSES, "in_progress", "Another one than the action has moves it.", allow_none=True)
    next_step = text(10_000, "Ask the bus company about an earlier departure.")
    corrects = Id(
        allow_none=True,
        metadata={"description": "The update of this action that it stands in place of.", "example": None},
    )


NOUN = Noun(UPDATE, "update", "updates", "/updates", UpdateSchema)

add_list_below(blueprint, NOUN, above.NOUN, updates.create_update, UpdateSchema)
add_calls_by_id(blueprint, NOUN)
