"""`If-Match`: an edit of what somebody has read, refused where another has changed it meanwhile."""

from typing import Any

from flask import request

from api.http import etags
from domain.errors import Outdated
from services.history import changes_since
from services.unit_of_work import UnitOfWork


def check_precondition(work: UnitOfWork, target: Any) -> None:
    """Raises `Outdated`, with what came in between, where If-Match doesn't name the revision that is held.

    A PUT to where nothing is held makes it, and needs no If-Match; one that comes with it meant what was there.
    """
    if_match = request.headers.get("If-Match")
    if (if_match is None and target.revision is None) or etags.is_met(if_match, target.revision):
        return
    named = max(etags.revisions_in(if_match) or (), default=None)
    held = (
        "nothing is held here, so no revision of it can be changed; to make it, leave out If-Match"
        if target.revision is None
        else f"this is at revision {target.revision}, and If-Match names "
        + ("none that was ever held" if named is None else f"{named}; `changes` says what came between")
    )
    known = named is not None and target.id is not None
    raise Outdated(
        held,
        extra={
            "revision": target.revision,
            "changes": changes_since(work, target, named or 0) if known else [],
        },
    )
