"""The values of NDJSON, one a line, as they stream in: decoded a block of whole lines at a time."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

import msgspec

from domain.errors import Malformed
from intake.body import in_blocks
from intake.broken_json import BROKEN, LONGEST_ELEMENT, broken, what_is_wrong

BLOCK = 1 << 16
_RAW = msgspec.json.Decoder(msgspec.Raw)


def lines_typed_or_raw(decoder: msgspec.json.Decoder[Any]) -> Callable[[bytes], list[Any]]:
    """Decodes lines to the decoder's type, or all of them to raw values where some don't fit it."""

    def decode(text: bytes) -> list[Any]:
        try:
            return decoder.decode_lines(text)
        except msgspec.ValidationError:
            return _RAW.decode_lines(text)

    return decode


def line_values(
    chunks: Iterable[bytes], decode: Callable[[bytes], list[Any]], *, block: int = BLOCK
) -> Iterator[list[Any]]:
    """The values of all lines, as many at a time as a block holds; blank lines are passed over.

    A body that is one value written over several lines is taken too. Raises `Malformed`, naming row and byte, for a
    line that isn't one sound JSON value.
    """
    blocks = in_blocks(chunks, block)
    opening = _first_line(blocks)
    rows = passed = 0
    if what_is_wrong(opening.split(b"\n", 1)[0]):
        texts = iter([_all_of(opening, blocks)])
        lone = True
    else:
        texts = _whole_lines(itertools.chain([opening], blocks))
        lone = False
    for text in texts:
        try:
            values = decode(text)
        except BROKEN:
            _explain(text, decode, rows, passed)
        if len(values) != _lines_in(text, likely=len(values)) and not (lone and len(values) == 1):
            _explain(text, decode, rows, passed)
        yield values
        rows += len(values)
        passed += len(text)


def _first_line(blocks: Iterator[bytes]) -> bytes:
    """The start of the body with at least its first line that isn't blank."""
    opening = b""
    for block in blocks:
        opening = (opening + block).lstrip()
        if b"\n" in opening or len(opening) > LONGEST_ELEMENT:
            break
    return opening


def _all_of(opening: bytes, blocks: Iterator[bytes]) -> bytes:
    """The whole body where it may be one value over several lines; else no more of it than shows what is wrong."""
    pieces = [opening]
    held = len(opening)
    while held <= LONGEST_ELEMENT and (block := next(blocks, b"")):
        pieces.append(block)
        held += len(block)
    return b"".join(pieces)


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes cut behind ends of lines only."""
    waiting = b""
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut:
            yield waiting + block[:cut]
            waiting = block[cut:]
        else:
            waiting += block
            if len(waiting) > LONGEST_ELEMENT:
                raise Malformed(f"A line is longer than {LONGEST_ELEMENT:,} bytes; write one row a line.")
    if waiting:
        yield waiting


def _lines_in(text: bytes, *, likely: int) -> int:
    ends = text.count(b"\n") + (not text.endswith(b"\n"))
    return ends if ends == likely else sum(1 for line in text.split(b"\n") if line.strip())


def _explain(text: bytes, decode: Callable[[bytes], list[Any]], rows: int, passed: int) -> NoReturn:
    """Says which line is broken."""
    for line in text.split(b"\n"):
        if line.strip():
            rows += 1
            if wrong := what_is_wrong(line):
                raise broken(wrong[0], row=rows, byte=passed + wrong[1])
            try:
                decode(line)
            except BROKEN as error:
                raise broken(str(error), row=rows, byte=passed) from error
        passed += len(line) + 1
    raise broken("it can't be read", row=rows, byte=passed)
