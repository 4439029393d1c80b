"""Tables whose rows hold many marks each: every mark in them is a row of the push, and is accounted for by itself.

A fault's `row` is the table's row, from 1 for the first below the header, as a person finds it; which of its marks is
meant, the sentence says by day and session. A table's row with too few or too many cells can't be told apart into
marks, and counts as one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.marks import Batch, MarkColumns
from intake.tables import Table

KNOWN = {"pupil": "pupil", "MISID": "mis_id", "UPN": "upn", "YearGroup": "year_group"}
"""What such tables have beside the marks; the year group isn't looked at."""
PUPIL = ("pupil", "mis_id", "upn")
"""The columns that name a pupil, the preferred one first."""

MARKS_AT_ONCE = 1 << 14


def pupils_of(table: Table, rows: list[list[str]]) -> list[tuple[str, ...]]:
    """The cells of each row that may name its pupil."""
    return list(zip(*(table.column(name, rows) for name in PUPIL if name in table.columns), strict=True))


@dataclass
class RowsOfMarks:
    """Gathers the marks of rows, and hands them to the columns many at a time; `finish` once all are there."""

    columns: MarkColumns
    _numbers: list[int] = field(default_factory=list)
    _pupils: list[tuple[str, ...]] = field(default_factory=list)
    _dates: list[str] = field(default_factory=list)
    _sessions: list[str] = field(default_factory=list)
    _codes: list[str] = field(default_factory=list)

    def add(
        self,
        number: int,
        pupil: tuple[str, ...],
        dates: Sequence[str],
        sessions: Sequence[str],
        codes: Sequence[str],
    ) -> None:
        """Marks of one row: a day, a session and a code for each."""
        self._numbers += [number] * len(codes)
        self._pupils += [pupil] * len(codes)
        self._dates += dates
        self._sessions += sessions
        self._codes += codes
        if len(self._numbers) >= MARKS_AT_ONCE:
            self._hand_over()

    def reject(self, number: int, pupil: tuple[str, ...], details: Sequence[str], shown: str) -> None:
        """Marks of one row that can't be told: a sentence for each, and what was written for all of them."""
        named = next((cell.strip() for cell in pupil if cell.strip()), None)
        for detail in details:
            self.columns.reject(number, detail, pupil=named, code=shown.strip() or None)

    def finish(self) -> None:
        """Hands over what is left."""
        self._hand_over()

    def _hand_over(self) -> None:
        batch = Batch(self._numbers, self._pupils, self._dates, self._sessions, self._codes)
        self._numbers, self._pupils, self._dates, self._sessions, self._codes = [], [], [], [], []
        self.columns.add(batch)
