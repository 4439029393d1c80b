"""What a figure of the whole school was before an action began, and after."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.workforce.before_and_after import NONE_BEFORE, NONE_SINCE, Sides, sides_of_points

START, LAST = date(2026, 10, 1), date(2026, 11, 20)


def points(*told: tuple[str, Any]) -> list[tuple[date, Any]]:
    return [
        (
            date.fromisoformat(day),
            {"value": said}
            if not isinstance(said, tuple)
            else {"numerator": said[0], "denominator": said[1]},
        )
        for day, said in told
    ]


def sides(*told: tuple[str, Any], unit: str | None = None, most: int = 95) -> Sides:
    return sides_of_points(points(*told), START, LAST, unit, most)


def test_as_many_points_before_as_after_are_put_together() -> None:
    found = sides(
        ("2026-09-01", 90), ("2026-09-10", 10), ("2026-09-20", 20), ("2026-10-01", 4), ("2026-10-10", 5),
        ("2026-12-01", 99),
    )  # fmt: skip

    assert (found.count, found.before_days) == (2, (date(2026, 9, 10), date(2026, 9, 20)))
    assert found.after_days == (date(2026, 10, 1), date(2026, 10, 10))
    assert found.before is not None
    assert found.after is not None
    assert (found.before.value, found.after.value, found.change) == (15, Decimal("4.5"), Decimal("-10.5"))


def test_quotients_are_pooled_and_not_averaged() -> None:
    found = sides(
        ("2026-09-10", (1, 2)),
        ("2026-09-20", (9, 98)),
        ("2026-10-02", (2, 4)),
        ("2026-10-03", (0, 4)),
        unit="%",
    )

    assert found.before is not None
    assert found.after is not None
    assert (found.before.value, found.before.numerator, found.before.denominator) == (10, 10, 100)
    assert (found.after.value, found.change) == (25, 15)


def test_without_points_on_a_side_it_says_so() -> None:
    assert sides(("2026-10-02", 1)).because == NONE_BEFORE
    assert sides(("2026-09-02", 1)).because == NONE_SINCE
    assert sides().because == NONE_BEFORE
    assert sides(("2026-09-02", (0, 0)), ("2026-10-02", (1, 2))).change is None


def test_so_many_points_as_were_asked_for() -> None:
    found = sides(("2026-09-01", 90), ("2026-09-10", 10), ("2026-10-01", 4), ("2026-10-10", 5), most=1)
    assert (found.count, found.change) == (1, -6)


DAYS = st.dates(date(2026, 9, 1), date(2026, 12, 1))


@given(st.dictionaries(DAYS, st.integers(0, 100), max_size=12), st.integers(1, 5))
def test_both_sides_have_the_same_number_of_points_and_the_nearest(told: dict[date, int], most: int) -> None:
    found = sides_of_points([(day, {"value": told[day]}) for day in sorted(told)], START, LAST, None, most)

    before = [day for day in sorted(told) if day < START]
    after = [day for day in sorted(told) if START <= day <= LAST]
    count = min(len(before), len(after), most)
    assert found.count == count
    if count:
        assert found.before is not None
        mean = Decimal(sum(told[day] for day in before[-count:])) / count
        assert abs(found.before.value - mean) <= Decimal("0.005")
        assert found.after_days == (after[0], after[count - 1])
