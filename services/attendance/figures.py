"""Single figures of a school for those who show them elsewhere: indicators, reports, frozen evidence.

They are withheld for groups that are too small, whoever asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from domain.attendance.calendar import academic_year_bounds, academic_year_of
from domain.attendance.catalogue import MEASURES, PUPILS, measure_value
from domain.attendance.cells import Cells
from domain.attendance.groups import Group, answer_of
from domain.attendance.question import Question
from domain.attendance.suppression import LEAST, Withheld, is_small, withhold
from domain.cohorts import CohortFilter, parse_cohort_filter
from domain.errors import invalid
from services.attendance.counting import count_school
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork

NOTHING_HELD = "no register yet"
NOBODY_THERE = "no pupil of these had a possible session"
ONLY_COUNTS = "only counts of sessions are held, not whose they are"
TOO_FEW_PUPILS = f"withheld: fewer than {LEAST} pupils"
TOO_FEW_SESSIONS = f"withheld: fewer than {LEAST} sessions"


@dataclass(frozen=True)
class FigureRequest:
    """A measure of the catalogue, of a cohort (as `cohort=` takes it; None: everybody), on a day."""

    measure: str
    cohort: str | None
    on: date


@dataclass(frozen=True)
class Figure:
    """A measure over a window, both days counting; without a value, `null_because` says why."""

    value: Decimal | None
    numerator: int | Decimal | None
    denominator: int | Decimal | None
    first: date
    last: date
    null_because: str | None = None


def measures_to_date(
    work: UnitOfWork, school_id: int, requests: Sequence[FigureRequest], as_of: datetime | None = None
) -> list[Figure]:
    """Measures of the academic year to date, from 1 September to the day given, of one school, which is read once.

    As they are held, or were at a time.

    Raises `Invalid` for a measure that doesn't exist and a cohort that can't be read.
    """
    if not requests:
        return []
    questions = [_question(request) for request in requests]
    needed = list(dict.fromkeys(part for question in questions for part in (question, _unfiltered(question))))
    counted = count_school(work, SchoolRef(school_id, ""), needed, as_of)
    sums = dict(zip(needed, counted, strict=True))
    return [
        _figure(request.measure, question, _answered(sums, question))
        for request, question in zip(requests, questions, strict=True)
    ]


@dataclass(frozen=True)
class _Answered:
    group: Group
    withheld: Withheld
    held: bool


def _question(request: FigureRequest) -> Question:
    if request.measure not in MEASURES:
        raise invalid("/measure", f"there is no such measure; there are: {', '.join(MEASURES)}")
    cohort: CohortFilter = parse_cohort_filter(request.cohort or "")
    return Question(academic_year_bounds(academic_year_of(request.on))[0], request.on, cohort=cohort)


def _unfiltered(question: Question) -> Question:
    return Question(question.first, question.last)


def _answered(sums: Mapping[Question, Cells], question: Question) -> _Answered:
    wide = answer_of([sums[_unfiltered(question)]], question)
    own = answer_of([sums[question]], question)
    return _Answered(
        own.groups[0], withhold(own.groups, wide.groups, LEAST)[0], wide.data_through is not None
    )


def _figure(measure: str, question: Question, answered: _Answered) -> Figure:
    group = answered.group
    value, numerator, denominator = measure_value(measure, group)
    missing = (
        _why_missing(answered, value, denominator)
        or _why_withheld(measure, answered.withheld)
        or _why_count_is_withheld(measure, numerator, group)
    )
    if missing:
        value = numerator = denominator = None
    return Figure(value, numerator, denominator, question.first, question.last, missing)


def _why_missing(answered: _Answered, value: Decimal | None, denominator: int | None) -> str | None:
    if not answered.held:
        return NOTHING_HELD
    if denominator is None:
        return ONLY_COUNTS
    return NOBODY_THERE if value is None else None


def _why_withheld(measure: str, withheld: Withheld) -> str | None:
    hidden = withheld.everything or {
        "persistent_absence": withheld.persistent,
        "severe_absence": withheld.severe,
    }.get(measure, False)
    return TOO_FEW_PUPILS if hidden else None


def _why_count_is_withheld(measure: str, numerator: int | None, group: Group) -> str | None:
    """Counts of single codes are withheld as they are in answers; those of several codes aren't."""
    of_a_code = MEASURES[measure].numerator.startswith(("codes.", "late_"))
    counts = (group.late_before_close, group.late_after_close) if measure == "late" else (numerator,)
    tells = any(is_small(count) or is_small(group.possible - (count or 0)) for count in counts)
    return TOO_FEW_SESSIONS if of_a_code and MEASURES[measure].denominator != PUPILS and tells else None
