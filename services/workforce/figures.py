"""Single workforce figures of a school for those who show them elsewhere: indicators, reports, frozen evidence.

They are withheld where few members of staff are behind them, whoever asks.
"""

from collections.abc import Sequence
from datetime import date, datetime

from domain.attendance.calendar import academic_year_bounds, academic_year_of
from domain.workforce.catalogue import OURS
from domain.workforce.figures import Measure
from domain.workforce.measures import some_measures
from domain.workforce.question import ALL_TEACHERS, Posts, WorkforceRecords, parse_posts
from domain.workforce.suppression import JUDGED_BESIDE, withhold_measures
from services.attendance.figures import Figure, FigureRequest
from services.unit_of_work import UnitOfWork
from services.workforce.loading import load_workforce


def workforce_figures_to_date(
    work: UnitOfWork, school_id: int, requests: Sequence[FigureRequest], as_of: datetime | None = None
) -> list[Figure]:
    """Measures of the academic year to date, for one school, which is read once.

    What the census counts once a year is not there yet in September: until it is, the figure is that of the year
    before, and its window begins with that.
    """
    if not requests:
        return []
    records = load_workforce(work, school_id, as_of)
    return [_figure(records, request.measure, _posts(request), request.on) for request in requests]


def _posts(request: FigureRequest) -> Posts:
    return ALL_TEACHERS if request.cohort is None else parse_posts(request.cohort, "/cohort")


def _figure(records: WorkforceRecords, id: str, posts: Posts, on: date) -> Figure:
    first = academic_year_bounds(academic_year_of(on))[0]
    found = _measured(records, id, first, on, posts)
    if found.value is None and not found.suppressed and found.source != OURS:
        earlier = first.replace(year=first.year - 1)
        before = _measured(records, id, earlier, on, posts)
        if before.value is not None or before.suppressed:
            first, found = earlier, before
    return Figure(found.value, found.numerator, found.denominator, first, on, found.null_because)


def _measured(records: WorkforceRecords, id: str, first: date, last: date, posts: Posts) -> Measure:
    """The measure as it may be shown to everybody; judged beside its kin where it tells of people."""
    kin = [id, *(other for other in JUDGED_BESIDE.get(id, ()) if other != id)]
    return withhold_measures(some_measures(kin, records, first, last, posts=posts))[0]
