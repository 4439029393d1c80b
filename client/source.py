"""The file that is pushed: its bytes, inflated where it is gzip, read as often as needed and never held as a whole."""

import gzip
import hashlib
import json
import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import BinaryIO, cast

from client.endings import NotReadable, Refused

BLOCK = 1 << 16
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
# UTF-16 and spreadsheets go as they are, in one part: the server takes those and says what is wrong with these.
_NO_TEXT = (b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04")
_PAGE = re.compile(rb'\{\s*"data"\s*:')


class Kind(Enum):
    """What the content is, as far as the client must know; the value is its media type."""

    TABLE = "text/csv"
    LINES = "application/x-ndjson"
    JSON = "application/json"
    XML = "application/xml"
    OTHER = "application/octet-stream"


@dataclass(frozen=True)
class Source:
    """A file as it was when it was looked at: `length` bytes on disk, last changed at `when`, in nanoseconds.

    `size` and `digest` are of the inflated content.
    """

    path: Path
    packed: bool
    when: int
    length: int
    size: int
    digest: str
    kind: Kind

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The inflated content from its start. Raises `NotReadable` where the file is another one now, or is lost."""
        self.check()
        try:
            with _opened(self.path, self.packed) as stream:
                yield stream
        except OSError as error:
            raise _not_readable(self.path, error) from error

    def check(self) -> None:
        """Raises `NotReadable` where the file was changed since it was looked at."""
        try:
            now = self.path.stat()
        except OSError as error:
            raise _not_readable(self.path, error) from error
        if (now.st_size, now.st_mtime_ns) != (self.length, self.when):
            raise NotReadable(f"{self.name} was changed while it was pushed; push it once it is finished")


def source_of(path: Path) -> Source:
    """The file at that path, read once from end to end. Raises `NotReadable`, and `Refused` for broken gzip."""
    try:
        before = path.stat()
        if not stat.S_ISREG(before.st_mode):
            raise NotReadable(f"{path.name} isn't a file on disk, which is read more than once")
        with path.open("rb") as stream:
            packed = stream.read(len(_GZIP)) == _GZIP
        size, digest, opening = 0, hashlib.sha256(), b""
        with _opened(path, packed) as content:
            while block := content.read(BLOCK):
                opening = opening or block
                size += len(block)
                digest.update(block)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Refused(f"{path.name} is gzip that is damaged or cut short: {error}") from error
    except OSError as error:
        raise _not_readable(path, error) from error
    kind = kind_of(opening, complete=size == len(opening))
    source = Source(path, packed, before.st_mtime_ns, before.st_size, size, digest.hexdigest(), kind)
    source.check()
    return source


def kind_of(opening: bytes, *, complete: bool) -> Kind:
    """What begins so; `complete` says that nothing comes behind it."""
    if opening.startswith(_NO_TEXT):
        return Kind.OTHER
    text = opening.removeprefix(_BOM).lstrip()
    if text[:1] == b"<":
        return Kind.XML
    if text[:1] == b"[":
        return Kind.JSON
    if text[:1] == b"{":
        line, ended, _ = text.partition(b"\n")
        return Kind.LINES if (ended or complete) and _is_row(line) else Kind.JSON
    return Kind.TABLE


def _is_row(line: bytes) -> bool:
    """Whether a line is a JSON object by itself, and no page of several rows."""
    try:
        return isinstance(json.loads(line), dict) and not _PAGE.match(line)
    except (ValueError, RecursionError):
        return False


@contextmanager
def _opened(path: Path, packed: bool) -> Iterator[BinaryIO]:
    with path.open("rb") as stream:
        if packed:
            with gzip.GzipFile(fileobj=stream) as inflated:
                yield cast(BinaryIO, inflated)
        else:
            yield stream


def _not_readable(path: Path, error: OSError) -> NotReadable:
    return NotReadable(f"{path.name} can't be read: {error.strerror or error}")
