"""Invented pupils: references, characteristics, and how each tends to attend. Drawn with a fixed seed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from demonstration.calendar import Year

SEED = 20260901
IN_EACH_YEAR_GROUP = 48


@dataclass(frozen=True)
class Pupil:
    """One invented pupil; `absence` and `lateness` are shares of sessions."""

    reference: str
    first: date
    last: date | None
    year_group: str
    cohorts: dict[str, Any]
    absence: float
    lateness: float

    def on_roll(self) -> dict[str, Any]:
        """The pupil as the API takes one."""
        to = {"to": str(self.last)} if self.last else {}
        named = {"pupil": self.reference, "from": str(self.first), "year_group": self.year_group}
        return named | to | {"cohorts": self.cohorts}


def invent(year: Year) -> list[Pupil]:
    """240 pupils of years 7 to 11: one of them joins in the third week, one leaves in the sixth."""
    chance = np.random.default_rng(SEED)
    pupils = []
    for number in range(5 * IN_EACH_YEAR_GROUP):
        pupils.append(_pupil(chance, number, year))
    return pupils


def _pupil(chance: np.random.Generator, number: int, year: Year) -> Pupil:
    premium = bool(chance.random() < 0.27)
    sen = str(chance.choice(["N", "K", "E"], p=[0.82, 0.135, 0.045]))
    # A long tail: most pupils miss little, a few miss very much.
    absence = float(chance.beta(1.1, 19)) * (1.7 if premium else 1.0) * (1.4 if sen != "N" else 1.0)
    joins, leaves = number == 17, number == 101
    return Pupil(
        reference=f"P{number + 1:04}",
        first=year.first + timedelta(days=19) if joins else date(year.start, 9, 1),
        last=year.first + timedelta(days=37) if leaves else None,
        year_group=str(7 + number // IN_EACH_YEAR_GROUP),
        cohorts={
            "sex": str(chance.choice(["F", "M"])),
            "sen_provision": sen,
            "pupil_premium": premium,
            "fsm_eligible": premium and bool(chance.random() < 0.9),
            "first_language": str(chance.choice(["English", "Other"], p=[0.86, 0.14])),
            "looked_after": bool(chance.random() < 0.012),
        },
        absence=min(absence, 0.7),
        lateness=float(chance.beta(0.8, 28)),
    )
