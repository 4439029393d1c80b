"""Finding things of the tracker by their words: titles, notes and comments, those of a challenge and of each action.

All words asked for stand in one text, in any order and in any of their grammatical forms.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, text
from sqlalchemy.orm import InstrumentedAttribute

from domain.errors import invalid
from models import Action, SearchEntry
from services.tracker.kinds import (
    ACTION,
    CHALLENGE,
    COMMENT,
    EVIDENCE,
    INDICATOR,
    MILESTONE,
    PERSON,
    REVIEW,
    UPDATE,
    Kind,
    Where,
)
from services.unit_of_work import UnitOfWork

SEARCHED: dict[Kind, tuple[str, ...]] = {
    CHALLENGE: ("title", "kind_label", "context", "origin_detail", "origin_quote", "closing_note"),
    ACTION: ("title", "intent"),
    MILESTONE: ("title",),
    UPDATE: ("note", "next_step"),
    INDICATOR: ("title",),
    REVIEW: ("what_we_saw", "decisions"),
    COMMENT: ("text",),
    EVIDENCE: ("title", "text"),
    PERSON: ("name", "role"),
}
"""The fields of each kind that are searched."""

_SAID_OF = {CHALLENGE: SearchEntry.challenge, ACTION: SearchEntry.action}
"""The kinds that are found by what is said of them too."""

COMMON_IN_A_THREAD, COMMON = 4_000, 20_000
"""Of a word in more texts than these SQLite asks, one thing after another, whether it has the word, until a page is
full. Of rarer ones it collects the things that have it: that would take long for a common word, as the other way would
for a rare one."""

Key = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]

_WORD = re.compile(r"\w+")


def keep_words(work: UnitOfWork, kind: Kind, row: Any) -> None:
    """Let a resource be found by the words that it has now; a hidden one by none."""
    if kind not in SEARCHED:
        return
    words = "\n".join(said for name in SEARCHED[kind] if (said := getattr(row, name)))
    held = work.db.scalar(select(SearchEntry).where(SearchEntry.subject == row.id))
    if row.deleted_at is not None or not words:
        if held is not None:
            work.db.delete(held)
    elif held is None:
        challenge, action = _thread(work, kind, row)
        work.db.add(
            SearchEntry(subject=row.id, kind=kind.name, challenge=challenge, action=action, text=words)
        )
    else:
        held.text = words


def matching_text(work: UnitOfWork, kind: Kind, asked: str) -> Where:
    """That a challenge or action, or anything said of it, has these words; of other kinds, that they have them."""
    words = _WORD.findall(asked)
    if not words:
        raise invalid("/query/q", "ask for at least one word")
    column = _SAID_OF.get(kind, SearchEntry.subject)
    found = _in_sqlite if work.tools.database.is_sqlite else _in_postgresql
    return Where(found(work, kind, column, words), lambda content: False)


def _in_postgresql(work: UnitOfWork, kind: Kind, column: Key, words: list[str]) -> ColumnElement[bool]:
    asked = func.plainto_tsquery("english", " ".join(words))
    matches = func.to_tsvector(literal_column("'english'"), SearchEntry.text).op("@@")(asked)
    said = select(column).where(column.is_not(None), matches)
    # What is said of a thread is many texts: without the offset, which changes nothing, PostgreSQL would take each of
    # them apart to walk along the threads, when its index knows already which of them match.
    return _one_of(kind, said.offset(0) if kind in _SAID_OF else said)


def _in_sqlite(work: UnitOfWork, kind: Kind, column: Key, words: list[str]) -> ColumnElement[bool]:
    asked = " ".join(f'"{word}"' for word in words)
    matches = text("SELECT rowid FROM search_words WHERE search_words MATCH :words").bindparams(words=asked)
    common = COMMON_IN_A_THREAD if kind in _SAID_OF else COMMON
    if not _are_more_than(work, common, asked):
        among = SearchEntry.id.in_(matches.columns(SearchEntry.id))
        return _one_of(kind, select(column).where(column.is_not(None), among))
    # The sum, which changes nothing, keeps SQLite from asking its word index anew for each text.
    among = (SearchEntry.id + 0).in_(matches.columns(SearchEntry.id))
    return select(SearchEntry.id).where(column == kind.model.id, among).correlate(kind.model).exists()


def _one_of(kind: Kind, ids: Select[Any]) -> ColumnElement[bool]:
    return kind.model.id.in_(ids)  # type: ignore[no-any-return]


def _are_more_than(work: UnitOfWork, number: int, asked: str) -> bool:
    """Whether more texts than that match; they are counted no further."""
    past = text("SELECT 1 FROM search_words WHERE search_words MATCH :words LIMIT 1 OFFSET :number")
    return work.connection.execute(past, {"words": asked, "number": number}).first() is not None


def _thread(work: UnitOfWork, kind: Kind, row: Any) -> tuple[str | None, str | None]:
    """The challenge and the action that a resource is said of."""
    action = row.id if kind is ACTION else getattr(row, "action", None)
    challenge = row.id if kind is CHALLENGE else getattr(row, "challenge", None)
    if challenge is None and action is not None:
        challenge = work.db.scalar(select(Action.challenge).where(Action.id == action))
    return challenge, action
