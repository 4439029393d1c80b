"""The year's cycle of recruitment: census days, the dates by which teachers resign, and adverts that close.

Days of collections and resignation dates are rows of tables. Those of resignation come round each academic year, and a
school may have its own in their place.
"""

import csv
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.attendance.calendar import academic_year_bounds, academic_year_of
from domain.workforce.records import TEACHER, Vacancy
from domain.workforce.resignation import (
    HEAD,
    NOT_BINDING,
    RESIGNATION_DATES,
    SCHOOLS_OWN,
    ResignationDate,
    resignations_in,
)

WORKFORCE_CENSUS = "school workforce census"
CENSUS_DAY, RESIGNATION_DATE, ADVERT_CLOSES = "census_day", "resignation_date", "advert_closes"
KINDS = (CENSUS_DAY, RESIGNATION_DATE, ADVERT_CLOSES)


@dataclass(frozen=True)
class CollectionDay:
    """One day on which the Department collects; `status` is announced, or inferred where nobody has announced it."""

    collection: str
    academic_year: str
    on: date
    status: str
    source: str


@dataclass(frozen=True)
class CalendarEntry:
    """One day of the cycle. `id` stays the same as long as it is the same thing, whatever its day becomes."""

    id: str
    on: date
    kind: str
    title: str
    detail: str | None = None
    source: str | None = None
    inferred: bool = False


@dataclass(frozen=True)
class WorkforceCalendar:
    """The entries from first to last in their order, and what a reader should know of what isn't in them."""

    first: date
    last: date
    entries: list[CalendarEntry]
    notes: list[str]


def workforce_calendar(
    first: date,
    last: date,
    *,
    vacancies: Iterable[Vacancy] = (),
    resignation_dates: Sequence[ResignationDate] | None = None,
    collection_days: Sequence[CollectionDay] | None = None,
) -> WorkforceCalendar:
    """The cycle from first to last, both counted.

    `resignation_dates` are the school's own; None takes the bundled ones. Adverts are of vacancies that haven't ended
    before they close.
    """
    days = COLLECTION_DAYS if collection_days is None else collection_days
    rows = RESIGNATION_DATES if resignation_dates is None else resignation_dates
    source = NOT_BINDING if resignation_dates is None else SCHOOLS_OWN
    entries = [
        *_census_days(days),
        *_resignation_dates(rows, _years(first, last), source),
        *_closing_adverts(vacancies, rows, first, last),
    ]
    return WorkforceCalendar(
        first,
        last,
        entries=sorted(
            (entry for entry in entries if first <= entry.on <= last),
            key=lambda entry: (entry.on, KINDS.index(entry.kind), entry.title, entry.id),
        ),
        notes=_notes(days, _years(first, last)),
    )


def _census_days(days: Iterable[CollectionDay]) -> Iterator[CalendarEntry]:
    for day in days:
        yield CalendarEntry(
            id=f"census-{_slug(day.collection)}-{_slug(day.academic_year)}",
            on=day.on,
            kind=CENSUS_DAY,
            title=f"{day.collection.capitalize()} day",
            detail="Nobody has announced this day yet; it is the one to expect." if _inferred(day) else None,
            source=day.source,
            inferred=_inferred(day),
        )


def _resignation_dates(
    rows: Iterable[ResignationDate], years: Iterable[str], source: str
) -> Iterator[CalendarEntry]:
    rows = list(rows)
    for year in years:
        for row in rows:
            resign_by, leaves_on = resignations_in(row, year)
            who = "Heads" if row.staff == HEAD else "Teachers"
            yield CalendarEntry(
                id=f"resignation-{row.staff}-{row.term}-{_slug(year)}",
                on=resign_by,
                kind=RESIGNATION_DATE,
                title=f"{who} who leave at the end of the {row.term} term resign by today",
                detail=f"To leave on {leaves_on}.",
                source=source,
            )


def _closing_adverts(
    vacancies: Iterable[Vacancy], rows: Sequence[ResignationDate], first: date, last: date
) -> Iterator[CalendarEntry]:
    free = _when_free(rows, first, last)
    for vacancy in vacancies:
        for place, advert in enumerate(vacancy.adverts):
            closes_on = advert.closes_on
            if closes_on is None or not first <= closes_on <= last:
                continue
            if vacancy.ended_on is not None and vacancy.ended_on < closes_on:
                continue
            post = ", ".join(filter(None, [vacancy.role, vacancy.subject]))
            yield CalendarEntry(
                id=f"advert-{vacancy.id}-{place + 1}",
                on=closes_on,
                kind=ADVERT_CLOSES,
                title=f"Advert closes: {post}",
                detail=_who_could_start(closes_on, free) if vacancy.staff_group == TEACHER else None,
            )


def _when_free(rows: Iterable[ResignationDate], first: date, last: date) -> list[tuple[date, date]]:
    """By which days teachers resign from `first` to the year after `last`, each with the day after which they are
    free.
    """
    years = _years(first, last)
    return sorted(
        resignations_in(row, year)
        for row in rows
        if row.staff == TEACHER
        for year in [*years, _year_after(years[-1])]
    )


def _who_could_start(closes_on: date, free: Sequence[tuple[date, date]]) -> str | None:
    """When a teacher of another school, who resigns once the advert has closed, would be free."""
    place = bisect_left(free, (closes_on, date.min))
    if place == len(free):
        return None
    resign_by, leaves_on = free[place]
    return (
        f"A teacher in post elsewhere who resigns by {resign_by}, the next date, is free after {leaves_on}."
    )


def _notes(days: Sequence[CollectionDay], years: Iterable[str]) -> list[str]:
    known = {day.academic_year for day in days if day.collection == WORKFORCE_CENSUS}
    missing = [year for year in years if year not in known]
    return [f"The day of the workforce census of {year} isn't in the table." for year in missing]


def _years(first: date, last: date) -> list[str]:
    start, end = (academic_year_bounds(academic_year_of(day))[0].year for day in (first, last))
    return [academic_year_of(date(year, 9, 1)) for year in range(start, end + 1)]


def _year_after(academic_year: str) -> str:
    return academic_year_of(date(academic_year_bounds(academic_year)[1].year, 9, 1))


def _inferred(day: CollectionDay) -> bool:
    return day.status == "inferred"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower())


def _read_table() -> tuple[CollectionDay, ...]:
    with Path(__file__).with_name("collection_days.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            CollectionDay(
                row["collection"],
                row["academic_year"],
                date.fromisoformat(row["on"]),
                row["status"],
                row["source"],
            )
            for row in csv.DictReader(lines)
        )


COLLECTION_DAYS = _read_table()
"""The days that are known, in the order of the table."""
