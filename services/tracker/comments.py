"""Comments: what somebody says about a challenge or an action."""

from collections.abc import Callable
from typing import Any

from services.tracker import records
from services.tracker.held import Held
from services.tracker.kinds import COMMENT, Content, Kind
from services.tracker.people import check_people
from services.unit_of_work import UnitOfWork


def commenter(kind: Kind) -> Callable[[UnitOfWork, Any, dict[str, Any]], Content]:
    """What adds a comment to something of this kind, by the key's person unless said."""

    def create(work: UnitOfWork, thing: Any, values: dict[str, Any]) -> Content:
        check_people(work, {"/by": values.get("by")})
        given = {"by": work.actor.person_id} | values
        whose = {"school_id": thing.school_id, kind.name: thing.id}
        return Held(work).one(COMMENT, records.create(work, COMMENT, given | whose))

    return create


def change_comment(work: UnitOfWork, comment: Any, values: dict[str, Any]) -> Content:
    """Change what is given."""
    check_people(work, {"/by": values.get("by")})
    records.change(work, COMMENT, comment, values)
    return Held(work).one(COMMENT, comment)
