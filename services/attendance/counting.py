"""The sums of schools for a question, added up once: they are kept until anything of the school is written.

What they were added up from is kept as well, so that the next question of the same school and year needs no register.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from domain.attendance.calendar import academic_year_bounds, academic_year_of
from domain.attendance.cells import Cells
from domain.attendance.groups import count
from domain.attendance.question import Question
from domain.attendance.school import School
from models import Ledger
from services.access.keys import Along
from services.attendance.loading import load_school
from services.memory import Memory
from services.prepared import Prepared
from services.schools.schools import SchoolRef
from services.unit_of_work import Actor, UnitOfWork

MOST_BYTES_IN_MEMORY = 16 << 20
"""Of sums."""
MOST_MARKS_IN_MEMORY = 32 << 20
"""A byte each: a year of 200 schools of 400 pupils."""

LONG = timedelta(days=60)
"""Past this, a window's academic years are read whole: whoever asks for months asks for others of the year as well."""

_head = select(Ledger.head, Ledger.roll_revision).where(Ledger.school_id == bindparam("school_id"))
_version = Prepared(_head)
_version_and_key = Along(_head)
_memory: Memory[tuple[str, SchoolRef, Question], Cells] = Memory(MOST_BYTES_IN_MEMORY)
_loaded: Memory[tuple[str, SchoolRef], "_Loaded"] = Memory(MOST_MARKS_IN_MEMORY)


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
    if alone and len(schools) == 1 and as_of is None and _may_hold(work, schools[0], question):
        held = _held(work, work.lookup, schools[0], [question], version=work.ahead.get(schools[0]))
        if question in held.sums or held.covers(question.first, question.last):
            yield from _completed(work, schools[0], held, [question])
            return
    for school in schools:
        yield from count_school(work, school, [question], as_of)


def actor_with_version(work: UnitOfWork, token: str, school: SchoolRef) -> Actor:
    """Who a token stands for, read in one trip with what tells whether the sums in memory are those of the school.

    Raises `NotAuthenticated` for a token that is unknown, past its time or revoked.
    """
    actor, version = _version_and_key.actor_of(work.lookup, token, work.now, {"school_id": school.id})
    work.ahead[school] = version
    return actor


def count_school(
    work: UnitOfWork, school: SchoolRef, questions: Sequence[Question], as_of: datetime | None
) -> list[Cells]:
    """What a school adds to each of several questions, as it is held now or was at a time; it is read at most once.

    Every write of a school moves the head of its chain of audit entries, so sums that were kept under the head that
    this transaction sees are those of what it sees.
    """
    if not questions:
        return []
    if as_of is not None or work.writes:
        return _counted(work, school, questions, as_of)
    return _completed(work, school, _held(work, work.connection, school, questions), questions)


def forget_sums() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _memory.forget()
    _loaded.forget()


@dataclass(frozen=True)
class _Loaded:
    """A school as it was read for the days from `first` to `last`."""

    first: date
    last: date
    school: School


@dataclass(frozen=True)
class _Held:
    """What is in memory of a school at its version in the database."""

    version: Sequence[Any] | None
    sums: dict[Question, Cells]
    loaded: _Loaded | None

    @property
    def roll_revision(self) -> int | None:
        """The number of the roll at this version."""
        return None if self.version is None else int(self.version[1])

    def covers(self, first: date, last: date) -> bool:
        """Whether all is there that a question of these days needs."""
        return self.loaded is not None and self.loaded.first <= first and last <= self.loaded.last


def _held(
    work: UnitOfWork,
    connection: Connection,
    school: SchoolRef,
    questions: Sequence[Question],
    *,
    version: Sequence[Any] | None = None,
) -> _Held:
    """What is in memory of the school as the connection sees it, or as it was at a version that was read just now."""
    version = version or _version.one_or_none(connection, {"school_id": school.id})
    found = {question: _memory.find(_key(work, school, question), version) for question in questions}
    return _Held(
        version,
        {question: cells for question, cells in found.items() if cells is not None},
        _loaded.find((work.tools.database.url, school), version),
    )


def _may_hold(work: UnitOfWork, school: SchoolRef, question: Question) -> bool:
    """Whether the memory has anything for the question, at whatever version."""
    return _memory.holds(_key(work, school, question)) or _loaded.holds((work.tools.database.url, school))


def _completed(
    work: UnitOfWork, school: SchoolRef, held: _Held, questions: Sequence[Question]
) -> list[Cells]:
    """The sums of all questions: those that are held, and the others added up now and kept."""
    sums = dict(held.sums)
    missing = [question for question in questions if question not in sums]
    if missing:
        loaded = _load(work, school, held, *_window_of(missing))
        for question in missing:
            sums[question] = cells = count(loaded, question)
            _memory.keep(_key(work, school, question), held.version, cells, cells.size)
    return [sums[question] for question in questions]


def _load(work: UnitOfWork, school: SchoolRef, held: _Held, first: date, last: date) -> School:
    """The school with what is held at least of these days, from memory or else read and kept there."""
    if held.loaded is not None and held.covers(first, last):
        return held.loaded.school
    if last - first > LONG:
        first = academic_year_bounds(academic_year_of(first))[0]
        last = academic_year_bounds(academic_year_of(last))[1]
    read = load_school(work, school, first, last, roll_revision=held.roll_revision)
    key = work.tools.database.url, school
    _loaded.keep(key, held.version, _Loaded(first, last, read), read.registers.marks.size)
    return read


def _window_of(questions: Sequence[Question]) -> tuple[date, date]:
    return min(one.first for one in questions), max(one.last for one in questions)


def _key(work: UnitOfWork, school: SchoolRef, question: Question) -> tuple[str, SchoolRef, Question]:
    return work.tools.database.url, school, question


def _counted(
    work: UnitOfWork, school: SchoolRef, questions: Sequence[Question], as_of: datetime | None
) -> list[Cells]:
    loaded = load_school(work, school, *_window_of(questions), as_of=as_of)
    return [count(loaded, question) for question in questions]
