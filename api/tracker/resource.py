"""The calls that all resources of the tracker have alike: one by its id, its restoring, its history, a list below
something. What differs is given as a `Noun`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint

from api.http.endpoint import Reply, endpoint
from api.http.fields import ListQuerySchema, Schema
from api.http.preconditions import check_precondition
from api.tracker.fields import AsOfListQuerySchema, AsOfQuerySchema, ChangeSchema
from api.tracker.lists import Narrowed, list_of, one_of_kind
from services.paging import Page
from services.tracker import records
from services.tracker.held import Answers, Held, get_row, read_one
from services.tracker.kinds import Content, Kind, equal
from services.unit_of_work import UnitOfWork

READ, WRITE = "tracker:read", "tracker:write"

Create = Callable[[UnitOfWork, Any, dict[str, Any]], Content]
Change = Callable[[UnitOfWork, Any, dict[str, Any]], Content]


@dataclass(frozen=True)
class Noun:
    """A resource as the API shows it: its kind, what one and many are called, where it is, how it is written."""

    kind: Kind
    one: str
    many: str
    path: str
    schema: type[Schema]
    answers: Answers | None = None
    one_query: type[Schema] = AsOfQuerySchema
    """What a read of one takes."""
    one_answers: Answers | None = None
    """What a read of one adds, where that is more than a list does."""

    @property
    def title(self) -> str:
        """The start of the names of its views."""
        return "".join(word.title() for word in self.one.split())

    def row(self, work: UnitOfWork, id: str) -> Any:
        """What an id in a path names."""
        return get_row(work, self.kind, id)

    def row_or_hidden(self, work: UnitOfWork, id: str) -> Any:
        """The same, though it was deleted."""
        return get_row(work, self.kind, id, hidden=True)

    def row_as_asked(self, work: UnitOfWork, **path: str) -> Any:
        """What a read names: what was deleted only where the read asks how things stood at a time."""
        return (self.row_or_hidden if asks_of_the_past() else self.row)(work, **path)

    def read(self, work: UnitOfWork, row: Any) -> Content:
        """It as it is read now."""
        return read_one(work, self.kind, row, None, self.answers)


def asks_of_the_past() -> bool:
    """Whether the query asks how things stood: only then may what was deleted since be found."""
    return "as_of" in request.args


def check_if_match_where_sent(work: UnitOfWork, row: Any) -> None:
    """Of a write that needs no If-Match: who sends one means that revision and no other."""
    if "If-Match" in request.headers:
        check_precondition(work, row)


def created(noun: Noun, content: Content) -> Reply:
    """The answer to a POST that made something."""
    return Reply(content, 201, {"Location": f"/v1{noun.path}/{content['id']}"})


def add_calls_by_id(
    blueprint: Blueprint, noun: Noun, *, patch: type[Schema] | None = None, change: Change | None = None
) -> None:
    """`GET`, and where it may be changed `PATCH`, `DELETE` and `POST …/restore`; and `GET …/history`."""
    views: dict[str, Any] = {"get": _get(noun)}
    if patch is not None and change is not None:
        views |= {"patch": _patch(noun, patch, change), "delete": _delete(noun)}
        _add(blueprint, noun, "Restore", "/restore", {"post": _restore(noun)})
    _add(blueprint, noun, "ById", "", views)
    _add(blueprint, noun, "History", "/history", {"get": _history(noun)})


def add_list_below(
    blueprint: Blueprint, noun: Noun, parent: Noun, create: Create, body: type[Schema]
) -> None:
    """`GET` and `POST` of what lies below another resource."""

    @endpoint(
        scope=READ, loads=parent.row_as_asked, query=AsOfListQuerySchema, answer=noun.schema, paged=True
    )
    def get(self: Any, work: UnitOfWork, above: Any, query: dict[str, Any]) -> Page:
        Held(work, query.get("as_of")).one(parent.kind, above)
        of_this = replace(equal(noun.kind, parent.kind.name, above.id), school=above.school_id)
        below = Narrowed([of_this], {})
        return list_of(work, noun.kind, below, query, noun.answers)

    @endpoint(scope=WRITE, loads=parent.row, body=body, answer=noun.schema, status=201, tagged=True)
    def post(self: Any, work: UnitOfWork, above: Any, body: dict[str, Any]) -> Reply:
        return created(noun, create(work, above, body))

    get.__doc__ = f"List the {noun.many} of one {parent.one}, in the order in which they were made."
    post.__doc__ = f"Add one to the {noun.many} of one {parent.one}."
    path = f"{parent.path}/<id>/{noun.path.strip('/')}"
    _register(
        blueprint,
        f"{noun.title}sOf{parent.title}",
        f"The {noun.many} below.",
        path,
        {"get": get, "post": post},
    )


def _get(noun: Noun) -> Any:
    @endpoint(scope=READ, loads=noun.row_as_asked, query=noun.one_query, answer=noun.schema, tagged=True)
    def get(self: Any, work: UnitOfWork, row: Any, query: dict[str, Any]) -> Content:
        return one_of_kind(work, noun.kind, row, query, noun.one_answers or noun.answers)

    get.__doc__ = f"One {noun.one}, as it is or as it stood at a time."
    return get


def _patch(noun: Noun, body: type[Schema], change: Change) -> Any:
    @endpoint(scope=WRITE, loads=noun.row, body=body, answer=noun.schema, precondition=True, tagged=True)
    def patch(self: Any, work: UnitOfWork, row: Any, body: dict[str, Any]) -> Content:
        return change(work, row, body)

    patch.__doc__ = f"Change what is given of one {noun.one}; null clears what may be empty."
    return patch


def _delete(noun: Noun) -> Any:
    @endpoint(scope=WRITE, loads=noun.row, status=204, precondition=True)
    def delete(self: Any, work: UnitOfWork, row: Any) -> Reply:
        records.hide(work, noun.kind, row)
        return Reply(None, 204)

    delete.__doc__ = f"Hide one {noun.one}; its history stays, and restoring brings it back."
    return delete


def _restore(noun: Noun) -> Any:
    @endpoint(scope=WRITE, loads=noun.row_or_hidden, answer=noun.schema, tagged=True)
    def post(self: Any, work: UnitOfWork, row: Any) -> Content:
        records.restore(work, noun.kind, row)
        return noun.read(work, row)

    post.__doc__ = f"Bring one {noun.one} back that was deleted."
    return post


def _history(noun: Noun) -> Any:
    @endpoint(scope=READ, loads=noun.row_or_hidden, query=ListQuerySchema, answer=ChangeSchema, paged=True)
    def get(self: Any, work: UnitOfWork, row: Any, query: dict[str, Any]) -> Page:
        return records.history(work, row, query["page"])

    get.__doc__ = f"Every change of one {noun.one}, field by field, the oldest first."
    return get


def _add(blueprint: Blueprint, noun: Noun, suffix: str, path: str, views: dict[str, Any]) -> None:
    _register(blueprint, noun.title + suffix, f"One {noun.one}.", f"{noun.path}/<id>{path}", views)


def _register(blueprint: Blueprint, name: str, words: str, path: str, views: dict[str, Any]) -> None:
    blueprint.route(path)(type(name, (MethodView,), {"__doc__": words, "__module__": __name__} | views))
