"""Visitor links: made with a token that is shown once and kept as a hash, looked after by those who made them."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from domain.errors import Fault, invalid
from models import Challenge, VisitorLink, VisitorView
from services.ids import is_id
from services.paging import Page, PageRequest, page_of
from services.tracker import records
from services.tracker.checks import refuse_all
from services.tracker.held import Held
from services.tracker.kinds import VISITOR_LINK, Content
from services.tracker.sight import named_school
from services.unit_of_work import UnitOfWork

LONGEST = timedelta(days=366)
"""A link reads for a year at most."""


def create_link(work: UnitOfWork, values: dict[str, Any]) -> tuple[Content, str]:
    """A new link and its token, which nothing can give again."""
    school = named_school(work, values["school"], "/school")
    given = {"label": values.get("label"), "expires_at": values["expires_at"]}
    _check_time(work, values["expires_at"])
    challenges = list(dict.fromkeys(values["challenges"]))
    _check_challenges(work, school.id, values["challenges"])
    # In hexadecimal: no part of it can ever have the shape of a pupil's number.
    token = "hv_" + secrets.token_hex(32)
    whose = {"school_id": school.id, "challenges": challenges, "token_hash": hash_of(token)}
    return _answer(work, records.create(work, VISITOR_LINK, given | whose)), token


def revoke_link(work: UnitOfWork, link: Any) -> None:
    """Let a link read nothing any more; it stays listed. Nothing where that was done before."""
    if link.revoked_at is None:
        records.change(work, VISITOR_LINK, link, {"revoked_at": work.ledger(link.school_id).now})


def list_views(work: UnitOfWork, link: Any, request: PageRequest) -> Page:
    """A page of the times that a link was opened, the newest first."""
    statement = select(VisitorView).where(VisitorView.link_id == link.id)
    return page_of(work, statement, keys=(VisitorView.id,), request=request, descending=True)


def answers(held: Held, contents: list[Content]) -> list[Content]:
    """Links as they are read: with how often they were opened, and when last."""
    ids = [content["id"] for content in contents]
    statement = (
        select(VisitorView.link_id, func.count().label("count"), func.max(VisitorView.at).label("last"))
        .where(VisitorView.link_id.in_(ids))
        .group_by(VisitorView.link_id)
    )
    if held.as_of is not None:
        statement = statement.where(VisitorView.at <= held.as_of)
    found = {row.link_id: {"count": row.count, "last": row.last} for row in held.work.db.execute(statement)}
    return [content | {"views": found.get(content["id"], {"count": 0, "last": None})} for content in contents]


def hash_of(token: str) -> bytes:
    """What is kept of a token: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).digest()


def _check_time(work: UnitOfWork, expires_at: datetime) -> None:
    if expires_at <= work.now:
        raise invalid("/expires_at", "this time has passed; name one to come")
    if expires_at > work.now + LONGEST:
        raise invalid("/expires_at", "a link is for a year at most; make a new one then")


def _check_challenges(work: UnitOfWork, school_id: int, ids: Sequence[str]) -> None:
    if not ids:
        raise invalid("/challenges", "name at least one challenge that the link is to show")
    asked = [id for id in ids if is_id(id)]
    known = set(
        work.db.scalars(
            select(Challenge.id).where(
                Challenge.id.in_(asked), Challenge.school_id == school_id, Challenge.deleted_at.is_(None)
            )
        )
    )
    refuse_all(
        [
            Fault("there is no such challenge of this school", pointer=f"/challenges/{position}")
            for position, id in enumerate(ids)
            if id not in known
        ]
    )


def _answer(work: UnitOfWork, link: VisitorLink) -> Content:
    held = Held(work)
    return answers(held, [held.one(VISITOR_LINK, link)])[0]
