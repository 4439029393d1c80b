"""Cells: the sums that one school contributes to groups, before schools are put together."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.attendance.codes import COUNTED, LETTERS
from domain.attendance.keys import Key

Sums = npt.NDArray[np.int64]

CODE_NUMBERS = len(LETTERS)

_BYTES_OF_A_KEY = 300


@dataclass(frozen=True, eq=False)
class Cells:
    """One row a key. `totals` has the columns of COUNTED, `codes` one for each number of a code.

    `pupils` holds pupils with a possible session, persistently and severely absent ones; `with_code` the pupils who
    have each code (only where codes are asked for). Neither means anything where `knows_pupils` is False. `through`
    is the ordinal of the last day with anything counted, 0 if there is none.
    """

    keys: list[Key]
    totals: Sums
    codes: Sums
    pupils: Sums
    with_code: Sums
    knows_pupils: npt.NDArray[np.bool_]
    through: int

    @property
    def size(self) -> int:
        """About how many bytes of memory they take."""
        sums = (self.totals, self.codes, self.pupils, self.with_code, self.knows_pupils)
        return sum(part.nbytes for part in sums) + _BYTES_OF_A_KEY * (1 + len(self.keys))


def no_cells(keys: Iterable[Key] = (), *, knows_pupils: bool = True, through: int = 0) -> Cells:
    """Cells of these keys with nothing counted in them."""
    listed = list(keys)
    return Cells(
        keys=listed,
        totals=np.zeros((len(listed), len(COUNTED)), np.int64),
        codes=np.zeros((len(listed), CODE_NUMBERS), np.int64),
        pupils=np.zeros((len(listed), 3), np.int64),
        with_code=np.zeros((len(listed), CODE_NUMBERS), np.int64),
        knows_pupils=np.full(len(listed), knows_pupils, np.bool_),
        through=through,
    )


def put_together(parts: list[Cells]) -> Cells:
    """The sum by key, in order of key. A pupil who is enrolled twice counts twice; unknown pupils stay unknown.

    The parts stay as they are; where there is one with one key, it is the sum.
    """
    if len(parts) == 1 and len(parts[0].keys) == 1:
        return parts[0]
    place: dict[Key, int] = {key: 0 for part in parts for key in part.keys}
    ordered = sorted(place)
    place = {key: number for number, key in enumerate(ordered)}
    whole = no_cells(ordered, through=max((part.through for part in parts), default=0))
    for part in parts:
        # The keys of one part are distinct, so that plain indexing adds every row.
        rows = np.fromiter((place[key] for key in part.keys), np.intp, len(part.keys))
        whole.totals[rows] += part.totals
        whole.codes[rows] += part.codes
        whole.pupils[rows] += part.pupils
        whole.with_code[rows] += part.with_code
        whole.knows_pupils[rows] &= part.knows_pupils
    return whole
