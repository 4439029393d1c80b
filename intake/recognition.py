"""What a body begins with, as far as one must know to tell its layout."""

import codecs
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from intake.tables import header_cells, header_key
from intake.unicode import in_utf_8

_ENOUGH = 1 << 16
_FIRST_KEY = re.compile(rb'\{\s*"([A-Za-z_]+)"\s*:')


@dataclass(frozen=True)
class Opening:
    """The first bytes of a body, behind a byte-order mark and blanks, and the media type that it came with."""

    text: bytes
    media_type: str | None = None

    @property
    def sign(self) -> bytes:
        """The first byte: `[` or `{` of JSON, `<` of XML."""
        return self.text[:1]

    @property
    def first_key(self) -> str | None:
        """The first key of a JSON object, where it is a plain word."""
        match = _FIRST_KEY.match(self.text)
        return match.group(1).decode() if match else None

    @cached_property
    def headers(self) -> frozenset[str]:
        """The cells of the first line as `header_key` gives them, however they are delimited."""
        return frozenset(header_key(cell) for cells in header_cells(self.text) for cell in cells)


def opened(chunks: Iterable[bytes], media_type: str | None) -> tuple[Opening, Iterator[bytes]]:
    """How the body begins, and the body again, in UTF-8 and without byte-order mark."""
    pieces = in_utf_8(chunks)
    held = b""
    for piece in pieces:
        held += piece
        if held.isspace():
            held = b""  # blanks before everything else say nothing, however many there are
        elif len(held) >= _ENOUGH:
            break
    body = held.removeprefix(codecs.BOM_UTF8)
    return Opening(body.lstrip()[:_ENOUGH], media_type), itertools.chain([body], pieces)
