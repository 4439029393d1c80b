"""CSV as schools' systems export it, read by the names of its columns.

Taken are UTF-8, with or without a byte-order mark, UTF-16 with one, and Windows-1252; any line end; comma, semicolon
or tab between the cells, as the header has it; columns in any order, their names in any case, with or without spaces
and underscores.
"""

import codecs
import csv
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from encodings import cp1252
from operator import itemgetter

from domain.errors import Fault, Malformed, TooLarge
from intake.body import in_blocks
from intake.unicode import in_utf_8

Privacy = Callable[[str], str]
"""Replaces what must not be kept (UPNs) in a text."""

LONGEST_LINE = 1 << 20
LONGEST_QUOTE = 64
_BLOCK = 1 << 16
_DELIMITERS = ",;\t"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# The five bytes that Windows-1252 leaves open stay control characters, which no reference may hold.
_WINDOWS_1252 = "".join(
    chr(byte) if text == "\ufffe" else text for byte, text in enumerate(cp1252.decoding_table)
)


@dataclass
class Table:
    """An opened table. Iterate over it once: each row's number and its cells, trimmed, by the columns' known names.

    Rows are numbered from 1 for the first one below the header; lines with nothing in any cell are passed over and not
    counted, as long as there are no more of them than there may be rows. A row with too few or too many cells is left
    out and noted in `faults`, which is complete once the table has been read to its end. `columns` gives the position
    of each known column that the header has.
    """

    columns: dict[str, int]
    dropped_columns: list[str]
    width: int
    max_rows: int
    rows: Iterator[list[str]]
    faults: list[Fault] = field(default_factory=list)
    received: int = 0
    blank: int = 0

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        for numbers, rows in self.batches():
            for number, row in zip(numbers, rows, strict=True):
                yield number, {name: row[place].strip() for name, place in self.columns.items()}

    def batches(self, size: int = 2048) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
        """The numbers and the raw cells of up to `size` rows at a time, all of the header's width."""
        while batch := self._next_rows(size):
            rows = list(filter(any, batch))
            self.blank += len(batch) - len(rows)
            if self.blank > self.max_rows:
                # Passing over them takes time too: 64 MiB of line ends would keep a worker for a minute.
                raise TooLarge(f"The body has more than {self.max_rows:,} lines with nothing in them.")
            if not rows:
                continue
            numbers = range(self.received + 1, self.received + len(rows) + 1)
            self.received += len(rows)
            if self.received > self.max_rows:
                raise TooLarge(f"The body has more than {self.max_rows:,} rows. Send it in several parts.")
            yield self._of_full_width(numbers, rows)

    def column(self, name: str, rows: list[list[str]]) -> list[str]:
        """One column of a batch, untrimmed."""
        return list(map(itemgetter(self.columns[name]), rows))

    def _next_rows(self, size: int) -> list[list[str]]:
        try:
            return list(itertools.islice(self.rows, size))
        except csv.Error as error:
            raise Malformed(
                f"The CSV can't be read after row {self.received}: {error}. A cell that holds a quotation mark, "
                "a line end or the delimiter is put in quotation marks, and those in it are doubled."
            ) from None

    def _of_full_width(
        self, numbers: Sequence[int], rows: list[list[str]]
    ) -> tuple[Sequence[int], list[list[str]]]:
        if set(map(len, rows)) <= {self.width}:
            return numbers, rows
        for number, row in zip(numbers, rows, strict=True):
            if len(row) != self.width:
                detail = f"The row has {len(row)} cells where the header has {self.width}."
                self.faults.append(Fault(detail, row=number))
        kept = [(number, row) for number, row in zip(numbers, rows, strict=True) if len(row) == self.width]
        return [number for number, _ in kept], [row for _, row in kept]


def read_table(
    chunks: Iterable[bytes],
    *,
    known: Mapping[str, str],
    needed: Iterable[str | tuple[str, ...]] = (),
    also: Callable[[str], str | None] = lambda header: None,
    pseudonymise: Privacy = str,
    max_rows: int = 1_000_000,
) -> Table:
    """Opens a CSV upload: reads its header now, its rows as the returned table is iterated.

    `known` gives the header names that are taken, each with the name that the caller has for that column; several
    headers may stand for one name. `needed` lists the names that must be there, a tuple where any one of several will
    do. `also` names a header that can't be listed, such as a day, or says None. All other columns are dropped unread,
    and named in `dropped_columns`. What errors quote goes through `pseudonymise` first.

    Raises `Malformed` where the body is empty, is no CSV, lacks a needed column or has two for one name; while
    iterating also `Malformed` for broken quoting, a line over 1 MiB or a cell over 128 Ki characters, and `TooLarge`
    past `max_rows`, of rows or of blank lines.
    """
    names = {header_key(header): name for header, name in known.items()}
    rows = _rows_of(_lines_of(chunks), names)
    header = _header_of(rows)
    columns: dict[str, int] = {}
    dropped: list[str] = []
    for place, text in enumerate(header):
        name = names.get(header_key(text)) or also(text)
        if name is None:
            if text.strip():
                dropped.append(quoted(text.strip(), pseudonymise))
        elif name in columns:
            both = f"{header[columns[name]].strip()} and {text.strip()}"
            raise Malformed(f"The columns {both} both give the {name}; keep one of them.")
        else:
            columns[name] = place
    _check_needed(columns, needed, known, dropped)
    return Table(columns, dropped, len(header), max_rows, rows)


def header_cells(opening: bytes) -> list[list[str]]:
    """The first line that isn't blank, split in each way that a header may be; to recognise a layout by."""
    lines = _decoded(opening.removeprefix(codecs.BOM_UTF8)).lstrip().splitlines()
    line = next(filter(_may_be_header, lines), "")
    return [_cells(line, delimiter) for delimiter in _DELIMITERS]


def header_key(text: str) -> str:
    """What is compared of a header: letters and digits in small letters, so `Minutes Late` is `minutes_late`."""
    return re.sub(r"[\s_]+", "", text).casefold()


def quoted(text: str, pseudonymise: Privacy) -> str:
    """A text as errors may show it: freed of UPNs first, then at most 64 characters, none of them a control."""
    shown = _CONTROL.sub("\ufffd", pseudonymise(text))
    return shown if len(shown) <= LONGEST_QUOTE else shown[: LONGEST_QUOTE - 1] + "…"


def _check_needed(
    columns: dict[str, int],
    needed: Iterable[str | tuple[str, ...]],
    known: Mapping[str, str],
    dropped: list[str],
) -> None:
    as_written = {name: header for header, name in reversed(list(known.items()))}
    missing = []
    for names in needed:
        any_of = (names,) if isinstance(names, str) else names
        if not columns.keys() & set(any_of):
            missing.append(" or ".join(as_written.get(name, name) for name in any_of))
    if not missing:
        return
    found = [as_written.get(name, name) for name in columns] + dropped
    # A first line with figures and no known name is likely a pupil's row: it isn't shown.
    if columns.keys().isdisjoint(as_written) and any(re.search(r"\d", text) for text in dropped):
        shown = "The first line doesn't look like a header."
    else:
        shown = f"The header has {', '.join(found[:40])}." if found else "The body has no header."
    raise Malformed(f"These columns are missing: {', '.join(missing)}. {shown}")


def _rows_of(lines: Iterator[str], names: Mapping[str, str]) -> Iterator[list[str]]:
    """All rows from the header on, split at the delimiter that gives the header the most known names."""
    first = next(filter(_may_be_header, lines), "")

    def known_names(delimiter: str) -> int:
        return sum(header_key(cell) in names for cell in _cells(first, delimiter))

    delimiter = max(_DELIMITERS, key=known_names)
    return csv.reader(itertools.chain([first], lines), delimiter=delimiter, strict=True)


def _may_be_header(line: str) -> bool:
    """Whether a line is neither blank nor the one that tells Excel the delimiter."""
    return bool(line.strip()) and not re.match(r'"?sep=', line)


def _header_of(rows: Iterator[list[str]]) -> list[str]:
    try:
        return next(rows, [])
    except csv.Error as error:
        raise Malformed(f"The header of the CSV can't be read: {error}.") from None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _lines_of(chunks: Iterable[bytes]) -> Iterator[str]:
    return itertools.chain.from_iterable(
        io.StringIO(_decoded(block), newline="")
        for block in _whole_lines(in_blocks(in_utf_8(chunks), _BLOCK))
    )


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes cut behind line ends only, so that no character is cut; the byte-order mark is taken off."""
    waiting = b""
    start = True
    for block in blocks:
        cut = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
        if not cut:
            waiting += block
            if len(waiting) > LONGEST_LINE:
                raise Malformed(f"The CSV has a line of more than {LONGEST_LINE:,} bytes.")
            continue
        lines, waiting = waiting + block[:cut], block[cut:]
        yield _without_mark(lines) if start else lines
        start = False
    if waiting:
        yield _without_mark(waiting) if start else waiting


def _without_mark(opening: bytes) -> bytes:
    if opening.startswith(b"PK\x03\x04"):
        raise Malformed("The body is a spreadsheet or zip file; save it as CSV.")
    return opening.removeprefix(codecs.BOM_UTF8)


def _decoded(lines: bytes) -> str:
    """UTF-8, or each line that isn't UTF-8 as Windows-1252: files put together from several exports have both."""
    try:
        return lines.decode()
    except UnicodeDecodeError:
        return "".join(map(_decoded_line, lines.splitlines(keepends=True)))


def _decoded_line(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return codecs.charmap_decode(line, "strict", _WINDOWS_1252)[0]
