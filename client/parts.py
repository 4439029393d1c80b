"""Cutting a file that is larger than a server takes at once, between its rows: each part is a file of its own."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from client.endings import Refused
from client.lines import Row, has_lines, header_of, rows_in
from client.source import BLOCK, Kind, Source


@dataclass(frozen=True)
class Limits:
    """What a server takes in one push: bytes once inflated, and rows, or marks where a row has several."""

    most_bytes: int = 64 << 20
    most_rows: int = 1_000_000


@dataclass(frozen=True)
class Part:
    """Some rows of a file: the bytes from `start` to before `end`, behind the file's first `header` bytes.

    Numbered from 1. It begins in line `line`, behind `first_row` rows of the file, and has `rows` itself; a file that
    is sent whole has them uncounted.
    """

    number: int
    start: int
    end: int
    header: int = 0
    line: int = 1
    first_row: int = 0
    rows: int = 0

    @property
    def size(self) -> int:
        """The bytes of the file that it takes over, its header aside."""
        return self.end - self.start


def parts_of(source: Source, limits: Limits, *, together: bool) -> list[Part]:
    """The file in parts that the server takes, one where it takes the whole.

    `together` says that parts can't be taken one by one, because the push is all or nothing or replaces what it
    doesn't name. Raises `Refused` for a file that is too large and can't be cut.
    """
    lone = Part(1, 0, source.size)
    fits = source.size <= limits.most_bytes
    # A cell of two marks needs no more than a comma, so there are at most two marks to a byte.
    if fits and (together or not has_lines(source.kind) or 2 * source.size <= limits.most_rows):
        return [lone]
    if together:
        raise _too_large(source, limits, "--replace and --atomic need all rows in one push")
    if not has_lines(source.kind):
        raise _too_large(
            source, limits, "only CSV and JSON lines can be cut into parts: export fewer days at once"
        )
    try:
        parts = _cut(source, limits)
    except csv.Error as error:
        if fits:
            return [lone]  # the server says better what is wrong
        raise _too_large(source, limits, f"it can't be cut because its CSV is broken: {error}") from error
    return parts if len(parts) > 1 else [lone]


def content_of(source: Source, part: Part) -> Iterator[bytes]:
    """The bytes of a part, a block at a time. Raises `NotReadable` where the file was changed meanwhile."""
    with source.open() as stream:
        for start, end in ((0, part.header), (part.start, part.end)):
            stream.seek(start)
            while start < end and (block := stream.read(min(BLOCK, end - start))):
                start += len(block)
                yield block
    source.check()


def _cut(source: Source, limits: Limits) -> list[Part]:
    header, one_mark = 0, True
    if source.kind is Kind.TABLE:
        with source.open() as stream:
            header, names = header_of(stream)
        one_mark = {"date", "session"} <= names
    with source.open() as stream:
        return list(_gathered(rows_in(stream, source.kind), header, limits, one_mark=one_mark))


def _gathered(rows: Iterable[Row], header: int, limits: Limits, *, one_mark: bool) -> Iterator[Part]:
    number, first, line, count, marks, start, end = 1, 0, 1, 0, 0, 0, 0
    for row in rows:
        if header + row.end - row.start > limits.most_bytes:
            raise Refused(
                f"the row in line {row.line} is larger than the {limits.most_bytes:,} bytes of a push"
            )
        weight = 1 if one_mark else _most_marks(row)
        if count and (marks + weight > limits.most_rows or header + row.end - start > limits.most_bytes):
            yield Part(number, start, end, header, line, first, count)
            number, first, count, marks = number + 1, first + count, 0, 0
        if not count:
            start, line = row.start, row.line
        end, count, marks = row.end, count + 1, marks + weight
    if count:
        yield Part(number, start, end, header, line, first, count)


def _most_marks(row: Row) -> int:
    """The most marks that a row of many days can hold: two to a cell, or one behind each comma in it."""
    return sum(cell.count(",") + 2 for cell in row.cells)


def _too_large(source: Source, limits: Limits, why: str) -> Refused:
    return Refused(
        f"{source.name} has {source.size:,} bytes, more than the {limits.most_bytes:,} of a push, and {why}"
    )
