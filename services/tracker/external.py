"""Resources by the id that another system has for them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.errors import Conflict, NotFound, invalid
from services.schools.schools import SchoolRef
from services.tracker import records
from services.tracker.held import Held, get_row, ledger_of
from services.tracker.kinds import ACTION, CHALLENGE, Kind
from services.tracker.sight import in_sight, named_school, of_school, schools_in_sight
from services.unit_of_work import UnitOfWork

LONGEST_SOURCE, LONGEST_ID = 64, 128
"""Characters."""

NAMES_ITS_PLACE = {CHALLENGE: "school", ACTION: "challenge"}
"""The field that says where a resource of one school belongs; it stays there."""


@dataclass(frozen=True)
class Named:
    """A system, and what it calls a resource."""

    source: str
    external_id: str


def name_external(work: UnitOfWork, source: str, external_id: str) -> Named:
    """What a path names; `NotFound` for what is too long to be any."""
    if len(source) > LONGEST_SOURCE or len(external_id) > LONGEST_ID:
        raise NotFound(f"a source has {LONGEST_SOURCE} characters at most, an external id {LONGEST_ID}")
    return Named(source, external_id)


def find_external(
    work: UnitOfWork, kind: Kind, named: Named, values: dict[str, Any], of: SchoolRef | None = None
) -> Any | None:
    """The resource that a system calls so, though it was deleted; None where there is none.

    `values` of a write may name its school, and a read may be `of` one. Raises `Conflict` where several schools have
    one of that id and none is named.
    """
    model = kind.model
    statement = select(model).where(
        model.source == named.source,
        model.external_id == named.external_id,
        in_sight(kind, schools_in_sight(work)).sql,
    )
    if kind.of_one_school and (school := _school_of(work, kind, values)) is not None:
        statement = statement.where(model.school_id == school)
    if of is not None:
        statement = statement.where(of_school(kind, of).sql)
    found = work.db.scalars(statement.order_by(model.deleted_at.is_not(None), model.id)).all()
    if len(found) > 1 and kind.of_one_school:
        raise Conflict(
            f"several schools have a {kind.name} of this id; name the {NAMES_ITS_PLACE[kind]} in the body, and the"
            " school in the query where you read it"
        )
    return found[0] if found else None


def take_up(work: UnitOfWork, kind: Kind, row: Any, values: dict[str, Any]) -> Any:
    """The row to be changed, brought back where it was deleted. Raises `Invalid` for what would move it elsewhere."""
    work.ledger(ledger_of(kind, row))
    if row.deleted_at is not None:
        records.restore(work, kind, row)
    place = NAMES_ITS_PLACE.get(kind)
    if place is not None and values.pop(place, None) not in (None, _place_of(work, kind, row)):
        raise invalid(f"/{place}", f"the {kind.name} stays with its {place}; this one belongs to another")
    return row


def challenge_named(work: UnitOfWork, id: str) -> Any:
    """The challenge that a body names for a new action; raises `Invalid` at its pointer where there is none."""
    try:
        return get_row(work, CHALLENGE, id)
    except NotFound as error:
        raise invalid("/challenge", error.detail) from error


def _school_of(work: UnitOfWork, kind: Kind, values: dict[str, Any]) -> int | None:
    place = values.get(NAMES_ITS_PLACE[kind])
    if place is None:
        return None
    if kind is CHALLENGE:
        return named_school(work, place, "/school").id
    return int(challenge_named(work, place).school_id)


def _place_of(work: UnitOfWork, kind: Kind, row: Any) -> str:
    return str(row.challenge if kind is ACTION else Held(work).one(kind, row)["school"])
