"""The layout `edfi`: the `studentSchoolAttendanceEvents` of an Ed-Fi API, one event a line or in an array.

An event has a `studentReference`, an `eventDate` and an `attendanceEventCategoryDescriptor`, whose code value (behind
the `#`) is what happened. `eventDuration` is in days: over a half is both sessions, a half or less is the morning, and
so is none at all. Of the pupil only the `studentUniqueId` is read. Who has no event was there:
`intake.absence_events`.
"""

import re
from collections.abc import Iterable
from typing import Any

from intake.absence_events import PRESENT, AbsenceEvents
from intake.json_records import Record, records_of
from intake.layout import How, Reader
from intake.marks import MarkColumns
from intake.recognition import Opening
from intake.rows_of_marks import RowsOfMarks
from intake.tables import quoted

USUAL = {
    "excused absence": "C",
    "unexcused absence": "O",
    "tardy": "L",
    "in attendance": PRESENT,
}
"""By the code value of the category, in small letters."""

TAKEN = (
    "studentReference",
    "schoolReference",
    "eventDate",
    "attendanceEventCategoryDescriptor",
    "eventDuration",
)
OF_ITSELF = ("id", "_etag", "_lastModifiedDate", "link", "sessionReference")
"""What tells of the record and of nobody; passed over without a word."""
MOST_DROPPED = 1000

_EVENT = re.compile(rb'(?<!\\)"(studentReference|attendanceEventCategoryDescriptor)"\s*:')
_OURS = re.compile(rb'(?<!\\)"pupil"\s*:')


def read_edfi(chunks: Iterable[bytes], how: How) -> AbsenceEvents:
    """The events of the body."""
    columns = MarkColumns("edfi", how.pseudonymise, how.max_rows, many_in_a_row=True)
    gathered = RowsOfMarks(columns)
    schools: dict[int, str] = {}
    names: dict[str, str] = {}
    dropped: dict[str, None] = {}
    for number, record in records_of(chunks, how):
        for name in record or ():
            if name not in (*TAKEN, *OF_ITSELF) and len(dropped) < MOST_DROPPED:
                dropped.setdefault(quoted(name, how.pseudonymise))
        try:
            _add_event(gathered, number, record)
        except ValueError as error:
            columns.reject(number, str(error), pupil=_pupil_of(record))
        school = _within(record or {}, "schoolReference", "schoolId")
        if school is not None:
            name = quoted(str(school), how.pseudonymise)
            schools[number] = names.setdefault(name, name)
    gathered.finish()
    columns.dropped_columns = list(dropped)
    return AbsenceEvents(columns.finish(), USUAL, schools)


def _add_event(gathered: RowsOfMarks, number: int, record: Record | None) -> None:
    """Gathers the marks of an event; `ValueError` where something is missing or has another form."""
    if record is None:
        raise ValueError("An event is an object with studentReference, eventDate and a category.")
    pupil = _pupil_of(record)
    day = record.get("eventDate")
    category = record.get("attendanceEventCategoryDescriptor")
    if not pupil:
        raise ValueError("The studentReference with its studentUniqueId is missing.")
    if not isinstance(day, str):
        raise ValueError("The eventDate is missing; write a text such as 2026-09-07.")
    code = category.rpartition("#")[2].strip() if isinstance(category, str) else ""
    if code in ("", "-"):
        raise ValueError("The attendanceEventCategoryDescriptor is missing.")
    sessions = ("AM", "PM") if _lasts_all_day(record.get("eventDuration")) else ("AM",)
    gathered.add(number, (pupil,), [day] * len(sessions), sessions, [code] * len(sessions))


def _pupil_of(record: Record | None) -> str | None:
    pupil = _within(record or {}, "studentReference", "studentUniqueId")
    return pupil if isinstance(pupil, str) else None


def _within(record: Record, reference: str, name: str) -> Any:
    """A field of what the record refers to; None where there is none."""
    named = record.get(reference)
    return named.get(name) if isinstance(named, dict) else None


def _lasts_all_day(duration: object) -> bool:
    if duration is None:
        return False
    if isinstance(duration, bool) or not isinstance(duration, int | float) or not 0 < duration <= 1:
        raise ValueError("The eventDuration is no number of days, over 0 and at most 1.")
    return duration > 0.5


def _is_edfi(opening: Opening) -> bool:
    match = _EVENT.search(opening.text) if opening.sign in (b"{", b"[") else None
    return match is not None and _OURS.search(opening.text, 0, match.start()) is None


EDFI = Reader(_is_edfi, read_edfi)
