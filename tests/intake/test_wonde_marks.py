import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import HeadwayError, Malformed
from intake.marks import NO_MINUTES, Marks
from intake.registry import read_marks

SHAPES = Path(__file__).parents[1] / "data" / "shapes"
SAMPLE = (SHAPES / "wonde_like_session_attendance.json").read_bytes()
EXPECTED = json.loads((SHAPES / "expected_totals.json").read_text())["marks_by_code"]
PAGE: dict[str, Any] = json.loads(SAMPLE)
RECORD: dict[str, Any] = PAGE["data"][0]


def read(body: Any, *, size: int = 1 << 16, block: int = 1 << 16) -> Marks:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    pieces = (raw[start : start + size] for start in range(0, len(raw), size))
    return read_marks(pieces, media_type="application/json", layout="wonde", block=block)


def moment(written: str, zone: str = "Europe/London") -> dict[str, Any]:
    return {"date": written, "timezone_type": 3, "timezone": zone}


def told(marks: Marks) -> list[tuple[Any, ...]]:
    return [
        (marks.references[pupil], marks.dates[day], bool(pm), marks.codes[code])
        for pupil, day, pm, code in zip(marks.pupil, marks.date, marks.pm, marks.code, strict=True)
    ]


@given(st.integers(1, 1 << 16), st.integers(100, 1 << 16))
def test_the_sample_has_the_expected_marks_however_it_is_cut(size: int, block: int) -> None:
    marks = read(SAMPLE, size=size, block=block)
    assert (marks.layout, marks.received, marks.rejected) == ("wonde", 59, [])
    assert Counter(code for *_, code in told(marks)) == Counter(EXPECTED) - Counter({"-": 1})
    assert told(marks)[0] == (("9901", "B0000001"), "2026-09-07", False, "/")
    assert marks.minutes_late is not None
    assert sorted(n for n in marks.minutes_late.tolist() if n != NO_MINUTES) == [9, 12, 55]
    assert marks.source_updated_at is not None
    assert set(marks.source_updated_at.tolist()) == {1_789_140_600_000_000}
    assert marks.dropped_columns == ["comment"]


def page(part: slice, *, more: bool) -> dict[str, Any]:
    return PAGE | {"data": PAGE["data"][part], "meta": {"pagination": {"more": more}}}


@pytest.mark.parametrize("block", [100, 1 << 16])
@pytest.mark.parametrize("more", [False, True])
def test_a_last_page_that_says_that_more_follow_is_told_of(block: int, more: bool) -> None:
    first, last = page(slice(0, 20), more=True), page(slice(20, None), more=more)
    meta_first = {"meta": last["meta"], "data": last["data"]}

    for body in (
        last,
        [first, last],
        (json.dumps(first) + "\n" + json.dumps(last)).encode(),
        json.dumps(meta_first).encode(),
    ):
        warnings = read(body, block=block).warnings
        assert len(warnings) == (1 if more else 0)
        assert all("more follow" in warning for warning in warnings)


@pytest.mark.parametrize("meta", [None, [], 1, {"pagination": None}, {"pagination": {"more": "true"}}])
def test_of_a_page_that_tells_nothing_of_others_nothing_is_told(meta: Any) -> None:
    assert read(PAGE | {"meta": meta}).warnings == []


FIRST, SECOND = [json.dumps(PAGE | {"data": PAGE["data"][part]}) for part in (slice(0, 20), slice(20, None))]


@pytest.mark.parametrize("block", [100, 1 << 16])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"{FIRST}\n{SECOND}", id="a page a line"),
        pytest.param(f"{FIRST}{SECOND}\n", id="pages right behind each other"),
        pytest.param(f"[{FIRST}, {SECOND}]", id="an array of pages"),
        pytest.param(json.dumps(PAGE["data"]), id="the marks alone"),
        pytest.param(json.dumps({"meta": PAGE["meta"], "data": PAGE["data"]}), id="meta in front"),
        pytest.param(FIRST + '{"data": []}' + SECOND, id="an empty page"),
    ],
)
def test_pages_may_come_in_any_number_and_form(body: str, block: int) -> None:
    marks = read(body.encode(), block=block)
    assert told(marks) == told(read(SAMPLE))
    assert marks.row.tolist() == list(range(1, 60))
    assert read_marks([body.encode()], media_type=None).layout == "wonde"


def test_our_own_rows_are_not_taken_for_wondes() -> None:
    row = {"pupil": "P1", "date": "2026-09-07", "session": "AM", "code": "/", "student": {"id": "x"}}
    assert read_marks([json.dumps([row]).encode()], media_type=None).layout == "json"


@pytest.mark.parametrize(
    ("given_date", "day"),
    [
        (moment("2026-09-07 00:00:00.000000"), "2026-09-07"),
        (moment("2026-09-06 23:00:00.000000", "UTC"), "2026-09-07"),
        (moment("2026-09-07 00:00:00", "+00:00"), "2026-09-07"),
        (moment("2026-09-07 00:00:00", "Asia/Dubai"), "2026-09-07"),
        (moment("2026-12-07 23:30:00.000000", "Z"), "2026-12-07"),
        (moment("2026-09-07 08:45:00.000000", "BST"), "2026-09-07"),
        ("2026-09-07", "2026-09-07"),
    ],
)
def test_a_date_is_the_day_meant_in_england(given_date: Any, day: str) -> None:
    assert read([RECORD | {"date": given_date}]).dates == [day]


@pytest.mark.parametrize(
    ("updated", "micros"),
    [
        (moment("2026-09-11 16:30:00.000001"), 1_789_140_600_000_001),
        (moment("2026-09-11 17:30:00", "+02:00"), 1_789_140_600_000_000),
        ("2026-09-11T15:30:00+00:00", 1_789_140_600_000_000),
    ],
)
def test_the_time_of_update_is_taken_with_its_timezone(updated: Any, micros: int) -> None:
    times = read([RECORD | {"updated_at": updated}]).source_updated_at
    assert times is not None
    assert times.tolist() == [micros]


def test_a_mark_may_lack_its_time_and_its_minutes() -> None:
    marks = read([{name: RECORD[name] for name in ("date", "session", "attendance_code", "student")}])
    assert (marks.source_updated_at, marks.minutes_late, marks.received) == (None, None, 1)


@pytest.mark.parametrize("code", [None, {"data": {"code": None}}, {"code": "-"}, {"data": {"code": ""}}])
def test_no_code_is_no_mark(code: Any) -> None:
    assert read([RECORD | {"attendance_code": code}]).codes == [""]


def test_pupils_are_named_by_mis_id_then_upn_then_wondes_own_id_and_all_are_references() -> None:
    students = [
        {"data": {"id": "B1", "upn": "A123456789012", "mis_id": "7"}},
        {"id": "B2", "mis_id": None, "upn": ""},
        {"data": {"id": "B3", "upn": "A123456789013"}},
    ]
    body = json.dumps([RECORD | {"student": student} for student in students]).encode()
    marks = read_marks([body], media_type=None, pseudonymise=lambda text: text.replace("A1234567890", "u_"))
    assert marks.references == [("7", "u_12", "B1"), ("B2",), ("u_13", "B3")]


def test_names_and_birthdays_are_dropped_unread_and_named() -> None:
    student = {"data": {"id": "B1", "mis_id": "7", "forename": "Ada", "date_of_birth": moment("2015-12-10")}}
    marks = read([RECORD | {"student": student, "employee": {"data": {"surname": "Byron"}}}])
    assert marks.dropped_columns == ["comment", "employee", "student.forename", "student.date_of_birth"]
    assert (marks.received, marks.rejected) == (1, [])
    assert "Ada" not in repr(marks)
    assert "Byron" not in repr(marks)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        *[
            pytest.param(
                {field: value for field, value in RECORD.items() if field != name},
                f"{name} must be there",
                id=f"no {name}",
            )
            for name in ("date", "session", "attendance_code", "student")
        ],
        pytest.param(7, "A mark is an object", id="a number"),
        pytest.param({}, "date and the session", id="nothing"),
        pytest.param(RECORD | {"date": 7}, "The date must be", id="a number for a date"),
        pytest.param(RECORD | {"date": None}, "date", id="null for a date"),
        pytest.param(RECORD | {"date": moment("2026-02-30 00:00:00")}, "can't be read", id="30 February"),
        pytest.param(RECORD | {"date": moment("2026-02-03", "UTC")}, "can't be read", id="no time"),
        pytest.param(
            RECORD | {"date": moment("0001-01-01 00:30:00", "+14:00")}, "out of all range", id="year 1"
        ),
        pytest.param(RECORD | {"date": "07/09/2026"}, "write YYYY-MM-DD", id="a date as in CSV"),
        *[
            pytest.param(RECORD | {"updated_at": moment("2026-09-07 00:00:00", zone)}, "timezone", id=zone)
            for zone in ("", "Nowhere/Land", "Europe", "../../etc/passwd", "+99:00", "Europe/" + "x" * 5000)
        ],
        pytest.param(RECORD | {"session": "EVE"}, "neither AM nor PM", id="an evening"),
        pytest.param(RECORD | {"session": None}, "neither AM nor PM", id="no session said"),
        pytest.param(RECORD | {"student": None}, "blank", id="nobody"),
        pytest.param(RECORD | {"student": "B1"}, "The student must be", id="a student not included"),
        pytest.param(RECORD | {"student": {"data": []}}, "The student must be", id="a list of students"),
        pytest.param(RECORD | {"student": {"data": {"mis_id": 1}}}, "mis_id must be a text", id="a number"),
        pytest.param(RECORD | {"attendance_code": {"data": {}}}, "code of the", id="a code without one"),
        pytest.param(RECORD | {"attendance_code": "/"}, "The attendance_code must be", id="a bare code"),
        pytest.param(RECORD | {"minutes_late": True}, "The minutes_late must be", id="minutes that are true"),
        pytest.param(RECORD | {"minutes_late": 5000}, "from 0 to 999", id="too many minutes"),
        pytest.param(RECORD | {"minutes_late": 10**40}, "minutes", id="minutes past all range"),
    ],
)
def test_a_mark_that_does_not_fit_is_rejected_alone(record: Any, words: str) -> None:
    marks = read([RECORD, record, RECORD])
    assert [(fault.row, words in fault.detail) for fault in marks.rejected] == [(2, True)], marks.rejected
    assert (marks.row.tolist(), marks.received) == ([1, 3], 3)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"{FIRST}\n{SECOND[:-1]}".encode(), id="a second page without end"),
        pytest.param(f"{FIRST},{SECOND}".encode(), id="a comma between pages"),
        pytest.param(f"{FIRST}[]".encode(), id="an array behind a page"),
        pytest.param(b'{"data": {}, "student": 1}', id="data that is no array"),
        pytest.param(b'[{"student": ' + b"[" * 5000 + b"]" * 5000 + b"}]", id="deep nesting"),
        pytest.param(b'[{"student": ' + b'{"data":' * 90_000, id="nesting without end"),
        pytest.param(SAMPLE.replace(b'"9901"', b'"\xff"'), id="a text that is no UTF-8"),
        pytest.param(SAMPLE.decode().encode("utf-16-le"), id="UTF-16 without its mark"),
        pytest.param(json.dumps(RECORD).encode(), id="one mark alone"),
    ],
)
def test_what_is_no_page_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        read(body)


@given(st.integers(0, len(SAMPLE) - 2))
def test_a_page_that_was_cut_short_is_always_malformed(cut: int) -> None:
    with pytest.raises(Malformed):
        read(SAMPLE[:cut])


@given(st.data(), st.integers(50, 5000))
def test_a_damaged_page_is_refused_in_our_words_or_every_mark_is_accounted_for(
    data: st.DataObject, block: int
) -> None:
    raw = bytearray(json.dumps(PAGE | {"data": PAGE["data"][:4]}).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 6))] = data.draw(
            st.sampled_from(
                [b"", b"}", b"{", b"]", b",", b'"', b"null", b"\xff", b"1e999", b"\\", b'"x": 1,']
            )
        )
    try:
        marks = read(bytes(raw), block=block)
    except HeadwayError as error:
        assert isinstance(error, Malformed)
    else:
        numbers = sorted([*marks.row.tolist(), *(fault.row or 0 for fault in marks.rejected)])
        assert numbers == list(range(1, marks.received + 1))
