"""Visits: what somebody with a visitor link reads, what is kept of it, and what they ask for.

A visitor reads the reports of the link's challenges and nothing else. What is missing in a challenge (`gaps`,
`clarity`) is for those who can fill it, and isn't part of what a visitor gets.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from domain.errors import NotAuthenticated, NotFound, TooMany, invalid
from models import Request as RequestRow
from models import School, VisitorLink, VisitorView
from services.access.visitor_links import hash_of
from services.ids import is_id
from services.reports import progress
from services.tracker import records
from services.tracker.held import Held, get_row
from services.tracker.kinds import CHALLENGE, REQUEST, Content, Where
from services.unit_of_work import Actor, Tools, UnitOfWork, unit_of_work

VISITOR = "visitor"
"""The scope of what visitors may do; no key can have it."""

MOST_OPEN_REQUESTS = 100
"""So many requests of one link may wait for somebody; then the school has to see to them first."""

NOT_FOR_VISITORS = ("gaps", "clarity")


@dataclass(frozen=True)
class Visitor(Actor):
    """Who asks with a visitor link: nobody in particular, for the challenges of the link."""

    link: str = ""
    school_id: int = 0
    challenges: tuple[str, ...] = ()
    until: datetime | None = None


def visitor_of(connection: Connection, token: str, at: datetime) -> Visitor:
    """Who a visitor's token stands for; raises `NotAuthenticated` for one unknown, past its time or revoked."""
    link = connection.execute(
        select(VisitorLink.__table__, School.urn)
        .join(School, School.id == VisitorLink.school_id)
        .where(VisitorLink.token_hash == hash_of(token))
    ).one_or_none()
    if link is None or link.revoked_at is not None or link.expires_at <= at or link.deleted_at is not None:
        raise NotAuthenticated("the link is unknown, revoked or past its time")
    return Visitor(
        None,
        f"visitor {link.id}",
        frozenset({VISITOR}),
        frozenset({link.urn}),
        link=link.id,
        school_id=link.school_id,
        challenges=tuple(link.challenges),
        until=link.expires_at,
    )


def of_visitor(work: UnitOfWork) -> Visitor:
    """The visitor who asks."""
    assert isinstance(work.actor, Visitor)  # noqa: S101  what visitors call takes no other token
    return work.actor


def record_view(tools: Tools, visitor: Visitor, challenge: str | None) -> None:
    """Keep that a link was opened, for one of its challenges or for all; of who did, nothing.

    In a transaction of its own, so that a reader waits for no other, and done before anything is shown.
    """
    with unit_of_work(tools, visitor, writes=True) as work:
        work.db.add(VisitorView(link_id=visitor.link, at=work.now, challenge=challenge))
        work.commit()


def in_link(work: UnitOfWork) -> Where:
    """That a challenge is one of the link's."""
    ids = of_visitor(work).challenges
    return Where(CHALLENGE.model.id.in_(ids), lambda content: content["id"] in ids)


def get_challenge(work: UnitOfWork, id: str) -> Any:
    """One of the link's challenges; `NotFound` for any other."""
    if id.lower() not in of_visitor(work).challenges:
        raise NotFound("there is no such challenge")
    return get_row(work, CHALLENGE, id)


def report_on(work: UnitOfWork, challenge: Any) -> dict[str, Any]:
    """The report of one of the link's challenges."""
    return _for_visitors(progress.report_on_challenge(work, challenge, progress.ReportQuestion()))


def report_on_all(work: UnitOfWork) -> dict[str, Any]:
    """The report of all of the link's challenges that there still are, in the order of the link."""
    visitor = of_visitor(work)
    report = progress.report_on_challenges(work, next(iter(visitor.schools)), visitor.challenges)
    return _for_visitors(report)


def ask(work: UnitOfWork, values: dict[str, Any]) -> Content:
    """A new request; the same one again, while it is still open, is the one that there is.

    Raises `Invalid` for a challenge that isn't the link's, `TooMany` where too many wait.
    """
    visitor = of_visitor(work)
    asked = {"asked_by": None, "challenge": None} | values
    if asked["challenge"] is not None and not _is_offered(work, asked["challenge"]):
        raise invalid("/challenge", "there is no such challenge behind this link")
    work.ledger(visitor.school_id)  # whoever asks through the same link at the same time waits here
    this = (RequestRow.link == visitor.link, RequestRow.status == "open", RequestRow.deleted_at.is_(None))
    held = work.db.scalar(select(RequestRow).where(*this).filter_by(**asked).limit(1))
    if held is None:
        if (work.db.scalar(select(func.count()).where(*this)) or 0) >= MOST_OPEN_REQUESTS:
            raise TooMany(f"{MOST_OPEN_REQUESTS} requests of this link wait for the school; please try later")
        whose = {"school_id": visitor.school_id, "link": visitor.link, "status": "open"}
        held = records.create(work, REQUEST, asked | whose)
    return Held(work).one(REQUEST, held)


def _is_offered(work: UnitOfWork, id: str) -> bool:
    if not is_id(id) or id not in of_visitor(work).challenges:
        return False
    row = work.db.get(CHALLENGE.model, id)
    return row is not None and row.deleted_at is None


def _for_visitors(report: dict[str, Any]) -> dict[str, Any]:
    challenges = [_without(challenge) for challenge in report["challenges"]]
    return _without(report) | {"challenges": challenges}


def _without(part: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in NOT_FOR_VISITORS}
