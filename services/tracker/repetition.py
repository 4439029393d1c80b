"""When actions that repeat are to be done again, by the calendars of their schools."""

from collections.abc import Sequence
from datetime import date

from domain.tracker.repetition import next_due
from services.schools.calendars import calendars_of
from services.tracker.held import Held
from services.tracker.kinds import Content


def next_dues(held: Held, actions: Sequence[Content], updates: dict[str, list[Content]]) -> dict[str, date]:
    """Action → the day by which it is to be done again, for those that repeat and are done."""
    done = {
        action["id"]: last
        for action in actions
        if action["repeats"] is not None
        and action["status"] == "done"
        and (last := _last_done(updates.get(action["id"], ()))) is not None
    }
    if not done:
        return {}
    repeating = [action for action in actions if action["id"] in done]
    schools = held.school_ids({action["school"] for action in repeating})
    calendars = calendars_of(held.work, set(schools.values()), held.as_of)
    return {
        action["id"]: next_due(action["repeats"], done[action["id"]], calendars[schools[action["school"]]])
        for action in repeating
    }


def _last_done(updates: Sequence[Content]) -> date | None:
    """The last day of which an update says that it was done, but for those that another one corrects."""
    corrected = {update["corrects"] for update in updates}
    days = [
        date.fromisoformat(update["on"])
        for update in updates
        if update["status"] == "done" and update["id"] not in corrected
    ]
    return max(days, default=None)
