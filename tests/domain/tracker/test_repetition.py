"""When something that comes back is due again: real term dates, then any calendar at all."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.calendar import Calendar, Closure, Term, academic_year_of
from domain.tracker.repetition import next_due


def year(name: str, *half_terms: tuple[int, str, str], closed: tuple[str, ...] = ()) -> Calendar:
    return Calendar(
        name,
        tuple(
            Term(f"half term {number}", number, date.fromisoformat(first), date.fromisoformat(last))
            for number, first, last in half_terms
        ),
        tuple(Closure(date.fromisoformat(day), None, "closed") for day in closed),
    )


Y2026 = year(
    "2026/27",
    (1, "2026-09-02", "2026-10-23"),
    (2, "2026-11-02", "2026-12-18"),
    (3, "2027-01-04", "2027-02-12"),
    (4, "2027-02-22", "2027-03-25"),
    (5, "2027-04-12", "2027-05-28"),
    (6, "2027-06-07", "2027-07-21"),
    closed=("2027-07-21", "2027-07-20"),
)
Y2027 = year("2027/28", (1, "2027-09-02", "2027-10-22"), (2, "2027-11-01", "2027-12-17"))


def due(repeats: str | int, done: str, *calendars: Calendar) -> str:
    return next_due(repeats, date.fromisoformat(done), calendars).isoformat()


@pytest.mark.parametrize(
    ("repeats", "done", "expected"),
    [
        pytest.param("weekly", "2026-12-28", "2027-01-04", id="a week, over New Year"),
        pytest.param("weekly", "2027-08-30", "2027-09-06", id="a week, over the turn of the academic year"),
        pytest.param(1, "2028-02-28", "2028-02-29", id="the day after, in a leap year"),
        pytest.param(1, "2027-02-28", "2027-03-01", id="the day after, in another year"),
        pytest.param(366, "2027-03-01", "2028-03-01", id="days over a leap day"),
    ],
)
def test_days_and_weeks_are_counted_from_the_day_when_it_was_done(
    repeats: str | int, done: str, expected: str
) -> None:
    assert due(repeats, done, Y2026) == expected


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        pytest.param("2026-09-02", "2026-12-18", id="the first day of a half term"),
        pytest.param("2026-10-23", "2026-12-18", id="its last"),
        pytest.param("2026-10-28", "2026-12-18", id="the holiday after it"),
        pytest.param("2026-11-02", "2027-02-12", id="the second, over New Year"),
        pytest.param("2026-12-31", "2027-02-12", id="New Year's Eve"),
        pytest.param("2027-05-30", "2027-07-19", id="days on which the school is closed aren't the last"),
        pytest.param("2027-07-01", "2027-10-22", id="the last, over the turn of the year"),
        pytest.param("2027-08-31", "2027-10-22", id="the summer holiday"),
        pytest.param("2027-09-01", "2027-10-22", id="the new year before its first term"),
    ],
)
def test_half_termly_is_the_last_school_day_of_the_next_half_term(done: str, expected: str) -> None:
    assert due("half_termly", done, Y2026, Y2027) == expected
    assert due("half_termly", done, Y2027, Y2026) == expected


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        pytest.param("2026-09-02", "2027-03-25", id="autumn 1"),
        pytest.param("2026-12-31", "2027-03-25", id="Christmas"),
        pytest.param("2027-01-04", "2027-07-19", id="spring 1"),
        pytest.param("2027-03-01", "2027-07-19", id="spring 2"),
        pytest.param("2027-05-03", "2027-12-17", id="summer 1"),
        pytest.param("2027-08-15", "2027-12-17", id="the summer holiday"),
    ],
)
def test_termly_is_the_last_school_day_of_the_next_term(done: str, expected: str) -> None:
    assert due("termly", done, Y2026, Y2027) == expected


@pytest.mark.parametrize(
    ("repeats", "done", "expected"),
    [
        pytest.param("half_termly", "2026-11-20", "2027-01-20", id="two months, over New Year"),
        pytest.param("termly", "2026-11-20", "2027-03-20", id="four months"),
        pytest.param("half_termly", "2026-12-31", "2027-02-28", id="a shorter month"),
        pytest.param("half_termly", "2027-12-31", "2028-02-29", id="a shorter month of a leap year"),
        pytest.param("termly", "2027-08-31", "2027-12-31", id="over the turn of the academic year"),
    ],
)
def test_without_a_calendar_it_is_two_or_four_months_later(repeats: str, done: str, expected: str) -> None:
    assert due(repeats, done) == expected


def test_before_next_years_calendar_is_there_it_is_months_later_and_not_before_this_years_end() -> None:
    assert due("half_termly", "2027-06-30", Y2026) == "2027-08-30"
    assert due("termly", "2027-05-03", Y2026) == "2027-09-03"
    assert due("termly", "2027-04-12", Y2026) == "2027-08-12"
    long = year("2026/27", (6, "2027-04-12", "2027-07-21"))
    assert due("half_termly", "2027-04-13", long) == "2027-07-21"


def test_between_half_terms_that_are_held_it_is_not_after_the_next_of_them() -> None:
    holes = year("2026/27", (1, "2026-09-02", "2026-10-23"), (3, "2027-01-04", "2027-02-12"))

    assert due("half_termly", "2026-10-01", holes) == "2026-12-01"
    assert due("half_termly", "2026-12-31", holes) == "2027-02-12"


def test_a_term_whose_second_half_is_not_known_has_no_end() -> None:
    half = year("2026/27", (1, "2026-09-02", "2026-10-23"), (3, "2027-01-04", "2027-02-12"))

    assert due("termly", "2026-10-01", half) == "2027-02-01"


@pytest.mark.parametrize("repeats", [0, -7, "yearly", ""])
def test_what_is_no_repetition_is_refused(repeats: Any) -> None:
    with pytest.raises(ValueError, match=r"repetition|at the least"):
        next_due(repeats, date(2026, 11, 20), [])


@st.composite
def calendars(draw: Any) -> list[Calendar]:
    """Of some of three years, any half terms: long or short, with holes, with closures, up to the last leap day."""
    found = []
    for start in draw(st.sets(st.integers(2026, 2028))):
        first_day = date(start, 9, 1)
        cuts = sorted(draw(st.sets(st.integers(0, 364), min_size=12, max_size=12)))
        numbers = draw(st.sets(st.integers(1, 6), max_size=6))
        terms = [
            Term("", number, *(first_day + timedelta(days=day) for day in cuts[2 * number - 2 : 2 * number]))
            for number in sorted(numbers)
        ]
        shut = draw(st.sets(st.integers(0, 364), max_size=5))
        closures = tuple(Closure(first_day + timedelta(days=day), None, "") for day in sorted(shut))
        found.append(Calendar(academic_year_of(first_day), tuple(terms), closures))
    return found


days = st.dates(date(2026, 6, 1), date(2029, 12, 31))
repetitions = st.sampled_from(["weekly", "half_termly", "termly"]) | st.integers(1, 3660)


@given(repetitions, days, calendars())
def test_it_is_always_due_after_it_was_done(repeats: str | int, done: date, held: list[Calendar]) -> None:
    assert next_due(repeats, done, held) > done


@given(repetitions, st.lists(days, min_size=2, max_size=20), calendars())
def test_doing_it_later_never_makes_it_due_earlier(
    repeats: str | int, done: list[date], held: list[Calendar]
) -> None:
    for earlier, later in pairwise(sorted(done)):
        assert next_due(repeats, earlier, held) <= next_due(repeats, later, held)


@given(st.sampled_from(["half_termly", "termly"]), days, calendars())
def test_with_a_calendar_or_without_it_is_a_day_of_the_coming_months_or_the_end_of_a_half_term(
    repeats: str, done: date, held: list[Calendar]
) -> None:
    found, plain = next_due(repeats, done, held), next_due(repeats, done, [])

    ends = {term.last for calendar in held for term in calendar.terms}
    inside = any(term.first <= found <= term.last for calendar in held for term in calendar.terms)
    assert found == plain or found in ends or inside
