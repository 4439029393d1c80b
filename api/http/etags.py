"""ETags of the form `"REVISION.DIGEST"`.

`If-None-Match` compares all of it, `If-Match` the revision alone: that moves when a resource's own fields are edited,
not when a figure computed into the answer does.
"""

import hashlib
import re

from domain.errors import Invalid, PreconditionMissing

DIGEST = 20
"""The characters of the digest, so many that it can't look like a pupil's number."""

REVISION = re.compile(r"[0-9]{1,18}")


def etag_of(revision: int, body: bytes) -> str:
    """The tag of an answer."""
    return f'"{revision}.{hashlib.sha256(body).hexdigest()[:DIGEST]}"'


def matches(if_none_match: str, etag: str) -> bool:
    """Whether `If-None-Match` names this very answer, in the weak form too."""
    given = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in given or etag in given


def revision_in(if_match: str | None) -> int | None:
    """The revision that `If-Match` names; None for `*`. Raises `PreconditionMissing` without the header."""
    if if_match is None:
        raise PreconditionMissing(
            "send If-Match with the ETag that GET gave, so that nobody's change is lost"
        )
    tag = if_match.strip().removeprefix("W/").strip('"')
    if tag == "*":
        return None
    revision = tag.split(".")[0]
    if not REVISION.fullmatch(revision):
        raise Invalid('If-Match takes an ETag as GET gives it, such as "3.9f86d081884c7d659a2f"')
    return int(revision)
