"""Under which count figures are withheld from whoever asks: one rule for pupils and for staff."""

from domain.attendance.suppression import LEAST
from domain.errors import invalid
from services.unit_of_work import Actor


def least_shown(actor: Actor, suppress: int | None, *, unless: str) -> int:
    """The count under which figures are withheld; 0 for none. `unless` is the scope that sees everything.

    Without that scope it is 5 at least. Raises `Invalid` for a `suppress` between 0 and 5, or 0 without the scope.
    """
    least_of_all = 0 if actor.may(unless) else LEAST
    if suppress is None:
        return least_of_all
    if suppress < LEAST and (suppress or least_of_all):
        instead = "" if least_of_all else "0, or "
        raise invalid("/query/suppress", f"for this key, suppress takes {instead}{LEAST} and more")
    return suppress
