"""The sums of schools for a question, added up once: they are kept until anything of the school is written."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from domain.attendance.cells import Cells
from domain.attendance.groups import count
from domain.attendance.question import Question
from models import Ledger
from services.attendance.loading import load_school
from services.memory import Memory
from services.prepared import Prepared
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork

MOST_BYTES_IN_MEMORY = 16 << 20

_version = Prepared(
    select(Ledger.head, Ledger.roll_revision).where(Ledger.school_id == bindparam("school_id"))
)
_memory: Memory[tuple[str, SchoolRef, Question], Cells] = Memory(MOST_BYTES_IN_MEMORY)


def count_schools(
    work: UnitOfWork, schools: Iterable[SchoolRef], question: Question, as_of: datetime | None
) -> Iterator[Cells]:
    """What each school adds to a question; one after the other, so that a big trust needs no more memory."""
    for school in schools:
        yield from count_school(work, school, [question], as_of)


def count_school(
    work: UnitOfWork, school: SchoolRef, questions: Sequence[Question], as_of: datetime | None
) -> list[Cells]:
    """What a school adds to each of several questions, as it is held now or was at a time; it is read at most once.

    Every write of a school moves the head of its chain of audit entries, so sums that were kept under the head that
    this transaction sees are those of what it sees.
    """
    if as_of is not None or work.writes:
        return _counted(work, school, questions, as_of)
    version = _version.one_or_none(work.connection, {"school_id": school.id})
    keys = {question: (work.tools.database.url, school, question) for question in questions}
    held = {question: _memory.find(key, version) for question, key in keys.items()}
    found = {question: cells for question, cells in held.items() if cells is not None}
    missing = [question for question in keys if question not in found]
    for question, cells in zip(missing, _counted(work, school, missing, None), strict=True):
        _memory.keep(keys[question], version, cells, cells.size)
        found[question] = cells
    return [found[question] for question in questions]


def forget_sums() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _memory.forget()


def _counted(
    work: UnitOfWork, school: SchoolRef, questions: Sequence[Question], as_of: datetime | None
) -> list[Cells]:
    if not questions:
        return []
    first, last = min(one.first for one in questions), max(one.last for one in questions)
    loaded = load_school(work, school, first, last, as_of=as_of)
    return [count(loaded, question) for question in questions]
