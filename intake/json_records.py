"""Objects of JSON exports, numbered as a person finds them: in an array, in `{"data": […]}`, or one a line (NDJSON)."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from domain.errors import Malformed, TooLarge
from intake.broken_json import BROKEN
from intake.elements import BESIDE_DATA, ArrayElements
from intake.layout import How
from intake.lines import line_values
from intake.recognition import Opening, opened

_RAW = msgspec.json.Decoder(msgspec.Raw)
_RAW_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])

Record = dict[str, Any]


def records_of(chunks: Iterable[bytes], how: How) -> Iterator[tuple[int, Record | None]]:
    """Each record's number, from 1, and its fields; None in place of what is no object.

    Raises `Malformed` for broken JSON, and `TooLarge` past `how.max_rows`.
    """
    opening, body = opened(chunks, None)
    number = 0
    for elements in _elements(opening, body, how):
        for number, element in enumerate(elements, number + 1):  # noqa: B020  counts on
            if number > how.max_rows:
                raise TooLarge(f"The body has more than {how.max_rows:,} rows. Send it in several parts.")
            yield number, _fields_of(element, number)


def _elements(opening: Opening, body: Iterable[bytes], how: How) -> Iterable[list[msgspec.Raw]]:
    if opening.sign == b"{" and opening.first_key not in {"data", *BESIDE_DATA}:
        return line_values(body, _RAW.decode_lines, block=how.block)
    return ArrayElements(body, _RAW_ARRAY.decode, block=how.block, pseudonymise=how.pseudonymise, pages=True)


def _fields_of(element: msgspec.Raw, number: int) -> Record | None:
    try:
        value = msgspec.json.decode(element)
    except msgspec.ValidationError:
        return None
    except BROKEN:
        raise Malformed(
            f"The JSON is broken in row {number}: a text is no UTF-8, or is nested too deeply."
        ) from None
    return value if isinstance(value, dict) else None
