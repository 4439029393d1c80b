"""A school's calendar of one academic year, and the names of the weeks, months and terms that days fall in.

There are no national term dates, so each school gives its own: up to six half terms and the days or sessions within
them on which it is closed. The academic year is that of the Department's statistics, 1 September to 31 August.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from domain.errors import Fault, Invalid

SESSIONS = ("AM", "PM")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TERMS = ("autumn", "spring", "summer")
"""The three terms, each of two half terms."""

_YEAR = re.compile(r"([0-9]{4})[-/]([0-9]{2})")
_SATURDAY = 5


@dataclass(frozen=True)
class Term:
    """One half term, numbered 1 to 6 through the year; `first` and `last` both count."""

    name: str
    half_term: int
    first: date
    last: date


@dataclass(frozen=True)
class Closure:
    """A day, or one session of it, on which the school is closed within a term."""

    day: date
    session: str | None
    reason: str


@dataclass(frozen=True)
class Calendar:
    """A school's half terms and closures in one academic year, both in order of date."""

    academic_year: str
    terms: tuple[Term, ...]
    closures: tuple[Closure, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The calendar in the shape in which it is pushed."""
        return {
            "terms": [
                {"name": term.name, "half_term": term.half_term, "from": term.first, "to": term.last}
                for term in self.terms
            ],
            "closures": [
                {"date": closure.day}
                | ({"session": closure.session} if closure.session else {})
                | {"reason": closure.reason}
                for closure in self.closures
            ],
        }


def calendar_from_dict(academic_year: str, body: Mapping[str, Any]) -> Calendar:
    """The calendar of a pushed `{"terms": […], "closures": […]}`; dates are texts or dates.

    Raises `Invalid` with a fault for each value that is wrong: a term that is inverted, overlaps another, lies
    outside the academic year or repeats a half term's number, half terms whose numbers don't follow their dates, a
    closure outside the year.
    """
    faults: list[Fault] = []
    terms = _read_terms(_rows(body, "terms", faults), faults)
    closures = _read_closures(_rows(body, "closures", faults), faults)
    faults += _faults_of_terms(academic_year, terms)
    faults += _faults_of_closures(academic_year, closures)
    if faults:
        raise Invalid("The calendar has dates or values that can't be right.", faults=faults)
    return Calendar(
        academic_year=academic_year,
        terms=tuple(sorted((term for _, term in terms), key=lambda term: term.first)),
        closures=tuple(
            sorted((closure for _, closure in closures), key=lambda one: (one.day, one.session or ""))
        ),
    )


def sessions_of(calendar: Calendar, first: date, last: date) -> list[tuple[date, str]]:
    """The sessions that the school is open for from first to last: weekdays in its terms, less closures, in order."""
    closed = {
        (closure.day, session)
        for closure in calendar.closures
        for session in SESSIONS
        if closure.session in (None, session)
    }
    return [
        (day, session)
        for term in calendar.terms
        for day in _days(max(term.first, first), min(term.last, last))
        for session in SESSIONS
        if day.weekday() < _SATURDAY and (day, session) not in closed
    ]


def academic_year_of(day: date) -> str:
    """The academic year that a day is in, such as 2026/27; at the ends of all dates the nearest whole one."""
    return _year_name(first_year_of(day))


def first_year_of(day: date) -> int:
    """The calendar year in which the academic year of a day starts; at the ends of all dates the nearest whole one."""
    start = day.year if day.month >= 9 else day.year - 1
    return min(max(start, date.min.year), date.max.year - 1)


def academic_year_bounds(academic_year: str) -> tuple[date, date]:
    """The first and last day, 1 September and 31 August; raises ValueError for what is no academic year."""
    start = _start_of(academic_year)
    return date(start, 9, 1), date(start + 1, 8, 31)


def parse_academic_year(text: str) -> str:
    """The academic year of `2026-27` or `2026/27`, as 2026/27; raises ValueError for anything else."""
    return _year_name(_start_of(text))


def week_of(day: date) -> str:
    """The ISO week, by the year that ISO counts it to: 1 January 2027 is in 2026-W53."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def month_of(day: date) -> str:
    """The month, as 2026-09."""
    return f"{day.year:04}-{day.month:02}"


def weekday_of(day: date) -> str:
    """The day of the week, as monday."""
    return WEEKDAYS[day.weekday()]


def half_term_of(calendars: Iterable[Calendar], day: date) -> str | None:
    """The half term that a day is in, as 2026/27-1; None outside every half term."""
    for calendar in calendars:
        for term in calendar.terms:
            if term.first <= day <= term.last:
                return half_term_name(calendar.academic_year, term.half_term)
    return None


def term_of(calendars: Iterable[Calendar], day: date) -> str | None:
    """The term that a day is in, as 2026/27-autumn (half terms 1 and 2); None outside every half term."""
    half_term = half_term_of(calendars, day)
    return half_term and term_name(half_term[:7], int(half_term[-1]))


def half_term_name(academic_year: str, half_term: int) -> str:
    """A half term as answers name it: 2026/27-1."""
    return f"{academic_year}-{half_term}"


def term_name(academic_year: str, half_term: int) -> str:
    """The term of a half term as answers name it: 2026/27-autumn for 1 and 2."""
    return f"{academic_year}-{TERMS[(half_term - 1) // 2]}"


def _year_name(start: int) -> str:
    return f"{start:04}/{(start + 1) % 100:02}"


def _start_of(academic_year: str) -> int:
    found = _YEAR.fullmatch(academic_year)
    if not found or not 1 <= int(found[1]) < 9999 or (int(found[1]) + 1) % 100 != int(found[2]):
        raise ValueError("An academic year is written like 2026/27, or 2026-27 in a path.")
    return int(found[1])


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _rows(body: Mapping[str, Any], name: str, faults: list[Fault]) -> list[tuple[str, Mapping[str, Any]]]:
    """The entries of a list, each with its pointer; terms must be there, closures may be left out."""
    entries = body.get(name, [] if name == "closures" else None)
    if not isinstance(entries, list | tuple):
        faults.append(Fault(f"{name} must be a list.", pointer=f"/{name}"))
        return []
    for number, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            faults.append(Fault("This must be an object.", pointer=f"/{name}/{number}"))
    return [
        (f"/{name}/{number}", entry) for number, entry in enumerate(entries) if isinstance(entry, Mapping)
    ]


def _read_terms(rows: list[tuple[str, Mapping[str, Any]]], faults: list[Fault]) -> list[tuple[str, Term]]:
    terms = []
    for pointer, row in rows:
        name, number = _text(row, "name", pointer, faults), row.get("half_term")
        first, last = _day(row, "from", pointer, faults), _day(row, "to", pointer, faults)
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= 6:
            faults.append(Fault("A half term is numbered 1 to 6.", pointer=f"{pointer}/half_term"))
        elif name is not None and first and last:
            terms.append((pointer, Term(name, number, first, last)))
    return terms


def _read_closures(
    rows: list[tuple[str, Mapping[str, Any]]], faults: list[Fault]
) -> list[tuple[str, Closure]]:
    closures = []
    for pointer, row in rows:
        day, reason = _day(row, "date", pointer, faults), _text(row, "reason", pointer, faults)
        session = row.get("session")
        if session not in (None, *SESSIONS):
            faults.append(
                Fault("A session is AM or PM; leave it out for the day.", pointer=f"{pointer}/session")
            )
        elif day and reason is not None:
            closures.append((pointer, Closure(day, session, reason)))
    return closures


def _text(row: Mapping[str, Any], name: str, pointer: str, faults: list[Fault]) -> str | None:
    value = row.get(name)
    if isinstance(value, str) and value.strip():
        return value
    faults.append(Fault(f"{name} must be a text that says something.", pointer=f"{pointer}/{name}"))
    return None


def _day(row: Mapping[str, Any], name: str, pointer: str, faults: list[Fault]) -> date | None:
    value = row.get(name)
    if type(value) is date:
        return value
    try:
        # fromisoformat also takes 20260901 and 2026-W36-2, which the contract does not.
        if isinstance(value, str) and len(value) == len("2026-09-01") and value[4::3] == "--":
            return date.fromisoformat(value)
    except ValueError:
        pass
    faults.append(Fault("A date is written like 2026-09-01.", pointer=f"{pointer}/{name}"))
    return None


def _faults_of_terms(academic_year: str, terms: list[tuple[str, Term]]) -> list[Fault]:
    faults: list[Fault] = []
    numbers: dict[int, str] = {}
    for pointer, term in terms:
        faults += _faults_of_day(academic_year, term.first, f"{pointer}/from")
        faults += _faults_of_day(academic_year, term.last, f"{pointer}/to")
        if term.last < term.first:
            faults.append(Fault(f"The term ends before it begins on {term.first}.", pointer=f"{pointer}/to"))
        if term.half_term in numbers:
            faults.append(
                Fault(
                    f"Half term {term.half_term} is already at {numbers[term.half_term]}; each comes once.",
                    pointer=f"{pointer}/half_term",
                )
            )
        numbers.setdefault(term.half_term, pointer)
    return faults or _faults_of_order(terms)


def _faults_of_order(terms: list[tuple[str, Term]]) -> list[Fault]:
    faults = []
    ordered = sorted(terms, key=lambda entry: entry[1].first)
    for (_, earlier), (pointer, later) in pairwise(ordered):
        if later.first <= earlier.last:
            faults.append(
                Fault(
                    f"The term overlaps half term {earlier.half_term}, which lasts to {earlier.last}.",
                    pointer=f"{pointer}/from",
                )
            )
        elif later.half_term < earlier.half_term:
            faults.append(
                Fault(
                    f"Half terms are numbered in order of date; this comes after half term {earlier.half_term}.",
                    pointer=f"{pointer}/half_term",
                )
            )
    return faults


def _faults_of_closures(academic_year: str, closures: list[tuple[str, Closure]]) -> list[Fault]:
    return [
        fault
        for pointer, closure in closures
        for fault in _faults_of_day(academic_year, closure.day, f"{pointer}/date")
    ]


def _faults_of_day(academic_year: str, day: date, pointer: str) -> list[Fault]:
    first, last = academic_year_bounds(academic_year)
    if first <= day <= last:
        return []
    return [Fault(f"The academic year {academic_year} goes from {first} to {last}.", pointer=pointer)]
