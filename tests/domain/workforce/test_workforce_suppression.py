"""Figures of few members of staff are withheld, and with them what would give them back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.workforce.figures import Measure
from domain.workforce.measures import workforce_measures
from domain.workforce.question import Asked, WorkforceRecords
from domain.workforce.records import DESTINATIONS, StaffAbsence
from domain.workforce.risk import retention_risk
from domain.workforce.suppression import (
    EARLY,
    OF_PEOPLE,
    SICKNESS,
    tells,
    withhold_destinations,
    withhold_measures,
    withhold_risk,
)
from domain.workforce.turnover import leaver_destinations
from tests.domain.workforce.built import (
    CENSUS_2024,
    CENSUS_2025,
    YEAR,
    make_leaver,
    make_snapshot,
    make_vacancy,
    posts,
)


def answer(
    *,
    moved: int = 6,
    left: int = 7,
    sick: int = 20,
    qualified: Any = 40,
    early: tuple[int, int, int, int] = (0, 0, 0, 8),
) -> list[Measure]:
    """All measures of a school of 50 teachers; `early` left after 1, 2, 3 and more years, later than the others."""
    held = [
        make_snapshot(
            day,
            50,
            qualified_teachers_fte=qualified,
            teaching_assistants_fte=2,
            pupils_fte=900,
            vacancies=posts(1),
        )
        for day in (CENSUS_2024, CENSUS_2025)
    ]
    leavers = [
        *(make_leaver() for _ in range(moved)),
        *(make_leaver(destination="retired") for _ in range(left)),
        *(
            make_leaver("2026-08-31", years_in_post=place + 1)
            for place, number in enumerate(early)
            for _ in range(number)
        ),
    ]
    absences = [StaffAbsence("2025/26", sick, sick * 7, 50)]
    return workforce_measures(WorkforceRecords(held, [make_vacancy()], leavers, absences), *YEAR)


def hidden(measures: list[Measure], least: int = 5) -> set[str]:
    return {measure.measure for measure in withhold_measures(measures, least) if measure.suppressed}


def test_where_nobody_is_few_nothing_is_withheld() -> None:
    assert hidden(answer()) == set()
    assert withhold_measures(answer()) == answer()


def test_who_may_write_sees_everything() -> None:
    few = answer(moved=1, left=1, sick=1, qualified=49, early=(1, 1, 1, 1))
    assert withhold_measures(few, 0) == few


@pytest.mark.parametrize("sick", [1, 4, 46, 49])
def test_few_who_were_sick_or_were_not_hide_all_of_sickness(sick: int) -> None:
    assert hidden(answer(sick=sick)) == set(SICKNESS)


@pytest.mark.parametrize("sick", [0, 5, 45, 50])
def test_none_all_and_five_may_be_shown(sick: int) -> None:
    assert hidden(answer(sick=sick)) == set()


def test_few_leavers_hide_who_stayed_too() -> None:
    assert hidden(answer(moved=2, left=0)) == {"turnover_rate", "retention_rate", "leaver_rate"}


def test_few_who_moved_would_come_out_of_turnover_less_leavers() -> None:
    assert hidden(answer(moved=2, left=9)) == {"leaver_rate"}
    assert hidden(answer(moved=0, left=9)) == set()


def test_few_without_qualified_status_would_come_out_of_the_ratios() -> None:
    assert hidden(answer(qualified=48)) == {
        "unqualified_share",
        "pupil_qualified_teacher_ratio",
        "leaver_rate",
    }


@pytest.mark.parametrize("early", [(2, 0, 0, 9), (6, 2, 0, 9), (6, 6, 3, 9), (6, 6, 6, 2)])
def test_few_in_any_year_of_post_hide_all_early_leavers(early: tuple[int, int, int, int]) -> None:
    assert hidden(answer(early=early)) == set(EARLY)


def test_what_is_withheld_has_no_figure_and_a_reason_and_keeps_its_definition() -> None:
    shown = {measure.measure: measure for measure in withhold_measures(answer(sick=2))}
    share = shown["sickness_share"]
    assert (share.value, share.numerator, share.denominator, share.note) == (None, None, None, None)
    assert share.null_because is not None
    assert share.null_because.startswith("withheld: fewer than 5 members of staff")
    assert share.definition
    assert share.as_dict()["suppressed"] is True


def test_vacancies_are_no_members_of_staff() -> None:
    shown = {measure.measure: measure for measure in withhold_measures(answer(moved=1, sick=1))}
    assert shown["vacancy_rate"].numerator == 1
    assert shown["live_vacancies"].value == 1


def test_no_note_counts_people_in_passing() -> None:
    (measure,) = (one for one in answer() if one.measure == "leaver_rate")
    noted = replace(measure, note="0.5 FTE left for a destination that isn't known.")
    plain = replace(measure, note="No leaver was ever recorded.")
    assert withhold_measures([noted])[0].note is None
    assert withhold_measures([plain])[0].note == plain.note


@given(
    st.integers(0, 12),
    st.integers(0, 12),
    st.integers(0, 50),
    st.integers(38, 50),
    st.tuples(*[st.integers(0, 8)] * 4),
)
def test_no_small_number_of_people_can_be_had_from_what_is_shown(
    moved: int, left: int, sick: int, qualified: int, early: tuple[int, int, int, int]
) -> None:
    shown = {
        measure.measure: measure
        for measure in withhold_measures(
            answer(moved=moved, left=left, sick=sick, qualified=qualified, early=early)
        )
        if not measure.suppressed
    }

    def number(id: str, part: str = "numerator") -> Any:
        return getattr(shown[id], part) if id in shown else None

    differences = [
        (number("turnover_rate"), number("leaver_rate")),
        (number("turnover_rate", "denominator"), number("retention_rate")),
        (number("turnover_rate", "denominator"), number("leaver_rate", "denominator")),
        (
            number("pupil_teacher_ratio", "denominator"),
            number("pupil_qualified_teacher_ratio", "denominator"),
        ),
        (number("early_leaver_rate"), number("early_leaver_rate_1_year")),
        (number("early_leaver_rate_3_years"), number("early_leaver_rate")),
    ]
    for more, fewer in differences:
        assert more is None or fewer is None or not 0 < more - fewer < 5
    for id in (*OF_PEOPLE, "unqualified_share"):
        assert number(id) is None or id in SICKNESS[1:] or not tells(number(id), number(id, "denominator"))
    assert not 0 < (number("sickness_days_of_those_absent", "denominator") or 0) < 5


def test_destinations_are_shown_all_or_not_at_all() -> None:
    def shares(**numbers: int) -> Any:
        leavers = [make_leaver("2025-12-31", name) for name, number in numbers.items() for _ in range(number)]
        return leaver_destinations(Asked(WorkforceRecords(leavers=leavers), *YEAR))

    few = shares(retired=1, moved_school=9)
    assert [share.destination for share in withhold_destinations(few)] == list(DESTINATIONS)
    assert {(share.fte, share.share, share.suppressed) for share in withhold_destinations(few)} == {
        (None, None, True)
    }
    assert withhold_destinations(few, 0) == few
    many = shares(retired=5, moved_school=9)
    assert withhold_destinations(many) == many
    assert withhold_destinations(shares()) == shares()


def destinations_beside(between: int, since: int, before: int = 0) -> tuple[dict[str, Any], bool]:
    """What is shown, and whether destinations are withheld, where so many left between two snapshots, since, before."""
    days = {"2025-12-31": between, "2026-11-20": since, "2025-10-01": before}
    leavers = [
        make_leaver(day, "moved_school", years_in_post=9)
        for day, number in days.items()
        for _ in range(number)
    ]
    held = [make_snapshot(date(year, 11, 5), 50, qualified_teachers_fte=50) for year in (2025, 2026)]
    asked = Asked(WorkforceRecords(held, leavers=leavers), date(2025, 9, 1), date(2026, 11, 24))
    measures = workforce_measures(asked.records, asked.first, asked.last)
    shares = withhold_destinations(leaver_destinations(asked), beside=measures)
    return {one.measure: one for one in withhold_measures(measures)}, shares[0].suppressed


@pytest.mark.parametrize(("between", "since", "before"), [(12, 2, 0), (2, 12, 0), (12, 0, 3), (12, 48, 0)])
def test_who_left_on_few_of_the_days_does_not_come_out_of_all_who_left(
    between: int, since: int, before: int
) -> None:
    assert destinations_beside(between, since, before)[1]


def test_destinations_are_shown_where_the_days_between_tell_of_no_few() -> None:
    assert not destinations_beside(12, 0)[1]
    assert not destinations_beside(12, 6)[1]
    assert not destinations_beside(12, 6, 7)[1]


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_all_who_left_less_those_of_other_days_is_never_few(between: int, since: int, before: int) -> None:
    shown, withheld = destinations_beside(between, since, before)
    if withheld:
        return
    numbers = [shown["turnover_rate"].numerator, shown["turnover_so_far"].numerator]
    known = [int(number) for number in numbers if number]
    for part in (*known, sum(known)):
        assert not part or not 0 < between + since + before - part < 5


def expected(numbers: dict[str, int]) -> Any:
    autumns = range(2021, 2026)
    held = [make_snapshot(date(autumn, 11, 5), 60, teachers_headcount=60) for autumn in autumns]
    leavers = [
        make_leaver(f"{autumns[place % 5] + 1}-08-31", subject=subject)
        for subject, number in numbers.items()
        for place in range(number)
    ]
    return retention_risk(WorkforceRecords(held, leavers=leavers), "2026/27")


def test_expected_leavers_of_few_are_withheld_with_the_next_smallest() -> None:
    found = withhold_risk(expected({"Maths": 20, "Art": 6, "Latin": 2}))
    assert [(row.subject, row.leavers, row.suppressed) for row in found.rows] == [
        ("Maths", 20, False),
        ("Art", None, True),
        ("Latin", None, True),
    ]
    assert found.everyone.leavers == 28
    assert found.years
    assert withhold_risk(expected({"Art": 3, "Latin": 2, "Maths": 20})).rows[0].leavers == 20


def test_years_with_few_leavers_are_not_told() -> None:
    assert withhold_risk(expected({"Maths": 20})).years == []
    assert withhold_risk(expected({"Maths": 25})).years
    assert withhold_risk(expected({"Maths": 20}), 0).years


def test_few_leavers_in_all_hide_every_row() -> None:
    found = withhold_risk(expected({"Maths": 3}))
    assert found.everyone.suppressed
    assert (found.everyone.expected, found.rows[0].low, found.years) == (None, None, [])


@given(st.lists(st.integers(1, 12), max_size=6))
def test_no_row_of_few_can_be_had_by_subtraction(numbers: list[int]) -> None:
    found = withhold_risk(expected({f"s{place}": number for place, number in enumerate(numbers)}))
    told = sum(row.leavers or 0 for row in found.rows)
    assert not any(0 < row.leavers < 5 for row in found.rows if row.leavers is not None)
    missing = (found.everyone.leavers or told) - told
    assert missing == 0 or missing >= 5


def test_an_amount_tells_by_itself_or_by_what_it_leaves() -> None:
    assert tells(Decimal("0.6"), 40)
    assert tells(Decimal("39.4"), 40)
    assert not tells(0, 40)
    assert not tells(40, 40)
    assert not tells(5, 10)
