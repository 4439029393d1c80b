"""Schools as CSV: a full extract of the register of schools, or the few columns of one that are used here.

Columns that aren't taken are dropped unread; those with the names of heads are among them.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.errors import Fault
from domain.references import check_reference
from domain.schools import laestab_of, made_trust_uid, phase_of
from intake.tables import Privacy, Table, read_table

COLUMNS = {
    "URN": "urn",
    "LAESTAB": "laestab",
    "EstablishmentNumber": "establishment_number",
    "EstablishmentName": "name",
    "PhaseOfEducation": "phase",
    "PhaseOfEducation (name)": "phase",
    "EstablishmentTypeGroup": "type_group",
    "EstablishmentTypeGroup (name)": "type_group",
    "TypeOfEstablishment (name)": "type_name",
    "LACode": "la_code",
    "LA (code)": "la_code",
    "LAName": "la_name",
    "LA (name)": "la_name",
    "GOR (name)": "region",
    "TrustUID": "trust_uid",
    "Trusts (code)": "trust_uid",
    "TrustName": "trust_name",
    "Trusts (name)": "trust_name",
    "SuccessorURN": "successor",
}

LONGEST = {
    "name": 200,
    "laestab": 16,
    "la_code": 16,
    "la_name": 200,
    "region": 200,
    "trust_uid": 64,
    "trust_name": 200,
}


@dataclass(frozen=True)
class SchoolRow:
    """A school as a row says it is: `values` holds only what the table has columns for, None where a cell is blank."""

    number: int
    urn: str
    values: Mapping[str, str | None]
    successor: str | None = None

    def fault(self, detail: str) -> Fault:
        """Something wrong with the row."""
        return Fault(detail, row=self.number)


@dataclass
class SchoolRows:
    """The rows that can be read, and those that can't."""

    rows: list[SchoolRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)
    received: int = 0


def read_schools(chunks: Iterable[bytes], *, pseudonymise: Privacy, max_rows: int = 1_000_000) -> SchoolRows:
    """The rows of a table of schools; raises `Malformed` and `TooLarge` as `read_table` does."""
    table = read_table(
        chunks, known=COLUMNS, needed=("urn", "name"), pseudonymise=pseudonymise, max_rows=max_rows
    )
    rows = SchoolRows(dropped_columns=table.dropped_columns)
    for number, cells in table:
        row = _row(number, {name: pseudonymise(cell) for name, cell in cells.items()}, table)
        wrong = _what_is_wrong(row)
        if wrong is None:
            rows.rows.append(row)
        else:
            rows.faults.append(row.fault(wrong))
    rows.faults += table.faults
    rows.received = table.received
    return rows


def _row(number: int, cells: Mapping[str, str], table: Table) -> SchoolRow:
    values = {name: cells[name] or None for name in LONGEST if name in cells}
    if "laestab" not in cells and {"la_code", "establishment_number"} <= table.columns.keys():
        values["laestab"] = laestab_of(cells["la_code"], cells["establishment_number"])
    if "phase" in cells or "type_group" in cells or "type_name" in cells:
        kind = (cells.get(name, "") for name in ("phase", "type_group", "type_name"))
        values["phase"] = phase_of(*kind)
    if "trust_name" in cells and not values.get("trust_uid"):
        values["trust_uid"] = made_trust_uid(cells["trust_name"]) if cells["trust_name"] else None
    return SchoolRow(number, cells["urn"], values, cells.get("successor") or None)


def _what_is_wrong(row: SchoolRow) -> str | None:
    wrong = check_reference(row.urn)
    if wrong is not None:
        return f"URN: {wrong}"
    if row.values["name"] is None:
        return "The school has no name."
    for name, value in row.values.items():
        if value is not None and len(value) > LONGEST.get(name, len(value)):
            return f"{name} has {len(value)} characters; at most {LONGEST[name]} are taken."
        if value is not None and any(unicodedata.category(sign) == "Cc" for sign in value):
            return f"{name} holds a control character."
    return None
