"""What of the tracker a key sees: that which lies wholly within its own schools.

A challenge and all below it belong to one school. A person belongs to the schools named, evidence to those of what it
is about; either is seen by a key that sees all of them, so an answer never tells of a school outside the key's. What
names no school belongs to the schools of the key that made it, and where that was made for all schools, only such keys
see it.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true

from domain.errors import Fault, Invalid, NotFound
from services.schools.schools import SchoolRef, get_school, visible_schools
from services.tracker.kinds import Kind, Where
from services.unit_of_work import UnitOfWork


def schools_in_sight(work: UnitOfWork) -> dict[int, str] | None:
    """The number and URN of each school that the key may see; None for all there are."""
    if work.actor.sees_every_school:
        return None
    return {school.id: school.urn for school in visible_schools(work)}


def in_sight(kind: Kind, sight: dict[int, str] | None) -> Where:
    """That the key may see a resource of this kind."""
    if sight is None:
        return Where(true(), lambda content: True)
    urns = set(sight.values())
    if kind.of_one_school:
        return Where(kind.model.school_id.in_(sight), lambda content: content["school"] in urns)
    outside = kind.model.school_rows.any(kind.in_schools.class_.school_id.not_in(sight))
    return Where(and_(_in(kind, list(sight)), ~outside), lambda content: _within(content["schools"], urns))


def sees(kind: Kind, sight: dict[int, str] | None, row: Any) -> bool:
    """Whether the key may see a row."""
    return sight is None or _within([row.school_id] if kind.of_one_school else row.school_ids, sight)


def of_school(kind: Kind, school: SchoolRef) -> Where:
    """That a resource belongs to a school, perhaps among others."""
    if kind.of_one_school:
        return Where(
            kind.model.school_id == school.id, lambda content: content["school"] == school.urn, school.id
        )
    return Where(_in(kind, [school.id]), lambda content: school.urn in content["schools"], school.id)


def named_school(work: UnitOfWork, reference: str, pointer: str) -> SchoolRef:
    """The school that a body names by URN or alias; raises `Invalid` at the pointer where the key sees none."""
    try:
        return get_school(work, reference)
    except NotFound as error:
        raise Invalid(error.detail, faults=[Fault(error.detail, pointer=pointer)]) from error


def own_schools(work: UnitOfWork) -> list[int]:
    """The schools of the key, to which belongs what it makes and names no school for; none for a key for all."""
    return sorted(schools_in_sight(work) or ())


def _in(kind: Kind, schools: Collection[int]) -> ColumnElement[bool]:
    """That it belongs to one of these schools, told so that their own index is gone by rather than all there is."""
    own = kind.in_schools
    return kind.model.id.in_(select(own).where(own.class_.school_id.in_(schools)))  # type: ignore[no-any-return]


def _within(some: Collection[Any], sight: Collection[Any]) -> bool:
    return bool(some) and all(school in sight for school in some)
