"""Requests: what visitors, or people who said it by word, ask a school for, until somebody makes it an action."""

from typing import Any

from domain.errors import Conflict, NotFound, invalid
from services.ids import is_id
from services.schools.schools import SchoolRef
from services.tracker import actions, records
from services.tracker.held import Held, get_row, is_hidden
from services.tracker.kinds import CHALLENGE, REQUEST, VISITOR_LINK, Content
from services.unit_of_work import UnitOfWork

OPEN, ACCEPTED, DECLINED = "open", "accepted", "declined"
STATUSES = (OPEN, ACCEPTED, DECLINED)

LONGEST_TITLE = 100
"""Of a title that is the start of a request's text."""


def create_request(work: UnitOfWork, school: SchoolRef, values: dict[str, Any]) -> Content:
    """A request that somebody of the school writes down for whoever asked."""
    if values.get("challenge") is not None:
        _challenge(work, school.id, values["challenge"])
    row = records.create(work, REQUEST, values | {"school_id": school.id, "status": OPEN})
    return Held(work).one(REQUEST, row)


def get_request(work: UnitOfWork, school: SchoolRef, id: str) -> Any:
    """A school's request; `NotFound` for another school's."""
    row = get_row(work, REQUEST, id)
    if row.school_id != school.id:
        raise NotFound("there is no such request")
    return row


def accept_request(work: UnitOfWork, request: Any, values: dict[str, Any]) -> Content:
    """Make a request a planned action, in its own words; answers the action.

    One that was declined may be accepted after all. Raises `Conflict`, naming the action, where that was done before.
    """
    if request.status == ACCEPTED:
        raise _accepted_before(request)
    id = values.get("challenge") or request.challenge or _only_challenge_of_link(work, request)
    if id is None:
        raise invalid("/challenge", "the request names no challenge; say which one the action belongs to")
    challenge = _challenge(work, request.school_id, id)
    given = {name: values[name] for name in ("owner", "due_on") if values.get(name) is not None}
    title = values.get("title") or title_of(request.text)
    action = actions.create_action(work, challenge, given | {"title": title, "intent": request.text})
    records.change(work, REQUEST, request, {"status": ACCEPTED, "action": action["id"]})
    return action | {"request": Held(work).one(REQUEST, request)}


def decline_request(work: UnitOfWork, request: Any, note: str) -> Content:
    """Say no to a request, and why. Raises `Conflict` where it was accepted or declined before."""
    if request.status == ACCEPTED:
        raise _accepted_before(request)
    if request.status == DECLINED:
        raise Conflict("this request was declined before; its history says when and why")
    records.change(work, REQUEST, request, {"status": DECLINED, "note": note})
    return Held(work).one(REQUEST, request)


def title_of(text: str) -> str:
    """The start of a text as a title: its first line, cut between words where it is long."""
    line = " ".join(text.strip().splitlines()[0].split())
    if len(line) <= LONGEST_TITLE:
        return line
    return line[: LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:.–-") + "…"


def _challenge(work: UnitOfWork, school_id: int, id: str) -> Any:
    """A challenge of the school that a body names."""
    row = work.db.get(CHALLENGE.model, id) if is_id(id) else None
    if row is None or row.school_id != school_id or is_hidden(work, CHALLENGE, row):
        raise invalid("/challenge", "there is no such challenge of this school")
    return row


def _only_challenge_of_link(work: UnitOfWork, request: Any) -> str | None:
    """What a visitor who names no challenge asks about, where their link shows but one that there still is."""
    link = None if request.link is None else work.db.get(VISITOR_LINK.model, request.link)
    if link is None:
        return None
    rows = [work.db.get(CHALLENGE.model, id) for id in link.challenges]
    left = [row.id for row in rows if row is not None and row.deleted_at is None]
    return left[0] if len(left) == 1 else None


def _accepted_before(request: Any) -> Conflict:
    return Conflict(
        f"this request was accepted before and is the action {request.action}",
        extra={"action": request.action},
    )
