"""Staff leave events as an Ed-Fi API gives them, counted by academic year and reason and then forgotten.

A row says who, from which day and why. Who it was is used once, to count how many different members of staff had an
absence, and leaves with the file: nothing that is returned, raised or quoted holds a reference or a reason as it was
written. A reason becomes one of a few plain kinds; which illness it was is never one of them.

The rows have no last day, so days lost stay unknown. They don't say who is a teacher either: all staff of the file are
counted, so a file should be of teachers. A file is whole for its academic years: as nobody is remembered, counts of two
files can't be put together without counting somebody twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from domain.attendance.calendar import academic_year_of
from domain.errors import Fault, Malformed, TooLarge
from domain.workforce.records import StaffAbsence
from intake.broken_json import BROKEN
from intake.elements import ArrayElements
from intake.lines import line_values
from intake.recognition import opened

SICKNESS, OTHER = "sickness", "other"

KINDS = (SICKNESS, "personal", "jury_duty", "bereavement", "family", "training", "unpaid", OTHER)
"""What a reason is counted as; `other` also where it isn't one that is known, and its own words are not kept."""

_KINDS_BY_WORDS = {
    "sick": SICKNESS,
    "sick leave": SICKNESS,
    "sickness": SICKNESS,
    "sickness absence": SICKNESS,
    "illness": SICKNESS,
    "ill": SICKNESS,
    "personal": "personal",
    "personal leave": "personal",
    "jury duty": "jury_duty",
    "jury service": "jury_duty",
    "bereavement": "bereavement",
    "bereavement leave": "bereavement",
    "compassionate leave": "bereavement",
    "maternity": "family",
    "maternity leave": "family",
    "paternity": "family",
    "paternity leave": "family",
    "adoption leave": "family",
    "parental leave": "family",
    "family and medical leave": "family",
    "professional development": "training",
    "training": "training",
    "unpaid leave": "unpaid",
    "other": OTHER,
}

DAYS_UNKNOWN = "its rows say when an absence began and not when it ended"

MOST_ROWS = 1_000_000
LONGEST_REFERENCE = 64

_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_LINE = msgspec.json.Decoder(msgspec.Raw)
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_REFERENCE = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT_OR_NUMBER = msgspec.json.Decoder(str | int)
_TEXT = msgspec.json.Decoder(str | None)

_Event = tuple[str, date, str | None]
"""Who, from which day, and what kind of reason (None: not a known one); inside this module only."""


@dataclass(frozen=True)
class LeavesOfYear:
    """The absences that began in one academic year: events by kind, and how many different staff were sick.

    Days are never known, for the reason that `days_unknown` gives.
    """

    academic_year: str
    events: dict[str, int]
    staff_with_sickness: int
    days_unknown: str = DAYS_UNKNOWN

    def as_absence(self, teachers: int | None = None) -> StaffAbsence:
        """What enters the sickness measures: nothing but sickness, and no days."""
        return StaffAbsence(self.academic_year, self.staff_with_sickness, None, teachers)


@dataclass
class StaffLeaves:
    """A file's counts by year, earliest first. received = counted + repeated + rejected.

    `repeated` rows tell an event that another row told already. `unrecognised` are those counted as `other` because
    their reason isn't a known one.
    """

    years: list[LeavesOfYear] = field(default_factory=list)
    received: int = 0
    counted: int = 0
    repeated: int = 0
    unrecognised: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Each row that can't be read has one fault."""
        return len(self.faults)


def read_staff_leaves(chunks: Iterable[bytes], *, max_rows: int = MOST_ROWS) -> StaffLeaves:
    """The counts of a JSON array, `{"data": […]}` or one row a line, inflated already.

    Raises `Malformed` where the body is empty or broken, `TooLarge` past `max_rows`. A row that can't be read is among
    the faults, by its number and without its values, and does no harm to the others.
    """
    read = StaffLeaves()
    seen: set[_Event] = set()
    for number, raw in enumerate(_rows(chunks), 1):
        if number > max_rows:
            raise TooLarge(f"The body has more than {max_rows:,} rows. Send it in several parts.")
        read.received = number
        event = _event(raw, number)
        if isinstance(event, Fault):
            read.faults.append(event)
        elif event in seen:
            read.repeated += 1
        else:
            seen.add(event)
    read.counted = len(seen)
    read.unrecognised = sum(kind is None for _, _, kind in seen)
    read.years = _by_year(seen)
    return read


def _by_year(events: Iterable[_Event]) -> list[LeavesOfYear]:
    kinds: dict[str, Counter[str]] = {}
    sick: dict[str, set[str]] = {}
    for who, began, kind in events:
        year = academic_year_of(began)
        kinds.setdefault(year, Counter())[kind or OTHER] += 1
        if kind == SICKNESS:
            sick.setdefault(year, set()).add(who)
    return [
        LeavesOfYear(
            academic_year=year,
            events={kind: kinds[year][kind] for kind in KINDS if kinds[year][kind]},
            staff_with_sickness=len(sick.get(year, ())),
        )
        for year in sorted(kinds)
    ]


def _rows(chunks: Iterable[bytes]) -> Iterator[msgspec.Raw]:
    opening, body = opened(chunks, None)
    if opening.sign == b"[" or (opening.sign == b"{" and opening.first_key == "data"):
        for rows in ArrayElements(body, _ARRAY.decode):
            yield from rows
    elif opening.sign == b"{":
        for rows in line_values(body, _LINE.decode_lines):
            yield from rows
    else:
        what = "doesn't begin as JSON does" if opening.text else "is empty"
        raise Malformed(
            f'The body {what}; expected are an array of rows, {{"data": [rows]}}, or one row a line.'
        )


def _event(raw: msgspec.Raw, number: int) -> _Event | Fault:
    """What the row tells, or why it can't be read."""
    fields = _decoded(_FIELDS, raw)
    if not isinstance(fields, dict):
        return Fault("The row is no object.", row=number)
    who = _who(fields)
    if who is None:
        detail = f"staffReference.staffUniqueId must be a text of at most {LONGEST_REFERENCE} characters, or a number."
        return Fault(detail, row=number, pointer="/staffReference/staffUniqueId")
    began = _began(fields)
    if began is None:
        detail = "beginDate must be a day, such as 2026-09-30."
        return Fault(detail, row=number, pointer="/beginDate")
    return who, began, _kind(fields)


def _who(fields: dict[str, msgspec.Raw]) -> str | None:
    reference = _decoded(_REFERENCE, fields.get("staffReference"))
    told = _decoded(_TEXT_OR_NUMBER, reference.get("staffUniqueId")) if isinstance(reference, dict) else None
    who = str(told).strip() if isinstance(told, str | int) else ""
    return who if 0 < len(who) <= LONGEST_REFERENCE else None


def _began(fields: dict[str, msgspec.Raw]) -> date | None:
    told = _decoded(_TEXT, fields.get("beginDate"))
    try:
        return date.fromisoformat(told) if isinstance(told, str) and len(told) == 10 else None
    except ValueError:
        return None


def _kind(fields: dict[str, msgspec.Raw]) -> str | None:
    """The kind of the reason or, where none is given, of the event's category; None where it isn't known."""
    reason = _words(fields.get("reason"))
    if reason:
        return _KINDS_BY_WORDS.get(reason)
    category = _words(fields.get("staffLeaveEventCategoryDescriptor"))
    return _KINDS_BY_WORDS.get(category.rpartition("#")[2])


def _words(raw: msgspec.Raw | None) -> str:
    told = _decoded(_TEXT, raw)
    return " ".join(told.split()).casefold() if isinstance(told, str) else ""


def _decoded(decoder: msgspec.json.Decoder[Any], raw: msgspec.Raw | None) -> Any:
    """The value, or None where there is none or it is of another form; its text never gets into an error."""
    if raw is None:
        return None
    try:
        return decoder.decode(raw)
    except BROKEN:
        return None
