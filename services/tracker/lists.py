"""Lists of the tracker: narrowed, sorted, now or as they stood, and compared with an earlier time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.comparison import Comparison, compare
from domain.errors import invalid
from domain.tracker.health import STATES
from services.history import BOOKKEEPING
from services.paging import Page, PageRequest
from services.tracker.expand import expanded
from services.tracker.filters import filters_in
from services.tracker.held import Answers, Held
from services.tracker.kinds import Content, Kind, Where
from services.tracker.order import COMPUTED, IN_ORDER, cut, order_of
from services.tracker.search import matching_text
from services.tracker.standing import standing_by_id
from services.unit_of_work import UnitOfWork

NOT_COMPARED = BOOKKEEPING | {"health_reason", "next_moves", "history"}
"""What moves by itself, or says of a write and not of the thing."""


def read_list(
    work: UnitOfWork, kind: Kind, named: Iterable[Where], query: Mapping[str, Any], answers: Answers | None
) -> tuple[Page, Comparison | None]:
    """The page of a list that a query asks for, and where it asks for that, what has changed since an earlier time.

    Raises `Invalid` for an order that isn't offered, for what can't be asked of the past, and for a `compare_to` that
    isn't earlier.
    """
    as_of: datetime | None = query.get("as_of")
    _check(kind, query)
    listed = list(named)
    schools = frozenset(where.school for where in listed if where.school is not None)
    held = Held(work, as_of, schools or None)
    conditions = [*listed, *filters_in(held, kind, query)]
    if query.get("q"):
        conditions.append(matching_text(work, kind, query["q"]))
    if _asks_of_health(kind, query) and answers is not None:
        page = _by_health(held, kind, conditions, query, answers)
    else:
        page = held.page(kind, query["page"], conditions, order_of(kind, query.get("sort")))
    shown = Page(answers(held, page.items), page.next) if answers else page
    since = query.get("compare_to")
    changes = None if since is None else _compared(held, kind, conditions, shown, since, answers)
    return expanded(held, kind, shown, query.get("expand")), changes


def read_resource(
    work: UnitOfWork, kind: Kind, row: Any, query: Mapping[str, Any], answers: Answers | None
) -> tuple[Content, Comparison | None]:
    """One resource as a query asks for it, and what has changed of it since an earlier time."""
    check_earlier(query.get("compare_to"), query.get("as_of"))
    held = Held(work, query.get("as_of"), _schools_of(kind, row))
    content = held.one(kind, row)
    page = Page(answers(held, [content]) if answers else [content], None)
    since = query.get("compare_to")
    changes = None if since is None else _changes_of_one(held, kind, page.items[0], since, answers)
    return expanded(held, kind, page, query.get("expand")).items[0], changes


def _schools_of(kind: Kind, row: Any) -> frozenset[int] | None:
    return frozenset({row.school_id}) if kind.of_one_school else None


def _changes_of_one(
    held: Held, kind: Kind, content: Content, since: datetime, answers: Answers | None
) -> Comparison:
    before = Held(held.work, since, held.within)
    stood = [found for found in before.with_ids(kind, [content["id"]]).values() if not found.get("deleted")]
    read = answers(before, stood) if answers else stood
    return compare(_by_id(read), _by_id([content]), without=NOT_COMPARED)


def check_earlier(since: datetime | None, as_of: datetime | None) -> None:
    """Raises `Invalid` for a `compare_to` that isn't before what it is compared with."""
    if since is not None and as_of is not None and since >= as_of:
        raise invalid("/query/compare_to", "compare with a time before as_of")


def _check(kind: Kind, query: Mapping[str, Any]) -> None:
    check_earlier(query.get("compare_to"), query.get("as_of"))
    if query.get("as_of") is None:
        return
    if query.get("q"):
        raise invalid("/query/q", "what stood at a time can't be searched by its words; leave out q or as_of")
    if _sorted_by(query) in COMPUTED.get(kind, ()):
        raise invalid("/query/sort", "what stood at a time can't be sorted by what is worked out in a read")


def _asks_of_health(kind: Kind, query: Mapping[str, Any]) -> bool:
    return bool(query.get("health")) or _sorted_by(query) in COMPUTED.get(kind, ())


def _sorted_by(query: Mapping[str, Any]) -> str:
    return str(query.get("sort") or "").removeprefix("-")


def _by_health(
    held: Held, kind: Kind, conditions: Sequence[Where], query: Mapping[str, Any], answers: Answers
) -> Page:
    """A page of a list that is narrowed or sorted by what is worked out in a read."""
    request: PageRequest = query["page"]
    wanted, sorted_by = query.get("health"), _sorted_by(query)
    if held.as_of is not None:
        contents = answers(held, held.meeting(kind, conditions))
        order = order_of(kind, query.get("sort"))
        kept = [content for content in contents if content["health"] == wanted]
        return cut(order.sorted(kept), request, descending=order.descending)
    if sorted_by not in COMPUTED.get(kind, ()):
        order = order_of(kind, query.get("sort"))
        rows = held.rows_after(kind, conditions, order, request)
        told = standing_by_id(held, kind, rows, answers)
        return held.page_of_rows(kind, [row for row in rows if told[row[0]]["health"] == wanted], request)
    descending = str(query["sort"]).startswith("-")
    rows = held.rows_after(kind, conditions, IN_ORDER, PageRequest())
    told = standing_by_id(held, kind, rows, answers)
    ids = [row[0] for row in rows if wanted in (None, told[row[0]]["health"])]
    shown, after = _page_of_ids(ids, told, sorted_by, descending, request)
    found = held.with_ids(kind, shown)
    return Page([found[id] for id in shown], after)


def _page_of_ids(
    ids: list[str], told: Mapping[str, Content], field: str, descending: bool, request: PageRequest
) -> tuple[list[str], list[Any] | None]:
    """The ids of a page, of all those in the order of ids, and its cursor."""
    alike: dict[Any, list[str]] = {}
    for id in reversed(ids) if descending else ids:
        alike.setdefault(told[id][field], []).append(id)
    places = {value: _place(field, value, descending) for value in alike}
    after = None if request.after is None else list(request.after)
    found: list[list[Any]] = []
    for value in sorted(alike, key=places.__getitem__, reverse=descending):
        here = ([*places[value], id] for id in alike[value])
        found += [at for at in here if after is None or (at < after if descending else at > after)]
        if len(found) > request.limit:
            break
    shown = found[: request.limit]
    return [at[-1] for at in shown], shown[-1] if len(found) > request.limit else None


def _place(field: str, value: Any, descending: bool) -> tuple[bool, int]:
    """Where a value stands, what has none last."""
    number = STATES.index(value) if field == "health" and value is not None else value
    return (value is not None) == descending, number or 0


def _compared(
    held: Held,
    kind: Kind,
    conditions: Sequence[Where],
    page: Page,
    since: datetime,
    answers: Answers | None,
) -> Comparison:
    """What has changed of a page; what is gone of the whole list comes with its last page."""
    before = Held(held.work, since, held.within)
    stood = _by_id(before.meeting(kind, conditions))
    shown = _by_id(page.items)
    same = [content for id, content in stood.items() if id in shown]
    found = compare(_by_id(answers(before, same) if answers else same), shown, without=NOT_COMPARED)
    if page.next is not None:
        return found
    here = held.ids_of(kind, conditions)
    return Comparison(found.added, found.changed, [id for id in stood if id not in here])


def _by_id(contents: Iterable[Content]) -> dict[str, Content]:
    return {content["id"]: content for content in contents}
