"""Of which phase and which days a published figure is, and what isn't like for like in it."""

from datetime import date
from decimal import Decimal

import pytest

from domain.workforce.benchmarks import ALL_SCHOOLS, GROUPS_OVERLAP, Benchmark
from domain.workforce.catalogue import DEFINITIONS
from domain.workforce.published import PHASES, not_like_for_like, phase_of, window_of


def figure(measure: str = "vacancy_rate", year: str = "2025/26", school_type: str = ALL_SCHOOLS) -> Benchmark:
    return Benchmark(measure, "England", school_type, year, Decimal(1), "DfE", "OGL v3.0")


@pytest.mark.parametrize(
    ("school_type", "phase"),
    [
        (ALL_SCHOOLS, None),
        ("Total academies", None),
        ("State-funded primary", "primary"),
        ("LA maintained secondary", "secondary"),
        ("Special or PRU", None),
        ("Primary PRU", "alternative_provision"),
        ("State-funded special school", "special"),
        ("Pupil referral units", "alternative_provision"),
        ("All-through academies", "all_through"),
        ("Maintained nursery", "nursery"),
    ],
)
def test_the_phase_is_told_by_the_type_of_school(school_type: str, phase: str | None) -> None:
    assert phase_of(school_type) == phase
    assert phase is None or phase in PHASES


@pytest.mark.parametrize(
    ("measure", "year", "first", "last"),
    [
        ("vacancy_rate", "2025/26", date(2025, 11, 6), date(2025, 11, 6)),
        ("vacancy_rate", "2010/11", date(2010, 11, 1), date(2010, 11, 30)),
        ("turnover_rate", "2023/24", date(2023, 11, 2), date(2024, 11, 7)),
        ("retention_rate", "2010/11", date(2010, 11, 1), date(2011, 11, 30)),
        ("sickness_share", "2018/19", date(2018, 9, 1), date(2019, 8, 31)),
        ("fill_rate", "2018/19", date(2018, 9, 1), date(2019, 8, 31)),
    ],
)
def test_the_window_is_that_of_the_census(measure: str, year: str, first: date, last: date) -> None:
    window = window_of(figure(measure, year))
    assert (window["from"], window["to"], window["academic_year"]) == (first, last, year)
    assert window["counted"]


def test_what_is_not_like_for_like_is_told_of_every_measure_that_can_be_published() -> None:
    for measure in DEFINITIONS:
        assert isinstance(not_like_for_like(figure(measure)), list)
    assert "November" in not_like_for_like(figure())[0]
    assert not_like_for_like(figure("fill_rate")) == ["The measure is ours: ask the source how it counts."]
    assert not_like_for_like(figure("pupil_teacher_ratio", school_type="Primary")) == [GROUPS_OVERLAP]
