"""What a service loads of one school before attendance is worked out: roll, registers, counts, calendars.

Days are proleptic ordinals (`date.toordinal`), pupils are places in the roll, codes are the numbers of `codes.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from domain.attendance.calendar import Calendar
from domain.attendance.codes import NUMBERS

Int32s = npt.NDArray[np.int32]

OPEN_END = date.max.toordinal()
"""The last day of a spell that nobody has ended."""


@dataclass(frozen=True, eq=False)
class Spells:
    """When pupils were on the roll: one entry a spell, `first` and `last` both counting."""

    pupil: Int32s
    first: Int32s
    last: Int32s


@dataclass(frozen=True, eq=False)
class Characteristic:
    """One characteristic of all pupils through time, sorted by (pupil, since).

    `value` is an index into `values`, or -1 where the roll doesn't say; it holds from the day `since` (0: from the
    beginning) until the pupil's next entry.
    """

    values: tuple[str, ...]
    pupil: Int32s
    since: Int32s
    value: Int32s


@dataclass(frozen=True, eq=False)
class Roll:
    """The pupils that a school has or had: their references by place, spells, and characteristics by name."""

    references: Sequence[str]
    spells: Spells
    characteristics: dict[str, Characteristic] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Registers:
    """The registers held, one row a session, sorted by (day, pm); `marks` is sessions by pupils, numbers of codes."""

    day: Int32s
    pm: npt.NDArray[np.bool_]
    marks: npt.NDArray[np.uint8]
    whole: "Registers | None" = None
    """What these are a part of."""

    @cached_property
    def codes(self) -> tuple[int, ...]:
        """The numbers of the codes that stand anywhere in the whole: few of all that there are."""
        if self.whole is not None:
            return self.whole.codes
        there = self.marks.tobytes()
        return tuple(number for number in set(NUMBERS.values()) if number in there)


@dataclass(frozen=True)
class SessionCount:
    """How many pupils had each code in one session, of one year group or (None) of the whole school."""

    day: int
    pm: bool
    year_group: str | None
    counts: dict[int, int]


@dataclass(frozen=True, eq=False)
class School:
    """One school; `key` is its URN."""

    key: str
    roll: Roll
    registers: Registers
    session_counts: tuple[SessionCount, ...] = ()
    calendars: tuple[Calendar, ...] = ()
