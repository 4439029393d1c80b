"""Where an indicator should be by now: the straight line from its baseline to its target."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

PLACES = 2


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


def _half_up(value: Fraction) -> Decimal:
    # In whole hundredths, since a Decimal division would round to the context's precision first.
    hundredths = int(abs(value) * 10**PLACES + Fraction(1, 2))
    sign = 1 if value < 0 and hundredths else 0
    return Decimal((sign, tuple(int(digit) for digit in str(hundredths)), -PLACES))
