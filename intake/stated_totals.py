"""Totals as a school's own system states them, to be held against the marks: by pupil, or by session and year group.

By pupil: CSV as in `UPN,NCyearActual,/,C1,D,\\`, a row for each pupil and a column for each code, or JSON rows
`{"pupil", "counts": {"/": 5}}`. By session: JSON rows as in the layout of daily counts,
`{"urn"?, "date", "session", "year_group"?, "codes": {"/": 350}}`. In either, blank and `-` are none.

Which codes a school has of its own isn't known here: a column that may be one is read where its cells are counts, and
whoever knows the school says what becomes of it. Columns of names, dates of birth and addresses are never read.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from domain.attendance.codes import NUMBERS
from domain.cohorts import CHARACTERISTICS
from domain.errors import Fault, Malformed, TooLarge, invalid
from domain.privacy import NEVER_KEPT
from intake.readings import clean_references, day_number, session_number
from intake.recognition import opened
from intake.tables import Privacy, header_key, quoted, read_table

LAYOUTS = ("termly_counts", "daily_code_counts")
MOST_ROWS = 50_000
"""More than pupils of the largest school, or sessions by year group of ten years."""
MOST_OF_A_CODE = 100_000
LONGEST_OWN_CODE = 16

NO_MARK = "-"

_PUPIL = ("pupil", "mis_id", "upn")
"""The columns that name a pupil, the preferred one first."""
_KNOWN = {
    "pupil": "pupil",
    "MISID": "mis_id",
    "UPN": "upn",
    "YearGroup": "year_group",
    "NCyearActual": "year_group",
}
_NATIONAL = {code.casefold(): code for code in (*NUMBERS, NO_MARK)}
_OF_SEVERAL = re.compile(r"(grand )?totals?\b|sum\b|average\b|pupils\b", re.IGNORECASE)
"""How a row begins that isn't one pupil's."""
_OF_PUPIL, _OF_SESSION = {"pupil", "counts", "codes", "year_group"}, {
    "urn", "school", "date", "session", "year_group", "on_roll", "codes", "counts",
}  # fmt: skip


@dataclass(frozen=True)
class PupilTotals:
    """One pupil's totals: all references of the row, counts over 0 by code as written, and why others can't be read."""

    row: int
    references: tuple[str, ...]
    counts: dict[str, int]
    unread: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SessionTotals:
    """A session's totals: of one year group, or (None) of the whole school; `school` as written, where it is named."""

    row: int
    school: str | None
    day: date
    pm: bool
    year_group: str | None
    counts: dict[str, int]


@dataclass
class StatedTotals:
    """What a body states. `own_codes` are columns that no national code heads; rejected are rows, each with why."""

    layout: str
    received: int = 0
    pupils: list[PupilTotals] = field(default_factory=list)
    sessions: list[SessionTotals] = field(default_factory=list)
    own_codes: list[str] = field(default_factory=list)
    rejected: list[Fault] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)


def read_totals(
    chunks: Iterable[bytes], *, media_type: str | None, layout: str | None, pseudonymise: Privacy
) -> StatedTotals:
    """Reads the totals of a body, in the layout named or recognised; rows are numbered from 1.

    Raises `Invalid` for a layout that isn't known, `Malformed` where the body is broken, is empty, or is in another
    layout than it should be, and `TooLarge` past `MOST_ROWS`.
    """
    if layout is not None and layout not in LAYOUTS:
        shown = quoted(layout, pseudonymise)
        raise invalid("/query/layout", f'"{shown}" is no layout of totals; known are {", ".join(LAYOUTS)}.')
    opening, body = opened(chunks, media_type)
    if not opening.text:
        raise Malformed("The body is empty; expected is a row of totals for each pupil, as CSV or JSON.")
    read = _from_json if opening.sign in (b"[", b"{") else _from_table
    totals = read(body, pseudonymise)
    if layout is not None and totals.layout != layout:
        raise Malformed(f"The body is in the layout {totals.layout}, not {layout}.")
    return totals


# A table with a pupil in each row


def _from_table(chunks: Iterable[bytes], pseudonymise: Privacy) -> StatedTotals:
    table = read_table(
        chunks, known=_KNOWN, needed=(_PUPIL,), also=_code_of, pseudonymise=pseudonymise, max_rows=MOST_ROWS
    )
    codes = [name for name in table.columns if name not in _KNOWN.values()]
    national = [code for code in codes if code in NUMBERS]
    if not national:
        raise Malformed("No column is headed by an attendance code, such as / or I.")
    own = [code for code in codes if code not in NUMBERS and code != NO_MARK]
    totals = StatedTotals("termly_counts", own_codes=[pseudonymise(code) for code in own])
    for number, cells in table:
        _take_row(totals, number, cells, national, own, pseudonymise)
    totals.received = table.received
    totals.rejected = sorted([*totals.rejected, *table.faults], key=lambda fault: fault.row or 0)
    totals.dropped_columns = table.dropped_columns
    return totals


def _code_of(header: str) -> str | None:
    """The code that heads a column, a national one in any case; None for what can't be one."""
    written = header.strip()
    code = _NATIONAL.get(written.casefold())
    if code is not None:
        return code
    may_be = 0 < len(written) <= LONGEST_OWN_CODE and written.isprintable()
    return written if may_be and not NEVER_KEPT.search(header_key(written)) else None


def _take_row(
    totals: StatedTotals,
    number: int,
    cells: Mapping[str, str],
    national: list[str],
    own: list[str],
    pseudonymise: Privacy,
) -> None:
    named = tuple(cells[name] for name in _PUPIL if name in cells)
    first = next(filter(None, named), "")
    shown = quoted(first, pseudonymise) or None
    if _OF_SEVERAL.match(first):
        detail = f"The row has {shown} in the place of a pupil; totals of several pupils aren't compared."
        totals.rejected.append(Fault(detail, row=number, pupil=shown))
        return
    counts: dict[str, int] = {}
    unread: dict[str, str] = {}
    for code in (*national, *own):
        try:
            if count := _count_in(cells[code], code, pseudonymise):
                counts[pseudonymise(code)] = count
        except ValueError as error:
            unread[pseudonymise(code)] = str(error)
    wrong = [unread.pop(code) for code in national if code in unread]
    try:
        references = clean_references(named, pseudonymise)
    except ValueError as error:
        wrong.insert(0, str(error))
    if wrong:
        totals.rejected.append(Fault(" ".join(wrong), row=number, pupil=shown))
    else:
        totals.pupils.append(PupilTotals(number, references, counts, unread))


def _count_in(cell: str, code: str, pseudonymise: Privacy) -> int:
    if cell in ("", NO_MARK):
        return 0
    if not (cell.isascii() and cell.isdecimal() and len(cell) <= 9 and int(cell) <= MOST_OF_A_CODE):
        raise ValueError(_no_count(quoted(cell, pseudonymise), code, pseudonymise))
    return int(cell)


def _no_count(shown: str, code: str, pseudonymise: Privacy) -> str:
    return (
        f'The "{shown}" of code {quoted(code, pseudonymise)} is no whole number from 0 to {MOST_OF_A_CODE:,}.'
    )


# Rows of JSON


def _from_json(chunks: Iterable[bytes], pseudonymise: Privacy) -> StatedTotals:
    rows = _rows_in(b"".join(chunks))
    if len(rows) > MOST_ROWS:
        raise TooLarge(f"The body has more than {MOST_ROWS:,} rows. Send it in several parts.")
    by_session = next((isinstance(row, dict) and "date" in row for row in rows), False)
    totals = StatedTotals("daily_code_counts" if by_session else "termly_counts", len(rows))
    for number, row in enumerate(rows, 1):
        try:
            if by_session:
                totals.sessions.append(_session_row(number, row, pseudonymise))
            else:
                totals.pupils.append(_pupil_row(number, row, pseudonymise))
        except ValueError as error:
            given = row.get("pupil") if isinstance(row, dict) else None
            shown = quoted(given, pseudonymise) if isinstance(given, str) else None
            totals.rejected.append(Fault(str(error), row=number, pupil=shown))
    return totals


def _rows_in(body: bytes) -> list[Any]:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"The JSON of the body is broken: {error}.") from None
    rows = value.get("data") if isinstance(value, dict) else value
    if not isinstance(rows, list) or not rows:
        raise Malformed(
            'Expected is an array of rows, or {"data": [rows]}, such as [{"pupil": "P001", "counts": {"/": 5}}].'
        )
    return rows


def _pupil_row(number: int, row: Any, pseudonymise: Privacy) -> PupilTotals:
    _check_fields(row, _OF_PUPIL, '{"pupil": "P001", "counts": {"/": 5}}', pseudonymise)
    if not isinstance(row.get("pupil"), str):
        raise ValueError("The pupil is missing, or is no text.")
    references = clean_references((row["pupil"],), pseudonymise)
    return PupilTotals(number, references, _counts_in(row, pseudonymise))


def _session_row(number: int, row: Any, pseudonymise: Privacy) -> SessionTotals:
    example = '{"date": "2026-09-07", "session": "AM", "year_group": 7, "codes": {"/": 350}}'
    _check_fields(row, _OF_SESSION, example, pseudonymise)
    for name in ("date", "session"):
        if not isinstance(row.get(name), str):
            raise ValueError(f"The {name} is missing, or is no text.")
    school = row.get("urn", row.get("school"))
    return SessionTotals(
        row=number,
        school=None if school is None else pseudonymise(str(school)),
        day=date.fromordinal(day_number(row["date"], day_first=False, pseudonymise=pseudonymise)),
        pm=bool(session_number(row["session"], pseudonymise)),
        year_group=_year_group_in(row.get("year_group"), pseudonymise),
        counts=_counts_in(row, pseudonymise),
    )


def _year_group_in(given: Any, pseudonymise: Privacy) -> str | None:
    if given is None or given == "":
        return None
    year_group = str(given)
    if year_group not in CHARACTERISTICS["year_group"]:
        shown = quoted(year_group, pseudonymise)
        raise ValueError(f"“{shown}” is no year group; those are {', '.join(CHARACTERISTICS['year_group'])}.")
    return year_group


def _check_fields(row: Any, fields: set[str], example: str, pseudonymise: Privacy) -> None:
    if not isinstance(row, dict):
        raise ValueError(f"A row is an object such as {example}.")
    if unknown := [name for name in row if name not in fields]:
        shown = quoted(unknown[0], pseudonymise)
        raise ValueError(f'"{shown}" is no field of a row; a row is such as {example}.')


def _counts_in(row: dict[str, Any], pseudonymise: Privacy) -> dict[str, int]:
    given = row.get("codes", row.get("counts"))
    if not isinstance(given, dict):
        raise ValueError('The counts are missing; they are an object such as {"/": 5}.')
    counts: dict[str, int] = {}
    for code, count in given.items():
        if count is None:
            continue
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_OF_A_CODE:
            raise ValueError(_no_count(quoted(str(count), pseudonymise), code, pseudonymise))
        if count and code != NO_MARK:
            own = pseudonymise(code.strip())
            counts[own] = counts.get(own, 0) + count
    return counts
