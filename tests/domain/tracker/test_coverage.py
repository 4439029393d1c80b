"""What ordinarily runs on a day, set against areas and groups."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.calendar import Calendar, Closure, Term
from domain.cohorts import CohortFilter, parse_cohort_filter
from domain.frameworks import AREAS
from domain.tracker.coverage import (
    DayAtSchool,
    OrdinaryPractice,
    areas_on,
    coverage_table,
    covers,
    day_at_school,
    running_on,
    usual_inspection_days,
)

TUESDAY = date(2026, 12, 1)
INCLUSION = "ofsted2025.inclusion"
AUTUMN = Term("Autumn 2", 2, date(2026, 11, 2), date(2026, 12, 18))


def practice(id: str = "a", **fields: object) -> OrdinaryPractice:
    """A practice on Tuesday mornings for everyone, in the area of inclusion."""
    usual = {"weekday": "tuesday", "starts_at": "08:15", "areas": frozenset({INCLUSION})}
    return OrdinaryPractice(**({"id": id} | usual | fields))  # type: ignore[arg-type]


def group(text: str) -> CohortFilter:
    return parse_cohort_filter(text)


def cells(*practices: OrdinaryPractice, columns: str, area: str = INCLUSION) -> list[str]:
    """The ids in each cell of an area's row, those for everyone in brackets; a column `-` is everyone."""
    wanted = [None if text == "-" else group(text) for text in columns.split()]
    (row,) = coverage_table([AREAS[area]], wanted, practices)
    return [" ".join(f"({one.id})" if one.for_everyone else one.id for one in cell) for cell in row.cells]


@pytest.mark.parametrize(
    ("today", "tuesday"),
    [
        pytest.param("2026-11-20", "2026-11-24", id="on a Friday, that of next week"),
        pytest.param("2026-11-23", "2026-11-24", id="on a Monday, tomorrow"),
        pytest.param("2026-11-24", "2026-12-01", id="on a Tuesday, a week later"),
        pytest.param("2026-11-25", "2026-12-01", id="on a Wednesday, both days of next week"),
        pytest.param("2026-12-31", "2027-01-05", id="over New Year"),
    ],
)
def test_the_usual_days_are_the_coming_tuesday_and_the_day_after(today: str, tuesday: str) -> None:
    first, second = usual_inspection_days(date.fromisoformat(today))

    assert first.isoformat() == tuesday
    assert (second - first).days == 1


def test_what_is_for_everyone_is_for_each_group_too_and_marked() -> None:
    assert cells(practice("a"), columns="- pupil_premium:true") == ["(a)", "(a)"]


def test_what_is_for_a_group_is_not_for_everyone() -> None:
    plan = practice("a", cohorts=(group("sen_provision:E"),))

    assert cells(plan, columns="- sen_provision:E sen_provision:K") == ["", "a", ""]


def test_what_is_for_a_wider_group_covers_the_narrower_one_and_not_the_other_way_round() -> None:
    wide = practice("a", cohorts=(group("sen_provision:E,K"),))
    narrow = practice("b", cohorts=(group("sen_provision:E;sex:F"),))

    assert cells(wide, narrow, columns="sen_provision:E sen_provision:E,K sen_provision:E;sex:F") == [
        "a",
        "a",
        "a b",
    ]


def test_two_groups_named_apart_cover_one_that_has_both() -> None:
    both = practice("a", cohorts=(group("sen_provision:E"), group("sen_provision:K")))

    assert cells(both, columns="sen_provision:K,E") == ["a"]


def test_a_part_of_an_area_stands_for_the_area() -> None:
    part = practice("a", areas=frozenset({"eif2019.quality-of-education.intent"}))

    assert cells(part, columns="-", area="eif2019.quality-of-education") == ["(a)"]
    assert cells(part, columns="-", area="eif2019.early-years") == [""]


VALUES = {"sex": ["F", "M", "Unknown"], "sen_provision": ["N", "K", "E"], "pupil_premium": ["true", "false"]}


@st.composite
def groups(draw: st.DrawFn) -> CohortFilter:
    chosen = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, unique=True))
    picked = (
        f"{name}:{','.join(draw(st.sets(st.sampled_from(VALUES[name]), min_size=1)))}" for name in chosen
    )
    return group(";".join(picked))


@given(st.lists(groups(), max_size=5), groups())
def test_a_group_is_covered_where_no_pupil_could_be_left_out(
    cohorts: list[CohortFilter], column: CohortFilter
) -> None:
    def is_in(pupil: dict[str, str | None], cohort: CohortFilter) -> bool:
        return all(pupil[name] in values for name, values in cohort)

    everybody = (
        dict(zip(VALUES, values, strict=True))
        for values in product(*([*each, None] for each in VALUES.values()))
    )
    left_out = [
        pupil
        for pupil in everybody
        if is_in(pupil, column) and not any(is_in(pupil, cohort) for cohort in cohorts)
    ]

    assert covers(cohorts, column) == (not left_out)


def test_a_practice_runs_on_its_weekday_until_its_last_day() -> None:
    practices = [
        practice("a"),
        practice("b", weekday="wednesday"),
        practice("c", until=TUESDAY),
        practice("d", until=date(2026, 11, 30)),
    ]

    assert [one.id for one in running_on(DayAtSchool(TUESDAY), practices)] == ["a", "c"]


def test_half_a_day_of_closure_stops_what_starts_in_that_half() -> None:
    practices = [practice("a"), practice("b", starts_at="11:59"), practice("c", starts_at="12:00")]

    assert [one.id for one in running_on(DayAtSchool(TUESDAY, ("AM",)), practices)] == ["c"]
    assert [one.id for one in running_on(DayAtSchool(TUESDAY, ("PM",)), practices)] == ["a", "b"]
    assert running_on(DayAtSchool(TUESDAY, ("AM", "PM")), practices) == []


@pytest.mark.parametrize(
    ("closures", "closed", "reason"),
    [
        pytest.param([], (), None, id="an ordinary day"),
        pytest.param([(None, "Training")], ("AM", "PM"), "Training", id="a whole day"),
        pytest.param([("AM", "Boiler")], ("AM",), "Boiler", id="a morning"),
        pytest.param([("AM", "Boiler"), ("PM", "Snow")], ("AM", "PM"), "Boiler; Snow", id="both halves"),
    ],
)
def test_closures_close_the_day(
    closures: list[tuple[str | None, str]], closed: tuple[str, ...], reason: str | None
) -> None:
    listed = tuple(Closure(TUESDAY, session, why) for session, why in closures)

    assert day_at_school(TUESDAY, [Calendar("2026/27", (AUTUMN,), listed)]) == DayAtSchool(
        TUESDAY, closed, reason
    )


def test_outside_every_half_term_the_school_is_closed() -> None:
    at = day_at_school(date(2026, 12, 19), [Calendar("2026/27", (AUTUMN,))])

    assert at.closed
    assert at.reason == "outside the half terms of 2026/27"


def test_without_the_calendar_of_that_year_the_school_is_taken_to_be_open_and_that_is_said() -> None:
    at = day_at_school(date(2027, 9, 7), [Calendar("2026/27", (AUTUMN,))])

    assert (at.closed, at.assumed_open) == (False, True)
    assert "2027/28" in str(at.reason)


def test_the_areas_are_those_of_the_framework_in_use_without_their_parts() -> None:
    assert {area.framework for area in areas_on(TUESDAY)} == {"ofsted-renewed-2025"}
    assert {area.framework for area in areas_on(date(2025, 11, 9))} == {"ofsted-eif-2019"}
    assert all(area.parent is None for area in areas_on(date(2025, 11, 9)))
    assert areas_on(date(2019, 8, 31)) == []
