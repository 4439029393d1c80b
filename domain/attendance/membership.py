"""Which sessions of which pupil count, and in which group: on-roll spells cut where the roll changes its mind.

The result are strands: stretches of days in which one pupil is on the roll, in the cohort and in the scope that was
asked for, with the pupil's characteristics in that stretch. A session of a pupil counts if it lies in a strand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from domain.attendance.calendar import Calendar
from domain.attendance.question import Question
from domain.attendance.school import Characteristic, Int32s, School, Spells

DFE_YEAR_GROUPS = tuple(str(year) for year in range(1, 12))
"""Year groups that the Department's statistics cover (pupils aged 5 to 15 when the year starts)."""

LAST_COMPULSORY_YEAR, STUDY_LEAVE_HALF_TERM = "11", 6
"""Study leave would count as absence, so year 11 is left out of the second half of the summer term."""

UNKNOWN = -1

_Keys = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Strands:
    """Stretches of days of one pupil each, sorted by (pupil, first), never overlapping; `last` counts.

    `values` holds, by characteristic, an index into its values, or -1.
    """

    pupil: Int32s
    first: Int32s
    last: Int32s
    values: dict[str, Int32s]

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Strands":
        """The strands that were chosen."""
        if chosen.all():
            return self
        return Strands(
            pupil=self.pupil[chosen],
            first=self.first[chosen],
            last=self.last[chosen],
            values={name: value[chosen] for name, value in self.values.items()},
        )


def strands_of(school: School, question: Question, characteristics: Iterable[str]) -> Strands:
    """The strands of a school that the question counts, with the characteristics named."""
    names = {*characteristics, *(name for name, _ in question.cohort)}
    if question.scope == "dfe":
        names.add("year_group")
    held = {name: school.roll.characteristics.get(name, _nothing_known()) for name in sorted(names)}
    strands = on_roll(school.roll.spells, question.first.toordinal(), question.last.toordinal())
    if question.membership == "window":
        decisive = _last_days_on_roll(strands)[strands.pupil] if len(strands.pupil) else strands.last
    else:
        strands = _cut_at_changes(strands, held.values())
        decisive = strands.first
    strands = replace(strands, values={name: values_on(held[name], strands.pupil, decisive) for name in held})
    for name, allowed in question.cohort:
        strands = strands.where(_has_one_of(held[name], strands.values[name], allowed))
    if question.scope == "dfe":
        strands = _within_dfe_scope(strands, held["year_group"], school.calendars)
    return strands


def on_roll(spells: Spells, first: int, last: int) -> Strands:
    """The spells within the window, as strands without characteristics; spells that overlap become one."""
    within = (spells.first <= last) & (spells.last >= first) & (spells.first <= spells.last)
    pupil = spells.pupil[within]
    starts, ends = np.maximum(spells.first[within], first), np.minimum(spells.last[within], last)
    key = _keys(pupil, starts)
    if (key[1:] < key[:-1]).any():
        order = np.argsort(key, kind="stable")
        pupil, starts, ends = pupil[order], starts[order], ends[order]
    strands = Strands(pupil, starts.astype(np.int32), ends.astype(np.int32), {})
    if ((pupil[1:] == pupil[:-1]) & (starts[1:] <= ends[:-1])).any():
        return _joined(strands)
    return strands


def values_on(held: Characteristic, pupil: Int32s, day: Int32s) -> Int32s:
    """What the roll says of each pupil on each day: the value of the latest entry that isn't later."""
    if not len(held.pupil):
        return np.full(len(pupil), UNKNOWN, np.int32)
    entry = np.searchsorted(_keys(held.pupil, held.since), _keys(pupil, day), side="right") - 1
    found = (entry >= 0) & (held.pupil[entry] == pupil)
    return np.where(found, held.value[entry], np.int32(UNKNOWN))


def study_leave_days(calendars: Iterable[Calendar]) -> list[tuple[date, date]]:
    """The half terms, first and last day, in which year 11 is left out of the Department's scope."""
    return [
        (term.first, term.last)
        for calendar in calendars
        for term in calendar.terms
        if term.half_term == STUDY_LEAVE_HALF_TERM
    ]


def _joined(strands: Strands) -> Strands:
    """Strands that overlap, made one: only a roll that contradicts itself has any, so a plain loop will do."""
    joined: list[tuple[int, int, int]] = []
    for pupil, first, last in zip(
        strands.pupil.tolist(), strands.first.tolist(), strands.last.tolist(), strict=True
    ):
        if joined and joined[-1][0] == pupil and first <= joined[-1][2]:
            joined[-1] = (pupil, joined[-1][1], max(last, joined[-1][2]))
        else:
            joined.append((pupil, first, last))
    columns = np.array(joined, np.int32).reshape(-1, 3)
    return Strands(columns[:, 0], columns[:, 1], columns[:, 2], {})


def _last_days_on_roll(strands: Strands) -> Int32s:
    """By pupil: the last day of their last strand."""
    last = np.zeros(int(strands.pupil.max()) + 1, np.int32)
    np.maximum.at(last, strands.pupil, strands.last)
    return last


def _nothing_known() -> Characteristic:
    nothing = np.zeros(0, np.int32)
    return Characteristic((), nothing, nothing, nothing)


def _keys(pupil: Int32s, day: Int32s) -> _Keys:
    """One number that sorts by pupil, then day."""
    return (pupil.astype(np.int64) << 32) | day


def _has_one_of(held: Characteristic, values: Int32s, allowed: frozenset[str]) -> npt.NDArray[np.bool_]:
    # The last entry stands for "the roll doesn't say", which index -1 finds and no filter lets through.
    passes = np.array([value in allowed for value in held.values] + [False])
    return passes[values]


def _cut_at_changes(strands: Strands, held: Iterable[Characteristic]) -> Strands:
    changes = [_keys(one.pupil, one.since) for one in held]
    return _cut(strands, np.unique(np.concatenate(changes)) if changes else np.zeros(0, np.int64))


def _cut(strands: Strands, cuts: _Keys) -> Strands:
    """The strands, cut before each (pupil, day) of the sorted cuts that falls within one."""
    after = np.searchsorted(cuts, _keys(strands.pupil, strands.first), side="right")
    until = np.searchsorted(cuts, _keys(strands.pupil, strands.last), side="right")
    pieces = until - after + 1
    if (pieces == 1).all():
        return strands
    of = np.repeat(np.arange(len(pieces)), pieces)
    place = np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    is_first, is_last = place == 0, place == pieces[of] - 1
    cut = (cuts & 0xFFFFFFFF).astype(np.int32)
    first, last = strands.first[of], strands.last[of]
    first[~is_first] = cut[(after[of] + place - 1)[~is_first]]
    last[~is_last] = cut[(after[of] + place)[~is_last]] - 1
    return Strands(
        strands.pupil[of], first, last, {name: value[of] for name, value in strands.values.items()}
    )


def _within_dfe_scope(
    strands: Strands, year_group: Characteristic, calendars: tuple[Calendar, ...]
) -> Strands:
    in_scope = _has_one_of(year_group, strands.values["year_group"], frozenset(DFE_YEAR_GROUPS))
    strands = strands.where(in_scope)
    last_year = frozenset({LAST_COMPULSORY_YEAR})
    for first, last in study_leave_days(calendars):
        leaving = _has_one_of(year_group, strands.values["year_group"], last_year)
        pupils = np.unique(strands.pupil[leaving])
        bounds = np.array([first.toordinal(), last.toordinal() + 1], np.int32)
        strands = _cut(strands, np.sort(_keys(np.repeat(pupils, 2), np.tile(bounds, len(pupils)))))
        leaving = _has_one_of(year_group, strands.values["year_group"], last_year)
        strands = strands.where(~(leaving & (strands.first >= bounds[0]) & (strands.first < bounds[1])))
    return strands
