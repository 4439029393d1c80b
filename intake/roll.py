"""A roll as it is pushed, in JSON or as CSV: rows of the roll, or every fault that they have.

A roll is taken whole or not at all: a pupil whose row was left out would leave the school.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, ParamSpec, TypeVar

from domain.cohorts import CHARACTERISTICS, allowed, is_yes_or_no, parse_value
from domain.errors import Fault, Invalid
from domain.references import check_reference
from domain.roll_rows import Row
from intake.readings import clean_references, day_number
from intake.tables import Privacy, quoted, read_table

Told = TypeVar("Told")
Given = ParamSpec("Given")

REFERENCES = ("pupil", "upn", "mis_id")
"""The columns that may hold a pupil's reference, the one answered first; the others become aliases."""

COLUMNS = {
    "pupil": "pupil",
    "UPN": "upn",
    "MISID": "mis_id",
    "aliases": "aliases",
    "from": "from",
    "to": "to",
    **{name: name for name in CHARACTERISTICS},
    "NCyearActual": "year_group",
}

_YES_OR_NO = {
    **dict.fromkeys(("true", "yes", "y", "1"), "true"),
    **dict.fromkeys(("false", "no", "n", "0"), "false"),
}
_YEAR = re.compile(r"(?:y|yr|year)?\s*0*([0-9]{1,2})", re.IGNORECASE)


def rows_from_json(body: Mapping[str, Any], *, pseudonymise: Privacy) -> list[Row]:
    """The rows of `{"pupils": [{"pupil", "aliases"?, "from", "to"?, "year_group"?, "cohorts"?}]}`, dates as dates.

    A characteristic that isn't named stays as it is, null clears it. Raises `Invalid` with every fault, each at its
    place in the body.
    """
    faults: list[Fault] = []
    rows = [
        _row_from_json(entry, f"/pupils/{place}", pseudonymise, faults)
        for place, entry in enumerate(body["pupils"])
    ]
    _refuse(faults, len({(fault.pointer or "").split("/")[2] for fault in faults}), len(rows))
    return rows


def rows_from_csv(
    chunks: Iterable[bytes], *, pseudonymise: Privacy, max_rows: int = 1_000_000
) -> tuple[list[Row], list[str]]:
    """The rows of a roll as CSV, and the columns that were dropped unread (names, dates of birth, addresses, …).

    A pupil is named by `pupil`, UPN or MISID, in this order; whatever else names them is an alias, as are those in
    `aliases`, with blanks or semicolons between. A column that is there speaks for each row: a blank cell clears the
    characteristic. A column that isn't there leaves it as it is. Values may be written as their labels ("Year 7").

    Raises `Invalid` with every fault, each by its row's number; `Malformed` and `TooLarge` as `read_table` does.
    """
    table = read_table(
        chunks, known=COLUMNS, needed=("from", REFERENCES), pseudonymise=pseudonymise, max_rows=max_rows
    )
    faults: list[Fault] = []
    rows = [_row_from_cells(number, cells, pseudonymise, faults) for number, cells in table]
    faults = sorted([*table.faults, *faults], key=lambda fault: fault.row or 0)
    _refuse(faults, len({fault.row for fault in faults}), table.received)
    return rows, table.dropped_columns


def _refuse(faults: list[Fault], faulty: int, received: int) -> None:
    if faults:
        raise Invalid(
            f"{faulty} of {received} rows can't be taken. A roll is taken whole or not at all, as a pupil whose row"
            " is left out would leave; nothing was changed.",
            faults=faults,
        )


# JSON


def _row_from_json(entry: Mapping[str, Any], pointer: str, pseudonymise: Privacy, faults: list[Fault]) -> Row:
    given = [(entry["pupil"], f"{pointer}/pupil")]
    given += [(text, f"{pointer}/aliases/{place}") for place, text in enumerate(entry.get("aliases") or ())]
    references = [pseudonymise(text) for text, _ in given]
    for reference, (_, where) in zip(references, given, strict=True):
        if wrong := check_reference(reference):
            faults.append(Fault(wrong, pointer=where))
    return Row(
        reference=references[0],
        aliases=_others(references),
        first=entry["from"],
        last=entry.get("to"),
        values=_values_from_json(entry, pointer, pseudonymise, faults),
        pointer=pointer,
    )


def _values_from_json(
    entry: Mapping[str, Any], pointer: str, pseudonymise: Privacy, faults: list[Fault]
) -> dict[str, str | None]:
    said = {
        name: (raw, f"{pointer}/cohorts/{_token(name)}") for name, raw in (entry.get("cohorts") or {}).items()
    }
    values: dict[str, str | None] = {}
    if "year_group" in entry:
        beside = said.get("year_group")
        if beside is not None and str(beside[0]) != str(entry["year_group"]):
            faults.append(Fault("Another year_group stands beside cohorts; give it once.", pointer=beside[1]))
        said["year_group"] = (entry["year_group"], f"{pointer}/year_group")
    for name, (raw, where) in said.items():
        try:
            values[name] = _value_from_json(pseudonymise(name), raw, pseudonymise(where), pseudonymise)
        except Invalid as error:
            faults.extend(error.faults)
    return values


def _value_from_json(name: str, raw: Any, pointer: str, pseudonymise: Privacy) -> str | None:
    if raw is None and name in CHARACTERISTICS:
        return None
    return parse_value(name, pseudonymise(raw) if isinstance(raw, str) else raw, pointer)


def _token(name: str) -> str:
    """A field's name as a JSON pointer writes it."""
    return name.replace("~", "~0").replace("/", "~1")


# CSV


def _row_from_cells(number: int, cells: Mapping[str, str], pseudonymise: Privacy, faults: list[Fault]) -> Row:
    wrong: list[str] = []
    named = (
        *(cells.get(column, "") for column in REFERENCES),
        *re.split(r"[;\s]+", cells.get("aliases", "")),
    )
    references = _read(wrong, clean_references, named, pseudonymise) or ("",)
    first = _read(wrong, _day, "from", cells["from"], pseudonymise)
    last = _read(wrong, _day, "to", cells["to"], pseudonymise) if cells.get("to") else None
    said = {
        name: _read(wrong, _value, name, cells[name], pseudonymise)
        for name in CHARACTERISTICS
        if name in cells
    }
    if "ethnicity" in said and said.get("gypsy_roma_traveller") is None:
        said.pop("gypsy_roma_traveller", None)  # a blank cell must not deny what the ethnicity tells
    if wrong:
        pupil = next((quoted(cell, pseudonymise) for cell in named if cell), None)
        faults.extend(Fault(detail, row=number, pupil=pupil) for detail in wrong)
    return Row(references[0], _others(references), first or date.min, last, said, number=number)


def _read(
    wrong: list[str], read: Callable[Given, Told], *given: Given.args, **named: Given.kwargs
) -> Told | None:
    """What a cell says, or None and a sentence in `wrong`."""
    try:
        return read(*given, **named)
    except ValueError as error:
        wrong.append(str(error))
        return None


def _day(column: str, cell: str, pseudonymise: Privacy) -> date:
    if not cell:
        raise ValueError(f"The cell in {column} is blank; it needs a date.")
    try:
        return date.fromordinal(day_number(cell, day_first=True, pseudonymise=pseudonymise))
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from None


def _value(name: str, cell: str, pseudonymise: Privacy) -> str | None:
    if not cell:
        return None
    written = cell.casefold()
    if name == "year_group" and (match := _YEAR.fullmatch(cell)):
        written = match[1]
    value = _spellings(name).get(written)
    if value is None:
        raise ValueError(f"“{quoted(cell, pseudonymise)}” is no value of {name}. {allowed(name)}")
    return value


@cache
def _spellings(name: str) -> dict[str, str]:
    """Every way in which a cell may write a value, in small letters: the value, its label, yes and no."""
    labels = {label.casefold(): value for value, label in CHARACTERISTICS[name].items()}
    values = {value.casefold(): value for value in CHARACTERISTICS[name]}
    return labels | (_YES_OR_NO if is_yes_or_no(name) else {}) | values


def _others(references: Sequence[str]) -> tuple[str, ...]:
    """The references but the first, without repeats."""
    return tuple(dict.fromkeys(other for other in references[1:] if other != references[0]))
