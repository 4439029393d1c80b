"""The client counts rows as the server does, so that a row's number leads to its line in the file."""

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from client.lines import lines_of_rows, rows_in
from client.source import Kind, source_of
from domain.errors import Malformed
from intake.tables import read_table


def lines(body: bytes, kind: Kind = Kind.TABLE) -> list[int]:
    return [row.line for row in rows_in(io.BytesIO(body), kind)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b"pupil,code\nA,/\nB,/\n", [2, 3], id="as exported"),
        pytest.param(b"pupil,code\r\nA,/\r\nB,/", [2, 3], id="line ends of Windows, none at the end"),
        pytest.param(b"pupil,code\rA,/\rB,/\r", [2, 3], id="line ends of an old Mac"),
        pytest.param(b"\n\npupil,code\n\nA,/\n,\n\nB,/\n", [5, 8], id="blank lines and rows"),
        pytest.param(b"sep=;\npupil;code\nA;/\n", [3], id="a line that tells Excel the delimiter"),
        pytest.param(b'\xef\xbb\xbf"pupil",code\nA,/\n', [2], id="a byte-order mark"),
        pytest.param(b'pupil,code\n"A\n1",/\nB,/\n', [2, 4], id="a line end within a cell"),
        pytest.param(b'"pupil\nname",code\nA,/\n', [3], id="a line end within the header"),
        pytest.param(b"pupil,code\nA,/\n \nB,/\n", [2, 3, 4], id="a line of blanks is a row"),
        pytest.param(b"pupil,code\n", [], id="a header alone"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_each_row_of_a_table_has_the_line_that_it_begins_in(body: bytes, expected: list[int]) -> None:
    assert lines(body) == expected


def test_json_lines_that_are_blank_are_not_counted() -> None:
    assert lines(b'\xef\xbb\xbf{"a":1}\n\n  \n{"a":2}\r\n{"a":3}', Kind.LINES) == [1, 4, 5]


CELL = st.text(alphabet='ab1é /,;"\n\r', max_size=5)


def written(cells: list[str]) -> str:
    return ",".join(
        '"' + cell.replace('"', '""') + '"' if set(cell) & set(',;"\n\r') else cell for cell in cells
    )


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=2).map(written), max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
)
def test_rows_are_those_that_the_server_counts(rows: list[str], end: str, encoding: str) -> None:
    body = end.join(["pupil,code", *rows]).encode(encoding)
    read = read_table([body], known={"pupil": "pupil", "code": "code"})
    found = list(rows_in(io.BytesIO(body), Kind.TABLE))
    assert len(found) == len(list(read)) + len(read.faults)
    for row in found:
        alone = read_table(
            [b"pupil,code\n" + body[row.start : row.end]], known={"pupil": "pupil", "code": "code"}
        )
        assert len(list(alone)) + len(alone.faults) == 1


@given(st.text(alphabet='ab,"\n', max_size=20))
def test_whatever_a_table_is_the_server_counts_as_many_rows_or_refuses_it(text: str) -> None:
    body = f"pupil,code\n{text}".encode()
    try:
        read = read_table([body], known={"pupil": "pupil", "code": "code"})
        list(read)
    except Malformed:
        assume(False)
    assert len(lines(body)) == read.received


def test_lines_are_found_for_the_rows_that_are_asked_for_and_in_gzip_too(tmp_path: Path) -> None:
    file = tmp_path / "marks.csv.gz"
    file.write_bytes(gzip.compress(b"pupil,code\nA,/\n\nB,/\nC,/\n"))
    assert lines_of_rows(source_of(file), {2, 3, 9}) == {2: 4, 3: 5}


def test_rows_behind_broken_quoting_have_no_line(tmp_path: Path) -> None:
    file = tmp_path / "marks.csv"
    file.write_bytes(b'pupil,code\nA,/\n"B"b,/\nC,/\n')
    assert lines_of_rows(source_of(file), {1, 3}) == {1: 2}


def test_rows_of_json_have_no_lines(tmp_path: Path) -> None:
    file = tmp_path / "marks.json"
    file.write_bytes(b'[\n{"pupil": "A"}\n]')
    assert lines_of_rows(source_of(file), {1}) == {}
