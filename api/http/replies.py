"""Answers that a view gives where the usual 200 with its value isn't what it means."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import g


class Reply(NamedTuple):
    """A value with a status and headers.

    `stored` where a refusal was kept, as a receipt is; `plain` where the value is written as it is, past the schema.
    `once`: members that are answered this once beside the value's, and never kept, such as a token.
    """

    value: Any
    status: int = 200
    headers: Mapping[str, str] = {}
    stored: bool = False
    plain: bool = False
    once: Mapping[str, str] = {}


def refusal(status: int, title: str, detail: str, kept: dict[str, Any]) -> Reply:
    """A problem document that carries what was kept of the request, as a refused push carries its receipt."""
    document = {
        "type": "urn:headway:problem:refused",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": str(g.get("request_id", "")),
    }
    return Reply(
        document | kept, status, {"Content-Type": "application/problem+json"}, stored=True, plain=True
    )
