"""By what lists of the tracker can be narrowed. Each filter is said twice: of rows that are held, and of contents that
stood at a time.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Text, or_, select, type_coerce

from domain.errors import invalid
from models import Action, Challenge
from services.tracker.held import Held, alive
from services.tracker.kinds import ACTION, CHALLENGE, EVIDENCE, PERSON, Content, Kind, Where, equal

Filter = Callable[[Held, Any], Where]


def filters_in(held: Held, kind: Kind, asked: Mapping[str, Any]) -> list[Where]:
    """The conditions that the query of a list sets, but for what names something and what is worked out in a read.

    Raises `Invalid` for `my` from a key that stands for nobody.
    """
    found = [
        build(held, asked[name])
        for name, build in _FILTERS.get(kind, {}).items()
        if asked.get(name) is not None
    ]
    if asked.get("my"):
        found.append(_MINE[kind](held, _person_of(held)))
    return found


def _of(kind: Kind, field: str) -> Filter:
    return lambda held, value: equal(kind, field, value)


def _of_status(held: Held, status: str) -> Where:
    closed_on = Challenge.closed_on
    return Where(
        closed_on.is_(None) if status == "open" else closed_on.is_not(None),
        lambda content: (content["closed_on"] is None) == (status == "open"),
    )


def _before(kind: Kind, field: str) -> Filter:
    column = getattr(kind.model, field)
    return lambda held, day: Where(column < day, _day_that(field, lambda on: on < day))


def _after(kind: Kind, field: str) -> Filter:
    column = getattr(kind.model, field)
    return lambda held, day: Where(column > day, _day_that(field, lambda on: on > day))


def _day_that(field: str, holds: Callable[[date], bool]) -> Callable[[Content], bool]:
    return lambda content: content[field] is not None and holds(date.fromisoformat(content[field]))


def _listing(kind: Kind, field: str) -> Filter:
    """That a list of texts has this one."""
    return lambda held, value: Where(
        has_text(kind, field, f'"{value}"'), lambda content: value in content[field]
    )


def _of_area(held: Held, area: str) -> Where:
    """That it belongs to an area, or to a part of it."""
    within = or_(has_text(CHALLENGE, "areas", f'"{area}"'), has_text(CHALLENGE, "areas", f'"{area}.'))
    return Where(
        within, lambda content: any(one == area or one.startswith(area + ".") for one in content["areas"])
    )


def _whose_challenge(build: Filter) -> Filter:
    """That what an action is about meets a condition."""

    def through(held: Held, value: Any) -> Where:
        where = build(held, value)
        column = Action.challenge.in_(select(Challenge.id).where(where.sql))
        return Where(column, lambda content: where.holds(held.stood(CHALLENGE)[content["challenge"]]))

    return through


def _my_action(held: Held, person: str) -> Where:
    return Where(
        or_(Action.owner == person, has_text(ACTION, "supporters", f'"{person}"')),
        lambda content: person in (content["owner"], *content["supporters"]),
    )


def _of_owner(held: Held, person: str) -> Where:
    """That somebody owns one of a challenge's actions, or leads it."""
    return _with_action(held, person.lower(), equal(ACTION, "owner", person.lower()))


def _my_challenge(held: Held, person: str) -> Where:
    return _with_action(held, person, _my_action(held, person))


def _with_action(held: Held, person: str, where: Where) -> Where:
    """That somebody leads a challenge, or one of its actions meets a condition."""
    having = select(Action.challenge).where(where.sql, alive(ACTION))

    def holds(content: Content) -> bool:
        actions = held.stood(ACTION).values()
        own = [action for action in actions if action["challenge"] == content["id"]]
        return content["lead"] == person or any(where.holds(action) for action in own)

    return Where(or_(Challenge.lead == person, Challenge.id.in_(having)), holds)


def has_text(kind: Kind, field: str, text: str) -> ColumnElement[bool]:
    """That a JSON list, which is kept as its text, holds a text; nothing in those looked for needs escaping in JSON."""
    return type_coerce(getattr(kind.model, field), Text).contains(text, autoescape=True)


def _person_of(held: Held) -> str:
    person = held.work.actor.person_id
    if person is None:
        raise invalid("/query/my", "this key stands for no person; make one that does with --person")
    return person


_FILTERS: dict[Kind, dict[str, Filter]] = {
    CHALLENGE: {
        "kind": _of(CHALLENGE, "kind"),
        "status": _of_status,
        "area": _of_area,
        "cohort": _listing(CHALLENGE, "cohorts"),
        "owner": _of_owner,
        "academic_year": _listing(CHALLENGE, "academic_years"),
    },
    ACTION: {
        "kind": _whose_challenge(_of(CHALLENGE, "kind")),
        "area": _whose_challenge(_of_area),
        "status": _of(ACTION, "status"),
        "cohort": _listing(ACTION, "cohorts"),
        "due_before": _before(ACTION, "due_on"),
        "due_after": _after(ACTION, "due_on"),
    },
    EVIDENCE: {
        "kind": _of(EVIDENCE, "kind"),
        "cohort": _listing(EVIDENCE, "cohorts"),
        "captured_before": _before(EVIDENCE, "captured_on"),
        "captured_after": _after(EVIDENCE, "captured_on"),
    },
    PERSON: {"active": _of(PERSON, "active")},
}

_MINE: dict[Kind, Filter] = {CHALLENGE: _my_challenge, ACTION: _my_action}
