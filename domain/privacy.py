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

STANDS_FOR_STAFF = re.compile(r"s_[a-z2-7]{26}")

OF_STAFF = re.compile(
    r"^(staff|teacher|employee|person|leaver|candidate|applicant|appointee|holder|payroll|contract|manager)"
    r"_?(member|names?|id|ids|no|number|ref|reference|code|unique_?id)?$"
    r"|^(replaced_?by|appointed|title|initials|maiden_?name|former_?names?|staff_?unique_?id|trn|qts_?number)$"
    r"|^(ni|nino|ni_?(no|number)|national_?insurance(_?(no|number))?)$"
    r"|^(e_?mail(_?address)?|(tele|mobile_?)?phone(_?(no|number))?|mobile)$"
    r"|^(sex|gender|ethnicity|religion|sexual_?orientation|nationality|marital_?status|age|disabilit(y|ies)|disabled)$"
    r"|^(health|medical|sickness|illness|absence)(_?(reasons?|conditions?|notes?|details?|category|diagnosis))?$"
    r"|^diagnos(is|es)$|^pregnan(t|cy)$|^maternity$|^salary$|^pay(_?(point|scale|grade))?$",
    re.IGNORECASE,
)
"""Field names that would tell of one member of staff: who it is, how to reach them, their health or their pay."""

_PERSON = (
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+"), "an e-mail address"),
    (
        re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d](?![A-Za-z0-9])"),
        "a National Insurance number",
    ),
    (re.compile(r"(?<!\d)(?:\d{6,}|\d{2}/\d{5})(?!\d)"), "the number of a person"),
    (re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Revd?)\.? +[A-Z]"), "a person's name"),
)
_HEALTH = re.compile(
    r"\b(ill|illness|ill[- ]?health|sick(ness)?|unwell|disease|diagnos\w*|medical\w*|surgery|operation|hospital\w*"
    r"|cancer|depress\w*|anxi\w*|stress\w*|burn(t|ed)?[- ]?out|mental|breakdown|disab\w*|pregnan\w*|maternity"
    r"|miscarr\w*|covid\w*|injur\w*|addict\w*|alcohol\w*|bereave\w*|health)\b",
    re.IGNORECASE,
)


def what_of_a_person(text: str) -> str | None:
    """What a short text about a post seems to tell of somebody, in words; None where nothing is seen."""
    return next((what for pattern, what in _PERSON if pattern.search(text)), None)


def tells_of_health(text: str) -> bool:
    """Whether a text about one leaver has a word of somebody's health."""
    return _HEALTH.search(text) is not None


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

    def of_staff(self, reference: str) -> str:
        """What stands for another system's reference to a member of staff: `s_` and 26 characters, always the same."""
        return (
            reference if STANDS_FOR_STAFF.fullmatch(reference) else "s_" + self._digest("staff " + reference)
        )

    def _pseudonym(self, match: re.Match[str]) -> str:
        return "u_" + self._digest(match.group().upper())

    def _digest(self, text: str) -> str:
        digest = hmac.new(self._secret, text.encode(), hashlib.sha256).digest()[:16]
        return base64.b32encode(digest).decode().rstrip("=").lower()


def fingerprint(secret: bytes) -> str:
    """What the database keeps of the secret, so that a start with another one is refused. 32 hex digits."""
    return hmac.new(secret, b"headway installation", hashlib.sha256).hexdigest()[:32]
