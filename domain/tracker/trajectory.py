"""Where an indicator should be by now: the straight line from its baseline to its target."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

PLACES = 2

MOST_DAYS = 24
"""So many figures through time are enough to draw two years."""


def expected_on(
    day: date,
    *,
    baseline: Decimal | None,
    baseline_on: date | None,
    target: Decimal | None,
    target_on: date | None,
) -> Decimal | None:
    """The value on the straight line at `day`, in the indicator's own unit; None where a part of the line
    is missing.

    Until `baseline_on` it is the baseline, from `target_on` the target, both as they were given. Between
    them it is computed exactly and rounded half up (away from zero) to 2 places, once.
    """
    if baseline is None or baseline_on is None or target is None or target_on is None:
        return None
    if day >= target_on:
        return target
    if day <= baseline_on:
        return baseline
    way = Fraction((day - baseline_on).days, (target_on - baseline_on).days)
    return _half_up(Fraction(baseline) + (Fraction(target) - Fraction(baseline)) * way)


def on_trajectory(latest: Decimal | None, expected: Decimal | None, direction: str) -> bool | None:
    """Whether `latest` is at least where the line is, seen in `direction` (up or down); equal is on
    trajectory.

    None where one of the two is missing.
    """
    if latest is None or expected is None:
        return None
    return latest >= expected if direction == "up" else latest <= expected


def days_to_draw(baseline_on: date | None, today: date) -> list[date]:
    """The days at which a figure of the year to date is looked at again: the last of each month from `baseline_on`
    on, and `today`. In order, and the newest 24 where there are more.
    """
    days = [today]
    month_end = today.replace(day=1) - timedelta(days=1)
    while len(days) < MOST_DAYS and baseline_on is not None and month_end >= baseline_on:
        days.append(month_end)
        month_end = month_end.replace(day=1) - timedelta(days=1)
    return days[::-1]


def _half_up(value: Fraction) -> Decimal:
    # In whole hundredths, since a Decimal division would round to the context's precision first.
    hundredths = int(abs(value) * 10**PLACES + Fraction(1, 2))
    sign = 1 if value < 0 and hundredths else 0
    return Decimal((sign, tuple(int(digit) for digit in str(hundredths)), -PLACES))
