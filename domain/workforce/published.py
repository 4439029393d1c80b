"""What a published figure is of: which phase of school, which days, and what isn't like for like in it."""

import re
from datetime import date, timedelta
from typing import Any

from domain.attendance.calendar import academic_year_bounds, academic_year_of
from domain.workforce.benchmarks import ALL_SCHOOLS, DIFFERENCES, GROUPS_OVERLAP, Benchmark
from domain.workforce.calendar import COLLECTION_DAYS, WORKFORCE_CENSUS
from domain.workforce.catalogue import DEFINITIONS, OURS
from domain.workforce.figures import Window

PHASES = (
    "nursery",
    "primary",
    "secondary",
    "all_through",
    "special",
    "alternative_provision",
    "sixteen_plus",
)

CENSUS_DAY, TO_NEXT_CENSUS, WHOLE_YEAR = (
    "the day of the year's November census",
    "that census to the next",
    "the academic year",
)

_TYPES = {
    "alternative_provision": r"alternative|pru\b|pupil referral",
    "special": r"special",
    "nursery": r"nursery",
    "sixteen_plus": r"16 ?plus|sixteen|sixth form",
    "all_through": r"all.through",
    "primary": r"primary",
    "secondary": r"secondary",
}
"""What tells the phase in the name of a type of school; the first that is found counts, as a primary PRU is a PRU."""

_APART = {"alternative_provision", "special"}
"""What is put together as special schools and pupil referral units is of neither phase alone."""

_BETWEEN_CENSUSES = ("turnover_rate", "retention_rate", "leaver_rate")
_OF_A_DAY = (
    "vacancy_rate",
    "temporarily_filled_rate",
    "pupil_teacher_ratio",
    "pupil_qualified_teacher_ratio",
    "pupil_adult_ratio",
    "unqualified_share",
)

_OURS = "The measure is ours: ask the source how it counts."


def phase_of(school_type: str) -> str | None:
    """The phase of a type of school; None where it is of several or doesn't say."""
    name = school_type.casefold()
    found = [phase for phase, words in _TYPES.items() if re.search(words, name)]
    return None if set(found) >= _APART else next(iter(found), None)


def window_of(benchmark: Benchmark) -> dict[str, Any]:
    """The days that a figure is of, labelled with its year, and `counted`: of which of them, in words.

    A census day that isn't in the table is somewhere in its November.
    """
    first, last = academic_year_bounds(benchmark.year)
    counted = WHOLE_YEAR
    if benchmark.measure in _OF_A_DAY:
        (first, last), counted = _census(benchmark.year), CENSUS_DAY
    elif benchmark.measure in _BETWEEN_CENSUSES:
        after = _census(academic_year_of(last + timedelta(days=1)))
        first, last, counted = _census(benchmark.year)[0], after[1], TO_NEXT_CENSUS
    return Window(first, last, benchmark.year).as_dict() | {"counted": counted}


def not_like_for_like(benchmark: Benchmark) -> list[str]:
    """What to know before a school's own figure is put beside it."""
    said = list(DIFFERENCES.get(benchmark.measure, ()))
    if DEFINITIONS[benchmark.measure].source == OURS:
        said.append(_OURS)
    if benchmark.school_type.strip().casefold() != ALL_SCHOOLS.casefold():
        said.append(GROUPS_OVERLAP)
    return said


def _census(academic_year: str) -> tuple[date, date]:
    known = [
        day.on
        for day in COLLECTION_DAYS
        if day.collection == WORKFORCE_CENSUS and day.academic_year == academic_year
    ]
    november = academic_year_bounds(academic_year)[0].replace(month=11)
    return (known[0], known[0]) if known else (november, november.replace(day=30))
