"""A template laid on the calendar: from when to when each action goes, and when its steps are due."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.errors import invalid
from domain.templates import TemplateAction


@dataclass(frozen=True)
class Fixed:
    """The days of an action that somebody has chosen; None: as the template has it."""

    start_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Planned:
    """The days of an action, and of its milestones in their order."""

    start_on: date
    due_on: date
    milestones: tuple[date, ...]


def plan_of(action: TemplateAction, start_on: date, fixed: Fixed) -> Planned:
    """The days of an action of a template that starts on a day.

    A start that was chosen takes the due day and the milestones with it; no milestone is due after its action. Raises
    `Invalid` at `/dates/KEY/due_on` for a due day before the start, and for days past the end of the calendar.
    """
    try:
        start = fixed.start_on or start_on + timedelta(days=action.starts_after_days)
        lasts = timedelta(days=action.due_after_days - action.starts_after_days)
        due = fixed.due_on or start + lasts
        steps = tuple(min(due, start + timedelta(days=step.due_after_days)) for step in action.milestones)
    except OverflowError as error:
        pointer = f"/dates/{action.key}/start_on" if fixed.start_on else "/start_on"
        raise invalid(pointer, "this is so late that the calendar ends before the action does") from error
    if due < start:
        raise invalid(f"/dates/{action.key}/due_on", f"it can't be due before it starts on {start}")
    return Planned(start, due, steps)
