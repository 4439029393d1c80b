"""Saved views: the filter of a list under a name, for all keys that see the schools of the key that made it."""

from typing import Any

from sqlalchemy import select

from domain.errors import Conflict, NotFound, invalid
from models import View
from services.audit import NO_SCHOOL
from services.ids import is_id
from services.tracker import records
from services.tracker.checks import merged
from services.tracker.held import Held, get_row
from services.tracker.kinds import VIEW, Content
from services.tracker.sight import in_sight, own_schools, schools_in_sight
from services.unit_of_work import UnitOfWork


def create_view(work: UnitOfWork, values: dict[str, Any]) -> Content:
    """A new view, of the schools of the key. Its query was found to be one that the list takes."""
    given = {"query": {}} | values | {"school_ids": own_schools(work)}
    _check_name(work, None, given["school_ids"], given["name"])
    return Held(work).one(VIEW, records.create(work, VIEW, given))


def change_view(work: UnitOfWork, view: Any, values: dict[str, Any]) -> Content:
    """Change what is given."""
    _check_name(work, view, view.school_ids, merged(view, values, "name")["name"])
    records.change(work, VIEW, view, values)
    return Held(work).one(VIEW, view)


def query_of_view(work: UnitOfWork, of: str, name_or_id: str) -> dict[str, str]:
    """What a view of a list asks for, by the view's id or its name.

    A name finds the view of just the key's own schools before any other. `NotFound` where there is none that the key
    may see, where it is of another list, and where several bear the name.
    """
    if is_id(name_or_id):
        view = get_row(work, VIEW, name_or_id)
        if view.of != of:
            raise NotFound(f"there is no such view of {of}")
        return dict(view.query)
    seen = in_sight(VIEW, schools_in_sight(work)).sql
    named = (View.name == name_or_id, View.of == of, View.deleted_at.is_(None))
    found = list(work.db.scalars(select(View).where(*named, seen)))
    own = own_schools(work)
    chosen = [view for view in found if view.school_ids == own] or found
    if not chosen:
        raise NotFound(f"there is no such view of {of}")
    if len(chosen) > 1:
        raise NotFound("several views of other schools bear this name; name one by its id")
    return dict(chosen[0].query)


def _check_name(work: UnitOfWork, view: Any, school_ids: list[int], name: str) -> None:
    """Raises `Conflict` where another view of the same schools has the name, and `Invalid` for one like an id.

    A deleted view keeps its name, so that restoring it never makes two of one name.
    """
    if is_id(name):
        raise invalid("/name", "a name that looks like an id would find another view than it says")
    work.ledger(school_ids[0] if len(school_ids) == 1 else NO_SCHOOL)  # whoever names one just now waits here
    same = work.db.scalars(select(View).where(View.name == name))
    for other in same:
        if other.school_ids == school_ids and (view is None or other.id != view.id):
            gone = "a deleted view has this name; restore it, or " if other.deleted_at else ""
            raise Conflict(gone + "take another name: each is used once", extra={"id": other.id})
