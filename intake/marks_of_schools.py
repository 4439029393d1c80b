"""Marks of several schools in one body: our own JSON rows, or a table with a row for each mark, each naming its school.

The other layouts are exports of one school, and say nothing of whose they are.
"""

from collections.abc import Callable, Iterable
from functools import partial

from domain.errors import Malformed, invalid
from intake.json_marks import JSON, NDJSON, read_json, read_ndjson
from intake.layout import How
from intake.long_marks import LONG, read_long
from intake.marks import Marks
from intake.recognition import Opening, opened
from intake.tables import Privacy, quoted

Read = Callable[[Iterable[bytes], How], Marks]

LAYOUTS: dict[str, Read] = {
    "json": partial(read_json, of_schools=True),
    "ndjson": partial(read_ndjson, of_schools=True),
    "long": partial(read_long, of_schools=True),
}
_EXPECTED = (
    'an array of rows, {"data": [rows]}, one JSON row a line, or CSV with a header; each row names its school'
)


def read_marks_of_schools(
    chunks: Iterable[bytes],
    *,
    layout: str | None = None,
    max_rows: int = 1_000_000,
    pseudonymise: Privacy = str,
    block: int = 1 << 16,
) -> Marks:
    """Reads the marks of a body whose rows name their schools, in the layout named or recognised.

    Raises `Invalid` for another layout; `Malformed` where the body is empty or broken, and `TooLarge` past `max_rows`.
    A row that can't be read is in `Marks.rejected` and does no harm to the others.
    """
    if layout is not None and layout not in LAYOUTS:
        shown = quoted(layout, pseudonymise)
        raise invalid(
            "/query/layout",
            f'"{shown}" is no layout whose rows name their schools; {", ".join(LAYOUTS)} are.',
        )
    opening, body = opened(chunks, None)
    if not opening.text:
        raise Malformed(f"The body is empty; expected is {_EXPECTED}.")
    # A row for each mark is `long` whether it stands in a table or in JSON.
    read = LAYOUTS[_layout_of(opening) if layout in (None, "long") else layout]
    return read(body, How(pseudonymise, max_rows, block))


def _layout_of(opening: Opening) -> str:
    if opening.sign == b"<":
        raise Malformed(
            f"XML is an export of one school, to be sent to its own marks; expected is {_EXPECTED}."
        )
    for name, reader in (("json", JSON), ("ndjson", NDJSON), ("long", LONG)):
        if reader.recognises(opening):
            return name
    return "long"  # it says what the header lacks
