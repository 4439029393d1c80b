"""How a list of the tracker is asked for, and how it and one of it are answered: compared, where that is asked."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import marshmallow as ma

from api.http.fields import loaded
from api.tracker.named import Named
from domain.comparison import Comparison
from services.paging import Page
from services.tracker.held import Answers
from services.tracker.kinds import Content, Kind, Where
from services.tracker.lists import read_list, read_resource
from services.tracker.views import query_of_view
from services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Narrowed:
    """What the query of a list names, and what its saved view asks for."""

    where: list[Where]
    saved: dict[str, Any]


def narrowed(
    named: Named, of: str, schema: type[ma.Schema]
) -> Callable[[UnitOfWork, Mapping[str, str]], Narrowed]:
    """Reads what a query names, its saved view first; `of` is the list as views call it."""

    def names(work: UnitOfWork, args: Mapping[str, str]) -> Narrowed:
        saved = query_of_view(work, of, args["view"]) if "view" in args else {}
        own = {name: value for name, value in saved.items() if name not in args}
        return Narrowed(named(work, {**saved, **args}), loaded(schema(), own, root="/query"))

    return names


def list_of(
    work: UnitOfWork, kind: Kind, asked: Narrowed, query: dict[str, Any], answers: Answers | None = None
) -> Page:
    """A page of a list, as its query and its saved view ask for it."""
    limit = asked.saved.get("limit", query["page"].limit)
    whole = asked.saved | query | {"page": replace(query["page"], limit=limit)}
    page, changes = read_list(work, kind, asked.where, whole, answers)
    return page if changes is None else replace(page, also=_told(query["compare_to"], changes))


def one_of_kind(
    work: UnitOfWork, kind: Kind, row: Any, query: Mapping[str, Any], answers: Answers | None
) -> Content:
    """One resource as its query asks for it."""
    content, changes = read_resource(work, kind, row, query, answers)
    return content if changes is None else content | _told(query["compare_to"], changes)


def _told(since: datetime, changes: Comparison) -> dict[str, Any]:
    return {"changes": {"since": since} | asdict(changes)}
