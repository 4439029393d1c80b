"""What a figure of the whole school was before an action began, and what it was after: no cohort, no rest, no interval.

The points of a school's own measure are put together, as many before as after. Of the workforce two figures of the
academic year to date stand beside each other, that of the day before the action began and that of the last day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from domain.workforce.figures import less, rounded, total
from domain.workforce.own_measures import point_value
from domain.workforce.records import Amount

OF_THE_WHOLE_SCHOOL = "{} is of the whole school: there is no rest to compare its change with"
NONE_BEFORE = "there is no point before the action started"
NONE_SINCE = "there is no point since the action started"
NOTHING_TO_DIVIDE_BY = "there is nothing to divide by on one side"

METHOD_OF_POINTS = (
    "The points nearest to the start, as many before it as from it on: their numerators over their denominators, or "
    "the mean of plain numbers. There is no interval: what the points would have been by chance isn't known."
)
METHOD_OF_FIGURES = (
    "The figure of the academic year to date as of the day before the action began, and as of the last day. There is "
    "no interval. What a census counts once a year changes only with the next census."
)

Point = Mapping[str, Any]


@dataclass(frozen=True)
class SchoolFigure:
    """The figure of one side; without a numerator and a denominator where it is a plain number."""

    value: Decimal
    numerator: Amount | None
    denominator: Amount | None


@dataclass(frozen=True)
class Sides:
    """Both sides, each with its first and last day; `count` points on each, None where it isn't of points."""

    before: SchoolFigure | None = None
    after: SchoolFigure | None = None
    before_days: tuple[date, date] | None = None
    after_days: tuple[date, date] | None = None
    count: int | None = None
    because: str | None = None

    @property
    def change(self) -> Decimal | None:
        """What is after, less what was before."""
        if self.before is None or self.after is None:
            return None
        return Decimal(less(self.after.value, self.before.value))


def sides_of_points(
    points: Sequence[tuple[date, Point]], start: date, last: date, unit: str | None, most: int
) -> Sides:
    """Equal numbers of points, `most` at most, next to the start on either side; `points` are in order."""
    earlier = [point for point in points if point[0] < start]
    later = [point for point in points if start <= point[0] <= last]
    if not earlier or not later:
        return Sides(count=0, because=NONE_SINCE if earlier else NONE_BEFORE)
    count = min(len(earlier), len(later), most)
    earlier, later = earlier[-count:], later[:count]
    before, after = (_together([point for _, point in side], unit) for side in (earlier, later))
    days = (earlier[0][0], earlier[-1][0]), (later[0][0], later[-1][0])
    because = NOTHING_TO_DIVIDE_BY if before is None or after is None else None
    return Sides(before, after, *days, count, because)


def _together(points: Sequence[Point], unit: str | None) -> SchoolFigure | None:
    """The quotient of all where each point is one, else the mean of their values; None where there is none."""
    if all("denominator" in point for point in points):
        parts = {name: total(point[name] for point in points) for name in ("numerator", "denominator")}
        value, numerator, denominator = point_value(parts, unit)
        return None if value is None else SchoolFigure(value, numerator, denominator)
    values = [Fraction(value) for point in points if (value := point_value(point, unit)[0]) is not None]
    return SchoolFigure(rounded(sum(values, Fraction(0)) / len(values)), None, None)
