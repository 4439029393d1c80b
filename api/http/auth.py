"""Who asks, and whether the key may do what is asked. What it may see is found out when the path is loaded."""

from flask import Request

from domain.errors import NotAuthenticated, ScopeMissing
from services.unit_of_work import Actor

NOBODY = Actor(None, "nobody", frozenset(), frozenset())


def token_in(request: Request) -> str:
    """The bearer token; raises `NotAuthenticated` where there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("send Authorization: Bearer and a token")
    return token.strip()


def check_scope(actor: Actor, any_of: tuple[str, ...]) -> None:
    """Raises `ScopeMissing` unless the key has one of the scopes."""
    if not any(actor.may(scope) for scope in any_of):
        raise ScopeMissing(f"this needs a key with the scope {' or '.join(any_of)}")
