"""What may stand as a reference to a pupil: the school's own opaque text, or an alias."""

import unicodedata

LONGEST = 64


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
