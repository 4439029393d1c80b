"""Numbers as texts have them, kept exactly."""

from contextlib import suppress
from decimal import Decimal, InvalidOperation

MOST_DIGITS = 100
"""A number with more digits than this, were it written out, says nothing about a school."""


def exact(text: str) -> Decimal:
    """The number of a text; raises ValueError where it is none, or out of all range."""
    with suppress(InvalidOperation):  # no number, or its exponent alone is too long
        number = Decimal(text)
        # 1e999999999 takes a gigabyte once somebody writes it out, as we write every number.
        if -MOST_DIGITS < number.adjusted() < MOST_DIGITS:
            return number
    raise ValueError("a number is out of all range")
