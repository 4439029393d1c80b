"""What the roll says of a pupil's characteristic over time: a first value from the beginning, and changes by day."""

from collections.abc import Iterable
from datetime import date

History = tuple[tuple[date | None, str | None], ...]
"""(since, value), earliest first: since None means from the beginning, value None that the roll doesn't say.

No two that follow each other have the same value, and the first isn't None: before the first the roll says nothing.
"""


def value_on(history: History, day: date) -> str | None:
    """What the roll says on that day."""
    said = [value for since, value in history if since is None or since <= day]
    return said[-1] if said else None


def say(history: History, value: str | None, *, on: date, begins: date) -> History:
    """The history once the roll says the value as of the day `on`, of a pupil whose first day is `begins`.

    A first value, or one said for a day before the pupil's second, holds from the beginning. Any other holds from
    `on` until the next change that is held.
    """
    if value_on(history, on) == value:
        return history
    from_the_beginning = not history or on <= begins
    earlier = (
        () if from_the_beginning else tuple(entry for entry in history if entry[0] is None or entry[0] < on)
    )
    later = tuple(entry for entry in history if entry[0] is not None and entry[0] > on)
    return _collapse((*earlier, (None if from_the_beginning else on, value), *later))


def first_said(histories: Iterable[History]) -> History:
    """Of pupils found to be one, the history of the first of whom the roll says anything."""
    return next((history for history in histories if history), ())


def _collapse(history: History) -> History:
    collapsed: list[tuple[date | None, str | None]] = []
    held: str | None = None
    for since, value in history:
        if value != held:
            collapsed.append((since, value))
        held = value
    return tuple(collapsed)
