import csv
import io
import json
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import HeadwayError, Malformed, TooLarge
from intake.marks import Marks
from intake.registry import read_marks

SHAPES = Path(__file__).parents[1] / "data" / "shapes"
EXPECTED = json.loads((SHAPES / "expected_totals.json").read_text())
Mark = tuple[tuple[str, ...], str, str, str]


def read(body: str | bytes, layout: str | None = None, **options: int) -> Marks:
    raw = body.encode() if isinstance(body, str) else body
    return read_marks([raw], media_type="text/csv", layout=layout, **options)  # type: ignore[arg-type]


def marks_of(read: Marks) -> list[Mark]:
    """References, date, session and code of each row, in order."""
    return [
        (read.references[pupil], read.dates[date], "PM" if pm else "AM", read.codes[code])
        for pupil, date, pm, code in zip(read.pupil, read.date, read.pm, read.code, strict=True)
    ]


def test_the_sample_week_has_the_marks_of_the_long_layout() -> None:
    wide = read((SHAPES / "wide_marks.csv").read_bytes())
    long = read((SHAPES / "long_marks.csv").read_bytes())
    assert wide.layout == "wide"
    assert marks_of(wide) == marks_of(long)
    assert Counter(code or "-" for *_, code in marks_of(wide)) == EXPECTED["marks_by_code"]
    assert (wide.received, wide.rejected, wide.dropped_columns) == (60, [], [])


def test_marks_are_numbered_by_their_row_in_the_table() -> None:
    week = read((SHAPES / "wide_marks.csv").read_bytes())
    assert week.row.tolist() == [row for row in range(1, 7) for _ in range(10)]
    assert week.many_in_a_row


@pytest.mark.parametrize("layout", [None, "wide"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param('UPN,07/09/2026,08/09/2026\nP1,"/,\\","I,-"\n', id="as exported"),
        pytest.param('\ufeffupn,7/9/2026,2026-09-08\r\nP1,"/,\\","I,"\r\n', id="mark, CRLF, other dates"),
        pytest.param('08/09/2026,UPN,07/09/2026\n"I,-",P1,"/,\\"\n', id="another order"),
        pytest.param("UPN;07/09/2026;08/09/2026\nP1;/,\\;I,\n", id="semicolons"),
        pytest.param("sep=;\nUPN;07/09/2026;08/09/2026\nP1;/,\\;I,\n", id="a line for Excel"),
        pytest.param('UPN,07/09/2026,08/09/2026\n P1 ," / , \\ "," I , - "\n', id="blanks"),
        pytest.param(
            "UPN\t07/09/2026 AM\t07/09/2026 PM\t08/09/2026 am\t2026-09-08_PM\nP1\t/\t\\\tI\t-\n",
            id="a column for each session",
        ),
        pytest.param('UPN,07/09/2026,08/09/2026 PM,08/09/2026 AM\nP1,"/,\\",,I\n', id="both kinds of column"),
    ],
)
def test_a_week_reads_the_same_however_it_was_exported(body: str, layout: str | None) -> None:
    marks = read(body, layout)
    assert (marks.layout, marks.rejected, marks.received) == ("wide", [], 4)
    assert sorted(marks_of(marks)) == [
        (("P1",), "2026-09-07", "AM", "/"),
        (("P1",), "2026-09-07", "PM", "\\"),
        (("P1",), "2026-09-08", "AM", "I"),
        (("P1",), "2026-09-08", "PM", ""),
    ]


def test_names_birthdays_and_totals_are_dropped_unread() -> None:
    marks = read('MISID,Surname,DOB,Year Group,07/09/2026,Total /\n9,Ada,01/01/2015,7,"/,\\",1\n')
    assert marks.dropped_columns == ["Surname", "DOB", "Total /"]
    assert "Ada" not in repr(marks)
    assert "2015" not in repr(marks)


@pytest.mark.parametrize("cell", ["", "-", " ", " - ", '","', '"-,-"', '" , "'])
def test_a_blank_day_is_no_mark_in_both_sessions(cell: str) -> None:
    marks = read(f"UPN,07/09/2026\nP1,{cell}\n")
    assert [code for *_, code in marks_of(marks)] == ["", ""]
    assert marks.received == 2


@pytest.mark.parametrize("cell", ["/", '"/,\\,/"', "12", "07/09/2026"])
def test_a_day_without_two_marks_is_rejected_for_both_sessions_alone(cell: str) -> None:
    marks = read(f'UPN,07/09/2026,08/09/2026\nP1,{cell},"/,\\"\nP2,"I,I","I,I"\n')
    assert [(fault.row, fault.pupil, fault.code) for fault in marks.rejected] == [
        (1, "P1", cell.strip('"'))
    ] * 2
    assert [fault.detail.partition(": ")[0] for fault in marks.rejected] == ["2026-09-07 AM", "2026-09-07 PM"]
    assert (marks.received, len(marks.row)) == (8, 6)


def test_a_mark_that_cannot_be_read_is_rejected_alone_with_its_session() -> None:
    marks = read('UPN,07/09/2026\nP1,"/,\x07"\n,"/,\\"\n')
    assert [(fault.row, fault.detail.partition(": ")[0]) for fault in marks.rejected] == [
        (1, "2026-09-07 PM"),
        (2, "2026-09-07 AM"),
        (2, "2026-09-07 PM"),
    ]
    assert marks_of(marks) == [(("P1",), "2026-09-07", "AM", "/")]


@pytest.mark.parametrize("header", ["30/02/2026", "09/13/2026", "07-09-2026", "07/09/26"])
def test_what_only_looks_like_a_day_rejects_the_marks_below_it(header: str) -> None:
    marks = read(f'UPN,{header},08/09/2026\nP1,"/,\\","I,I"\n')
    assert [fault.row for fault in marks.rejected] == [1, 1]
    assert all(header in fault.detail for fault in marks.rejected)
    assert [code for *_, code in marks_of(marks)] == ["I", "I"]


def test_a_row_without_quotation_marks_counts_as_one() -> None:
    marks = read('UPN,07/09/2026,08/09/2026\nP1,/,\\,/,\\\nP2,"/,\\","/,\\"\n')
    assert [(fault.row, fault.detail) for fault in marks.rejected] == [
        (1, "The row has 5 cells where the header has 3.")
    ]
    assert (marks.received, len(marks.row)) == (5, 4)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param("UPN,Monday\nP1,/\n", "No column is headed by a day", id="no day"),
        pytest.param(
            "Name,07/09/2026,08/09/2026\n", "missing: pupil or MISID or UPN. The header has", id="no pupil"
        ),
        pytest.param("UPN,07/09/2026,2026-09-07\n", "both give the 2026-09-07", id="a day twice"),
        pytest.param(
            "UPN,07/09/2026 AM,07/09/2026 am\n", "both give the 2026-09-07 AM", id="a session twice"
        ),
        pytest.param(
            "UPN,07/09/2026,07/09/2026 PM\n",
            "2026-09-07 has a column for the day and one for a session of it",
            id="a day and its session",
        ),
        pytest.param('UPN,07/09/2026\nP1,"/,\\\nP2,"/,\\"\n', "can't be read after row 0", id="open quote"),
        pytest.param('UPN,"07/09/2026\nP1,"/,\\"\n', "header of the CSV can't be read", id="open header"),
    ],
)
def test_a_table_that_is_not_sound_is_refused_with_what_is_wrong(body: str, sentence: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(body, "wide")
    assert sentence in refused.value.detail


def test_a_recognised_table_without_its_pupils_names_what_is_missing() -> None:
    with pytest.raises(Malformed, match=r"^These columns are missing: pupil or MISID or UPN\. The header"):
        read('Name,07/09/2026,08/09/2026\nAda,"/,\\","/,\\"\n')


@pytest.mark.parametrize("layout", [None, "wide"])
def test_a_pupils_row_in_place_of_the_header_is_not_shown(layout: str | None) -> None:
    with pytest.raises(Malformed) as refused:
        read("Ada Example,9901,2026-09-07,AM,/\n", layout)
    assert "Ada" not in refused.value.detail


def test_the_marks_are_limited_not_only_the_rows() -> None:
    body = 'UPN,07/09/2026\nP1,"/,\\"\nP2,"/,\\"\n'
    assert read(body, max_rows=4).received == 4
    with pytest.raises(TooLarge, match="more than 3 rows"):
        read(body, max_rows=3)


def test_a_wide_table_is_never_held_whole() -> None:
    days = [f"{day:02}/{month:02}/2026" for month in range(1, 11) for day in range(1, 26)]

    def chunks() -> Iterator[bytes]:
        yield ",".join(["UPN", *days]).encode() + b"\n"
        for pupil in range(200):
            yield b"P%d" % pupil + b',"/,\\"' * len(days) + b"\n"

    tracemalloc.start()
    try:
        marks = read_marks(chunks(), media_type=None)
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert marks.received == 200 * 500
    columns = sum(column.nbytes for column in (marks.pupil, marks.date, marks.pm, marks.code, marks.row))
    # As objects, the marks alone would take over 5 MB.
    assert held < columns + 500_000
    assert most < 2 * columns + 1_500_000


CODES = st.sampled_from(["/", "\\", "", "-", " L ", "é;", "C1"])
REFERENCES = st.tuples(st.sampled_from(["9901", " 9902 "]), st.sampled_from(["Z1", "Zoë", ""]))
DAYS = {"07/09/2026": "2026-09-07", "2026-09-08": "2026-09-08", " 9/9/2026 ": "2026-09-09"}


@given(
    st.data(), st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]), st.integers(1, 99)
)
def test_marks_read_the_same_as_plainly_however_they_were_exported(
    data: st.DataObject, delimiter: str, encoding: str, size: int
) -> None:
    headers = data.draw(st.permutations(["MISID", "UPN", "Form", *DAYS]))
    written = io.StringIO(newline="")
    table = csv.writer(written, delimiter=delimiter)
    table.writerow(headers)
    expected = []
    for mis_id, upn in data.draw(st.lists(REFERENCES, max_size=6)):
        pairs = {header: (data.draw(CODES), data.draw(CODES)) for header in DAYS}
        cells = {header: ",".join(pair) for header, pair in pairs.items()}
        table.writerow(
            [{"MISID": mis_id, "UPN": upn, "Form": "7É"}.get(h) or cells.get(h, "") for h in headers]
        )
        pupil = tuple(filter(None, [mis_id.strip(), upn]))
        for header in headers:
            for session, code in zip(("AM", "PM"), pairs.get(header, ()), strict=False):
                expected.append((pupil, DAYS[header], session, "" if code == "-" else code.strip()))
    raw = written.getvalue().encode(encoding)
    chunks = (raw[start : start + size] for start in range(0, len(raw), size))
    marks = read_marks(chunks, media_type=None)
    assert marks_of(marks) == expected
    assert (marks.received, marks.rejected, marks.dropped_columns) == (len(expected), [], ["Form"])


@given(st.data(), st.integers(1, 200))
def test_a_damaged_table_is_refused_in_our_words_or_every_mark_is_accounted_for(
    data: st.DataObject, size: int
) -> None:
    raw = bytearray((SHAPES / "wide_marks.csv").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 4))] = data.draw(
            st.sampled_from([b"", b'"', b",", b"\n", b"\r", b"\0", b"\xff", b";", b'"\n"', b"/", b"9"])
        )
    chunks = [bytes(raw[start : start + size]) for start in range(0, len(raw), size)]
    try:
        marks = read_marks(chunks, media_type="text/csv")
    except HeadwayError as error:
        assert isinstance(error, Malformed)
    else:
        in_row = Counter([*marks.row.tolist(), *(fault.row for fault in marks.rejected)])
        assert marks.received == in_row.total()
        assert sorted(in_row) == list(range(1, len(in_row) + 1))
        # A row has all its marks, or counts as one.
        assert len(set(in_row.values()) - {1}) <= 1
