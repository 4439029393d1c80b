"""How each action and challenge is doing, worked out once and kept until anything of its school is written, or the day
turns.

Every write moves the head of a chain of audit entries: its school's, that of a register too, or that of no school for
evidence of several. So what was kept under the heads that a transaction sees is true of what it sees.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import select

from models import Ledger
from services.audit import NO_SCHOOL
from services.memory import Memory
from services.tracker.held import Held
from services.tracker.kinds import Content, Kind

MOST_IN_MEMORY = 30_000
"""Actions and challenges."""

WorkOut = Callable[[Held, Sequence[Content]], list[Content]]
"""What is worked out for each of some contents, in their order."""

_memory: Memory[tuple[str, str, str], Content] = Memory(MOST_IN_MEMORY)


def with_standing(held: Held, kind: Kind, contents: list[Content], work_out: WorkOut) -> list[Content]:
    """Contents as they are read: each with what is worked out for it."""
    told = _standing(held, kind, contents, work_out)
    return [content | how for content, how in zip(contents, told, strict=True)]


def standing_by_id(
    held: Held, kind: Kind, rows: Collection[Any], answers: Callable[[Held, list[Content]], list[Content]]
) -> dict[str, Content]:
    """What is worked out for each of some rows, by id. Only those that nothing is kept of are read."""
    versions = _versions(held, {row.school_id for row in rows})
    kept = {row.id: _memory.find(_key(held, kind, row.id), versions[row.school_id]) for row in rows}
    missing = {row.school_id for row in rows if kept[row.id] is None}
    found = {id: how for id, how in kept.items() if how is not None}
    if missing:
        contents = held.matching(kind, kind.model.school_id.in_(missing))
        found |= {content["id"]: content for content in answers(held, contents)}
    return found


def forget_standing() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _memory.forget()


def _standing(held: Held, kind: Kind, contents: list[Content], work_out: WorkOut) -> list[Content]:
    if held.as_of is not None or held.work.writes:
        return work_out(held, contents)
    schools = held.school_ids({content["school"] for content in contents})
    versions = _versions(held, schools.values())
    at = [(_key(held, kind, content["id"]), versions[schools[content["school"]]]) for content in contents]
    kept = [_memory.find(key, version) for key, version in at]
    missing = [place for place, how in enumerate(kept) if how is None]
    worked_out = work_out(held, [contents[place] for place in missing]) if missing else []
    for place, how in zip(missing, worked_out, strict=True):
        _memory.keep(*at[place], how, 1)
        kept[place] = how
    return [how for how in kept if how is not None]


def _key(held: Held, kind: Kind, id: str) -> tuple[str, str, str]:
    return held.work.tools.database.url, kind.name, id


def _versions(held: Held, school_ids: Collection[int]) -> dict[int, object]:
    asked = select(Ledger.school_id, Ledger.head).where(Ledger.school_id.in_([NO_SCHOOL, *school_ids]))
    heads: dict[int, bytes] = dict(held.work.connection.execute(asked).all())
    return {school: (heads[school], heads.get(NO_SCHOOL), held.today) for school in school_ids}
