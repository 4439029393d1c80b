"""A plausible calendar of an English school for any academic year: no authority's own, by rule."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

MONDAY, WEDNESDAY, FRIDAY = 0, 2, 4

A_WEEK = timedelta(days=7)

ENOUGH_TO_SHOW = timedelta(days=16)


@dataclass(frozen=True)
class Year:
    """An academic year by the calendar year that it starts in, with its calendar as the API takes it."""

    start: int
    body: dict[str, Any]

    @property
    def path(self) -> str:
        """As it is written in a path: 2026-27."""
        return f"{self.start}-{(self.start + 1) % 100:02}"

    @property
    def first(self) -> date:
        """The first day of term."""
        return date.fromisoformat(self.body["terms"][0]["from"])

    def days(self, until: date) -> Iterator[date]:
        """The school days, up to a day."""
        closed = {date.fromisoformat(closure["date"]) for closure in self.body["closures"]}
        for term in self.body["terms"]:
            day, last = date.fromisoformat(term["from"]), min(date.fromisoformat(term["to"]), until)
            while day <= last:
                if day.weekday() < 5 and day not in closed:
                    yield day
                day += timedelta(days=1)


def calendar_before(today: date) -> Year:
    """The calendar of the academic year that has run for long enough to show something."""
    then = today - ENOUGH_TO_SHOW
    return calendar_of(then.year if then.month >= 9 else then.year - 1)


def calendar_of(start: int) -> Year:
    """The academic year that starts in September of a year."""
    first = _on_or_after(date(start, 9, 2), WEDNESDAY)
    october = _on_or_after(date(start, 10, 24), MONDAY)
    christmas = _on_or_after(date(start, 12, 15), FRIDAY)
    january = _on_or_after(date(start + 1, 1, 4), MONDAY)
    february = _on_or_after(date(start + 1, 2, 13), MONDAY)
    easter = _on_or_after(date(start + 1, 3, 20), FRIDAY)
    may = _on_or_after(date(start + 1, 5, 25), MONDAY)
    spans = [
        ("Autumn term, first half", first, october - timedelta(days=3)),
        ("Autumn term, second half", october + A_WEEK, christmas),
        ("Spring term, first half", january, february - timedelta(days=3)),
        ("Spring term, second half", february + A_WEEK, easter),
        ("Summer term, first half", easter + timedelta(days=17), may - timedelta(days=3)),
        ("Summer term, second half", may + A_WEEK, _on_or_after(date(start + 1, 7, 16), WEDNESDAY)),
    ]
    terms = [
        {"name": name, "half_term": number, "from": str(begins), "to": str(ends)}
        for number, (name, begins, ends) in enumerate(spans, start=1)
    ]
    closures = [
        {"date": str(first), "reason": "Training day"},
        {"date": str(october + A_WEEK), "reason": "Training day"},
        {"date": str(january), "reason": "Training day"},
    ]
    return Year(start, {"terms": terms, "closures": closures})


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)
