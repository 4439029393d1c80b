"""Published figures as files, under the column names of both years' releases."""

from decimal import Decimal

import pytest

from domain.errors import Malformed, TooLarge
from domain.workforce.benchmarks import NATIONAL, Benchmark
from intake.workforce_benchmarks import BenchmarkRows, read_benchmarks

HEADER = "measure,area,school_type,year,value,source,licence,note"
ROW = "vacancy_rate,Camden,Primary,2025/26,0.6,DfE,OGL v3.0,of November"
CAMDEN = Benchmark(
    "vacancy_rate", "Camden", "Primary", "2025/26", Decimal("0.6"), "DfE", "OGL v3.0", "of November"
)


def read(*lines: str) -> BenchmarkRows:
    return read_benchmarks(["\n".join(lines).encode()])


def test_a_tidy_file_is_read_as_it_is() -> None:
    found = read(HEADER, ROW)
    assert (found.benchmarks, found.faults, found.received) == ([CAMDEN], [], 1)


@pytest.mark.parametrize(
    "header",
    [
        "measure,area,establishment_type_group,time_period,value,source,license,notes",
        "Indicator,la_name,Establishment Type Group,Academic Year,Value,Source,Licence,Note",
        "measure,region_name,school_type,year,value,source,licence,note",
        "measure,country_name,school_type,year,value,source,licence,note",
    ],
)
def test_the_columns_of_either_release_give_the_same_figure(header: str) -> None:
    assert read(header, ROW.replace("2025/26", "202526")).benchmarks == [CAMDEN]


def test_the_smallest_area_that_is_filled_counts() -> None:
    header = "measure,country_name,region_name,la_name,school_type,year,value,source,licence"
    found = read(
        header,
        "vacancy_rate,England,,,Primary,202526,0.5,DfE,OGL",
        "vacancy_rate,England,London,,Primary,202526,0.6,DfE,OGL",
        "vacancy_rate,England,London,Camden,Primary,202526,0.7,DfE,OGL",
    )
    assert [row.area for row in found.benchmarks] == ["England", "London", "Camden"]


@pytest.mark.parametrize("column", ["sex", "gender"])
def test_rows_of_one_sex_alone_are_passed_over_and_counted(column: str) -> None:
    found = read(f"{HEADER},{column}", f"{ROW},Female", f"{ROW},Total", f"{ROW},Male")
    assert (found.benchmarks, found.passed_over, found.received) == ([CAMDEN], 2, 3)
    assert found.faults == []


def test_a_figure_told_twice_is_taken_once_and_otherwise_refused() -> None:
    found = read(HEADER, ROW, ROW, ROW.replace("0.6", "0.7").replace("Camden", "CAMDEN"))
    assert found.benchmarks == [CAMDEN]
    assert [(fault.row, fault.detail) for fault in found.faults] == [
        (3, "Row 1 tells this figure otherwise; keep one.")
    ]


def test_a_withheld_value_stays_withheld() -> None:
    (found,) = read(HEADER, ROW.replace("0.6", "c")).benchmarks
    assert (found.value, found.null_because) == (None, "withheld by the publisher")


def test_rows_that_can_not_be_read_are_named_and_the_others_kept() -> None:
    found = read(HEADER, ROW.replace("0.6", "0,6"), ROW, ROW.replace("2025/26", "2025"), "x,y")
    assert found.benchmarks == [CAMDEN]
    assert [fault.row for fault in found.faults] == [1, 3, 4]


def test_columns_that_are_not_known_are_dropped_and_named() -> None:
    assert read(f"{HEADER},region_code", f"{ROW},E12").dropped_columns == ["region_code"]


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Malformed, match="area or la_name or region_name or country_name, licence"):
        read("measure,school_type,year,value,source", "vacancy_rate,Primary,2025/26,1,DfE")


def test_two_columns_for_one_thing_are_refused() -> None:
    with pytest.raises(Malformed, match="school_type"):
        read(f"{HEADER},establishment_type_group", f"{ROW},Primary")


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(TooLarge):
        read_benchmarks(["\n".join([HEADER, ROW, ROW]).encode()], max_rows=1)


def test_the_bundled_figures_can_be_read_as_such_a_file() -> None:
    lines = [
        f'{row.measure},{row.area},{row.school_type},{row.year},{row.value},"{row.source}",{row.licence},"{row.note}"'
        for row in NATIONAL
    ]
    assert read(HEADER, *lines).benchmarks == list(NATIONAL)
