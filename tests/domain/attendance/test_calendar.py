"""A school's calendar: what is refused and where, which sessions it holds, and what days are called."""

from datetime import date
from typing import Any

import pytest

from domain.attendance.calendar import (
    Calendar,
    academic_year_bounds,
    academic_year_of,
    calendar_from_dict,
    half_term_of,
    month_of,
    parse_academic_year,
    sessions_of,
    term_of,
    week_of,
    weekday_of,
)
from domain.errors import Invalid

AUTUMN = {"name": "Autumn 1", "half_term": 1, "from": "2026-09-01", "to": "2026-10-23"}
WINTER = {"name": "Autumn 2", "half_term": 2, "from": "2026-11-02", "to": "2026-12-18"}
INSET = {"date": "2026-09-01", "reason": "Training day"}


def make(*terms: Any, closures: Any = ()) -> Calendar:
    return calendar_from_dict("2026/27", {"terms": list(terms), "closures": list(closures)})


def pointers(**body: Any) -> list[str | None]:
    with pytest.raises(Invalid) as refused:
        calendar_from_dict("2026/27", body)
    return [fault.pointer for fault in refused.value.faults]


def test_a_calendar_comes_back_as_it_was_pushed() -> None:
    closure = {"date": "2026-12-18", "session": "PM", "reason": "Carol service"}
    again = make(WINTER, AUTUMN, closures=[closure, INSET]).as_dict()
    assert again == {
        "terms": [
            AUTUMN | {"from": date(2026, 9, 1), "to": date(2026, 10, 23)},
            WINTER | {"from": date(2026, 11, 2), "to": date(2026, 12, 18)},
        ],
        "closures": [INSET | {"date": date(2026, 9, 1)}, closure | {"date": date(2026, 12, 18)}],
    }
    assert calendar_from_dict("2026/27", again).as_dict() == again


def test_closures_may_be_left_out() -> None:
    assert calendar_from_dict("2026/27", {"terms": [AUTUMN]}).closures == ()


@pytest.mark.parametrize(
    ("terms", "pointer"),
    [
        pytest.param([AUTUMN | {"to": "2026-08-31"}], "/terms/0/to", id="before the year"),
        pytest.param([AUTUMN, WINTER | {"to": "2027-09-01"}], "/terms/1/to", id="after the year"),
        pytest.param([AUTUMN, WINTER | {"to": "2026-11-01"}], "/terms/1/to", id="inverted"),
        pytest.param([AUTUMN, WINTER | {"from": "2026-10-23"}], "/terms/1/from", id="overlap"),
        pytest.param([WINTER | {"from": "2026-10-23"}, AUTUMN], "/terms/0/from", id="overlap, any order"),
        pytest.param([AUTUMN, WINTER | {"half_term": 1}], "/terms/1/half_term", id="repeated"),
        pytest.param([AUTUMN | {"half_term": 3}, WINTER], "/terms/1/half_term", id="out of order"),
        pytest.param([AUTUMN | {"half_term": 7}], "/terms/0/half_term", id="no half term"),
        pytest.param([AUTUMN | {"half_term": True}], "/terms/0/half_term", id="no number"),
        pytest.param([AUTUMN | {"from": "1 September"}], "/terms/0/from", id="no date"),
        pytest.param([AUTUMN | {"from": "2026-02-30"}], "/terms/0/from", id="no day"),
        pytest.param([AUTUMN | {"from": "2026-W36-2"}], "/terms/0/from", id="another form of date"),
        pytest.param([AUTUMN | {"from": None}], "/terms/0/from", id="no value"),
        pytest.param([AUTUMN | {"name": " "}], "/terms/0/name", id="no name"),
        pytest.param(["Autumn"], "/terms/0", id="no object"),
        pytest.param("Autumn", "/terms", id="no list"),
    ],
)
def test_a_term_that_can_not_be_right_is_refused_where_it_stands(terms: Any, pointer: str) -> None:
    assert pointer in pointers(terms=terms)


@pytest.mark.parametrize(
    ("closure", "pointer"),
    [
        pytest.param(INSET | {"date": "2027-09-01"}, "/closures/0/date", id="outside the year"),
        pytest.param(INSET | {"date": 20260901}, "/closures/0/date", id="no date"),
        pytest.param(INSET | {"session": "noon"}, "/closures/0/session", id="no session"),
        pytest.param({"date": "2026-09-01"}, "/closures/0/reason", id="no reason"),
    ],
)
def test_a_closure_that_can_not_be_right_is_refused_where_it_stands(closure: Any, pointer: str) -> None:
    assert pointers(terms=[AUTUMN], closures=[closure]) == [pointer]


def test_all_faults_are_named_at_once() -> None:
    found = pointers(
        terms=[AUTUMN | {"half_term": 0}, WINTER | {"to": "x"}], closures=[{"date": "2026-09-01"}]
    )
    assert found == ["/terms/0/half_term", "/terms/1/to", "/closures/0/reason"]


def test_terms_must_be_there() -> None:
    assert pointers() == ["/terms"]


def test_sessions_are_weekdays_in_terms_less_closures() -> None:
    calendar = make(
        AUTUMN,
        WINTER,
        closures=[INSET, {"date": "2026-10-23", "session": "PM", "reason": "Early finish"}],
    )
    start = sessions_of(calendar, date(2026, 8, 31), date(2026, 9, 2))
    assert start == [(date(2026, 9, 2), "AM"), (date(2026, 9, 2), "PM")]
    holiday = sessions_of(calendar, date(2026, 10, 23), date(2026, 11, 2))
    assert holiday == [(date(2026, 10, 23), "AM"), (date(2026, 11, 2), "AM"), (date(2026, 11, 2), "PM")]
    assert sessions_of(calendar, date(2026, 9, 5), date(2026, 9, 6)) == []
    assert len(sessions_of(calendar, date(2026, 9, 1), date(2027, 8, 31))) == 2 * (39 + 35) - 3


def test_the_academic_year_goes_from_september_to_august() -> None:
    assert academic_year_of(date(2026, 8, 31)) == "2025/26"
    assert academic_year_of(date(2026, 9, 1)) == "2026/27"
    assert academic_year_of(date(1999, 9, 1)) == "1999/00"


@pytest.mark.parametrize("day", [date.min, date(1, 9, 1), date(9999, 9, 1), date.max])
def test_at_the_ends_of_all_dates_it_is_the_nearest_whole_one(day: date) -> None:
    year = academic_year_of(day)

    assert parse_academic_year(year) == year
    assert academic_year_bounds(year)[0].year == min(day.year, 9998)
    assert academic_year_bounds("2026/27") == (date(2026, 9, 1), date(2027, 8, 31))
    assert academic_year_bounds("1999/00")[1] == date(2000, 8, 31)


@pytest.mark.parametrize("text", ["2026/27", "2026-27"])
def test_an_academic_year_is_read_as_in_a_path_or_in_a_body(text: str) -> None:
    assert parse_academic_year(text) == "2026/27"


@pytest.mark.parametrize(
    "text", ["2026/28", "2026", "202627", "2026/2027", "26/27", " 2026/27", "9999/00", "0000/01"]
)
def test_what_is_no_academic_year_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="2026/27"):
        parse_academic_year(text)


def test_days_are_called_by_iso_week_month_and_weekday() -> None:
    assert week_of(date(2025, 9, 8)) == "2025-W37"
    assert week_of(date(2027, 1, 1)) == "2026-W53"
    assert month_of(date(2026, 9, 30)) == "2026-09"
    assert weekday_of(date(2026, 9, 7)) == "monday"


def test_days_are_called_by_half_term_and_term_of_the_schools_own_calendar() -> None:
    calendar = make(
        AUTUMN, WINTER, {"name": "Spring", "half_term": 3, "from": "2027-01-04", "to": "2027-02-12"}
    )
    assert half_term_of([calendar], date(2026, 10, 23)) == "2026/27-1"
    assert half_term_of([calendar], date(2026, 10, 24)) is None
    assert term_of([calendar], date(2026, 11, 2)) == "2026/27-autumn"
    assert term_of([calendar], date(2027, 2, 12)) == "2026/27-spring"
    assert term_of([], date(2027, 2, 12)) is None
