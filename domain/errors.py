"""What can go wrong, named in the words of the field.

An error carries a sentence for a person (`detail`) and, where parts of a request are at fault, one `Fault` for each.
What status and title it gets over HTTP stands in `api/http/problems.py`, nowhere else.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where (a JSON pointer, or a row number), and what would be right."""

    detail: str
    pointer: str | None = None
    row: int | None = None
    pupil: str | None = None
    code: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The fault as receipts and problem documents show it: only what is known, `detail` last."""
        known = {name: getattr(self, name) for name in ("row", "pointer", "pupil", "code")}
        return {name: value for name, value in known.items() if value is not None} | {"detail": self.detail}


@dataclass
class HeadwayError(Exception):
    """The root of everything that Headway refuses on purpose."""

    detail: str
    faults: list[Fault] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    """Further members of the problem document, such as the receipt of a refused push."""

    def __str__(self) -> str:
        return self.detail


class NotAuthenticated(HeadwayError):
    """No valid token came with the request."""


class ScopeMissing(HeadwayError):
    """The key is valid and may not do this."""


class NotFound(HeadwayError):
    """It doesn't exist, or the key may not see it: the answer is the same."""


class TooLarge(HeadwayError):
    """The body is over the limit."""


class WrongMediaType(HeadwayError):
    """The body is of a type that this call doesn't take."""


class Malformed(HeadwayError):
    """The body isn't what it says it is: broken JSON, CSV or gzip."""


class PreconditionMissing(HeadwayError):
    """A change of a tracker resource came without If-Match."""


class Outdated(HeadwayError):
    """If-Match names a revision that is no longer the current one."""


class Invalid(HeadwayError):
    """Well-formed, and against a rule; `faults` say which and where."""


class Conflict(HeadwayError):
    """Refused because of what is held: a guard, an impossible move, a contradiction."""


class TooMany(HeadwayError):
    """As many as there may be are held already; worth trying again once some were seen to."""


class NotOffered(HeadwayError):
    """The method or combination isn't offered here."""


class Unavailable(HeadwayError):
    """The database can't be reached or is full; nothing was stored; worth trying again."""


def invalid(pointer: str, detail: str) -> Invalid:
    """An `Invalid` with one fault, whose detail is the error's too."""
    return Invalid(detail, faults=[Fault(detail, pointer=pointer)])
