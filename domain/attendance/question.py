"""What somebody asks of the registers: which days, of whom, and cut up by what."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

TIME_KEYS = ("day", "week", "month", "half_term", "term", "weekday", "session")
"""What `by` may name of a session; besides these `code`, `school`, and any characteristic of the roll."""


@dataclass(frozen=True)
class Question:
    """The days from `first` to `last`, both counting.

    `cohort` lets through the pupils who have one of the values in every characteristic that it names. `membership`
    says by which day's roll a pupil belongs: "window", the last day of the window, or the pupil's own last day on
    roll within it; "session", the day of each session. `scope` "dfe" takes year groups 1 to 11, less year 11 in half
    term 6.
    """

    first: date
    last: date
    by: tuple[str, ...] = ()
    cohort: tuple[tuple[str, frozenset[str]], ...] = ()
    membership: Literal["window", "session"] = "window"
    scope: Literal["all", "dfe"] = "all"
