"""The body of one register, `{"marks": {"P001": "/", "P002": null}, …}`: the fast way in."""

from datetime import datetime

import msgspec

from domain.errors import Malformed
from intake.broken_json import BROKEN, what_is_wrong
from intake.mark_rows import Minutes


class RegisterBody(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A whole register, or with PATCH a part of it; null removes a mark. The time is RFC 3339 with an offset."""

    marks: dict[str, str | None]
    minutes_late: dict[str, Minutes] = {}
    source_updated_at: datetime | None = None


_REGISTER = msgspec.json.Decoder(RegisterBody)


def decode_register(raw: bytes) -> RegisterBody | None:
    """The body where it has exactly the form of a register; None where it is JSON of another form.

    Then the slow schema says what is wrong with it. References, codes and times are as they were sent. Raises
    `Malformed` for what isn't JSON.
    """
    try:
        body = _REGISTER.decode(raw)
    except msgspec.ValidationError:
        body = None
    except BROKEN:
        raise _malformed(raw) from None
    if body is None and what_is_wrong(raw):
        raise _malformed(raw)
    return None if body is None or _without_offset(body) else body


def _without_offset(body: RegisterBody) -> bool:
    return body.source_updated_at is not None and body.source_updated_at.tzinfo is None


def _malformed(raw: bytes) -> Malformed:
    problem, byte = what_is_wrong(raw) or ("it can't be read", 0)
    return Malformed(f"The JSON of the register is broken at byte {byte}: {problem}.")
