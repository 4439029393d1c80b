"""The layouts in which attendance is taken. A new one is a file of its own and a line here."""

from collections.abc import Iterable

from domain.errors import Malformed, WrongMediaType, invalid
from intake.ctf_xml import CTF_XML
from intake.daily_code_counts import DAILY_CODE_COUNTS
from intake.edfi import EDFI
from intake.json_marks import JSON, NDJSON
from intake.layout import How, Pushed, Reader
from intake.long_marks import LONG
from intake.marks_string import MARKS_STRING
from intake.recognition import Opening, opened
from intake.sims_xml import SIMS_XML
from intake.tables import Privacy, quoted
from intake.wide_marks import WIDE
from intake.wonde import WONDE

LAYOUTS: dict[str, Reader] = {
    "wonde": WONDE,
    "sims_xml": SIMS_XML,
    "ctf_xml": CTF_XML,
    "daily_code_counts": DAILY_CODE_COUNTS,
    "edfi": EDFI,
    "json": JSON,
    "ndjson": NDJSON,
    "long": LONG,
    "wide": WIDE,
    "marks_string": MARKS_STRING,
}
"""By name, the ones that look at more of the body before those that look at less: the first that fits is taken."""

_OF_JSON = ("application/json", "application/x-ndjson", "application/ndjson", "application/jsonl")
_OF_CSV = ("text/csv", "application/csv")
_OF_XML = ("application/xml", "text/xml")
_OF_ANYTHING = ("text/plain", "application/octet-stream", "application/gzip")
MEDIA_TYPES = (*_OF_JSON, *_OF_CSV, *_OF_XML, *_OF_ANYTHING)

_EXPECTED = 'an array of rows, {"data": [rows]}, one JSON row a line, CSV with a header, or XML'


def read_marks(
    chunks: Iterable[bytes],
    *,
    media_type: str | None,
    layout: str | None = None,
    max_rows: int = 1_000_000,
    pseudonymise: Privacy = str,
    block: int = 1 << 16,
) -> Pushed:
    """Reads the rows of a body, inflated already (`intake.body.chunks_of`), in the layout named or recognised.

    What the body begins with decides the layout; `media_type`, as the Content-Type says it, only what that leaves open.
    About `block` bytes are decoded at a time. Each distinct reference and code, and any text that a fault or error
    quotes, goes through `pseudonymise`. Rows are numbered from 1: elements of an array, lines of NDJSON that aren't
    blank, rows of a table below its header.

    Raises `WrongMediaType`; `Invalid` for a layout that isn't known; `Malformed` where the body is empty or broken, and
    `TooLarge` past `max_rows`. A row that can't be read is among the `rejected` and does no harm to the others.
    """
    kind = _checked_media_type(media_type)
    if layout is not None and layout not in LAYOUTS:
        raise invalid(
            "/query/layout", f'"{quoted(layout, pseudonymise)}" is no layout; known are {", ".join(LAYOUTS)}.'
        )
    opening, body = opened(chunks, kind)
    if not opening.text:
        raise Malformed(f"The body is empty; expected is {_EXPECTED}.")
    reader = _named(layout, opening) if layout else _recognised(opening)
    return reader.read(body, How(pseudonymise, max_rows, block))


def _checked_media_type(media_type: str | None) -> str | None:
    kind = (media_type or "").partition(";")[0].strip().lower()
    if kind and kind not in MEDIA_TYPES:
        raise WrongMediaType(
            f"Marks aren't taken as {quoted(kind, str)}; send one of {', '.join(MEDIA_TYPES)}."
        )
    return kind or None


def _named(layout: str, opening: Opening) -> Reader:
    """The reader of a layout's name; a row for each mark is `long` whether it stands in a table or in JSON."""
    if layout == "long":
        return next((reader for reader in (JSON, NDJSON) if reader.recognises(opening)), LONG)
    return LAYOUTS[layout]


def _recognised(opening: Opening) -> Reader:
    for reader in LAYOUTS.values():
        if reader.recognises(opening):
            return reader
    if opening.media_type in (*_OF_JSON, *_OF_XML) or opening.sign == b"<":
        raise Malformed(f"The body begins as no layout does; expected is {_EXPECTED}.")
    # Anything else is a table whose header lacks something: the long layout says what.
    return LONG
