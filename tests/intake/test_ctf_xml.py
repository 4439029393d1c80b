import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import HeadwayError, Malformed
from intake.marks import Marks
from intake.registry import read_marks

SHAPES = Path(__file__).parents[1] / "data" / "shapes"
SAMPLE = (SHAPES / "ctf_attendance_fragment.xml").read_bytes()
EXPECTED = json.loads((SHAPES / "expected_totals.json").read_text())["marks_by_code"]
UPN = "Z000000026001"


def stretch(marks: str = "/,\\", start: str = "2026-09-07") -> str:
    return (
        f"<AttendSessions><AttendanceStartDate>{start}</AttendanceStartDate>"
        f"<AttendanceMarks>{marks}</AttendanceMarks></AttendSessions>"
    )


def pupil(*stretches: str, upn: str = f"<UPN>{UPN}</UPN>") -> str:
    years = "".join(f"<YearData><Year>2027</Year>{each}</YearData>" for each in stretches)
    return f"<Pupil>{upn}<Surname>Lovelace</Surname><Attendance>{years}</Attendance></Pupil>"


def of(*pupils: str, root: str = "CTpupilData") -> str:
    return f"<{root}>{''.join(pupils)}</{root}>"


def read(body: str | bytes, *, size: int = 1 << 16, block: int = 1 << 16) -> Marks:
    raw = body.encode() if isinstance(body, str) else body
    pieces = (raw[start : start + size] for start in range(0, len(raw), size))
    return read_marks(pieces, media_type="text/xml", layout="ctf_xml", block=block)


def shown(marks: Marks) -> list[tuple[int, str, str, str]]:
    return [
        (
            int(marks.row[place]),
            marks.dates[marks.date[place]],
            "PM" if marks.pm[place] else "AM",
            marks.codes[marks.code[place]],
        )
        for place in range(len(marks.row))
    ]


@given(st.integers(1, 1000), st.integers(1, 1000))
def test_the_sample_has_the_expected_marks_however_it_is_cut(size: int, block: int) -> None:
    marks = read(SAMPLE, size=size, block=block)
    assert (marks.layout, marks.received, marks.rejected) == ("ctf_xml", 60, [])
    assert Counter(code or "-" for *_, code in shown(marks)) == EXPECTED
    assert marks.references[0] == (UPN,)
    assert marks.dropped_columns == ["Year", "LEA", "Estab", "SchoolName", "SessionsPossible"]


@pytest.mark.parametrize("root", ["CTpupilData", "CTFpupilData", "CTfile"])
def test_it_is_recognised_by_its_outermost_element(root: str) -> None:
    body = f"<?xml version='1.0'?><!-- export -->{of(pupil(stretch()), root=root)}"
    assert read_marks([body.encode()], media_type=None).layout == "ctf_xml"


def test_several_stretches_of_a_pupil_each_begin_on_their_day() -> None:
    marks = read(of(pupil(stretch("/,\\,I"), stretch("O", "2026-09-11"), stretch("L,\\,I", "2026-09-18"))))
    assert shown(marks) == [
        (1, "2026-09-07", "AM", "/"),
        (1, "2026-09-07", "PM", "\\"),
        (1, "2026-09-08", "AM", "I"),
        (1, "2026-09-11", "AM", "O"),
        (1, "2026-09-18", "AM", "L"),
        (1, "2026-09-18", "PM", "\\"),
        (1, "2026-09-21", "AM", "I"),
    ]
    assert marks.many_in_a_row


def test_the_number_of_a_pupil_may_stand_behind_the_marks() -> None:
    moved = pupil(stretch(), upn="").replace("</Pupil>", f"<UPN>{UPN}</UPN></Pupil>")
    assert read(of(moved)).references == [(UPN,)]


def test_names_are_dropped_unread_and_numbers_replaced() -> None:
    contact = "<Contacts><Contact><Surname>Byron</Surname><UPN>A123456789012</UPN></Contact></Contacts>"
    body = of(pupil(stretch()).replace("<Attendance>", contact + "<Attendance>"))
    marks = read_marks(
        [body.encode()], media_type=None, pseudonymise=lambda text: text.replace(UPN, "u_of_them")
    )
    assert marks.references == [("u_of_them",)]
    assert marks.dropped_columns == ["Surname", "Contacts", "Year"]
    assert not {"Lovelace", "Byron", UPN, "A123456789012"} & set(repr(marks).replace("'", " ").split())


@pytest.mark.parametrize(
    ("wrong", "rejected", "words"),
    [
        pytest.param(pupil(stretch(), upn=""), 2, "blank", id="no number"),
        pytest.param(pupil(stretch(), upn="<UPN>A</UPN><UPN>B</UPN>"), 2, "2 times", id="two numbers"),
        pytest.param(pupil(stretch("/,\\,/", start="")), 3, "date", id="no start"),
        pytest.param(pupil(stretch(start="07/09/2026")), 2, "write YYYY-MM-DD", id="a date as in CSV"),
        pytest.param(pupil(stretch(start="2026-09-31")), 2, "no day of the calendar", id="31 September"),
        pytest.param(pupil(stretch(start="2026-09-12")), 2, "Saturday", id="a Saturday"),
        pytest.param(pupil(stretch("")), 1, "no marks", id="no marks"),
        pytest.param(pupil("<AttendSessions/>"), 1, "date", id="an empty stretch"),
        pytest.param(
            pupil(stretch().replace("</AttendS", "<AttendanceMarks>I</AttendanceMarks></AttendS")),
            3,
            "2 times",
            id="marks twice",
        ),
    ],
)
def test_marks_that_cannot_be_told_are_rejected_each(wrong: str, rejected: int, words: str) -> None:
    marks = read(of(pupil(stretch()), wrong, pupil(stretch("O,O"))))
    assert [fault.row for fault in marks.rejected] == [2] * rejected
    assert all(words in fault.detail for fault in marks.rejected), marks.rejected
    assert marks.received == 4 + rejected
    assert {row for row, *_ in shown(marks)} == {1, 3}


def test_a_pupil_without_attendance_has_no_marks() -> None:
    assert read(of("<Pupil><UPN>A</UPN></Pupil>", pupil(), pupil(stretch()))).row.tolist() == [3, 3]
    assert read(of()).received == 0


def test_a_pupil_twice_has_both_marks_told() -> None:
    assert read(of(pupil(stretch("/,\\")), pupil(stretch("/,O")))).row.tolist() == [1, 1, 2, 2]


def test_a_very_long_stretch_ends_with_the_calendar() -> None:
    days = (date(9999, 12, 31) - date(9999, 12, 27)).days + 1
    marks = read(of(pupil(stretch(",".join(["/"] * 2 * (days + 5)), start="9999-12-27"))))
    assert marks.received == len(marks.row) + len(marks.rejected) == 2 * (days + 5)


@given(st.integers(0, len(SAMPLE) - 20))
def test_a_file_that_was_cut_short_is_always_malformed(cut: int) -> None:
    with pytest.raises(Malformed):
        read(SAMPLE[:cut])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('<!DOCTYPE a [<!ENTITY a "&b;&b;"><!ENTITY b "ha">]>' + of("&a;"), id="a bomb"),
        pytest.param('<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hosts">]>' + of("&a;"), id="a file"),
        pytest.param(of("<Pupil>" * 100), id="deep nesting"),
        pytest.param(of(pupil(*["<YearData>"] * 100)), id="deep nesting of what is taken"),
        pytest.param(of(pupil(stretch("/," * (3 << 20)))), id="marks without end"),
        pytest.param("<SessionAttendances/>", id="another layout"),
        pytest.param("UPN,AttendanceStartDate,AttendanceMarks\n", id="no XML"),
    ],
)
def test_what_is_not_sound_or_not_safe_is_refused_whole(body: str) -> None:
    with pytest.raises(Malformed, match=r"XML"):
        read(body)


@given(st.data(), st.integers(1, 2000))
def test_a_damaged_file_is_refused_in_our_words_or_every_mark_is_accounted_for(
    data: st.DataObject, block: int
) -> None:
    raw = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 30))] = data.draw(
            st.sampled_from([b"", b"<", b">", b",", b",,", b"&", b"\xff", b"2026", b"\0", stretch().encode()])
        )
    try:
        marks = read(bytes(raw), block=block)
    except HeadwayError as error:
        assert isinstance(error, Malformed)
    else:
        assert marks.received == len(marks.row) + len(marks.rejected)
