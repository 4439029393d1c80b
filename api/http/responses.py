"""What a view says, as it is sent: written by its schema, with its tag, its links and the secrets of this once."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
import msgspec
from flask import Response, request

from api.http import etags, paging, shaping
from api.http.replies import Reply
from render.json import exact_json
from services.paging import Page

READING = ("GET", "HEAD")


def response_of(
    reply: Reply, schema: ma.Schema | None, *, tagged: bool, only: frozenset[str] | None = None
) -> Response:
    """The response: of `only` these fields where they are named, 304 where the client has it already."""
    headers = dict(reply.headers)
    if reply.status == 204:
        return Response(status=204, headers=headers)
    content = reply.value if reply.plain else _written(reply.value, schema, headers)
    shown = content if only is None else shaping.reduced(content, only)
    body = shown if isinstance(shown, bytes) else exact_json(shown)
    if tagged:
        headers["ETag"] = etags.etag_of(_revision_of(reply.value, content), body)
        if request.method in READING and etags.matches(
            request.headers.get("If-None-Match", ""), headers["ETag"]
        ):
            return Response(status=304, headers=headers)
    headers.setdefault("Content-Type", "application/json")
    return Response(body, status=reply.status, headers=headers)


def with_secrets(response: Response, once: Mapping[str, str]) -> Response:
    """The response with what is shown this once; what was kept of it, and its tag, know nothing of that."""
    if once:
        kept = msgspec.json.decode(response.get_data(), type=dict[str, msgspec.Raw])
        response.set_data(exact_json(dict[str, Any](kept) | dict(once)))
    return response


def _written(value: Any, schema: ma.Schema | None, headers: dict[str, str]) -> Any:
    if not isinstance(value, Page):
        return schema.dump(value) if schema else value
    cursor = paging.cursor_of(value.next) if value.next else None
    if cursor:
        headers["Link"] = paging.link_to(cursor)
    items = schema.dump(value.items, many=True) if schema else value.items
    return {"items": items, "next": cursor} | value.also


def _revision_of(value: Any, content: Any) -> int:
    """The revision that the answer shows or its value has; what never changes stays at its first."""
    shown = content.get("revision") if isinstance(content, dict) else None
    revision: int = getattr(value, "revision", 1) if shown is None else shown
    return revision
