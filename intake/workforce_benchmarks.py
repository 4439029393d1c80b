"""Published figures of the workforce as CSV: tidy rows, under the names of columns of several years' releases.

The 2025 release calls `school_type` `establishment_type_group`, and `gender` `sex`. Rows for one sex alone are passed
over: no figure here is by sex. Where an area has columns of its own for authority, region and country, the smallest
that is filled counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.errors import Fault
from domain.workforce.benchmarks import Benchmark, benchmark_of
from intake.tables import Privacy, read_table

COLUMNS = {
    "measure": "measure",
    "indicator": "measure",
    "area": "area",
    "la_name": "la_name",
    "region_name": "region_name",
    "country_name": "country_name",
    "school_type": "school_type",
    "establishment_type_group": "school_type",
    "sex": "sex",
    "gender": "sex",
    "year": "year",
    "academic_year": "year",
    "time_period": "year",
    "value": "value",
    "source": "source",
    "licence": "licence",
    "license": "licence",
    "note": "note",
    "notes": "note",
}

AREAS = ("area", "la_name", "region_name", "country_name")
"""From what is said outright to the largest."""

NEEDED = ("measure", AREAS, "school_type", "year", "value", "source", "licence")

BOTH_SEXES = ("", "total", "all", "persons", "both")


@dataclass
class BenchmarkRows:
    """The figures that can be read, in the file's order; `passed_over` counts the rows of one sex alone."""

    benchmarks: list[Benchmark] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)
    received: int = 0
    passed_over: int = 0


def read_benchmarks(
    chunks: Iterable[bytes], *, pseudonymise: Privacy = str, max_rows: int = 100_000
) -> BenchmarkRows:
    """The figures of a table; raises `Malformed` and `TooLarge` as `read_table` does.

    A figure told again as it was is taken once; told otherwise, it is a fault of the later row.
    """
    table = read_table(chunks, known=COLUMNS, needed=NEEDED, pseudonymise=pseudonymise, max_rows=max_rows)
    read = BenchmarkRows(dropped_columns=table.dropped_columns)
    held: dict[tuple[str, ...], tuple[int, Benchmark]] = {}
    for number, cells in table:
        if cells.get("sex", "").casefold() not in BOTH_SEXES:
            read.passed_over += 1
            continue
        found = benchmark_of(
            _with_area({name: pseudonymise(cell) for name, cell in cells.items()}), row=number
        )
        if isinstance(found, list):
            read.faults += found
            continue
        first, same = held.setdefault(_key(found), (number, found))
        if same == found and first == number:
            read.benchmarks.append(found)
        elif same != found:
            read.faults.append(Fault(f"Row {first} tells this figure otherwise; keep one.", row=number))
    read.faults = sorted(table.faults + read.faults, key=lambda fault: fault.row or 0)
    read.received = table.received
    return read


def _with_area(cells: Mapping[str, str]) -> dict[str, str]:
    area = next((cells[name] for name in AREAS if cells.get(name)), "")
    return {**cells, "area": area}


def _key(benchmark: Benchmark) -> tuple[str, ...]:
    names = (benchmark.area, benchmark.school_type, benchmark.source)
    return (benchmark.measure, benchmark.year, *(name.casefold() for name in names))
