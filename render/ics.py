"""Days as an iCalendar file (RFC 5545), which calendars subscribe to and take in.

Each entry is a whole day that blocks no time. Lines end with CRLF and are folded at 75 bytes, texts are escaped, and
control characters that the format knows no place for are left out.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PRODUCT = "-//Headway//Headway//EN"
LONGEST_LINE = 75
"""Bytes, without the line's end."""

MEDIA_TYPE = "text/calendar; charset=utf-8"

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class IcsDay:
    """One entry. `uid` stays the same for the same thing, so that a calendar changes it instead of adding another."""

    uid: str
    on: date
    title: str
    detail: str | None = None
    category: str | None = None


def ics_of_days(name: str, days: Iterable[IcsDay], *, stamp: datetime) -> bytes:
    """A calendar with a name and these entries, in their order; `stamp`, an aware time, is when it was made."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        *(line for day in days for line in _event(day, stamp)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(day: IcsDay, stamp: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(day.uid)}"
    yield f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{_day(day.on)}"
    if day.on < date.max:
        yield f"DTEND;VALUE=DATE:{_day(day.on + timedelta(days=1))}"
    yield f"SUMMARY:{_escaped(day.title)}"
    if day.detail:
        yield f"DESCRIPTION:{_escaped(day.detail)}"
    if day.category:
        yield f"CATEGORIES:{_escaped(day.category)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _escaped(text: str) -> str:
    plain = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line in pieces of at most 75 bytes, none of which cuts a character; all but the first begin with a space."""
    coded = line.encode("utf-8", "replace")
    pieces: list[bytes] = []
    room = LONGEST_LINE
    while len(coded) > room:
        end = room
        while coded[end] & 0b1100_0000 == 0b1000_0000:  # within a character
            end -= 1
        pieces.append(coded[:end])
        coded, room = coded[end:], LONGEST_LINE - 1
    return b"\r\n ".join([*pieces, coded]) + b"\r\n"
