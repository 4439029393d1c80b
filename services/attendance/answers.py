"""Attendance of a school, a trust or any set of schools, as it is answered: by group, and pupil by pupil."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from domain.attendance.calendar import academic_year_bounds, academic_year_of
from domain.attendance.changes import changes_of_groups
from domain.attendance.flags import PupilAttendance, pupils_of
from domain.attendance.groups import Answer, answer_of
from domain.attendance.question import TIME_KEYS, Question
from domain.attendance.rates import present_group, rate
from domain.attendance.suppression import Withheld, show_without, withhold
from domain.cohorts import CHARACTERISTICS, parse_cohort_filter
from domain.errors import ScopeMissing, invalid
from services.attendance.counting import count_schools
from services.attendance.loading import load_school
from services.clock import school_day
from services.paging import Page, PageRequest
from services.schools.schools import SchoolRef
from services.suppression import least_shown
from services.tracker.lists import check_earlier
from services.unit_of_work import Actor, UnitOfWork

GROUPINGS = (*TIME_KEYS, "code", "school", *CHARACTERISTICS)
"""What `by` may name."""

LONGEST_WINDOW = timedelta(days=3653)
"""Ten years."""

SEES_PUPILS = "pupils:read"


@dataclass(frozen=True)
class Asked:
    """What is asked, and how the answer is to look: places of rates, at which time held, withheld under how many, and
    since which time changes are told.
    """

    question: Question
    places: int
    as_of: datetime | None
    least: int
    since: datetime | None = None


def names_in(text: str) -> tuple[str, ...]:
    """The names in a list with commas, each once, in their order."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def check_may_narrow(actor: Actor, query: Mapping[str, str]) -> None:
    """Raises `ScopeMissing` where the query picks out pupils by what is known of them, and the key may not see pupils.

    Small groups are withheld within an answer, not yet against each other; until they are, those who see only
    aggregates get them by time and school.
    """
    narrows = query.get("cohort", "").strip() or query.get("scope", "all") != "all"
    by = [name for name in names_in(query.get("by", "")) if name == "code" or name in CHARACTERISTICS]
    if (narrows or by) and not actor.may(SEES_PUPILS):
        raise ScopeMissing(
            f"cohort, scope=dfe and by={by[0] if by else 'a characteristic or code'} need a key with the scope"
            f" {SEES_PUPILS}: small groups could otherwise be worked out by subtraction"
        )


def window_of(today: date, query: Mapping[str, Any]) -> tuple[date, date]:
    """The first and last day that `from` and `to` ask for: to today, from the start of the academic year, unless told.

    Raises `Invalid` for a window that ends before it begins, and for one of more than ten years.
    """
    last = query["to"] or today
    first = query["from"] or academic_year_bounds(academic_year_of(last))[0]
    if first > last:
        raise invalid("/query/from", f"the window from {first} to {last} ends before it begins")
    if last - first > LONGEST_WINDOW:
        raise invalid("/query/from", "a window has ten years at most")
    return first, last


def asked_of(work: UnitOfWork, query: Mapping[str, Any]) -> Asked:
    """What a query asks, its gaps filled: to today (with `as_of` the day of that), from the start of the academic year,
    nothing withheld from those who may see pupils. Raises `Invalid` for what can't be asked.
    """
    as_of, since = query["as_of"], query.get("compare_to")
    check_earlier(since, as_of)
    today = work.today if as_of is None else school_day(min(as_of, work.now))
    least = least_shown(work.actor, query["suppress"], unless=SEES_PUPILS)
    return Asked(_question(today, query), query["places"], as_of, least, since)


def attendance_of(work: UnitOfWork, schools: Sequence[SchoolRef], asked: Asked) -> dict[str, Any]:
    """The answer of these schools together, in the shape in which it is sent."""
    question = asked.question
    found = _answered(work, schools, question, asked.as_of, alone=not _compares(asked))
    groups = _groups(work, schools, asked, found)
    answer = {
        "scope": {"schools": found.schools},
        "from": question.first,
        "to": question.last,
        "data_through": found.data_through,
        "generated_at": work.now,
        "groups": groups,
    }
    return answer | ({} if asked.since is None else {"changes": _changes(work, schools, asked, groups)})


def list_pupils(
    work: UnitOfWork, school: SchoolRef, asked: Asked, flag: str | None, request: PageRequest
) -> Page:
    """A page of the pupils with a possible session in the window, with `flag` only those who have it, by reference."""
    question = asked.question
    loaded = load_school(work, school, question.first, question.last, as_of=asked.as_of)
    after = str(request.after[0]) if request.after else ""
    pupils = sorted(
        (pupil for pupil in pupils_of(loaded, question, flag) if pupil.pupil > after),
        key=lambda pupil: pupil.pupil,
    )
    shown = [_shown(pupil, asked.places) for pupil in pupils[: request.limit]]
    return Page(shown, [shown[-1]["pupil"]] if len(pupils) > request.limit else None)


def _question(today: date, query: Mapping[str, Any]) -> Question:
    first, last = window_of(today, query)
    return Question(
        first=first,
        last=last,
        by=_groupings(query.get("by", "")),
        cohort=parse_cohort_filter(query["cohort"]),
        membership=query["membership"],
        scope=query["scope"],
    )


def _groupings(text: str) -> tuple[str, ...]:
    names = names_in(text)
    for name in names:
        if name not in GROUPINGS:
            raise invalid("/query/by", f"“{name[:64]}” can't be grouped by; by takes {', '.join(GROUPINGS)}")
    return names


def _answered(
    work: UnitOfWork,
    schools: Sequence[SchoolRef],
    question: Question,
    as_of: datetime | None,
    *,
    alone: bool = False,
) -> Answer:
    return answer_of(count_schools(work, schools, question, as_of, alone=alone), question)


def _compares(asked: Asked) -> bool:
    """Whether the answer needs other sums as well, of the same state: those of before, or without the filter."""
    return asked.since is not None or bool(asked.least and _is_part(asked.question))


def _is_part(question: Question) -> bool:
    """Whether the question leaves out some of a school's pupils."""
    return bool(question.cohort) or question.scope != "all"


def _groups(
    work: UnitOfWork, schools: Sequence[SchoolRef], asked: Asked, found: Answer
) -> list[dict[str, Any]]:
    """The groups as they are shown."""
    withheld = _withheld(work, schools, asked, found)
    groups = [present_group(group, asked.places) for group in found.groups]
    return [show_without(group, without) for group, without in zip(groups, withheld, strict=True)]


def _changes(
    work: UnitOfWork, schools: Sequence[SchoolRef], asked: Asked, groups: list[dict[str, Any]]
) -> dict[str, Any]:
    """What has changed in the groups of the same window since they were held as they were, both as they are shown."""
    before = replace(asked, as_of=asked.since)
    stood = _groups(work, schools, before, _answered(work, schools, asked.question, asked.since))
    return {"since": asked.since} | changes_of_groups(stood, groups)


def _withheld(work: UnitOfWork, schools: Sequence[SchoolRef], asked: Asked, found: Answer) -> list[Withheld]:
    if not asked.least:
        return [Withheld()] * len(found.groups)
    question = asked.question
    if not _is_part(question):
        return withhold(found.groups, least=asked.least)
    unfiltered = replace(question, cohort=(), scope="all")
    wider = _answered(work, schools, unfiltered, asked.as_of)
    return withhold(found.groups, wider.groups, asked.least)


def _shown(pupil: PupilAttendance, places: int) -> dict[str, Any]:
    return {
        "pupil": pupil.pupil,
        "possible_sessions": pupil.possible,
        "attendance_sessions": pupil.attendance,
        "present_sessions": pupil.present,
        "approved_educational_activity_sessions": pupil.approved_educational_activity,
        "authorised_absence_sessions": pupil.authorised_absence,
        "unauthorised_absence_sessions": pupil.unauthorised_absence,
        "absence_sessions": pupil.absence,
        "late_before_close_sessions": pupil.late_before_close,
        "late_after_close_sessions": pupil.late_after_close,
        "late_sessions": pupil.late,
        "penalty_notice_sessions": pupil.penalty_notice_sessions,
        "codes": dict(pupil.codes),
        "rates": {
            "attendance": rate(pupil.attendance, pupil.possible, places),
            "absence": rate(pupil.absence, pupil.possible, places),
            "authorised_absence": rate(pupil.authorised_absence, pupil.possible, places),
            "unauthorised_absence": rate(pupil.unauthorised_absence, pupil.possible, places),
            "late": rate(pupil.late, pupil.possible, places),
        },
        "flags": list(pupil.flags),
        "sessions_until": dict(pupil.sessions_until),
    }
