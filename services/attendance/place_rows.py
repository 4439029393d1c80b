"""Rows of pupils that marks name before any roll does: themselves, their references, times on roll and places."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from models import Place, Pupil, PupilReference, Spell
from services.audit import OpenLedger


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
