"""People: members of staff and governors, named by challenges, actions, updates and reviews."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from domain.errors import Fault
from models import Person
from services.ids import is_id
from services.tracker import records
from services.tracker.checks import refuse_all
from services.tracker.held import Held
from services.tracker.kinds import PERSON, Content
from services.tracker.sight import in_sight, named_school, own_schools, schools_in_sight
from services.unit_of_work import UnitOfWork


def create_person(work: UnitOfWork, values: dict[str, Any]) -> Content:
    """A new person; without schools, one of the schools of the key."""
    given = {"active": True} | _columns(work, {"schools": []} | values)
    return _answer(work, records.create(work, PERSON, given))


def change_person(work: UnitOfWork, person: Any, values: dict[str, Any]) -> Content:
    """Change what is given."""
    records.change(work, PERSON, person, _columns(work, values))
    return _answer(work, person)


def check_people(work: UnitOfWork, named: Mapping[str, str | None], *, active: Iterable[str] = ()) -> None:
    """Raises `Invalid` at each pointer whose person there isn't, or the key may not see; one that isn't active
    where it is among `active`. `named` is pointer → id; a pointer to None names nobody.
    """
    ids = {id for id in named.values() if id is not None and is_id(id)}
    seen = in_sight(PERSON, schools_in_sight(work)).sql
    statement = select(Person.id, Person.active).where(Person.id.in_(ids), Person.deleted_at.is_(None), seen)
    found = {row.id: row.active for row in work.db.execute(statement)} if ids else {}
    faults = [
        Fault(fault, pointer=pointer)
        for pointer, id in named.items()
        if id is not None and (fault := _fault(found, id.lower(), pointer in active))
    ]
    refuse_all(faults)


def named_anew(row: Any, named: Mapping[str, str | None]) -> dict[str, str | None]:
    """Pointer → id without whom the row names in that field already; `row` is None for a new one.

    Somebody who has left since isn't refused to whom sends it all again.
    """
    return {
        pointer: id
        for pointer, id in named.items()
        if row is None or id not in _already(row, pointer.split("/")[1])
    }


def _already(row: Any, field: str) -> Sequence[str | None]:
    held = getattr(row, field)
    return held if isinstance(held, list) else [held]


def all_named(field: str, ids: Iterable[str]) -> dict[str, str | None]:
    """Pointer → id of the people in a list."""
    return {f"/{field}/{position}": id for position, id in enumerate(ids)}


def _fault(found: dict[str, bool], id: str, must_be_active: bool) -> str | None:
    if id not in found:
        return "there is no such person; GET /v1/people lists those there are"
    if must_be_active and not found[id]:
        return "this person is no longer active; name somebody who is"
    return None


def _columns(work: UnitOfWork, values: dict[str, Any]) -> dict[str, Any]:
    columns = dict(values)
    if "schools" in columns:
        named = [
            named_school(work, reference, f"/schools/{position}").id
            for position, reference in enumerate(columns.pop("schools") or [])
        ]
        columns["school_ids"] = named or own_schools(work)
    return columns


def _answer(work: UnitOfWork, person: Any) -> Content:
    return Held(work).one(PERSON, person)
