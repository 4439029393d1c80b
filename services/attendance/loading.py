"""Reads one school for the arithmetic of attendance: roll, registers, session counts, calendars, all of one time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from sqlalchemy import bindparam, select

from domain.attendance.calendar import Calendar, academic_year_bounds, academic_year_of
from domain.attendance.packing import unpack_all
from domain.attendance.register import Bytes
from domain.attendance.school import Int32s, Registers, School, SessionCount
from models import Place, Pupil
from services.attendance.register_store import marks_between
from services.attendance.session_counts import counts_sessions, load_session_counts
from services.schools.calendars import load_calendars
from services.schools.roll_store import HeldRoll, load_roll
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork

_places = (
    select(Place.place, Place.pupil_id, Pupil.merged_into)
    .join(Pupil, Pupil.id == Place.pupil_id)
    .where(Place.school_id == bindparam("school_id"), Place.academic_year == bindparam("academic_year"))
    .order_by(Place.place)
)


def load_school(
    work: UnitOfWork,
    school: SchoolRef,
    first: date,
    last: date,
    *,
    as_of: datetime | None = None,
    roll_revision: int | None = None,
) -> School:
    """Everything that attendance between two days is worked out from, as it is held now or was held at a time.

    `roll_revision` is the number of the present roll, where this transaction has read it already.
    """
    held = load_roll(work, school.id, as_of, roll_revision)
    return School(
        key=school.urn,
        roll=held.roll,
        registers=_load_registers(work, school.id, held, first, last, as_of),
        session_counts=_session_counts(work, school.id, held, first, last, as_of),
        calendars=_calendars(work, school.id, held, first, last, as_of),
    )


@dataclass(frozen=True, eq=False)
class _Columns:
    """Whose each place in the registers of an academic year is: a place for each pupil of the roll, and further ones.

    A pupil without a place has the place `width`, where no register has a mark.
    """

    place: npt.NDArray[np.intp]
    width: int
    further: tuple[tuple[int, int], ...]
    """(pupil, place) of pupils found to be one with another, whose marks are the other's."""

    @property
    def in_order(self) -> bool:
        """Whether the registers can be taken as they are."""
        return len(self.place) == self.width and bool((self.place == np.arange(self.width)).all())


@dataclass(eq=False)
class _Beside:
    """What was read with a roll, and is as it was for as long as the roll is."""

    columns: dict[int, _Columns] = field(default_factory=dict)
    """By the calendar year in which the academic year starts."""
    calendars: dict[tuple[str, str], tuple[Calendar, ...]] = field(default_factory=dict)
    """By the first and the last academic year."""
    counts_sessions: bool | None = None
    """Whether any session counts are held; None where that isn't known yet."""


# A roll is held in memory as long as it is the current one, and the ledger calls it another whenever a place is added,
# a calendar changes or sessions are counted.
_beside_rolls: WeakKeyDictionary[HeldRoll, _Beside] = WeakKeyDictionary()


def _beside(held: HeldRoll) -> _Beside:
    return _beside_rolls.setdefault(held, _Beside())


def _session_counts(
    work: UnitOfWork, school_id: int, held: HeldRoll, first: date, last: date, as_of: datetime | None
) -> tuple[SessionCount, ...]:
    beside = _beside(held)
    if beside.counts_sessions is None:
        beside.counts_sessions = counts_sessions(work, school_id, as_of)
    return load_session_counts(work, school_id, first, last, as_of) if beside.counts_sessions else ()


def _calendars(
    work: UnitOfWork, school_id: int, held: HeldRoll, first: date, last: date, as_of: datetime | None
) -> tuple[Calendar, ...]:
    known, years = _beside(held).calendars, (academic_year_of(first), academic_year_of(last))
    if years not in known:
        known[years] = load_calendars(work, school_id, first, last, as_of)
    return known[years]


def _load_registers(
    work: UnitOfWork, school_id: int, held: HeldRoll, first: date, last: date, as_of: datetime | None
) -> Registers:
    rows = marks_between(work.connection, school_id, first.toordinal(), last.toordinal(), as_of)
    day = np.array([row[0] for row in rows], np.int32)
    marks = [row[2] for row in rows]
    blocks = [
        _by_pupil(marks[part], _columns(work, school_id, year, held)) for year, part in _academic_years(day)
    ]
    return Registers(
        day=day,
        pm=np.array([row[1] for row in rows], np.bool_),
        marks=_one_below_the_other(blocks, len(held.pupils)),
    )


def _academic_years(day: Int32s) -> Iterator[tuple[int, slice]]:
    """The calendar year in which each academic year of these days starts, and where in them it lies."""
    start = 0
    while start < len(day):
        _, last = academic_year_bounds(academic_year_of(date.fromordinal(int(day[start]))))
        end = int(np.searchsorted(day, last.toordinal(), side="right"))
        yield last.year - 1, slice(start, end)
        start = end


def _one_below_the_other(blocks: list[Bytes], width: int) -> Bytes:
    if len(blocks) == 1:
        return blocks[0]
    return np.vstack([np.zeros((0, width), np.uint8), *blocks])


def _by_pupil(rows: list[bytes], columns: _Columns) -> Bytes:
    """The registers of one academic year, the marks of each pupil of the roll in the pupil's column."""
    if columns.in_order:
        return unpack_all(rows, columns.width)
    stacked = unpack_all(rows, columns.width + 1)
    marks = stacked.take(columns.place, axis=1)
    for pupil, place in columns.further:
        np.maximum(marks[:, pupil], stacked[:, place], out=marks[:, pupil])
    return marks


def _columns(work: UnitOfWork, school_id: int, year: int, held: HeldRoll) -> _Columns:
    known = _beside(held).columns
    if year not in known:
        known[year] = _read_columns(work, school_id, year, held)
    return known[year]


def _read_columns(work: UnitOfWork, school_id: int, year: int, held: HeldRoll) -> _Columns:
    rows = work.connection.execute(_places, {"school_id": school_id, "academic_year": year}).all()
    width = rows[-1].place + 1 if rows else 0
    pupils = {pupil: index for index, pupil in enumerate(held.pupils.tolist())}
    place = np.full(len(pupils), width, np.intp)
    further = []
    for row in rows:
        # In a roll of before they were found to be one, the pupil is still there and keeps the place.
        own = pupils.get(row.pupil_id)
        if own is not None:
            place[own] = row.place
        elif row.merged_into in pupils:
            further.append((pupils[row.merged_into], row.place))
    return _Columns(place, width, tuple(further))
