import json
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import HeadwayError, Malformed, TooLarge
from intake.marks import Marks
from intake.marks_string import weekdays_from
from intake.registry import read_marks

SHAPES = Path(__file__).parents[1] / "data" / "shapes"
EXPECTED = json.loads((SHAPES / "expected_totals.json").read_text())
HEADER = "UPN,AttendanceStartDate,AttendanceMarks\n"
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
    strings = read((SHAPES / "marks_string.csv").read_bytes())
    long = read((SHAPES / "long_marks.csv").read_bytes())
    assert strings.layout == "marks_string"
    # The strings name pupils by UPN alone, the long layout by the system's own number too.
    assert marks_of(strings) == [((upn,), *mark) for (_, upn), *mark in marks_of(long)]
    assert Counter(code or "-" for *_, code in marks_of(strings)) == EXPECTED["marks_by_code"]
    assert (strings.received, strings.rejected, strings.dropped_columns) == (60, [], [])
    assert strings.row.tolist() == [row for row in range(1, 7) for _ in range(10)]


@pytest.mark.parametrize("layout", [None, "marks_string"])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(HEADER + 'P1,2026-09-11,"/,\\,I,-"\n', id="as exported"),
        pytest.param(
            "\ufeff" + HEADER.upper() + 'P1,11/09/2026,"/,\\,I,"\r\n', id="mark, capitals, DD/MM/YYYY"
        ),
        pytest.param(
            'Attendance Marks,upn,attendance_start_date\n"/, \\ ,I,-",P1, 11/9/2026 \n', id="another order"
        ),
        pytest.param(HEADER.replace(",", ";") + "P1;2026-09-11;/,\\,I,-\n", id="semicolons"),
        pytest.param("sep=\t\n" + HEADER.replace(",", "\t") + "P1\t2026-09-11\t/,\\,I,-\n", id="tabs"),
    ],
)
def test_a_string_reads_the_same_however_it_was_exported(body: str, layout: str | None) -> None:
    marks = read(body, layout)
    assert (marks.layout, marks.rejected, marks.received) == ("marks_string", [], 4)
    assert marks_of(marks) == [
        (("P1",), "2026-09-11", "AM", "/"),
        (("P1",), "2026-09-11", "PM", "\\"),
        (("P1",), "2026-09-14", "AM", "I"),
        (("P1",), "2026-09-14", "PM", ""),
    ]


def test_names_and_birthdays_are_dropped_unread() -> None:
    marks = read("Forename,DOB,MISID,YearGroup," + HEADER[4:] + "Ada,01/01/2015,9,7,2026-09-07,/\n")
    assert marks.dropped_columns == ["Forename", "DOB"]
    assert marks_of(marks) == [(("9",), "2026-09-07", "AM", "/")]
    assert "Ada" not in repr(marks)


def test_closed_days_have_their_places_and_weekends_have_none() -> None:
    # From the last Wednesday before a bank holiday to the Tuesday behind it.
    marks = read(HEADER + 'P1,2026-08-26,"1,2,3,4,5,6,#,#,/,\\"\n')
    held = {(date, session): code for _, date, session, code in marks_of(marks)}
    assert held["2026-08-28", "PM"] == "6"
    assert held["2026-08-31", "AM"] == held["2026-08-31", "PM"] == "#"
    assert held["2026-09-01", "PM"] == "\\"


@pytest.mark.parametrize("start", ["2026-09-05", "06/09/2026"])
def test_a_string_from_a_weekend_on_is_rejected_for_it_may_count_weekends(start: str) -> None:
    marks = read(HEADER + f'P1,{start},"/,\\,I"\nP2,2026-09-07,"/,\\"\n')
    assert [(fault.row, fault.pupil, fault.code) for fault in marks.rejected] == [
        (1, "P1", "/"),
        (1, "P1", "\\"),
        (1, "P1", "I"),
    ]
    assert all(f"{start} is a S" in fault.detail for fault in marks.rejected)
    assert (marks.received, len(marks.row)) == (5, 2)


@pytest.mark.parametrize(
    ("row", "rejected", "sentence"),
    [
        pytest.param('P1,,"/,\\"', 2, 'The date "" can\'t be read', id="no start"),
        pytest.param('P1,30/02/2026,"/,\\"', 2, "no day of the calendar", id="30 February"),
        pytest.param('P1,09/13/2026,"/,\\"', 2, "no day of the calendar", id="the month first"),
        pytest.param(
            'P1,9999-12-31,"/,\\,/,\\"', 2, "a day past 9999-12-31", id="past the last day there is"
        ),
        pytest.param('P1,2026-09-07,"/,\x07"', 1, "2026-09-07 PM: ", id="a mark that is none"),
        pytest.param(',2026-09-07,"/,\\"', 2, "2026-09-07 AM: The reference is blank", id="no pupil"),
        pytest.param("P1,2026-09-07,", 1, "The string has no marks", id="no marks"),
        pytest.param("P1,2026-09-07,/,\\,/,\\", 1, "6 cells where the header has 3", id="no quotes"),
        pytest.param("Total,,", 1, "The string has no marks", id="totals"),
        pytest.param(HEADER.strip(), 1, '"AttendanceStartDate" can\'t be read', id="the header again"),
    ],
)
def test_what_cannot_be_read_is_rejected_alone(row: str, rejected: int, sentence: str) -> None:
    marks = read(HEADER + f'P8,2026-09-07,"/,\\"\n{row}\nP9,2026-09-07,"I,I"\n')
    assert [fault.row for fault in marks.rejected] == [2] * rejected
    assert sentence in marks.rejected[0].detail
    assert [code for (pupil,), *_, code in marks_of(marks) if pupil in ("P8", "P9")] == ["/", "\\", "I", "I"]
    assert marks.received == len(marks.row) + rejected


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param(
            "Name,AttendanceStartDate,AttendanceMarks\n", "missing: pupil or MISID or UPN. The", id="no pupil"
        ),
        pytest.param("UPN,AttendanceMarks\n", "missing: AttendanceStartDate. The header has", id="no start"),
        pytest.param("UPN,AttendanceStartDate\n", "missing: AttendanceMarks. The header has", id="no marks"),
        pytest.param(HEADER + 'P1,2026-09-07,"/,\\\n', "can't be read after row 0", id="open quote"),
        pytest.param('P1,2026-09-07,"/,\\"\n', "doesn't look like a header", id="no header"),
    ],
)
def test_a_table_that_is_not_sound_is_refused_with_what_is_wrong(body: str, sentence: str) -> None:
    with pytest.raises(Malformed) as refused:
        read(body, "marks_string")
    assert sentence in refused.value.detail


def test_the_marks_are_limited_not_only_the_rows() -> None:
    body = HEADER + 'P1,2026-09-07,"/,\\,/"\n'
    assert read(body, max_rows=3).received == 3
    with pytest.raises(TooLarge, match="more than 2 rows"):
        read(body, max_rows=2)


def test_a_table_of_strings_is_never_held_whole() -> None:
    def chunks() -> Iterator[bytes]:
        yield HEADER.encode()
        for pupil in range(250):
            yield b'P%d,2026-09-07,"' % pupil + b"/,\\," * 200 + b'"\n'

    tracemalloc.start()
    try:
        marks = read_marks(chunks(), media_type=None)
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert marks.received == 250 * 401
    columns = sum(column.nbytes for column in (marks.pupil, marks.date, marks.pm, marks.code, marks.row))
    # As objects, the marks alone would take over 5 MB.
    assert held < columns + 1_000_000
    assert most < 2 * columns + 1_500_000


@given(
    st.dates(date(2006, 9, 1), date(2040, 7, 31)).filter(lambda day: day.weekday() < 5), st.integers(0, 60)
)
def test_weekdays_are_those_that_one_counts_off_on_a_calendar(first: date, count: int) -> None:
    counted: list[str] = []
    day = first
    while len(counted) < count:
        if day.weekday() < 5:
            counted += [day.isoformat()] * 2
        day += timedelta(days=1)
    assert weekdays_from(first, count) == counted[:count]


@given(st.data(), st.integers(1, 200))
def test_a_damaged_table_is_refused_in_our_words_or_every_mark_is_accounted_for(
    data: st.DataObject, size: int
) -> None:
    raw = bytearray((SHAPES / "marks_string.csv").read_bytes())
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
