"""`POST /v1/{many}/bulk`: up to 200 changes in one call, and what became of each."""

from collections.abc import Sequence
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import Reply, endpoint
from api.http.fields import Flag, Schema, loaded
from api.http.problems import STATUSES
from api.http.replies import refusal
from api.tracker import actions, challenges, evidence, milestones, people
from api.tracker.fields import EXAMPLE_ID
from api.tracker.resource import WRITE, Change, Noun
from domain.errors import HeadwayError, invalid
from services.tracker import actions as of_actions
from services.tracker import challenges as of_challenges
from services.tracker import evidence as of_evidence
from services.tracker import milestones as of_milestones
from services.tracker import people as of_people
from services.tracker.bulk import MOST, OneChange, Outcome, change_many, current_row
from services.tracker.kinds import ACTION, CHALLENGE, Content, Kind
from services.unit_of_work import UnitOfWork

NOT_KEPT = 424
"""Failed dependency: of a change that could have been taken, had all the others been."""

blueprint = Blueprint("bulk", __name__, description="Many changes in one call.")


class ManyChangesQuerySchema(Schema):
    """How changes are taken."""

    atomic = Flag(
        load_default=False,
        metadata={"description": "All of them or nothing; else each by itself.", "example": True},
    )


class ManyChangesSchema(Schema):
    """Some changes."""

    changes = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        validate=validate.Length(1, MOST),
        metadata={
            "description": "Each with `id`, perhaps `revision` (refused where it is no longer the current one), and "
            "the fields that change. Without `id` a new one is made; what lies below something names that.",
            "example": [{"id": EXAMPLE_ID, "revision": 3, "due_on": "2027-01-29"}],
        },
    )


class OneResultSchema(Schema):
    """What became of one change."""

    status = fields.Integer(
        metadata={
            "description": "As if it had been sent alone; 424 where it is sound and `atomic` kept nothing.",
            "example": 200,
        }
    )
    id = fields.String(allow_none=True, metadata={"example": EXAMPLE_ID})
    revision = fields.Integer(allow_none=True, metadata={"example": 4})
    detail = fields.String(
        metadata={"description": "Why it was refused.", "example": "there is no such person"}
    )
    errors = fields.List(
        fields.Dict(), metadata={"example": [{"pointer": "/owner", "detail": "there is no such person"}]}
    )


class ManyResultsSchema(Schema):
    """What became of each change, in their order."""

    results = fields.List(
        fields.Nested(OneResultSchema),
        metadata={"example": [{"status": 200, "id": EXAMPLE_ID, "revision": 4}]},
    )


def _add(noun: Noun, patch: type[Schema], create: Any, change: Change, parent: Kind | None = None) -> None:
    def read(item: dict[str, Any]) -> OneChange:
        given = dict(item)
        id, revision = given.pop("id", None), given.pop("revision", None)
        if id is None:
            return _new(noun, create, parent, given)

        def change_it(work: UnitOfWork) -> Content:
            if isinstance(revision, bool) or not isinstance(revision, int | None):
                raise invalid("/revision", "a revision is a whole number")
            values = loaded(patch(), given)
            return change(work, current_row(work, noun.kind, id, revision, "/id"), values)

        return change_it

    @endpoint(
        scope=WRITE,
        query=ManyChangesQuerySchema,
        body=ManyChangesSchema,
        answer=ManyResultsSchema,
        also={
            207: "Some changes were refused; the others are kept.",
            422: "All were refused, or one was and `atomic` was asked for.",
        },
    )
    def post(self: Any, work: UnitOfWork, query: dict[str, Any], body: dict[str, Any]) -> Reply:
        changes, atomic = body["changes"], query["atomic"]
        return _reply(change_many(work, [read(item) for item in changes], atomic=atomic), changes, atomic)

    post.__doc__ = f"Change or make up to {MOST} {noun.many}; what became of each."
    views = {"__doc__": f"Many {noun.many} at once.", "__module__": __name__, "post": post}
    blueprint.route(f"{noun.path}/bulk")(type(f"{noun.title}Bulk", (MethodView,), views))


def _new(noun: Noun, create: Any, parent: Kind | None, given: dict[str, Any]) -> OneChange:
    def create_it(work: UnitOfWork) -> Content:
        above = given.pop(parent.name, None) if parent else None
        values = loaded(noun.schema(), given)
        if parent is None:
            made: Content = create(work, values)
        else:
            made = create(work, current_row(work, parent, above, None, f"/{parent.name}"), values)
        return made

    return create_it


def _reply(outcomes: Sequence[Outcome], changes: Sequence[dict[str, Any]], atomic: bool) -> Reply:
    results = [_result(outcome, "id" in item) for outcome, item in zip(outcomes, changes, strict=True)]
    refused = sum(isinstance(outcome, HeadwayError) for outcome in outcomes)
    if refused and (atomic or refused == len(outcomes)):
        said = f"{refused} of {len(outcomes)} changes can't be taken, so nothing was kept"
        left = [_not_kept(result, item) for result, item in zip(results, changes, strict=True)]
        return refusal(422, "Not valid", said, {"results": left})
    return Reply({"results": results}, 207 if refused else 200)


def _result(outcome: Outcome, existed: bool) -> dict[str, Any]:
    if isinstance(outcome, HeadwayError):
        faults = [fault.as_dict() for fault in outcome.faults]
        return {"status": STATUSES[type(outcome)][0], "detail": outcome.detail, "errors": faults}
    return {"status": 200 if existed else 201, "id": outcome["id"], "revision": outcome["revision"]}


def _not_kept(result: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """What became of a change where nothing was kept: one that was sound tells of no revision, as there is none."""
    if "detail" in result:
        return result
    own = {"id": item["id"]} if "id" in item else {}
    return {"status": NOT_KEPT} | own | {"detail": "sound in itself, but nothing was kept", "errors": []}


_add(
    challenges.NOUN,
    challenges.ChallengePatchSchema,
    of_challenges.create_challenge,
    of_challenges.change_challenge,
)
_add(actions.NOUN, actions.ActionPatchSchema, of_actions.create_action, of_actions.change_action, CHALLENGE)
_add(
    milestones.NOUN,
    milestones.MilestonePatchSchema,
    of_milestones.create_milestone,
    of_milestones.change_milestone,
    ACTION,
)
_add(evidence.NOUN, evidence.EvidencePatchSchema, of_evidence.create_evidence, of_evidence.change_evidence)
_add(people.NOUN, people.PersonPatchSchema, of_people.create_person, of_people.change_person)
