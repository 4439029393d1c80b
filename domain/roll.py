"""What a push of the roll does to the pupils that are held: values in, a plan out.

A pupil is known by references, of which one, the roll's own, is the one answered. Times on roll are in
`domain/spells.py`, characteristics over time in `domain/histories.py`, faults of the rows in `domain/roll_rows.py`.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from domain.cohorts import gypsy_roma_traveller, value_order
from domain.errors import Conflict, Invalid
from domain.histories import History, first_said, say, value_on
from domain.roll_rows import Row, contradictions, faults_of_rows
from domain.spells import Spell, in_order, leave, not_replaced, reaches, unite

__all__ = ["Held", "Join", "Outcome", "Plan", "Row", "Spell", "plan_roll"]

MOST_LEAVING_PERCENT = 20
"""A larger share of those on roll never leaves at once without being asked twice."""

LEAVERS_MONTHS = frozenset({7, 8, 9})
"""In these months the last year group leaves, as it should."""

Change = Literal["created", "updated", "unchanged", "left", "taken_off"]


@dataclass(frozen=True)
class Held:
    """A pupil as held, by the id of the database; `values` is characteristic → history."""

    pupil: int
    reference: str
    aliases: frozenset[str] = frozenset()
    spells: tuple[Spell, ...] = ()
    values: Mapping[str, History] = field(default_factory=dict)

    @property
    def references(self) -> frozenset[str]:
        """Every reference that finds the pupil."""
        return self.aliases | {self.reference}


@dataclass(frozen=True)
class Outcome:
    """What the push makes of a pupil, and the pupil's whole new state. `pupil` is None for one never seen before."""

    change: Change
    pupil: int | None
    reference: str
    aliases: frozenset[str]
    spells: tuple[Spell, ...]
    values: Mapping[str, History]


@dataclass(frozen=True)
class Join:
    """Held pupils that a row says are one: what is held of `merged` goes to `survivor`."""

    survivor: int
    merged: tuple[int, ...]
    row: Row


@dataclass(frozen=True)
class Plan:
    """What a push comes to.

    `counts` holds rows (received = created + updated + unchanged) and pupils (left, taken_off, joined).
    """

    outcomes: tuple[Outcome, ...]
    joins: tuple[Join, ...]
    counts: Mapping[str, int]


@dataclass
class _Named:
    """One pupil of the push: its rows, and those held that they name."""

    rows: list[Row] = field(default_factory=list)
    held: dict[int, Held] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """How the roll names the pupil: of two rows, the later time on roll has the last word."""
        return max(self.rows, key=lambda row: row.first).reference

    @property
    def references(self) -> frozenset[str]:
        """Every reference given by the rows or held, from now on all of one pupil."""
        given = [row.references for row in self.rows] + [one.references for one in self.held.values()]
        return frozenset().union(*given)

    @property
    def survivor(self) -> Held | None:
        """Of those held, the one who already has the reference, else the oldest."""
        by_age = [self.held[pupil] for pupil in sorted(self.held)]
        return next((one for one in by_age if self.reference in one.references), next(iter(by_age), None))

    @property
    def survivor_first(self) -> list[Held]:
        """Those held, the survivor before the others, who come by age."""
        survivor = self.survivor
        return sorted(self.held.values(), key=lambda one: (one is not survivor, one.pupil))


def plan_roll(held: Collection[Held], rows: Sequence[Row], *, on: date, whole: bool, force: bool) -> Plan:
    """What the rows do, said as of the day `on`: to everybody if they are the whole roll, else to those named.

    Raises `Invalid` with every fault of the rows (times that end before they begin, two that contradict each other
    or claim one reference), and `Conflict` where too many would leave at once.
    """
    pupils = _pupils_named(held, rows)
    named = {pupil for one in pupils for pupil in one.held}
    leaving = [one for one in held if whole and one.pupil not in named and reaches(one.spells, on)]
    if not force:
        _check_leaving(held, leaving, on)
    pushed = [_push(one, on, whole) for one in pupils]
    gone = [_take_leave(one, on) for one in leaving]
    joins = tuple(_joins(pupils))
    counts = {
        "received": len(rows),
        **_count(pushed, [len(one.rows) for one in pupils], ("created", "updated", "unchanged")),
        **_count(gone, [1] * len(gone), ("left", "taken_off")),
        "joined": sum(len(join.merged) for join in joins),
    }
    return Plan((*pushed, *gone), joins, counts)


def _pupils_named(held: Collection[Held], rows: Sequence[Row]) -> list[_Named]:
    faults = list(faults_of_rows(rows))
    if not faults:
        pupils = _group(held, rows)
        faults = [fault for one in pupils for fault in contradictions(one.rows)]
    if faults:
        raise Invalid("The roll contradicts itself; nothing was changed.", faults=faults)
    return pupils


def _group(held: Collection[Held], rows: Sequence[Row]) -> list[_Named]:
    """Rows and held pupils that share a reference, directly or by way of each other, are one pupil."""
    holders = {reference: one for one in held for reference in one.references}
    group_of_row: dict[str, _Named] = {}
    group_of_held: dict[int, _Named] = {}
    for row in rows:
        found = {one.pupil: one for reference in row.references if (one := holders.get(reference))}
        group = _Named([row], found)
        met = [group_of_row.get(reference) for reference in row.references]
        met += [group_of_held.get(pupil) for pupil in found]
        for earlier in {id(one): one for one in met if one}.values():
            group.rows = earlier.rows + group.rows
            group.held |= earlier.held
        group_of_row |= {reference: group for one in group.rows for reference in one.references}
        group_of_held |= dict.fromkeys(group.held, group)
    return list({id(group_of_row[row.reference]): group_of_row[row.reference] for row in rows}.values())


def _check_leaving(held: Collection[Held], leaving: Sequence[Held], on: date) -> None:
    """Raises `Conflict` where more than a fifth of those on roll would leave: the push may be a part of the roll."""
    on_roll = [one for one in held if reaches(one.spells, on)]
    leavers = _last_year_group(on_roll, on) if _is_leavers_time(on) else None
    counted = sum(1 for one in leaving if leavers is None or _year_group(one, on) != leavers)
    if counted * 100 > len(on_roll) * MOST_LEAVING_PERCENT:
        raise Conflict(
            f"{counted} of the {len(on_roll)} pupils on roll aren't in this roll and would leave, more than"
            f" {MOST_LEAVING_PERCENT} %; nothing was changed. If they have left, push it again with ?force=true."
        )


def _is_leavers_time(on: date) -> bool:
    """Whether July to September has the day `on`, or the last day on roll, which is the day before."""
    return on.month in LEAVERS_MONTHS or (on.month - 1 in LEAVERS_MONTHS and on.day == 1)


def _last_year_group(on_roll: Sequence[Held], on: date) -> str | None:
    """The highest year group of the school; X, for those who follow none, isn't one."""
    order = value_order("year_group")
    found = {_year_group(one, on) for one in on_roll} - {None, "X"}
    return max((value for value in found if value), key=order.__getitem__, default=None)


def _year_group(one: Held, on: date) -> str | None:
    return value_on(one.values.get("year_group", ()), on)


def _push(one: _Named, on: date, whole: bool) -> Outcome:
    before = one.survivor
    spells = _spells_after(one, on, whole)
    values = _values_after(one, on, spells[0].first)
    after = Outcome(
        change="updated" if before else "created",
        pupil=before.pupil if before else None,
        reference=one.reference,
        aliases=one.references - {one.reference},
        spells=spells,
        values=values,
    )
    same = before is not None and not _differs(before, after)
    return replace(after, change="unchanged") if same else after


def _spells_after(one: _Named, on: date, whole: bool) -> tuple[Spell, ...]:
    incoming = [Spell(row.first, row.last) for row in one.rows]
    all_held = [spell for part in one.held.values() for spell in part.spells]
    kept = not_replaced(unite(all_held) if len(one.held) > 1 else all_held, incoming)
    # The whole roll leaves no room for a time on roll from `on` that it doesn't tell of.
    return in_order((*incoming, *(leave(kept, on) if whole else kept)))


def _values_after(one: _Named, on: date, begins: date) -> dict[str, History]:
    said = _with_derived({name: value for row in one.rows for name, value in row.values.items()})
    parts = one.survivor_first
    names = dict.fromkeys([*(name for part in parts for name in part.values), *said])
    values = {name: first_said(part.values.get(name, ()) for part in parts) for name in names}
    values |= {name: say(values[name], value, on=on, begins=begins) for name, value in said.items()}
    return {name: history for name, history in values.items() if history}


def _with_derived(said: Mapping[str, str | None]) -> dict[str, str | None]:
    if "ethnicity" not in said:
        return dict(said)
    return {"gypsy_roma_traveller": gypsy_roma_traveller(said["ethnicity"])} | dict(said)


def _differs(before: Held, after: Outcome) -> bool:
    values = {name: history for name, history in before.values.items() if history}
    was = (before.reference, before.aliases, in_order(before.spells), values)
    return was != (after.reference, after.aliases, after.spells, after.values)


def _take_leave(one: Held, on: date) -> Outcome:
    was_there = any(spell.first < on and spell.lasts_to(on) for spell in one.spells)
    change: Change = "left" if was_there else "taken_off"
    return Outcome(change, one.pupil, one.reference, one.aliases, in_order(leave(one.spells, on)), one.values)


def _joins(pupils: Sequence[_Named]) -> Iterator[Join]:
    for one in pupils:
        if len(one.held) > 1:
            survivor, *merged = (part.pupil for part in one.survivor_first)
            yield Join(survivor, tuple(merged), one.rows[-1])


def _count(outcomes: Sequence[Outcome], weights: Sequence[int], changes: Sequence[Change]) -> dict[str, int]:
    counter: Counter[str] = Counter()
    for outcome, weight in zip(outcomes, weights, strict=True):
        counter[outcome.change] += weight
    return {change: counter[change] for change in changes}
