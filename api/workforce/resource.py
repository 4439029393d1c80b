"""The calls that all records of the workforce have alike: one by its key, its history, lists, pushes in bulk.

What differs is given as a `Noun`. Records are read with the scope to read or to write, those that speak of single
members of staff with the scope to write alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint

from api.attendance.receipts import ReceiptSchema, reply_with
from api.http import etags
from api.http.bodies import JSON_TYPES, Body, json_of
from api.http.endpoint import Reader, endpoint
from api.http.fields import Flag, ListQuerySchema, Schema, loaded
from api.http.replies import Reply
from api.workforce.fields import AsOfListQuerySchema, AsOfQuerySchema, HistorySchema, WorkforceSchema
from domain.errors import Invalid, Outdated
from intake.workforce import Columns, Rows, rows_of_json, rows_of_table, values_of_lines
from services.paging import Page
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import Tools, UnitOfWork
from services.workforce import records
from services.workforce.changes import add_record, change_record, set_record
from services.workforce.imports import ImportOptions, PushedRow, PushedRows, import_records
from services.workforce.kinds import Kind
from services.workforce.records import Record, RecordRef

READ, WRITE = "workforce:read", "workforce:write"

OF_POSTS = (READ, WRITE)
"""Who may read what speaks of posts."""

OF_STAFF = (WRITE,)
"""Who may read what speaks of single members of staff, though it names nobody."""

CSV_TYPES = ("text/csv", "application/csv")
MOST_BYTES = 16 << 20

LINES_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")

OPENING = 4096
"""The bytes by which a layout is recognised."""

Names = Callable[..., RecordRef]
Folded = Callable[[list[PushedRow]], list[PushedRow]]


@dataclass(frozen=True)
class Events:
    """A layout of events that are counted: what its opening has in it, and how a body is read."""

    sign: bytes
    read: Callable[[bytes], PushedRows]


@dataclass(frozen=True)
class Noun:
    """A kind of record as the API shows it: where it is, how it is written, who may read it."""

    kind: Kind
    path: str
    """Of one, below `/schools/<urn>`; what names it stands last."""
    schema: type[WorkforceSchema]
    names: Names
    reads: tuple[str, ...] = OF_POSTS
    writes: str = WRITE
    list_query: type[Schema] = AsOfListQuerySchema
    narrowed: Callable[[Record, dict[str, Any]], bool] = lambda record, query: True
    withheld: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    """What is shown of a record to who may not write: few members of staff are withheld."""
    key_as: tuple[str, Callable[[str], str]] | None = None
    """As which field its key is answered, and how it reads, where that isn't the key as it is."""
    never_told: frozenset[str] | None = None
    """The fields whose changes are never told to who may not write; None: where some are withheld, all are."""

    @property
    def title(self) -> str:
        """The start of the names of its views."""
        return "".join(word.title() for word in self.kind.one.split())

    @property
    def all_path(self) -> str:
        """Of all of them."""
        return self.path.rsplit("/", 1)[0]

    @property
    def reads_history(self) -> tuple[str, ...]:
        """Who may read what a record was: where figures are withheld, versions could be subtracted."""
        return self.reads if self.withheld is None or self.never_told else OF_STAFF

    def shown_to(self, work: UnitOfWork, record: Record) -> dict[str, Any]:
        """A record as this reader may see it."""
        shown = self.shown(record)
        if self.withheld is None:
            return shown
        return shown | {"suppressed": False} if work.actor.may(self.writes) else self.withheld(shown)

    def shown(self, record: Record) -> dict[str, Any]:
        """A record as it is answered: each field that it might have, null where it says nothing."""
        fields = _nothing_said(self.schema)
        made = {"revision": record.revision, "created_at": record.created_at, "updated_at": record.updated_at}
        name, reads = self.key_as or (self.kind.keyed_by or "id", str)
        return fields | record.content | made | {name: reads(record.key)}


@cache
def _nothing_said(schema: type[WorkforceSchema]) -> dict[str, Any]:
    """Null for each field that is answered."""
    return dict.fromkeys(schema().dump_fields)


class ImportQuerySchema(Schema):
    """How a push is to be taken."""

    atomic = Flag(load_default=False, metadata={"description": "All rows or none.", "example": False})
    dry_run = Flag(
        load_default=False, metadata={"description": "The same answer, nothing kept.", "example": False}
    )


def named_by_id(kind: Kind) -> Names:
    """What finds the record that a school and an id in a path name."""

    def loads(work: UnitOfWork, urn: str, id: str) -> RecordRef:
        named = records.name_record(work, get_school(work, urn), kind.name, id.lower())
        if named.revision is None:
            records.check_was_held(work, named)
        return named

    return loads


def add_calls_by_key(blueprint: Blueprint, noun: Noun) -> None:
    """`GET` of all; `GET`, `PUT` and `DELETE` of what a path names by its date or year, and its history."""
    _register(blueprint, noun, "List", noun.all_path, {"get": _list(noun)})
    add_calls_of_one(blueprint, noun)


def add_calls_of_one(blueprint: Blueprint, noun: Noun) -> None:
    """`GET`, `PUT` and `DELETE` of what a path names by its date, year or name, and its history."""
    views = {"get": _get(noun), "put": _put(noun), "delete": _delete(noun)}
    _register(blueprint, noun, "ByKey", noun.path, views)
    _register(blueprint, noun, "History", f"{noun.path}/history", {"get": _history(noun)})


def add_calls_by_id(blueprint: Blueprint, noun: Noun, patch: type[WorkforceSchema]) -> None:
    """`GET` of all and `POST`; `GET`, `PATCH` and `DELETE` of one by its id, and its history."""
    _register(blueprint, noun, "List", noun.all_path, {"get": _list(noun), "post": _post(noun)})
    views = {"get": _get(noun), "patch": _patch(noun, patch), "delete": _delete(noun)}
    _register(blueprint, noun, "ById", noun.path, views)
    _register(blueprint, noun, "History", f"{noun.path}/history", {"get": _history(noun)})


def add_import(
    blueprint: Blueprint,
    noun: Noun,
    columns: Columns,
    schema: type[WorkforceSchema],
    words: str,
    folded: Folded = list,
    events: Events | None = None,
) -> None:
    """`POST` of many at once. `folded` puts rows of one record together; `events` reads a layout of its own."""

    @endpoint(
        scope=noun.writes,
        loads=get_school,
        settled=True,
        query=ImportQuerySchema,
        body=bulk_reader(columns, schema, words, folded, events),
        answer=ReceiptSchema,
        also={207: "Some rows were rejected."},
    )
    def post(
        self: Any, work: UnitOfWork, school: SchoolRef, query: dict[str, Any], pushed: PushedRows
    ) -> Reply:
        return reply_with(import_records(work, school, noun.kind, pushed, ImportOptions(**query)))

    post.__doc__ = (
        f"Push {noun.kind.many}: each row is taken, or rejected alone; the same again moves nothing."
    )
    _register(blueprint, noun, "Import", f"{noun.all_path}/import", {"post": post})


def _list(noun: Noun) -> Any:
    @endpoint(scope=noun.reads, loads=get_school, query=noun.list_query, answer=noun.schema, paged=True)
    def get(self: Any, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Page:
        as_of, request = query.pop("as_of"), query.pop("page")
        if query:
            held = records.load_records(work, school.id, [noun.kind.name], as_of)[noun.kind.name]
            page = records.page_of_records([one for one in held if noun.narrowed(one, query)], request)
        else:
            page = records.list_records(work, school.id, noun.kind.name, request, as_of)
        return Page([noun.shown_to(work, record) for record in page.items], page.next)

    get.__doc__ = f"List the {noun.kind.many} of a school, as they are or were at a time."
    return get


def _post(noun: Noun) -> Any:
    @endpoint(
        scope=noun.writes, loads=get_school, body=noun.schema, answer=noun.schema, status=201, tagged=True
    )
    def post(self: Any, work: UnitOfWork, school: SchoolRef, body: dict[str, Any]) -> Reply:
        record = add_record(work, school, noun.kind, body)
        path = noun.path.replace("<id>", record.key)
        return Reply(noun.shown_to(work, record), 201, {"Location": f"/v1/schools/{school.urn}{path}"})

    post.__doc__ = f"Record one of the {noun.kind.many} of a school."
    return post


def _get(noun: Noun) -> Any:
    @endpoint(scope=noun.reads, loads=noun.names, query=AsOfQuerySchema, answer=noun.schema, tagged=True)
    def get(self: Any, work: UnitOfWork, named: RecordRef, query: dict[str, Any]) -> dict[str, Any]:
        return noun.shown_to(work, records.get_record(work, named, query["as_of"]))

    get.__doc__ = f"One {noun.kind.one}, as it is or was at a time."
    return get


def _put(noun: Noun) -> Any:
    @endpoint(
        scope=noun.writes,
        loads=matching(noun.names),
        body=noun.schema,
        answer=noun.schema,
        tagged=True,
        also={201: "Created."},
    )
    def put(self: Any, work: UnitOfWork, named: RecordRef, body: dict[str, Any]) -> Reply:
        held, created = set_record(work, noun.kind, named, body)
        return Reply(noun.shown_to(work, held), 201 if created else 200)

    put.__doc__ = f"Set one {noun.kind.one}; earlier versions stay, and the same again moves nothing."
    return put


def _patch(noun: Noun, schema: type[WorkforceSchema]) -> Any:
    @endpoint(scope=noun.writes, loads=matching(noun.names), body=schema, answer=noun.schema, tagged=True)
    def patch(self: Any, work: UnitOfWork, named: RecordRef, body: dict[str, Any]) -> dict[str, Any]:
        return noun.shown_to(work, change_record(work, noun.kind, named, body))

    patch.__doc__ = f"Change what is given of one {noun.kind.one}; null clears what may be empty."
    return patch


def _delete(noun: Noun) -> Any:
    @endpoint(scope=noun.writes, loads=matching(noun.names), status=204)
    def delete(self: Any, work: UnitOfWork, named: RecordRef) -> None:
        records.remove_record(work, named)

    delete.__doc__ = f"Take one {noun.kind.one} away; its history and `as_of` still tell of it."
    return delete


def _history(noun: Noun) -> Any:
    @endpoint(
        scope=noun.reads_history, loads=noun.names, query=ListQuerySchema, answer=HistorySchema, paged=True
    )
    def get(self: Any, work: UnitOfWork, named: RecordRef, query: dict[str, Any]) -> Page:
        page = records.history_of_record(work, named, query["page"])
        hidden = frozenset() if work.actor.may(noun.writes) else noun.never_told or frozenset()
        return Page([_without_values(change, hidden) for change in page.items], page.next)

    get.__doc__ = f"Every change of one {noun.kind.one}, field by field, the oldest first."
    return get


def _without_values(change: dict[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    return change | {"old": None, "new": None, "suppressed": True} if change["field"] in hidden else change


def matching(names: Names) -> Names:
    """What a path names, for a write: where If-Match is sent, it must name the revision that is held."""

    def loads(work: UnitOfWork, **path: str) -> RecordRef:
        named = names(work, **path)
        # Looked at where it is about to be written: by then the body was found to be well-formed.
        if work.writes and "If-Match" in request.headers:
            if_match = request.headers["If-Match"]
            if not etags.is_met(if_match, named.revision):
                held = "nothing" if named.revision is None else f"revision {named.revision}"
                raise Outdated(
                    f"{held} is held here, and If-Match names another; `changes` says what came between",
                    extra={
                        "revision": named.revision,
                        "changes": records.changes_of_record(
                            work, named, max(etags.revisions_in(if_match) or (0,))
                        ),
                    },
                )
        return named

    return loads


def bulk_reader(
    columns: Columns,
    schema: type[WorkforceSchema],
    words: str,
    folded: Folded = list,
    events: Events | None = None,
    *,
    called: str | None = None,
) -> Reader:
    """How a push of rows is read: JSON, or CSV with these columns, each row by the schema of one record.

    Rows that are `called` something may come as `{called: […]}` too, and one of them alone as it is.
    """

    def read(body: Body, tools: Tools) -> PushedRows:
        if body.media_type in CSV_TYPES:
            rows = rows_of_table(body.chunks(), columns, pseudonymise=tools.pseudonyms)
            return _pushed(rows, schema(), folded)
        raw = body.whole()
        if events is not None and events.sign in raw[:OPENING]:
            return events.read(raw)
        decoded = values_of_lines(raw) if body.media_type in LINES_TYPES else json_of(raw)
        value = tools.pseudonyms.throughout(decoded)
        if called is not None and isinstance(value, dict) and value and "data" not in value:
            value = value[called] if value.keys() == {called} else [value]
        return _pushed(rows_of_json(value, pseudonymise=tools.pseudonyms), schema(), folded)

    return Reader(
        types=(*JSON_TYPES, *LINES_TYPES, *CSV_TYPES),
        read=read,
        description='A JSON array of rows, {"data": [rows]}'
        + ("" if called is None else f', {{"{called}": [rows]}}, one row')
        + f" or one row a line; or CSV with the columns {words}. Columns that are not known, names and numbers of"
        " staff among them, are dropped unread and named in the receipt. Plain or gzip.",
        schema=schema,
        limit=lambda tools: min(tools.max_body, MOST_BYTES),
    )


def _pushed(rows: Rows, schema: WorkforceSchema, folded: Folded) -> PushedRows:
    read = folded([_row(number, value, schema) for number, value in rows.rows])
    return PushedRows(read, rows.received, rows.faults, rows.dropped_columns)


def _row(number: int, value: Any, schema: WorkforceSchema) -> PushedRow:
    try:
        return PushedRow(number, loaded(schema, value))
    except Invalid as error:
        return PushedRow(number, None, tuple(error.faults))


def _register(blueprint: Blueprint, noun: Noun, suffix: str, path: str, views: dict[str, Any]) -> None:
    words = {"__doc__": f"The {noun.kind.many} of a school.", "__module__": __name__}
    blueprint.route(f"/schools/<urn>{path}")(type(noun.title + suffix, (MethodView,), words | views))
