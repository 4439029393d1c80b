"""What a school has recorded of its workforce, as the rules take it."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select

from domain.workforce.question import WorkforceRecords
from domain.workforce.records import Leaver, Vacancy
from models import Ledger
from services.memory import Memory
from services.unit_of_work import UnitOfWork
from services.workforce.kinds import (
    LEAVER,
    SNAPSHOT,
    STAFF_ABSENCE,
    VACANCY,
)
from services.workforce.recorded import absence_of, leaver_of, snapshot_of, vacancy_of
from services.workforce.records import content_in, load_bodies

MOST_RECORDS_IN_MEMORY = 20_000
"""About 30 MB: the ten years of twenty schools."""

_memory: Memory[Hashable, WorkforceRecords] = Memory(MOST_RECORDS_IN_MEMORY)

_MEASURED = (SNAPSHOT.name, VACANCY.name, LEAVER.name, STAFF_ABSENCE.name)


def load_workforce(work: UnitOfWork, school_id: int, as_of: datetime | None = None) -> WorkforceRecords:
    """All that a school has recorded of its workforce, as held now or at a time.

    Every write of a school moves the head of its audit chain: what was read under the head that a transaction sees is
    what it would read. Two statements, or one where nothing was written since.
    """
    if work.writes:
        return _workforce_in(load_bodies(work, school_id, _MEASURED, as_of))
    key = (work.tools.database.url, school_id, as_of)
    head = work.connection.scalar(select(Ledger.head).where(Ledger.school_id == school_id))
    found = _memory.find(key, head)
    if found is None:
        held = load_bodies(work, school_id, _MEASURED, as_of)
        found = _workforce_in(held)
        _memory.keep(key, head, found, 1 + sum(map(len, held.values())))
    return found


def forget_workforce() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _memory.forget()
    _vacancy.cache_clear()
    _leaver.cache_clear()


def _workforce_in(held: Mapping[str, Sequence[tuple[str, str]]]) -> WorkforceRecords:
    """Loaded records as the rules take them."""
    return WorkforceRecords(
        snapshots=[snapshot_of(key, content_in(body)) for key, body in held[SNAPSHOT.name]],
        vacancies=[_vacancy(key, body) for key, body in held[VACANCY.name]],
        leavers=[_leaver(body) for _, body in held[LEAVER.name]],
        absences=[absence_of(key, content_in(body)) for key, body in held[STAFF_ABSENCE.name]],
    )


# What a body says never changes, so that after a write only what is new is read anew.
@lru_cache(maxsize=MOST_RECORDS_IN_MEMORY)
def _vacancy(key: str, body: str) -> Vacancy:
    return vacancy_of(key, content_in(body))


@lru_cache(maxsize=MOST_RECORDS_IN_MEMORY)
def _leaver(body: str) -> Leaver:
    return leaver_of(content_in(body))
