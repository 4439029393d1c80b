"""A school's calendar of each academic year, every version of it kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from domain.attendance.calendar import Calendar, academic_year_of, calendar_from_dict, parse_academic_year
from domain.errors import NotFound
from models import Calendar as CalendarRow
from models.base import microseconds
from services.prepared import Prepared
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import UnitOfWork
from services.versions import held_at

_years = (
    select(CalendarRow.academic_year, CalendarRow.body)
    .where(
        CalendarRow.school_id == bindparam("school_id"),
        CalendarRow.academic_year.between(bindparam("first_year"), bindparam("last_year")),
    )
    .order_by(CalendarRow.academic_year)
)
_current = Prepared(_years.where(held_at(CalendarRow, None)))
_of_then = Prepared(_years.where(held_at(CalendarRow, bindparam("as_of"))))


@dataclass(frozen=True)
class CalendarRef:
    """Which calendar a path names: of a school that the key may see, for an academic year such as 2026/27."""

    school: SchoolRef
    academic_year: str


@dataclass(frozen=True)
class HeldCalendar:
    """A version of a calendar; `updated_at` is when it became the current one."""

    academic_year: str
    revision: int
    updated_at: datetime
    calendar: Calendar


def name_calendar(work: UnitOfWork, urn: str, academic_year: str) -> CalendarRef:
    """The calendar that a path names, held or not; `NotFound` for no such school, or what is no academic year."""
    school = get_school(work, urn)
    try:
        return CalendarRef(school, parse_academic_year(academic_year))
    except ValueError as error:
        raise NotFound("there is no such academic year; write it as 2026-27") from error


def put_calendar(work: UnitOfWork, named: CalendarRef, body: Mapping[str, Any]) -> tuple[HeldCalendar, bool]:
    """Make this the calendar of the year; answers it and whether it is the first. The same again moves nothing.

    Raises `Invalid` for dates that can't be right.
    """
    calendar = calendar_from_dict(named.academic_year, body)
    ledger = work.ledger(named.school.id)
    held = find_calendar(work, named, None)
    if held is not None and held.calendar == calendar:
        return held, False
    ledger.move_roll()
    revision = held.revision + 1 if held else 1
    if held is not None:
        current = (
            _of(named.school.id)
            & (CalendarRow.academic_year == named.academic_year)
            & held_at(CalendarRow, None)
        )
        work.connection.execute(update(CalendarRow).where(current).values(superseded_at=ledger.now))
    at = work.note(
        named.school.id,
        "changed" if held else "created",
        "calendar",
        revision=revision,
        content={"academic_year": named.academic_year} | calendar.as_dict(),
    )
    work.connection.execute(
        insert(CalendarRow).values(
            school_id=named.school.id,
            academic_year=named.academic_year,
            revision=revision,
            body=msgspec.json.encode(calendar.as_dict()).decode(),
            recorded_at=at,
            superseded_at=None,
        )
    )
    return HeldCalendar(named.academic_year, revision, at, calendar), held is None


def get_calendar(work: UnitOfWork, named: CalendarRef, as_of: datetime | None) -> HeldCalendar:
    """The calendar as it is, or as it was at a time; `NotFound` where there is or was none."""
    held = find_calendar(work, named, as_of)
    if held is None:
        raise NotFound("there is no such calendar")
    return held


def find_calendar(work: UnitOfWork, named: CalendarRef, as_of: datetime | None) -> HeldCalendar | None:
    """The same, or None."""
    row = work.connection.execute(
        select(CalendarRow.revision, CalendarRow.recorded_at, CalendarRow.body).where(
            _of(named.school.id),
            CalendarRow.academic_year == named.academic_year,
            held_at(CalendarRow, as_of),
        )
    ).one_or_none()
    if row is None:
        return None
    calendar = _calendar_in(named.academic_year, row.body)
    return HeldCalendar(named.academic_year, row.revision, row.recorded_at, calendar)


def load_calendars(
    work: UnitOfWork, school_id: int, first: date, last: date, as_of: datetime | None
) -> tuple[Calendar, ...]:
    """The calendars of the academic years that a window touches, in their order, as they are or were at a time."""
    statement, at = (_current, {}) if as_of is None else (_of_then, {"as_of": microseconds(as_of)})
    years = {"first_year": academic_year_of(first), "last_year": academic_year_of(last)}
    rows = statement.all(work.connection, {"school_id": school_id} | years | at)
    return tuple(_calendar_in(academic_year, body) for academic_year, body in rows)


def calendars_of(
    work: UnitOfWork, school_ids: Collection[int], as_of: datetime | None
) -> dict[int, list[Calendar]]:
    """All calendars of several schools, each in the order of years, as they are or were at a time. One statement."""
    rows = work.connection.execute(
        select(CalendarRow.school_id, CalendarRow.academic_year, CalendarRow.body)
        .where(CalendarRow.school_id.in_(school_ids), held_at(CalendarRow, as_of))
        .order_by(CalendarRow.academic_year)
    )
    found: dict[int, list[Calendar]] = {id: [] for id in school_ids}
    for row in rows:
        found[row.school_id].append(_calendar_in(row.academic_year, row.body))
    return found


@lru_cache(maxsize=1024)
def _calendar_in(academic_year: str, body: str) -> Calendar:
    """The calendar in a row. Its text says all of it, so one that was read needs no second reading."""
    return calendar_from_dict(academic_year, msgspec.json.decode(body))


def _of(school_id: int) -> ColumnElement[bool]:
    return CalendarRow.school_id == school_id
