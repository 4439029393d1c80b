"""`/v1/actions` and `/v1/challenges/{id}/actions`: what somebody does about a challenge."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import endpoint
from api.http.fields import Schema, Text
from api.tracker import challenges as above
from api.tracker.fields import (
    EXAMPLE_ID,
    AsOfQuerySchema,
    Id,
    Names,
    Number,
    Partly,
    RecordSchema,
    Repeats,
    Several,
    Whole,
    WorkQuerySchema,
    below,
    bound,
    cohorts,
    day,
    external_id,
    one_of,
    person_id,
    source,
    text,
)
from api.tracker.lists import Narrowed, list_of, narrowed
from api.tracker.named import of_named_school
from api.tracker.resource import READ, Noun, add_calls_by_id, add_list_below
from domain.tracker.status import STATUSES
from services.paging import Page
from services.tracker import actions
from services.tracker.expand import EXPANSIONS
from services.tracker.kinds import ACTION, CHALLENGE, PERSON
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("actions", __name__, description="What is done about a challenge, by whom and by when.")

MET = ("not_yet", "partly", "met")


class CriterionSchema(Schema):
    """How one will know that an action did what it was to do."""

    text = Text(1_000, required=True, metadata={"example": "No Monday under 92 % for six weeks"})
    met = one_of(MET, "not_yet", load_default="not_yet")


class ActionSchema(RecordSchema):
    """An action."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    challenge = fields.String(dump_only=True, metadata={"example": EXAMPLE_ID})
    title = text(200, "Breakfast club on Mondays", required=True)
    intent = text(10_000, "Give pupils a reason to be early.", "What it is to bring about.")
    owner = person_id("The one person who answers for it.", required=True)
    supporters = Several(person_id("Somebody who helps."), metadata={"example": []})
    start_on = day("2026-09-21")
    due_on = day("2026-12-18")
    status = one_of(STATUSES, "planned", "Planned unless said; a change of it is a move.")
    success_criteria = Several(
        Whole(CriterionSchema),
        metadata={"example": [{"text": "No Monday under 92 % for six weeks", "met": "not_yet"}]},
    )
    cohorts = cohorts()
    cost = Number(least=0, allow_none=True, metadata={"description": "In pounds.", "example": 450.00})
    hours = Number(
        least=0,
        allow_none=True,
        metadata={"description": "What it takes its owner in a week.", "example": 1.5},
    )
    depends_on = Several(
        Id(), metadata={"description": "Ids of the actions that it waits for.", "example": []}
    )
    repeats = Repeats(
        allow_none=True,
        metadata={
            "oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}],
            "description": "termly, half_termly, weekly, or days after the last time it was done.",
            "example": "termly",
        },
    )
    source = source()
    external_id = external_id()
    progress = fields.Integer(
        dump_only=True, allow_none=True, metadata={"description": "Per cent.", "example": 40}
    )
    health = fields.String(
        dump_only=True, allow_none=True, metadata={"enum": [*above.HEALTH, None], "example": "on_track"}
    )
    health_reason = fields.String(dump_only=True, metadata={"example": "due in 28 days; no update yet"})
    next_moves = fields.List(
        fields.String(), dump_only=True, metadata={"example": ["in_progress", "stopped"]}
    )
    next_due_on = fields.Raw(
        dump_only=True,
        metadata={
            "type": ["string", "null"],
            "format": "date",
            "description": "By when one that repeats is to be done again; an update with the status done says that "
            "it was.",
            "example": None,
        },
    )
    milestones = below("api.tracker.milestones", "MilestoneSchema")
    updates = below("api.tracker.updates", "UpdateSchema")
    evidence = below("api.tracker.evidence", "EvidenceSchema")
    comments = below("api.tracker.comments", "CommentSchema")


class ActionPatchSchema(Partly, ActionSchema):
    """What changes of an action; `status` and `note` together are a move."""

    note = Text(
        10_000,
        load_only=True,
        allow_none=True,
        metadata={"description": "Why it moves.", "example": "Begun."},
    )


class ActionQuerySchema(AsOfQuerySchema):
    """How one action is to be read."""

    expand = Names(EXPANSIONS[ACTION], "With the lists below it.")


class ActionsQuerySchema(WorkQuerySchema, ActionQuerySchema):
    """Which actions."""

    school = fields.String(metadata={"description": "Of this school.", "example": "900001"})
    owner = fields.String(metadata={"description": "Owned by this person."})
    challenge = fields.String(metadata={"description": "Of this challenge."})
    kind = one_of(above.KINDS, "attendance", "Of challenges of this kind.")
    status = one_of(STATUSES, "in_progress", "In this status.")
    due_before = bound("2026-12-01", "Due before this day.")
    due_after = bound("2026-11-20", "Due after this day.")


NOUN = Noun(ACTION, "action", "actions", "/actions", ActionSchema, actions.answers, ActionQuerySchema)


@blueprint.route("/actions")
class Actions(MethodView):
    """All actions."""

    @endpoint(
        scope=READ,
        names=narrowed(
            of_named_school(ACTION, owner=PERSON, challenge=CHALLENGE), "actions", ActionsQuerySchema
        ),
        query=ActionsQuerySchema,
        answer=ActionSchema,
        paged=True,
    )
    def get(self, work: UnitOfWork, asked: Narrowed, query: dict[str, Any]) -> Page:
        """List the actions that the key may see, in the order in which they were made."""
        return list_of(work, ACTION, asked, query, actions.answers)


add_list_below(blueprint, NOUN, above.NOUN, actions.create_action, ActionSchema)
add_calls_by_id(blueprint, NOUN, patch=ActionPatchSchema, change=actions.change_action)
