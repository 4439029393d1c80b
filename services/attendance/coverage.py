"""What a data manager chases each week: the sessions of a school that nobody has answered for."""

from dataclasses import replace
from datetime import date
from typing import Any

from domain.attendance.coverage import Coverage, Session, coverage_of
from services.attendance.loading import load_school
from services.schools.calendars import load_calendars
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork


def get_coverage(work: UnitOfWork, school: SchoolRef, first: date, last: date) -> dict[str, Any]:
    """How far what is held answers for the calendar's sessions between two days, in the shape in which it is sent."""
    loaded = load_school(work, school, first, last)
    # How long ago a mark was left open is counted to today, wherever the window ends.
    calendars = load_calendars(work, school.id, first, max(last, work.today), None)
    found = coverage_of(replace(loaded, calendars=calendars), first, last, work.today)
    return {"from": first, "to": last} | _shown(found)


def _shown(found: Coverage) -> dict[str, Any]:
    return {
        "sessions": found.sessions,
        "complete": found.complete,
        "missing": [_named(one) for one in found.missing],
        "incomplete": [
            _named(one) | {"marked": one.marks, "on_roll": one.on_roll} for one in found.incomplete
        ],
        "unresolved": [_named(one) | {"marks": one.marks} for one in found.unresolved],
        "unresolved_before": found.open_before,
        "outside_calendar": [_named(one) | {"marks": one.marks} for one in found.outside_calendar],
        "without_calendar": [
            {"academic_year": part.academic_year, "from": part.first, "to": part.last}
            for part in found.without_calendar
        ],
    }


def _named(one: Session) -> dict[str, Any]:
    return {"date": one.day, "session": one.session}
