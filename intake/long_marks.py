"""The long layout: CSV with a row for each mark, as in `UPN,MISID,YearGroup,Date,Session,Mark,MinutesLate`."""

from collections.abc import Iterable, Mapping, Sequence

from intake.layout import How, Reader
from intake.marks import Batch, MarkColumns, Marks
from intake.recognition import Opening
from intake.tables import Table, header_key, read_table

KNOWN = {
    "pupil": "pupil",
    "MISID": "mis_id",
    "UPN": "upn",
    "YearGroup": "year_group",
    "Date": "date",
    "Session": "session",
    "Mark": "code",
    "code": "code",
    "MinutesLate": "minutes_late",
    "source_updated_at": "source_updated_at",
    "deleted": "deleted",
}
PUPIL = ("pupil", "mis_id", "upn")
"""The columns that name a pupil, the preferred one first."""
NEEDED = (PUPIL, "date", "session", "code")
SCHOOL = ("school", "URN", "LAESTAB")
"""The columns that name a row's school, where rows of several come together; the first that isn't blank does."""


def read_long(chunks: Iterable[bytes], how: How, *, of_schools: bool = False) -> Marks:
    """The rows of a table with a mark in each; the year group isn't looked at."""
    table = read_table(
        chunks,
        known=KNOWN | ({name: name for name in SCHOOL} if of_schools else {}),
        needed=(*NEEDED, SCHOOL) if of_schools else NEEDED,
        pseudonymise=how.pseudonymise,
        max_rows=how.max_rows,
    )
    columns = MarkColumns("long", how.pseudonymise, how.max_rows, cells=True, of_schools=of_schools)
    columns.dropped_columns = table.dropped_columns
    for numbers, rows in table.batches():
        columns.add(_batch(table, numbers, rows, of_schools))
    columns.rejected += table.faults
    return columns.finish()


def _batch(table: Table, numbers: Sequence[int], rows: list[list[str]], of_schools: bool) -> Batch:
    given = {name: table.column(name, rows) for name in table.columns}
    return Batch(
        numbers=numbers,
        pupils=list(zip(*(given[name] for name in PUPIL if name in given), strict=True)),
        dates=given["date"],
        sessions=given["session"],
        codes=given["code"],
        times=given.get("source_updated_at"),
        minutes=given.get("minutes_late"),
        deleted=given.get("deleted"),
        schools=_schools(given) if of_schools else None,
    )


def _schools(given: Mapping[str, Sequence[str]]) -> list[str]:
    cells = zip(*(given[name] for name in SCHOOL if name in given), strict=True)
    return [next((cell for cell in row if cell.strip()), "") for row in cells]


def _is_long(opening: Opening) -> bool:
    headers = opening.headers
    return {"date", "session"} <= headers and not headers.isdisjoint(
        header_key(name) for name in ("Mark", "code")
    )


LONG = Reader(_is_long, read_long)
