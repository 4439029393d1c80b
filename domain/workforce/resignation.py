"""By when teachers and heads resign to leave at the end of a term: rows, which a school may put its own in place of."""

import calendar
import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from domain.attendance.calendar import TERMS, academic_year_bounds, academic_year_of
from domain.errors import Fault, Invalid
from domain.workforce.records import TEACHER

HEAD = "head"
RESIGNING = (TEACHER, HEAD)
MOST_ROWS = 24

BURGUNDY_BOOK = "Conditions of Service for School Teachers in England and Wales"
SCHOOLS_OWN = "the school's own dates"
NOT_BINDING = f"{BURGUNDY_BOOK}; they don't bind academies, and a school may have its own"

_LEAP_YEAR = 2028
_LAST = "last"
_DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]|last)")


@dataclass(frozen=True)
class ResignationDate:
    """By which day of the year (`MM-DD`, or `MM-last` for a month's last) one resigns to leave at the end of a term."""

    staff: str
    term: str
    leaves_on: str
    resign_by: str


def resignations_in(row: ResignationDate, academic_year: str) -> tuple[date, date]:
    """By which day somebody resigns in an academic year, and on which they then leave."""
    return _in_year(row.resign_by, academic_year), _in_year(row.leaves_on, academic_year)


def teachers_dates_in(rows: Iterable[ResignationDate], academic_year: str) -> list[dict[str, Any]]:
    """By when teachers resign in an academic year, and when they then leave: the earliest first."""
    dates = [(*resignations_in(row, academic_year), row.term) for row in rows if row.staff == TEACHER]
    return [
        {"resign_by": resign_by, "leaves_on": leaves_on, "term": term}
        for resign_by, leaves_on, term in sorted(dates)
    ]


def resignation_dates_of(rows: Any, pointer: str = "/resignation_dates") -> tuple[ResignationDate, ...]:
    """A school's own rows, each `{"staff", "term", "leaves_on", "resign_by"}`, in the order given.

    Raises `Invalid` with a fault for each thing that is wrong: no array, an unknown or missing field, staff or a term
    that doesn't exist, a day that is none, a resignation that isn't before the leaving, the same staff and term twice.
    """
    faults = list(_faults_of_rows(rows, pointer))
    if faults:
        raise Invalid("The resignation dates have values that can't be right.", faults=faults)
    return tuple(ResignationDate(**row) for row in rows)


def as_rows(rows: Iterable[ResignationDate]) -> list[dict[str, str]]:
    """The dates in the shape in which a school gives its own."""
    return [asdict(row) for row in rows]


def _in_year(day_of_year: str, academic_year: str) -> date:
    first, last = academic_year_bounds(academic_year)
    month, day = day_of_year.split("-")
    year = first.year if int(month) >= first.month else last.year
    days = calendar.monthrange(year, int(month))[1]
    return date(year, int(month), days if day == _LAST else min(int(day), days))


def _faults_of_rows(rows: Any, pointer: str) -> Iterator[Fault]:
    if not isinstance(rows, list):
        yield Fault("Give an array of rows.", pointer=pointer)
        return
    if len(rows) > MOST_ROWS:
        yield Fault(f"There are {len(rows)} rows; at most {MOST_ROWS} are taken.", pointer=pointer)
        return
    seen: set[tuple[str, str]] = set()
    for place, row in enumerate(rows):
        at = f"{pointer}/{place}"
        faults = list(_faults_of_row(row, at))
        yield from faults
        if faults:
            continue
        key = row["staff"], row["term"]
        if key in seen:
            yield Fault(f"There is a row for {key[0]} and {key[1]} already; keep one.", pointer=at)
        seen.add(key)


def _faults_of_row(row: Any, at: str) -> Iterator[Fault]:
    fields = ("staff", "term", "leaves_on", "resign_by")
    if not isinstance(row, Mapping) or set(row) != set(fields):
        yield Fault(f"Give an object with {', '.join(fields)}, and nothing else.", pointer=at)
        return
    for name, allowed in (("staff", RESIGNING), ("term", TERMS)):
        if row[name] not in allowed:
            yield Fault(f"{name} must be one of {', '.join(allowed)}.", pointer=f"{at}/{name}")
    wrong = [name for name in fields[2:] if not _is_day_of_year(row[name])]
    for name in wrong:
        yield Fault(
            f"{name} must be a day of the year as MM-DD, or MM-last for a month's last day.",
            pointer=f"{at}/{name}",
        )
    if not wrong and _place(row["resign_by"]) >= _place(row["leaves_on"]):
        yield Fault(
            "resign_by must be before leaves_on, in the academic year from September to August.",
            pointer=f"{at}/resign_by",
        )


def _is_day_of_year(value: Any) -> bool:
    found = _DAY_OF_YEAR.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    return found[2] == _LAST or int(found[2]) <= calendar.monthrange(_LEAP_YEAR, int(found[1]))[1]


def _place(day_of_year: str) -> date:
    return _in_year(day_of_year, academic_year_of(date(_LEAP_YEAR, 1, 1)))


def _read_table() -> tuple[ResignationDate, ...]:
    with Path(__file__).with_name("resignation_dates.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(ResignationDate(**row) for row in csv.DictReader(lines))


RESIGNATION_DATES = _read_table()
"""The dates of most schools."""
