"""Pages of a list, cut by the sort key of the last item, so that inserts never shift what follows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from domain.errors import Invalid, invalid
from services.unit_of_work import UnitOfWork

Key = ColumnElement[Any] | InstrumentedAttribute[Any]
"""A column, or anything worked out of columns, by which rows are put in order."""


@dataclass(frozen=True)
class PageRequest:
    """How many items, after which sort key (as `Page.next` gave it)."""

    limit: int = 50
    after: Sequence[Any] | None = None


@dataclass(frozen=True)
class Page:
    """Some items of a list; `next` is the sort key of the last one where more follow."""

    items: list[Any]
    next: list[Any] | None
    also: dict[str, Any] = field(default_factory=dict)
    """What the answer says beside them, ready to be written."""


def page_of(
    work: UnitOfWork,
    statement: Select[Any],
    *,
    keys: Sequence[Key],
    request: PageRequest,
    descending: bool = False,
) -> Page:
    """The page of a select of one model, in the order of `keys`, of which the last must be unique."""
    ordered = behind(statement.add_columns(*keys), keys, request, descending)
    rows = work.db.execute(ordered.limit(request.limit + 1)).all()
    shown = rows[: request.limit]
    return Page([row[0] for row in shown], list(shown[-1][1:]) if len(rows) > request.limit else None)


def not_of_this_order() -> Invalid:
    """The refusal of a cursor that was given for the same list in another order."""
    return invalid(
        "/query/cursor", "the cursor was given for this list in another order; begin again without it"
    )


def behind(
    statement: Select[Any], keys: Sequence[Key], request: PageRequest, descending: bool
) -> Select[Any]:
    """What a select gives behind the cursor of a request, in the order of `keys`.

    Raises `Invalid` for a cursor of the list in another order, as a saved view has one that was changed meanwhile.
    """
    if request.after is not None:
        if len(request.after) != len(keys):
            raise not_of_this_order()
        here = tuple_(*keys)
        # With the types of the keys: an id as text is not yet an id as the database keeps it.
        there = tuple_(*request.after, types=[key.type for key in keys])
        statement = statement.where(here < there if descending else here > there)
    return statement.order_by(*(key.desc() if descending else key.asc() for key in keys))
