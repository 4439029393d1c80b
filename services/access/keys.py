"""API keys: made with a token that is shown once and kept as a hash, found again by it."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Connection, bindparam, select

from domain.errors import Invalid, NotAuthenticated, invalid
from models import ApiKey
from models.base import microseconds
from services.audit import NO_SCHOOL
from services.ids import is_id
from services.prepared import Prepared
from services.unit_of_work import Actor, UnitOfWork

SCOPES = (
    "attendance:write",
    "attendance:read",
    "pupils:read",
    "workforce:write",
    "workforce:read",
    "tracker:write",
    "tracker:read",
    "admin",
)

_find = Prepared(
    select(
        ApiKey.id,
        ApiKey.name,
        ApiKey.scopes,
        ApiKey.schools,
        ApiKey.person_id,
        ApiKey.expires_at,
        ApiKey.revoked_at,
    ).where(ApiKey.token_hash == bindparam("token_hash"))
)


def create_key(
    work: UnitOfWork,
    *,
    name: str,
    scopes: Sequence[str],
    schools: Sequence[str],
    person_id: str | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its token, which nothing can give again. Schools are URNs or aliases, `*` for all.

    Raises `Invalid` for an unknown scope, no scope, no school, or no name.
    """
    _check(name, scopes, schools, person_id)
    token = "hw_" + secrets.token_urlsafe(32)
    key = ApiKey(
        name=name,
        token_hash=_hash(token),
        scopes=sorted(set(scopes)),
        schools=sorted({work.tools.pseudonyms(school) for school in schools}),
        person_id=person_id,
        created_at=work.now,
        expires_at=expires_at,
        revoked_at=None,
    )
    work.db.add(key)
    work.db.flush()
    content = {"id": key.id, "name": name, "scopes": key.scopes, "schools": key.schools, "person": person_id}
    work.note(NO_SCHOOL, "created", "key", content=content)
    return key, token


def actor_of(connection: Connection, token: str, at: datetime) -> Actor:
    """Who a token stands for; raises `NotAuthenticated` for one that is unknown, past its time or revoked."""
    row = _find.one_or_none(connection, {"token_hash": _hash(token)})
    if row is None:
        raise NotAuthenticated("the token is unknown, revoked or past its time")
    id, name, scopes, schools, person, expires_at, revoked_at = row
    if revoked_at is not None or (expires_at is not None and expires_at <= microseconds(at)):
        raise NotAuthenticated("the token is unknown, revoked or past its time")
    return Actor(
        id, name, _texts(scopes), _texts(schools), None if person is None else str(UUID(str(person)))
    )


def _texts(kept: list[str] | str) -> frozenset[str]:
    """A list of texts as a driver gives it: PostgreSQL's already read, SQLite's still JSON."""
    return frozenset(msgspec.json.decode(kept) if isinstance(kept, str) else kept)


def _check(name: str, scopes: Sequence[str], schools: Sequence[str], person_id: str | None) -> None:
    if not name.strip() or len(name) > 100:
        raise invalid("/name", "a key needs a name of 1 to 100 characters")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise invalid(
            "/scopes", f"unknown scope {', '.join(unknown) or '(none given)'}; known are {', '.join(SCOPES)}"
        )
    if not schools:
        raise invalid("/schools", "name the schools by URN, or * for all")
    if person_id is not None and not is_id(person_id):
        raise Invalid("the person isn't known")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
