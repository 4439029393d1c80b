"""Strand positions: where a school says that it stands in an area of a framework, in words. No grade has a place here.

There is one at most for each school and area, so it is named by these two and not by its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.errors import Fault, NotFound
from domain.frameworks import AREAS, Area
from models import StrandPosition
from services.ids import is_id
from services.schools.schools import SchoolRef, get_school
from services.tracker import records
from services.tracker.checks import refuse_all
from services.tracker.held import Held, alive
from services.tracker.kinds import CHALLENGE, EVIDENCE, STRAND_POSITION, Content, Kind
from services.tracker.sight import in_sight, of_school, schools_in_sight
from services.unit_of_work import UnitOfWork

EMPTY: Content = {"where_we_are": None, "direction": None, "evidence": [], "challenges": []}


@dataclass(frozen=True)
class Place:
    """What a path names, whether or not a position is held there."""

    school: SchoolRef
    area: Area
    row: Any

    @property
    def id(self) -> str | None:
        """The id of the position that is or was held."""
        return None if self.row is None else str(self.row.id)

    @property
    def revision(self) -> int | None:
        """The revision of the position; None where a PUT would make one."""
        return None if self.row is None or self.row.deleted_at else int(self.row.revision)


def get_place(work: UnitOfWork, urn: str, area_id: str) -> Place:
    """The school and area of a path; `NotFound` where the key sees no such school, or there is no such area.

    In a transaction that writes, the school's ledger is locked first, so nobody else writes the position.
    """
    school = get_school(work, urn)
    if area_id not in AREAS:
        raise NotFound("there is no such area")
    if work.writes:
        work.ledger(school.id)
    held = select(StrandPosition).where(StrandPosition.school_id == school.id, StrandPosition.area == area_id)
    row = work.db.scalar(held.execution_options(populate_existing=True))
    return Place(school, AREAS[area_id], row)


def get_position(work: UnitOfWork, urn: str, area_id: str) -> Any:
    """The row of the position; `NotFound` where there is none."""
    row = get_position_or_hidden(work, urn, area_id)
    if row.deleted_at is not None:
        raise NotFound("there is no position in this area")
    return row


def get_position_or_hidden(work: UnitOfWork, urn: str, area_id: str) -> Any:
    """The same, though it was deleted."""
    row = get_place(work, urn, area_id).row
    if row is None:
        raise NotFound("there is no position in this area")
    return row


def put_position(work: UnitOfWork, place: Place, values: dict[str, Any]) -> tuple[Content, bool]:
    """Make the position what is given; answers it and whether it is new, or new again after it was deleted."""
    given = EMPTY | values
    _check(work, place, given)
    row, is_new = place.row, place.revision is None
    if row is None:
        named = {"school_id": place.school.id, "area": place.area.id}
        row = records.create(work, STRAND_POSITION, given | named)
    else:
        records.restore(work, STRAND_POSITION, row)
        records.change(work, STRAND_POSITION, row, given)
    return Held(work).one(STRAND_POSITION, row), is_new


def restore_position(work: UnitOfWork, row: Any) -> Content:
    """Bring back what was deleted."""
    records.restore(work, STRAND_POSITION, row)
    return Held(work).one(STRAND_POSITION, row)


def _check(work: UnitOfWork, place: Place, values: dict[str, Any]) -> None:
    faults = _faults_in(work, place, EVIDENCE, "evidence", values["evidence"])
    faults += _faults_in(work, place, CHALLENGE, "challenges", values["challenges"])
    refuse_all(faults)


def _faults_in(work: UnitOfWork, place: Place, kind: Kind, field: str, ids: Sequence[str]) -> list[Fault]:
    """A fault for each id of something that there isn't, the key may not see, or that isn't this school's.

    Who writes what was read, with what has been deleted since in it, didn't name that anew: it stays.
    """
    school, held = place.school, () if place.row is None else getattr(place.row, field)
    asked = [id for id in ids if is_id(id)]
    seen = (alive(kind), in_sight(kind, schools_in_sight(work)).sql, of_school(kind, school).sql)
    found = (
        set(work.db.scalars(select(kind.model.id).where(kind.model.id.in_(asked), *seen))) if asked else ()
    )
    return [
        Fault(f"there is no such {kind.name} of this school", pointer=f"/{field}/{position}")
        for position, id in enumerate(ids)
        if id not in found and id not in held
    ]
