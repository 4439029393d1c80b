"""What a figure of the whole school was before an action began and after: of the workforce, or the school's own."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from domain.attendance.effect import CAUTION, MOST_DAYS
from domain.workforce.before_and_after import (
    METHOD_OF_FIGURES,
    METHOD_OF_POINTS,
    OF_THE_WHOLE_SCHOOL,
    SchoolFigure,
    Sides,
    sides_of_points,
)
from domain.workforce.question import label_of_posts, parse_posts
from services.attendance.figures import Figure, FigureRequest
from services.figures import MEASURES, Known, check_filter, figures_to_date
from services.tracker.held import Held
from services.tracker.kinds import Content
from services.workforce.own_measures import points_of

NOBODY = {"before": None, "after": None, "change": None}
WHOLE_SCHOOL = "The whole school"


def effect_of_figure(
    held: Held,
    action: Content,
    school_id: int,
    known: Known,
    asked: Mapping[str, Any],
    days: tuple[date, date] | None,
    because: str | None,
) -> Content:
    """A figure before an action began and after, in the shape of an effect; `days` are its start and the last day.

    Where there are none, `because` says why. Raises `Invalid` for a filter that the measure can't have.
    """
    filter = asked.get("cohort")
    if filter is not None:
        check_filter(known.id, filter, "/query/cohort")
    sides = Sides(because=because)
    if days is not None:
        sides = _sides(held, school_id, known, filter, *days, asked.get("days") or MOST_DAYS)
    return _shown(action, known, filter, sides)


def _sides(
    held: Held, school_id: int, known: Known, filter: str | None, start: date, last: date, most: int
) -> Sides:
    if known.id not in MEASURES:
        points = points_of(held.work, school_id, known.id, held.as_of)
        return sides_of_points(points, start, last, known.unit, most)
    until = start - timedelta(days=1), last
    asked = [FigureRequest(known.id, filter, day) for day in until]
    before, after = figures_to_date(held.work, school_id, asked, held.as_of)
    because = before.null_because or after.null_because
    return Sides(
        _side(before), _side(after), (before.first, before.last), (after.first, after.last), None, because
    )


def _side(figure: Figure) -> SchoolFigure | None:
    if figure.value is None:
        return None
    return SchoolFigure(figure.value, figure.numerator, figure.denominator)


def _shown(action: Content, known: Known, filter: str | None, sides: Sides) -> Content:
    label = WHOLE_SCHOOL if filter is None else label_of_posts(parse_posts(filter, "/query/cohort"))
    return {
        "action": action["id"],
        "school": action["school"],
        "measure": known.id,
        "title": known.title,
        "unit": known.unit,
        "better": known.better,
        "definition": getattr(known, "definition", known.title),
        "cohort": filter,
        "cohort_label": label,
        "start_on": action["start_on"],
        "days": None,
        "points": sides.count,
        "before": _window(sides.before_days),
        "after": _window(sides.after_days),
        "of_school": {
            "before": _figure(sides.before),
            "after": _figure(sides.after),
            "change": None if sides.change is None else {"value": sides.change},
        },
        "of_cohort": NOBODY,
        "of_rest": NOBODY,
        "difference_of_changes": None,
        "too_few_to_say": True,
        "because": sides.because or OF_THE_WHOLE_SCHOOL.format(known.id),
        "cautions": [CAUTION],
        "confidence": None,
        "method": METHOD_OF_FIGURES if known.id in MEASURES else METHOD_OF_POINTS,
        "limits": [],
    }


def _figure(side: SchoolFigure | None) -> Content | None:
    return None if side is None else asdict(side)


def _window(days: tuple[date, date] | None) -> Content | None:
    return None if days is None else {"from": days[0], "to": days[1]}
