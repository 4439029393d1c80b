"""API keys: made with a token that is shown once and kept as a hash, found again by it."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, Select, Text, bindparam, cast, select, true

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

SHORT = 500
"""Characters of scopes or schools."""

_columns = (
    ApiKey.id,
    ApiKey.name,
    cast(ApiKey.scopes, Text).label("scopes"),
    cast(ApiKey.schools, Text).label("schools"),
    ApiKey.person_id,
    ApiKey.expires_at,
    ApiKey.revoked_at,
)
_key = select(*_columns).where(ApiKey.token_hash == bindparam("token_hash"))
_find = Prepared(_key)


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
    return _actor_in(_find.one_or_none(connection, {"token_hash": _hash(token)}), at)


class Along:
    """A statement that finds one row at most, run in one trip with the one that finds a key."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        key, other = _key.subquery("key"), statement.subquery("other")
        self._both = Prepared(select(key, other).outerjoin_from(key, other, true()))

    def actor_of(
        self, connection: Connection, token: str, at: datetime, values: Mapping[str, Any]
    ) -> tuple[Actor, Sequence[Any]]:
        """Who a token stands for, and the columns of the statement's row, null where it finds none.

        Raises `NotAuthenticated` like the function of the same name.
        """
        row = self._both.one_or_none(connection, {**values, "token_hash": _hash(token)})
        return _actor_in(row, at), () if row is None else row[len(_columns) :]


def _actor_in(row: Sequence[Any] | None, at: datetime) -> Actor:
    """The actor that a row begins with."""
    if row is None:
        raise NotAuthenticated("the token is unknown, revoked or past its time")
    id, name, scopes, schools, person, expires_at, revoked_at = row[: len(_columns)]
    if revoked_at is not None or (expires_at is not None and expires_at <= microseconds(at)):
        raise NotAuthenticated("the token is unknown, revoked or past its time")
    return Actor(
        id, name, _texts(scopes), _texts(schools), None if person is None else str(UUID(str(person)))
    )


def _texts(kept: str) -> frozenset[str]:
    """A list of texts out of its JSON; a short one, such as most keys have, is decoded once."""
    return _short_texts(kept) if len(kept) <= SHORT else frozenset(msgspec.json.decode(kept))


@lru_cache(maxsize=1024)
def _short_texts(kept: str) -> frozenset[str]:
    return frozenset(msgspec.json.decode(kept))


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
