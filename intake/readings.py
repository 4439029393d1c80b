"""What the cells of a row say: a reference, a day, a session, a code, a time, minutes. Each distinct text is read once.

A reader gives a number, or raises `ValueError` with a sentence for the person who sent the row.
"""

import re
from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import msgspec

from domain.references import check_reference
from intake.tables import Privacy, quoted

Raw = TypeVar("Raw", bound=Hashable)

NO_TIME = -(1 << 63)
NO_MINUTES = -1
MOST_MINUTES = 999
LONGEST_CODE = 64
_REMEMBERED = 1 << 17
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SESSIONS = {"AM": 0, "PM": 1}
_DELETED = {"true": 1, "yes": 1, "1": 1, "false": 0, "no": 0, "0": 0, "": 0}


class Numbering(dict[Raw, int]):
    """Gives each distinct value the next number, from 0, when it is first looked up."""

    def __missing__(self, value: Raw) -> int:
        number = self[value] = len(self)
        return number

    @property
    def values_in_order(self) -> list[Raw]:
        """The distinct values; the one with number 0 first."""
        return list(self)


class Readings(dict[Raw, int]):
    """What each distinct raw value reads as: a number, or `unreadable`.

    Looking up a value that has been read costs a dictionary's lookup, so a whole column is mapped at C speed.
    """

    def __init__(self, read: Callable[[Raw], int], unreadable: int = -2) -> None:
        super().__init__()
        self.unreadable = unreadable
        self._read = read

    def __missing__(self, raw: Raw) -> int:
        if len(self) >= _REMEMBERED:
            # A body where every text differs must not make this as large as itself.
            self.clear()
        try:
            number = self._read(raw)
        except ValueError:
            number = self.unreadable
        self[raw] = number
        return number

    def why_not(self, raw: Raw) -> str | None:
        """The sentence that says why a value can't be read; None when it can."""
        if self[raw] != self.unreadable:
            return None
        try:
            self._read(raw)
        except ValueError as error:
            return str(error)
        return None


def clean_references(cells: tuple[str, ...], pseudonymise: Privacy) -> tuple[str, ...]:
    """The references of one pupil in their order, without repeats, UPNs replaced; blank cells are left out."""
    references = tuple([pseudonymise(cell) for cell in cells if cell and not cell.isspace()])
    if len(references) > 1:
        references = tuple(dict.fromkeys(references))
    for reference in references or ("",):
        if wrong := check_reference(reference):
            raise ValueError(wrong)
    return references


def clean_school(text: str, pseudonymise: Privacy) -> str:
    """What a row calls its school, a URN, LAESTAB or alias, without blanks round it."""
    reference = text.strip()
    if wrong := check_reference(reference):
        raise ValueError(wrong.replace("The reference", "The school", 1))
    return pseudonymise(reference)


def day_number(text: str, *, day_first: bool, pseudonymise: Privacy = str) -> int:
    """The proleptic ordinal of `YYYY-MM-DD`, with `day_first` of `DD/MM/YYYY` too."""
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif day_first and (match := _DAY_FIRST.fullmatch(text)):
        day, month, year = map(int, match.groups())
    else:
        forms = "YYYY-MM-DD or DD/MM/YYYY" if day_first else "YYYY-MM-DD"
        raise ValueError(f'The date "{quoted(text, pseudonymise)}" can\'t be read; write {forms}.')
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        raise ValueError(f"The date {text} is no day of the calendar.") from None


def session_number(text: str, pseudonymise: Privacy = str) -> int:
    """0 for AM, 1 for PM, in any case."""
    number = _SESSIONS.get(text.strip().upper())
    if number is None:
        raise ValueError(f'The session "{quoted(text, pseudonymise)}" is neither AM nor PM.')
    return number


def clean_code(text: str | None, pseudonymise: Privacy) -> str:
    """The code without blanks round it; empty for no mark, which is a blank cell, `-` or null."""
    code = (text or "").strip()
    if len(code) > LONGEST_CODE or _CONTROL.search(code):
        raise ValueError(f'"{quoted(code, pseudonymise)}" can\'t be a code.')
    return "" if code == "-" else pseudonymise(code)


def microseconds(moment: datetime) -> int:
    """Microseconds since the start of 1970 in UTC, exactly."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def time_number(text: str | None, pseudonymise: Privacy = str) -> int:
    """Microseconds since 1970 of an RFC 3339 time; `NO_TIME` where there is none."""
    if text is None or not text.strip():
        return NO_TIME
    try:
        moment = msgspec.convert(text.strip(), datetime)
    except msgspec.ValidationError:
        raise ValueError(
            f'The source_updated_at "{quoted(text, pseudonymise)}" can\'t be read; '
            "write a time such as 2026-09-07T08:45:00Z."
        ) from None
    if moment.tzinfo is None:
        raise ValueError(
            f'The source_updated_at "{quoted(text, pseudonymise)}" has no offset; add Z or one such as +01:00.'
        )
    return microseconds(moment)


def minutes_number(text: str | int | None, pseudonymise: Privacy = str) -> int:
    """Minutes late, 0 to 999; `NO_MINUTES` where none are given."""
    digits = "" if text is None else str(text).strip()
    if not digits:
        return NO_MINUTES
    if not re.fullmatch(r"[0-9]{1,9}", digits) or int(digits) > MOST_MINUTES:
        shown = quoted(digits, pseudonymise)
        raise ValueError(f'The minutes late "{shown}" are no whole number from 0 to {MOST_MINUTES}.')
    return int(digits)


def deleted_number(said: str | bool, pseudonymise: Privacy = str) -> int:
    """1 where the cell says that the mark is deleted, 0 where it says not or nothing."""
    number = _DELETED.get(str(said).strip().casefold())
    if number is None:
        raise ValueError(f'The deleted "{quoted(str(said), pseudonymise)}" is neither true nor false.')
    return number
