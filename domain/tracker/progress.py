"""How far an action has come, and which of its updates count."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.tracker.records import MilestoneRecord, UpdateRecord


def progress_of(
    status: str, updates: Sequence[UpdateRecord], milestones: Sequence[MilestoneRecord]
) -> int | None:
    """Progress in whole per cent, 0 to 100; None where nothing says how far it is.

    Done is 100. Else it is what the latest update that states a progress says; else the share of
    milestones done.
    """
    if status == "done":
        return 100
    stated = [update.progress for update in counting_updates(updates) if update.progress is not None]
    if stated:
        return min(100, max(0, stated[-1]))
    return _share_done(milestones)


def counting_updates(updates: Iterable[UpdateRecord]) -> list[UpdateRecord]:
    """The updates that no other one corrects, earliest first.

    A correction stands in the place of what it corrects: on its own day `on`, and among the updates of
    one day where the first version stood. So correcting an old update doesn't make it the latest one.
    """
    by_id = {update.id: update for update in updates}
    corrected = {update.corrects for update in by_id.values()}
    counting = [update for update in by_id.values() if update.id not in corrected]
    return sorted(counting, key=lambda update: (update.on, _first_said(update, by_id), update.created_at))


def latest_update(updates: Iterable[UpdateRecord]) -> UpdateRecord | None:
    """The last of the updates that count."""
    counting = counting_updates(updates)
    return counting[-1] if counting else None


def _first_said(update: UpdateRecord, by_id: dict[str, UpdateRecord]) -> datetime:
    while update.corrects in by_id:
        update = by_id[update.corrects]
    return update.created_at


def _share_done(milestones: Sequence[MilestoneRecord]) -> int | None:
    if not milestones:
        return None
    done = sum(milestone.done_on is not None for milestone in milestones)
    return _per_cent_half_up(done, len(milestones))


def _per_cent_half_up(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole)
