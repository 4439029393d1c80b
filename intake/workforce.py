"""Records of the workforce in bulk: rows of JSON, or CSV by the names of its columns.

A row becomes what one record is in JSON; whether that can be is judged elsewhere, for a row as for a single record.
Columns that aren't known, those with the names or numbers of staff among them, are dropped unread.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from domain.errors import Fault, Malformed, TooLarge
from domain.workforce.records import DESTINATIONS, OUTCOMES, STAFF_GROUPS
from intake.decimals import exact
from intake.lines import line_values
from intake.readings import day_number
from intake.tables import Privacy, quoted, read_table

MOST_ROWS = 50_000
"""Past what any school ever recorded of its staff; each row is held as a whole."""

WORDS = {*STAFF_GROUPS, *OUTCOMES, *DESTINATIONS}
"""Those of the lists from which a cell has one; which of them a field takes is a rule of the domain."""

_LINES = msgspec.json.Decoder(float_hook=exact)

_KINDS_OF_POST = {
    "role": "role",
    "post": "role",
    "job title": "role",
    "staff_group": "staff_group",
    "fte": "fte",
    "reference": "reference",
    "external_id": "reference",
}


@dataclass(frozen=True)
class Columns:
    """The header names that are taken, each with the field that it fills; which fields are days, numbers, and words
    of a list.
    """

    known: Mapping[str, str]
    needed: tuple[str | tuple[str, ...], ...]
    days: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


VACANCIES = Columns(
    known={
        **_KINDS_OF_POST,
        "vacancy_id": "reference",
        "subject": "subject",
        "opened_on": "opened_on",
        "date opened": "opened_on",
        "advertised_on": "advertised_on",
        "date advertised": "advertised_on",
        "closes_on": "closes_on",
        "closing date": "closes_on",
        "applications": "applications",
        "applicants": "applications",
        "shortlisted": "shortlisted",
        "interviewed": "interviewed",
        "declined": "declined",
        "withdrawn_on": "withdrawn_on",
        "offered_on": "offered_on",
        "accepted_on": "accepted_on",
        "start_on": "start_on",
        "start date": "start_on",
        "outcome": "outcome",
        "cost": "cost",
    },
    needed=("role", "fte", "opened_on"),
    days=frozenset(
        {"opened_on", "advertised_on", "closes_on", "offered_on", "accepted_on", "withdrawn_on", "start_on"}
    ),
    numbers=frozenset({"fte", "applications", "shortlisted", "interviewed", "declined", "cost"}),
    words=frozenset({"staff_group", "outcome"}),
)

LEAVERS = Columns(
    known={
        **_KINDS_OF_POST,
        "leaver_id": "reference",
        "subject": "subject",
        "left_on": "left_on",
        "leaving date": "left_on",
        "destination": "destination",
        "years_in_post": "years_in_post",
        "years in post": "years_in_post",
        "reason": "reason",
    },
    needed=("role", "fte", "left_on"),
    days=frozenset({"left_on"}),
    numbers=frozenset({"fte", "years_in_post"}),
    words=frozenset({"staff_group", "destination"}),
)

_OF_SNAPSHOTS = (
    "teachers_fte",
    "qualified_teachers_fte",
    "teachers_headcount",
    "teaching_assistants_fte",
    "other_staff_fte",
    "pupils_fte",
    "vacancies",
    "temporarily_filled",
)

SNAPSHOTS = Columns(
    known={"date": "date", "census date": "date", **{name: name for name in _OF_SNAPSHOTS}},
    needed=("date", "teachers_fte"),
    days=frozenset({"date"}),
    numbers=frozenset(_OF_SNAPSHOTS),
)

STAFF_ABSENCES = Columns(
    known={name: name for name in ("academic_year", "teachers_with_absence", "days_lost", "teachers")}
    | {"year": "academic_year"},
    needed=("academic_year", "teachers_with_absence"),
    numbers=frozenset({"teachers_with_absence", "days_lost", "teachers"}),
)

REASONS = Columns(
    known={
        "academic_year": "academic_year",
        "year": "academic_year",
        "reason": "reason",
        "code": "reason",
        "count": "count",
    },
    needed=("academic_year", "reason", "count"),
    numbers=frozenset({"count"}),
)

SURVEY_ANSWERS = Columns(
    known={
        name: name
        for name in ("date", "question", "answer", "count", "title", "invited", "responded", "text")
    },
    needed=("date", "question", "answer", "count"),
    days=frozenset({"date"}),
    numbers=frozenset({"count", "invited", "responded"}),
)

POINTS = Columns(
    known={
        "on": "on",
        "date": "on",
        "value": "value",
        "numerator": "numerator",
        "denominator": "denominator",
    },
    needed=("on", ("value", "numerator")),
    days=frozenset({"on"}),
    numbers=frozenset({"value", "numerator", "denominator"}),
)


@dataclass
class Rows:
    """The rows of a push by their numbers, from 1; those that can't be read at all are in `faults`."""

    received: int = 0
    rows: list[tuple[int, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)


def rows_of_table(chunks: Iterable[bytes], columns: Columns, *, pseudonymise: Privacy) -> Rows:
    """The rows of a CSV. A blank cell leaves its field out; what is no day or number stays as it is written.

    Raises `Malformed` and `TooLarge` as `read_table` does.
    """
    table = read_table(
        chunks, known=columns.known, needed=columns.needed, pseudonymise=pseudonymise, max_rows=MOST_ROWS
    )
    rows = [
        (
            number,
            {
                name: _told(name, pseudonymise(cell), columns, pseudonymise)
                for name, cell in cells.items()
                if cell
            },
        )
        for number, cells in table
    ]
    return Rows(table.received, rows, table.faults, table.dropped_columns)


def rows_of_json(body: Any, *, pseudonymise: Privacy) -> Rows:
    """The rows of an array, or of `{"data": […]}`; raises `Malformed` for anything else, and `TooLarge`."""
    values = body.get("data") if isinstance(body, Mapping) and body.keys() == {"data"} else body
    if not isinstance(values, list):
        keys = (
            ", ".join(quoted(str(key), pseudonymise) for key in list(body)[:10])
            if isinstance(body, Mapping)
            else ""
        )
        shown = f"an object with {keys or 'nothing'}" if isinstance(body, Mapping) else "no array"
        raise Malformed(f'The body is {shown}; expected are an array of rows, or {{"data": [rows]}}.')
    if len(values) > MOST_ROWS:
        raise TooLarge(f"The body has more than {MOST_ROWS:,} rows. Send it in several parts.")
    return Rows(len(values), list(enumerate(values, 1)))


def values_of_lines(body: bytes) -> list[Any]:
    """The values of NDJSON, one a line, decimals exact; raises `Malformed` naming the row at fault."""
    return [value for values in line_values([body], _LINES.decode_lines) for value in values]


def _told(name: str, cell: str, columns: Columns, pseudonymise: Privacy) -> Any:
    if name in columns.days:
        return _day(cell, pseudonymise)
    if name in columns.words:
        return _word(cell)
    return _number(cell) if name in columns.numbers else cell


def _word(cell: str) -> str:
    """A word of a list as it is written in JSON, where sheets have “Temporarily filled”; any other as it stands."""
    word = "_".join(cell.casefold().replace("-", " ").split())
    return word if word in WORDS else cell


def _day(cell: str, pseudonymise: Privacy) -> str:
    try:
        return date.fromordinal(day_number(cell, day_first=True, pseudonymise=pseudonymise)).isoformat()
    except ValueError:
        return cell


def _number(cell: str) -> Any:
    try:
        number = exact(cell)
    except ValueError:
        return cell
    if not number.is_finite() or "e" in cell.casefold():
        return cell
    return int(number) if number == number.to_integral_value() else number
