"""What is worked out for the things of a school, kept for the day and brought up to date after each write.

Every write moves the head of a chain of audit entries: its school's, that of a register too, or that of no school for
people and for evidence of several. What was kept under the heads that a transaction sees is true of what it sees; what
was kept under earlier ones is, but for that which the entries since then touch.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import and_, case, or_, select

from models import AuditEntry
from services.audit import NO_SCHOOL
from services.memory import Memory
from services.tracker.held import Head, Held
from services.tracker.touched import TELLING, Entry
from services.unit_of_work import UnitOfWork

MOST_ENTRIES = 500
"""After more of them since, all of a school is worked out anew."""

Told = TypeVar("Told")

Touched = Callable[[Held, int, Sequence[Entry], Mapping[str, Any]], set[str] | None]
"""The ids of what entries touch of a school, of which this is told; None for all there is."""


@dataclass(frozen=True)
class OfSchool(Generic[Told]):
    """What is told of the things of one school, by id."""

    day: date
    heads: Mapping[int, Head]
    """Of the school's chain and of that of no school."""
    told: Mapping[str, Told]
    untold: frozenset[str] | None = None
    """Those that nothing is told of, some of which may be gone; None where it isn't known which there are."""

    def with_told(self, found: Mapping[str, Told], *, whole: bool = False) -> "OfSchool[Told]":
        """With more of them told of; where that is the whole school, nothing is left untold."""
        untold = None if self.untold is None else self.untold - found.keys()
        return replace(self, told={**self.told, **found}, untold=frozenset() if whole else untold)

    def moved_on(self, now: "OfSchool[Told]", touched: set[str]) -> "OfSchool[Told]":
        """The same as of now, but for what was touched since."""
        told = {id: what for id, what in self.told.items() if id not in touched}
        return replace(now, told=told, untold=None if self.untold is None else self.untold | touched)


class Remembered(Generic[Told]):
    """What a process remembers of one sort, of the schools that were asked for last."""

    def __init__(
        self, most: int, touched: Touched, weight: Callable[[Mapping[str, Told]], int] = len
    ) -> None:
        self._memory: Memory[Hashable, OfSchool[Told]] = Memory(most)
        self._touched, self._weight = touched, weight

    def of(self, held: Held, schools: Collection[int], about: Hashable) -> dict[int, OfSchool[Told]]:
        """What is known of each school, true of what the transaction sees. `about` says what it depends on besides."""
        now = held.heads(schools)
        found = {}
        earlier = {}
        for school in schools:
            nothing = OfSchool[Told](held.today, {chain: now[chain] for chain in (school, NO_SCHOOL)}, {})
            kept = self._memory.find(_key(held, school, about), None) or nothing
            is_so = kept.day == nothing.day and kept.heads == nothing.heads
            found[school] = kept if is_so else nothing
            if not is_so and kept.day == nothing.day and _is_shortly_before(kept, nothing):
                earlier[school] = kept
        entries = _entries_since(held.work, earlier.values(), now)
        for school, kept in earlier.items():
            since = _since(kept, now, entries)
            gone = None if since is None else self._touched(held, school, since, kept.told)
            if gone is not None:
                found[school] = kept.moved_on(found[school], gone)
                self.keep(held, school, about, found[school])
        return found

    def keep(self, held: Held, school: int, about: Hashable, what: OfSchool[Told]) -> None:
        """Keep what was brought up to date."""
        self._memory.keep(_key(held, school, about), None, what, self._weight(what.told) + 1)

    def forget(self) -> None:
        """Remember nothing: for whoever puts another database in the place of the one that was there."""
        self._memory.forget()


def _key(held: Held, school: int, about: Hashable) -> Hashable:
    return held.work.tools.database.url, school, about


def _is_shortly_before(kept: OfSchool[Any], now: OfSchool[Any]) -> bool:
    steps = [now.heads[chain][0] - number for chain, (number, _) in kept.heads.items()]
    return min(steps) >= 0 and sum(steps) <= MOST_ENTRIES


def _entries_since(work: UnitOfWork, earlier: Iterable[OfSchool[Any]], now: Mapping[int, Head]) -> list[Any]:
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
    asked = select(
        entry.school_id, entry.sequence, entry.hash, entry.kind, entry.verb, entry.subject, content
    )
    return list(work.connection.execute(asked.where(later).order_by(entry.school_id, entry.sequence)))


def _since(kept: OfSchool[Any], now: Mapping[int, Head], entries: Sequence[Any]) -> list[Entry] | None:
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
