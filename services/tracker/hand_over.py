"""Hand-over: everything open that somebody leads, owns or supports goes to somebody else, in one transaction.

Each change stands in the history of what was handed over. What the key may not see stays as it is, and nothing is said
of it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, or_, select, type_coerce

from domain.errors import invalid
from domain.tracker.status import ENDED
from models import Action, Challenge, Practice
from services.tracker import records
from services.tracker.held import Held
from services.tracker.kinds import ACTION, CHALLENGE, COMMENT, PRACTICE, Content, Kind
from services.tracker.people import check_people
from services.unit_of_work import UnitOfWork


def hand_over(work: UnitOfWork, person: Any, values: dict[str, Any]) -> Content:
    """Give to `to` what a person leads, owns and supports; answers the ids of what moved.

    A `note` becomes a comment on each challenge and each action whose lead or owner changes. Raises `Invalid` at `/to`
    for somebody unknown, no longer active, or the same person.
    """
    check_people(work, {"/to": values["to"]}, active=["/to"])
    if values["to"] == person.id:
        raise invalid("/to", "this is who hands over; name somebody else")
    old, new, note = person.id, values["to"], values.get("note")
    found = _open_things(work, old)
    moved: dict[str, list[str]] = {
        "challenges": [_led(work, CHALLENGE, row, new, note) for row in found[CHALLENGE]],
        "actions": [row.id for row in found[ACTION] if row.owner == old],
        "practices": [_led(work, PRACTICE, row, new, None) for row in found[PRACTICE]],
        "supporting": [row.id for row in found[ACTION] if old in row.supporters],
    }
    for row in found[ACTION]:
        _own(work, row, old, new, note)
    return {"moved": moved}


def _open_things(work: UnitOfWork, person: str) -> dict[Kind, Sequence[Any]]:
    """What is open of a person's and the key may see, no longer changed by anybody else.

    The ledgers that order the writes of schools are locked in the order of their numbers, so that two hand-overs never
    wait for each other; then everything is read again as it stands under the locks.
    """
    held, mine = Held(work), _conditions(work, person)
    schools = {
        school
        for kind, condition in mine.items()
        for school in work.db.scalars(select(kind.model.school_id).where(held.seen(kind), condition))
    }
    for school in sorted(schools):
        work.ledger(school)
    return {
        kind: work.db.scalars(
            select(kind.model)
            .where(held.seen(kind), condition, kind.model.school_id.in_(schools))
            .order_by(kind.model.id)
            .execution_options(populate_existing=True)
        ).all()
        for kind, condition in mine.items()
    }


def _conditions(work: UnitOfWork, person: str) -> dict[Kind, ColumnElement[bool]]:
    supports = type_coerce(Action.supporters, Text).contains(f'"{person}"')
    return {
        CHALLENGE: (Challenge.lead == person) & Challenge.closed_on.is_(None),
        ACTION: or_(Action.owner == person, supports) & Action.status.not_in(ENDED),
        PRACTICE: (Practice.lead == person) & or_(Practice.until.is_(None), Practice.until >= work.today),
    }


def _led(work: UnitOfWork, kind: Kind, row: Any, new: str, note: str | None) -> str:
    records.change(work, kind, row, {"lead": new})
    _comment(work, kind, row, note)
    return str(row.id)


def _own(work: UnitOfWork, action: Any, old: str, new: str, note: str | None) -> None:
    """The new person in the place of the old one; nobody supports twice, nor what they own."""
    changes_hands = action.owner == old
    owner = new if changes_hands else action.owner
    named = dict.fromkeys(new if id == old else id for id in action.supporters)
    records.change(work, ACTION, action, {"owner": owner, "supporters": [id for id in named if id != owner]})
    if changes_hands:
        _comment(work, ACTION, action, note)


def _comment(work: UnitOfWork, kind: Kind, row: Any, note: str | None) -> None:
    if note is not None:
        said = {"text": note, "by": work.actor.person_id}
        records.create(work, COMMENT, said | {"school_id": row.school_id, kind.name: row.id})
