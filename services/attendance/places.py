"""Which place each pupil's marks have in the registers of an academic year, by any reference to the pupil.

Put together from the rows of the roll once for each state of it, then kept: in memory, and as one row of the database,
so that a process that knows nothing of a school yet has it with one short read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from sqlalchemy import and_, bindparam, delete, func, insert, select

from domain.attendance.school import OPEN_END
from models import KeptPlaces, Place, PupilReference, Spell
from services.audit import OpenLedger
from services.memory import Memory
from services.prepared import Prepared
from services.unit_of_work import UnitOfWork

Ints = npt.NDArray[np.int32]
Wide = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST_REFERENCES_IN_MEMORY = 200_000

UNKNOWN = -1

NEVER = OPEN_END, 0
"""No day at all, as a first and a last."""

_INT, _WIDE, _FLAG = np.dtype("<i4"), np.dtype("<i8"), np.dtype("?")
_KINDS: tuple[np.dtype[Any], ...] = (_WIDE, _WIDE, _INT, _INT, _INT, _FLAG)
"""Of the columns of spells."""

_of_the_year = and_(
    Place.school_id == bindparam("school_id"), Place.academic_year == bindparam("academic_year")
)
_references = Prepared(
    select(
        PupilReference.reference, PupilReference.pupil_id, func.coalesce(Place.place, bindparam("unknown"))
    )
    .outerjoin(Place, and_(_of_the_year, Place.pupil_id == PupilReference.pupil_id))
    .where(PupilReference.school_id == bindparam("school_id"))
    .order_by(Place.place, PupilReference.reference)
)
_spells = Prepared(
    select(
        Spell.id,
        Spell.pupil_id,
        func.coalesce(Place.place, bindparam("unknown")),
        Spell.first,
        func.coalesce(Spell.last, bindparam("open_end")),
        Spell.listed,
    )
    .outerjoin(Place, and_(_of_the_year, Place.pupil_id == Spell.pupil_id))
    .where(Spell.school_id == bindparam("school_id"), Spell.superseded_at.is_(None))
)
_this = (
    KeptPlaces.school_id == bindparam("of_school"),
    KeptPlaces.academic_year == bindparam("of_year"),
)
KEPT = (KeptPlaces.roll_revision.label("places_revision"), KeptPlaces.packed)
"""What kept places are read from."""
_kept = Prepared(select(*KEPT).where(*_this))
_drop = Prepared(delete(KeptPlaces).where(*_this))
_keep = Prepared(insert(KeptPlaces))


@dataclass(frozen=True, eq=False)
class Spells:
    """Times on roll in columns: row, pupil and place (`UNKNOWN` for none), first and last day, whether a roll tells."""

    id: Wide
    pupil: Wide
    place: Ints
    first: Ints
    last: Ints
    listed: Flags

    @property
    def columns(self) -> tuple[npt.NDArray[Any], ...]:
        """All of them, in this order."""
        return self.id, self.pupil, self.place, self.first, self.last, self.listed

    def where(self, chosen: Flags) -> "Spells":
        """Those that were chosen."""
        return self if chosen.all() else Spells(*(column[chosen] for column in self.columns))


@dataclass(frozen=True, eq=False)
class Places:
    """The pupils of one school, and their places in one academic year (named by the calendar year it starts in)."""

    references: list[str]
    pupil: Wide
    """Whom each reference means."""
    place: Ints
    """The place of each reference's pupil, `UNKNOWN` where there is none."""
    spells: Spells

    @cached_property
    def pupil_of(self) -> dict[str, int]:
        """The pupil whom each reference means."""
        return dict(zip(self.references, self.pupil.tolist(), strict=True))

    @cached_property
    def place_of(self) -> dict[str, int]:
        """The place of each reference to a pupil who has one."""
        places = zip(self.references, self.place.tolist(), strict=True)
        return {reference: place for reference, place in places if place != UNKNOWN}

    @cached_property
    def placed(self) -> frozenset[int]:
        """The pupils who have a place."""
        return frozenset(self.pupil[self.place != UNKNOWN].tolist())

    @cached_property
    def width(self) -> int:
        """How many places a register must have to hold everybody."""
        return int(self.place.max(initial=UNKNOWN)) + 1

    def all_on_roll(self, first: int, last: int) -> bool:
        """Whether everybody who has a place is sure to be on roll on all of these days."""
        all_from, all_until = self._all_there
        return all_from <= first and last <= all_until

    def on_roll(self, days: Ints, width: int) -> npt.NDArray[np.bool_]:
        """For each day, who is on roll: days by places."""
        spells = self._spells_with_place
        present = np.zeros((days.size, width), np.bool_)
        for line, day in enumerate(days.tolist()):
            present[line, spells.place[(spells.first <= day) & (day <= spells.last)]] = True
        return present

    def find_all(self, names: Sequence[tuple[str, ...]]) -> Ints:
        """The place of each pupil, named by one or several references; UNKNOWN where it isn't settled yet.

        It is settled when every reference given is known, and all of them mean the same pupil.
        """
        every = list(chain.from_iterable(names))
        if len(every) == len(names):
            return self.find_each(every)
        found = self.find_each([references[0] for references in names]).copy()
        for number, references in enumerate(names):
            if any(self.place_of.get(other, UNKNOWN) != found[number] for other in references[1:]):
                found[number] = UNKNOWN
        return found

    def find_each(self, references: Sequence[str]) -> Ints:
        """The place of each pupil, named by one reference; UNKNOWN where there is none."""
        if references == self.references:
            return self.place  # a whole school in the order in which it came, as its system mostly lists it
        found = map(self.place_of.get, references, repeat(UNKNOWN))
        return np.fromiter(found, np.int32, len(references))

    def is_stranger(self, references: tuple[str, ...]) -> bool:
        """Whether none of the references means anybody."""
        return not any(reference in self.pupil_of for reference in references)

    def is_news(self, references: tuple[str, ...], day: int) -> bool:
        """Whether a mark on a day tells when somebody was first there: a stranger, or one whom only marks know."""
        pupil = next((self.pupil_of[name] for name in references if name in self.pupil_of), None)
        return pupil is None or (pupil in self.unlisted and day < self.unlisted[pupil][1])

    @cached_property
    def _spells_with_place(self) -> Spells:
        return self.spells.where(self.spells.place != UNKNOWN)

    @cached_property
    def _all_there(self) -> tuple[int, int]:
        """The first and the last day on which all are there, each by one spell; none where somebody has no spell."""
        spells = self._spells_with_place
        there = np.zeros(self.width, np.bool_)
        there[spells.place] = True
        return (
            (int(spells.first.max(initial=0)), int(spells.last.min(initial=OPEN_END)))
            if there.all()
            else NEVER
        )

    @cached_property
    def first_known(self) -> Wide:
        """By place: the first day of a pupil that only marks tell of; 0, before any day, for all others."""
        first = np.zeros(self.width + 1, np.int64)
        told = self._spells_with_place
        first[told.place[~told.listed]] = told.first[~told.listed]
        return first

    @cached_property
    def unlisted(self) -> dict[int, tuple[int, int]]:
        """Pupils that only marks tell of: their spell's id and first day."""
        if self.spells.listed.all():
            return {}
        told = self.spells.where(~self.spells.listed)
        return dict(
            zip(told.pupil.tolist(), zip(told.id.tolist(), told.first.tolist(), strict=True), strict=True)
        )


class _Packed(msgspec.Struct, array_like=True):
    """Places as they are kept: their columns as bytes, those of the spells behind."""

    references: list[str]
    pupil: bytes
    place: bytes
    spells: tuple[bytes, ...]


_packed = msgspec.msgpack.Decoder(_Packed)
_memory: Memory[tuple[str, int, int], Places] = Memory(MOST_REFERENCES_IN_MEMORY)


def places_in(work: UnitOfWork, ledger: OpenLedger, academic_year: int) -> Places:
    """The places of a school as its roll stands in this unit of work.

    What was put together before is used again only while the roll's revision, read with the ledger, is the same. What
    this transaction itself has changed is never kept in memory: it may yet be taken back, as the row would be.
    """
    if ledger.roll_moved:
        return _put_together(work, ledger, academic_year)
    at = (work.tools.database.url, ledger.school_id, academic_year)
    places = _memory.find(at, ledger.roll_revision)
    if places is None:
        places = _read_kept(work, ledger, academic_year)
        if places is None:
            places = _put_together(work, ledger, academic_year)
        _memory.keep(at, ledger.roll_revision, places, len(places.references))
    return places


def are_known(work: UnitOfWork, school_id: int, academic_year: int) -> bool:
    """Whether the memory has places of a school, of whatever state of its roll."""
    return _memory.holds((work.tools.database.url, school_id, academic_year))


def were_read(work: UnitOfWork, school_id: int, academic_year: int, row: Sequence[Any]) -> None:
    """Take the columns of `KEPT`, read along with the ledger, as what is kept of a school's places."""
    work.ahead[KeptPlaces, school_id, academic_year] = row


def forget_places() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _memory.forget()


def _put_together(work: UnitOfWork, ledger: OpenLedger, academic_year: int) -> Places:
    work.needs_lock()
    places = _read_rows(work, ledger, academic_year)
    _keep_row(work, ledger, academic_year, places)
    return places


def _read_rows(work: UnitOfWork, ledger: OpenLedger, academic_year: int) -> Places:
    asked = {"school_id": ledger.school_id, "academic_year": academic_year, "unknown": UNKNOWN}
    references = _references.all(work.connection, asked)
    spells = _spells.all(work.connection, asked | {"open_end": OPEN_END})
    return Places(
        [reference for reference, _, _ in references],
        np.array([pupil for _, pupil, _ in references], _WIDE),
        np.array([place for _, _, place in references], _INT),
        Spells(*(np.array([row[number] for row in spells], kind) for number, kind in enumerate(_KINDS))),
    )


def _read_kept(work: UnitOfWork, ledger: OpenLedger, academic_year: int) -> Places | None:
    row = work.ahead.get((KeptPlaces, ledger.school_id, academic_year))
    if row is None:
        row = _kept.one_or_none(work.connection, {"of_school": ledger.school_id, "of_year": academic_year})
    if row is None or row[0] != ledger.roll_revision:
        return None
    packed = _packed.decode(row[1])
    spells = (np.frombuffer(column, kind) for column, kind in zip(packed.spells, _KINDS, strict=True))
    return Places(
        packed.references,
        np.frombuffer(packed.pupil, _WIDE),
        np.frombuffer(packed.place, _INT),
        Spells(*spells),
    )


def _keep_row(work: UnitOfWork, ledger: OpenLedger, academic_year: int, places: Places) -> None:
    spells = tuple(column.tobytes() for column in places.spells.columns)
    packed = _Packed(places.references, places.pupil.tobytes(), places.place.tobytes(), spells)
    of = {"school_id": ledger.school_id, "academic_year": academic_year}
    _drop.run(work.connection, [{"of_school": ledger.school_id, "of_year": academic_year}])
    _keep.run(
        work.connection,
        [of | {"roll_revision": ledger.roll_revision, "packed": msgspec.msgpack.encode(packed)}],
    )
    ledger.roll_told = True
