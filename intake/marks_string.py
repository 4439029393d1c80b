r"""The layout of marks strings: CSV with a row for each pupil, a day, and all marks from that day on in one cell.

As in `UPN,AttendanceStartDate,AttendanceMarks` with `Z000000026001,2026-09-07,"/,\,/,\"`: marks have a comma between
them, because some codes have two letters. They stand for the morning and the afternoon of the start date, then of the
next weekday, and so on: **Saturdays and Sundays have no place in the string, every other day has two**, whether the
school was open or not (a closed day's are `#`, `Y1` and the like, `-` or nothing). So the ten marks of the sample are
its five days from Monday 7 September 2026 to Friday. Each place counts, the blank one behind a last comma too.

A string that begins on a Saturday or Sunday is rejected: it would seem to count those days as well, and every mark
behind the first weekend would be put on a wrong day. A pupil may have several rows, each with its own start date. How
marks are counted and faults are numbered: `intake.rows_of_marks`; a row without any mark counts as one, rejected.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from intake.layout import How, Reader
from intake.marks import MarkColumns, Marks
from intake.readings import day_number
from intake.recognition import Opening
from intake.rows_of_marks import KNOWN, PUPIL, RowsOfMarks, pupils_of
from intake.tables import header_key, read_table

START = "AttendanceStartDate"
MARKS = "AttendanceMarks"
_ROWS_AT_ONCE = 64
_WEEK = 5


def read_marks_strings(chunks: Iterable[bytes], how: How) -> Marks:
    """The marks of a table with a string of them in each row."""
    table = read_table(
        chunks,
        known=KNOWN | {START: START, MARKS: MARKS},
        needed=(PUPIL, START, MARKS),
        pseudonymise=how.pseudonymise,
        max_rows=how.max_rows,
    )
    columns = MarkColumns("marks_string", how.pseudonymise, how.max_rows, cells=True, many_in_a_row=True)
    columns.dropped_columns = table.dropped_columns
    gathered = RowsOfMarks(columns)
    for numbers, rows in table.batches(_ROWS_AT_ONCE):
        starts, strings = table.column(START, rows), table.column(MARKS, rows)
        for number, pupil, start, string in zip(
            numbers, pupils_of(table, rows), starts, strings, strict=True
        ):
            add_string(gathered, number, pupil, start.strip(), string)
    gathered.finish()
    columns.rejected += table.faults
    return columns.finish()


def add_string(gathered: RowsOfMarks, number: int, pupil: tuple[str, ...], start: str, string: str) -> None:
    """Gathers the marks of one string, or rejects each of them where it begins at a weekend."""
    marks = string.split(",")
    sessions = ["AM", "PM"] * (len(marks) // 2) + ["AM"] * (len(marks) % 2)
    if not string.strip():
        gathered.reject(number, pupil, ["The string has no marks; write - for a session without one."], "")
        return
    try:
        first = date.fromordinal(day_number(start, day_first=True))
    except ValueError:
        # Every mark is rejected for it, with the reason.
        gathered.add(number, pupil, [start] * len(marks), sessions, marks)
        return
    if first.weekday() >= _WEEK:
        wrong = f"A string of marks has weekdays only and begins on one; {start} is a {first:%A}."
        for mark in marks:
            gathered.reject(number, pupil, [wrong], mark)
        return
    gathered.add(number, pupil, weekdays_from(first, len(marks)), sessions, marks)


def weekdays_from(first: date, count: int) -> list[str]:
    """The days of `count` marks from a weekday on: each twice, Mondays to Fridays."""
    ordinal, weekday = first.toordinal(), first.weekday()
    return [_day(ordinal + day + 2 * ((weekday + day) // _WEEK)) for day in (n // 2 for n in range(count))]


@lru_cache(maxsize=1 << 12)
def _day(ordinal: int) -> str:
    past = ordinal > date.max.toordinal()
    return "a day past 9999-12-31" if past else date.fromordinal(ordinal).isoformat()


def _is_marks_string(opening: Opening) -> bool:
    return {header_key(START), header_key(MARKS)} <= opening.headers


MARKS_STRING = Reader(_is_marks_string, read_marks_strings)
