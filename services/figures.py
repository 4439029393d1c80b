"""The measures of attendance, of the workforce and of a school's own, and their figures for one school."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from domain.attendance import catalogue as attendance
from domain.errors import invalid
from domain.workforce import catalogue as workforce
from domain.workforce.measures import BY_POST
from domain.workforce.own_measures import PREFIX
from domain.workforce.question import parse_posts
from services.attendance.figures import Figure, FigureRequest, measures_to_date
from services.tracker.checks import check_cohort
from services.unit_of_work import UnitOfWork
from services.workforce.figures import workforce_figures_to_date
from services.workforce.own_measures import OwnMeasure, find_own_measure, own_figures_to_date

Known = attendance.Measure | workforce.Definition | OwnMeasure

MEASURES: Final[Mapping[str, attendance.Measure | workforce.Definition]] = {
    **attendance.MEASURES,
    **workforce.DEFINITIONS,
}
"""All that can be an indicator without points of its own, by name."""

OF_WORKFORCE: Final = frozenset(workforce.DEFINITIONS)


def figure_to_date(
    work: UnitOfWork,
    school_id: int,
    measure: str,
    cohort: str | None,
    on: date,
    as_of: datetime | None = None,
) -> Figure:
    """A measure of the academic year to date: from 1 September to the day given, as it is held or was held."""
    return figures_to_date(work, school_id, [FigureRequest(measure, cohort, on)], as_of)[0]


def figures_to_date(
    work: UnitOfWork, school_id: int, requests: Sequence[FigureRequest], as_of: datetime | None = None
) -> list[Figure]:
    """Several of them for one school, in their order; registers and workforce are each read once, if at all.

    Raises `Invalid` for a measure that doesn't exist, and for a cohort (of posts: role or subject) that it can't have.
    """
    for request in requests:
        _check(request)
    of_workforce = [request for request in requests if request.measure in OF_WORKFORCE]
    own = [request for request in requests if request.measure.startswith(PREFIX)]
    of_pupils = [request for request in requests if request.measure in attendance.MEASURES]
    found = dict(zip(of_pupils, measures_to_date(work, school_id, of_pupils, as_of), strict=True))
    told = workforce_figures_to_date(work, school_id, of_workforce, as_of)
    found |= dict(zip(of_workforce, told, strict=True))
    found |= dict(zip(own, own_figures_to_date(work, school_id, own, as_of), strict=True))
    return [found[request] for request in requests]


def known_measure(work: UnitOfWork, school_id: int, id: str) -> Known | None:
    """What is told of a measure that can be followed at a school: ours, or the school's own (`own:club_places`)."""
    return MEASURES.get(id) or find_own_measure(work, school_id, id)


def own_direction(work: UnitOfWork, school_id: int, id: str) -> str | None:
    """Which way is better, as the school said when it defined a measure of its own; None for all other measures."""
    own = find_own_measure(work, school_id, id)
    return None if own is None else own.better


def full_name(work: UnitOfWork, school_id: int, id: str) -> str:
    """The id of a measure, where one of the school's own may be named without what stands before its name."""
    if id in MEASURES or id.startswith(PREFIX) or find_own_measure(work, school_id, PREFIX + id) is None:
        return id
    return PREFIX + id


def takes_cohort(id: str) -> bool:
    """Whether a measure can be of some pupils: those of attendance can."""
    return id in attendance.MEASURES


def check_filter(id: str, filter: str, pointer: str) -> None:
    """Raises `Invalid` at the pointer for a filter that a measure can't have: pupils have cohorts, posts roles."""
    if takes_cohort(id):
        check_cohort(filter, pointer)
    elif id in BY_POST:
        parse_posts(filter, pointer)
    elif id in OF_WORKFORCE:
        words = "is of all of the staff together, neither of some pupils nor of one role or subject"
        raise invalid(
            pointer, f"{id} {words}; leave the filter out. By role or subject: {', '.join(BY_POST)}"
        )
    else:
        raise invalid(pointer, f"{id} is of the whole school, and not of some pupils; leave the filter out")


def _check(request: FigureRequest) -> None:
    if request.measure not in MEASURES and not request.measure.startswith(PREFIX):
        raise invalid("/measure", f"there is no such measure; there are: {', '.join(MEASURES)}")
    if request.cohort is not None:
        check_filter(request.measure, request.cohort, "/cohort")
