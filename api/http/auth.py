"""Who asks, and whether the key may do what is asked. What it may see is found out when the path is loaded."""

from datetime import datetime
from typing import Any

from flask import Request

from domain.errors import NotAuthenticated, ScopeMissing
from services.access.keys import actor_of
from services.access.visits import VISITOR, visitor_of
from services.unit_of_work import Actor

NOBODY = Actor(None, "nobody", frozenset(), frozenset())


def token_in(request: Request) -> str:
    """The bearer token; raises `NotAuthenticated` where there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("send Authorization: Bearer and a token")
    return token.strip()


def who_asks(connection: Any, token: str, any_of: tuple[str, ...], at: datetime) -> Actor:
    """Who a token stands for: a visitor where the call is one of visitors', else a key. Neither opens the other's."""
    find = visitor_of if VISITOR in any_of else actor_of
    return find(connection, token, at)


def check_scope(actor: Actor, any_of: tuple[str, ...]) -> None:
    """Raises `ScopeMissing` unless the key has one of the scopes."""
    if not any(actor.may(scope) for scope in any_of):
        raise ScopeMissing(f"this needs a key with the scope {' or '.join(any_of)}")
