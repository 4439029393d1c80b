"""Many changes in one call: each by itself, or all or nothing."""

from collections.abc import Callable, Sequence
from typing import Any

from domain.errors import Conflict, HeadwayError, Invalid, NotFound, Outdated, invalid
from services.tracker.held import get_row
from services.tracker.kinds import Content, Kind
from services.unit_of_work import UnitOfWork

MOST = 200
"""Changes in one call."""

OneChange = Callable[[UnitOfWork], Content]

Outcome = Content | HeadwayError
"""What became of one change: the resource as it is read, or why it was refused."""

_REFUSALS = (Conflict, Invalid, NotFound, Outdated)


def change_many(work: UnitOfWork, changes: Sequence[OneChange], *, atomic: bool) -> list[Outcome]:
    """What becomes of each of several changes, in their order. With `atomic`, nothing is kept where any is refused."""
    outcomes = [_attempted(work, change) for change in changes]
    if atomic and any(isinstance(outcome, HeadwayError) for outcome in outcomes):
        work.discard()
    return outcomes


def current_row(work: UnitOfWork, kind: Kind, id: Any, revision: int | None, pointer: str) -> Any:
    """The row that a change names there; `Invalid` where there is none, `Outdated` where it isn't at that revision."""
    try:
        row = get_row(work, kind, str(id))
    except NotFound as error:
        raise invalid(pointer, error.detail) from error
    if revision is not None and row.revision != revision:
        raise Outdated(f"this is at revision {row.revision}, and the change names {revision}")
    return row


def _attempted(work: UnitOfWork, change: Callable[[UnitOfWork], Content]) -> Outcome:
    try:
        with work.attempt():
            return change(work)
    except _REFUSALS as error:
        return error
