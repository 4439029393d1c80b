"""Published figures as rows, and how a school's own stand beside them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.workforce.benchmarks import (
    ALL_SCHOOLS,
    DIFFERENCES,
    GROUPS_OVERLAP,
    NATIONAL,
    NOT_COMPARABLE,
    SYMBOLS,
    Benchmark,
    benchmark_of,
    beside,
)
from domain.workforce.catalogue import DEFINITIONS
from domain.workforce.figures import Measure, Window, count, quotient, unanswered

YEAR = Window(date(2025, 11, 6), date(2025, 11, 6), "2025/26")

CELLS = {
    "measure": "vacancy_rate",
    "area": "Camden",
    "school_type": "Primary",
    "year": "2025/26",
    "value": "0.6",
    "source": "Department for Education",
    "licence": "Open Government Licence v3.0",
}


def read(**changes: str) -> Benchmark:
    found = benchmark_of(CELLS | changes)
    assert isinstance(found, Benchmark), found
    return found


def faults(**changes: Any) -> list[str]:
    found = benchmark_of(CELLS | changes, row=7)
    assert isinstance(found, list)
    assert {fault.row for fault in found} == {7}
    return [fault.detail for fault in found]


@pytest.mark.parametrize(
    ("measure", "year", "value"),
    [
        ("pupil_qualified_teacher_ratio", "2025/26", "18.48"),
        ("pupil_teacher_ratio", "2025/26", "17.91"),
        ("pupil_adult_ratio", "2025/26", "10.18"),
        ("unqualified_share", "2025/26", "3.08"),
        ("sickness_days_of_those_absent", "2014/15", "7.6"),
        ("sickness_days_of_those_absent", "2018/19", "7.5"),
        ("sickness_days_of_all", "2014/15", "4.2"),
        ("sickness_days_of_all", "2017/18", "4.0"),
    ],
)
def test_the_national_figures_are_bundled(measure: str, year: str, value: str) -> None:
    (found,) = (row for row in NATIONAL if (row.measure, row.year) == (measure, year))
    assert found.value == Decimal(value)
    assert (found.area, found.school_type) == ("England", ALL_SCHOOLS)
    assert found.source.startswith("Department for Education")
    assert found.licence == "Open Government Licence v3.0"
    assert found.note


def test_no_row_of_the_table_is_lost_or_told_twice() -> None:
    assert len(NATIONAL) == 14
    assert len({(row.measure, row.year) for row in NATIONAL}) == 14
    assert not any(row.year == "2019/20" for row in NATIONAL)


def test_the_year_whose_published_figure_its_own_counts_do_not_give_is_told_as_such() -> None:
    told = [row for row in NATIONAL if "unexplained" in (row.note or "")]
    assert [(row.measure, row.year, row.value) for row in told] == [
        ("sickness_days_of_all", "2016/17", Decimal("4.1"))
    ]
    assert "4.04" in (told[0].note or "")


@pytest.mark.parametrize("year", ["2025/26", "2025-26", "202526"])
def test_a_year_may_be_written_in_the_ways_that_files_write_it(year: str) -> None:
    assert read(year=year).year == "2025/26"


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_symbol_is_a_reason_and_never_a_zero(symbol: str) -> None:
    found = read(value=symbol)
    assert (found.value, found.null_because) == (None, SYMBOLS[symbol])


@pytest.mark.parametrize("value", ["C", "Z", "-1", "6.71%", "1,000", "NaN", "1e3", "1_0", "1000001", "many"])
def test_what_is_neither_a_number_nor_a_symbol_is_refused(value: str) -> None:
    (told,) = faults(value=value)
    assert told.startswith(f"value is “{value}”; it must be a plain number from 0 to 1,000,000")


@pytest.mark.parametrize("name", CELLS)
def test_every_field_but_the_note_is_needed(name: str) -> None:
    assert faults(**{name: " "}) == [f"{name} is blank."]
    assert faults(**{name: None}) == [f"{name} is blank."]


def test_every_fault_of_a_row_is_told() -> None:
    told = faults(measure="vacancies", year="2025", value="?", source="x" * 501)
    assert [text.split(" ")[0] for text in told] == ["source", "measure", "year", "value"]
    assert "vacancy_rate" in told[1]
    assert "live_vacancies" not in told[1]


@pytest.mark.parametrize("measure", NOT_COMPARABLE)
def test_what_is_counted_today_has_no_published_figure_beside_it(measure: str) -> None:
    (told,) = faults(measure=measure)
    assert "on the day of asking" in told
    assert beside(count(measure, 2, YEAR), [Benchmark(**vars(read()) | {"measure": measure})]) == []


def own(id: str = "pupil_teacher_ratio", part: Any = 800, whole: Any = 50, window: Window = YEAR) -> Measure:
    return quotient(id, part, whole, window)


def test_a_schools_figure_is_shown_beside_the_one_of_its_own_year() -> None:
    (found,) = beside(own(), NATIONAL)
    assert (found.benchmark.value, found.same_year) == (Decimal("17.91"), True)
    assert found.difference == Decimal("-1.91")
    assert found.cautions == []


def test_an_older_figure_says_of_which_year_it_is() -> None:
    year = Window(date(2024, 9, 1), date(2025, 8, 31), "2024/25")
    (found,) = beside(own("sickness_days_of_all", 90, 20, year), reversed(NATIONAL))
    assert (found.benchmark.year, found.same_year) == ("2018/19", False)
    assert found.difference == Decimal("0.4")
    assert found.cautions == [
        "The school's figure is of 2024/25, the published one of 2018/19.",
        "No sickness absence was collected for 2019/20.",
    ]
    early = Window(date(2016, 9, 1), date(2017, 8, 31), "2016/17")
    (found,) = beside(own("sickness_days_of_all", 90, 20, early), NATIONAL)
    assert (found.benchmark.year, found.same_year) == ("2016/17", True)


def test_without_a_label_the_year_is_that_of_the_windows_end() -> None:
    unlabelled = Window(date(2025, 9, 1), date(2026, 3, 1))
    assert beside(own(window=unlabelled), NATIONAL)[0].same_year


def test_without_a_value_there_is_no_difference() -> None:
    (found,) = beside(unanswered("pupil_teacher_ratio", "why", YEAR), NATIONAL)
    assert found.difference is None
    (found,) = beside(own("vacancy_rate", 1, 50), [read(value="c")], area="camden", school_type=None)
    assert (found.difference, found.benchmark.null_because) == (None, "withheld by the publisher")


def test_areas_and_types_are_chosen_by_name_and_types_are_never_summed() -> None:
    rows = [read(), read(school_type="Total academies"), read(area="Leeds"), read(source="Another")]
    measure = own("vacancy_rate", 1, 50)
    assert beside(measure, rows) == []
    found = beside(measure, rows, area="CAMDEN", school_type=None)
    assert [(one.benchmark.source, one.benchmark.school_type) for one in found] == [
        ("Another", "Primary"),
        ("Department for Education", "Primary"),
        ("Department for Education", "Total academies"),
    ]
    assert all(one.cautions[-1] == GROUPS_OVERLAP for one in found)
    assert len(beside(measure, rows, area="Camden", school_type="total ACADEMIES")) == 1


def test_where_definitions_differ_the_difference_is_told() -> None:
    assert set(DIFFERENCES) <= set(DEFINITIONS)
    (found,) = beside(
        own("turnover_rate", 5, 50), [read(measure="turnover_rate")], area="Camden", school_type="primary"
    )
    assert found.cautions[0].startswith("The Department labels with the base year")
