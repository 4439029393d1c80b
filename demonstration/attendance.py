"""Invented registers with the patterns that real ones have: runs of illness, thin Fridays, late mornings."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from demonstration.calendar import FRIDAY, Year
from demonstration.pupils import SEED, Pupil

REASONS = {"I": 0.52, "M": 0.07, "O": 0.19, "G": 0.06, "C": 0.05, "E": 0.03, "S": 0.02, "R": 0.01, "N": 0.05}
"""Why a pupil is absent, as shares of the absences that begin."""

LASTS = {"I": 2.4, "G": 4.0, "E": 3.0, "S": 1.5}
"""Days that an absence goes on for on average, where it isn't one day."""

ON_FRIDAYS = 1.5

PLACED_IN_YEAR_GROUP = {"10": "W", "7": "V"}
"""Now and then a whole year group is out with the school: on work experience, on a visit."""


def weeks(year: Year, pupils: list[Pupil], today: date) -> Iterator[list[dict[str, Any]]]:
    """The marks of each week so far, as rows for a bulk push."""
    chance = np.random.default_rng(SEED + 1)
    still_away: dict[str, tuple[str, int]] = {}
    rows: list[dict[str, Any]] = []
    week = None
    for day in year.days(today):
        if rows and day.isocalendar().week != week:
            yield rows
            rows = []
        week = day.isocalendar().week
        out = _year_group_out(chance, day)
        for pupil in pupils:
            if pupil.first <= day and (pupil.last is None or day <= pupil.last):
                rows += _day_of(chance, pupil, day, still_away, out)
    if rows:
        yield rows


def _day_of(
    chance: np.random.Generator,
    pupil: Pupil,
    day: date,
    still_away: dict[str, tuple[str, int]],
    out: str | None,
) -> list[dict[str, Any]]:
    reason, left = still_away.pop(pupil.reference, ("", 0))
    if left == 0 and chance.random() < pupil.absence / 2 * (ON_FRIDAYS if day.weekday() == FRIDAY else 0.9):
        reason = str(chance.choice(list(REASONS), p=list(REASONS.values())))
        left = int(chance.geometric(1 / LASTS.get(reason, 1.0)))
    if left > 0:
        if left > 1:
            still_away[pupil.reference] = reason, left - 1
        afternoon = "\\" if reason == "M" and chance.random() < 0.6 else reason
        return [_mark(pupil, day, "AM", reason), _mark(pupil, day, "PM", afternoon)]
    if out == pupil.year_group:
        code = PLACED_IN_YEAR_GROUP[out]
        return [_mark(pupil, day, "AM", code), _mark(pupil, day, "PM", code)]
    return [_morning(chance, pupil, day), _mark(pupil, day, "PM", "\\")]


def _morning(chance: np.random.Generator, pupil: Pupil, day: date) -> dict[str, Any]:
    if chance.random() >= pupil.lateness:
        return _mark(pupil, day, "AM", "/")
    minutes = int(chance.gamma(2.0, 7.0)) + 1
    return _mark(pupil, day, "AM", "U" if minutes > 30 else "L") | {"minutes_late": minutes}


def _year_group_out(chance: np.random.Generator, day: date) -> str | None:
    return str(chance.choice(list(PLACED_IN_YEAR_GROUP))) if chance.random() < 0.04 else None


def _mark(pupil: Pupil, day: date, session: str, code: str) -> dict[str, Any]:
    return {"pupil": pupil.reference, "date": str(day), "session": session, "code": code}
