"""What of a school's ordinary work can be seen on chosen days, by area and group of pupils, and where nothing can."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from domain.attendance.calendar import weekday_of
from domain.cohorts import CohortFilter, format_cohort_filter, label_of_filter, parse_cohort_filter
from domain.comparison import compare
from domain.tracker.coverage import (
    OrdinaryPractice,
    Row,
    areas_on,
    coverage_table,
    day_at_school,
    running_on,
    usual_inspection_days,
)
from services.schools.calendars import load_calendars
from services.schools.schools import SchoolRef
from services.tracker.held import Held
from services.tracker.kinds import CHALLENGE, PRACTICE, Content, Kind
from services.tracker.lists import check_earlier
from services.tracker.sight import of_school
from services.unit_of_work import UnitOfWork

EVERYONE = "everyone"
SHOWN = ("id", "title", "from", "to", "place", "lead")


def coverage_of(work: UnitOfWork, school: SchoolRef, query: Mapping[str, Any]) -> Content:
    """The table of each date, of the coming Tuesday and Wednesday unless told, now or as it stood.

    With `compare_to`, also what has come into a cell and what has left it since, on the same dates.
    """
    as_of, since = query.get("as_of"), query.get("compare_to")
    check_earlier(since, as_of)
    days = query.get("dates") or usual_inspection_days(Held(work, as_of).today)
    found = _read(work, school, days, as_of)
    if since is None:
        return found
    before, after = (_by_cell(each) for each in (_read(work, school, days, since), found))
    return found | {"changes": {"since": since} | asdict(compare(before, after))}


def _read(work: UnitOfWork, school: SchoolRef, days: Sequence[date], as_of: datetime | None) -> Content:
    held = Held(work, as_of)
    practices = _of_school(held, PRACTICE, school)
    columns = _columns(_of_school(held, CHALLENGE, school))
    return {
        "school": school.urn,
        "columns": [_column(cohort, challenges) for cohort, challenges in columns.items()],
        "dates": [_day(work, school, day, practices, list(columns), as_of) for day in dict.fromkeys(days)],
    }


def _by_cell(found: Content) -> dict[str, dict[str, list[str]]]:
    """What is in each cell, by its date, area and group."""
    return {
        f"{day['date']} {row['area']} {cell['cohort']}": {
            "practices": [practice["id"] for practice in cell["practices"]]
        }
        for day in found["dates"]
        for row in day["rows"]
        for cell in row["cells"]
    }


def _of_school(held: Held, kind: Kind, school: SchoolRef) -> list[Content]:
    where = of_school(kind, school)
    return held.matching(kind, where.sql) if held.as_of is None else held.meeting(kind, [where])


def _columns(challenges: Iterable[Content]) -> dict[CohortFilter | None, list[str]]:
    """Everyone, then each group that an open challenge names, with the ids of these challenges."""
    columns: dict[CohortFilter | None, list[str]] = {None: []}
    for challenge in challenges:
        if challenge["closed_on"] is None:
            for cohort in dict.fromkeys(map(parse_cohort_filter, challenge["cohorts"])):
                columns.setdefault(cohort, []).append(challenge["id"])
    return columns


def _column(cohort: CohortFilter | None, challenges: list[str]) -> Content:
    label = "Everyone" if cohort is None else label_of_filter(cohort)
    return {"cohort": _named(cohort), "label": label, "challenges": challenges}


def _named(cohort: CohortFilter | None) -> str:
    return EVERYONE if cohort is None else format_cohort_filter(cohort)


def _day(
    work: UnitOfWork,
    school: SchoolRef,
    day: date,
    practices: Sequence[Content],
    columns: Sequence[CohortFilter | None],
    as_of: datetime | None,
) -> Content:
    at = day_at_school(day, load_calendars(work, school.id, day, day, as_of))
    running = running_on(at, map(_ordinary, practices))
    areas = areas_on(day)
    # Nothing is expected of a day on which the school is closed: no rows, and so no holes.
    rows = [] if at.closed else coverage_table(areas, columns, running)
    runs = {practice.id for practice in running}
    shown = {practice["id"]: practice for practice in practices if practice["id"] in runs}
    in_table = {each.id for row in rows for cell in row.cells for each in cell}
    return {
        "date": day,
        "weekday": weekday_of(day),
        "closed": at.closed,
        "closed_sessions": list(at.closed_sessions),
        "reason": at.reason,
        "assumed_open": at.assumed_open,
        "framework": areas[0].framework if areas else None,
        "practices": sorted(
            ({name: practice[name] for name in SHOWN} for practice in shown.values()),
            key=lambda practice: (practice["from"], practice["id"]),
        ),
        "rows": [_row(row, columns, shown) for row in rows],
        "holes": [
            {"area": row.area.id, "cohort": _named(column), "condition": row.area.condition}
            for row in rows
            for column, cell in zip(columns, row.cells, strict=True)
            if not cell
        ],
        "not_in_table": [id for id in shown if id not in in_table],
    }


def _row(row: Row, columns: Iterable[CohortFilter | None], practices: dict[str, Content]) -> Content:
    return {
        "area": row.area.id,
        "name": row.area.name,
        "condition": row.area.condition,
        "cells": [
            {
                "cohort": _named(column),
                "practices": [
                    {"id": each.id, "title": practices[each.id]["title"], "for_everyone": each.for_everyone}
                    for each in cell
                ],
            }
            for column, cell in zip(columns, row.cells, strict=True)
        ],
    }


def _ordinary(practice: Content) -> OrdinaryPractice:
    until: Any = practice["until"]
    return OrdinaryPractice(
        id=practice["id"],
        weekday=practice["weekday"],
        starts_at=practice["from"],
        areas=frozenset(practice["areas"]),
        cohorts=tuple(map(parse_cohort_filter, practice["cohorts"])),
        until=date.fromisoformat(until) if until else None,
    )
