"""The sums of schools for a question, added up once: they are kept until anything of the school is written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

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
    work: UnitOfWork,
    schools: Sequence[SchoolRef],
    question: Question,
    as_of: datetime | None,
    *,
    alone: bool = False,
) -> Iterator[Cells]:
    """What each school adds to a question; one after the other, so that a big trust needs no more memory.

    `alone`: nothing else in the answer is to be of one state with these sums.
    """
    if alone and len(schools) == 1 and as_of is None and _memory.holds(_key(work, schools[0], question)):
        held = _held(work, work.lookup, schools[0], [question])
        if question in held.sums:
            yield held.sums[question]
            return
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
    held = _held(work, work.connection, school, questions)
    missing = [question for question in questions if question not in held.sums]
    for question, cells in zip(
        missing, _counted(work, school, missing, None, held.roll_revision), strict=True
    ):
        _memory.keep(_key(work, school, question), held.version, cells, cells.size)
        held.sums[question] = cells
    return [held.sums[question] for question in questions]


def forget_sums() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _memory.forget()


@dataclass(frozen=True)
class _Held:
    version: tuple[Any, ...] | None
    sums: dict[Question, Cells]

    @property
    def roll_revision(self) -> int | None:
        """The number of the roll at this version."""
        return None if self.version is None else int(self.version[1])


def _held(
    work: UnitOfWork, connection: Connection, school: SchoolRef, questions: Sequence[Question]
) -> _Held:
    """The sums in memory that are those of the school as the connection sees it."""
    version = _version.one_or_none(connection, {"school_id": school.id})
    found = {question: _memory.find(_key(work, school, question), version) for question in questions}
    return _Held(version, {question: cells for question, cells in found.items() if cells is not None})


def _key(work: UnitOfWork, school: SchoolRef, question: Question) -> tuple[str, SchoolRef, Question]:
    return work.tools.database.url, school, question


def _counted(
    work: UnitOfWork,
    school: SchoolRef,
    questions: Sequence[Question],
    as_of: datetime | None,
    roll_revision: int | None = None,
) -> list[Cells]:
    if not questions:
        return []
    first, last = min(one.first for one in questions), max(one.last for one in questions)
    loaded = load_school(work, school, first, last, as_of=as_of, roll_revision=roll_revision)
    return [count(loaded, question) for question in questions]
