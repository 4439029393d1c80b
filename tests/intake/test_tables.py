import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Malformed, TooLarge
from intake.tables import Table, read_table

KNOWN = {"UPN": "upn", "MISID": "mis_id", "From": "from", "YearGroup": "year_group"}


def table(body: bytes | str, **options: object) -> Table:
    raw = body.encode() if isinstance(body, str) else body
    return read_table([raw], **({"known": KNOWN, "needed": [("upn", "mis_id"), "from"]} | options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("UPN,From\nA1,2026-09-01\n", id="as exported"),
        pytest.param("UPN,From\r\nA1,2026-09-01", id="line ends of Windows, none at the end"),
        pytest.param("UPN,From\rA1,2026-09-01\r", id="line ends of an old Mac"),
        pytest.param("\n\nupn,FROM\n\nA1,2026-09-01\n,\n\n", id="blank lines and rows"),
        pytest.param("UPN;From\nA1;2026-09-01\n", id="semicolons"),
        pytest.param("UPN\tFrom\nA1\t2026-09-01\n", id="tabs"),
        pytest.param("sep=;\nUPN;From\nA1;2026-09-01\n", id="a line that tells Excel the delimiter"),
        pytest.param('"UPN","From"\n" A1 ","2026-09-01"\n', id="everything quoted, blanks round a cell"),
        pytest.param(codecs.BOM_UTF8 + b"UPN,From\nA1,2026-09-01\n", id="a byte-order mark"),
        pytest.param("Name,From,upn\nAda,2026-09-01,A1\n", id="another order and a column that isn't known"),
    ],
)
def test_a_table_reads_the_same_however_it_was_exported(body: bytes | str) -> None:
    assert list(table(body)) == [(1, {"upn": "A1", "from": "2026-09-01"})]


def test_columns_that_are_not_known_are_dropped_and_named() -> None:
    read = table("UPN,Forename,From,DOB,\nA1,Ada,2026-09-01,2015-01-01,\n")
    assert read.dropped_columns == ["Forename", "DOB"]
    assert [cells for _, cells in read] == [{"upn": "A1", "from": "2026-09-01"}]


def test_a_header_matches_with_spaces_and_underscores_too() -> None:
    assert [cells["year_group"] for _, cells in table("UPN,from,Year Group\nA,x,7\n")] == ["7"]
    assert [cells["year_group"] for _, cells in table("UPN,from,year_group\nA,x,7\n")] == ["7"]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_each_line_is_utf8_or_windows_1252_wherever_the_body_is_cut(size: int) -> None:
    body = "UPN,From\nZoë,1\n".encode() + "Zoë,2\n".encode("cp1252") + "€é,3\n".encode() + b"\x81,4\n"
    cut = [body[start : start + size] for start in range(0, len(body), size)]
    names = [cells["upn"] for _, cells in read_table(cut, known=KNOWN)]
    assert names == ["Zoë", "Zoë", "€é", "\x81"]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_utf_16_is_read_alike_wherever_the_body_is_cut(mark: bytes, size: int) -> None:
    letters = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    body = mark + "UPN,From\r\nZoë,1\r\n𝒜€,2\r\n".encode(letters)
    cut = [body[start : start + size] for start in range(0, len(body), size)]
    assert [cells["upn"] for _, cells in read_table(cut, known=KNOWN)] == ["Zoë", "𝒜€"]


def test_a_row_with_too_few_or_too_many_cells_is_a_fault_and_the_others_stay() -> None:
    read = table("UPN,From\nA1,1\nA2\nA3,3,3\nA4,4\n")
    assert [number for number, _ in read] == [1, 4]
    assert [(fault.row, fault.detail) for fault in read.faults] == [
        (2, "The row has 1 cells where the header has 2."),
        (3, "The row has 3 cells where the header has 2."),
    ]
    assert read.received == 4


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param("", "UPN or MISID, From. The body has no header", id="nothing"),
        pytest.param("UPN,Start\nA1,1\n", "missing: From. The header has UPN, Start", id="a missing column"),
        pytest.param(
            "Ada,P1,2026-09-01\n", "doesn't look like a header", id="a pupil's row, which isn't shown"
        ),
        pytest.param("UPN,From,upn\n", "UPN and upn both give the upn", id="a column twice"),
        pytest.param('UPN,From\nA1,"1\nA2,2\n', "after row 0", id="a quotation mark never closed"),
        pytest.param('"UPN,From\nA1,1\n', "header of the CSV can't be read", id="a header never closed"),
        pytest.param(
            "UPN,From," + "x" * 140_000, "header of the CSV can't be read", id="a header without end"
        ),
        pytest.param('UPN,From\n"A1"x,1\n', "after row 0", id="text behind a quoted cell"),
        pytest.param("UPN,From\nA1," + "x" * 140_000, "field limit", id="a cell without end"),
        pytest.param("UPN,From\nA1," + "x" * 2_000_000, "line of more than", id="a line without end"),
        pytest.param(
            "UPN,From\n".encode("utf-16") + b"A", "begins as UTF-16", id="UTF-16 cut within a letter"
        ),
        pytest.param("UPN,From\n".encode("utf-32"), "missing: UPN", id="UTF-32"),
        pytest.param(b"PK\x03\x04" + bytes(30), "spreadsheet", id="a workbook"),
    ],
)
def test_what_is_no_such_table_is_refused_in_words(body: bytes | str, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        list(table(body))


def test_the_number_of_rows_is_limited() -> None:
    assert len(list(table("UPN,From\n" + "A,1\n" * 3, max_rows=3))) == 3
    with pytest.raises(TooLarge, match="3 rows"):
        list(table("UPN,From\n" + "A,1\n" * 4, max_rows=3))


@pytest.mark.parametrize("blank", ["\n", "\r", ",\r\n", " , ,\n".replace(" ", "")])
def test_the_number_of_blank_lines_is_limited_alike(blank: str) -> None:
    body = "UPN,From\nA,1\n" + blank * 3 + "A,1\n"
    assert [number for number, _ in table(body, max_rows=3)] == [1, 2]
    with pytest.raises(TooLarge, match="3 lines with nothing in them"):
        list(table(body + blank, max_rows=3))


def test_what_is_quoted_is_freed_of_upns_first() -> None:
    read = table(
        "UPN,From,A000000000001 marks\n", pseudonymise=lambda text: text.replace("A000000000001", "u_")
    )
    assert read.dropped_columns == ["u_ marks"]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(st.lists(st.tuples(cells, cells), max_size=20), st.integers(1, 50))
def test_quoted_cells_come_back_as_they_were_wherever_the_body_is_cut(
    rows: list[tuple[str, str]], size: int
) -> None:
    def quote(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    body = "UPN,From\n" + "".join(f"{quote(upn)},{quote(day)}\r\n" for upn, day in rows)
    raw = body.encode()
    cut = [raw[start : start + size] for start in range(0, len(raw), size)]
    read = [(cells["upn"], cells["from"]) for _, cells in read_table(cut, known=KNOWN)]
    assert read == [(upn.strip(), day.strip()) for upn, day in rows if upn or day]
