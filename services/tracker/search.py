"""Finding things of the tracker by their words: titles, notes and comments, those of a challenge and of each action.

All words asked for stand in one text, in any order and in any of their grammatical forms.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select, text

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
    found = _found(work, words)
    column = {CHALLENGE: SearchEntry.challenge, ACTION: SearchEntry.action}.get(kind, SearchEntry.subject)
    return Where(kind.model.id.in_(select(column).where(column.is_not(None), found)), lambda content: False)


def _found(work: UnitOfWork, words: list[str]) -> ColumnElement[bool]:
    if not work.tools.database.is_sqlite:
        asked = func.plainto_tsquery("english", " ".join(words))
        return func.to_tsvector(literal_column("'english'"), SearchEntry.text).op("@@")(asked)
    asked_words = " ".join(f'"{word}"' for word in words)
    matches = text("SELECT rowid FROM search_words WHERE search_words MATCH :words").bindparams(
        words=asked_words
    )
    return SearchEntry.id.in_(matches.columns(SearchEntry.id))


def _thread(work: UnitOfWork, kind: Kind, row: Any) -> tuple[str | None, str | None]:
    """The challenge and the action that a resource is said of."""
    action = row.id if kind is ACTION else getattr(row, "action", None)
    challenge = row.id if kind is CHALLENGE else getattr(row, "challenge", None)
    if challenge is None and action is not None:
        challenge = work.db.scalar(select(Action.challenge).where(Action.id == action))
    return challenge, action
