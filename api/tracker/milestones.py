"""`/v1/milestones` and `/v1/actions/{id}/milestones`: the steps on the way of an action."""

from flask_smorest import Blueprint
from marshmallow import fields

from api.tracker import actions as above
from api.tracker.fields import EXAMPLE_ID, Partly, RecordSchema, day, text
from api.tracker.resource import Noun, add_calls_by_id, add_list_below
from services.tracker import milestones
from services.tracker.kinds import MILESTONE

blueprint = Blueprint("milestones", __name__, description="The steps on the way of an action.")


class MilestoneSchema(RecordSchema):
    """A milestone."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    action = fields.String(dump_only=True, metadata={"example": EXAMPLE_ID})
    title = text(200, "Kitchen booked", required=True)
    due_on = day("2026-10-02")
    done_on = day("2026-10-01", "Set: it is done.")


class MilestonePatchSchema(Partly, MilestoneSchema):
    """What changes of a milestone."""


NOUN = Noun(MILESTONE, "milestone", "milestones", "/milestones", MilestoneSchema)

add_list_below(blueprint, NOUN, above.NOUN, milestones.create_milestone, MilestoneSchema)
add_calls_by_id(blueprint, NOUN, patch=MilestonePatchSchema, change=milestones.change_milestone)
