"""Where totals that a school's own system states differ from the marks held: by pupil, or by session and year group.

Every mark held counts, whether or not its pupil was on roll that day: the question is what was taken in, not what is
counted in a measure. A code that isn't stated is stated as none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from domain.attendance.codes import LETTERS, NO_MARK, PLACE_IN_TABLE
from domain.attendance.membership import values_on
from domain.attendance.school import School

Counts = dict[str, int]
"""How many by code; a code with none isn't in it."""

Whose = TypeVar("Whose")

SessionKey = tuple[int, bool]
"""The day's ordinal, and whether it is the afternoon."""

YEAR_GROUP = "year_group"


@dataclass(frozen=True)
class Difference:
    """A code of which another number is stated than is held."""

    code: str
    stated: int
    held: int


def differences_of(
    stated: Mapping[Whose, Mapping[str, int]], held: Mapping[Whose, Mapping[str, int]]
) -> dict[Whose, list[Difference]]:
    """For all that are stated, then those only held: the codes that differ, in the order of the code table."""
    found = {}
    for whose in dict.fromkeys([*stated, *held]):
        said, have = stated.get(whose, {}), held.get(whose, {})
        differing = [code for code in said.keys() | have.keys() if said.get(code, 0) != have.get(code, 0)]
        if differing:
            found[whose] = [
                Difference(code, said.get(code, 0), have.get(code, 0))
                for code in sorted(differing, key=lambda code: PLACE_IN_TABLE[code])
            ]
    return found


def counts_by_pupil(school: School) -> dict[str, Counts]:
    """The marks held of each pupil that has any, by the reference that answers use."""
    marks = school.registers.marks
    found: dict[str, Counts] = {}
    for number in _codes_in(marks):
        counted = np.count_nonzero(marks == number, axis=0)
        for pupil in np.flatnonzero(counted).tolist():
            found.setdefault(school.roll.references[pupil], {})[LETTERS[number]] = int(counted[pupil])
    return found


def counts_by_session(school: School) -> dict[SessionKey, dict[str | None, Counts]]:
    """What is held of each session, by the year group that the roll says of its day, None where it doesn't say.

    Session counts stand in where no register is; those of the whole school, under None, only where no year group's are.
    """
    found = _of_registers(school)
    registers = {
        (int(day), bool(pm)) for day, pm in zip(school.registers.day, school.registers.pm, strict=True)
    }
    in_parts = {(one.day, one.pm) for one in school.session_counts if one.year_group is not None}
    for one in school.session_counts:
        key = one.day, one.pm
        if key in registers or (one.year_group is None and key in in_parts):
            continue
        counts = {LETTERS[number]: count for number, count in one.counts.items() if count}
        if counts:
            found.setdefault(key, {})[one.year_group] = counts
    return found


def alike_divided(
    stated: Mapping[str | None, Counts], held: Mapping[str | None, Counts]
) -> tuple[Mapping[str | None, Counts], Mapping[str | None, Counts]]:
    """Both sides of one session by year group; or both of the whole school, where one side isn't divided."""
    if stated and held and (set(stated) == {None} or set(held) == {None}):
        return {None: _together(stated)}, {None: _together(held)}
    return stated, held


def _together(parts: Mapping[str | None, Counts]) -> Counts:
    whole: Counts = {}
    for counts in parts.values():
        for code, count in counts.items():
            whole[code] = whole.get(code, 0) + count
    return whole


def _of_registers(school: School) -> dict[SessionKey, dict[str | None, Counts]]:
    registers = school.registers
    found: dict[SessionKey, dict[str | None, Counts]] = {}
    year_groups = school.roll.characteristics.get(YEAR_GROUP)
    everybody = np.arange(registers.marks.shape[1], dtype=np.int32)
    for line, (day, pm) in enumerate(zip(registers.day.tolist(), registers.pm.tolist(), strict=True)):
        marks = registers.marks[line]
        there = everybody[marks != NO_MARK]
        names: Sequence[str] = ()
        said = np.full(there.size, -1)
        if year_groups is not None:
            names = year_groups.values
            said = values_on(year_groups, there, np.full(there.size, day, np.int32))
        pairs, counted = np.unique(np.stack([said, marks[there]]), axis=1, return_counts=True)
        for value, number, count in zip(*pairs.tolist(), counted.tolist(), strict=True):
            year_group = names[value] if value >= 0 else None
            found.setdefault((day, pm), {}).setdefault(year_group, {})[LETTERS[number]] = count
    return found


def _codes_in(marks: npt.NDArray[np.uint8]) -> list[int]:
    return [number for number in np.unique(marks).tolist() if number != NO_MARK]
