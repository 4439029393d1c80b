"""Actions: what somebody does about a challenge, by when, and how far it has come."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from domain.errors import Fault, invalid
from domain.tracker.health import health_of_action
from domain.tracker.progress import progress_of
from domain.tracker.status import check_can_move, next_moves
from models import Action
from services.ids import is_id
from services.tracker import records, updates
from services.tracker.checks import check_cohorts, check_order, merged, refuse_all
from services.tracker.held import Held, alive
from services.tracker.kinds import ACTION, Content
from services.tracker.people import all_named, check_people, named_anew
from services.tracker.standing import Standing
from services.tracker.threads import action_records, awaited_by
from services.unit_of_work import UnitOfWork

EMPTY = ("supporters", "success_criteria", "cohorts", "depends_on")


def create_action(work: UnitOfWork, challenge: Any, values: dict[str, Any]) -> Content:
    """A new action of a challenge, planned unless it is said to stand elsewhere already."""
    given = {name: [] for name in EMPTY} | {"status": "planned"} | values
    _check(work, challenge.school_id, None, given)
    whose = {"school_id": challenge.school_id, "challenge": challenge.id}
    return answer(work, records.create(work, ACTION, given | whose))


def change_action(work: UnitOfWork, action: Any, values: dict[str, Any]) -> Content:
    """Change what is given. A status that is another one is a move: it makes a progress update with the note."""
    given = dict(values)
    status, note = given.get("status", action.status), given.pop("note", None)
    if note is not None and status == action.status:
        raise invalid("/note", "a note goes with a move to another status; say it in an update instead")
    _check(work, action.school_id, action, given)
    check_can_move(action.status, status, note)
    if status != action.status:
        updates.record_move(work, action, status, note)
    records.change(work, ACTION, action, given)
    return answer(work, action)


def answers(held: Held, contents: list[Content]) -> list[Content]:
    """Actions as they are read: with progress, health and why, and where they may move next."""
    return [
        content | how | {"next_moves": next_moves(content["status"])}
        for content, how in zip(contents, standing(held).of(contents), strict=True)
    ]


def standing(held: Held) -> Standing:
    """How actions stand: with progress, health and why, and by when one that repeats is to be done again."""
    return Standing(held, ACTION, _work_out)


def _work_out(held: Held, contents: Sequence[Content]) -> list[Content]:
    found = action_records(held, contents)
    known = awaited_by(held, found)
    return [
        {
            "progress": progress_of(action.status, action.updates, action.milestones),
            "health": health.state,
            "health_reason": health.reason,
            "next_due_on": None if action.next_due_on is None else action.next_due_on.isoformat(),
        }
        for action in found
        for health in [health_of_action(action, held.today, others=known)]
    ]


def answer(work: UnitOfWork, action: Any) -> Content:
    """One action as it is read now."""
    held = Held(work)
    return answers(held, [held.one(ACTION, action)])[0]


def _check(work: UnitOfWork, school_id: int, action: Any, values: dict[str, Any]) -> None:
    check_order(
        merged(action, values, "start_on", "due_on"),
        "start_on",
        "due_on",
        "it can't be due before it starts",
    )
    check_cohorts(values.get("cohorts", ()))
    owner = {"/owner": values["owner"]} if "owner" in values else {}
    named = owner | all_named("supporters", values.get("supporters", ()))
    check_people(work, named_anew(action, named), active=["/owner"])
    if "depends_on" in values:
        _check_dependencies(work, school_id, action, values["depends_on"])


def _check_dependencies(work: UnitOfWork, school_id: int, action: Any, ids: Sequence[str]) -> None:
    """Raises `Invalid` for an action that the school doesn't have, and for one that waits for this one."""
    known = _actions_of_school(work, school_id, ids)
    waited_for = () if action is None else action.depends_on  # one that was deleted since stays
    faults = [
        Fault(
            "the school has no such action; GET /v1/actions lists those it has",
            pointer=f"/depends_on/{position}",
        )
        for position, id in enumerate(ids)
        if id not in known and id not in waited_for
    ]
    refuse_all(faults)
    for position, id in enumerate(ids):
        if action is not None and action.id == id:
            raise invalid(f"/depends_on/{position}", "an action can't wait for itself")
        if action is not None and action.id in _awaited_from(work, id):
            raise invalid(
                f"/depends_on/{position}",
                "this action itself waits for the one that is changed, so neither could start",
            )


def _actions_of_school(work: UnitOfWork, school_id: int, ids: Sequence[str]) -> set[str]:
    asked = [id for id in ids if is_id(id)]
    own = Action.school_id == school_id
    return set(work.db.scalars(select(Action.id).where(Action.id.in_(asked), alive(ACTION), own)))


def _awaited_from(work: UnitOfWork, start: str) -> set[str]:
    """An action and all that it waits for, step by step."""
    reached: set[str] = set()
    frontier = {start}
    while frontier:
        reached |= frontier
        rows = work.db.scalars(select(Action.depends_on).where(Action.id.in_(frontier)))
        frontier = {id for ids in rows for id in ids} - reached
    return reached
