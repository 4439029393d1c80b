"""Progress updates: what was said of an action on a day. They are added, never edited."""

from typing import Any

from domain.errors import invalid
from domain.tracker.status import check_can_move
from services.ids import is_id
from services.tracker import records
from services.tracker.held import Held
from services.tracker.kinds import ACTION, UPDATE, Content
from services.tracker.people import check_people
from services.unit_of_work import UnitOfWork


def create_update(work: UnitOfWork, action: Any, values: dict[str, Any]) -> Content:
    """A new update of an action; with a `status` it moves the action too."""
    given = _said_by(work) | values
    status = given.get("status")
    if all(given.get(name) is None for name in ("note", "progress", "status", "next_step")):
        raise invalid("/note", "an update says something: a note, a progress, a status or a next step")
    check_people(work, {"/by": values.get("by")})
    _check_corrected(work, action, given.get("corrects"))
    if status is not None:
        check_can_move(action.status, status, given.get("note"))
        records.change(work, ACTION, action, {"status": status})
    return Held(work).one(UPDATE, _add(work, action, given))


def record_move(work: UnitOfWork, action: Any, status: str, note: str | None) -> None:
    """The update that a move of an action leaves."""
    _add(work, action, _said_by(work) | {"status": status, "note": note})


def _said_by(work: UnitOfWork) -> dict[str, Any]:
    return {"on": work.today, "by": work.actor.person_id}


def _add(work: UnitOfWork, action: Any, values: dict[str, Any]) -> Any:
    return records.create(work, UPDATE, values | {"school_id": action.school_id, "action": action.id})


def _check_corrected(work: UnitOfWork, action: Any, id: str | None) -> None:
    if id is None:
        return
    corrected = work.db.get(UPDATE.model, id.lower()) if is_id(id) else None
    if corrected is None or corrected.action != action.id:
        raise invalid("/corrects", "there is no such update of this action")
