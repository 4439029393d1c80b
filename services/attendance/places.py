"""Which place each pupil's marks have in the registers of an academic year, by any reference to the pupil."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import repeat
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, and_, bindparam, func, insert, select, update

from domain.attendance.school import OPEN_END
from models import Place, Pupil, PupilReference, Spell
from services.audit import OpenLedger

Ints = npt.NDArray[np.int32]
Wide = npt.NDArray[np.int64]

MOST_REFERENCES_CACHED = 200_000

UNKNOWN = -1

_references = (
    select(PupilReference.reference, PupilReference.pupil_id, Place.place)
    .outerjoin(
        Place,
        and_(
            Place.school_id == PupilReference.school_id,
            Place.academic_year == bindparam("academic_year"),
            Place.pupil_id == PupilReference.pupil_id,
        ),
    )
    .where(PupilReference.school_id == bindparam("school_id"))
)
_spells = select(Spell.id, Spell.pupil_id, Spell.first, Spell.last, Spell.listed).where(
    Spell.school_id == bindparam("school_id"), Spell.superseded_at.is_(None)
)


@dataclass
class Places:
    """The pupils of one school, and their places in one academic year (named by the calendar year it starts in)."""

    school_id: int
    academic_year: int
    pupil_of: dict[str, int] = field(default_factory=dict)
    place_of: dict[str, int] = field(default_factory=dict)
    place_of_pupil: dict[int, int] = field(default_factory=dict)
    spells: list[tuple[int, int, int, int | None, bool]] = field(default_factory=list)
    """Id, pupil, first and last day (ordinals), whether listed."""

    @cached_property
    def width(self) -> int:
        """How many places a register must have to hold everybody."""
        return max(self.place_of_pupil.values(), default=-1) + 1

    def on_roll(self, days: Ints, width: int) -> npt.NDArray[np.bool_]:
        """For each day, who is on roll: days by places."""
        place, first, last = self._spells_by_place
        present = np.zeros((days.size, width), np.bool_)
        for line, day in enumerate(days.tolist()):
            present[line, place[(first <= day) & (day <= last)]] = True
        return present

    def find_all(self, names: Sequence[tuple[str, ...]]) -> Ints:
        """The place of each pupil, named by one or several references; UNKNOWN where it isn't settled yet.

        It is settled when every reference given is known, and all of them mean the same pupil.
        """
        find = self.place_of.get
        first = map(itemgetter(0), names)
        found = np.fromiter(map(find, first, repeat(UNKNOWN)), np.int32, len(names))
        if max(map(len, names), default=1) > 1:
            for number, references in enumerate(names):
                if any(find(other, UNKNOWN) != found[number] for other in references[1:]):
                    found[number] = UNKNOWN
        return found

    def is_stranger(self, references: tuple[str, ...]) -> bool:
        """Whether none of the references means anybody."""
        return not any(reference in self.pupil_of for reference in references)

    def is_news(self, references: tuple[str, ...], day: int) -> bool:
        """Whether a mark on a day tells when somebody was first there: a stranger, or one whom only marks know."""
        pupil = next((self.pupil_of[name] for name in references if name in self.pupil_of), None)
        return pupil is None or (pupil in self.unlisted and day < self.unlisted[pupil][1])

    @cached_property
    def _spells_by_place(self) -> tuple[Wide, Wide, Wide]:
        placed = [spell for spell in self.spells if spell[1] in self.place_of_pupil]
        return (
            np.array([self.place_of_pupil[pupil] for _, pupil, _, _, _ in placed], np.int64),
            np.array([first for _, _, first, _, _ in placed], np.int64),
            np.array([OPEN_END if last is None else last for _, _, _, last, _ in placed], np.int64),
        )

    @cached_property
    def first_known(self) -> Wide:
        """By place: the first day of a pupil that only marks tell of; 0, before any day, for all others."""
        first = np.zeros(self.width + 1, np.int64)
        for pupil, (_, day) in self.unlisted.items():
            if pupil in self.place_of_pupil:
                first[self.place_of_pupil[pupil]] = day
        return first

    @cached_property
    def unlisted(self) -> dict[int, tuple[int, int]]:
        """Pupils that only marks tell of: their spell's id and first day."""
        return {pupil: (spell, first) for spell, pupil, first, _, listed in self.spells if not listed}


class _Cache:
    """Places by school and year, dropped oldest first; each is used only while the ledger still has its revision."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, int, int], tuple[int, Places]] = OrderedDict()
        self._references = 0

    def get(self, database: str, school_id: int, year: int, revision: int) -> Places | None:
        with self._lock:
            held = self._held.get((database, school_id, year))
            if held is None or held[0] != revision:
                return None
            self._held.move_to_end((database, school_id, year))
            return held[1]

    def put(self, database: str, places: Places, revision: int) -> None:
        key = (database, places.school_id, places.academic_year)
        with self._lock:
            before = self._held.pop(key, None)
            self._references += len(places.pupil_of) - (len(before[1].pupil_of) if before else 0)
            self._held[key] = revision, places
            while self._references > MOST_REFERENCES_CACHED and len(self._held) > 1:
                self._references -= len(self._held.popitem(last=False)[1][1].pupil_of)


_cache = _Cache()


def places_in(connection: Connection, ledger: OpenLedger, academic_year: int) -> Places:
    """The places of a school whose ledger is locked; don't change the answer.

    What was read before is used again only while the roll's revision, read with the lock, is the same; and what this
    transaction itself has changed is never kept, because it may yet be taken back.
    """
    database = str(connection.engine.url)
    if not ledger.roll_moved:
        held = _cache.get(database, ledger.school_id, academic_year, ledger.roll_revision)
        if held is not None:
            return held
    places = Places(ledger.school_id, academic_year)
    given = {"school_id": ledger.school_id}
    for reference, pupil, place in connection.execute(_references, given | {"academic_year": academic_year}):
        places.pupil_of[reference] = pupil
        if place is not None:
            places.place_of[reference] = place
            places.place_of_pupil[pupil] = place
    places.spells = [
        (row.id, row.pupil_id, row.first, row.last, row.listed) for row in connection.execute(_spells, given)
    ]
    if not ledger.roll_moved:
        _cache.put(database, places, ledger.roll_revision)
    return places


def add_pupils(
    connection: Connection, ledger: OpenLedger, pupils: Sequence[tuple[Sequence[str], int]]
) -> list[int]:
    """Pupils never seen before: all references of each, the answered one first, and the first day they are known of."""
    ledger.move_roll()
    rows = [{"school_id": ledger.school_id, "reference": references[0]} for references, _ in pupils]
    ids = list(connection.scalars(insert(Pupil).returning(Pupil.id, sort_by_parameter_order=True), rows))
    name_pupils(
        connection,
        ledger,
        [
            (reference, pupil)
            for (references, _), pupil in zip(pupils, ids, strict=True)
            for reference in references
        ],
    )
    connection.execute(
        insert(Spell),
        [
            _spell(ledger.school_id, pupil, first, None, ledger.now)
            for (_, first), pupil in zip(pupils, ids, strict=True)
        ],
    )
    return ids


def name_pupils(connection: Connection, ledger: OpenLedger, names: Sequence[tuple[str, int]]) -> None:
    """Further references to pupils."""
    if names:
        ledger.move_roll()
        rows = [
            {"school_id": ledger.school_id, "reference": name, "pupil_id": pupil} for name, pupil in names
        ]
        connection.execute(insert(PupilReference), rows)


def add_places(connection: Connection, ledger: OpenLedger, academic_year: int, pupils: Iterable[int]) -> None:
    """Places behind all that were ever given in the year, in the order of arrival."""
    pupils = list(pupils)
    if not pupils:
        return
    ledger.move_roll()
    taken = connection.scalar(
        select(func.max(Place.place)).where(
            Place.school_id == ledger.school_id, Place.academic_year == academic_year
        )
    )
    first = 0 if taken is None else taken + 1
    connection.execute(
        insert(Place),
        [
            {"school_id": ledger.school_id, "academic_year": academic_year, "place": place, "pupil_id": pupil}
            for place, pupil in enumerate(pupils, start=first)
        ],
    )


def known_from(connection: Connection, ledger: OpenLedger, spells: Sequence[tuple[int, int, int]]) -> None:
    """Pupils that only marks tell of, now known from an earlier day: spell's id, pupil, day."""
    if not spells:
        return
    ledger.move_roll()
    last = dict(
        connection.execute(
            select(Spell.id, Spell.last).where(Spell.id.in_([spell for spell, _, _ in spells]))
        ).all()
    )
    connection.execute(
        update(Spell).where(Spell.id == bindparam("spell")).values(superseded_at=ledger.now),
        [{"spell": spell} for spell, _, _ in spells],
    )
    rows = [_spell(ledger.school_id, pupil, first, last[spell], ledger.now) for spell, pupil, first in spells]
    connection.execute(insert(Spell), rows)


def _spell(school_id: int, pupil: int, first: int, last: int | None, at: datetime) -> dict[str, object]:
    return {
        "school_id": school_id,
        "pupil_id": pupil,
        "first": first,
        "last": last,
        "listed": False,
        "recorded_at": at,
        "superseded_at": None,
    }
