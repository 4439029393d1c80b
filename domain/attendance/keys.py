"""The keys of groups: what a session's time and a pupil's characteristics are called, and which comes first.

A part of a key is `(place, text, label)`: parts sort by place, then text, and `label` is what an answer shows. Weeks,
months and terms take their place from the calendar and never from their names, which don't sort; values of a
characteristic from the table of characteristics; what isn't known comes last.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

import numpy as np
import numpy.typing as npt

from domain.attendance.calendar import (
    SESSIONS,
    WEEKDAYS,
    Calendar,
    academic_year_bounds,
    half_term_name,
    month_of,
    term_name,
    week_of,
)
from domain.attendance.codes import LETTERS, PLACE_IN_TABLE
from domain.attendance.question import TIME_KEYS
from domain.attendance.school import Int32s
from domain.cohorts import CHARACTERISTICS, value_order

Part = tuple[int, str, str | None]
Key = tuple[Part, ...]
Ids = npt.NDArray[np.int64]

LAST_PLACE = 1 << 40
_AFTER_THE_TABLE = 1 << 39
_EPOCH = date(1970, 1, 1).toordinal()


def characteristics_in(by: Iterable[str]) -> tuple[str, ...]:
    """The names in `by` that are characteristics of pupils."""
    return tuple(name for name in by if name not in (*TIME_KEYS, "code", "school"))


def time_ids(by: Iterable[str], calendars: tuple[Calendar, ...], day: Int32s, pm: Ids) -> dict[str, Ids]:
    """For each time key in `by`: a number for each session, in order of time."""
    return {name: _TIMES[name][0](calendars, day.astype(np.int64), pm) for name in by if name in _TIMES}


def time_part(name: str, number: int) -> Part:
    """The part of a key for a number of `time_ids`."""
    return (number, "", None if number == LAST_PLACE else _TIMES[name][1](number))


def characteristic_part(name: str, value: str | None) -> Part:
    """The part of a key for a value of a characteristic; None where the roll doesn't say."""
    if value is None:
        return (LAST_PLACE, "", None)
    places = value_order(name) if name in CHARACTERISTICS else {}
    return (places[value], "", value) if value in places else (_AFTER_THE_TABLE, value, value)


def code_part(number: int) -> Part:
    """The part of a key for the number of a code."""
    return (PLACE_IN_TABLE[LETTERS[number]], "", LETTERS[number])


def school_part(urn: str) -> Part:
    """The part of a key for a school."""
    return (0, urn, urn)


def make_key(by: tuple[str, ...], parts: Mapping[str, Part]) -> Key:
    """The parts in the order asked for."""
    return tuple(parts[name] for name in by if name in parts)


def distinct(columns: list[Ids], length: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows that are alike in all columns get one number: (first row of each number, number of each row).

    Numbers follow the order of the columns' values.
    """
    if not columns or not length:
        return np.zeros(min(length, 1), np.intp), np.zeros(length, np.intp)
    combined = np.zeros(length, np.int64)
    for column in columns:
        values, places = np.unique(column, return_inverse=True)
        combined = combined * len(values) + places
    _, first, number = np.unique(combined, return_index=True, return_inverse=True)
    return first, number


def _half_terms(calendars: tuple[Calendar, ...], day: Ids, width: int) -> Ids:
    """The year's first calendar year, times 10, plus half term (width 1) or term (width 2), counted from 0."""
    ids = np.full(len(day), LAST_PLACE, np.int64)
    for calendar in calendars:
        year = academic_year_bounds(calendar.academic_year)[0].year
        for term in calendar.terms:
            within = (day >= term.first.toordinal()) & (day <= term.last.toordinal()) & (ids == LAST_PLACE)
            ids[within] = year * 10 + (term.half_term - 1) // width
    return ids


def _year_label(number: int) -> str:
    return f"{number // 10:04}/{(number // 10 + 1) % 100:02}"


def _months(_: tuple[Calendar, ...], day: Ids, pm: Ids) -> Ids:
    return (day - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


_Ids = Callable[[tuple[Calendar, ...], Ids, Ids], Ids]

_TIMES: dict[str, tuple[_Ids, Callable[[int], str]]] = {
    "day": (lambda _, day, pm: day, lambda number: date.fromordinal(number).isoformat()),
    # Ordinal 1 is a Monday.
    "week": (
        lambda _, day, pm: (day - 1) // 7,
        lambda number: week_of(date.fromordinal(number * 7 + 1)),
    ),
    "month": (_months, lambda number: month_of(date(1970 + number // 12, number % 12 + 1, 1))),
    "half_term": (
        lambda calendars, day, pm: _half_terms(calendars, day, 1),
        lambda number: half_term_name(_year_label(number), number % 10 + 1),
    ),
    "term": (
        lambda calendars, day, pm: _half_terms(calendars, day, 2),
        lambda number: term_name(_year_label(number), number % 10 * 2 + 1),
    ),
    "weekday": (lambda _, day, pm: (day - 1) % 7, lambda number: WEEKDAYS[number]),
    "session": (lambda _, day, pm: pm, lambda number: SESSIONS[number]),
}
