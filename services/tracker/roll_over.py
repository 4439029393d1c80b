"""Roll-over: open challenges go on in another academic year, each as the same challenge with its whole thread."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from domain.attendance.calendar import academic_year_bounds, academic_year_of, parse_academic_year
from domain.errors import invalid
from domain.tracker.status import ENDED
from models import Challenge
from services.schools.schools import SchoolRef
from services.tracker import records
from services.tracker.held import Held
from services.tracker.kinds import ACTION, CHALLENGE, INDICATOR, Content
from services.unit_of_work import UnitOfWork


def roll_over(work: UnitOfWork, school: SchoolRef, values: dict[str, Any]) -> Content:
    """Add the year to `academic_years` of every open challenge of the school that hasn't it yet.

    Without `into` it is the current year if an open challenge hasn't that yet, else the next. Raises `Invalid` at
    `/into` for any other year than these two.
    """
    work.ledger(school.id)  # so that nobody opens or closes one meanwhile
    rows = _open_challenges(work, school)
    into = _into(work.today, rows, values.get("into"))
    for row in rows:
        records.change(work, CHALLENGE, row, {"academic_years": sorted({*row.academic_years, into})})
    closed = select(func.count()).where(
        Challenge.school_id == school.id, Challenge.closed_on.is_not(None), Challenge.deleted_at.is_(None)
    )
    return {"into": into, "carried": _carried(work, rows, into), "left": work.db.scalar(closed)}


def _open_challenges(work: UnitOfWork, school: SchoolRef) -> Sequence[Any]:
    return work.db.scalars(
        select(Challenge)
        .where(
            Challenge.school_id == school.id, Challenge.closed_on.is_(None), Challenge.deleted_at.is_(None)
        )
        .order_by(Challenge.id)
    ).all()


def _into(today: date, rows: Sequence[Any], asked: str | None) -> str:
    current = academic_year_of(today)
    following = academic_year_of(date(academic_year_bounds(current)[1].year, 9, 1))
    if asked is None:
        return following if all(current in row.academic_years for row in rows) else current
    if (year := _year(asked)) not in (current, following):
        raise invalid(
            "/into", f"challenges go on in this academic year or the next: {current} or {following}"
        )
    return year


def _year(text: str) -> str:
    try:
        return parse_academic_year(text)
    except ValueError as error:
        raise invalid("/into", "an academic year is written like 2026/27") from error


def _carried(work: UnitOfWork, rows: Sequence[Any], into: str) -> list[Content]:
    held, ids = Held(work), [row.id for row in rows]
    actions, indicators = held.below(ACTION, ids), held.below(INDICATOR, ids)
    begins = academic_year_bounds(into)[0]
    return [
        {
            "challenge": row.id,
            "title": row.title,
            "open_actions": sum(_is_open(action) for action in actions[row.id]),
            "overdue_actions": sum(_is_overdue(action, work.today) for action in actions[row.id]),
            "indicators_to_renew": [
                {name: indicator[name] for name in ("id", "title", "target_on")}
                for indicator in indicators[row.id]
                if _is_before(indicator["target_on"], begins)
            ],
        }
        for row in rows
    ]


def _is_open(action: Content) -> bool:
    return action["status"] not in ENDED


def _is_overdue(action: Content, today: date) -> bool:
    return _is_open(action) and _is_before(action["due_on"], today)


def _is_before(text: str | None, day: date) -> bool:
    return text is not None and date.fromisoformat(text) < day
