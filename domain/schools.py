"""What the national register of schools says of a school, in the words used here.

Get Information About Schools (DfE) is the source; its values are those of its public extract.
"""

import hashlib
import re

_PHASES = {
    "nursery": "nursery",
    "primary": "primary",
    "middle deemed primary": "primary",
    "secondary": "secondary",
    "middle deemed secondary": "secondary",
    "all-through": "all_through",
    "16 plus": "sixteen_plus",
}
"""Phases of the register; "Not applicable" and blank say nothing."""

MADE_UID = "trust-"
_LONGEST_UID, _DIGITS = 64, 12


def phase_of(phase: str, type_group: str, type_name: str) -> str | None:
    """The phase of a school by the register's phase, group of types and type; None where they don't say.

    What kind of school it is comes first: a special school or alternative provision has a phase of its own here,
    whatever ages it takes.
    """
    kind = f"{type_group} {type_name}".casefold()
    if "special" in kind:
        return "special"
    if "alternative provision" in kind or "pupil referral unit" in kind:
        return "alternative_provision"
    return _PHASES.get(phase.strip().casefold())


def laestab_of(la_code: str, establishment_number: str) -> str | None:
    """The seven figures by which an authority knows a school; None where a part isn't known."""
    if not (la_code and establishment_number):
        return None
    return la_code + establishment_number.zfill(4)


def made_trust_uid(name: str) -> str:
    """A uid for a trust of which only the name is known: the same for the same name, however it is capitalised.

    It reads as the name does. Where the name has more than letters, figures and blanks, or is long, a digest at its
    end keeps it apart from others that would read alike.
    """
    folded = " ".join(name.casefold().split())
    uid = MADE_UID + re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    if re.fullmatch(r"[a-z0-9 ]+", folded) and len(uid) <= _LONGEST_UID:
        return uid
    digest = hashlib.sha256(folded.encode()).hexdigest()[:_DIGITS]
    return f"{uid[: _LONGEST_UID - _DIGITS - 1].rstrip('-')}-{digest}"
