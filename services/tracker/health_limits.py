"""From when on a school worries about its actions: its own limits, where it has said any, else the usual ones."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from domain.tracker.limits import HealthLimits
from services.schools.schools import SchoolRef, get_school
from services.tracker import records
from services.tracker.held import Held
from services.tracker.kinds import HEALTH_LIMITS, Content
from services.unit_of_work import UnitOfWork

USUAL = asdict(HealthLimits())


@dataclass(frozen=True)
class Place:
    """Which school's limits a path names, said or not."""

    school: SchoolRef
    row: Any | None

    @property
    def id(self) -> str | None:
        """The id of what was said."""
        return None if self.row is None else str(self.row.id)

    @property
    def revision(self) -> int | None:
        """The revision of what was said; None where a PUT would be the first."""
        return None if self.row is None else int(self.row.revision)


def get_place(work: UnitOfWork, urn: str) -> Place:
    """The limits of a school that the key may see. In a transaction that writes, nobody else changes them."""
    school = get_school(work, urn)
    if work.writes:
        work.ledger(school.id)
    model = HEALTH_LIMITS.model
    held = select(model).where(model.school_id == school.id)
    return Place(school, work.db.scalar(held.execution_options(populate_existing=True)))


def read_limits(held: Held, school: SchoolRef) -> Content:
    """The limits of a school: its own, and where it has said nothing, the usual ones."""
    said = _said(held).get(school.urn)
    own: dict[str, int] = said["limits"] if said else {}
    revision = said["revision"] if said else 0
    return {"school": school.urn, "revision": revision, "own": sorted(own)} | USUAL | own


def put_limits(work: UnitOfWork, place: Place, values: dict[str, int]) -> tuple[Content, bool]:
    """Make these the limits of a school; what isn't given is as usual. Answers them, and whether they are its first."""
    if place.row is None:
        records.create(work, HEALTH_LIMITS, {"school_id": place.school.id, "limits": values})
    else:
        records.change(work, HEALTH_LIMITS, place.row, {"limits": values})
    return read_limits(Held(work), place.school), place.row is None


def limits_of(held: Held) -> dict[str, HealthLimits]:
    """URN → the limits of each school that the key may see and that has said any."""
    return {urn: HealthLimits(**(USUAL | content["limits"])) for urn, content in _said(held).items()}


def _said(held: Held) -> dict[str, Content]:
    return {content["school"]: content for content in held.all(HEALTH_LIMITS)}
