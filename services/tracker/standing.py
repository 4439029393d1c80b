"""How each action and challenge is doing, worked out once and kept for the day, brought up to date after each write.

Every write moves the head of a chain of audit entries: its school's, that of a register too, or that of no school for
people and for evidence of several. What was kept under the heads that a transaction sees is true of what it sees; what
was kept under earlier ones is, but for that which the entries since then touch.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import and_, case, or_, select

from models import AuditEntry, Ledger
from services.audit import NO_SCHOOL
from services.memory import Memory
from services.tracker.contents import among
from services.tracker.held import Held
from services.tracker.kinds import CHALLENGE, Content, Kind
from services.tracker.touched import TELLING, Entry, touched
from services.unit_of_work import UnitOfWork

MOST_IN_MEMORY = 30_000
"""Actions and challenges."""

MOST_ENTRIES = 500
"""After more of them since, all of a school is worked out anew."""

FEW = 200
"""So many are read one by one, more with all of their schools."""

WorkOut = Callable[[Held, Sequence[Content]], list[Content]]
"""What is worked out for each of some contents, in their order."""

Head = tuple[int, bytes]
"""The number and the hash of the newest entry of a chain."""

Key = tuple[str, str, int, frozenset[str]]


@dataclass(frozen=True)
class _Kept:
    """How things of a school stand, those that were asked for, by id."""

    day: date
    heads: Mapping[int, Head]
    """Of the school's chain and of that of no school."""
    told: Mapping[str, Content]


_memory: Memory[Key, _Kept] = Memory(MOST_IN_MEMORY)


def with_standing(held: Held, kind: Kind, contents: list[Content], work_out: WorkOut) -> list[Content]:
    """Contents as they are read: each with what is worked out for it."""
    if held.as_of is not None or held.work.writes:
        return [content | how for content, how in zip(contents, work_out(held, contents), strict=True)]
    schools = held.school_ids({content["school"] for content in contents})
    kept = _kept(held, kind, set(schools.values()))
    missing = [content for content in contents if content["id"] not in kept[schools[content["school"]]].told]
    fresh: dict[int, dict[str, Content]] = {}
    for content, how in zip(missing, work_out(held, missing) if missing else (), strict=True):
        fresh.setdefault(schools[content["school"]], {})[content["id"]] = how
    for school, told in fresh.items():
        kept[school] = replace(kept[school], told={**kept[school].told, **told})
        _keep(_key(held, kind, school), kept[school])
    return [content | kept[schools[content["school"]]].told[content["id"]] for content in contents]


def standing_by_id(
    held: Held,
    kind: Kind,
    rows: Sequence[Any],
    answers: Callable[[Held, list[Content]], list[Content]],
) -> dict[str, Content]:
    """What is worked out for each of some rows (id, school, …), by id. Only those that nothing is kept of are read."""
    found: dict[str, Content] = {}
    for kept in _kept(held, kind, {row[1] for row in rows}).values():
        found |= kept.told
    missing = {row[0]: row[1] for row in rows if row[0] not in found}
    if missing:
        few = len(missing) <= FEW
        schools = kind.model.school_id.in_(set(missing.values()))
        contents = held.matching(kind, among(held.work, kind.model.id, missing) if few else schools)
        needed = [content for content in contents if content["id"] in missing]
        found |= {content["id"]: content for content in answers(held, needed)}
    return found


def forget_standing() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _memory.forget()


def _kept(held: Held, kind: Kind, schools: Collection[int]) -> dict[int, _Kept]:
    """What is kept of each school, true of what the transaction sees."""
    now = _heads(held.work, schools)
    found = {}
    earlier = {}
    for school in schools:
        nothing = _Kept(held.today, {chain: now[chain] for chain in (school, NO_SCHOOL)}, {})
        kept = _memory.find(_key(held, kind, school), None) or nothing
        found[school] = kept if kept.day == nothing.day and kept.heads == nothing.heads else nothing
        if found[school] is not kept and kept.day == nothing.day and _is_shortly_before(kept, nothing):
            earlier[school] = kept
    entries = _entries_since(held.work, earlier.values(), now)
    for school, kept in earlier.items():
        since = _since(kept, now, entries)
        gone = None if since is None else touched(held, kind, school, since)
        if gone is not None:
            told = {id: how for id, how in kept.told.items() if id not in gone}
            found[school] = replace(found[school], told=told)
            _keep(_key(held, kind, school), found[school])
    return found


def _is_shortly_before(kept: _Kept, now: _Kept) -> bool:
    steps = [now.heads[chain][0] - number for chain, (number, _) in kept.heads.items()]
    return min(steps) >= 0 and sum(steps) <= MOST_ENTRIES


def _entries_since(work: UnitOfWork, earlier: Iterable[_Kept], now: Mapping[int, Head]) -> list[Any]:
    """The entries of the chains that have grown, each chain from the newest that was known of it."""
    starts = {
        (chain, head[0]) for kept in earlier for chain, head in kept.heads.items() if head != now[chain]
    }
    if not starts:
        return []
    later = or_(
        *(
            and_(AuditEntry.school_id == chain, AuditEntry.sequence >= number)
            for chain, number in sorted(starts)
        )
    )
    content = case((AuditEntry.kind.in_(sorted(TELLING)), AuditEntry.content), else_=None)
    entry = AuditEntry
    asked = select(entry.school_id, entry.sequence, entry.hash, entry.kind, entry.subject, content)
    return list(work.connection.execute(asked.where(later).order_by(entry.school_id, entry.sequence)))


def _since(kept: _Kept, now: Mapping[int, Head], entries: Sequence[Any]) -> list[Entry] | None:
    """Of these entries those behind what was kept; None where that isn't what this database has been."""
    found = []
    for chain, head in kept.heads.items():
        if head == now[chain]:
            continue
        later = [entry for entry in entries if entry[0] == chain and entry[1] >= head[0]]
        if not later or (later[0][1], later[0][2]) != head:
            return None
        found += [Entry(*entry[3:]) for entry in later[1:]]
    return found


def _keep(key: Key, kept: _Kept) -> None:
    _memory.keep(key, None, kept, len(kept.told) + 1)


def _key(held: Held, kind: Kind, school: int) -> Key:
    """Under what it is kept: of challenges by what the key sees, as one may see less of their evidence than another."""
    sight = held.work.actor.schools if kind is CHALLENGE else frozenset[str]()
    return held.work.tools.database.url, kind.name, school, sight


def _heads(work: UnitOfWork, schools: Collection[int]) -> dict[int, Head]:
    asked = select(Ledger.school_id, Ledger.sequence, Ledger.head)
    rows = work.connection.execute(asked.where(Ledger.school_id.in_([NO_SCHOOL, *schools])))
    return {NO_SCHOOL: (0, b"")} | {school: (number, bytes(head)) for school, number, head in rows}
