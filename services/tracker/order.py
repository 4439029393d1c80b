"""In which order a list comes, and how a page of it is cut, in the database and of contents that stood at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal

from domain.errors import invalid
from models.base import EPOCH
from services.paging import Page, PageRequest, not_of_this_order
from services.tracker.kinds import ACTION, CHALLENGE, EVIDENCE, PERSON, Content, Kind

_LEAST: dict[type, Any] = {str: "", date: date.min, datetime: EPOCH}

_SHARED: dict[str, type] = {"created_at": datetime, "updated_at": datetime}

FIELDS: dict[Kind, dict[str, type]] = {
    CHALLENGE: {"title": str, "kind": str, "opened_on": date, "closed_on": date} | _SHARED,
    ACTION: {"title": str, "status": str, "start_on": date, "due_on": date} | _SHARED,
    EVIDENCE: {"title": str, "kind": str, "captured_on": date} | _SHARED,
    PERSON: {"name": str, "role": str} | _SHARED,
}
"""By which fields each list may be sorted, in the database."""

COMPUTED = {CHALLENGE: ("health",), ACTION: ("health", "progress")}
"""By which fields that are worked out in a read."""


@dataclass(frozen=True)
class Order:
    """By a field, what has none of it last; without a field, in the order in which things were made."""

    field: str | None = None
    descending: bool = False
    type: type = str

    def keys(self, kind: Kind) -> list[ColumnElement[Any]]:
        """The columns that say which row comes first; the last tells all rows apart."""
        id = kind.model.id
        if self.field is None:
            return [id]
        column = getattr(kind.model, self.field)
        # Nothing sorts last in both directions, on both databases.
        known = column.is_not(None) if self.descending else column.is_(None)
        value = func.coalesce(column, literal(_LEAST[self.type], column.type))
        return [known, func.lower(value) if self.type is str else value, id]

    def opened(self, request: PageRequest) -> PageRequest:
        """The request with the values of its cursor as the database compares them."""
        if request.after is None or self.type is str or self.field is None:
            return request
        read = datetime.fromisoformat if self.type is datetime else date.fromisoformat
        try:
            first, value, id = request.after
            return replace(request, after=[first, read(value), id])
        except ValueError as error:
            raise not_of_this_order() from error

    def sorted(self, contents: Iterable[Content]) -> list[tuple[list[Any], Content]]:
        """Contents in this order, each with its key."""
        return sorted(
            ((self._key(content), content) for content in contents),
            key=lambda keyed: keyed[0],
            reverse=self.descending,
        )

    def _key(self, content: Content) -> list[Any]:
        if self.field is None:
            return [content["id"]]
        value = content[self.field]
        return [(value is not None) == self.descending, str(value or "").lower(), content["id"]]


IN_ORDER = Order()
"""The order in which things were made."""


def order_of(kind: Kind, text: str | None) -> Order:
    """The order that `?sort=` asks for; raises `Invalid` for a field that isn't offered."""
    if not text:
        return IN_ORDER
    field = text.removeprefix("-")
    if field not in FIELDS[kind]:
        offered = [*FIELDS[kind], *COMPUTED.get(kind, ())]
        raise invalid("/query/sort", f"this list is sorted by one of {', '.join(offered)}, or - and one")
    return Order(field, text.startswith("-"), FIELDS[kind][field])


def cut(
    ordered: Sequence[tuple[list[Any], Content]], request: PageRequest, *, descending: bool = False
) -> Page:
    """A page of what is in order already."""
    after = None if request.after is None else list(request.after)
    left = [
        (key, content)
        for key, content in ordered
        if after is None or (key < after if descending else key > after)
    ]
    shown = left[: request.limit]
    return Page([content for _, content in shown], shown[-1][0] if len(left) > request.limit else None)
