"""Published figures of the workforce, and how a school's own stand beside them.

A figure is a row: measure, area, school type, year, value, source, licence, note. A symbol in place of a value is kept
as the reason for there being none. Nothing is ever summed over school types: they overlap.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from domain.attendance.calendar import academic_year_bounds, academic_year_of, parse_academic_year
from domain.errors import Fault
from domain.workforce.catalogue import DEFINITIONS
from domain.workforce.figures import Measure, rounded
from domain.workforce.records import is_in_range

ENGLAND = "England"
ALL_SCHOOLS = "All state-funded schools"

SYMBOLS = {
    "z": "not applicable",
    "x": "not available",
    ":": "not available or not applicable; the publisher used the sign for both",
    "c": "withheld by the publisher",
    "low": "not zero, and rounds to zero",
    "~": "not zero, and rounds to zero",
    "k": "not zero, and rounds to zero",
    "u": "too unreliable to be published",
}
"""What stands in the Department's files where there is no value; told apart by case, as some letters are codes too."""

NEEDED = ("measure", "area", "school_type", "year", "value", "source", "licence")
LONGEST = {"area": 200, "school_type": 200, "source": 500, "licence": 200, "note": 1000}
MOST = 1_000_000

NOT_COMPARABLE = (*(id for id in DEFINITIONS if id.startswith("live_")), "turnover_so_far")
"""What is counted on the day of asking: no published figure is."""

_QUALIFIED_ONLY = (
    "The Department labels with the base year and leaves out unqualified teachers; the National Foundation for "
    "Educational Research labels with the second year and counts them. The two don't agree with each other."
)
_NOT_ADDED = (
    "Vacant and temporarily filled posts are different posts. Figures that add them are published elsewhere under "
    "names of their own and aren't comparable."
)
_NOVEMBER = "Published figures are of one day in November, when vacancies are fewest."
_NO_DAYS_SINCE = "No sickness absence was collected for 2019/20."

DIFFERENCES: dict[str, tuple[str, ...]] = {
    "vacancy_rate": (_NOVEMBER, _NOT_ADDED),
    "temporarily_filled_rate": (_NOVEMBER, _NOT_ADDED),
    "turnover_rate": (_QUALIFIED_ONLY, "The school's own counts all its teachers."),
    "retention_rate": (_QUALIFIED_ONLY, "The school's own counts all its teachers."),
    "leaver_rate": (_QUALIFIED_ONLY, "The school's own takes all who left as qualified."),
    "sickness_share": (_NO_DAYS_SINCE,),
    "sickness_days_of_those_absent": (_NO_DAYS_SINCE,),
    "sickness_days_of_all": (_NO_DAYS_SINCE,),
}
"""Where the published definition isn't quite the school's own."""

GROUPS_OVERLAP = "Types of school overlap in the published tables, so they are never to be summed."


@dataclass(frozen=True)
class Benchmark:
    """One published figure. `value` is None exactly where `null_because` tells what stood in its place."""

    measure: str
    area: str
    school_type: str
    year: str
    value: Decimal | None
    source: str
    licence: str
    note: str | None = None
    null_because: str | None = None


@dataclass(frozen=True)
class Beside:
    """A published figure beside the school's own: how far the school's is above it, and what isn't like for like."""

    benchmark: Benchmark
    difference: Decimal | None
    same_year: bool
    cautions: list[str]


def benchmark_of(cells: Mapping[str, str | None], *, row: int | None = None) -> Benchmark | list[Fault]:
    """The figure of a row's cells by field, or every fault of the row. Years may be 2025/26, 2025-26 or 202526."""
    told = {name: (cells.get(name) or "").strip() for name in (*NEEDED, "note")}
    year = _year(told["year"])
    value, null_because = _value(told["value"])
    faults = [
        *(f"{name} is blank." for name in NEEDED if not told[name]),
        *(
            f"{name} has {len(told[name])} characters; at most {most} are taken."
            for name, most in LONGEST.items()
            if len(told[name]) > most
        ),
        *_faults_of_measure(told["measure"]),
    ]
    if told["year"] and year is None:
        faults.append(
            f"year is “{told['year'][:40]}”; it must be an academic year, such as 2025/26 or 202526."
        )
    if told["value"] and value is None and null_because is None:
        symbols = ", ".join(SYMBOLS)
        faults.append(
            f"value is “{told['value'][:40]}”; it must be a plain number from 0 to {MOST:,}, or one of the symbols"
            f" {symbols}."
        )
    if faults or year is None:
        return [Fault(detail, row=row) for detail in faults]
    return Benchmark(
        told["measure"],
        told["area"],
        told["school_type"],
        year,
        value,
        told["source"],
        told["licence"],
        told["note"] or None,
        null_because,
    )


def beside(
    measure: Measure,
    benchmarks: Iterable[Benchmark],
    *,
    area: str = ENGLAND,
    school_type: str | None = ALL_SCHOOLS,
) -> list[Beside]:
    """The published figures that a measure can be seen beside, one for each source and school type.

    Of each it is the figure of the measure's own year or, without one, the latest. Names are compared without regard
    to case; `school_type` None takes all.
    """
    if measure.measure in NOT_COMPARABLE:
        return []
    chosen: dict[tuple[str, str], Benchmark] = {}
    year = _year_of(measure)
    for benchmark in benchmarks:
        if (
            benchmark.measure == measure.measure
            and _same(benchmark.area, area)
            and (school_type is None or _same(benchmark.school_type, school_type))
        ):
            key = benchmark.source, benchmark.school_type.casefold()
            held = chosen.get(key)
            if held is None or _nearness(benchmark, year) > _nearness(held, year):
                chosen[key] = benchmark
    return [_beside(measure, benchmark, year) for _, benchmark in sorted(chosen.items())]


def _beside(measure: Measure, benchmark: Benchmark, year: str) -> Beside:
    cautions = list(DIFFERENCES.get(measure.measure, ()))
    if benchmark.year != year:
        cautions.insert(0, f"The school's figure is of {year}, the published one of {benchmark.year}.")
    if not _same(benchmark.school_type, ALL_SCHOOLS):
        cautions.append(GROUPS_OVERLAP)
    return Beside(benchmark, _difference(measure, benchmark), benchmark.year == year, cautions)


def _difference(measure: Measure, benchmark: Benchmark) -> Decimal | None:
    if measure.value is None or benchmark.value is None:
        return None
    return rounded(Fraction(measure.value) - Fraction(benchmark.value))


def _nearness(benchmark: Benchmark, year: str) -> tuple[bool, str]:
    return benchmark.year == year, benchmark.year


def _year_of(measure: Measure) -> str:
    return measure.window.academic_year or academic_year_of(measure.window.last)


def _faults_of_measure(name: str) -> list[str]:
    if name in NOT_COMPARABLE:
        return [f"{name} is counted on the day of asking; no published figure can be put beside it."]
    if name and name not in DEFINITIONS:
        known = ", ".join(id for id in DEFINITIONS if id not in NOT_COMPARABLE)
        return [f"measure is “{name[:64]}”; it must be one of {known}."]
    return []


def _year(text: str) -> str | None:
    if len(text) == 6 and text.isdecimal():
        text = f"{text[:4]}/{text[4:]}"
    try:
        year = parse_academic_year(text)
    except ValueError:
        return None
    return year if all(map(is_in_range, academic_year_bounds(year))) else None


def _value(text: str) -> tuple[Decimal | None, str | None]:
    if text in SYMBOLS:
        return None, SYMBOLS[text]
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None, None
    plain = value.is_finite() and 0 <= value <= MOST and not set("eE_") & set(text)
    return (value if plain else None), None


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _read_table() -> tuple[Benchmark, ...]:
    with Path(__file__).with_name("benchmarks.csv").open(encoding="utf-8", newline="") as lines:
        rows = [benchmark_of(row) for row in csv.DictReader(lines)]
    return tuple(row for row in rows if isinstance(row, Benchmark))


NATIONAL = _read_table()
"""The figures that come with Headway, in the order of the table."""
