"""Which sessions of a school's calendar nobody has answered for: no register, gaps in it, marks that were left open.

Looked at are sessions up to yesterday, and those of today that are held already: a register of today is missing from
tomorrow on. N (reason not yet established) is left open too long once 5 full school days have passed since its day,
the time that schools have to establish the reason. A mark N of a Monday is named from the Tuesday of the week after, if
no day between was closed. School days are those on which the calendar has a session; in an academic year without a
calendar every weekday counts as one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from domain.attendance.calendar import SESSIONS, academic_year_of, sessions_of
from domain.attendance.codes import NO_MARK, NUMBERS
from domain.attendance.school import School, SessionCount

NOT_YET_ESTABLISHED = NUMBERS["N"]
DAYS_TO_RESOLVE = 5
_SATURDAY = 5

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Session:
    """A session to look after: how many marks are meant, and of how many pupils on roll where that matters."""

    day: date
    session: str
    marks: int = 0
    on_roll: int = 0


@dataclass(frozen=True)
class Uncalendared:
    """A part of the window in an academic year that the school has no calendar of."""

    academic_year: str
    first: date
    last: date


@dataclass(frozen=True)
class Coverage:
    """The sessions of a window by what is wrong with them, each list in order: `sessions` are those of the calendar,
    and each of them is complete, missing or incomplete. Marks left open, and sessions held that the calendar doesn't
    have, come on top. `open_before` is the day before which an N is open too long; None while none can be.
    """

    sessions: int
    complete: int
    missing: list[Session]
    incomplete: list[Session]
    unresolved: list[Session]
    outside_calendar: list[Session]
    open_before: date | None
    without_calendar: list[Uncalendared]


def coverage_of(school: School, first: date, last: date, today: date) -> Coverage:
    """How the registers and counts held answer for the sessions from first to last, as it stands today.

    The school's calendars must reach from `first` to today.
    """
    registers = _Registers(school, today)
    counted = _counted(school.session_counts, registers.held, today)
    held = registers.held | counted.keys()
    due = _due(school, first, last, today, held)
    incomplete = [one for one in registers.gaps() if _number(one) in due]
    missing = [_session(number) for number in sorted(due - held)]
    open_before = _open_before(school, first, today)
    return Coverage(
        sessions=len(due),
        complete=len(due) - len(missing) - len(incomplete),
        missing=missing,
        incomplete=incomplete,
        unresolved=_unresolved(registers, counted, open_before),
        outside_calendar=_outside(school, registers, counted, due),
        open_before=open_before,
        without_calendar=_without_calendar(school, first, last),
    )


class _Registers:
    """The registers up to today, and who was on roll in each."""

    def __init__(self, school: School, today: date) -> None:
        until = int(np.searchsorted(school.registers.day, today.toordinal(), side="right"))
        self._school = school
        self._marks = school.registers.marks[:until]
        self._days = school.registers.day[:until]
        self.number: Numbers = self._days.astype(np.int64) * 2 + school.registers.pm[:until]
        self.held = set(self.number.tolist())
        self._on_roll = self._presence()

    def gaps(self) -> list[Session]:
        """Those in which a pupil on roll has no mark: how many have one, of how many."""
        on_roll = np.count_nonzero(self._on_roll, axis=1)
        marked = np.count_nonzero(self._on_roll & (self._marks != NO_MARK), axis=1)
        return [
            _session(int(self.number[line]), int(marked[line]), int(on_roll[line]))
            for line in np.flatnonzero(marked < on_roll).tolist()
        ]

    def left_open(self, before: date) -> list[Session]:
        """Those of before a day that have a mark N of a pupil on roll, and how many."""
        early = int(np.searchsorted(self._days, before.toordinal()))
        open_marks = self._on_roll[:early] & (self._marks[:early] == NOT_YET_ESTABLISHED)
        return self._with_some(np.count_nonzero(open_marks, axis=1))

    def with_marks(self) -> list[Session]:
        """Those that hold any mark, and how many."""
        return self._with_some(np.count_nonzero(self._marks, axis=1))

    def _with_some(self, marks: npt.NDArray[np.intp]) -> list[Session]:
        return [_session(int(self.number[line]), int(marks[line])) for line in np.flatnonzero(marks).tolist()]

    def _presence(self) -> npt.NDArray[np.bool_]:
        """Registers by pupils: whether the pupil was on roll that day."""
        spells = self._school.roll.spells
        steps = np.zeros((len(self._days) + 1, self._marks.shape[1]), np.int8)
        sound = spells.first <= spells.last
        pupil = spells.pupil[sound]
        starts = np.searchsorted(self._days, spells.first[sound])
        ends = np.searchsorted(self._days, spells.last[sound], side="right")
        np.add.at(steps, (starts, pupil), 1)
        np.subtract.at(steps, (ends, pupil), 1)
        return np.cumsum(steps, axis=0, dtype=np.int8)[:-1] > 0


def _counted(
    counts: Iterable[SessionCount], with_register: set[int], today: date
) -> dict[int, dict[int, int]]:
    """By session without a register: the counts by code; the whole school's only where no year group's are."""
    whole: dict[int, dict[int, int]] = {}
    in_parts: dict[int, dict[int, int]] = {}
    for count in counts:
        number = count.day * 2 + count.pm
        if number in with_register or count.day > today.toordinal():
            continue
        told = (whole if count.year_group is None else in_parts).setdefault(number, {})
        for code, pupils in count.counts.items():
            told[code] = told.get(code, 0) + pupils
    return whole | in_parts


def _due(school: School, first: date, last: date, today: date, held: set[int]) -> set[int]:
    """The calendar's sessions that are looked at."""
    return {
        number
        for number in _calendar_sessions(school, first, min(last, today))
        if number // 2 < today.toordinal() or number in held
    }


def _calendar_sessions(school: School, first: date, last: date) -> set[int]:
    return {
        day.toordinal() * 2 + SESSIONS.index(session)
        for calendar in school.calendars
        for day, session in sessions_of(calendar, first, last)
    }


def _open_before(school: School, first: date, today: date) -> date | None:
    """The day that 5 school days lie between, itself the first of them, and today: an N of before it is overdue."""
    yesterday = today - timedelta(days=1)
    days = {number // 2 for number in _calendar_sessions(school, first, yesterday)}
    for part in _without_calendar(school, first, yesterday):
        span = range(part.first.toordinal(), part.last.toordinal() + 1)
        days |= {day for day in span if date.fromordinal(day).weekday() < _SATURDAY}
    passed = sorted(days)
    return date.fromordinal(passed[-DAYS_TO_RESOLVE]) if len(passed) >= DAYS_TO_RESOLVE else None


def _unresolved(
    registers: _Registers, counted: dict[int, dict[int, int]], open_before: date | None
) -> list[Session]:
    if open_before is None:
        return []
    of_counts = [
        _session(number, counts[NOT_YET_ESTABLISHED])
        for number, counts in counted.items()
        if counts.get(NOT_YET_ESTABLISHED) and number // 2 < open_before.toordinal()
    ]
    return sorted([*registers.left_open(open_before), *of_counts], key=_number)


def _outside(
    school: School, registers: _Registers, counted: dict[int, dict[int, int]], due: set[int]
) -> list[Session]:
    """Sessions that hold something and aren't the calendar's, in years that have one."""
    years = {calendar.academic_year for calendar in school.calendars}
    of_counts = [_session(number, sum(counts.values())) for number, counts in counted.items()]
    return sorted(
        (
            one
            for one in [*registers.with_marks(), *of_counts]
            if one.marks and _number(one) not in due and academic_year_of(one.day) in years
        ),
        key=_number,
    )


def _without_calendar(school: School, first: date, last: date) -> list[Uncalendared]:
    held = {calendar.academic_year for calendar in school.calendars}
    autumns = [date(year, 9, 1) for year in range(first.year, last.year + 1)]
    starts = [first, *(day for day in autumns if first < day <= last)]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), last]
    return [
        Uncalendared(year, start, end)
        for start, end in zip(starts, ends, strict=True)
        if start <= end and (year := academic_year_of(start)) not in held
    ]


def _session(number: int, marks: int = 0, on_roll: int = 0) -> Session:
    return Session(date.fromordinal(number // 2), SESSIONS[number % 2], marks, on_roll)


def _number(one: Session) -> int:
    return one.day.toordinal() * 2 + SESSIONS.index(one.session)
