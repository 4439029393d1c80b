"""The rows of a file as the server counts them, each with the line it begins in and the bytes it takes.

Of a table the header isn't counted, nor are lines with nothing in any cell; a cell in quotation marks may hold line
ends. Of JSON lines those are counted that aren't blank.
"""

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, suppress
from typing import BinaryIO, NamedTuple

from client.source import Kind, Source

_DELIMITERS = ",;\t"
_BOM = "\xef\xbb\xbf"  # the byte-order mark of UTF-8, a character for each byte


class Row(NamedTuple):
    """One row: the line that it begins in, from 1, its bytes from `start` to before `end`, and a table's cells."""

    line: int
    start: int
    end: int
    cells: Sequence[str] = ()


class Header(NamedTuple):
    """Where the header of a table ends, and the names in it, without blanks and in small letters."""

    end: int
    names: frozenset[str]


def has_lines(kind: Kind) -> bool:
    """Whether rows of this kind are lines, by which they can be named and between which they can be cut."""
    return kind in (Kind.TABLE, Kind.LINES)


def rows_in(stream: BinaryIO, kind: Kind) -> Iterator[Row]:
    """The rows of a table or of JSON lines, from the start of a stream; raises `csv.Error` for broken quoting."""
    return _json_lines(stream) if kind is Kind.LINES else _table_rows(stream)


def header_of(stream: BinaryIO) -> Header:
    """The header of a table, with whatever stands before it; raises `csv.Error`."""
    with closing(_Lines(stream)) as lines:
        names = next(lines.cells(), [])
        return Header(lines.offset, frozenset(map(_as_compared, names)))


def lines_of_rows(source: Source, rows: Collection[int]) -> dict[int, int]:
    """In which line each of these rows of the file begins; rows behind broken quoting aren't found."""
    if not rows or not has_lines(source.kind):
        return {}
    found: dict[int, int] = {}
    with source.open() as stream, suppress(csv.Error):
        for number, row in enumerate(rows_in(stream, source.kind), 1):
            if number in rows:
                found[number] = row.line
                if len(found) == len(rows):
                    break
    return found


def _table_rows(stream: BinaryIO) -> Iterator[Row]:
    with closing(_Lines(stream)) as lines:
        cells = lines.cells()
        next(cells, None)
        start, line = lines.offset, lines.count + 1
        for row in cells:
            if any(row):
                yield Row(line, start, lines.offset, row)
            start, line = lines.offset, lines.count + 1


def _json_lines(stream: BinaryIO) -> Iterator[Row]:
    offset = 0
    for number, line in enumerate(stream, 1):
        start, offset = offset, offset + len(line)
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if text.strip():
            yield Row(number, start, offset)


class _Lines:
    """The lines of a stream, a character for each byte so that their lengths are those in the file, and counted."""

    def __init__(self, stream: BinaryIO) -> None:
        self._lines = io.TextIOWrapper(stream, encoding="latin-1", newline="")
        self.offset = 0
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.offset += len(line)
        self.count += 1
        return line

    def close(self) -> None:
        """Leave the stream to whoever opened it."""
        with suppress(ValueError):  # it was closed meanwhile
            self._lines.detach()

    def cells(self) -> Iterator[list[str]]:
        """The cells of each row from the header on, split at what splits the header into the most."""
        first = self._first()
        delimiter = max(_DELIMITERS, key=lambda sign: len(_split(first, sign)))
        yield from csv.reader(self._again(first), delimiter=delimiter, strict=True)

    def _first(self) -> str:
        """The line with the header, without byte-order mark: neither blank nor the one that names the delimiter."""
        for line in self:
            text = line.removeprefix(_BOM) if self.count == 1 else line
            if text.strip() and not text.startswith(("sep=", '"sep=')):
                return text
        return ""

    def _again(self, first: str) -> Iterator[str]:
        if first:
            yield first
        yield from self


def _as_compared(name: str) -> str:
    return "".join(name.replace("_", " ").split()).casefold()


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
