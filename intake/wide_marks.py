r"""The wide layout: CSV with a row for each pupil and a column for each day, or for each session.

Below a day, as in `UPN,MISID,YearGroup,07/09/2026,08/09/2026`, a cell holds the marks of the morning and of the
afternoon, `/,\`; a blank one, or a lone `-`, means no mark in both. Below a day with AM or PM, as in `07/09/2026 AM`,
it holds the mark of that session. Columns may be in any order; those that are neither a pupil nor a day (names, dates
of birth, totals) aren't read. How marks are counted and faults are numbered: `intake.rows_of_marks`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.errors import Malformed
from intake.layout import How, Reader
from intake.marks import MarkColumns, Marks
from intake.readings import day_number
from intake.recognition import Opening
from intake.rows_of_marks import KNOWN, MARKS_AT_ONCE, PUPIL, RowsOfMarks, pupils_of
from intake.tables import Table, header_key, read_table

_DAY = re.compile(r"([0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{1,4})(?:[\s_:-]*(AM|PM))?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class _Column:
    """Where a day's marks stand, and of which of its sessions."""

    place: int
    day: str
    sessions: tuple[str, ...]

    def marks_in(self, cell: str) -> list[str] | None:
        """The cell's mark for each session; None where it has more or fewer."""
        if len(self.sessions) == 1:
            return [cell]
        if cell.strip() in ("", "-"):
            return ["", ""]
        marks = cell.split(",")
        return marks if len(marks) == 2 else None


def read_wide(chunks: Iterable[bytes], how: How) -> Marks:
    """The marks of a table with a pupil's in each row."""
    table = read_table(
        chunks,
        known=KNOWN,
        needed=(PUPIL,),
        also=_named_day,
        pseudonymise=how.pseudonymise,
        max_rows=how.max_rows,
    )
    days = _days_of(table)
    columns = MarkColumns("wide", how.pseudonymise, how.max_rows, cells=True, many_in_a_row=True)
    columns.dropped_columns = table.dropped_columns
    gathered = RowsOfMarks(columns)
    for numbers, rows in table.batches(max(1, MARKS_AT_ONCE // len(days))):
        for number, pupil, row in zip(numbers, pupils_of(table, rows), rows, strict=True):
            _add_row(gathered, number, pupil, row, days)
    gathered.finish()
    columns.rejected += table.faults
    return columns.finish()


def _add_row(
    gathered: RowsOfMarks, number: int, pupil: tuple[str, ...], row: list[str], days: Sequence[_Column]
) -> None:
    for column in days:
        cell = row[column.place]
        marks = column.marks_in(cell)
        if marks is not None:
            gathered.add(number, pupil, [column.day] * len(marks), column.sessions, marks)
        else:
            wrong = "A day has two marks, the morning's and the afternoon's, such as /,\\ or -,-."
            details = [f"{column.day} {session}: {wrong}" for session in column.sessions]
            gathered.reject(number, pupil, details, cell)


def _days_of(table: Table) -> list[_Column]:
    """The days' columns; a header that only looks like a day stays as it is, and every mark below it is rejected."""
    days = []
    for name, place in table.columns.items():
        if name not in KNOWN.values():
            day, _, session = name.partition(" ")
            days.append(_Column(place, day, (session,) if session else ("AM", "PM")))
    if not days:
        raise Malformed("No column is headed by a day, such as 07/09/2026 or 07/09/2026 AM.")
    whole = {column.day for column in days if len(column.sessions) == 2}
    if twice := sorted(column.day for column in days if len(column.sessions) == 1 and column.day in whole):
        raise Malformed(f"{twice[0]} has a column for the day and one for a session of it; keep one of them.")
    return days


def _named_day(header: str) -> str | None:
    """`2026-09-07`, or `2026-09-07 AM`, for the header of a day or session; None for any other."""
    match = _DAY.fullmatch(header.strip())
    if match is None:
        return None
    written, session = match.groups()
    try:
        day = date.fromordinal(day_number(written, day_first=True)).isoformat()
    except ValueError:
        day = written
    return f"{day} {session.upper()}" if session else day


def _is_wide(opening: Opening) -> bool:
    # One day and no pupil is a row of the long layout whose header is missing.
    days = sum(_named_day(header) is not None for header in opening.headers)
    pupil = any(header_key(name) in opening.headers for name in KNOWN if KNOWN[name] in PUPIL)
    return days > (0 if pupil else 1)


WIDE = Reader(_is_wide, read_wide)
