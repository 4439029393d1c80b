"""When an action that comes back is due again, counted from the last time it was done.

| repeats      | due again                                                                                       |
|--------------|-------------------------------------------------------------------------------------------------|
| n (days)     | n days later                                                                                    |
| weekly       | 7 days later                                                                                    |
| half_termly  | on the last school day of the next half term after the one in which it was done                 |
| termly       | on the last school day of the next term (of two half terms) after the one in which it was done  |

A holiday belongs to what came before it: what was done in August is due again by the end of the first half term. The
academic year may turn in between, where the school's calendars hold both years. Where they don't hold the next half
term or term, because there is no calendar or next year's isn't there yet, it is due 2 or 4 calendar months later; then
not before the end of the latest that is known to have begun, and not after the end of the next that is known, so that
doing it later never makes it due earlier.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from domain.attendance.calendar import Calendar, Term, academic_year_bounds, sessions_of

MONTHS = {"half_termly": 2, "termly": 4}
"""Calendar months that stand for a half term or a term which isn't in any calendar."""

WEEK = timedelta(days=7)

_HALF_TERMS, _HALF_TERMS_OF_A_TERM = 6, 2


@dataclass(frozen=True)
class _Span:
    """A half term or a term, numbered through all years; `last` school day, None where its end isn't known."""

    number: int
    first: date
    last: date | None


def next_due(repeats: str | int, last_done: date, calendars: Iterable[Calendar]) -> date:
    """The day on which it is due again, always after `last_done`; ValueError for what is no repetition.

    `repeats` is a word of the table above or a number of days; `calendars` are the school's, of any years.
    """
    if isinstance(repeats, int):
        if repeats < 1:
            raise ValueError("something that comes back does so after one day at the least")
        return last_done + timedelta(days=repeats)
    if repeats == "weekly":
        return last_done + WEEK
    if repeats not in MONTHS:
        raise ValueError(f"“{repeats}” is no repetition; one of weekly, {', '.join(MONTHS)} is, or days")
    halves = 1 if repeats == "half_termly" else _HALF_TERMS_OF_A_TERM
    return _in_next(_spans(calendars, halves), last_done, MONTHS[repeats])


def _in_next(spans: list[_Span], last_done: date, months: int) -> date:
    """The end of the span after the one that a day is in; where that isn't known, so many months later."""
    begun = [span for span in spans if span.first <= last_done]
    to_come = [(span.number, span.last) for span in spans if span.first > last_done and span.last is not None]
    if begun and to_come and to_come[0][0] == begun[-1].number + 1:
        return to_come[0][1]
    due = max([_months_later(last_done, months), *(span.last for span in begun if span.last is not None)])
    return min(due, to_come[0][1]) if to_come else due


def _spans(calendars: Iterable[Calendar], halves: int) -> list[_Span]:
    """The spans of so many half terms each that calendars hold any of, in order."""
    found: dict[int, list[tuple[Calendar, Term]]] = {}
    for calendar in calendars:
        year = academic_year_bounds(calendar.academic_year)[0].year
        for term in calendar.terms:
            number = (year * _HALF_TERMS + term.half_term - 1) // halves
            found.setdefault(number, []).append((calendar, term))
    return [_span(number, found[number], halves) for number in sorted(found)]


def _span(number: int, held: list[tuple[Calendar, Term]], halves: int) -> _Span:
    ends = [_last_school_day(calendar, term) for calendar, term in held if term.half_term % halves == 0]
    return _Span(number, min(term.first for _, term in held), max(ends, default=None))


def _last_school_day(calendar: Calendar, term: Term) -> date:
    """The last day on which there is school; of a half term with none, its last day."""
    open_for = sessions_of(calendar, term.first, term.last)
    return open_for[-1][0] if open_for else term.last


def _months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is too short for it."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
