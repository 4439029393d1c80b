"""The attendance codes: what each counts as, on which dates, in which session, and the number it is stored under.

The rows are those of `attendance_codes.csv` (School Attendance (Pupil Registration) (England) Regulations 2024).
A code can have several rows, one after the other; the row that is valid on the day of a mark decides.
"""

import csv
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Weights = npt.NDArray[np.int64]

NO_MARK = 0
"""The number of a place in a register that nobody filled."""

FINE, NOT_VALID_THEN, WRONG_SESSION = 0, 1, 2
"""What `faults_of` answers."""

COUNTED = (
    "possible",
    "attendance",
    "present",
    "approved_educational_activity",
    "authorised_absence",
    "unauthorised_absence",
    "late_before_close",
    "late_after_close",
)
"""The counts that sessions are summed into, in the order of the columns of `CodeTable.weights`."""

PENALTY_NOTICE_CODES = ("G", "N", "O", "U")
"""Sessions that count towards a penalty notice, in any mix."""

_SESSIONS = {"am": "AM", "pm": "PM", "both": None}


@dataclass(frozen=True)
class Code:
    """One row of the code table.

    `session` is AM, PM, or None for both; `last` is None while the row is still valid.
    `in_attendance` says that it goes in the numerator of the attendance rate.
    """

    code: str
    number: int
    meaning: str
    session: str | None
    category: str
    possible: bool
    in_attendance: bool
    first: date
    last: date | None

    def valid_on(self, day: date) -> bool:
        """Whether this row is the one that speaks on that day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, eq=False)
class CodeTable:
    """What each number counts as while no row begins or ends: arrays of 256, indexed by the number of the code.

    `present` is the numerator of the attendance rate (attending or approved educational activity), the narrower
    `attending` is what the Department calls present sessions. A code that isn't valid then counts as nothing.
    """

    valid: Flags
    possible: Flags
    present: Flags
    attending: Flags
    approved_educational_activity: Flags
    authorised_absence: Flags
    unauthorised_absence: Flags
    late_before_close: Flags
    late_after_close: Flags
    weights: Weights = field(repr=False)
    """256 by len(COUNTED): a row of counts of codes, times this, gives the totals."""
    tally: bytes = field(repr=False)
    """For `bytes.translate`: bit 0 says that a session is possible, bit 1 that it is an absence."""


def code_table(day: date) -> CodeTable:
    """The code table of that day."""
    return code_periods(day.toordinal(), day.toordinal())[0][2]


@lru_cache(maxsize=4096)
def code_periods(first_ordinal: int, last_ordinal: int) -> list[tuple[int, int, CodeTable]]:
    """The days from first to last, cut where a row of the table begins or ends: (first, last, table) in order.

    Cached: don't change the answer.
    """
    return [
        (max(first, first_ordinal), min(last, last_ordinal), table)
        for first, last, table in _PERIODS
        if first <= last_ordinal and last >= first_ordinal
    ]


def faults_of(
    numbers: npt.NDArray[np.uint8], days: npt.NDArray[np.int32], pm: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint8]:
    """What is wrong with each mark, given its number, ordinal and whether it is of an afternoon.

    FINE, NOT_VALID_THEN or WRONG_SESSION for each. No mark is always fine; a number that no code has is never valid.
    """
    out_of_dates = (days < _VALID_FROM[numbers]) | (days > _VALID_TO[numbers])
    wrong_session = _BARRED_SESSION[numbers] == pm.view(np.uint8)
    faults: npt.NDArray[np.uint8] = wrong_session.view(np.uint8) * np.uint8(WRONG_SESSION)
    faults[out_of_dates] = NOT_VALID_THEN
    return faults


@lru_cache(maxsize=1024)
def faults_in(day: int, afternoon: int) -> npt.NDArray[np.uint8]:
    """What is wrong with a mark in one session, by its number: what `faults_of` says of each."""
    numbers = np.arange(256, dtype=np.uint8)
    faults = faults_of(
        numbers, np.full(numbers.size, day, np.int32), np.full(numbers.size, afternoon, np.bool_)
    )
    faults.flags.writeable = False
    return faults


def describe_fault(code: str, fault: int, day: date, session: str) -> str:
    """A sentence on a mark that `faults_of` found wrong, with what would be right; `session` is AM or PM."""
    first, last = (int(limits[NUMBERS[code]]) for limits in (_VALID_FROM, _VALID_TO))
    if fault == WRONG_SESSION:
        own, other = ("morning", "afternoon") if session == "PM" else ("afternoon", "morning")
        instead = next(row.code for row in CODES if row.session == session)
        return f"Code {code} is for the {own} only; a pupil present in the {other} is marked {instead}."
    if last < date.max.toordinal():
        dates = f"from {date.fromordinal(first)} to {date.fromordinal(last)}"
    else:
        dates = f"from {date.fromordinal(first)} on"
    return f"Code {code} is not valid on {day}; it is valid {dates}."


def letters_in_order(letters: list[str]) -> list[str]:
    """Codes in the order of the table."""
    return sorted(letters, key=PLACE_IN_TABLE.__getitem__)


def _read_numbers() -> dict[str, int]:
    with Path(__file__).with_name("code_numbers.csv").open(encoding="utf-8", newline="") as lines:
        numbers = {line["code"]: int(line["number"]) for line in csv.DictReader(lines)}
    if len(set(numbers.values())) < len(numbers) or not set(numbers.values()) <= set(range(1, 128)):
        raise ValueError("code_numbers.csv: every code needs a number of its own from 1 to 127.")
    return numbers


def _read_codes() -> tuple[Code, ...]:
    with Path(__file__).with_name("attendance_codes.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Code(
                code=line["code"],
                number=NUMBERS[line["code"]],
                meaning=line["meaning"],
                session=_SESSIONS[line["session_scope"]],
                category=line["statistical_category"],
                possible=line["counts_as_possible"] == "true",
                in_attendance=line["counts_as_present"] == "true",
                first=date.fromisoformat(line["valid_from"]),
                last=date.fromisoformat(line["valid_to"]) if line["valid_to"] else None,
            )
            for line in csv.DictReader(lines)
        )


def _letters_by_number() -> tuple[str, ...]:
    letters = [""] * (max(NUMBERS.values()) + 1)
    for letter, number in NUMBERS.items():
        letters[number] = letter
    return tuple(letters)


def _last_ordinal(row: Code) -> int:
    return (row.last or date.max).toordinal()


def _limits() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """By number: the first and last day on which a code is valid, and the session it is barred from (0 AM, 1 PM)."""
    first = np.full(256, date.max.toordinal() + 1, np.int32)
    last = np.zeros(256, np.int32)
    barred = np.full(256, 2, np.uint8)
    first[NO_MARK], last[NO_MARK] = 0, date.max.toordinal() + 1
    for row in sorted(CODES, key=lambda row: row.first):
        # Two limits a code are enough only while the rows of a code leave no gap.
        if last[row.number] and row.first.toordinal() != last[row.number] + 1:
            raise ValueError(f"attendance_codes.csv: the rows of code {row.code} leave a gap or overlap.")
        first[row.number] = min(first[row.number], row.first.toordinal())
        last[row.number] = _last_ordinal(row)
        if row.session is not None:
            barred[row.number] = 1 if row.session == "AM" else 0
    return first, last, barred


def _periods() -> list[tuple[int, int, CodeTable]]:
    starts = {row.first.toordinal() for row in CODES}
    starts |= {_last_ordinal(row) + 1 for row in CODES if row.last} | {1}
    ordered = sorted(starts)
    lasts = [start - 1 for start in ordered[1:]] + [date.max.toordinal()]
    return [
        (first, last, _table_of([row for row in CODES if row.valid_on(date.fromordinal(first))]))
        for first, last in zip(ordered, lasts, strict=True)
    ]


def _table_of(rows: list[Code]) -> CodeTable:
    def flags(chosen: list[Code]) -> Flags:
        marked = np.zeros(256, np.bool_)
        marked[[row.number for row in chosen]] = True
        return marked

    def category(name: str) -> Flags:
        return flags([row for row in rows if row.category == name])

    possible = flags([row for row in rows if row.possible])
    present = flags([row for row in rows if row.in_attendance])
    attending = category("attending")
    activity = category("approved_educational_activity")
    authorised = category("authorised_absence")
    unauthorised = category("unauthorised_absence")
    before = flags([row for row in rows if row.code == "L"])
    after = flags([row for row in rows if row.code == "U"])
    columns = (possible, present, attending, activity, authorised, unauthorised, before, after)
    return CodeTable(
        valid=flags(rows),
        possible=possible,
        present=present,
        attending=attending,
        approved_educational_activity=activity,
        authorised_absence=authorised,
        unauthorised_absence=unauthorised,
        late_before_close=before,
        late_after_close=after,
        weights=np.stack(columns, axis=1).astype(np.int64),
        tally=(possible + 2 * (possible & ~present)).astype(np.uint8).tobytes(),
    )


NUMBERS: dict[str, int] = _read_numbers()
"""The number that each code is stored under."""

LETTERS: tuple[str, ...] = _letters_by_number()
"""The code of each number; "" for no mark."""

CODES: tuple[Code, ...] = _read_codes()
"""The rows of the code table, in its order."""

PLACE_IN_TABLE: dict[str, int] = {
    letter: place for place, letter in enumerate(dict.fromkeys(row.code for row in CODES))
}
"""Each code's place in the table: the order in which codes are shown."""

_VALID_FROM, _VALID_TO, _BARRED_SESSION = _limits()
_PERIODS = _periods()
