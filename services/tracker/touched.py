"""How which actions and challenges stand may be another once something was written: told from the audit log.

What isn't known to leave the others as they are touches all of its school.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import or_, select, union

from models import Action, AuditEntry, Indicator, ProgressUpdate, Review
from services.tracker.contents import among
from services.tracker.filters import has_text
from services.tracker.held import Held
from services.tracker.indicators import CUSTOM
from services.tracker.kinds import (
    ACTION,
    CHALLENGE,
    COMMENT,
    EVIDENCE,
    INDICATOR,
    MILESTONE,
    PERSON,
    PRACTICE,
    REQUEST,
    REVIEW,
    STRAND_POSITION,
    TEMPLATE,
    UPDATE,
    VIEW,
    VISITOR_LINK,
)

MOST_AT_ONCE = 50
"""Where more than these are touched, all of the school are."""

FIGURES = frozenset({"marks", "register", "roll", "session_counts"})
"""Entries after which a measure may have another figure."""

_WITHOUT_EFFECT = frozenset(
    kind.name for kind in (COMMENT, PERSON, PRACTICE, REQUEST, STRAND_POSITION, TEMPLATE, VIEW, VISITOR_LINK)
)
_OF_AN_ACTION = frozenset({UPDATE.name, MILESTONE.name})
_OF_A_CHALLENGE = frozenset({INDICATOR.name, REVIEW.name})
_NEVER_OF_ACTIONS = _WITHOUT_EFFECT | FIGURES | _OF_A_CHALLENGE | {EVIDENCE.name}

TELLING = _OF_AN_ACTION | _OF_A_CHALLENGE
"""Kinds of entries whose content is needed."""


@dataclass(frozen=True)
class Entry:
    """An audit entry: `content` is its JSON for a kind in `TELLING`, unless that was erased."""

    kind: str
    verb: str
    subject: str
    content: str | None


class _Above(msgspec.Struct):
    action: str | None = None
    challenge: str | None = None


class _Thing(msgspec.Struct):
    type: str
    id: str


class _Pointing(msgspec.Struct):
    about: list[_Thing]


_pointing = msgspec.json.Decoder(_Pointing)


def touched_actions(
    held: Held, school_id: int, entries: Sequence[Entry], told: Mapping[str, Any] | None = None
) -> set[str] | None:
    """The actions of a school that entries touch; None for all of them."""
    named: set[str | None] = set()
    back: set[str] = set()
    for entry in entries:
        if entry.kind == ACTION.name:
            named.add(entry.subject)
        elif entry.kind in _OF_AN_ACTION:
            named.add(_above(entry).action)
        elif entry.kind == CHALLENGE.name:
            back |= {entry.subject} if entry.verb == "restored" else set()
        elif entry.kind not in _NEVER_OF_ACTIONS:
            return None
    return _with_those_that_wait(held, school_id, named | _actions_of(held, back))


def touched_challenges(
    held: Held, school_id: int, entries: Sequence[Entry], told: Mapping[str, Any] | None = None
) -> set[str] | None:
    """The challenges of a school that entries touch; None for all of them."""
    actions: set[str | None] = set()
    named: set[str | None] = set()
    pieces: set[str] = set()
    figures = False
    for entry in entries:
        if entry.kind == CHALLENGE.name:
            named.add(entry.subject)
        elif entry.kind in _OF_A_CHALLENGE:
            named.add(_above(entry).challenge)
        elif entry.kind == ACTION.name:
            actions.add(entry.subject)
        elif entry.kind in _OF_AN_ACTION:
            actions.add(_above(entry).action)
        elif entry.kind == EVIDENCE.name:
            pieces.add(entry.subject)
        elif entry.kind in FIGURES:
            figures = True
        elif entry.kind not in _WITHOUT_EFFECT:
            return None
    waiting = _with_those_that_wait(held, school_id, actions)
    spoken_of = _spoken_of(held, pieces)
    known = _without_none(named)
    if waiting is None or spoken_of is None or known is None:
        return None
    return (
        known | spoken_of | _challenges_of(held, waiting) | (_measured(held, school_id) if figures else set())
    )


def _with_those_that_wait(held: Held, school_id: int, named: set[str | None]) -> set[str] | None:
    """Actions and those that depend on them: these are at risk where the others are late."""
    ids = _without_none(named)
    if not ids or len(ids) > MOST_AT_ONCE:
        return None if ids else ids
    waiting = or_(*(has_text(ACTION, "depends_on", f'"{id}"') for id in sorted(ids)))
    asked = select(Action.id).where(Action.school_id == school_id, waiting)
    return ids | set(held.work.connection.scalars(asked))


def _actions_of(held: Held, challenges: Collection[str]) -> set[str]:
    if not challenges:
        return set()
    asked = select(Action.id).where(among(held.work, Action.challenge, challenges))
    return set(held.work.connection.scalars(asked))


def _challenges_of(held: Held, actions: Collection[str]) -> set[str]:
    if not actions:
        return set()
    asked = select(Action.challenge).where(among(held.work, Action.id, actions))
    return set(held.work.connection.scalars(asked))


def _measured(held: Held, school_id: int) -> set[str]:
    """The challenges with a figure that isn't their own."""
    asked = select(Indicator.challenge).where(Indicator.school_id == school_id, Indicator.measure != CUSTOM)
    return set(held.work.connection.scalars(asked))


def _spoken_of(held: Held, pieces: Collection[str]) -> set[str] | None:
    """The challenges that pieces of evidence are about, or once were; None where one isn't told."""
    if not pieces:
        return set()
    asked = select(AuditEntry.content).where(AuditEntry.subject.in_(pieces), AuditEntry.kind == EVIDENCE.name)
    contents = list(held.work.connection.scalars(asked))
    things = [
        thing for content in contents if content is not None for thing in _pointing.decode(content).about
    ]
    if None in contents or len(things) > MOST_AT_ONCE:
        return None
    ids = {
        kind: {thing.id for thing in things if thing.type == kind} for kind in ("action", "update", "review")
    }
    said_of = select(ProgressUpdate.action).where(among(held.work, ProgressUpdate.id, ids["update"]))
    challenges = union(
        select(Action.challenge).where(
            or_(among(held.work, Action.id, ids["action"]), Action.id.in_(said_of))
        ),
        select(Review.challenge).where(among(held.work, Review.id, ids["review"])),
    )
    own = {thing.id for thing in things if thing.type == CHALLENGE.name}
    return own | set(held.work.connection.scalars(challenges))


def _above(entry: Entry) -> _Above:
    return _Above() if entry.content is None else msgspec.json.decode(entry.content, type=_Above)


def _without_none(ids: set[str | None]) -> set[str] | None:
    """The ids; None where one isn't told, because what told of it was erased."""
    known = {id for id in ids if id is not None}
    return known if len(known) == len(ids) else None
