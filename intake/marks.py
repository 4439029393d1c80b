"""The rows of one push of marks, in columns: whatever layout they came in, they leave here alike."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date as calendar_date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.errors import Fault, TooLarge
from intake.readings import (
    NO_MINUTES,
    NO_TIME,
    Numbering,
    Readings,
    clean_code,
    clean_references,
    clean_school,
    day_number,
    deleted_number,
    minutes_number,
    session_number,
    time_number,
)
from intake.tables import Privacy, quoted

__all__ = ["NO_MINUTES", "NO_TIME", "MarkColumns", "Marks", "Numbering"]

Ints = NDArray[np.int32]
PupilCells = str | tuple[str, ...]
Value = TypeVar("Value", bound=Hashable)
_Columns = dict[str, tuple[Readings[Any], Sequence[Any]]]

_SENTENCES = 1 << 14
_KINDS: dict[str, type[np.generic]] = {
    "pupil": np.int32,
    "date": np.int32,
    "pm": np.int8,
    "code": np.int32,
    "source_updated_at": np.int64,
    "minutes_late": np.int32,
    "deleted": np.int8,
    "school": np.int32,
    "row": np.int32,
}


@dataclass
class Marks:
    """Rows that can be read, in columns of equal length, and those that can't, each as a fault.

    A row is one place in each column: `references[pupil]` are all references that the row gives its pupil, the
    preferred one first; `days[date]` is the date as an ordinal and `dates[date]` the same as `YYYY-MM-DD`; `pm` is the
    session; `codes[code]` the mark, empty for no mark (blank, `-`, null or deleted); `row` its number in the body, from
    1. `references`, `dates` and `codes` are distinct and hold nothing that only a rejected row named.

    `source_updated_at` is in microseconds since 1970 UTC, `NO_TIME` where a row has none, and None when no row has any.
    `minutes_late` likewise, with `NO_MINUTES`. `many_in_a_row` says that numbers in `row` stand for many marks each, so
    that whoever says what is wrong with a mark names its day and session too.

    Where rows name their schools, `schools[school]` is what the row calls its own, and `school_of_rejected` the same by
    the number of a rejected row that does say one.
    """

    references: list[tuple[str, ...]]
    dates: list[str]
    days: Ints
    codes: list[str]
    pupil: Ints
    date: Ints
    pm: NDArray[np.bool_]
    code: Ints
    source_updated_at: NDArray[np.int64] | None
    minutes_late: Ints | None
    row: Ints
    rejected: list[Fault]
    received: int
    dropped_columns: list[str]
    layout: str
    many_in_a_row: bool = False
    warnings: list[str] = field(default_factory=list)
    schools: list[str] = field(default_factory=list)
    school: Ints | None = None
    school_of_rejected: dict[int, str] = field(default_factory=dict)

    def some(self, rows: NDArray[np.intp], rejected: list[Fault]) -> "Marks":
        """Only some of the rows that can be read, and of those that can't: a push of its own, of no named school."""
        pupil, references = _closed_up(self.pupil[rows], self.references)
        date, days = _closed_up(self.date[rows], self.days.tolist())
        code, codes = _closed_up(self.code[rows], self.codes)
        return replace(
            self,
            references=references,
            dates=[calendar_date.fromordinal(day).isoformat() for day in days],
            days=np.array(days, np.int32),
            codes=codes,
            pupil=pupil,
            date=date,
            pm=self.pm[rows],
            code=code,
            source_updated_at=None if self.source_updated_at is None else self.source_updated_at[rows],
            minutes_late=None if self.minutes_late is None else self.minutes_late[rows],
            row=self.row[rows],
            rejected=rejected,
            received=len(rows) + len(rejected),
            schools=[],
            school=None,
            school_of_rejected={},
        )


@dataclass
class Batch:
    """Some rows as they came, a list for each column; a pupil is a text, or a tuple of the cells that may name one."""

    numbers: Sequence[int]
    pupils: Sequence[PupilCells]
    dates: Sequence[str]
    sessions: Sequence[str]
    codes: Sequence[str | None]
    times: Sequence[str | None] | None = None
    minutes: Sequence[str | int | None] | None = None
    deleted: Sequence[str | bool] | None = None
    schools: Sequence[str] | None = None


@dataclass
class MarkColumns:
    """Gathers batches of rows into `Marks`; what a layout's reader fills.

    `cells` says that the texts are cells of a table: blanks round them don't count, and dates may be DD/MM/YYYY.
    `many_in_a_row` is as in `Marks`; `of_schools` says that each row names its school.
    """

    layout: str
    pseudonymise: Privacy = str
    max_rows: int = 1_000_000
    cells: bool = False
    many_in_a_row: bool = False
    of_schools: bool = False
    rejected: list[Fault] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._references: Numbering[tuple[str, ...]] = Numbering()
        self._days: Numbering[int] = Numbering()
        self._codes: Numbering[str] = Numbering()
        self._schools: Numbering[str] = Numbering()
        self._school_of_rejected: dict[int, int] = {}
        self._pupil_of = Readings(self._read_pupil)
        self._day_of = Readings(self._read_day)
        self._code_of = Readings(self._read_code)
        self._school_of = Readings(self._read_school)
        self._session_of = Readings(self._with_privacy(session_number))
        self._time_of = Readings(self._with_privacy(time_number), unreadable=NO_TIME + 1)
        self._minutes_of = Readings(self._with_privacy(minutes_number))
        self._deleted_of = Readings(self._with_privacy(deleted_number))
        self._said: dict[str, str] = {}
        self._parts: list[dict[str, NDArray[Any]]] = []
        self._kept = 0

    @property
    def received(self) -> int:
        """Rows so far, kept and rejected."""
        return self._kept + len(self.rejected)

    def reject(
        self, number: int, detail: str, *, pupil: object = None, code: object = None, school: object = None
    ) -> None:
        """Notes a row that can't be read, with its reference, code and school where they are texts."""
        self.rejected.append(
            Fault(self._once(detail), row=number, pupil=self._shown(pupil), code=self._shown(code))
        )
        if self.of_schools and isinstance(school, str) and self._school_of.why_not(school) is None:
            self._school_of_rejected[number] = self._school_of[school]
        self._check_size()

    def add(self, batch: Batch) -> None:
        """Takes the rows of a batch; those with a cell that can't be read are rejected, each alone."""
        size = len(batch.numbers)
        columns = self._columns_of(batch)
        part = {
            name: np.array(list(map(readings.__getitem__, column)), _KINDS[name])
            for name, (readings, column) in columns.items()
        }
        part["row"] = _numbers(batch.numbers)
        if "deleted" in part:
            part["code"][part["deleted"] == 1] = self._codes[""]
        readable = np.ones(size, np.bool_)
        for name, (readings, _) in columns.items():
            readable &= part[name] != readings.unreadable
        if not readable.all():
            self._reject_unreadable(batch, columns, np.flatnonzero(~readable).tolist())
            part = {name: numbers[readable] for name, numbers in part.items()}
        self._parts.append(part)
        self._kept += len(part["row"])
        self._check_size()

    def finish(self) -> Marks:
        """Everything taken so far as `Marks`; faults in the order of their rows."""
        self.rejected.sort(key=lambda fault: fault.row or 0)
        pupil, references = _only_used(self._joined("pupil"), self._references)
        date, days = _only_used(self._joined("date"), self._days)
        code, codes = _only_used(self._joined("code"), self._codes)
        school, schools = _only_used(self._joined("school"), self._schools) if self.of_schools else (None, [])
        said = self._schools.values_in_order
        times = self._joined_if_any("source_updated_at", NO_TIME)
        minutes = self._joined_if_any("minutes_late", NO_MINUTES)
        return Marks(
            references=references,
            dates=[calendar_date.fromordinal(day).isoformat() for day in days],
            days=np.array(days, np.int32),
            codes=codes,
            pupil=pupil,
            date=date,
            pm=self._joined("pm").astype(np.bool_),
            code=code,
            source_updated_at=times,
            minutes_late=minutes,
            row=self._joined("row"),
            rejected=self.rejected,
            received=self.received,
            dropped_columns=self.dropped_columns,
            layout=self.layout,
            many_in_a_row=self.many_in_a_row,
            schools=schools,
            school=school,
            school_of_rejected={row: said[school] for row, school in self._school_of_rejected.items()},
        )

    def _read_pupil(self, raw: PupilCells) -> int:
        given = (raw,) if isinstance(raw, str) else raw
        return self._references[clean_references(self._trimmed(given), self.pseudonymise)]

    def _read_day(self, raw: str) -> int:
        (text,) = self._trimmed((raw,))
        return self._days[day_number(text, day_first=self.cells, pseudonymise=self.pseudonymise)]

    def _read_code(self, raw: str | None) -> int:
        return self._codes[clean_code(raw, self.pseudonymise)]

    def _read_school(self, raw: str) -> int:
        return self._schools[clean_school(raw, self.pseudonymise)]

    def _trimmed(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple([text.strip() for text in texts]) if self.cells else texts

    def _with_privacy(self, read: Callable[[Any, Privacy], int]) -> Callable[[Any], int]:
        return lambda raw: read(raw, self.pseudonymise)

    def _shown(self, text: object) -> str | None:
        return self._once(quoted(text, self.pseudonymise)) if isinstance(text, str) else None

    def _once(self, text: str) -> str:
        # A push whose every row is wrong in the same way holds the sentence once, not a million times.
        if len(self._said) >= _SENTENCES:
            self._said.clear()
        return self._said.setdefault(text, text)

    def _check_size(self) -> None:
        if self.received > self.max_rows:
            raise TooLarge(f"The body has more than {self.max_rows:,} rows. Send it in several parts.")

    def _columns_of(self, batch: Batch) -> _Columns:
        """What the batch has, each column with what reads it; times and minutes only where some row has one."""
        columns: _Columns = {
            "pupil": (self._pupil_of, batch.pupils),
            "date": (self._day_of, batch.dates),
            "pm": (self._session_of, batch.sessions),
            "code": (self._code_of, batch.codes),
        }
        if batch.times and any(batch.times):
            columns["source_updated_at"] = (self._time_of, batch.times)
        if batch.minutes and batch.minutes.count(None) < len(batch.minutes):
            columns["minutes_late"] = (self._minutes_of, batch.minutes)
        if batch.deleted and any(batch.deleted):
            columns["deleted"] = (self._deleted_of, batch.deleted)
        if batch.schools is not None:
            columns["school"] = (self._school_of, batch.schools)
        return columns

    def _reject_unreadable(self, batch: Batch, columns: _Columns, places: Iterable[int]) -> None:
        for place in places:
            reasons = [readings.why_not(column[place]) for readings, column in columns.values()]
            pupil = batch.pupils[place]
            named = pupil if isinstance(pupil, str) else next(filter(None, self._trimmed(pupil)), None)
            detail = " ".join(filter(None, reasons))
            if self.many_in_a_row and self._day_of.why_not(batch.dates[place]) is None:
                detail = f"{batch.dates[place].strip()} {batch.sessions[place]}: {detail}"
            school = None if batch.schools is None else batch.schools[place]
            self.reject(batch.numbers[place], detail, pupil=named, code=batch.codes[place], school=school)

    def _joined(self, name: str) -> NDArray[Any]:
        """One column of all batches, which give it up, so that it is never held twice for long."""
        kind = _KINDS[name]
        return np.concatenate([np.empty(0, kind), *(part.pop(name) for part in self._parts)])

    def _joined_if_any(self, name: str, nothing: int) -> NDArray[Any] | None:
        if all(name not in part for part in self._parts):
            return None
        for part in self._parts:
            part.setdefault(name, np.full(len(part["row"]), nothing, _KINDS[name]))
        joined = self._joined(name)
        return joined if (joined != nothing).any() else None


def _numbers(numbers: Sequence[int]) -> Ints:
    if isinstance(numbers, range):
        return np.arange(numbers.start, numbers.stop, dtype=np.int32)
    return np.array(numbers, np.int32)


def _only_used(numbers: Ints, numbering: Numbering[Value]) -> tuple[Ints, list[Value]]:
    """The numbers closed up and their values, without the values that no row has kept."""
    values = numbering.values_in_order
    used = np.bincount(numbers, minlength=len(values)) > 0
    if used.all():
        return numbers, values
    closed_up = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return closed_up[numbers], [value for value, kept in zip(values, used, strict=True) if kept]


def _closed_up(numbers: Ints, values: list[Value]) -> tuple[Ints, list[Value]]:
    """The same where few of many values are used: what it takes goes by the numbers, not by the values."""
    used, closed_up = np.unique(numbers, return_inverse=True)
    return closed_up.astype(np.int32), [values[number] for number in used.tolist()]
