"""Cursors: the sort key of the last item, signed, so that a client can't make one up."""

import base64
import binascii
import hashlib
import hmac
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from flask import current_app, request

from domain.errors import invalid
from services.paging import PageRequest

MOST = 200
USUAL = 50


def page_request(limit: int | None, cursor: str | None) -> PageRequest:
    """What `?limit=` and `?cursor=` ask for; raises `Invalid` for a cursor that this server didn't give."""
    return PageRequest(limit=limit or USUAL, after=None if cursor is None else _opened(cursor))


def cursor_of(key: list[Any]) -> str:
    """The cursor behind an item with this sort key."""
    payload = msgspec.json.encode(key)
    return base64.urlsafe_b64encode(_signature(payload) + payload).decode().rstrip("=")


def link_to(cursor: str) -> str:
    """The `Link` header of the page that follows."""
    pseudonymise = current_app.extensions["headway"].pseudonyms
    query = [
        (name, pseudonymise(value)) for name, value in request.args.items(multi=True) if name != "cursor"
    ]
    return f'<{quote(request.path)}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'


def _opened(cursor: str) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, payload = raw[:12], raw[12:]
        if not hmac.compare_digest(signature, _signature(payload)):
            raise ValueError
        key: list[Any] = msgspec.json.decode(payload, type=list)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise invalid("/query/cursor", "the cursor isn't one that this server gave for this list") from error
    return key


def _signature(payload: bytes) -> bytes:
    # A cursor belongs to its list, in its order: the path and the order are signed with it.
    secret: bytes = current_app.extensions["headway"].cursor_secret
    belongs_to = f"{request.path}\0{request.args.get('sort', '')}\0".encode()
    return hmac.new(secret, belongs_to + payload, hashlib.sha256).digest()[:12]
