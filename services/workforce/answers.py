"""What a school's workforce records come to, as it is answered: measures, retention risk, the year's cycle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.attendance.calendar import academic_year_bounds, academic_year_of, parse_academic_year
from domain.errors import invalid
from domain.workforce import resignation, suppression, vacancies
from domain.workforce.benchmarks import ALL_SCHOOLS, ENGLAND, Benchmark, beside
from domain.workforce.calendar import WorkforceCalendar, workforce_calendar
from domain.workforce.catalogue import TABLES
from domain.workforce.figures import Measure
from domain.workforce.funnel import recruitment_funnel
from domain.workforce.measures import all_measures
from domain.workforce.question import Asked, Posts
from domain.workforce.records import FIRST_YEAR, LAST_YEAR, STAFF_GROUPS, TEACHER, is_in_range
from domain.workforce.resignation import ResignationDate
from domain.workforce.risk import retention_risk
from domain.workforce.turnover import leaver_destinations
from services.clock import school_day
from services.schools.schools import SchoolRef
from services.suppression import least_shown
from services.unit_of_work import UnitOfWork
from services.workforce.benchmarks import load_benchmarks, shown_benchmark
from services.workforce.kinds import RESIGNATION_DATES
from services.workforce.loading import load_workforce
from services.workforce.records import Record, load_records

SEES_STAFF = "workforce:write"

ONLY_KIND = "only"
"""The key of a record of which a school has one."""

MOST_YEARS = 50
"""In a window: a school's whole working memory."""

_BY = ("role", "subject")


@dataclass(frozen=True)
class When:
    """To which day answers go, and as held at which time."""

    today: date
    as_of: datetime | None


def when_asked(work: UnitOfWork, as_of: datetime | None) -> When:
    """Today, or the day of `as_of`; before all that can be recorded, the first whole year of that."""
    if as_of is None:
        return When(work.today, None)
    return When(max(school_day(min(as_of, work.now)), date(FIRST_YEAR, 9, 1)), as_of)


def measures_of(work: UnitOfWork, school: SchoolRef, query: Mapping[str, Any]) -> dict[str, Any]:
    """Every measure in a window, and the tables beside them, in the shape in which they are sent.

    Without the scope to write, what tells of few members of staff is withheld, and of the posts of one role or
    subject all that counts people. Raises `Invalid` for what can't be asked.
    """
    when = when_asked(work, query["as_of"])
    first, last = _window(when.today, query["from"], query["to"])
    least = least_shown(work.actor, query["suppress"], unless=SEES_STAFF)
    posts = _posts(query)
    records = load_workforce(work, school.id, when.as_of)
    asked = Asked(records, first, last, posts)
    measures = all_measures(asked)
    narrowed = posts != Posts(posts.staff_group)
    if least and narrowed:
        measures = [_withheld_by_post(measure) for measure in measures]
    shown = suppression.withhold_measures(measures, least)
    published = load_benchmarks(work, when.as_of)
    went = leaver_destinations(asked)
    return {
        "school": school.urn,
        "from": first,
        "to": last,
        "as_of": when.as_of,
        "generated_at": work.now,
        "posts": {"staff_group": posts.staff_group, "role": posts.role, "subject": posts.subject},
        "measures": [_with_benchmarks(measure, published, query) for measure in shown],
        "tables": {table.id: vars(table) | {"window": asked.window.as_dict()} for table in TABLES},
        "funnel": recruitment_funnel(asked),
        "subjects_never_filled": vacancies.subjects_never_filled(asked),
        "destinations": suppression.withhold_destinations(went, least, beside=measures, everything=narrowed),
    }


def risk_of(work: UnitOfWork, school: SchoolRef, query: Mapping[str, Any]) -> dict[str, Any]:
    """How many teachers are likely to leave in an academic year, by role and subject, and by when they resign."""
    when = when_asked(work, query["as_of"])
    least = least_shown(work.actor, query["suppress"], unless=SEES_STAFF)
    year = query["academic_year"] or academic_year_of(when.today)
    records = load_workforce(work, school.id, when.as_of)
    by = _by(query["by"])
    risk = retention_risk(records, parse_academic_year(year), by=by)
    # Only to withhold: each breakdown tells of the others.
    crossed = retention_risk(records, risk.academic_year).rows if least else None
    shown = suppression.withhold_risk(risk, least, by=by, crossed=crossed)
    own = _own_dates(work, school, when)
    rows = resignation.RESIGNATION_DATES if own is None else own
    dates = resignation.teachers_dates_in(rows, risk.academic_year)
    made = {"school": school.urn, "as_of": when.as_of, "generated_at": work.now}
    return made | vars(shown) | {"resignation_dates": dates}


def calendar_of(work: UnitOfWork, school: SchoolRef, query: Mapping[str, Any]) -> WorkforceCalendar:
    """The year's cycle of recruitment in a window: the academic year that today is in, unless told."""
    when = when_asked(work, query["as_of"])
    start, end = academic_year_bounds(academic_year_of(query["from"] or query["to"] or when.today))
    first, last = _window(when.today, query["from"] or start, query["to"] or end)
    return workforce_calendar(
        first,
        last,
        vacancies=load_workforce(work, school.id, when.as_of).vacancies,
        resignation_dates=_own_dates(work, school, when),
    )


def resignation_dates_of(work: UnitOfWork, school: SchoolRef, as_of: datetime | None) -> dict[str, Any]:
    """The school's own resignation dates; those of most schools where it has none, with revision 0."""
    held = load_records(work, school.id, [RESIGNATION_DATES.name], as_of)[RESIGNATION_DATES.name]
    if not held:
        rows = resignation.as_rows(resignation.RESIGNATION_DATES)
        return {
            "resignation_dates": rows, "own": False, "source": resignation.NOT_BINDING,
            "revision": 0, "updated_at": None,
        }  # fmt: skip
    return shown_dates(held[0])


def shown_dates(record: Record) -> dict[str, Any]:
    """A school's own resignation dates as they are answered."""
    made = {"revision": record.revision, "updated_at": record.updated_at}
    return record.content | {"own": True, "source": resignation.SCHOOLS_OWN} | made


def _own_dates(work: UnitOfWork, school: SchoolRef, when: When) -> tuple[ResignationDate, ...] | None:
    held = load_records(work, school.id, [RESIGNATION_DATES.name], when.as_of)[RESIGNATION_DATES.name]
    if not held:
        return None
    return resignation.resignation_dates_of(held[0].content["resignation_dates"])


def _window(today: date, first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for: to today, from the start of the academic year, unless told; raises `Invalid`."""
    for name, day in (("from", first), ("to", last)):
        if day is not None and not is_in_range(day):
            raise invalid(f"/query/{name}", f"the year of a day must be {FIRST_YEAR} to {LAST_YEAR}")
    last = last or today
    first = first or academic_year_bounds(academic_year_of(last))[0]
    if first > last:
        raise invalid("/query/from", f"the window from {first} to {last} ends before it begins")
    if last.year - first.year > MOST_YEARS:
        raise invalid("/query/from", f"a window has {MOST_YEARS} years at most")
    return first, last


def _posts(query: Mapping[str, Any]) -> Posts:
    group = query["staff_group"] or TEACHER
    if group not in STAFF_GROUPS:
        raise invalid("/query/staff_group", f"“{group[:64]}” is none of {', '.join(STAFF_GROUPS)}")
    return Posts(group, query["role"], query["subject"])


def _by(text: str) -> tuple[str, ...]:
    names = {name.strip() for name in text.split(",") if name.strip()}
    if not names or not names <= set(_BY):
        raise invalid("/query/by", "by takes role, subject, or both with a comma")
    return tuple(name for name in _BY if name in names)


def _withheld_by_post(measure: Measure) -> Measure:
    if measure.measure not in suppression.OF_PEOPLE or measure.null_because is not None:
        return measure
    because = f"withheld: people are counted by role or subject only for a key with {SEES_STAFF}"
    return replace(
        measure,
        value=None,
        numerator=None,
        denominator=None,
        null_because=because,
        note=None,
        suppressed=True,
    )


def _with_benchmarks(
    measure: Measure, benchmarks: Sequence[Benchmark], query: Mapping[str, Any]
) -> dict[str, Any]:
    """A measure with the published figures beside it."""
    found = beside(
        measure,
        benchmarks,
        area=query["area"] or ENGLAND,
        school_type=query["school_type"] or ALL_SCHOOLS,
    )
    published = [
        shown_benchmark(each.benchmark)
        | {"difference": each.difference, "same_year": each.same_year, "not_like_for_like": each.cautions}
        for each in found
    ]
    return measure.as_dict() | {"benchmarks": published}
