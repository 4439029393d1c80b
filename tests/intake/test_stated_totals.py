"""Totals that a school's own system states: read row by row, each taken or rejected alone."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import HeadwayError, Invalid, Malformed, TooLarge
from intake.session_counts import SessionCounts
from intake.stated_totals import MOST_ROWS, StatedTotals, read_totals

SHAPES = Path(__file__).parents[1] / "data" / "shapes"
EXPECTED = json.loads((SHAPES / "expected_totals.json").read_text())["marks_by_code"]


def read(body: str | bytes, layout: str | None = None) -> StatedTotals:
    raw = body.encode() if isinstance(body, str) else body
    totals = read_totals([raw], media_type=None, layout=layout, pseudonymise=str)
    assert isinstance(totals, StatedTotals)
    return totals


def summed(counts: list[dict[str, int]]) -> dict[str, int]:
    together: dict[str, int] = {}
    for some in counts:
        for code, count in some.items():
            together[code] = together.get(code, 0) + count
    return together


def test_both_samples_have_the_marks_of_the_week() -> None:
    termly = read((SHAPES / "termly_counts.csv").read_bytes())
    daily = read_totals(
        [(SHAPES / "daily_code_counts.json").read_bytes()], media_type=None, layout=None, pseudonymise=str
    )

    marks = {code: count for code, count in EXPECTED.items() if code != "-"}
    assert summed([pupil.counts for pupil in termly.pupils]) == marks
    assert isinstance(daily, SessionCounts)
    assert summed([row.counts for row in daily.rows]) == marks
    assert (termly.received, termly.rejected, termly.own_codes, termly.dropped_columns) == (6, [], [], [])


def test_codes_head_columns_in_any_case_and_order() -> None:
    totals = read("y1,\\,UPN,nc_year_actual,-,l\n1,2,P1,7,9,3\n")

    assert [(pupil.references, pupil.counts) for pupil in totals.pupils] == [
        (("P1",), {"Y1": 1, "\\": 2, "L": 3})
    ]


def test_what_may_be_an_own_code_is_kept_with_what_cannot_be_read() -> None:
    totals = read("pupil,XA,Reg,/,A heading that is no code\nP1,3,7B,1,2\n")

    (pupil,) = totals.pupils
    assert (totals.own_codes, totals.dropped_columns) == (["XA", "Reg"], ["A heading that is no code"])
    assert pupil.counts == {"XA": 3, "/": 1}
    assert list(pupil.unread) == ["Reg"]


@pytest.mark.parametrize("name", ["Forename", "Full Name", "SURNAME", "DOB", "Date of Birth", "Postcode"])
def test_names_and_birthdays_are_never_read(name: str) -> None:
    totals = read(f"pupil,{name},/\nP1,12,1\n")

    assert totals.dropped_columns == [name]
    assert totals.pupils[0].counts == {"/": 1}


def test_all_references_of_a_row_are_kept_the_schools_own_first() -> None:
    assert read("UPN,MISID,/\nU1,9,1\n,8,1\n").pupils[0].references == ("9", "U1")


CELLS = st.sampled_from(["", "-", "0", "1", "12", "100000", "100001", "x", "1.5", "-1", "\u0661"])


@given(st.lists(st.tuples(st.sampled_from(["P1", "P2", "", "Total"]), CELLS, CELLS), max_size=8))
def test_every_row_is_taken_or_rejected_with_its_number(rows: list[tuple[str, str, str]]) -> None:
    body = "pupil,/,I\n" + "".join(",".join(row) + "\n" for row in rows)

    totals = read(body)

    there = [row for row in rows if any(row)]
    sound = {"": 0, "-": 0, "0": 0, "1": 1, "12": 12, "100000": 100000}
    taken = {
        number: {code: sound[cell] for code, cell in zip("/I", cells, strict=True) if sound[cell]}
        for number, (pupil, *cells) in enumerate(there, 1)
        if pupil.startswith("P") and sound.keys() >= set(cells)
    }
    assert totals.received == len(there)
    assert {pupil.row: pupil.counts for pupil in totals.pupils} == taken
    assert [fault.row for fault in totals.rejected] == [
        number for number in range(1, len(there) + 1) if number not in taken
    ]


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_on_purpose(body: bytes) -> None:
    for opening in (b"", b"pupil,/\n", b'[{"pupil": ', b'[{"codes": {'):
        with suppress(HeadwayError):
            read_totals([opening + body], media_type=None, layout=None, pseudonymise=str)


@pytest.mark.parametrize(
    ("body", "layout", "error"),
    [
        pytest.param("pupil,/\nP1,1\n", "long", Invalid, id="no layout of totals"),
        pytest.param("pupil,/\nP1,1\n", "daily_code_counts", Malformed, id="daily counts in a table"),
        pytest.param("pupil,Total\nP1,1\n", None, Malformed, id="no code"),
        pytest.param("pupil,/\n" + "P1,1\n" * (MOST_ROWS + 1), None, TooLarge, id="too many rows"),
    ],
)
def test_what_is_refused(body: str, layout: str | None, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(body, layout)


@pytest.mark.parametrize(
    "row", [None, 1, [], "P1", {}, {"pupil": 1, "counts": {}}, {"pupil": "P1", "counts": {"/": -1}}]
)
def test_a_row_of_json_that_says_no_totals_is_rejected_alone(row: Any) -> None:
    totals = read(json.dumps([row, {"pupil": "P2", "counts": {"/": 2}}]))

    assert [fault.row for fault in totals.rejected] == [1]
    assert [(pupil.row, pupil.counts) for pupil in totals.pupils] == [(2, {"/": 2})]
