"""Practice on view: what ordinarily runs at a school, every week on its day. Nothing is staged for anybody."""

from typing import Any

from domain.errors import NotFound, invalid
from services.schools.schools import SchoolRef, get_school
from services.tracker import records
from services.tracker.checks import check_areas, check_cohorts, merged
from services.tracker.held import Held, get_row
from services.tracker.kinds import PRACTICE, Content
from services.tracker.people import check_people, named_anew
from services.unit_of_work import UnitOfWork

EMPTY: Content = {"areas": [], "cohorts": []}


def get_practice_of_school(work: UnitOfWork, urn: str, id: str, *, hidden: bool = False) -> Any:
    """The practice that an id names, at this school; `NotFound` where it is another's."""
    school = get_school(work, urn)
    row = get_row(work, PRACTICE, id, hidden=hidden)
    if row.school_id != school.id:
        raise NotFound("there is no such practice at this school")
    return row


def create_practice(work: UnitOfWork, school: SchoolRef, values: dict[str, Any]) -> Content:
    """A new practice of a school."""
    given = EMPTY | _columns(values)
    _check(work, None, given)
    return Held(work).one(PRACTICE, records.create(work, PRACTICE, given | {"school_id": school.id}))


def change_practice(work: UnitOfWork, practice: Any, values: dict[str, Any]) -> Content:
    """Change what is given."""
    given = _columns(values)
    _check(work, practice, given)
    records.change(work, PRACTICE, practice, given)
    return Held(work).one(PRACTICE, practice)


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    columns = {shown: column for column, shown in PRACTICE.named.items()}
    return {columns.get(name, name): value for name, value in values.items()}


def _check(work: UnitOfWork, practice: Any, values: dict[str, Any]) -> None:
    times = merged(practice, values, "starts_at", "ends_at")
    if times["ends_at"] <= times["starts_at"]:
        raise invalid("/to", "it ends after it starts, on the same day")
    check_areas(values.get("areas", ()))
    check_cohorts(values.get("cohorts", ()))
    if "lead" in values:
        check_people(work, named_anew(practice, {"/lead": values["lead"]}), active=["/lead"])
