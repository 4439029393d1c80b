"""All measures together: every one of the contract, in one order, with a value or a reason."""

from domain.workforce.catalogue import DEFINITIONS
from domain.workforce.measures import workforce_measures
from domain.workforce.question import WorkforceRecords
from domain.workforce.records import StaffAbsence
from tests.domain.workforce.built import (
    CENSUS_2024,
    CENSUS_2025,
    YEAR,
    make_leaver,
    make_snapshot,
    make_vacancy,
    posts,
)
from tests.domain.workforce.test_vacancy_measures import ALL

AGREED = """vacancy_rate temporarily_filled_rate turnover_rate retention_rate leaver_rate sickness_share
sickness_days_of_those_absent sickness_days_of_all pupil_teacher_ratio pupil_qualified_teacher_ratio pupil_adult_ratio
unqualified_share time_to_fill_days fill_rate applications_per_vacancy cost_per_appointment early_leaver_rate"""


def test_every_agreed_measure_is_answered_and_none_twice() -> None:
    names = [measure.measure for measure in workforce_measures(WorkforceRecords(), *YEAR)]
    assert set(AGREED.split()) <= set(names)
    assert names == list(DEFINITIONS)


def test_a_school_that_recorded_everything_has_a_value_for_every_measure() -> None:
    told = {"qualified_teachers_fte": 38, "teaching_assistants_fte": 12, "pupils_fte": 700}
    records = WorkforceRecords(
        snapshots=[
            make_snapshot(CENSUS_2024, 40, **told),
            make_snapshot(CENSUS_2025, 41, vacancies=posts(1), **told),
        ],
        vacancies=ALL,
        leavers=[make_leaver(), make_leaver("2026-08-31", years_in_post=2)],
        absences=[StaffAbsence("2025/26", 20, 150, 41)],
    )
    found = workforce_measures(records, *YEAR)
    assert [measure.measure for measure in found if measure.value is None] == []
    assert [measure.measure for measure in found if measure.null_because is not None] == []


def test_a_school_that_recorded_nothing_has_a_reason_for_every_measure_but_its_live_counts() -> None:
    found = workforce_measures(WorkforceRecords(), *YEAR)
    live = {measure.measure for measure in found if measure.value is not None}
    assert live == {"live_vacancies", "live_vacancies_fte", "live_appointed_not_started"}
    assert all(measure.null_because for measure in found if measure.value is None)


def test_live_counts_and_those_of_the_census_never_share_a_name() -> None:
    records = WorkforceRecords(snapshots=[make_snapshot(vacancies=posts(3))], vacancies=[make_vacancy()])
    found = {measure.measure: measure for measure in workforce_measures(records, *YEAR)}
    assert found["vacancy_rate"].numerator == 3
    assert found["live_vacancies"].numerator == 1
    assert found["vacancy_rate"].source != found["live_vacancies"].source


def test_every_definition_says_what_is_divided_by_what_and_who_says_so() -> None:
    for definition in DEFINITIONS.values():
        assert definition.definition.endswith(".")
        assert definition.source
        assert bool(definition.nothing) == (definition.denominator is not None)
