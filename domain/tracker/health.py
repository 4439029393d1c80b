"""How an action and a challenge are doing, with the reason in words.

| health   | of an action, where                                                                                |
|----------|----------------------------------------------------------------------------------------------------|
| overdue  | its `due_on` is past, and it is neither done nor stopped                                           |
| stalled  | it is in progress, and for 28 days since its start or last update nobody has said anything         |
| at_risk  | it is blocked; due within 14 days at under 75 %; a milestone is late; it waits for another action  |
|          | that is late or was stopped; or it was to start 14 days ago and is still planned                   |
| on_track | none of these                                                                                      |
| done     | it is done                                                                                         |

The days and the share are the usual limits, in place of which a school may set its own. An action that repeats is
overdue again once it was to be done again: `next_due_on`, counted from the last time that it was done.

The first that holds is the health; the reason gives all that hold. A stopped action has no health (None):
it is neither well nor badly on its way, and the reason says since when.

A challenge is as its worst open action or indicator: one off its trajectory puts it at risk. Closed, or
with every action done or stopped and at least one done, it is done. Where there is nothing to judge by it
has no health.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.tracker.limits import HealthLimits
from domain.tracker.phrases import spoken_day, spoken_days, spoken_list
from domain.tracker.progress import counting_updates, latest_update, progress_of
from domain.tracker.records import ActionRecord, ChallengeRecord, IndicatorRecord
from domain.tracker.status import ENDED

STATES = ("overdue", "stalled", "at_risk", "on_track", "done")
"""Worst first."""

NAMED_AT_MOST = 3
"""A challenge's reason names so many of its worst parts, and counts the rest."""


@dataclass(frozen=True)
class Health:
    """`state` is one of STATES or None, `reason` a few words that follow it: "due 5 days ago"."""

    state: str | None
    reason: str


@dataclass(frozen=True)
class _Seen:
    """An action as it is looked at: on a day, beside the other actions, with the limits."""

    action: ActionRecord
    today: date
    others: Mapping[str, ActionRecord]

    @property
    def limits(self) -> HealthLimits:
        """Those of its school."""
        return self.action.limits


def health_of_action(
    action: ActionRecord,
    today: date,
    *,
    others: Mapping[str, ActionRecord] | None = None,
) -> Health:
    """The action's health on `today`; `others` are the actions by id that it may depend on.

    What it depends on and isn't among `others` is not judged.
    """
    if is_overdue(action, today) and action.status == "done":
        return Health("overdue", f"was to be done again {_ago(action.next_due_on, today)}; {_since(action)}")
    if action.status in ENDED:
        again = f"; to be done again by {spoken_day(action.next_due_on)}" if action.next_due_on else ""
        return Health("done" if action.status == "done" else None, _since(action) + again)
    seen = _Seen(action, today, others or {})
    worries = [(state, reason) for state, rule in _RULES if (reason := rule(seen))]
    if not worries:
        return Health("on_track", _all_well(seen))
    return Health(worries[0][0], "; ".join(reason for _, reason in worries))


def health_of_challenge(
    challenge: ChallengeRecord,
    today: date,
    *,
    others: Mapping[str, ActionRecord] | None = None,
) -> Health:
    """The challenge's health on `today`; without `others` its actions depend on one another only."""
    known = others if others is not None else {action.id: action for action in challenge.actions}
    healths = {action.id: health_of_action(action, today, others=known) for action in challenge.actions}
    return health_of_parts(challenge.closed_on, challenge.actions, healths, challenge.indicators, today)


def health_of_parts(
    closed_on: date | None,
    actions: Sequence[ActionRecord],
    healths: Mapping[str, Health],
    indicators: Sequence[IndicatorRecord],
    today: date,
) -> Health:
    """The health of the challenge of these parts, where that of each of its actions, by id, is known already.

    Of the actions nothing else that lies below them is looked at.
    """
    if closed_on is not None:
        return Health("done", f"closed on {spoken_day(closed_on)}")
    expected = [action for action in actions if action.status not in ENDED or is_overdue(action, today)]
    parts = [
        (healths[action.id].state or "", _said_of_action(action, healths[action.id])) for action in expected
    ]
    parts += [
        ("on_track" if indicator.on_trajectory else "at_risk", _said_of_indicator(indicator))
        for indicator in indicators
        if indicator.on_trajectory is not None
    ]
    return _worst(parts) if parts else _without_open_parts(actions)


def is_overdue(action: ActionRecord, today: date) -> bool:
    """Past its day (due today is not past), and neither done nor stopped; or done, and past the day to do it again."""
    due = action.next_due_on if action.status == "done" else action.due_on
    return action.status != "stopped" and due is not None and due < today


def _past_due(seen: _Seen) -> str | None:
    if seen.action.due_on is None or not is_overdue(seen.action, seen.today):
        return None
    return f"due {_ago(seen.action.due_on, seen.today)}"


def _without_update(seen: _Seen) -> str | None:
    if seen.action.status != "in_progress":
        return None
    silent = (seen.today - _last_sign(seen)).days
    return f"no update for {spoken_days(silent)}" if silent >= seen.limits.stalled_after_days else None


def _blocked(seen: _Seen) -> str | None:
    return _since(seen.action) if seen.action.status == "blocked" else None


def _due_soon_and_behind(seen: _Seen) -> str | None:
    if seen.action.due_on is None or is_overdue(seen.action, seen.today):
        return None
    left = (seen.action.due_on - seen.today).days
    progress = progress_of(seen.action.status, seen.action.updates, seen.action.milestones)
    if left > seen.limits.due_soon_days or (progress or 0) >= seen.limits.due_soon_progress:
        return None
    return f"{_due_in(left)} with {'no progress recorded' if progress is None else f'{progress} % done'}"


def _late_milestone(seen: _Seen) -> str | None:
    late = [
        f"“{milestone.title}” was due on {spoken_day(milestone.due_on)}"
        for milestone in seen.action.milestones
        if milestone.done_on is None and milestone.due_on is not None and milestone.due_on < seen.today
    ]
    return f"milestone {_few(late)}" if late else None


def _waits_for_late(seen: _Seen) -> str | None:
    awaited = [seen.others[id] for id in seen.action.depends_on if id in seen.others]
    late = [
        f"“{other.title}”, which {'was stopped' if other.status == 'stopped' else 'is overdue'}"
        for other in awaited
        if other.status == "stopped" or is_overdue(other, seen.today)
    ]
    return f"waits for {_few(late)}" if late else None


def _not_begun(seen: _Seen) -> str | None:
    if seen.action.status != "planned" or seen.action.start_on is None:
        return None
    late = (seen.today - seen.action.start_on).days
    return f"was to start {spoken_days(late)} ago" if late >= seen.limits.late_start_days else None


_RULES: tuple[tuple[str, Callable[[_Seen], str | None]], ...] = (
    ("overdue", _past_due),
    ("stalled", _without_update),
    ("at_risk", _blocked),
    ("at_risk", _due_soon_and_behind),
    ("at_risk", _late_milestone),
    ("at_risk", _waits_for_late),
    ("at_risk", _not_begun),
)
"""Worst first; each rule answers with its reason where it holds."""


def _last_sign(seen: _Seen) -> date:
    """The last day on which somebody began or said something; the day it was written down where nothing
    else is."""
    said = [update.on for update in seen.action.updates if update.on <= seen.today]
    if seen.action.start_on is not None and seen.action.start_on <= seen.today:
        said.append(seen.action.start_on)
    return max(said, default=seen.action.created_at.date())


def _since(action: ActionRecord) -> str:
    moves = [update for update in counting_updates(action.updates) if update.status == action.status]
    return f"{action.status} since {spoken_day(moves[-1].on)}" if moves else action.status


def _all_well(seen: _Seen) -> str:
    action = seen.action
    if action.status == "planned":
        return (
            f"starts on {spoken_day(action.start_on)}" if action.start_on else "planned, with no day to start"
        )
    due = "no day by which it is due" if action.due_on is None else _due_in((action.due_on - seen.today).days)
    last = latest_update(action.updates)
    return f"{due}; {'no update yet' if last is None else f'last update on {spoken_day(last.on)}'}"


def _ago(day: date | None, today: date) -> str:
    return "" if day is None else f"{spoken_days((today - day).days)} ago"


def _due_in(days: int) -> str:
    return "due today" if days == 0 else f"due in {spoken_days(days)}"


def _worst(parts: list[tuple[str, str]]) -> Health:
    worst = min((state for state, _ in parts), key=STATES.index)
    if worst == "on_track":
        return Health(worst, "every open action and indicator is on track")
    return Health(worst, _few([said for state, said in parts if state == worst]))


def _few(said: list[str]) -> str:
    rest = len(said) - NAMED_AT_MOST
    return spoken_list(said[:NAMED_AT_MOST] + ([f"{rest} more"] if rest > 0 else []))


def _said_of_action(action: ActionRecord, health: Health) -> str:
    return f"“{action.title}” ({health.reason})"


def _said_of_indicator(indicator: IndicatorRecord) -> str:
    side = "below" if indicator.direction == "up" else "above"
    unit = f" {indicator.unit}" if indicator.unit else ""
    return f"{indicator.title} at {indicator.latest}{unit}, {side} the {indicator.expected_today}{unit} expected by now"


def _without_open_parts(actions: Sequence[ActionRecord]) -> Health:
    if not actions:
        return Health(None, "no action yet")
    if all(action.status == "stopped" for action in actions):
        return Health(None, "every action was stopped")
    return Health("done", "every action is done or stopped, and the challenge is still open")
