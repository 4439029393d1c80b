"""Bodies in UTF-16, as Excel's "Unicode text" and Windows PowerShell write them, made UTF-8 as they stream in."""

import codecs
from collections.abc import Iterable, Iterator

from domain.errors import Malformed

_ENCODINGS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_MARK = 2
_ENOUGH = 4
"""Bytes to tell by: the mark of UTF-32 begins as that of UTF-16 does."""


def in_utf_8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The body in UTF-8 where a byte-order mark says that it is UTF-16, without that mark; else as it came.

    Raises `Malformed` where not all of it is UTF-16.
    """
    pieces = iter(chunks)
    opening = b""
    while len(opening) < _ENOUGH and (piece := next(pieces, b"")):
        opening += piece
    encoding = None if opening.startswith(codecs.BOM_UTF32_LE) else _ENCODINGS.get(opening[:_MARK])
    if encoding is None:
        if opening:
            yield opening
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        yield decoder.decode(opening[_MARK:]).encode()
        for piece in pieces:
            yield decoder.decode(piece).encode()
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Malformed("The body begins as UTF-16 and isn't all of it.") from None
