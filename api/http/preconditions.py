"""`If-Match`: an edit of what somebody has read, refused where another has changed it meanwhile."""

from typing import Any

from flask import request

from api.http import etags
from domain.errors import Outdated
from services.history import changes_since
from services.unit_of_work import UnitOfWork


def check_precondition(work: UnitOfWork, target: Any) -> None:
    """Raises `Outdated`, with what came in between, where If-Match names another revision than is held."""
    if target.revision is None:
        _check_creates(work, target)
        return
    revision = etags.revision_in(request.headers.get("If-Match"))
    if revision is not None and revision != target.revision:
        raise Outdated(
            f"this is at revision {target.revision}, and If-Match names {revision}; `changes` says what came between",
            extra={"revision": target.revision, "changes": changes_since(work, target, revision)},
        )


def _check_creates(work: UnitOfWork, target: Any) -> None:
    """A PUT to where nothing is held makes it, and needs no If-Match; one that comes with it meant what was there."""
    if "If-Match" in request.headers:
        revision = etags.revision_in(request.headers["If-Match"])
        known = revision is not None and target.id is not None
        raise Outdated(
            "nothing is held here, so no revision of it can be changed; to make it, leave out If-Match",
            extra={"changes": changes_since(work, target, revision or 0) if known else []},
        )
