"""How vacancies fare: a small table of them, and figures that one can check with a pencil."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.workforce.funnel import recruitment_funnel
from domain.workforce.question import Asked, Posts, WorkforceRecords
from domain.workforce.records import OUTCOMES, Advert, Vacancy
from domain.workforce.vacancies import subjects_never_filled
from tests.domain.workforce.built import YEAR, advert, make_vacancy, measured

FILLED = make_vacancy(
    "2025-10-01",
    "filled",
    subject="History",
    accepted_on="2025-10-31",
    start_on="2026-01-05",
    adverts=(advert("2025-10-02", 6),),
    shortlisted=4,
    interviewed=3,
    declined=1,
    cost=Decimal("900.50"),
)
FILLED_AT_SECOND = make_vacancy(
    "2025-10-01",
    "filled",
    subject="Physics",
    accepted_on="2025-11-30",
    start_on="2026-09-01",
    adverts=(advert("2025-10-02", 0), advert("2025-11-05", 3)),
    shortlisted=2,
    interviewed=2,
    cost=1200,
)
FAILED = make_vacancy(
    "2026-01-10",
    "failed",
    subject="Physics",
    adverts=(advert("2026-01-12", 1, "2026-02-01"),),
    shortlisted=0,
    withdrawn_on="2026-02-10",
    cost=300,
)
HELD_FOR_A_TIME = make_vacancy(
    "2026-02-01",
    "temporarily_filled",
    subject="Latin",
    adverts=(advert("2026-02-02", 0),),
    accepted_on="2026-03-01",
)
STILL_OPEN = make_vacancy("2026-05-01", subject="Art", adverts=(advert("2026-05-04"),), fte=Decimal("0.6"))
NOT_ADVERTISED = make_vacancy("2026-08-30", subject="Art")
ALL = (FILLED, FILLED_AT_SECOND, FAILED, HELD_FOR_A_TIME, STILL_OPEN, NOT_ADVERTISED)


@pytest.mark.parametrize(
    ("measure", "numerator", "denominator", "value"),
    [
        ("time_to_fill_days", 30 + 60, 2, "45"),
        ("fill_rate", 2, 4, "50"),
        ("fill_rate_at_first_advert", 1, 4, "25"),
        ("applications_per_vacancy", 6 + 3 + 1 + 0 + 0, 5, "2"),
        ("applications_per_advert", 6 + 0 + 3 + 1 + 0, 5, "2"),
        ("cost_per_appointment", Decimal("2100.50"), 2, "1050.25"),
    ],
)
def test_a_years_vacancies(measure: str, numerator: Any, denominator: int, value: str) -> None:
    found = measured(measure, vacancies=ALL)
    assert (found.numerator, found.denominator, found.value) == (numerator, denominator, Decimal(value))
    assert (found.window.first, found.window.last) == YEAR


def test_what_is_not_known_is_left_out_and_said() -> None:
    assert measured("applications_per_vacancy", vacancies=ALL).note == (
        "Left out are vacancies whose applications aren't known: 1."
    )
    untold = make_vacancy("2025-10-01", "filled")
    assert measured("time_to_fill_days", vacancies=[FILLED, untold]).note == (
        "Left out are vacancies without a day of acceptance, offer or start: 1."
    )
    assert measured("cost_per_appointment", vacancies=[FILLED, untold, FAILED]).note == (
        "Left out are vacancies filled whose cost isn't known: 1. "
        "Beside it £300 went into vacancies that ended without an appointment."
    )


def test_a_vacancy_that_was_filled_without_an_advert_has_no_known_applications() -> None:
    silent = make_vacancy("2025-10-01", "filled", accepted_on="2025-10-02")
    found = measured("applications_per_vacancy", vacancies=[silent])
    assert (found.value, found.denominator) == (None, 0)


@pytest.mark.parametrize(
    "measure",
    [
        "time_to_fill_days",
        "fill_rate",
        "fill_rate_at_first_advert",
        "applications_per_vacancy",
        "applications_per_advert",
        "cost_per_appointment",
    ],
)
def test_without_vacancies_there_is_null_and_not_zero(measure: str) -> None:
    found = measured(measure)
    assert (found.value, found.denominator) == (None, 0)
    assert found.null_because


def test_a_vacancy_counts_in_the_window_in_which_it_ends() -> None:
    autumn, spring = (date(2025, 9, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 4, 30))
    assert measured("fill_rate", vacancies=ALL, window=autumn).value == 100
    assert measured("fill_rate", vacancies=ALL, window=spring).value == 0


def test_open_vacancies_are_counted_as_of_the_last_day_under_names_of_their_own() -> None:
    assert measured("live_vacancies", vacancies=ALL).value == 2
    assert measured("live_vacancies_fte", vacancies=ALL).value == Decimal("1.6")
    november = date(2025, 9, 1), date(2025, 11, 6)
    found = measured("live_vacancies", vacancies=ALL, window=november)
    assert (found.value, found.denominator, found.window.first) == (1, None, november[1])
    waiting = measured("live_appointed_not_started", vacancies=ALL, window=november)
    assert waiting.value == 1


def test_none_open_is_told_apart_from_none_ever_recorded() -> None:
    assert measured("live_vacancies").note == "No vacancy was ever recorded."
    assert measured("live_vacancies", vacancies=[FILLED]).note is None


def test_vacancies_can_be_asked_by_role_subject_and_group() -> None:
    mentor = make_vacancy("2025-10-01", "failed", role="Mentor", staff_group="other")
    held = [*ALL, mentor]

    def asked(of: Posts) -> Any:
        return measured("fill_rate", vacancies=held, asked_of=of).value

    assert asked(Posts()) == 50
    assert asked(Posts(subject="physics")) == 50
    assert asked(Posts(role="Teacher", subject="History")) == 100
    assert asked(Posts("other")) == 0
    assert asked(Posts("teaching_assistant")) is None


def test_the_funnel_goes_from_application_to_start() -> None:
    steps = recruitment_funnel(Asked(WorkforceRecords(vacancies=ALL), *YEAR))
    assert [
        (step.step, step.number, step.vacancies, step.unknown, step.share_of_step_before) for step in steps
    ] == [
        ("applications", 10, 4, 0, None),
        ("shortlisted", 6, 3, 1, Decimal("60")),
        ("interviewed", 5, 2, 2, Decimal("83.33")),
        ("offers", 4, 4, 0, Decimal("60")),
        ("accepted", 3, 4, 0, Decimal("75")),
        ("started", 1, 3, 1, Decimal("50")),
    ]


def test_without_vacancies_the_funnel_is_empty_and_not_zero() -> None:
    steps = recruitment_funnel(Asked(WorkforceRecords(), *YEAR))
    assert {step.number for step in steps} == {None}


def test_subjects_never_filled_are_those_whose_vacancies_all_ended_otherwise() -> None:
    more = [
        *ALL,
        make_vacancy(
            "2025-09-10",
            "failed",
            subject="latin ",
            adverts=(advert("2025-09-20"), advert("2025-10-20")),
            withdrawn_on="2025-11-01",
        ),
        make_vacancy("2025-09-10", "failed", withdrawn_on="2025-11-01"),
        make_vacancy("2024-09-10", "failed", subject="Music", withdrawn_on="2024-11-01"),
    ]
    (latin,) = subjects_never_filled(Asked(WorkforceRecords(vacancies=more), *YEAR))
    assert (latin.subject.casefold(), latin.vacancies, latin.adverts) == ("latin", 2, 3)
    assert latin.days_open == (date(2026, 3, 1) - date(2025, 9, 10)).days


def test_the_number_of_subjects_never_filled_names_them() -> None:
    found = measured("subjects_never_filled", vacancies=ALL)
    assert (found.value, found.unit, found.note) == (Decimal(1), "subjects", "Latin")
    assert measured("subjects_never_filled", vacancies=[FILLED]).value == 0
    assert "no vacancy of a subject" in (measured("subjects_never_filled").null_because or "")


def test_of_those_who_applied_some_start() -> None:
    found = measured("application_to_start_rate", vacancies=ALL)
    assert (found.numerator, found.denominator, found.value) == (1, 10, Decimal(10))
    assert "Left out" in (found.note or "")
    assert measured("application_to_start_rate").null_because


def test_of_offers_some_are_accepted() -> None:
    found = measured("offer_acceptance_rate", vacancies=ALL)
    assert (found.numerator, found.denominator, found.value) == (3, 4, Decimal(75))
    assert "no offer" in (measured("offer_acceptance_rate").null_because or "")


def test_each_step_says_what_its_share_is_made_of_or_why_there_is_none() -> None:
    steps = {step.step: step for step in recruitment_funnel(Asked(WorkforceRecords(vacancies=ALL), *YEAR))}
    assert (steps["interviewed"].numerator, steps["interviewed"].denominator) == (5, 6)
    assert "first step" in (steps["applications"].null_because or "")
    none = recruitment_funnel(Asked(WorkforceRecords(), *YEAR))
    assert {step.null_because for step in none} == {"no vacancy of the window has ended"}
    nobody = [make_vacancy("2026-01-10", "failed", adverts=(advert("2026-01-12", 0),), shortlisted=0)]
    told = recruitment_funnel(Asked(WorkforceRecords(vacancies=nobody), *YEAR))
    assert told[1].null_because == "nobody came as far as the step before"
    assert told[2].null_because == "no vacancy that ended in the window tells it"


START = date(2025, 7, 1)
DAYS = st.integers(0, 500).map(lambda days: START + timedelta(days=days))


LATER = st.none() | st.integers(0, 200)
ADVERTS = st.lists(st.tuples(st.integers(0, 200), st.none() | st.integers(0, 9)), max_size=3)


def vacancy_of(
    opened: date,
    outcome: str,
    staff_group: str,
    adverts: list[tuple[int, int | None]],
    cost: int | None,
    days: tuple[int | None, int | None],
) -> Vacancy:
    def later(number: int | None) -> date | None:
        return None if number is None else opened + timedelta(days=number)

    return Vacancy(
        id="v",
        role="Teacher",
        fte=1,
        opened_on=opened,
        outcome=outcome,
        staff_group=staff_group,
        adverts=tuple(
            Advert(opened + timedelta(days=number), None, applications) for number, applications in adverts
        ),
        cost=None if cost is None else Decimal(cost).scaleb(-2),
        accepted_on=later(days[0]),
        withdrawn_on=later(days[1]),
    )


SOME_VACANCIES = st.lists(
    st.builds(
        vacancy_of,
        DAYS,
        st.sampled_from(OUTCOMES),
        st.sampled_from(["teacher", "other"]),
        ADVERTS,
        st.none() | st.integers(0, 99999),
        st.tuples(LATER, LATER),
    ),
    max_size=6,
)


@given(SOME_VACANCIES)
def test_the_measures_are_what_a_plain_loop_counts(vacancies: list[Vacancy]) -> None:
    ended = filled = days = timed = applications = opened = 0
    cost, priced = Fraction(0), 0
    for vacancy in vacancies:
        if vacancy.staff_group != "teacher":
            continue
        if YEAR[0] <= vacancy.opened_on <= YEAR[1]:
            numbers = [one.applications for one in vacancy.adverts]
            silent = not numbers and (vacancy.outcome == "filled" or vacancy.accepted_on)
            if None not in numbers and not silent:
                opened += 1
                applications += sum(numbers)
        if vacancy.outcome == "open" or not YEAR[0] <= vacancy.ended_on <= YEAR[1]:
            continue
        ended += 1
        if vacancy.outcome == "filled":
            filled += 1
            if vacancy.accepted_on is not None:
                timed += 1
                days += (vacancy.accepted_on - vacancy.opened_on).days
            if vacancy.cost is not None:
                priced += 1
                cost += Fraction(vacancy.cost)
    expected = {
        "fill_rate": (filled, ended),
        "time_to_fill_days": (days, timed),
        "applications_per_vacancy": (applications, opened),
        "cost_per_appointment": (cost, priced),
    }
    for name, (numerator, denominator) in expected.items():
        found = measured(name, vacancies=vacancies)
        assert (found.numerator, found.denominator) == (numerator, denominator), name
        assert (found.value is None) == (denominator == 0)


@given(SOME_VACANCIES, DAYS)
def test_every_vacancy_is_open_from_its_opening_until_it_ends(vacancies: list[Vacancy], day: date) -> None:
    expected = [
        vacancy
        for vacancy in vacancies
        if vacancy.staff_group == "teacher"
        and vacancy.opened_on <= day
        and (vacancy.ended_on is None or vacancy.ended_on > day)
    ]
    assert measured("live_vacancies", vacancies=vacancies, window=(START, day)).value == len(expected)
