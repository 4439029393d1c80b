"""Every workforce measure of a school in a window, by the names of the catalogue.

Each is a function of the question; what it needs and how it is defined stands there and in the catalogue.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial

from domain.workforce import census, funnel, turnover, vacancies
from domain.workforce.catalogue import DEFINITIONS
from domain.workforce.figures import Measure
from domain.workforce.question import ALL_TEACHERS, Asked, Posts, WorkforceRecords

_MEASURES: dict[str, Callable[[Asked], Measure]] = {
    "vacancy_rate": census.vacancy_rate,
    "temporarily_filled_rate": census.temporarily_filled_rate,
    "turnover_rate": turnover.turnover_rate,
    "retention_rate": turnover.retention_rate,
    "leaver_rate": turnover.leaver_rate,
    "sickness_share": census.sickness_share,
    "sickness_days_of_those_absent": census.sickness_days_of_those_absent,
    "sickness_days_of_all": census.sickness_days_of_all,
    "pupil_teacher_ratio": census.pupil_teacher_ratio,
    "pupil_qualified_teacher_ratio": census.pupil_qualified_teacher_ratio,
    "pupil_adult_ratio": census.pupil_adult_ratio,
    "unqualified_share": census.unqualified_share,
    "time_to_fill_days": vacancies.time_to_fill_days,
    "fill_rate": vacancies.fill_rate,
    "fill_rate_at_first_advert": vacancies.fill_rate_at_first_advert,
    "applications_per_vacancy": vacancies.applications_per_vacancy,
    "applications_per_advert": vacancies.applications_per_advert,
    "cost_per_appointment": vacancies.cost_per_appointment,
    "application_to_start_rate": funnel.application_to_start_rate,
    "offer_acceptance_rate": funnel.offer_acceptance_rate,
    "subjects_never_filled": vacancies.number_of_subjects_never_filled,
    "early_leaver_rate": partial(turnover.early_leaver_rate, "early_leaver_rate", 2),
    "early_leaver_rate_1_year": partial(turnover.early_leaver_rate, "early_leaver_rate_1_year", 1),
    "early_leaver_rate_3_years": partial(turnover.early_leaver_rate, "early_leaver_rate_3_years", 3),
    "turnover_so_far": turnover.turnover_so_far,
    "live_vacancies": vacancies.live_vacancies,
    "live_vacancies_fte": vacancies.live_vacancies_fte,
    "live_appointed_not_started": vacancies.live_appointed_not_started,
}

BY_POST = (
    "time_to_fill_days",
    "fill_rate",
    "fill_rate_at_first_advert",
    "applications_per_vacancy",
    "applications_per_advert",
    "cost_per_appointment",
    "application_to_start_rate",
    "offer_acceptance_rate",
    "subjects_never_filled",
    "live_vacancies",
    "live_vacancies_fte",
    "live_appointed_not_started",
)
"""What can be of one role or subject for everybody to see: it is counted by post, and tells of no member of staff."""


def workforce_measures(
    records: WorkforceRecords, first: date, last: date, *, posts: Posts = ALL_TEACHERS
) -> list[Measure]:
    """Every measure of the catalogue, in its order, from first to last (both count).

    What the records don't allow has no value and says why. With `posts` narrowed, what a snapshot or a census counts
    of all teachers together says so.
    """
    return all_measures(Asked(records, first, last, posts))


def all_measures(asked: Asked) -> list[Measure]:
    """The same of a question."""
    return [_MEASURES[id](asked) for id in DEFINITIONS]


def some_measures(
    ids: Iterable[str], records: WorkforceRecords, first: date, last: date, *, posts: Posts = ALL_TEACHERS
) -> list[Measure]:
    """Those that are named, in that order; KeyError for one that doesn't exist."""
    asked = Asked(records, first, last, posts)
    return [_MEASURES[id](asked) for id in ids]


def workforce_measure(
    id: str, records: WorkforceRecords, first: date, last: date, *, posts: Posts = ALL_TEACHERS
) -> Measure:
    """One measure by its id, such as an indicator follows; KeyError for one that doesn't exist."""
    return _MEASURES[id](Asked(records, first, last, posts))
