"""Our own JSON rows, as `[rows]`, `{"data": [rows]}` or one row a line (NDJSON)."""

from collections.abc import Iterable

import msgspec

from domain.errors import Malformed
from intake.broken_json import BROKEN
from intake.elements import BESIDE_DATA, ArrayElements, typed_or_raw
from intake.layout import How, Reader
from intake.lines import line_values, lines_typed_or_raw
from intake.mark_rows import FIELDS, MarkRow, RowOfSchool, add_rows
from intake.marks import MarkColumns, Marks
from intake.recognition import Opening
from intake.tables import Privacy, quoted

_ARRAY = typed_or_raw(msgspec.json.Decoder(list[MarkRow]))
_ARRAY_OF_SCHOOLS = typed_or_raw(msgspec.json.Decoder(list[RowOfSchool]))
_LINES = lines_typed_or_raw(msgspec.json.Decoder(MarkRow))
_LINES_OF_SCHOOLS = lines_typed_or_raw(msgspec.json.Decoder(RowOfSchool))


def read_json(chunks: Iterable[bytes], how: How, *, of_schools: bool = False) -> Marks:
    """The rows of a JSON array, bare or as `data` of an object; `of_schools` where each names its school."""
    columns = MarkColumns("json", how.pseudonymise, how.max_rows, of_schools=of_schools)
    decode = _ARRAY_OF_SCHOOLS if of_schools else _ARRAY
    for rows in ArrayElements(chunks, decode, block=how.block, pseudonymise=how.pseudonymise):
        _add(columns, rows)
    return columns.finish()


def read_ndjson(chunks: Iterable[bytes], how: How, *, of_schools: bool = False) -> Marks:
    """The rows of NDJSON; a single object that has nothing of a row is refused as a whole."""
    columns = MarkColumns("ndjson", how.pseudonymise, how.max_rows, of_schools=of_schools)
    decode = _LINES_OF_SCHOOLS if of_schools else _LINES
    stranger: list[str] | None = None
    for rows in line_values(chunks, decode, block=how.block):
        if columns.received == 0:
            stranger = _keys_of_no_row(rows[0])
        _add(columns, rows)
    if columns.received == 1 and stranger is not None:
        _refuse(stranger, how.pseudonymise)
    return columns.finish()


def _add(columns: MarkColumns, rows: list[MarkRow] | list[msgspec.Raw]) -> None:
    try:
        add_rows(columns, rows)
    except BROKEN:
        raise Malformed(
            f"The JSON is broken in one of the rows from {columns.received + 1} on: a text is no UTF-8, "
            "or is nested too deeply."
        ) from None


def _keys_of_no_row(row: MarkRow | msgspec.Raw) -> list[str] | None:
    if isinstance(row, MarkRow):
        return None
    try:
        value = msgspec.json.decode(row)
    except BROKEN:
        return None
    return list(value) if isinstance(value, dict) and not value.keys() & set(FIELDS) else None


def _refuse(keys: list[str], pseudonymise: Privacy) -> None:
    shown = ", ".join(quoted(key, pseudonymise) for key in keys[:10]) or "nothing"
    raise Malformed(
        f'The body is one object with {shown}; expected are an array of rows, {{"data": [rows]}}, or one row a line.'
    )


def _is_json(opening: Opening) -> bool:
    return opening.sign == b"[" or (opening.sign == b"{" and opening.first_key in {"data", *BESIDE_DATA})


def _is_ndjson(opening: Opening) -> bool:
    return opening.sign == b"{"


JSON = Reader(_is_json, read_json)
NDJSON = Reader(_is_ndjson, read_ndjson)
