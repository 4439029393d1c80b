"""Who stayed, who left and who moved between two snapshots, by FTE; and who left early.

The base is the latest snapshot earlier than the one that the window looks at: the window's own latest or, where it has
none, its end. Somebody is at the school on a snapshot's day if that is their last day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from domain.attendance.calendar import academic_year_of
from domain.workforce.census import NOT_BY_POST, snapshot_in
from domain.workforce.figures import Measure, Window, less, quotient, rounded, total, unanswered
from domain.workforce.question import Asked
from domain.workforce.records import (
    DESTINATIONS,
    LEFT_STATE_SECTOR,
    MOVED_SCHOOL,
    OTHER,
    RETIRED,
    UNKNOWN,
    Amount,
    Leaver,
    Snapshot,
)

LEFT = (LEFT_STATE_SECTOR, RETIRED, OTHER)
"""Destinations outside state-funded schools: at school level there are three ways, to stay, to move, or out."""

NOBODY_LEFT = "nobody left in the window"


@dataclass(frozen=True)
class Flow:
    """The teachers at a base snapshot, in FTE, and where they were at the end of the window.

    stayed + moved + left + unknown = base; `unknown` are those whose destination isn't known.
    """

    base: Snapshot
    window: Window
    stayed: Amount
    moved: Amount
    left: Amount
    unknown: Amount

    @property
    def gone(self) -> Amount:
        """All who are no longer at the school."""
        return total([self.moved, self.left, self.unknown])


@dataclass(frozen=True)
class NoFlow:
    """Why there is no flow, and of which days there would be one."""

    because: str
    window: Window


@dataclass(frozen=True)
class DestinationShare:
    """The FTE of leavers with one destination, and its share of that `of` all leavers in per cent."""

    destination: str
    fte: Amount | None
    of: Amount | None
    share: Decimal | None
    null_because: str | None = None
    suppressed: bool = False


def turnover_rate(asked: Asked) -> Measure:
    """Those who left or moved, over the base."""
    found = flow(asked)
    if isinstance(found, NoFlow):
        return unanswered("turnover_rate", found.because, found.window)
    note = _none_recorded(asked)
    return quotient("turnover_rate", found.gone, found.base.teachers_fte, found.window, note=note)


def retention_rate(asked: Asked) -> Measure:
    """Those who stayed, over the base."""
    found = flow(asked)
    if isinstance(found, NoFlow):
        return unanswered("retention_rate", found.because, found.window)
    note = _none_recorded(asked)
    return quotient("retention_rate", found.stayed, found.base.teachers_fte, found.window, note=note)


def leaver_rate(asked: Asked) -> Measure:
    """Those who left state-funded schools, over the qualified teachers of the base."""
    found = flow(asked)
    if isinstance(found, NoFlow):
        return unanswered("leaver_rate", found.because, found.window)
    qualified = found.base.qualified_teachers_fte
    if qualified is None:
        because = f"the snapshot of {found.base.on} has no qualified_teachers_fte"
        return unanswered("leaver_rate", because, found.window, numerator=found.left)
    unknown = f"{found.unknown} FTE left for a destination that isn't known." if found.unknown else None
    note = unknown or _none_recorded(asked)
    return quotient("leaver_rate", found.left, qualified, found.window, note=note)


def turnover_so_far(asked: Asked) -> Measure:
    """Those who left or moved since the latest snapshot, over it."""
    if not asked.posts.all_teachers:
        return unanswered("turnover_so_far", NOT_BY_POST, asked.window)
    base = _latest_before(asked, asked.last + timedelta(days=1))
    if base is None:
        return unanswered("turnover_so_far", f"there is no snapshot up to {asked.last}", asked.window)
    window = Window(base.on, asked.last, academic_year_of(base.on))
    gone = total(leaver.fte for leaver in _gone(asked, window))
    return quotient("turnover_so_far", gone, base.teachers_fte, window, note=_none_recorded(asked))


def early_leaver_rate(id: str, years: int, asked: Asked) -> Measure:
    """Leavers of the window after at most so many years in post, over those whose years are known; by FTE."""
    gone = _gone(asked, asked.window)
    known = [leaver for leaver in gone if leaver.years_in_post is not None]
    early = [leaver.fte for leaver in known if (leaver.years_in_post or 0) <= years]
    left_out = len(gone) - len(known)
    note = f"Leavers without years_in_post are left out: {left_out}." if left_out else None
    return quotient(id, total(early), total(leaver.fte for leaver in known), asked.window, note=note)


def flow(asked: Asked) -> Flow | NoFlow:
    """Where the base's teachers were at the end of the window, or why that can't be told."""
    if not asked.posts.all_teachers:
        return NoFlow(NOT_BY_POST, asked.window)
    looks_at = snapshot_in(asked)
    base = _latest_before(asked, asked.first if looks_at is None else looks_at.on)
    if base is None:
        return NoFlow(_no_base(asked, looks_at), asked.window)
    end = asked.last if looks_at is None else looks_at.on - timedelta(days=1)
    window = Window(base.on, end, academic_year_of(base.on))
    gone = fte_by_destination(_gone(asked, window))
    stayed = less(base.teachers_fte, total(gone.values()))
    if stayed < 0:
        more = f"more FTE left than the {base.teachers_fte} at the base of {base.on}"
        return NoFlow(more, window)
    left = total(gone[name] for name in LEFT)
    return Flow(base, window, stayed=stayed, moved=gone[MOVED_SCHOOL], left=left, unknown=gone[UNKNOWN])


def leaver_destinations(asked: Asked) -> list[DestinationShare]:
    """Where the window's leavers went: every destination in its usual order, with its share of all who left."""
    gone = fte_by_destination(_gone(asked, asked.window))
    everyone = total(gone.values())
    if not everyone:
        return [DestinationShare(name, fte, everyone, None, NOBODY_LEFT) for name, fte in gone.items()]
    return [
        DestinationShare(name, fte, everyone, rounded(100 * Fraction(fte) / Fraction(everyone)))
        for name, fte in gone.items()
    ]


def fte_by_destination(leavers: Iterable[Leaver]) -> dict[str, Amount]:
    """The FTE of the leavers with each destination, 0 where there are none."""
    listed = list(leavers)
    return {
        name: total(leaver.fte for leaver in listed if leaver.destination == name) for name in DESTINATIONS
    }


def _gone(asked: Asked, window: Window) -> list[Leaver]:
    return [leaver for leaver in asked.leavers if window.first <= leaver.left_on <= window.last]


def _none_recorded(asked: Asked) -> str | None:
    return None if asked.records.leavers else "No leaver was ever recorded."


def _latest_before(asked: Asked, day: date) -> Snapshot | None:
    earlier = [snapshot for snapshot in asked.records.snapshots if snapshot.on < day]
    return max(earlier, key=lambda snapshot: snapshot.on, default=None)


def _no_base(asked: Asked, looks_at: Snapshot | None) -> str:
    if looks_at is None:
        return f"there is no snapshot before {asked.first}, and none from then to {asked.last}"
    return f"there is no snapshot before that of {looks_at.on}: leavers are told of an earlier one, as their base"
