"""The rows of a push of one school, in columns, and which of them still stand; a fault tells why another doesn't."""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from domain.attendance.codes import CODES, FINE, LETTERS, NO_MARK, describe_fault, faults_of
from domain.attendance.register import PushedRows
from domain.errors import Fault
from intake.marks import Marks

Ints = npt.NDArray[np.int32]
RowNumbers = npt.NDArray[np.intp]
Places = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

NO_CODE = -1
"""The number of what isn't a code."""

EARLIEST = min(code.first for code in CODES)
"""Before this day no code was valid, so no mark can be held."""


class Rows:
    """What each row of a push says, and whether it still stands.

    `session` numbers sessions as registers are stored by; `number` is a code's, `NO_MARK` or `NO_CODE`. A row is
    `idle` where it is blank for a day to come: it stands, and there is nothing to do about it.
    """

    def __init__(self, marks: Marks, numbers: Sequence[int], tomorrow: date, *, idle: bool) -> None:
        self.marks = marks
        self.day: Ints = marks.days[marks.date]
        self.session: Ints = self.day * np.int32(2) + marks.pm
        self.number = np.array(numbers, np.int16)[marks.code]
        self.standing: Flags = np.ones(marks.pupil.size, np.bool_)
        self.faults = list(marks.rejected)
        self._tomorrow = tomorrow.toordinal()
        # A report of a whole term has blank cells for days to come, where nothing can be held.
        self.idle: Flags = (self.day > self._tomorrow) & (self.number == NO_MARK) & idle

    @property
    def none_stands(self) -> bool:
        """Whether there were rows, and each was rejected."""
        return bool(self.marks.received) and not self.standing.any()

    @property
    def to_push(self) -> Flags:
        """The rows that stand and say something."""
        return self.standing & ~self.idle

    @property
    def marked(self) -> Flags:
        """The rows that tell a mark, standing or not."""
        return np.asarray(self.number != NO_MARK)

    def days(self) -> list[int]:
        """The days that rows to push are of, as ordinals, in order."""
        there = np.bincount(self.marks.date[self.to_push], minlength=self.marks.days.size)
        return sorted(self.marks.days[there > 0].tolist())

    def pushed(self, rows: RowNumbers, line: Places, place: Places) -> PushedRows:
        """Some rows as they are laid over registers: each at a line and a place."""
        times, minutes = self.marks.source_updated_at, self.marks.minutes_late
        return PushedRows(
            register=line,
            place=place,
            code=self.number[rows].astype(np.uint8),
            time=None if times is None else times[rows],
            minutes=None if minutes is None else minutes[rows],
        )

    def reject_what_cannot_be(self, within: tuple[date, date] | None) -> None:
        """Reject rows that no register can take, whatever is held; `within` is the range that a push replaces."""
        self.reject(self.number < 0, lambda row: f"{self._code(row)} isn't a code of the register")
        days = self.marks.days
        if (days > self._tomorrow).any():
            self.reject(
                (self.day > self._tomorrow) & ~self.idle,
                lambda row: f"{self._date(row)} is in the future; marks may be for tomorrow at most",
            )
        if (days < EARLIEST.toordinal()).any():
            self.reject(
                self.day < EARLIEST.toordinal(),
                lambda row: f"{self._date(row)} is before {EARLIEST}, the first day that marks are taken for",
            )
        if within is not None:
            first, last = within
            outside = (self.day < first.toordinal()) | (self.day > last.toordinal())
            self.reject(outside, lambda row: f"{self._date(row)} isn't within replace={first}..{last}")
        self._reject_codes_out_of_place()

    def reject_contradicted(self, rows: RowNumbers) -> None:
        """Reject rows that name one mark and disagree on it."""
        contradicted = np.zeros(self.standing.size, np.bool_)
        contradicted[rows] = True
        self.reject(
            contradicted, lambda _: "another row of this push says otherwise for the same pupil and session"
        )

    def reject(self, wrong: Flags, sentence: Callable[[int], str]) -> None:
        """Reject those that are wrong of the rows that stand; `sentence` says why of a row."""
        for row in np.flatnonzero(wrong & self.standing).tolist():
            self.standing[row] = False
            self.faults.append(
                Fault(
                    self._placed_within_row(row) + sentence(row),
                    row=int(self.marks.row[row]),
                    pupil=self.marks.references[self.marks.pupil[row]][0],
                    code=self._code(row) or None,
                )
            )

    def _reject_codes_out_of_place(self) -> None:
        """Codes outside their dates, or in the session that they aren't for."""
        number = np.where(self.standing, self.number, NO_MARK).astype(np.uint8)
        faults = faults_of(number, self.day, self.marks.pm)
        self.reject(
            faults != FINE,
            lambda row: describe_fault(
                LETTERS[int(self.number[row])],  # a code of the school's own is judged as what it stands for
                int(faults[row]),
                date.fromordinal(int(self.day[row])),
                self._half(row),
            ),
        )

    def _placed_within_row(self, row: int) -> str:
        """Which of a row's marks is meant, where rows hold many."""
        return f"{self._date(row)} {self._half(row)}: " if self.marks.many_in_a_row else ""

    def _code(self, row: int) -> str:
        return self.marks.codes[int(self.marks.code[row])]

    def _date(self, row: int) -> str:
        return self.marks.dates[int(self.marks.date[row])]

    def _half(self, row: int) -> str:
        return "PM" if self.marks.pm[row] else "AM"
