"""Pages of a list, cut by the sort key of the last item, so that inserts never shift what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from services.unit_of_work import UnitOfWork


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


def page_of(
    work: UnitOfWork,
    statement: Select[Any],
    *,
    keys: Sequence[InstrumentedAttribute[Any]],
    request: PageRequest,
    descending: bool = False,
) -> Page:
    """The page of a select of one model, in the order of `keys`, of which the last must be unique."""
    if request.after is not None:
        here = tuple_(*keys)
        # With the types of the keys: an id as text is not yet an id as the database keeps it.
        there = tuple_(*request.after, types=[key.type for key in keys])
        statement = statement.where(here < there if descending else here > there)
    order = [key.desc() if descending else key.asc() for key in keys]
    rows = list(work.db.scalars(statement.order_by(*order).limit(request.limit + 1)))
    items = rows[: request.limit]
    more = len(rows) > request.limit
    return Page(items, [getattr(items[-1], key.key) for key in keys] if more else None)
