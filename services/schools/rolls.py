"""The roll of a school: pushed whole or in part, and read as it is or was on any day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from domain.cohorts import CHARACTERISTICS, gypsy_roma_traveller, is_yes_or_no
from domain.histories import value_on
from domain.roll import Held, Plan, Row, plan_roll
from domain.spells import Spell
from models import Ledger, Pupil, PupilReference
from models.base import EPOCH
from services.clock import school_day
from services.imports import MARK_COUNTS, Receipt, keep_receipt
from services.schools.roll_changes import carry_out
from services.schools.roll_store import load_pupils
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork

AT_ONCE = 500
"""References that are looked up in one statement."""


@dataclass(frozen=True)
class PushedRoll:
    """The rows of a push, and the columns of its table that were dropped unread."""

    rows: Sequence[Row]
    dropped_columns: Sequence[str] = ()


@dataclass(frozen=True)
class ShownRoll:
    """A roll in the shape in which it is pushed; `revision` moves with every change of the school's pupils."""

    revision: int
    pupils: list[dict[str, Any]]


def push_roll(
    work: UnitOfWork,
    school: SchoolRef,
    pushed: PushedRoll,
    *,
    whole: bool,
    on: date | None = None,
    force: bool = False,
    dry_run: bool = False,
) -> Receipt:
    """Take the rows as the whole roll, or as what it says of those named, as it is on a day (today unless told).

    Raises `Invalid` with every fault of the rows, and `Conflict` where more than 20 % of the pupils would leave, or
    two found to be one have marks that disagree. Then nothing is kept at all.
    """
    ledger = work.ledger(school.id)
    held = load_pupils(work, school.id, None)
    plan = plan_roll(held.pupils, pushed.rows, on=on or work.today, whole=whole, force=force)
    receipt = _receipt(plan, pushed.dropped_columns)
    carry_out(work, ledger, plan, held, import_id=receipt.import_id)
    keep_receipt(work, school.id, receipt)
    if dry_run:
        work.discard()
    return receipt


def get_roll(
    work: UnitOfWork,
    school: SchoolRef,
    *,
    on: date | None = None,
    as_of: datetime | None = None,
    upcoming: bool = False,
) -> ShownRoll:
    """Who is on roll on a day (today unless told), and what the roll says of them on it, in the order of references.

    With `upcoming`, also those whose time on roll begins later: together they are what a push of the whole roll holds.
    """
    # Before 1970 nothing was held, and the first days of all have no date on the wall of a school.
    day = on or (school_day(max(as_of, EPOCH)) if as_of else work.today)
    pupils = [
        _shown(one, spell, day)
        for one in load_pupils(work, school.id, as_of).pupils
        for spell in one.spells
        if spell.covers(day) or (upcoming and spell.first > day)
    ]
    pupils.sort(key=lambda pupil: (pupil["pupil"], pupil["from"]))
    revision = work.connection.scalars(
        select(Ledger.roll_revision).where(Ledger.school_id == school.id)
    ).one()
    return ShownRoll(revision, pupils)


def lookup_pupils(
    work: UnitOfWork, school: SchoolRef, references: Sequence[str]
) -> list[dict[str, str | None]]:
    """For each reference, in the order given, the one that answers use for the pupil; None where it finds nobody."""
    answered: dict[str, str] = {}
    for some in _in_parts(list(dict.fromkeys(references))):
        rows = work.connection.execute(
            select(PupilReference.reference.label("given"), Pupil.reference.label("answered"))
            .join(Pupil, Pupil.id == PupilReference.pupil_id)
            .where(PupilReference.school_id == school.id, PupilReference.reference.in_(some))
        )
        answered |= {row.given: row.answered for row in rows}
    return [{"reference": reference, "pupil": answered.get(reference)} for reference in references]


def _receipt(plan: Plan, dropped_columns: Sequence[str]) -> Receipt:
    """Pupils taken off are those that no row named: `deleted` and `removed` alike, as of marks."""
    counts = dict.fromkeys(MARK_COUNTS, 0) | {
        "created": plan.counts["created"],
        "updated": plan.counts["updated"],
        "unchanged": plan.counts["unchanged"],
        "deleted": plan.counts["taken_off"],
        "removed": plan.counts["taken_off"],
        "left": plan.counts["left"],
        "joined": plan.counts["joined"],
    }
    return Receipt("roll", plan.counts["received"], counts, dropped_columns=list(dropped_columns))


def _shown(one: Held, spell: Spell, day: date) -> dict[str, Any]:
    said = {name: value_on(one.values[name], day) for name in CHARACTERISTICS if name in one.values}
    if said.get("gypsy_roma_traveller") == gypsy_roma_traveller(said.get("ethnicity")):
        # It follows from the ethnicity; shown beside it, it would deny another ethnicity that is put in its place.
        said.pop("gypsy_roma_traveller", None)
    return {
        "pupil": one.reference,
        "aliases": sorted(one.aliases),
        "from": spell.first,
        "to": spell.last,
        "year_group": said.pop("year_group", None),
        "cohorts": {name: _as_pushed(name, value) for name, value in said.items() if value is not None},
    }


def _as_pushed(characteristic: str, value: str) -> str | bool:
    if is_yes_or_no(characteristic) and value in ("true", "false"):
        return value == "true"
    return value


def _in_parts(references: list[str]) -> Iterable[list[str]]:
    return (references[start : start + AT_ONCE] for start in range(0, len(references), AT_ONCE))
