"""In which order a list comes, and how a page of it is cut, in the database and of contents that stood at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

from domain.errors import invalid
from services.paging import Page, PageRequest, not_of_this_order
from services.tracker.kinds import ACTION, CHALLENGE, EVIDENCE, PERSON, Content, Kind

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


_OPTIONAL = frozenset({"closed_on", "start_on", "due_on", "role"})
_IN_WORDS = frozenset({"title", "name", "role"})
"""Fields in which small and capital letters come alike."""

_COMPUTED_SHAPE: Sequence[object] = [bool, int, str]
"""Whether it comes after those with a value, the value, the id."""


@dataclass(frozen=True)
class Order:
    """By a field, what has none of it last; without a field, in the order in which things were made."""

    field: str | None = None
    descending: bool = False
    type: type = str

    def keys(self, kind: Kind) -> list[ColumnElement[Any]]:
        """The expressions that say which row comes first; the last tells all rows apart.

        The tables have indexes over those that are asked for most, each exactly as it stands here.
        """
        id = kind.model.id
        if self.field is None:
            return [id]
        column = getattr(kind.model, self.field)
        if self._ends_with_nothing:
            return [func.coalesce(column, literal_column(f"'{self._nothing}'", column.type)), id]
        value = func.lower(column) if self.field in _IN_WORDS else column
        if self.field not in _OPTIONAL:
            return [value, id]
        # Nothing sorts last in both directions, on both databases.
        return [column.is_not(None) if self.descending else column.is_(None), func.coalesce(value, ""), id]

    def opened(self, request: PageRequest) -> PageRequest:
        """The request with the values of its cursor as the database compares them."""
        if request.after is None or self.type is str or self.field is None:
            return request
        value, id = request.after
        read = datetime.fromisoformat if self.type is datetime else date.fromisoformat
        try:
            return replace(request, after=[read(value), id])
        except ValueError as error:
            raise not_of_this_order() from error

    def sorted(self, contents: Iterable[Content]) -> list[tuple[list[Any], Content]]:
        """Contents in this order, each with its key."""
        return sorted(
            ((self._key(content), content) for content in contents),
            key=lambda keyed: keyed[0],
            reverse=self.descending,
        )

    @property
    def shape(self) -> Sequence[object]:
        """The types of what a cursor of this order holds."""
        optional = self.field in _OPTIONAL and not self._ends_with_nothing
        return [str] if self.field is None else [*([bool] if optional else []), str, str]

    @property
    def _ends_with_nothing(self) -> bool:
        """Whether a day that no calendar has stands for none, so that one index serves all."""
        return self.type is date and self.field in _OPTIONAL

    @property
    def _nothing(self) -> str:
        return (date.min if self.descending else date.max).isoformat()

    def _key(self, content: Content) -> list[Any]:
        if self.field is None:
            return [content["id"]]
        value = content[self.field]
        if self._ends_with_nothing:
            return [value or self._nothing, content["id"]]
        text = str(value or "").lower() if self.field in _IN_WORDS else value
        optional = [(value is not None) == self.descending] if self.field in _OPTIONAL else []
        return [*optional, text, content["id"]]


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


def check_cursor(kind: Kind, sort: str | None, request: PageRequest) -> None:
    """Raises `Invalid` for the cursor of a list that came in another order."""
    computed = (sort or "").removeprefix("-") in COMPUTED.get(kind, ())
    expected = _COMPUTED_SHAPE if computed else order_of(kind, sort).shape
    if request.after is not None and [type(value) for value in request.after] != expected:
        raise not_of_this_order()


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
