"""Two pupils found to be one: their marks, times on roll and references are put together, all or nothing."""

from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import insert, select, update

from domain.attendance.codes import LETTERS
from domain.attendance.register import join_places
from domain.errors import Conflict
from domain.spells import Spell as Time
from domain.spells import unite
from models import Place, Pupil, PupilCharacteristic, PupilReference, Spell
from services.attendance import register_store
from services.attendance.place_rows import add_places
from services.audit import OpenLedger
from services.ids import new_id
from services.unit_of_work import UnitOfWork


def join_pupils(
    work: UnitOfWork, ledger: OpenLedger, *, survivor: int, merged: int, import_id: str | None = None
) -> None:
    """Make `merged` the same pupil as `survivor` from now on; before now, `as_of` still tells them apart.

    Raises `Conflict`, naming both and the session, where each has a mark in one session and they disagree.
    """
    ledger.move_roll()
    _join_marks(work, ledger, survivor, merged, import_id or new_id())
    _join_spells(work, ledger, survivor, merged)
    work.connection.execute(
        update(PupilCharacteristic)
        .where(PupilCharacteristic.pupil_id == merged, PupilCharacteristic.superseded_at.is_(None))
        .values(superseded_at=ledger.now)
    )
    work.connection.execute(
        update(PupilReference).where(PupilReference.pupil_id == merged).values(pupil_id=survivor)
    )
    # Who was merged into the merged one before now is the survivor's too, but has been one of them since then.
    work.connection.execute(update(Pupil).where(Pupil.merged_into == merged).values(merged_into=survivor))
    work.connection.execute(
        update(Pupil).where(Pupil.id == merged).values(merged_into=survivor, merged_at=ledger.now)
    )


def _join_marks(work: UnitOfWork, ledger: OpenLedger, survivor: int, merged: int, import_id: str) -> None:
    for year, place in _places(work, ledger.school_id, merged).items():
        own = _places(work, ledger.school_id, survivor)
        if year not in own:
            add_places(work.connection, ledger, year, [survivor])
            own = _places(work, ledger.school_id, survivor)
        first, last = date(year, 9, 1).toordinal(), date(year + 1, 8, 31).toordinal()
        held = register_store.sessions_held(work.connection, ledger.school_id, first, last)
        sessions = np.array(sorted(held), np.int64)
        if sessions.size == 0:
            continue
        block = register_store.block_of(sessions, held, max(own[year], place) + 1)
        joined, contradict = join_places(block.held, survivor=own[year], merged=place)
        if contradict.any():
            line = int(np.flatnonzero(contradict)[0])
            marks = block.held.marks[line, [own[year], place]]
            raise _disagreement(
                work, survivor, merged, int(sessions[line]), [LETTERS[mark] for mark in marks]
            )
        register_store.write_block(
            work.connection, ledger.school_id, block, joined, now=ledger.now, import_id=import_id, joined=True
        )


def _disagreement(work: UnitOfWork, survivor: int, merged: int, session: int, marks: list[str]) -> Conflict:
    rows = work.connection.execute(
        select(Pupil.id, Pupil.reference).where(Pupil.id.in_([survivor, merged]))
    ).all()
    names = {row.id: row.reference for row in rows}
    day, pm = divmod(session, 2)
    when = f"{date.fromordinal(day)} {'PM' if pm else 'AM'}"
    return Conflict(
        f"{names[survivor]} and {names[merged]} are said to be one pupil, but on {when} one is marked {marks[0]} "
        f"and the other {marks[1]}; correct one of the two marks, then send this again",
        extra={"pupils": [names[survivor], names[merged]], "session": when},
    )


def _join_spells(work: UnitOfWork, ledger: OpenLedger, survivor: int, merged: int) -> None:
    live = select(Spell.id, Spell.first, Spell.last, Spell.listed).where(
        Spell.pupil_id.in_([survivor, merged]), Spell.superseded_at.is_(None)
    )
    rows = work.connection.execute(live).all()
    united = unite(
        Time(date.fromordinal(row.first), date.fromordinal(row.last) if row.last else None, row.listed)
        for row in rows
    )
    work.connection.execute(
        update(Spell).where(Spell.id.in_([row.id for row in rows])).values(superseded_at=ledger.now)
    )
    if united:
        work.connection.execute(insert(Spell), [_row(ledger, survivor, time) for time in united])


def _row(ledger: OpenLedger, pupil: int, time: Time) -> dict[str, Any]:
    return {
        "school_id": ledger.school_id,
        "pupil_id": pupil,
        "first": time.first.toordinal(),
        "last": time.last.toordinal() if time.last else None,
        "listed": time.listed,
        "recorded_at": ledger.now,
        "superseded_at": None,
    }


def _places(work: UnitOfWork, school_id: int, pupil: int) -> dict[int, int]:
    rows = work.connection.execute(
        select(Place.academic_year, Place.place).where(Place.school_id == school_id, Place.pupil_id == pupil)
    )
    return {row.academic_year: row.place for row in rows}
