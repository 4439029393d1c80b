"""No UPN is ever kept: what looks like one becomes a pseudonym before anything else sees it.

A unique pupil number, or a former one, is a letter, eleven digits, and a digit or letter. Whether its check letter is
right doesn't matter here: what has the shape may be somebody's number. The pseudonym is an HMAC-SHA256 of the number in
capitals under a secret of the installation, so the same number always finds the same pupil and nobody gets from the
pseudonym back to the number without the secret.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any

UPN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][0-9]{11}[A-Za-z0-9](?![A-Za-z0-9])")

NEVER_KEPT = re.compile(
    r"^(first|fore|given|middle|last|family|sur|full|legal|preferred|known_as|pupil|student)_?names?$|^name$"
    r"|^(dob|date_?of_?birth|birth_?date|birthday)$|^(home_?)?address(_?line)?_?\d*$|^post_?code$",
    re.IGNORECASE,
)
"""Field names that would carry a pupil's name, date of birth or address."""


class Pseudonyms:
    """Replaces UPNs in texts, and in all texts of a decoded JSON value, by `u_` and 26 characters."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def __call__(self, text: str) -> str:
        """The text with each UPN in it replaced; most texts hold none and come back as they are."""
        return UPN.sub(self._pseudonym, text) if len(text) >= 13 else text

    def throughout(self, value: Any) -> Any:
        """A decoded JSON value with every text in it, keys too, freed of UPNs."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, Mapping):
            return {self(str(key)): self.throughout(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.throughout(item) for item in value]
        return value

    def _pseudonym(self, match: re.Match[str]) -> str:
        digest = hmac.new(self._secret, match.group().upper().encode(), hashlib.sha256).digest()[:16]
        return "u_" + base64.b32encode(digest).decode().rstrip("=").lower()


def fingerprint(secret: bytes) -> str:
    """What the database keeps of the secret, so that a start with another one is refused. 32 hex digits."""
    return hmac.new(secret, b"headway installation", hashlib.sha256).hexdigest()[:32]
