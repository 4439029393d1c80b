"""What changed when an action began: reads the action and the school, and lets the rules compare before with after."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from domain.attendance.catalogue import MEASURES, Measure
from domain.attendance.effect import (
    LIMITS,
    METHOD,
    MOST_DAYS,
    Effect,
    Times,
    effect_of,
    school_days,
    times_round,
)
from domain.attendance.intervals import CONFIDENCE
from domain.cohorts import (
    FILTER_POINTER,
    CohortFilter,
    format_cohort_filter,
    label_of_filter,
    parse_cohort_filter,
)
from domain.comparison import compare
from domain.errors import Invalid, NotFound, invalid
from domain.tracker.phrases import spoken_day
from domain.tracker.progress import counting_updates
from domain.tracker.status import ENDED
from services.attendance.loading import load_school
from services.effect_of_figures import effect_of_figure
from services.figures import MEASURES as EVERY_MEASURE
from services.figures import Known, full_name, known_measure
from services.schools.schools import SchoolRef
from services.tracker.held import Held
from services.tracker.kinds import ACTION, CHALLENGE, Content
from services.tracker.lists import check_earlier
from services.tracker.threads import action_records
from services.unit_of_work import UnitOfWork

LOOKED_BACK = timedelta(days=366)
"""Enough for half a school year of days, whatever holidays lie between."""

NO_START = "the action has no day on which it starts; set start_on"


def effect_of_action(work: UnitOfWork, action: Any, asked: Mapping[str, Any]) -> Content:
    """The measure of the action's cohort and of the rest of the school, before and after the action's start.

    With `compare_to`, also what has changed in this answer since. Raises `Invalid` for a measure that doesn't exist,
    and where there is no cohort or it isn't one of the action's.
    """
    as_of, since = asked.get("as_of"), asked.get("compare_to")
    check_earlier(since, as_of)
    found = _read(work, action, asked, as_of)
    if since is None:
        return found
    try:
        before = {action.id: _read(work, action, asked, since)}
    except (NotFound, Invalid):  # there was no such action then, or not of this cohort
        before = {}
    return found | {"changes": {"since": since} | asdict(compare(before, {action.id: found}))}


def _read(work: UnitOfWork, action: Any, asked: Mapping[str, Any], as_of: datetime | None) -> Content:
    held = Held(work, as_of)
    content = held.one(ACTION, action)
    start, because = _start(held, content)
    last = max(start or held.today, _until(held, content, asked.get("days")))
    if asked["measure"] not in MEASURES:
        of_school = _of_school(work, action, asked["measure"])
        days = None if start is None else (start, last)
        return effect_of_figure(held, content, action.school_id, of_school, asked, days, because)
    measure = MEASURES[asked["measure"]]
    cohort = parse_cohort_filter(_cohort(held, content, asked.get("cohort")))
    if start is None:
        return _shown(content, measure, cohort, Times(0, None, None, because), Effect(because=because))
    first = start - LOOKED_BACK
    school = load_school(work, SchoolRef(action.school_id, content["school"]), first, last, as_of=as_of)
    times = times_round(school_days(school, first, last), start, last, asked.get("days") or MOST_DAYS)
    return _shown(content, measure, cohort, times, effect_of(school, measure, cohort, times))


def _start(held: Held, action: Content) -> tuple[date | None, str | None]:
    """The day on which an action began; None, and why, where it hasn't."""
    start = None if action["start_on"] is None else date.fromisoformat(action["start_on"])
    if start is None or start > held.today:
        return None, NO_START if start is None else f"the action starts on {spoken_day(start)}, still to come"
    return start, None


def _of_school(work: UnitOfWork, action: Any, name: str) -> Known:
    """The measure that isn't of pupils; raises `Invalid` where there is none."""
    known = known_measure(work, action.school_id, full_name(work, action.school_id, name))
    if known is None:
        there_are = ", ".join([*EVERY_MEASURE, "own:… for one of the school's own"])
        raise invalid("/query/measure", f"there is no such measure; there are: {there_are}")
    return known


def _cohort(held: Held, action: Content, wanted: str | None) -> str:
    """The cohort that is asked for, else the first, of the action's cohorts or, where it has none, its challenge's."""
    cohorts: Sequence[str] = action["cohorts"]
    if not cohorts:
        cohorts = held.with_ids(CHALLENGE, [action["challenge"]])[action["challenge"]]["cohorts"]
    if not cohorts:
        words = (
            "neither the action nor its challenge names a cohort, so there is nobody to compare with the rest"
        )
        raise invalid(FILTER_POINTER, f"{words}; set `cohorts` of one of them")
    if wanted is None:
        return cohorts[0]
    filters = [parse_cohort_filter(each) for each in cohorts]
    if parse_cohort_filter(wanted) not in filters:
        raise invalid(FILTER_POINTER, f"the action has these cohorts: {' and '.join(cohorts)}")
    return wanted


def _until(held: Held, action: Content, days: int | None) -> date:
    """The last day of the time after: the action's own last day, unless it is told how many days to look at."""
    if days is not None:
        return held.today
    due = None if action["due_on"] is None else date.fromisoformat(action["due_on"])
    last = _ended_on(held, action) or due
    return held.today if last is None else min(held.today, last)


def _ended_on(held: Held, action: Content) -> date | None:
    if action["status"] not in ENDED:
        return None
    (record,) = action_records(held, [action])
    moves = [update.on for update in counting_updates(record.updates) if update.status == action["status"]]
    return moves[-1] if moves else None


def _shown(content: Content, measure: Measure, cohort: CohortFilter, times: Times, effect: Effect) -> Content:
    return {
        "action": content["id"],
        "school": content["school"],
        "measure": measure.id,
        "title": measure.title,
        "unit": measure.unit,
        "better": measure.better,
        "definition": measure.definition,
        "cohort": format_cohort_filter(cohort),
        "cohort_label": label_of_filter(cohort),
        "start_on": content["start_on"],
        "days": times.days,
        "points": None,
        "before": _window(times.before),
        "after": _window(times.after),
        "of_school": None,
        "of_cohort": asdict(effect.cohort),
        "of_rest": asdict(effect.rest),
        "difference_of_changes": None if effect.difference is None else asdict(effect.difference),
        "too_few_to_say": effect.difference is None,
        "because": effect.because,
        "cautions": list(effect.cautions),
        "confidence": CONFIDENCE,
        "method": METHOD,
        "limits": list(LIMITS),
    }


def _window(window: tuple[date, date] | None) -> Content | None:
    return None if window is None else {"from": window[0], "to": window[1]}
