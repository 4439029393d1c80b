"""The layout `daily_code_counts`: JSON with a row for each session and year group, and how many had each code.

As in `{"urn": "100000", "date": "2026-09-07", "session": "AM", "year_group": 7, "on_roll": 3, "codes": {"/": 2}}`.
A row without a year group counts the whole school. `-`, a blank code and a blank count say nothing. Fields that aren't
known are dropped unread.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from domain.cohorts import CHARACTERISTICS
from domain.errors import Fault
from intake.json_records import Record, records_of
from intake.layout import How, Reader
from intake.readings import clean_code, day_number, session_number
from intake.recognition import Opening
from intake.session_counts import MOST_OF_A_CODE, CountRow, SessionCounts
from intake.tables import Privacy, quoted

TAKEN = ("urn", "date", "session", "year_group", "on_roll", "codes")
MOST_DROPPED = 1000

_EXAMPLE = '{"date": "2026-09-07", "session": "AM", "year_group": 7, "codes": {"/": 350}}'
_YEAR = re.compile(r"(?:y|yr|year)?\s*0*([0-9]{1,2})", re.IGNORECASE)
_COUNTED = re.compile(rb'(?<!\\)"codes"\s*:\s*\{')
_OURS = re.compile(rb'(?<!\\)"pupil"\s*:')


def read_daily_code_counts(chunks: Iterable[bytes], how: How) -> SessionCounts:
    """The counts of all rows of the body."""
    read = SessionCounts("daily_code_counts")
    dropped: dict[str, None] = {}
    adrift: list[int] = []
    for number, record in records_of(chunks, how):
        read.received = number
        for name in record or ():
            if name not in TAKEN and len(dropped) < MOST_DROPPED:
                dropped.setdefault(quoted(name, how.pseudonymise))
        try:
            row = _row(number, record, how.pseudonymise)
        except ValueError as error:
            read.rejected.append(Fault(str(error), row=number))
            continue
        read.rows.append(row)
        if _counts_others_than_the_roll(record or {}):
            adrift.append(number)
    read.dropped_columns = list(dropped)
    if adrift:
        rows = "1 row" if len(adrift) == 1 else f"{len(adrift):,} rows"
        read.warnings = [f"in {rows} the counts don't add up to on_roll, first in row {adrift[0]}"]
    return read


def _row(number: int, record: Record | None, pseudonymise: Privacy) -> CountRow:
    """The row as it can be kept; `ValueError` where something is missing or has another form."""
    if record is None:
        raise ValueError(f"A row is an object such as {_EXAMPLE}.")
    day, session, codes = (_needed(record, name) for name in ("date", "session", "codes"))
    for name, value in (("date", day), ("session", session)):
        if not isinstance(value, str):
            raise ValueError(f"The {name} must be a text.")
    if not isinstance(codes, dict):
        raise ValueError('The codes must be an object such as {"/": 350}.')
    school = record.get("urn")
    return CountRow(
        number=number,
        day=day_number(day, day_first=False, pseudonymise=pseudonymise),
        pm=bool(session_number(session, pseudonymise)),
        year_group=_year_group(record.get("year_group"), pseudonymise),
        counts=_counts(codes, pseudonymise),
        school=None if school is None else quoted(str(school).strip(), pseudonymise) or None,
    )


def _needed(record: Record, name: str) -> Any:
    if record.get(name) is None:
        raise ValueError(f"The {name} is missing.")
    return record[name]


def _year_group(given: object, pseudonymise: Privacy) -> str | None:
    """The year group as `domain.cohorts` has it; None where none is named."""
    written = "" if given is None else str(given).strip()
    if not written:
        return None
    match = _YEAR.fullmatch(written)
    value = match[1] if match else written.upper()
    if isinstance(given, bool) or value not in CHARACTERISTICS["year_group"]:
        known = ", ".join(CHARACTERISTICS["year_group"])
        raise ValueError(f'"{quoted(written, pseudonymise)}" is no year group; those are {known}.')
    return value


def _counts(codes: Mapping[str, Any], pseudonymise: Privacy) -> dict[str, int]:
    counts: dict[str, int] = {}
    for written, count in codes.items():
        code = clean_code(written, pseudonymise)
        if count is None or count == "" or not code:
            continue
        if type(count) is not int or not 0 <= count <= MOST_OF_A_CODE:
            shown = f"{quoted(str(count), pseudonymise)} of {quoted(code, str)}"
            raise ValueError(f"The {shown} is no whole number from 0 to {MOST_OF_A_CODE:,}.")
        counts[code] = counts.get(code, 0) + count
    return counts


def _counts_others_than_the_roll(record: Record) -> bool:
    on_roll, counts = record.get("on_roll"), record["codes"].values()
    return type(on_roll) is int and sum(count for count in counts if type(count) is int) != on_roll


def _is_daily_code_counts(opening: Opening) -> bool:
    match = _COUNTED.search(opening.text) if opening.sign in (b"{", b"[") else None
    return match is not None and _OURS.search(opening.text, 0, match.start()) is None


DAILY_CODE_COUNTS = Reader(_is_daily_code_counts, read_daily_code_counts)
