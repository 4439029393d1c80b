"""What may follow what in the life of an action.

The table `MOVES` is the only place that says so: the refusals, the `next_moves` of a read and the diagram
in the documentation come from it.
"""

from domain.errors import Conflict, HeadwayError, invalid

MOVES: dict[str, tuple[str, ...]] = {
    "planned": ("in_progress", "stopped"),
    "in_progress": ("blocked", "done", "stopped"),
    "blocked": ("in_progress", "done", "stopped"),
    "done": ("in_progress",),
    "stopped": ("in_progress",),
}
STATUSES = tuple(MOVES)
ENDED = frozenset({"done", "stopped"})
"""Nothing more is expected of an action in one of these; leaving them is a reopening."""


def next_moves(status: str) -> list[str]:
    """The statuses that an action in `status` may move to."""
    return list(MOVES[status])


def check_can_move(old: str, new: str, note: str | None) -> None:
    """Nothing where the move is allowed, or where `new` is `old`, which is no move.

    Raises Invalid where `new` is no status (pointer `/status`) or where stopping or reopening comes
    without a note (pointer `/note`), Conflict naming the possible moves where this one isn't among them.
    """
    if new not in MOVES:
        raise invalid("/status", f"“{new}” is no status of an action; one of {', '.join(STATUSES)} is")
    if new == old:
        return
    if new not in MOVES[old]:
        raise _not_possible(old, new)
    if _needs_note(old, new) and not (note or "").strip():
        raise invalid("/note", _why_note(old, new))


def can_move(old: str, new: str, note: str | None = None) -> bool:
    """Whether `check_can_move` lets it pass."""
    try:
        check_can_move(old, new, note)
    except HeadwayError:
        return False
    return True


def is_reopening(old: str, new: str) -> bool:
    """Whether the move takes up again what was done or stopped."""
    return old in ENDED and new not in ENDED


def _needs_note(old: str, new: str) -> bool:
    return new == "stopped" or is_reopening(old, new)


def _not_possible(old: str, new: str) -> Conflict:
    possible = next_moves(old)
    return Conflict(
        f"An action that is {old} can't move to {new}; from {old} it can move to {' or '.join(possible)}",
        extra={"next_moves": possible},
    )


def _why_note(old: str, new: str) -> str:
    deed = "Stopping an action" if new == "stopped" else f"Reopening an action that is {old}"
    return f"{deed} needs a note that says why"
