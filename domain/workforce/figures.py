"""A workforce measure as it is answered, and the one place where its arithmetic is done.

Sums are exact decimals, divided once as fractions, and the quotient rounded once, half up, to 2 places. Without a
denominator there is no value, and the answer says why.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

from domain.workforce.catalogue import DEFINITIONS, PERCENT
from domain.workforce.records import Amount

PLACES = 2

_EXACT = Context(prec=400)
"""More digits than the sum of any school's amounts has."""


@dataclass(frozen=True)
class Window:
    """The days that a figure is of; both count. `academic_year` is the year that it is labelled with, if any."""

    first: date
    last: date
    academic_year: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """`{"from", "to"}`, with `date` where it is one day and `academic_year` where there is a label."""
        shown: dict[str, Any] = {"from": self.first, "to": self.last}
        if self.first == self.last:
            shown["date"] = self.first
        if self.academic_year is not None:
            shown["academic_year"] = self.academic_year
        return shown


@dataclass(frozen=True)
class Measure:
    """What one measure came to in a window. `value` is None exactly where `null_because` says why.

    `numerator` and `denominator` are exact, in the words of the definition's own fields; a plain count has no
    denominator. `note` tells what a reader should know beside the figure, such as what had to be left out.
    """

    measure: str
    value: Decimal | None
    numerator: Amount | None
    denominator: Amount | None
    unit: str
    window: Window
    definition: str
    source: str
    null_because: str | None = None
    note: str | None = None
    suppressed: bool = False
    """Whether its figures are withheld from this reader."""

    def as_dict(self) -> dict[str, Any]:
        """The measure as answers show it: `null_because` and `note` only where there is something to say."""
        shown: dict[str, Any] = {
            "measure": self.measure,
            "value": self.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "unit": self.unit,
            "window": self.window.as_dict(),
            "definition": self.definition,
            "source": self.source,
            "suppressed": self.suppressed,
        }
        said = {"null_because": self.null_because, "note": self.note}
        return shown | {name: text for name, text in said.items() if text is not None}


def quotient(
    id: str, numerator: Amount, denominator: Amount, window: Window, *, note: str | None = None
) -> Measure:
    """The measure as `numerator` over `denominator`; null where there is nothing to divide by."""
    definition = DEFINITIONS[id]
    if denominator == 0:
        return _measure(id, None, numerator, denominator, window, definition.nothing, note)
    scale = 100 if definition.unit == PERCENT else 1
    value = rounded(scale * Fraction(numerator) / Fraction(denominator))
    return _measure(id, value, numerator, denominator, window, None, note)


def count(id: str, number: Amount, window: Window, *, note: str | None = None) -> Measure:
    """The measure as a plain count, which nothing divides."""
    return _measure(id, Decimal(number), number, None, window, None, note)


def unanswered(
    id: str,
    because: str,
    window: Window,
    *,
    numerator: Amount | None = None,
    denominator: Amount | None = None,
) -> Measure:
    """The measure without a value, and why."""
    return _measure(id, None, numerator, denominator, window, because, None)


def rounded(value: Fraction, places: int = PLACES) -> Decimal:
    """The value half up (away from zero), with no zeros at the end and no exponent: 100, 2.5, 0.07."""
    scaled = abs(value) * 10**places
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    while places and units % 10 == 0:
        units, places = units // 10, places - 1
    return Decimal((int(value < 0 and units > 0), tuple(map(int, str(units))), -places))


def total(amounts: Iterable[Amount]) -> Amount:
    """The exact sum: a whole number where all are whole, else a Decimal with exactly its digits."""
    listed = list(amounts)
    if Decimal in set(map(type, listed)):
        return reduce(_EXACT.add, map(Decimal, listed), Decimal(0))
    return sum(listed)


def less(amount: Amount, taken: Amount) -> Amount:
    """The exact difference."""
    return total([amount, -taken if isinstance(taken, int) else taken.copy_negate()])


def _measure(
    id: str,
    value: Decimal | None,
    numerator: Amount | None,
    denominator: Amount | None,
    window: Window,
    null_because: str | None,
    note: str | None,
) -> Measure:
    definition = DEFINITIONS[id]
    return Measure(
        measure=id,
        value=value,
        numerator=numerator,
        denominator=denominator,
        unit=definition.unit,
        window=window,
        definition=definition.definition,
        source=definition.source,
        null_because=null_because,
        note=note,
    )
