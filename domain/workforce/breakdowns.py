"""Which rows of a count may be shown where it is broken down in several ways: by role, by subject, and by both.

Each breakdown tells of the others. All who left of a role, less those of its subjects that are shown, are the others of
that role; so what may be shown is settled for all breakdowns at once, whichever of them is asked for.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Name = tuple[str, str]
"""A role and a subject, as they are compared; either is empty where it isn't told, or isn't asked for."""

Row = frozenset[int]
"""What a row counts, by the places of the cells."""

Numbers = npt.NDArray[np.float64]

NEARLY = 1e-6


def names_withheld(cells: Mapping[Name, int], least: int) -> list[set[Name]]:
    """The rows to withhold by role, by subject and by both, of counts by both.

    Withheld are the rows of 1 to `least - 1`, and the smallest others that it takes until none of those is a sum of
    what is shown and of all together, and until nothing that is left over of a row is so few.
    """
    counts = list(cells.values())
    tables = [
        _rows([(role, "") for role, _ in cells]),
        _rows([("", subject) for _, subject in cells]),
        _rows(list(cells)),
    ]
    everything = frozenset(range(len(counts)))
    rows = {everything, *(row for table in tables for row in table.values())}
    number = {row: sum(counts[place] for place in row) for row in rows}
    shown = {row for row in rows - {everything} if not 0 < number[row] < least}
    few = sorted(rows - {everything} - shown, key=sorted)
    while to_hide := _that_tell(tables, shown, few, number, least):
        shown -= to_hide
    return [
        {name for name, row in table.items() if row not in shown and row != everything} for table in tables
    ]


def _rows(names: Sequence[Name]) -> dict[Name, Row]:
    return {
        name: frozenset(place for place, other in enumerate(names) if other == name)
        for name in dict.fromkeys(names)
    }


def _that_tell(
    tables: Sequence[Mapping[Name, Row]],
    shown: set[Row],
    few: Sequence[Row],
    number: Mapping[Row, int],
    least: int,
) -> set[Row]:
    """Of those shown the smallest of each sum by which something small is told."""
    everything = frozenset().union(*number)
    sums = _sums(shown, few, everything)
    for table in tables:
        for whole in {everything, *shown}:
            parts = [row for row in table.values() if row in shown and row < whole]
            if parts and 0 < number[whole] - sum(number[row] for row in parts) < least:
                sums.append(parts)
    return {min(rows, key=lambda row: (number[row], sorted(row))) for rows in sums}


def _sums(shown: set[Row], few: Sequence[Row], everything: Row) -> list[list[Row]]:
    """For each small row that is a sum of rows shown, taken so many times or away, and of all together: which rows."""
    if not few or not shown:
        return []
    rows = sorted(shown, key=sorted)
    known = _as_numbers([*rows, everything], len(everything)).T
    wanted = _as_numbers(few, len(everything)).T
    times = np.linalg.lstsq(known, wanted, rcond=None)[0]
    found = np.abs(known @ times - wanted).max(axis=0) < NEARLY
    sums = [
        [row for row, often in zip(rows, times[:-1, place], strict=True) if abs(often) > NEARLY]
        for place in np.flatnonzero(found)
    ]
    return [sum_ for sum_ in sums if sum_]


def _as_numbers(rows: Sequence[Row], cells: int) -> Numbers:
    return np.array([[float(cell in row) for cell in range(cells)] for row in rows])
