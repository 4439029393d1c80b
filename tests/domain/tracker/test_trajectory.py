from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tracker.trajectory import days_to_draw, expected_on, on_trajectory

FIRST = date(2026, 9, 1)


def on_the_line(days: int, *, baseline: str = "90", target: str = "100", length: int = 100) -> Decimal | None:
    return expected_on(
        FIRST + timedelta(days=days),
        baseline=Decimal(baseline),
        baseline_on=FIRST,
        target=Decimal(target),
        target_on=FIRST + timedelta(days=length),
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-30, "90"), (0, "90"), (1, "90.10"), (50, "95.00"), (99, "99.90"), (100, "100"), (400, "100")],
)
def test_it_stays_at_the_baseline_then_climbs_then_stays_at_the_target(days: int, expected: str) -> None:
    assert str(on_the_line(days)) == expected


@pytest.mark.parametrize(
    ("baseline", "target", "expected"),
    [
        pytest.param("0", "0.01", "0.01", id="half a hundredth rounds up"),
        pytest.param("0", "-0.01", "-0.01", id="and away from zero below it"),
        pytest.param("0", "0.009", "0.00", id="less than half rounds down"),
        pytest.param("0", "-0.009", "0.00", id="nothing has no sign"),
        pytest.param("12.4", "7.3", "9.85", id="a falling line"),
    ],
)
def test_half_way_is_rounded_half_up_to_two_places(baseline: str, target: str, expected: str) -> None:
    assert str(on_the_line(1, baseline=baseline, target=target, length=2)) == expected


def test_a_target_on_the_day_of_the_baseline_holds_from_that_day() -> None:
    assert on_the_line(-1, length=0) == 90
    assert on_the_line(0, length=0) == 100


@pytest.mark.parametrize("missing", ["baseline", "baseline_on", "target", "target_on"])
def test_without_one_of_its_ends_there_is_no_line(missing: str) -> None:
    whole = {
        "baseline": Decimal(1),
        "baseline_on": FIRST,
        "target": Decimal(2),
        "target_on": date(2027, 7, 1),
    }
    assert expected_on(date(2027, 1, 1), **whole | {missing: None}) is None


@pytest.mark.parametrize(
    ("latest", "direction", "answer"),
    [
        ("92.00", "up", True),
        ("92.01", "up", True),
        ("91.99", "up", False),
        ("92.00", "down", True),
        ("92.01", "down", False),
        ("91.99", "down", True),
    ],
)
def test_being_where_the_line_is_or_better_is_on_trajectory(
    latest: str, direction: str, answer: bool
) -> None:
    assert on_trajectory(Decimal(latest), Decimal("92"), direction) is answer


def test_where_one_of_the_two_is_missing_there_is_no_answer() -> None:
    assert on_trajectory(None, Decimal(1), "up") is None
    assert on_trajectory(Decimal(1), None, "up") is None


values = st.decimals(min_value=-(10**6), max_value=10**6, places=4)


@given(values, values, st.integers(1, 2000))
def test_the_line_hits_both_ends_exactly(baseline: Decimal, target: Decimal, length: int) -> None:
    assert on_the_line(0, baseline=str(baseline), target=str(target), length=length) == baseline
    assert on_the_line(length, baseline=str(baseline), target=str(target), length=length) == target


@given(values, values, st.integers(2, 2000), st.data())
def test_between_the_ends_it_is_never_more_than_half_a_hundredth_off(
    baseline: Decimal, target: Decimal, length: int, data: st.DataObject
) -> None:
    days = data.draw(st.integers(1, length - 1))
    exact = Fraction(baseline) + (Fraction(target) - Fraction(baseline)) * Fraction(days, length)
    expected = on_the_line(days, baseline=str(baseline), target=str(target), length=length)
    assert expected is not None
    assert expected.as_tuple().exponent == -2
    assert abs(Fraction(expected) - exact) <= Fraction(1, 200)


@pytest.mark.parametrize(
    ("baseline_on", "today", "days"),
    [
        pytest.param(
            "2026-09-14", "2026-11-20", ["2026-09-30", "2026-10-31", "2026-11-20"], id="month by month"
        ),
        pytest.param("2026-09-30", "2026-10-31", ["2026-09-30", "2026-10-31"], id="both ends of months"),
        pytest.param("2026-11-20", "2026-11-20", ["2026-11-20"], id="the first day"),
        pytest.param(
            "2023-12-31", "2024-03-01", ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-01"], id="leap"
        ),
        pytest.param(None, "2026-11-20", ["2026-11-20"], id="no baseline"),
    ],
)
def test_a_figure_is_drawn_at_the_end_of_each_month_and_today(
    baseline_on: str | None, today: str, days: list[str]
) -> None:
    first = None if baseline_on is None else date.fromisoformat(baseline_on)

    assert [day.isoformat() for day in days_to_draw(first, date.fromisoformat(today))] == days


def test_of_many_months_the_newest_are_drawn() -> None:
    days = days_to_draw(date(2020, 1, 1), date(2026, 11, 20))

    assert len(days) == 24
    assert (days[0], days[-2:]) == (date(2024, 12, 31), [date(2026, 10, 31), date(2026, 11, 20)])
