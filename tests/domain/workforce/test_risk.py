"""Expected leavers by role and subject: an interval that is honest about few years, or "too few to say"."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom

from domain.workforce.question import WorkforceRecords
from domain.workforce.records import Leaver, Snapshot
from domain.workforce.risk import (
    LIMITS,
    METHOD,
    ExpectedLeavers,
    YearCounted,
    dispersion,
    interval,
    predicted,
    retention_risk,
)
from tests.domain.workforce.built import make_leaver, make_snapshot

AUTUMNS = range(2021, 2026)


def censuses(teachers: int | None = 40, autumns: Any = AUTUMNS) -> list[Snapshot]:
    return [make_snapshot(date(autumn, 11, 5), 1, teachers_headcount=teachers) for autumn in autumns]


def leavers(by_autumn: dict[int, int], **values: Any) -> list[Leaver]:
    return [
        make_leaver(f"{autumn + 1}-08-31", **values)
        for autumn, number in by_autumn.items()
        for _ in range(number)
    ]


EVEN = leavers(dict.fromkeys(AUTUMNS, 4), role="Teacher", subject="Physics")


def test_the_schools_own_five_years_give_an_expectation_with_an_interval() -> None:
    found = retention_risk(WorkforceRecords(censuses(), leavers=EVEN), "2026/27")
    assert (found.teachers, found.teachers_on, found.teacher_years) == (40, date(2025, 11, 5), 200)
    assert found.years == [YearCounted(f"{autumn}/{(autumn + 1) % 100:02}", 40, 4) for autumn in AUTUMNS]
    assert found.left_out == {}
    assert found.everyone == ExpectedLeavers(
        None, None, leavers=20, expected=Decimal(4), low=2, high=7, chance_of_any=Decimal(98)
    )
    assert (found.confidence, found.method, tuple(found.limits)) == (80, METHOD, LIMITS)
    assert "Beta-binomial" in METHOD
    assert "80 %" in METHOD


def test_each_role_and_subject_has_its_own_row_those_with_most_leavers_first() -> None:
    gone = [
        *leavers({2022: 1}, role="Head of year"),
        *leavers({2023: 3, 2024: 1}, role="Teacher", subject="Maths"),
        *leavers({2021: 1}, role=" teacher", subject="MATHS "),
        *leavers({2024: 2}, role="Teacher", subject="Art"),
        *leavers({2024: 9}, role="Mentor", staff_group="other"),
    ]
    found = retention_risk(WorkforceRecords(censuses(), leavers=gone), "2026/27")
    assert [(row.role, row.subject, row.leavers) for row in found.rows] == [
        ("Teacher", "Maths", 5),
        ("Teacher", "Art", 2),
        ("Head of year", None, 1),
    ]
    assert found.rows[0].expected == 1
    assert found.everyone.leavers == 8
    by_subject = retention_risk(WorkforceRecords(censuses(), leavers=gone), "2026/27", by=("subject",))
    assert [(row.role, row.subject) for row in by_subject.rows] == [
        (None, "Maths"),
        (None, "Art"),
        (None, None),
    ]


def test_only_the_five_years_before_are_counted() -> None:
    gone = [*EVEN, *leavers({2020: 9, 2026: 9}, subject="Latin")]
    held = censuses(autumns=range(2019, 2028))
    found = retention_risk(WorkforceRecords(held, leavers=gone), "2026/27")
    assert next(year.academic_year for year in found.years) == "2021/22"
    assert found.everyone.leavers == 20
    assert found.teachers_on == date(2026, 11, 5)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        pytest.param(censuses(autumns=[2024, 2025]), "80 teacher-years in 2 academic years", id="few years"),
        pytest.param(censuses(5), "25 teacher-years in 5 academic years", id="few teachers"),
        pytest.param([], "0 teacher-years in 0 academic years", id="nothing"),
        pytest.param(censuses(None), "0 teacher-years in 0 academic years", id="no headcount"),
    ],
)
def test_below_the_base_there_are_too_few_to_say(held: list[Snapshot], told: str) -> None:
    gone = leavers(dict.fromkeys(AUTUMNS, 1))
    found = retention_risk(WorkforceRecords(held, leavers=gone), "2026/27")
    for row in [found.everyone, *found.rows]:
        assert (row.expected, row.low, row.high, row.chance_of_any) == (None, None, None, None)
        assert row.null_because == f"too few to say: {told}; at least 30 in 3 are needed"


def test_years_that_can_not_be_counted_are_named_with_the_reason() -> None:
    held = [*censuses(autumns=[2021, 2022, 2023]), make_snapshot(date(2024, 11, 5), 1, teachers_headcount=1)]
    found = retention_risk(WorkforceRecords(held, leavers=leavers({2022: 3, 2023: 2, 2024: 5})), "2026/27")
    assert found.left_out == {
        "2021/22": "no leaver was recorded by then",
        "2024/25": "no teachers, or more leavers than teachers",
        "2025/26": "no snapshot with a headcount of teachers",
    }
    assert [year.leavers for year in found.years] == [3, 2]


def test_years_that_differ_widen_the_interval() -> None:
    uneven = leavers({2021: 0, 2022: 14, 2023: 1, 2024: 0, 2025: 5})
    calm, wild = (
        retention_risk(WorkforceRecords(censuses(), leavers=[*gone, make_leaver("2021-09-30")]), "2026/27")
        for gone in (EVEN, uneven)
    )
    assert calm.everyone.expected == wild.everyone.expected
    assert (wild.everyone.low, wild.everyone.high) == (0, 12)
    assert (calm.everyone.low, calm.everyone.high) == (2, 7)


def test_what_is_no_academic_year_is_refused() -> None:
    with pytest.raises(ValueError, match="2026"):
        retention_risk(WorkforceRecords(), "2026")


@given(st.integers(0, 30), st.integers(0, 200), st.integers(0, 60))
def test_the_chances_are_those_of_the_library(left: int, stayed: int, teachers: int) -> None:
    chances = predicted(left + 0.5, stayed + 0.5, teachers)
    library = betabinom(teachers, left + 0.5, stayed + 0.5)
    assert chances == pytest.approx(library.pmf(range(teachers + 1)), abs=1e-9)
    assert chances.sum() == pytest.approx(1)


def plain_chance(number: int, left: int, stayed: int, teachers: int) -> Fraction:
    """The chance by rising products, exactly: C(n, k) times (a)_k (b)_(n-k) over (a+b)_n."""

    def rising(start: Fraction, steps: int) -> Fraction:
        product = Fraction(1)
        for step in range(steps):
            product *= start + step
        return product

    half = Fraction(1, 2)
    gone = rising(left + half, number) * rising(stayed + half, teachers - number)
    return comb(teachers, number) * gone / rising(Fraction(left + stayed + 1), teachers)


@given(st.integers(0, 9), st.integers(0, 40), st.integers(0, 15))
def test_the_interval_leaves_at_most_a_tenth_on_either_side(left: int, stayed: int, teachers: int) -> None:
    low, high = interval(predicted(left + 0.5, stayed + 0.5, teachers))
    exact = [plain_chance(number, left, stayed, teachers) for number in range(teachers + 1)]
    assert sum(exact) == 1
    tenth, little = Fraction(1, 10), Fraction(1, 10**9)
    assert 0 <= low <= high <= teachers
    assert sum(exact[:low]) <= tenth + little
    assert sum(exact[high + 1 :]) <= tenth + little
    assert sum(exact[: low + 1]) >= tenth - little


def test_equal_years_are_not_held_to_be_surer_than_chance() -> None:
    even = [YearCounted("2024/25", 40, 4), YearCounted("2025/26", 40, 4)]
    assert dispersion(even, Fraction(1, 10)) == 1
    uneven = [YearCounted("2024/25", 40, 8), YearCounted("2025/26", 40, 0)]
    assert dispersion(uneven, Fraction(1, 10)) == Fraction(4**2 + 4**2, 1) / Fraction(36, 10)
    assert dispersion(uneven, Fraction(0)) == 1
