"""What may stand as a reference to a pupil: the school's own opaque text, or an alias."""

import re
import unicodedata
from collections.abc import Collection

LONGEST = 64

_LENGTH_OF_A_UPN = 13

_SEPARATOR = "\x1f"

_NOT_PLAIN = re.compile(
    rf"[^{_SEPARATOR} -~]"  # neither printable ASCII nor what stands between two references
    rf"|[^{_SEPARATOR}]{{{LONGEST + 1}}}"
    rf"|(?:^|{_SEPARATOR}) *(?:{_SEPARATOR}|$)"
    r"|[A-Za-z][0-9]{11}[A-Za-z0-9]"
)


def check_reference(text: str) -> str | None:
    """A sentence that says what is wrong with the reference, or None where nothing is.

    It never quotes the text: whoever quotes it has replaced UPNs in it first.
    """
    if not text.strip():
        return f"The reference is blank; it needs 1 to {LONGEST} characters."
    if len(text) > LONGEST:
        return f"The reference has {len(text)} characters; at most {LONGEST} are taken."
    if not text.isprintable() and any(
        unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text
    ):
        return "The reference holds a control character; only characters that can be seen are taken."
    return None


def all_plain(references: Collection[str]) -> bool:
    """Whether all of them are sure to be sound and to hold nothing like a UPN: printable ASCII and short.

    One pass over all at once, for registers that come by the thousand; False means only that each is to be looked at.
    """
    if max(map(len, references), default=0) < _LENGTH_OF_A_UPN:
        text = "".join(references)
        blanks = " " in text or not all(references)
        return text.isascii() and text.isprintable() and (not blanks or all(map(str.strip, references)))
    return _NOT_PLAIN.search(_SEPARATOR.join(references)) is None and _SEPARATOR not in "".join(references)
