"""A pupil as a push of the roll names them, and what can be wrong between the rows of one push."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from domain.errors import Fault
from domain.spells import Spell, overlap


@dataclass(frozen=True)
class Row:
    """A pupil as pushed. `last` counts; `values` holds what the row names, None where it clears.

    Where it stands is told by `pointer` (JSON) or `number` (a row of CSV).
    """

    reference: str
    aliases: tuple[str, ...]
    first: date
    last: date | None = None
    values: Mapping[str, str | None] = field(default_factory=dict)
    pointer: str | None = None
    number: int | None = None

    @property
    def references(self) -> frozenset[str]:
        """Every reference that the row gives the pupil."""
        return frozenset((self.reference, *self.aliases))

    def fault(self, detail: str) -> Fault:
        """Something wrong with the row, said at its place."""
        return Fault(detail, pointer=self.pointer, row=self.number, pupil=self.reference)


def faults_of_rows(rows: Sequence[Row]) -> Iterator[Fault]:
    """What is wrong whatever is held: times that end before they begin, references that two pupils claim."""
    claimed: dict[str, Row] = {}
    for row in rows:
        if row.last is not None and row.last < row.first:
            yield row.fault(f"`to` ({row.last}) is before `from` ({row.first}); it is the last day on roll.")
        for reference in sorted(row.references):
            other = claimed.setdefault(reference, row)
            if other.reference != row.reference:
                yield row.fault(
                    f"The reference “{reference}” is claimed by two pupils, “{row.reference}” here and"
                    f" “{other.reference}”{_where(other)}; it can belong to one only."
                )


def contradictions(rows: Sequence[Row]) -> Iterator[Fault]:
    """What is wrong between rows that name one pupil: times on roll that share a day, differing characteristics."""
    by_day = sorted(rows, key=lambda row: row.first)
    for earlier, later in pairwise(by_day):
        if overlap(Spell(earlier.first, earlier.last), Spell(later.first, later.last)):
            yield later.fault(
                f"{_same_pupil(later, earlier)}, and the two times on roll overlap; give each time on roll once."
            )
    yield from _differing_values(rows)


def _differing_values(rows: Sequence[Row]) -> Iterator[Fault]:
    said: dict[str, Row] = {}
    for row in rows:
        for name, value in row.values.items():
            other = said.setdefault(name, row)
            if other.values[name] != value:
                yield row.fault(
                    f"{_same_pupil(row, other)}, with another {name}; say the present one in both, or in one only."
                )


def _same_pupil(row: Row, other: Row) -> str:
    if row.reference == other.reference:
        return f"“{row.reference}” is named here and also{_where(other)}"
    return f"“{row.reference}” is held as the same pupil as “{other.reference}”{_where(other)}"


def _where(row: Row) -> str:
    if row.pointer is not None:
        return f" at {row.pointer}"
    return f" in row {row.number}" if row.number is not None else ""
