"""What a school has recorded of its workforce, as the rules take it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.workforce.question import WorkforceRecords
from services.unit_of_work import UnitOfWork
from services.workforce.kinds import (
    LEAVER,
    SNAPSHOT,
    STAFF_ABSENCE,
    VACANCY,
    absence_of,
    leaver_of,
    snapshot_of,
    vacancy_of,
)
from services.workforce.records import Record, load_records

_MEASURED = (SNAPSHOT.name, VACANCY.name, LEAVER.name, STAFF_ABSENCE.name)


def load_workforce(work: UnitOfWork, school_id: int, as_of: datetime | None = None) -> WorkforceRecords:
    """All that a school has recorded of its workforce, as held now or at a time. One statement."""
    return workforce_in(load_records(work, school_id, _MEASURED, as_of))


def workforce_in(held: Mapping[str, Sequence[Record]]) -> WorkforceRecords:
    """Loaded records as the rules take them."""
    return WorkforceRecords(
        snapshots=[snapshot_of(record.key, record.content) for record in held[SNAPSHOT.name]],
        vacancies=[vacancy_of(record.key, record.content) for record in held[VACANCY.name]],
        leavers=[leaver_of(record.content) for record in held[LEAVER.name]],
        absences=[absence_of(record.key, record.content) for record in held[STAFF_ABSENCE.name]],
    )
