"""The roll as its tables hold it: pupils as the plan of a push takes them, and as arrays for attendance.

A row is never changed but for `superseded_at`, so both can be read as they stood at any time. References aren't
versioned: a pupil who was joined to another later stands apart again, under the name that answers used.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import bindparam, or_, select

from domain.attendance.school import OPEN_END, Characteristic, Roll, Spells
from domain.cohorts import value_order
from domain.roll import Held
from domain.spells import Spell
from models import Ledger, Pupil, PupilCharacteristic, PupilReference
from models import Spell as SpellRow
from services.memory import Memory
from services.prepared import Prepared
from services.unit_of_work import UnitOfWork
from services.versions import held_at

Said = tuple[str, date | None, str | None]
"""A characteristic, since when, and its value."""

NOT_SAID = -1
MOST_PUPILS_IN_MEMORY = 50_000

_roll_revision = Prepared(select(Ledger.roll_revision).where(Ledger.school_id == bindparam("school_id")))


@dataclass(frozen=True)
class HeldPupils:
    """Every pupil of a school, and which rows hold what is held of each."""

    pupils: list[Held]
    spells: dict[int, dict[Spell, list[int]]]
    """Pupil → time on roll → its rows' ids."""
    values: dict[int, dict[Said, list[int]]]
    """Pupil → what the roll says → its rows' ids."""


@dataclass(frozen=True, eq=False)
class HeldRoll:
    """The roll as arrays; `pupils[i]` is the id of the pupil whose reference is `roll.references[i]`, ascending."""

    roll: Roll
    pupils: npt.NDArray[np.int64]


_memory: Memory[tuple[str, int], HeldRoll] = Memory(MOST_PUPILS_IN_MEMORY)


def load_pupils(work: UnitOfWork, school_id: int, as_of: datetime | None) -> HeldPupils:
    """All pupils of a school as they are, or as they were at a time, the oldest first. Four statements."""
    named = _pupils(work, school_id, as_of)
    references = _references(work, school_id, dict(named))
    spells, values = _spells(work, school_id, as_of), _values(work, school_id, as_of)
    pupils = [
        Held(
            pupil=pupil,
            reference=reference,
            aliases=frozenset(references[pupil] - {reference}),
            spells=tuple(spells.get(pupil, ())),
            values=_histories(values.get(pupil, ())),
        )
        for pupil, reference in named
    ]
    return HeldPupils(pupils, spells, values)


def load_roll(
    work: UnitOfWork, school_id: int, as_of: datetime | None, revision: int | None = None
) -> HeldRoll:
    """The roll as attendance takes it, as it is, or as it was at a time.

    The present one is kept in memory under the number that the database has for it, which each transaction asks anew:
    so no process ever answers from a roll that another has changed. `revision` is that number, if it was read already.
    """
    if as_of is not None or work.writes:
        return _read_roll(work, school_id, as_of)
    at = (work.tools.database.url, school_id)
    if revision is None:
        revision = _revision(work, school_id)
    found = _memory.find(at, revision)
    if found is None:
        found = _read_roll(work, school_id, None)
        if _revision(work, school_id) == revision:
            _memory.keep(at, revision, found, len(found.pupils))
    return found


def forget_rolls() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _memory.forget()


# As pupils


def _pupils(work: UnitOfWork, school_id: int, as_of: datetime | None) -> list[tuple[int, str]]:
    apart = (
        Pupil.merged_at.is_(None)
        if as_of is None
        else or_(Pupil.merged_at.is_(None), Pupil.merged_at > as_of)
    )
    rows = work.connection.execute(
        select(Pupil.id, Pupil.reference).where(Pupil.school_id == school_id, apart).order_by(Pupil.id)
    )
    return [(row.id, row.reference) for row in rows]


def _references(work: UnitOfWork, school_id: int, named: dict[int, str]) -> dict[int, set[str]]:
    """Pupil → all references, with those that answers use left to whom they name."""
    references: dict[int, set[str]] = defaultdict(set)
    names = set(named.values())
    for reference, pupil in work.connection.execute(
        select(PupilReference.reference, PupilReference.pupil_id).where(PupilReference.school_id == school_id)
    ).all():
        if reference not in names:
            references[pupil].add(reference)
    return references


def _spells(work: UnitOfWork, school_id: int, as_of: datetime | None) -> dict[int, dict[Spell, list[int]]]:
    spells: dict[int, dict[Spell, list[int]]] = defaultdict(dict)
    for row in work.connection.execute(
        select(SpellRow.id, SpellRow.pupil_id, SpellRow.first, SpellRow.last, SpellRow.listed)
        .where(SpellRow.school_id == school_id, held_at(SpellRow, as_of))
        .order_by(SpellRow.pupil_id, SpellRow.first, SpellRow.id)
    ).all():
        spell = Spell(date.fromordinal(row.first), _day(row.last), row.listed)
        spells[row.pupil_id].setdefault(spell, []).append(row.id)
    return spells


def _values(work: UnitOfWork, school_id: int, as_of: datetime | None) -> dict[int, dict[Said, list[int]]]:
    values: dict[int, dict[Said, list[int]]] = defaultdict(dict)
    for row_id, pupil, name, value, since in _rows_of_values(work, school_id, as_of, PupilCharacteristic.id):
        values[pupil].setdefault((name, _day(since), value), []).append(row_id)
    return values


def _rows_of_values(work: UnitOfWork, school_id: int, as_of: datetime | None, *first: Any) -> Sequence[Any]:
    said = PupilCharacteristic
    return work.connection.execute(
        select(*first, said.pupil_id, said.name, said.value, said.since).where(
            said.school_id == school_id, held_at(said, as_of)
        )
    ).all()


def _histories(said: Iterable[Said]) -> dict[str, tuple[tuple[date | None, str | None], ...]]:
    by_name: dict[str, list[tuple[date | None, str | None]]] = defaultdict(list)
    for name, since, value in said:
        by_name[name].append((since, value))
    return {
        name: tuple(sorted(entries, key=lambda entry: entry[0] or date.min))
        if len(entries) > 1
        else (entries[0],)
        for name, entries in by_name.items()
    }


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


# As arrays


def _read_roll(work: UnitOfWork, school_id: int, as_of: datetime | None) -> HeldRoll:
    named = _pupils(work, school_id, as_of)
    pupils = np.array([pupil for pupil, _ in named], np.int64)
    return HeldRoll(
        Roll(
            references=[reference for _, reference in named],
            spells=_spells_as_arrays(work, school_id, as_of, pupils),
            characteristics=_characteristics(work, school_id, as_of, pupils),
        ),
        pupils,
    )


def _spells_as_arrays(
    work: UnitOfWork, school_id: int, as_of: datetime | None, pupils: npt.NDArray[np.int64]
) -> Spells:
    rows = work.connection.execute(
        select(SpellRow.pupil_id, SpellRow.first, SpellRow.last)
        .where(SpellRow.school_id == school_id, held_at(SpellRow, as_of))
        .order_by(SpellRow.pupil_id, SpellRow.first)
    ).all()
    return Spells(
        pupil=_indices(pupils, [row[0] for row in rows]),
        first=np.array([row[1] for row in rows], np.int32),
        last=np.array([OPEN_END if row[2] is None else row[2] for row in rows], np.int32),
    )


def _characteristics(
    work: UnitOfWork, school_id: int, as_of: datetime | None, pupils: npt.NDArray[np.int64]
) -> dict[str, Characteristic]:
    by_name: dict[str, list[tuple[int, int, str | None]]] = defaultdict(list)
    for pupil, name, value, since in _rows_of_values(work, school_id, as_of):
        by_name[name].append((pupil, since or 0, value))
    return {name: _characteristic(name, entries, pupils) for name, entries in by_name.items()}


def _characteristic(
    name: str, entries: list[tuple[int, int, str | None]], pupils: npt.NDArray[np.int64]
) -> Characteristic:
    number = value_order(name)
    pupil = _indices(pupils, [entry[0] for entry in entries])
    since = np.array([entry[1] for entry in entries], np.int32)
    value = np.array([NOT_SAID if entry[2] is None else number[entry[2]] for entry in entries], np.int32)
    order = np.lexsort((since, pupil))
    return Characteristic(tuple(value_order(name)), pupil[order], since[order], value[order])


def _indices(pupils: npt.NDArray[np.int64], ids: list[int]) -> npt.NDArray[np.int32]:
    return np.searchsorted(pupils, np.array(ids, np.int64)).astype(np.int32)


def _revision(work: UnitOfWork, school_id: int) -> int:
    row = _roll_revision.one_or_none(work.connection, {"school_id": school_id})
    assert row is not None  # noqa: S101  every school has a ledger
    return int(row[0])
