"""ETags of the form `"REVISION.DIGEST"`.

`If-None-Match` compares all of it, `If-Match` the revision alone: that moves when a resource's own fields are edited,
not when a figure computed into the answer does.
"""

import hashlib
import re

from domain.errors import PreconditionMissing

DIGEST = 20
"""The characters of the digest, so many that it can't look like a pupil's number."""

REVISION = re.compile(r"[0-9]{1,18}")

QUOTED = re.compile(r'"([^"]*)"')


def etag_of(revision: int, body: bytes) -> str:
    """The tag of an answer."""
    return f'"{revision}.{hashlib.sha256(body).hexdigest()[:DIGEST]}"'


def matches(if_none_match: str, etag: str) -> bool:
    """Whether `If-None-Match` names this very answer, in the weak form too."""
    given = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in given or etag in given


def revisions_in(if_match: str | None) -> frozenset[int] | None:
    """The revisions that `If-Match` names, none where no tag of it is of our form; None for `*`.

    Raises `PreconditionMissing` without the header.
    """
    if if_match is None:
        raise PreconditionMissing(
            "send If-Match with the ETag that GET gave, so that nobody's change is lost"
        )
    if if_match.strip() == "*":
        return None
    tags = QUOTED.findall(if_match) or [if_match.strip()]
    named = [tag.split(".")[0] for tag in tags]
    return frozenset(int(revision) for revision in named if REVISION.fullmatch(revision))


def is_met(if_match: str | None, revision: int | None) -> bool:
    """Whether `If-Match` names the revision that is held, None where nothing is.

    Where a GET tells what is usual until something is held, that is of revision 0; `*` means what is held.
    """
    revisions = revisions_in(if_match)
    return revision is not None if revisions is None else (revision or 0) in revisions
