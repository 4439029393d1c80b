r"""Totals as a school's own system states them, to be held against the marks: by pupil, or by session and year group.

By pupil: CSV as in `UPN,NCyearActual,/,C1,D,\`, a row for each pupil and a column for each code, or JSON rows
`{"pupil", "counts": {"/": 5}}`. By session: as in the layout of daily counts. In either, blank and `-` are none.

Which codes a school has of its own isn't known here: a column that may be one is read where its cells are counts, and
whoever knows the school says what becomes of it. Columns of names, dates of birth and addresses are never read.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.attendance.codes import NUMBERS
from domain.errors import Fault, Malformed, invalid
from domain.privacy import NEVER_KEPT
from intake.daily_code_counts import DAILY_CODE_COUNTS, read_daily_code_counts
from intake.json_records import Record, records_of
from intake.layout import How
from intake.readings import clean_references
from intake.recognition import opened
from intake.session_counts import MOST_OF_A_CODE, SessionCounts
from intake.tables import Privacy, header_key, quoted, read_table

LAYOUTS = ("termly_counts", "daily_code_counts")
MOST_ROWS = 50_000
"""More than pupils of the largest school, or sessions by year group of ten years."""
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
_FIELDS = ("pupil", "counts", "year_group")
_EXAMPLE = '{"pupil": "P001", "counts": {"/": 5}}'


@dataclass(frozen=True)
class PupilTotals:
    """One pupil's totals: all references of the row, counts over 0 by code as written, and why others can't be read."""

    row: int
    references: tuple[str, ...]
    counts: dict[str, int]
    unread: dict[str, str] = field(default_factory=dict)


@dataclass
class StatedTotals:
    """What a body states by pupil. `own_codes` are columns that no national code heads; rejected are rows, each with
    why.
    """

    layout: str
    received: int = 0
    pupils: list[PupilTotals] = field(default_factory=list)
    own_codes: list[str] = field(default_factory=list)
    rejected: list[Fault] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)


def read_totals(
    chunks: Iterable[bytes], *, media_type: str | None, layout: str | None, pseudonymise: Privacy
) -> StatedTotals | SessionCounts:
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
    how = How(pseudonymise, MOST_ROWS)
    in_json = opening.sign in (b"[", b"{")
    if layout == "daily_code_counts" or (layout is None and DAILY_CODE_COUNTS.recognises(opening)):
        if not in_json:
            raise Malformed("Daily counts are taken as JSON.")
        return read_daily_code_counts(body, how)
    return _from_json(body, how) if in_json else _from_table(body, how)


# A table with a pupil in each row


def _from_table(chunks: Iterable[bytes], how: How) -> StatedTotals:
    pseudonymise = how.pseudonymise
    table = read_table(
        chunks,
        known=_KNOWN,
        needed=(_PUPIL,),
        also=_code_of,
        pseudonymise=pseudonymise,
        max_rows=how.max_rows,
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


def _from_json(chunks: Iterable[bytes], how: How) -> StatedTotals:
    totals = StatedTotals("termly_counts")
    for number, record in records_of(chunks, how):
        totals.received = number
        try:
            totals.pupils.append(_pupil_row(number, record, how.pseudonymise))
        except ValueError as error:
            given = (record or {}).get("pupil")
            shown = quoted(given, how.pseudonymise) if isinstance(given, str) else None
            totals.rejected.append(Fault(str(error), row=number, pupil=shown))
    if not totals.received:
        raise Malformed(f"The body has no rows; a row is such as {_EXAMPLE}.")
    return totals


def _pupil_row(number: int, record: Record | None, pseudonymise: Privacy) -> PupilTotals:
    if record is None:
        raise ValueError(f"A row is an object such as {_EXAMPLE}.")
    if unknown := [name for name in record if name not in _FIELDS]:
        shown = quoted(unknown[0], pseudonymise)
        raise ValueError(f'"{shown}" is no field of a row; a row is such as {_EXAMPLE}.')
    pupil, given = record.get("pupil"), record.get("counts")
    if not isinstance(pupil, str):
        raise ValueError("The pupil is missing, or is no text.")
    if not isinstance(given, dict):
        raise ValueError('The counts are missing; they are an object such as {"/": 5}.')
    counts: dict[str, int] = {}
    for written, count in given.items():
        if type(count) is not int or not 0 <= count <= MOST_OF_A_CODE:
            raise ValueError(_no_count(quoted(str(count), pseudonymise), written, pseudonymise))
        code = pseudonymise(written.strip())
        if count and code != NO_MARK:
            counts[code] = counts.get(code, 0) + count
    return PupilTotals(number, clean_references((pupil,), pseudonymise), counts)
