"""Measures that a school defines for itself, and the points that it pushes: incidents, club places, turnout.

A point is a plain number, or a numerator over a denominator; which of them, the measure says by naming its parts.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from domain.errors import Fault
from domain.workforce.figures import rounded
from domain.workforce.records import Amount

PREFIX = "own:"
"""Before its name, where a measure of the school's own is named among all others."""

DIRECTIONS = ("up", "down")
MOST = 1_000_000_000
PERCENT = "%"

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def faults_of_measure(name: str, measure: Mapping[str, Any]) -> list[Fault]:
    """Every fault of a definition: its name in the path, its direction, one part of a quotient without the other."""
    faults = []
    if not _NAME.fullmatch(name):
        detail = f"“{name[:64]}” can't name a measure: up to 40 small letters, figures, _ and -, such as club_places."
        faults.append(Fault(detail, pointer="/path/name"))
    direction = measure.get("direction")
    if direction is not None and direction not in DIRECTIONS:
        faults.append(Fault(f"direction is “{direction}”; it must be up or down.", pointer="/direction"))
    for one, other in (("numerator", "denominator"), ("denominator", "numerator")):
        if one in measure and other not in measure:
            faults.append(
                Fault(f"{other} is missing: a {one} is given, and a quotient has both.", pointer=f"/{other}")
            )
    return faults


def faults_of_point(point: Mapping[str, Any]) -> list[Fault]:
    """Every fault of a point: neither a value nor both parts of a quotient, or out of range."""
    parts = [name for name in ("numerator", "denominator") if name in point]
    if ("value" in point) == bool(parts) or len(parts) == 1:
        return [Fault("A point has a value, or a numerator and a denominator.", pointer="/value")]
    return [fault for name in ("value", *parts) if name in point for fault in _of_number(name, point[name])]


def point_value(
    point: Mapping[str, Any], unit: str | None
) -> tuple[Decimal | None, Amount | None, Amount | None]:
    """(value, numerator, denominator): the plain number, or the quotient to 2 places (in per cent where that is the
    unit); without a value where the denominator is 0.
    """
    if "value" in point:
        return Decimal(point["value"]), None, None
    numerator, denominator = point["numerator"], point["denominator"]
    if denominator == 0:
        return None, numerator, denominator
    scale = 100 if unit == PERCENT else 1
    return rounded(scale * Fraction(numerator) / Fraction(denominator)), numerator, denominator


def _of_number(name: str, number: Amount) -> Iterator[Fault]:
    if name != "value" and number < 0:
        yield Fault(f"{name} is {number}; it can't be negative.", pointer=f"/{name}")
    elif not -MOST <= number <= MOST:
        yield Fault(f"{name} is {number}; it can't be over {MOST:,}.", pointer=f"/{name}")
