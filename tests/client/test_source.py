import errno
import gzip
import os
from pathlib import Path

import pytest

from client.endings import NotReadable, Refused
from client.source import Kind, kind_of, source_of


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        pytest.param(b"pupil,code\n", Kind.TABLE, id="a header"),
        pytest.param(b'\xef\xbb\xbf{"pupil": "A"}\n{"pupil": "B"}\n', Kind.LINES, id="JSON lines"),
        pytest.param(b'{"pupil": "A"}', Kind.LINES, id="one JSON line without an end"),
        pytest.param(b'{"data": [{}]}\n', Kind.JSON, id="a page"),
        pytest.param(b'{\n "data": [{}]}\n', Kind.JSON, id="a page over several lines"),
        pytest.param(b'  [{"pupil": "A"}]', Kind.JSON, id="an array"),
        pytest.param(b"<?xml version='1.0'?>", Kind.XML, id="XML"),
        pytest.param(b"PK\x03\x04", Kind.OTHER, id="a spreadsheet"),
        pytest.param(b"\xff\xfep\x00", Kind.OTHER, id="UTF-16"),
        pytest.param(b"", Kind.TABLE, id="nothing"),
    ],
)
def test_the_content_says_what_a_file_is(opening: bytes, kind: Kind) -> None:
    assert kind_of(opening, complete=True) is kind


def test_gzip_is_the_same_file_as_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"pupil,code\nA,/\n")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"pupil,code\nA,/\n"))
    plain, packed = source_of(tmp_path / "a.csv"), source_of(tmp_path / "a.csv.gz")
    assert (plain.digest, plain.size, plain.kind) == (packed.digest, packed.size, packed.kind)
    with packed.open() as stream:
        assert stream.read() == b"pupil,code\nA,/\n"


@pytest.mark.parametrize("damage", [lambda raw: raw[:-4], lambda raw: raw[:20] + b"\x00" * 9 + raw[29:]])
def test_gzip_that_is_damaged_is_refused(tmp_path: Path, damage: object) -> None:
    file = tmp_path / "a.csv.gz"
    file.write_bytes(damage(gzip.compress(b"pupil,code\n" + bytes(range(32, 127)) * 9)))  # type: ignore[operator]
    with pytest.raises(Refused, match=r"a\.csv\.gz is gzip that is damaged"):
        source_of(file)


def test_a_file_that_is_not_there_cannot_be_read_now(tmp_path: Path) -> None:
    with pytest.raises(NotReadable, match=r"a\.csv can't be read: No such file"):
        source_of(tmp_path / "a.csv")


def test_a_pipe_is_no_file_because_it_is_read_only_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotReadable, match="isn't a file on disk"):
        source_of(tmp_path / "pipe")


def test_a_file_that_is_lost_while_it_is_read_cannot_be_read_now(tmp_path: Path) -> None:
    file = tmp_path / "marks.csv"
    file.write_text("marks")
    with pytest.raises(NotReadable, match="Stale file handle"), source_of(file).open():
        raise OSError(errno.ESTALE, "Stale file handle")
