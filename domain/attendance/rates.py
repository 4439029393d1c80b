"""Rates from integer counts, and a group as answers show it.

Sums first, one division, one rounding: half up, never half to even, so that a figure worked out by hand agrees.
"""

from decimal import Decimal
from typing import Any

from domain.attendance.codes import letters_in_order
from domain.attendance.groups import Group

USUAL_PLACES = 2


def rate(numerator: int, denominator: int, places: int = USUAL_PLACES) -> Decimal | None:
    """`numerator` as a percentage of `denominator`, rounded half up once; None where there is no denominator.

    Both are counts, never negative. No zeros at the end, no exponent: 100, 2.5, 0.07.
    """
    if denominator == 0:
        return None
    scaled = (200 * numerator * 10**places + denominator) // (2 * denominator)
    while places and scaled % 10 == 0:
        scaled, places = scaled // 10, places - 1
    return Decimal(scaled).scaleb(-places)


def present_group(group: Group, places: int = USUAL_PLACES) -> dict[str, Any]:
    """A group in the shape of an answer; one of an answer by code in its own, shorter shape."""
    if group.sessions is not None:
        return {
            "key": group.key,
            "sessions": group.sessions,
            "pupils": group.pupils,
            "rate": rate(group.sessions, group.possible, places),
            "suppressed": False,
        }
    return {
        "key": group.key,
        "pupils": group.pupils,
        "possible_sessions": group.possible,
        "attendance_sessions": group.attendance,
        "present_sessions": group.present,
        "approved_educational_activity_sessions": group.approved_educational_activity,
        "authorised_absence_sessions": group.authorised_absence,
        "unauthorised_absence_sessions": group.unauthorised_absence,
        "absence_sessions": group.absence,
        "late_before_close_sessions": group.late_before_close,
        "late_after_close_sessions": group.late_after_close,
        "late_sessions": group.late,
        "codes": {letter: group.codes[letter] for letter in letters_in_order(list(group.codes))},
        "rates": {
            "attendance": rate(group.attendance, group.possible, places),
            "absence": rate(group.absence, group.possible, places),
            "authorised_absence": rate(group.authorised_absence, group.possible, places),
            "unauthorised_absence": rate(group.unauthorised_absence, group.possible, places),
            "late": rate(group.late, group.possible, places),
        },
        "persistent_absence": _pupils(group.persistent, group.pupils, places),
        "severe_absence": _pupils(group.severe, group.pupils, places),
        "suppressed": False,
    }


def _pupils(flagged: int | None, pupils: int | None, places: int) -> dict[str, Any]:
    known = flagged is not None and pupils is not None
    return {"pupils": flagged, "rate": rate(flagged or 0, pupils or 0, places) if known else None}
