"""Records of a workforce with something in every field that a test doesn't speak of."""

from datetime import date
from decimal import Decimal
from typing import Any

from domain.workforce.figures import Measure
from domain.workforce.measures import workforce_measure
from domain.workforce.question import ALL_TEACHERS, Posts, WorkforceRecords
from domain.workforce.records import Advert, Leaver, Post, Snapshot, Vacancy

CENSUS_2024, CENSUS_2025 = date(2024, 11, 7), date(2025, 11, 6)
YEAR = date(2025, 9, 1), date(2026, 8, 31)


def make_snapshot(on: date = CENSUS_2025, teachers: Any = 40, **changes: Any) -> Snapshot:
    values = {
        "qualified_teachers_fte": None,
        "teachers_headcount": None,
    } | changes
    return Snapshot(on=on, teachers_fte=number(teachers), **values)


def make_vacancy(opened: str = "2025-09-15", outcome: str = "open", **changes: Any) -> Vacancy:
    days = {name: day(text) for name, text in changes.items() if name.endswith("_on")}
    values = {"id": "v", "role": "Teacher", "fte": 1} | changes | days
    return Vacancy(opened_on=date.fromisoformat(opened), outcome=outcome, **values)


def make_leaver(left_on: str = "2025-08-31", destination: str = "moved_school", **changes: Any) -> Leaver:
    values = {"role": "Teacher", "fte": 1} | changes
    return Leaver(left_on=date.fromisoformat(left_on), destination=destination, **values)


def advert(on: str = "2025-09-20", applications: int | None = None, closes_on: str | None = None) -> Advert:
    return Advert(date.fromisoformat(on), day(closes_on), applications)


def posts(count: int, role: str = "Teacher", staff_group: str = "teacher") -> tuple[Post, ...]:
    return (Post(role, None, count, staff_group),)


def measured(
    id: str,
    *,
    snapshots: Any = (),
    vacancies: Any = (),
    leavers: Any = (),
    absences: Any = (),
    window: tuple[date, date] = YEAR,
    asked_of: Posts = ALL_TEACHERS,
) -> Measure:
    records = WorkforceRecords(snapshots, vacancies, leavers, absences)
    return workforce_measure(id, records, *window, posts=asked_of)


def number(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) else value


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
