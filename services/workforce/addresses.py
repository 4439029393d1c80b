"""Records of the workforce by the day or the academic year in a path."""

from datetime import date

from domain.attendance.calendar import academic_year_bounds, parse_academic_year
from domain.errors import NotFound, invalid
from domain.workforce.records import (
    is_in_range,
)
from services.attendance.registers import DAY
from services.schools.schools import get_school
from services.unit_of_work import UnitOfWork
from services.workforce.kinds import SNAPSHOT, Kind
from services.workforce.records import RecordRef, name_record


def name_snapshot(work: UnitOfWork, urn: str, day: str) -> RecordRef:
    """The snapshot that a school and a date in a path name; `NotFound` for an unseen school, `Invalid` for no date."""
    return name_by_day(SNAPSHOT, work, urn, day)


def name_by_day(kind: Kind, work: UnitOfWork, urn: str, day: str) -> RecordRef:
    """The record of a kind that a school and a date in a path name."""
    school = get_school(work, urn)
    return name_record(work, school, kind.name, day_in_path(day).isoformat())


def day_in_path(day: str) -> date:
    """The day that a path names; `Invalid` for what is none."""
    try:
        found = date.fromisoformat(day) if DAY.fullmatch(day) else None
    except ValueError:
        found = None
    if found is None or not is_in_range(found):
        raise invalid("/path/date", f"{day[:20]} is not a date; write it as 2026-11-05")
    return found


def name_by_year(kind: Kind, work: UnitOfWork, urn: str, academic_year: str) -> RecordRef:
    """The record of a kind that a school and an academic year in a path name; `NotFound` for what is none."""
    school = get_school(work, urn)
    try:
        year = parse_academic_year(academic_year)
        if not is_in_range(academic_year_bounds(year)[0]):
            raise ValueError(year)
    except ValueError as error:
        raise NotFound("there is no such academic year; write it as 2026-27") from error
    return name_record(work, school, kind.name, year)
