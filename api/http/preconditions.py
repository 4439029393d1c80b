"""`If-Match`: an edit of what somebody has read, refused where another has changed it meanwhile."""

from typing import Any

from flask import request

from api.http import etags
from domain.errors import Outdated
from services.history import changes_since
from services.unit_of_work import UnitOfWork


def check_precondition(work: UnitOfWork, target: Any) -> None:
    """Raises `Outdated`, with what came in between, where If-Match names no revision that is held."""
    if target.revision is None:
        _check_creates(work, target)
        return
    revisions = etags.revisions_in(request.headers.get("If-Match"))
    if revisions is None or target.revision in revisions:
        return
    named = max(revisions, default=None)
    raise Outdated(
        f"this is at revision {target.revision}, and If-Match names "
        + ("none that was ever held" if named is None else f"{named}; `changes` says what came between"),
        extra={
            "revision": target.revision,
            "changes": [] if named is None else changes_since(work, target, named),
        },
    )


def _check_creates(work: UnitOfWork, target: Any) -> None:
    """A PUT to where nothing is held makes it, and needs no If-Match; one that comes with it meant what was there."""
    if "If-Match" in request.headers:
        revisions = etags.revisions_in(request.headers["If-Match"])
        known = bool(revisions) and target.id is not None
        raise Outdated(
            "nothing is held here, so no revision of it can be changed; to make it, leave out If-Match",
            extra={"changes": changes_since(work, target, max(revisions or {0})) if known else []},
        )
