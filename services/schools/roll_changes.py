"""Carries out what a push of the roll was planned to do, in a handful of statements however many pupils it names.

What changes is superseded and added anew, both at the time of the push; what doesn't change isn't written.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from domain.roll import Outcome, Plan
from models import Pupil, PupilCharacteristic, PupilReference, Spell
from services.audit import OpenLedger
from services.schools.joins import join_pupils
from services.schools.roll_store import HeldPupils, load_pupils
from services.unit_of_work import UnitOfWork

AT_ONCE = 1_000
"""Rows that are superseded in one statement."""

_rename = update(Pupil).where(Pupil.id == bindparam("pupil")).values(reference=bindparam("new_reference"))


def carry_out(work: UnitOfWork, ledger: OpenLedger, plan: Plan, held: HeldPupils, *, import_id: str) -> None:
    """Make the school's pupils what the plan says; nothing is written where it changes nothing.

    Raises `Conflict` where it makes one pupil of two whose marks disagree.
    """
    changed = [outcome for outcome in plan.outcomes if outcome.change != "unchanged"]
    if not changed:
        return
    ledger.move_roll()
    for join in plan.joins:
        for merged in join.merged:
            join_pupils(work, ledger, survivor=join.survivor, merged=merged, import_id=import_id)
    if plan.joins:
        held = load_pupils(work, ledger.school_id, None)
    after = _with_ids(work, ledger, changed)
    _name(work, ledger, after, held)
    _write_spells(work, ledger, after, held)
    _write_values(work, ledger, after, held)


def _with_ids(work: UnitOfWork, ledger: OpenLedger, changed: Iterable[Outcome]) -> dict[int, Outcome]:
    """The outcomes by pupil; those never seen before are given their ids."""
    new = {outcome.reference: outcome for outcome in changed if outcome.pupil is None}
    after = {outcome.pupil: outcome for outcome in changed if outcome.pupil is not None}
    if new:
        of_school = Pupil.school_id == ledger.school_id
        newest = work.connection.scalar(select(func.max(Pupil.id)).where(of_school)) or 0
        rows = [{"school_id": ledger.school_id, "reference": reference} for reference in new]
        work.connection.execute(insert(Pupil), rows)
        # Asked for afterwards, because SQLite gives ids back in order only to one statement for each pupil; nobody
        # else adds pupils to a school whose ledger is locked.
        added = select(Pupil.id, Pupil.reference).where(of_school, Pupil.id > newest)
        after |= {row.id: new[row.reference] for row in work.connection.execute(added)}
    return after


def _name(work: UnitOfWork, ledger: OpenLedger, after: Mapping[int, Outcome], held: HeldPupils) -> None:
    """The reference that answers use, and all others that find the pupil."""
    before = {one.pupil: one for one in held.pupils}
    renamed = [
        {"pupil": pupil, "new_reference": outcome.reference}
        for pupil, outcome in after.items()
        if pupil in before and before[pupil].reference != outcome.reference
    ]
    added = [
        {"school_id": ledger.school_id, "reference": reference, "pupil_id": pupil}
        for pupil, outcome in after.items()
        for reference in sorted(
            ({outcome.reference} | outcome.aliases) - (before[pupil].references if pupil in before else set())
        )
    ]
    if renamed:
        work.connection.execute(_rename, renamed)
    if added:
        work.connection.execute(insert(PupilReference), added)


def _write_spells(
    work: UnitOfWork, ledger: OpenLedger, after: Mapping[int, Outcome], held: HeldPupils
) -> None:
    _replace(
        work,
        ledger,
        Spell,
        {pupil: held.spells.get(pupil, {}) for pupil in after},
        {pupil: outcome.spells for pupil, outcome in after.items()},
        lambda spell: {
            "first": spell.first.toordinal(),
            "last": _ordinal(spell.last),
            "listed": spell.listed,
        },
    )


def _write_values(
    work: UnitOfWork, ledger: OpenLedger, after: Mapping[int, Outcome], held: HeldPupils
) -> None:
    _replace(
        work,
        ledger,
        PupilCharacteristic,
        {pupil: held.values.get(pupil, {}) for pupil in after},
        {
            pupil: [
                (name, since, value) for name, history in outcome.values.items() for since, value in history
            ]
            for pupil, outcome in after.items()
        },
        lambda said: {"name": said[0], "since": _ordinal(said[1]), "value": said[2]},
    )


def _replace(
    work: UnitOfWork,
    ledger: OpenLedger,
    table: type[Spell] | type[PupilCharacteristic],
    before: Mapping[int, Mapping[Any, Sequence[int]]],
    after: Mapping[int, Collection[Any]],
    columns: Any,
) -> None:
    """Of each pupil, supersede the rows that no longer hold and add those that newly do."""
    gone = [
        row_id
        for pupil, facts in before.items()
        for fact, row_ids in facts.items()
        for row_id in (row_ids if fact not in after[pupil] else row_ids[1:])
    ]
    bookkeeping = {"school_id": ledger.school_id, "recorded_at": ledger.now, "superseded_at": None}
    new = [
        bookkeeping | {"pupil_id": pupil} | columns(fact)
        for pupil, facts in after.items()
        for fact in facts
        if fact not in before[pupil]
    ]
    remaining = iter(gone)
    while some := list(islice(remaining, AT_ONCE)):
        work.connection.execute(update(table).where(table.id.in_(some)).values(superseded_at=ledger.now))
    if new:
        work.connection.execute(insert(table), new)


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()
