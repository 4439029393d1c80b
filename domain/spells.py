"""Times on roll: from a first day to a last one, which counts; without a last day they go on."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Spell:
    """A time on roll. `listed` is false where no roll told of it, only marks."""

    first: date
    last: date | None = None
    listed: bool = True

    def covers(self, day: date) -> bool:
        """Whether the pupil is on roll that day by this spell."""
        return self.first <= day and self.lasts_to(day)

    def lasts_to(self, day: date) -> bool:
        """Whether it ends on that day or later, or goes on."""
        return self.last is None or self.last >= day


def in_order(spells: Iterable[Spell]) -> tuple[Spell, ...]:
    """The spells, earliest first."""
    return tuple(sorted(spells, key=lambda spell: (spell.first, spell.last or date.max)))


def reaches(spells: Iterable[Spell], day: date) -> bool:
    """Whether the pupil is on roll that day or will be later."""
    return any(spell.lasts_to(day) for spell in spells)


def leave(spells: Iterable[Spell], on: date) -> tuple[Spell, ...]:
    """The spells of a pupil who isn't on roll from the day `on`: cut on the day before, or gone altogether."""
    return tuple(
        replace(spell, last=on - timedelta(days=1)) if spell.lasts_to(on) else spell
        for spell in spells
        if spell.first < on
    )


def overlap(one: Spell, other: Spell) -> bool:
    """Whether the two share a day."""
    return one.lasts_to(other.first) and other.lasts_to(one.first)


def not_replaced(held: Iterable[Spell], incoming: Collection[Spell]) -> tuple[Spell, ...]:
    """The held spells that stay when the roll tells of the incoming ones: those that share no day with them.

    What only marks told of gives way already where it touches, for it may well be the same time on roll.
    """
    return tuple(
        spell
        for spell in held
        if not any(overlap(spell, one) or (not spell.listed and _touch(spell, one)) for one in incoming)
    )


def unite(spells: Iterable[Spell]) -> tuple[Spell, ...]:
    """The spells of pupils found to be one: overlapping ones become one, listed ones win over those from marks."""
    spells = tuple(spells)
    listed = _melt(spell for spell in spells if spell.listed)
    from_marks = _melt(spell for spell in spells if not spell.listed)
    return in_order((*listed, *not_replaced(from_marks, listed)))


def _melt(spells: Iterable[Spell]) -> list[Spell]:
    melted: list[Spell] = []
    for spell in in_order(spells):
        if melted and overlap(melted[-1], spell):
            goes_on = melted[-1].last is None or spell.last is None
            last = None if goes_on else max(melted[-1].last, spell.last)  # type: ignore[type-var]
            melted[-1] = replace(melted[-1], last=last)
        else:
            melted.append(spell)
    return melted


def _touch(one: Spell, other: Spell) -> bool:
    """Whether one begins on the day after the other ends."""
    return _follows(one, other) or _follows(other, one)


def _follows(later: Spell, earlier: Spell) -> bool:
    return earlier.last is not None and later.first - earlier.last == timedelta(days=1)
