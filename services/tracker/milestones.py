"""Milestones: the steps on the way of an action."""

from typing import Any

from services.tracker import records
from services.tracker.held import Held
from services.tracker.kinds import MILESTONE, Content
from services.unit_of_work import UnitOfWork


def create_milestone(work: UnitOfWork, action: Any, values: dict[str, Any]) -> Content:
    """A new milestone of an action."""
    whose = {"school_id": action.school_id, "action": action.id}
    return Held(work).one(MILESTONE, records.create(work, MILESTONE, values | whose))


def change_milestone(work: UnitOfWork, milestone: Any, values: dict[str, Any]) -> Content:
    """Change what is given; a day in `done_on` says that it is done."""
    records.change(work, MILESTONE, milestone, values)
    return Held(work).one(MILESTONE, milestone)
