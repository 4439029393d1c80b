"""The elements of a JSON array as they stream in: decoded a block at a time.

Neither the body nor all its elements are ever held at once. What is done with a block's elements is the caller's; it
hands in how to decode a whole JSON array into a list.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

import msgspec

from domain.errors import Malformed
from intake.body import in_blocks
from intake.broken_json import BROKEN, LONGEST_ELEMENT, broken, what_is_wrong
from intake.tables import Privacy, quoted

BLOCK = 1 << 16
DEEPEST = 1000
"""Brackets within brackets; nothing that is decoded here may have more, so none is looked for behind them."""
BESIDE_DATA = frozenset({"meta", "links"})
"""What pages of other systems carry beside `data`; passed over."""

Decode = Callable[[bytes], list[Any]]

_SPACE = b" \t\r\n"
_RAW_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
# Greedy: finds the last place where one object ends and another begins, if no text is in the way.
_BETWEEN_OBJECTS = re.compile(rb"(?s:.*)\}[ \t\r\n]*+,(?=[ \t\r\n]*+\{)")
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{},]', re.DOTALL)
_KEY = re.compile(rb'[ \t\r\n]*+("[^"\\]*+(?:\\.[^"\\]*+)*+")[ \t\r\n]*+:[ \t\r\n]*+', re.DOTALL)
_LOOK_BACK = 1 << 16


def typed_or_raw(decoder: msgspec.json.Decoder[list[Any]]) -> Decode:
    """Decodes arrays to the decoder's type, or to raw elements where some of them don't fit it."""

    def decode(text: bytes) -> list[Any]:
        try:
            return decoder.decode(text)
        except msgspec.ValidationError:
            return _RAW_ARRAY.decode(text)

    return decode


class ArrayElements:
    """Iterates over the elements of `[…]` or `{"data": […]}`, as many at a time as a block holds.

    `decode` is given arrays, and raises `msgspec.DecodeError` (not a `ValidationError`) for what isn't sound JSON. That
    an array cut off behind some element decodes proves that the cut is right: no text and no object was cut through.
    `pages` says that such objects may follow each other. `beside` is what stood beside `data` in the one read last,
    complete once all was read. Raises `Malformed`, naming row and byte, for broken JSON, a
    missing end, text behind it, and an object with other keys than `data`, `meta` and `links`.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        decode: Decode,
        *,
        block: int = BLOCK,
        pseudonymise: Privacy = str,
        pages: bool = False,
    ) -> None:
        self._blocks = in_blocks(chunks, block)
        self._block = block
        self._decode = decode
        self._pseudonymise = pseudonymise
        self._pages = pages
        self._held = b""
        self._passed = 0
        self._ended = False
        self._rows = 0
        self.beside: dict[str, msgspec.Raw] = {}

    def __iter__(self) -> Iterator[list[Any]]:
        in_object = self._open()
        yield from self._elements()
        while in_object:
            self._close_object()
            if not (self._pages and self._next_sign() == b"{"):
                break
            in_object = self._open()
            yield from self._elements()
        if self._next_sign():
            self._fail("Something follows behind the end of the JSON")

    def _elements(self) -> Iterator[list[Any]]:
        closed = False
        after_comma = False
        while not closed:
            self._read_more()
            elements, closed = self._next_elements()
            if closed and after_comma and not elements:
                self._fail("The JSON has a comma behind the last row")
            after_comma = True
            self._rows += len(elements)
            yield elements

    def _next_elements(self) -> tuple[list[Any], bool]:
        """The elements up to a proven cut, which is dropped from what is held, and whether the array ends there."""
        found = self._guessed()
        while found is None:
            commas, end = _structure(self._held)
            if end is not None and self._held[end : end + 1] == b"}":
                self._explain(b"[" + self._held[: end + 1])
            elif end is not None:
                found = self._decoded(end, closed=True)
            elif commas:
                found = self._decoded(commas[-1], closed=False)
            elif self._ended:
                self._explain(b"[" + self._held)
            elif len(self._held) > LONGEST_ELEMENT:
                self._fail(f"Row {self._rows + 1} is longer than {LONGEST_ELEMENT:,} bytes")
            else:
                # Twice as much each time, so that a long element is looked through a few times, not once a block.
                self._read_more(min(len(self._held), LONGEST_ELEMENT + 1 - len(self._held)))
        return found

    def _guessed(self) -> tuple[list[Any], bool] | None:
        """What a likely cut gives, where it proves right."""
        if self._ended:
            cut, closed = self._held.rfind(b"]"), True
        else:
            match = _BETWEEN_OBJECTS.match(self._held, max(0, len(self._held) - _LOOK_BACK))
            cut, closed = (match.end() - 1 if match else -1), False
        if cut < 0:
            return None
        try:
            return self._cut(cut, closed=closed)
        except BROKEN:
            return None

    def _decoded(self, cut: int, *, closed: bool) -> tuple[list[Any], bool]:
        try:
            return self._cut(cut, closed=closed)
        except BROKEN:
            self._explain(b"[" + self._held[:cut] + b"]")

    def _cut(self, cut: int, *, closed: bool) -> tuple[list[Any], bool]:
        elements = self._decode(b"[%b]" % self._held[:cut])
        if not elements and not closed:
            self._fail("The JSON has a comma where a row should be")
        self._drop(cut + 1)
        return elements, closed

    def _open(self) -> bool:
        """Reads to behind the `[`; whether the array stands in an object."""
        self.beside = {}
        if self._next_sign() == b"[":
            self._drop(1)
            return False
        while (start := self._start_of_data()) is None:
            if self._ended or len(self._held) > LONGEST_ELEMENT:
                self._fail('The JSON is neither an array of rows nor {"data": [rows]}')
            self._read_more(len(self._held))
        self._drop(start)
        return True

    def _start_of_data(self) -> int | None:
        """Where the rows start in `{"meta": …, "data": [`; None when more must be read to say."""
        held, place = self._held, 1
        while match := _KEY.match(held, place):
            key = _text(match.group(1))
            place = match.end()
            if place == len(held):
                return None
            if key == "data":
                if held[place : place + 1] != b"[":
                    self._fail('"data" is no array of rows')
                return place + 1
            self._check_beside_data(key)
            commas, end = _structure(held, place, first=True)
            if end is not None:
                self._fail('The JSON object has no "data"')
            if not commas:
                return None
            if wrong := what_is_wrong(held[place : commas[0]]):
                self._fail(f'The JSON of "{key}" is broken: {wrong[0]}')
            self.beside[key] = msgspec.Raw(held[place : commas[0]])
            place = commas[0] + 1
        return None

    def _close_object(self) -> None:
        """Reads what stands behind the array in its object; looks at nothing but the keys."""
        while (found := _structure(self._held)[1]) is None:
            if self._ended or len(self._held) > LONGEST_ELEMENT:
                break
            self._read_more(max(1, len(self._held)))
        end = (self._held.rfind(b"}") if found is None else found) + 1
        text = b'{"data":0' + self._held[:end]
        if wrong := what_is_wrong(text):
            self._fail(f"The JSON is broken behind the rows: {wrong[0]}")
        rest = _OBJECT.decode(text)
        # A second "data" would hide rows: it shows as another value than the 0 that stands for the first.
        if bytes(rest.pop("data")) != b"0":
            self._fail('The JSON object has "data" twice')
        for key in rest:
            self._check_beside_data(key)
        self.beside |= rest
        self._drop(end)

    def _check_beside_data(self, key: str) -> None:
        if key not in BESIDE_DATA:
            shown = quoted(key, self._pseudonymise)
            self._fail(f'"{shown}" has no meaning beside "data"')

    def _next_sign(self) -> bytes:
        """The next byte that is no blank, which is left where it stands; nothing at the end of the body."""
        while not (held := self._held.lstrip(_SPACE)) and not self._ended:
            self._drop(len(self._held))
            self._read_more()
        self._drop(len(self._held) - len(held))
        return self._held[:1]

    def _read_more(self, least: int = 1) -> None:
        pieces = [self._held]
        while least > 0 and not self._ended:
            block = next(self._blocks, b"")
            self._ended = len(block) < self._block
            least -= len(block)
            pieces.append(block)
        self._held = b"".join(pieces)

    def _drop(self, size: int) -> None:
        self._passed += size
        self._held = self._held[size:]

    def _explain(self, text: bytes) -> NoReturn:
        """Says what is wrong with an array's text that doesn't decode, and where in the body."""
        problem, place = what_is_wrong(text) or ("it can't be read", 0)
        before, _ = _structure(text[:place], 1)
        # The array's text starts with a bracket of ours.
        raise broken(problem, row=self._rows + len(before) + 1, byte=self._passed + max(place - 1, 0))

    def _fail(self, what: str) -> NoReturn:
        raise Malformed(f"{what} (near byte {self._passed}).")


def _structure(text: bytes, start: int = 0, *, first: bool = False) -> tuple[list[int], int | None]:
    """Where the commas between the values stand from `start` on, and where the bracket that ends them.

    Stops at the end of what encloses the values, at a text that isn't closed, or with `first` at the first comma.
    Raises `Malformed` where values are nested more than `DEEPEST` deep.
    """
    depth = 0
    commas: list[int] = []
    for match in _TOKEN.finditer(text, start):
        token = match.group()
        if token in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise Malformed(
                    f"The JSON is nested too deeply: more than {DEEPEST:,} brackets within each other."
                )
        elif token in b"]}":
            if depth == 0:
                return commas, match.start()
            depth -= 1
        elif token == b"," and depth == 0:
            commas.append(match.start())
            if first:
                break
        elif token == b'"':
            break
    return commas, None


def _text(written: bytes) -> str:
    try:
        return msgspec.json.decode(written, type=str)
    except BROKEN:
        return written.decode(errors="replace")
