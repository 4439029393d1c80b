import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.errors import HeadwayError, Malformed
from intake.marks import NO_MINUTES, NO_TIME, Marks
from intake.registry import read_marks

ROW = {"pupil": "P001", "date": "2026-09-07", "session": "AM", "code": "/"}


def in_pieces(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[start : start + size] for start in range(0, len(raw), size))


def read(body: Any, *, size: int = 1 << 16, block: int = 1 << 16) -> Marks:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_marks(in_pieces(raw, size), media_type="application/json", block=block)


def shown(marks: Marks) -> list[tuple[Any, ...]]:
    """The rows of the columns, one tuple each."""
    times = marks.source_updated_at
    minutes = marks.minutes_late
    return [
        (
            int(marks.row[place]),
            marks.references[marks.pupil[place]],
            int(marks.days[marks.date[place]]),
            bool(marks.pm[place]),
            marks.codes[marks.code[place]],
            NO_TIME if times is None else int(times[place]),
            NO_MINUTES if minutes is None else int(minutes[place]),
        )
        for place in range(len(marks.row))
    ]


def plainly(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What the rows come to, worked out one at a time."""
    plain = []
    for number, row in enumerate(rows, 1):
        code = "" if row.get("deleted") else (row["code"] or "").strip()
        stamp = row.get("source_updated_at")
        since = None if stamp is None else datetime.fromisoformat(stamp) - datetime(1970, 1, 1, tzinfo=UTC)
        minutes = row.get("minutes_late")
        plain.append(
            (
                number,
                (row["pupil"],),
                date.fromisoformat(row["date"]).toordinal(),
                row["session"] == "PM",
                "" if code == "-" else code,
                NO_TIME if since is None else since // timedelta(microseconds=1),
                NO_MINUTES if minutes is None else minutes,
            )
        )
    return plain


visible = st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"])
# Texts full of what a careless splitter would trip over.
awkward = st.text(st.sampled_from('{}[],:"\\é€😀 aP1\u00a0'), min_size=1, max_size=12)
references = (st.sampled_from(["P001", "P002"]) | awkward | st.text(visible, min_size=1, max_size=20)).filter(
    lambda text: not text.isspace()
)
moments = st.datetimes(
    datetime(1950, 1, 1),
    datetime(2100, 1, 1),
    timezones=st.sampled_from([UTC]),
).map(datetime.isoformat)
rows_of_marks = st.lists(
    st.fixed_dictionaries(
        {
            "pupil": references,
            "date": st.dates().map(date.isoformat),
            "session": st.sampled_from(["AM", "PM"]),
            "code": st.none() | st.sampled_from(["/", "\\", "", "-", " L ", "I"]) | awkward,
        },
        optional={
            "source_updated_at": st.none() | moments,
            "minutes_late": st.none() | st.integers(0, 999),
            "deleted": st.booleans(),
        },
    ),
    max_size=12,
)
sizes = st.integers(1, 400) | st.just(1 << 16)
WAYS = ["array", "data", "ndjson"]


def written(rows: list[Any], way: str, *, indent: int | None, ascii_only: bool) -> bytes:
    if way == "ndjson":
        return "\r\n\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in rows).encode()
    body = rows if way == "array" else {"links": {"a": "]}"}, "data": rows, "meta": [{"n": 1}, {"n": 2}]}
    return json.dumps(body, ensure_ascii=ascii_only, indent=indent).encode()


@given(rows_of_marks, st.sampled_from(WAYS), st.none() | st.integers(0, 2), st.booleans(), sizes, sizes)
def test_rows_read_the_same_as_plainly_however_they_are_written_and_cut(
    rows: list[dict[str, Any]], way: str, indent: int | None, ascii_only: bool, size: int, block: int
) -> None:
    raw = written(rows, way, indent=indent, ascii_only=ascii_only)
    if not raw:
        return
    marks = read(raw, size=size, block=block)
    assert marks.rejected == []
    assert shown(marks) == plainly(rows)


odd_values = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
)
odd_rows = st.lists(
    st.just(ROW)
    | st.dictionaries(st.sampled_from([*ROW, "forename", "x", "minutes_late", "deleted"]), odd_values)
    | st.builds(lambda name, value: ROW | {name: value}, st.sampled_from([*ROW, "dob"]), odd_values)
    | odd_values,
    max_size=12,
)


@given(odd_rows, st.sampled_from(["array", "data"]), sizes, sizes)
@example([ROW, {"pupil": "}, {"}, ROW], "array", 1, 1)
def test_rows_that_do_not_fit_are_rejected_alone_wherever_the_body_is_cut(
    rows: list[Any], way: str, size: int, block: int
) -> None:
    marks = read(written(rows, way, indent=None, ascii_only=False), size=size, block=block)
    assert marks.received == len(rows)
    numbers = sorted([*marks.row.tolist(), *(fault.row for fault in marks.rejected)])
    assert numbers == list(range(1, len(rows) + 1))
    assert {number for number, row in enumerate(rows, 1) if row == ROW} <= set(marks.row.tolist())


@given(st.data(), st.sampled_from(WAYS), st.integers(0, 5), sizes)
def test_a_body_that_was_damaged_is_refused_in_our_words_or_every_row_is_accounted_for(
    data: st.DataObject, way: str, count: int, block: int
) -> None:
    raw = bytearray(
        written([ROW | {"pupil": f"é{n}"} for n in range(count)], way, indent=None, ascii_only=False)
    )
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, max(len(raw) - 1, 0)))
        raw[place : place + data.draw(st.integers(0, 4))] = data.draw(
            st.sampled_from([b"", b"}", b"]", b",", b'"', b"{", b"\\", b"\xff", b"\0", b"},{", b"1e999"])
        )
    try:
        marks = read(bytes(raw), block=block)
    except HeadwayError as error:
        assert isinstance(error, Malformed)
    else:
        assert marks.received == len(marks.row) + len(marks.rejected)
        if marks.layout != "long":
            assert marks.received == len(json_rows(bytes(raw), marks.layout))


def json_rows(raw: bytes, layout: str) -> list[Any]:
    if layout == "ndjson":
        lines = [line for line in raw.split(b"\n") if line.strip()]
        return [json.loads(raw)] if len(lines) == 1 else [json.loads(line) for line in lines]
    body = json.loads(raw)
    return body if isinstance(body, list) else body["data"]


@given(st.integers(0, 400), st.sampled_from(["array", "data"]), sizes)
def test_an_array_that_was_cut_short_is_always_malformed(cut: int, way: str, block: int) -> None:
    raw = written([ROW] * 4, way, indent=None, ascii_only=True)
    with pytest.raises(Malformed):
        read(raw[: min(cut, len(raw) - 1)], block=block)


@pytest.mark.parametrize("block", [1, 7, 1 << 16])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b'[{"pupil": tru}]', r"row 1, at byte 1[0-9]: invalid character", id="a broken word"),
        pytest.param(json.dumps([ROW] * 2).encode()[:-9] + b"]", r"broken in row 2", id="a row cut off"),
        pytest.param(
            json.dumps([ROW] * 2).encode()[:-1], r"broken in row 2, at byte \d+: it ends", id="no end"
        ),
        pytest.param(json.dumps([ROW]).encode() + b" x", "follows behind the end", id="something behind"),
        pytest.param(json.dumps([ROW])[:-1].encode() + b",]", "comma", id="a comma behind the last row"),
        pytest.param(
            b"[" + b",".join([json.dumps(ROW).encode()] * 2) + b",,1]", r"comma|row 3", id="two commas"
        ),
        pytest.param(b"[}", "broken in row 1", id="an array that ends as an object"),
        pytest.param(b'[1, {"a": [2}]]', "broken in row 2", id="brackets that cross"),
        pytest.param(b"[,1]", "comma|row 1", id="a comma in front"),
        pytest.param(b'{"data": {}}', '"data" is no array', id="data that is no array"),
        pytest.param(b'{"data": []', "broken behind the rows", id="an object that doesn't end"),
        pytest.param(b'{"data": [], "data": []}', "twice", id="data twice"),
        pytest.param(b'{"data": [], "pages": 1}', '"pages" has no meaning', id="another key behind data"),
        pytest.param(
            b'{"meta": 1, "pages": 1, "data": []}', '"pages" has no meaning', id="another key before"
        ),
        pytest.param(b'{"meta": x1, "data": []}', '"meta" is broken', id="a broken value before data"),
        pytest.param(b'{"data": [], "meta": x1}', "broken behind the rows", id="a broken value behind data"),
        pytest.param(b'{"meta": 1}', 'has no "data"', id="no data"),
        pytest.param(b'{"rows": []}', "one object with rows", id="an object of something else"),
        pytest.param(b'{\n"rows": []\n}', "one object with rows", id="the same over several lines"),
        pytest.param(b'["\xff"]', "no UTF-8", id="bytes that are no UTF-8"),
        pytest.param(b"[" * 5000, "nested too deeply", id="nesting without end"),
        pytest.param(b'{"pupil": 1}\n{"pupil": 2\n', "broken in row 2", id="a broken line"),
        pytest.param(b'{"pupil": 1}{"pupil": 2}\n', "broken in row 1", id="two rows in one line"),
    ],
)
def test_broken_json_is_malformed_and_says_where(body: bytes, words: str, block: int) -> None:
    with pytest.raises(Malformed, match=words):
        read(body, block=block)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        pytest.param(ROW | {"date": "2026-02-30"}, "2026-02-30 is no day of the calendar", id="30 February"),
        pytest.param(ROW | {"date": "07/09/2026"}, "write YYYY-MM-DD", id="a date as in CSV"),
        pytest.param(
            ROW | {"session": "am"}, 'session must be "AM" or "PM"', id="a session in small letters"
        ),
        pytest.param(ROW | {"pupil": 7}, "pupil must be a text", id="a number for a pupil"),
        pytest.param(ROW | {"pupil": " "}, "blank", id="a blank reference"),
        pytest.param(ROW | {"pupil": "P\x00"}, "control character", id="a control character"),
        pytest.param(ROW | {"minutes_late": 1000}, "from 0 to 999", id="too many minutes"),
        pytest.param(ROW | {"minutes_late": 1.5}, "whole number", id="a part of a minute"),
        pytest.param(ROW | {"source_updated_at": "2026-09-07T08:45:00"}, "no offset", id="no offset"),
        pytest.param(ROW | {"source_updated_at": "today"}, "can't be read", id="no time"),
        pytest.param(ROW | {"deleted": "yes"}, "deleted must be true or false", id="a text for deleted"),
        pytest.param(ROW | {"reason": 1}, '"reason" is no field of a row', id="an unknown field"),
        pytest.param(ROW | {"forename": "Ada"}, '"forename" is never kept here', id="a name"),
        pytest.param(ROW | {"date_of_birth": "x"}, "is never kept here", id="a date of birth"),
        pytest.param({"pupil": "P1", "date": "2026-09-07", "session": "AM"}, "code is missing", id="no code"),
        pytest.param(["P001"], "A row is an object such as", id="no object"),
    ],
)
def test_a_row_that_does_not_fit_is_rejected_alone_in_words(row: object, words: str) -> None:
    marks = read([ROW, row, ROW | {"pupil": "P002"}])
    assert [(fault.row, words in fault.detail) for fault in marks.rejected] == [(2, True)], marks.rejected
    assert marks.row.tolist() == [1, 3]
    assert marks.references == [("P001",), ("P002",)]
    assert "Ada" not in repr(marks)


def test_a_rejected_row_names_its_pupil_and_code() -> None:
    (fault,) = read([ROW | {"pupil": "P9", "code": "I", "session": "EVE"}]).rejected
    assert (fault.row, fault.pupil, fault.code) == (1, "P9", "I")


def test_a_row_that_deletes_a_mark_needs_no_code() -> None:
    gone = {"pupil": "P001", "date": "2026-09-07", "session": "AM", "deleted": True}
    assert [row[4] for row in shown(read([gone, ROW, ROW | {"deleted": True}]))] == ["", "/", ""]


def test_an_empty_array_has_no_rows() -> None:
    for body in ([], {"data": []}, {"data": [], "meta": {"pages": 0}}):
        marks = read(body)
        assert (marks.received, len(marks.row), marks.references) == (0, 0, [])


def test_one_row_over_several_lines_is_taken() -> None:
    assert read(json.dumps(ROW, indent=2).encode(), block=8).received == 1


def test_upns_are_replaced_in_references_codes_and_all_that_is_quoted() -> None:
    upn = "A123456789012"
    rows = [
        ROW | {"pupil": upn},
        ROW | {"pupil": upn.lower()},
        ROW | {"date": upn, "code": upn},
        ROW | {upn: 1},
    ]
    replace = lambda text: text.replace(upn, "u_x").replace(upn.lower(), "u_x")  # noqa: E731
    marks = read_marks([json.dumps(rows).encode()], media_type=None, pseudonymise=replace)
    assert marks.references == [("u_x",)]
    assert [fault.row for fault in marks.rejected] == [3, 4]
    assert upn not in repr(marks)
    assert "u_x" in marks.rejected[0].detail


def test_a_row_longer_than_a_block_is_taken_and_one_without_end_is_not() -> None:
    long = ROW | {"code": "x" * 10_000}
    assert read([long, ROW, long], block=100).row.tolist() == [2]
    with pytest.raises(Malformed, match="longer than"):
        read([ROW | {"code": "x" * (5 << 20)}] * 2)


def test_brackets_without_end_are_given_up_on_early() -> None:
    read_so_far = 0

    def brackets() -> Iterator[bytes]:
        nonlocal read_so_far
        while True:
            read_so_far += 1 << 16
            yield b"[" * (1 << 16)

    with pytest.raises(Malformed, match="nested too deeply"):
        read_marks(brackets(), media_type="application/json")
    assert read_so_far < 1 << 18
