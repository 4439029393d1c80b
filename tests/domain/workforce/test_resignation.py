"""By when one resigns: rows, and a school's own in their place."""

from datetime import date
from typing import Any

import pytest

from domain.errors import Invalid
from domain.workforce.resignation import (
    RESIGNATION_DATES,
    ResignationDate,
    as_rows,
    resignation_dates_of,
    resignations_in,
)


@pytest.mark.parametrize(
    ("staff", "term", "resign_by", "leaves_on"),
    [
        ("teacher", "autumn", date(2026, 10, 31), date(2026, 12, 31)),
        ("head", "autumn", date(2026, 9, 30), date(2026, 12, 31)),
        ("teacher", "spring", date(2027, 2, 28), date(2027, 4, 30)),
        ("head", "spring", date(2027, 1, 31), date(2027, 4, 30)),
        ("teacher", "summer", date(2027, 5, 31), date(2027, 8, 31)),
        ("head", "summer", date(2027, 4, 30), date(2027, 8, 31)),
    ],
)
def test_the_dates_of_most_schools(staff: str, term: str, resign_by: date, leaves_on: date) -> None:
    (row,) = (row for row in RESIGNATION_DATES if (row.staff, row.term) == (staff, term))
    assert resignations_in(row, "2026/27") == (resign_by, leaves_on)


def test_the_last_day_of_february_is_the_29th_in_a_leap_year() -> None:
    (row,) = (row for row in RESIGNATION_DATES if (row.staff, row.term) == ("teacher", "spring"))
    assert resignations_in(row, "2027/28")[0] == date(2028, 2, 29)


def test_a_schools_own_rows_come_back_as_they_were_given() -> None:
    rows = as_rows(RESIGNATION_DATES)
    assert resignation_dates_of(rows) == RESIGNATION_DATES
    assert resignation_dates_of([]) == ()


def given(**changes: Any) -> dict[str, Any]:
    return {"staff": "teacher", "term": "summer", "leaves_on": "08-31", "resign_by": "05-15"} | changes


def test_a_school_may_have_another_day() -> None:
    (row,) = resignation_dates_of([given()])
    assert row == ResignationDate("teacher", "summer", "08-31", "05-15")


@pytest.mark.parametrize(
    ("rows", "pointer", "told"),
    [
        pytest.param({}, "/resignation_dates", "an array", id="no array"),
        pytest.param([given()] * 25, "/resignation_dates", "at most 24", id="too many"),
        pytest.param([1], "/resignation_dates/0", "an object", id="no object"),
        pytest.param([given(name="x")], "/resignation_dates/0", "nothing else", id="a field too many"),
        pytest.param([given(staff="cook")], "/resignation_dates/0/staff", "teacher, head", id="staff"),
        pytest.param([given(term=[])], "/resignation_dates/0/term", "autumn, spring", id="term"),
        pytest.param([given(leaves_on="31-08")], "/resignation_dates/0/leaves_on", "MM-DD", id="turned"),
        pytest.param([given(resign_by="04-31")], "/resignation_dates/0/resign_by", "MM-DD", id="no such day"),
        pytest.param([given(resign_by=531)], "/resignation_dates/0/resign_by", "MM-DD", id="no text"),
        pytest.param(
            [given(resign_by="08-31")], "/resignation_dates/0/resign_by", "before", id="the same day"
        ),
        pytest.param(
            [given(term="autumn", leaves_on="12-31", resign_by="01-31")],
            "/resignation_dates/0/resign_by",
            "before",
            id="a term late",
        ),
        pytest.param([given(), given(resign_by="05-20")], "/resignation_dates/1", "already", id="twice"),
    ],
)
def test_rows_that_can_not_be_right_are_refused_where_they_are_wrong(
    rows: Any, pointer: str, told: str
) -> None:
    with pytest.raises(Invalid) as refused:
        resignation_dates_of(rows)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert told in refused.value.faults[0].detail


def test_every_fault_of_every_row_is_told() -> None:
    with pytest.raises(Invalid) as refused:
        resignation_dates_of([given(staff="x", term="y"), given(leaves_on="", resign_by="")], "/rows")
    assert [fault.pointer for fault in refused.value.faults] == [
        "/rows/0/staff",
        "/rows/0/term",
        "/rows/1/leaves_on",
        "/rows/1/resign_by",
    ]
