"""What a school ordinarily does on a day, set against the areas of a framework and groups of pupils.

The table shows where nothing that ordinarily runs would be seen: its holes. What is for all pupils is for every group
too, so it fills that group's cell, marked `for_everyone`; what is for a group never fills the cell of everyone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.attendance.calendar import SESSIONS, Calendar, academic_year_of, weekday_of
from domain.cohorts import CohortFilter
from domain.frameworks import AREAS, Area

NOON = "12:00"
TUESDAY = 1


@dataclass(frozen=True)
class OrdinaryPractice:
    """Something that runs every week on its day: for the pupils of any of its cohorts, without any for everyone."""

    id: str
    weekday: str
    starts_at: str
    areas: frozenset[str]
    cohorts: tuple[CohortFilter, ...] = ()
    until: date | None = None


@dataclass(frozen=True)
class DayAtSchool:
    """Whether a school is open on a day: the sessions in which it is closed, and why, or what was assumed."""

    day: date
    closed_sessions: tuple[str, ...] = ()
    reason: str | None = None
    assumed_open: bool = False

    @property
    def closed(self) -> bool:
        """Whether it is closed the whole day."""
        return len(self.closed_sessions) == len(SESSIONS)


@dataclass(frozen=True)
class Shown:
    """A practice in a cell."""

    id: str
    for_everyone: bool


@dataclass(frozen=True)
class Row:
    """An area, and what covers it for each column in turn."""

    area: Area
    cells: tuple[tuple[Shown, ...], ...]


def usual_inspection_days(today: date) -> tuple[date, date]:
    """The coming Tuesday after today and the Wednesday after it: inspectors come on a Tuesday and stay two days."""
    tuesday = today + timedelta(days=(TUESDAY - today.weekday() - 1) % 7 + 1)
    return tuesday, tuesday + timedelta(days=1)


def day_at_school(day: date, calendars: Iterable[Calendar]) -> DayAtSchool:
    """How the school's calendar of the academic year has a day; without that calendar it is taken to be open."""
    year = academic_year_of(day)
    calendar = next((one for one in calendars if one.academic_year == year), None)
    if calendar is None:
        reason = f"the calendar of {year} isn't held, so the school is taken to be open"
        return DayAtSchool(day, reason=reason, assumed_open=True)
    if not any(term.first <= day <= term.last for term in calendar.terms):
        return DayAtSchool(day, SESSIONS, f"outside the half terms of {year}")
    closures = [closure for closure in calendar.closures if closure.day == day]
    closed = [session for session in SESSIONS if any(each.session in (None, session) for each in closures)]
    reasons = dict.fromkeys(closure.reason for closure in closures)
    return DayAtSchool(day, tuple(closed), "; ".join(reasons) or None)


def running_on(at: DayAtSchool, practices: Iterable[OrdinaryPractice]) -> list[OrdinaryPractice]:
    """What runs on a day: on its weekday, not past its last day, and in a session in which the school is open."""
    return [
        practice
        for practice in practices
        if practice.weekday == weekday_of(at.day)
        and (practice.until is None or at.day <= practice.until)
        and _session_of(practice) not in at.closed_sessions
    ]


def areas_on(day: date) -> list[Area]:
    """The areas of the framework in use on a day, without their parts; none before the first framework."""
    return [area for area in AREAS.values() if area.parent is None and area.in_use(day)]


def coverage_table(
    areas: Iterable[Area], columns: Sequence[CohortFilter | None], running: Iterable[OrdinaryPractice]
) -> list[Row]:
    """A row for each area, a cell for each column: a group of pupils, or None for everyone.

    A practice that names a part of an area covers the area.
    """
    runs = list(running)
    return [
        Row(area, tuple(_cell([one for one in runs if _belongs(one, area)], column) for column in columns))
        for area in areas
    ]


def covers(cohorts: Sequence[CohortFilter], column: CohortFilter) -> bool:
    """Whether every pupil of a group is in one of these cohorts or another, whatever the roll may say.

    SEN support and plans, each named, together cover `sen_provision:K,E`; Year 7 doesn't cover `pupil_premium:true`.
    """
    group = dict(column)
    near = [
        cohort for cohort in cohorts if all(name in group and group[name] & values for name, values in cohort)
    ]
    if not near:
        return False
    narrower = [(name, values) for name, values in near[0] if not group[name] <= values]
    if not narrower:
        return True
    name, values = narrower[0]
    halves = (group[name] & values, group[name] - values)
    return all(covers(near, tuple((group | {name: half}).items())) for half in halves)


def _session_of(practice: OrdinaryPractice) -> str:
    morning, afternoon = SESSIONS
    return morning if practice.starts_at < NOON else afternoon


def _belongs(practice: OrdinaryPractice, area: Area) -> bool:
    return any(id == area.id or (id in AREAS and AREAS[id].parent == area.id) for id in practice.areas)


def _cell(practices: Iterable[OrdinaryPractice], column: CohortFilter | None) -> tuple[Shown, ...]:
    return tuple(
        Shown(practice.id, for_everyone=not practice.cohorts)
        for practice in practices
        if not practice.cohorts or (column is not None and covers(practice.cohorts, column))
    )
