import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import HeadwayError, Malformed
from intake.marks import NO_MINUTES, NO_TIME, Marks
from intake.registry import read_marks

SHAPES = Path(__file__).parents[1] / "data" / "shapes"
EXPECTED = json.loads((SHAPES / "expected_totals.json").read_text())


def read(body: str | bytes) -> Marks:
    return read_marks([body.encode() if isinstance(body, str) else body], media_type="text/csv")


def sample(name: str) -> Marks:
    return read((SHAPES / name).read_bytes())


def register_of(*pushes: Marks) -> dict[tuple[tuple[str, ...], str, bool], str]:
    """Each pupil's mark on a date and in a session, after all pushes."""
    return {
        (push.references[pupil], push.dates[date], bool(pm)): push.codes[code]
        for push in pushes
        for pupil, date, pm, code in zip(push.pupil, push.date, push.pm, push.code, strict=True)
    }


def test_the_sample_week_has_the_expected_marks() -> None:
    counts = Counter(code or "-" for code in register_of(sample("long_marks.csv")).values())
    assert counts == EXPECTED["marks_by_code"]


def test_the_sample_week_has_the_expected_marks_after_its_corrections() -> None:
    register = register_of(sample("long_marks.csv"), sample("long_marks_corrections.csv"))
    counts = Counter(code for code in register.values() if code)
    assert counts == EXPECTED["marks_by_code_after_corrections"]


def test_the_sample_week_names_its_pupils_dates_and_minutes() -> None:
    week = sample("long_marks.csv")
    assert week.layout == "long"
    assert (week.received, len(week.row), week.rejected) == (60, 60, [])
    assert week.references[:2] == [("9901", "Z000000026001"), ("9902", "N000000026002")]
    assert week.dates == ["2026-09-07", "2026-09-08", "2026-09-09", "2026-09-10", "2026-09-11"]
    assert week.minutes_late is not None
    assert sorted(minutes for minutes in week.minutes_late.tolist() if minutes != NO_MINUTES) == [9, 12, 55]
    assert week.source_updated_at is None
    assert week.row.tolist() == list(range(1, 61))


def test_our_own_field_names_are_headers_too() -> None:
    marks = read(
        "pupil,date,session,code,source_updated_at,minutes_late,deleted\n"
        "P1,2026-09-07,am,L,2026-09-07T08:45:00.000001+01:00,5,\n"
        "P1,07/09/2026,Pm, \\ ,,,FALSE\n"
        "P2,7/9/2026,PM,/,,,true\n"
    )
    assert [marks.codes[code] for code in marks.code] == ["L", "\\", ""]
    assert marks.pm.tolist() == [False, True, True]
    assert marks.dates == ["2026-09-07"]
    assert marks.source_updated_at is not None
    assert marks.source_updated_at.tolist() == [1_788_767_100_000_001, NO_TIME, NO_TIME]
    assert marks.minutes_late is not None
    assert marks.minutes_late.tolist() == [5, NO_MINUTES, NO_MINUTES]


def test_names_and_birthdays_are_dropped_unread() -> None:
    marks = read("MISID,Forename,DOB,Date,Session,Mark\n9,Ada,2015-01-01,2026-09-07,AM,/\n")
    assert marks.dropped_columns == ["Forename", "DOB"]
    assert "Ada" not in repr(marks)


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        pytest.param(",2026-09-07,AM,/,", "The reference is blank", id="no reference"),
        pytest.param("P\x002,2026-09-07,AM,/,", "control character", id="a control character"),
        pytest.param("P" * 65 + ",2026-09-07,AM,/,", "65 characters", id="a reference too long"),
        pytest.param("P1,30/02/2026,AM,/,", "30/02/2026 is no day of the calendar", id="30 February"),
        pytest.param("P1,09/13/2026,AM,/,", "no day of the calendar", id="the month first"),
        pytest.param("P1,Monday,AM,/,", 'The date "Monday" can\'t be read', id="no date"),
        pytest.param("P1,2026-09-07,EVE,/,", 'The session "EVE" is neither AM nor PM', id="no session"),
        pytest.param("P1,2026-09-07,AM,/,1000", "no whole number from 0 to 999", id="too many minutes"),
        pytest.param("P1,2026-09-07,AM,/,-1", "no whole number from 0 to 999", id="minutes below 0"),
        pytest.param("P1,2026-09-07,AM,/", "4 cells where the header has 5", id="a cell too few"),
    ],
)
def test_a_row_that_cannot_be_read_is_rejected_alone(row: str, detail: str) -> None:
    header = "pupil,date,session,code,minutes_late\n"
    marks = read(header + "P1,2026-09-08,AM,/,\n" + row + "\nP2,2026-09-08,PM,I,7\n")
    assert [(fault.row, detail in fault.detail) for fault in marks.rejected] == [(2, True)]
    assert marks.row.tolist() == [1, 3]
    assert marks.received == 3
    assert marks.references == [("P1",), ("P2",)]
    assert marks.dates == ["2026-09-08"]


def test_missing_columns_are_named_with_those_found() -> None:
    with pytest.raises(
        Malformed, match=r"missing: pupil or MISID or UPN, Session\. The header has Date, Mark"
    ):
        read("Date,Mark\n2026-09-07,/\n")


marks_of_a_row = st.tuples(
    st.sampled_from(["", "9901", " 9902 "]),
    st.sampled_from(["Z1", "Z2"]),
    st.sampled_from(["07/09/2026", "2026-09-08", " 9/9/2026 "]),
    st.sampled_from(["AM", "pm", " Am"]),
    st.sampled_from(["/", "\\", "", "-", " L ", "é;,\"'\n"]),
    st.sampled_from(["", "0", " 12"]),
)
DAYS = {"07/09/2026": "2026-09-07", "2026-09-08": "2026-09-08", "9/9/2026": "2026-09-09"}


@given(
    st.lists(marks_of_a_row, max_size=20),
    st.permutations(["MISID", "UPN", "Date", "Session", "Mark", "MinutesLate"]),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    st.integers(1, 200),
)
def test_rows_read_the_same_as_plainly_however_they_were_exported(
    rows: list[tuple[str, ...]], order: list[str], delimiter: str, encoding: str, size: int
) -> None:
    names = ["MISID", "UPN", "Date", "Session", "Mark", "MinutesLate"]
    written = io.StringIO(newline="")
    table = csv.writer(written, delimiter=delimiter)
    table.writerows([order, *([row[names.index(name)] for name in order] for row in rows)])
    raw = written.getvalue().encode(encoding)
    marks = read_marks((raw[start : start + size] for start in range(0, len(raw), size)), media_type=None)
    minutes = [NO_MINUTES] * len(rows) if marks.minutes_late is None else marks.minutes_late.tolist()
    read_back = [
        (marks.references[pupil], marks.dates[date], bool(pm), marks.codes[code], late)
        for pupil, date, pm, code, late in zip(
            marks.pupil, marks.date, marks.pm, marks.code, minutes, strict=True
        )
    ]
    assert read_back == [
        (
            tuple(filter(None, [mis_id.strip(), upn])),
            DAYS[date.strip()],
            session.strip().upper() == "PM",
            "" if mark == "-" else mark.strip(),
            int(late) if late else NO_MINUTES,
        )
        for mis_id, upn, date, session, mark, late in rows
    ]


@given(st.data(), st.integers(1, 200))
def test_a_damaged_table_is_refused_in_our_words_or_every_row_is_accounted_for(
    data: st.DataObject, size: int
) -> None:
    raw = bytearray((SHAPES / "long_marks.csv").read_bytes()[:400])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 4))] = data.draw(
            st.sampled_from([b"", b'"', b",", b"\n", b"\r", b"\0", b"\xff", b";", b'"\n"'])
        )
    chunks = [bytes(raw[start : start + size]) for start in range(0, len(raw), size)]
    try:
        marks = read_marks(chunks, media_type="text/csv")
    except HeadwayError as error:
        assert isinstance(error, Malformed)
    else:
        numbers = sorted([*marks.row.tolist(), *(fault.row or 0 for fault in marks.rejected)])
        assert numbers == list(range(1, marks.received + 1))
