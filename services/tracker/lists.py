"""Lists of the tracker: narrowed, sorted, now or as they stood, and compared with an earlier time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from domain.comparison import Comparison, compare
from domain.errors import invalid
from services.history import BOOKKEEPING
from services.paging import Page, PageRequest
from services.tracker import actions, challenges
from services.tracker.contents import among
from services.tracker.expand import expanded
from services.tracker.filters import filters_in
from services.tracker.held import Answers, Held
from services.tracker.kinds import ACTION, CHALLENGE, Content, Kind, Where
from services.tracker.order import COMPUTED, check_cursor, cut, order_of
from services.tracker.search import matching_text
from services.tracker.standing import Place, Standing
from services.unit_of_work import UnitOfWork

NOT_COMPARED = BOOKKEEPING | {"health_reason", "next_moves", "history"}
"""What moves by itself, or says of a write and not of the thing."""

STANDING: dict[Kind, Callable[[Held], Standing]] = {
    ACTION: actions.standing,
    CHALLENGE: challenges.standing,
}
"""The kinds whose lists are narrowed and sorted by how they stand."""


def read_list(
    work: UnitOfWork, kind: Kind, named: Iterable[Where], query: Mapping[str, Any], answers: Answers | None
) -> tuple[Page, Comparison | None]:
    """The page of a list that a query asks for, and where it asks for that, what has changed since an earlier time.

    Raises `Invalid` for an order that isn't offered, for what can't be asked of the past, and for a `compare_to` that
    isn't earlier.
    """
    as_of: datetime | None = query.get("as_of")
    _check(kind, query)
    check_cursor(kind, query.get("sort"), query["page"])
    listed = list(named)
    schools = frozenset(where.school for where in listed if where.school is not None)
    held = Held(work, as_of, schools or None)
    conditions = [*listed, *filters_in(held, kind, query)]
    if query.get("q"):
        conditions.append(matching_text(work, kind, query["q"]))
    if as_of is not None and query.get("health") and answers is not None:
        page = _by_health_then(held, kind, conditions, query, answers)
    else:
        page = _page(held, kind, listed, conditions, query)
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


def _sorted_by(query: Mapping[str, Any]) -> str:
    return str(query.get("sort") or "").removeprefix("-")


def _page(
    held: Held, kind: Kind, listed: Sequence[Where], conditions: Sequence[Where], query: Mapping[str, Any]
) -> Page:
    """A page of a list as it is now, perhaps narrowed or sorted by what is worked out in a read."""
    request: PageRequest = query["page"]
    health, sorted_by = query.get("health"), _sorted_by(query) or None
    by_column = sorted_by is not None and sorted_by not in COMPUTED.get(kind, ())
    if health is None and (by_column or sorted_by is None):
        return held.page(kind, request, conditions, order_of(kind, query.get("sort")))
    standing, schools = STANDING[kind](held), _schools(held, kind, listed)
    if health is not None and by_column:
        conditions = [*conditions, _one_of(held, kind, standing.with_health(schools, health))]
        return held.page(kind, request, conditions, order_of(kind, query.get("sort")))
    descending = str(query.get("sort")).startswith("-")
    places = standing.in_order(schools, sorted_by, descending=descending, health=health, after=request.after)
    found = _first_there(held, kind, places, conditions, request.limit + 1)
    shown = found[: request.limit]
    contents = held.with_ids(kind, [place[-1] for place in shown])
    after = list(shown[-1]) if len(found) > request.limit else None
    return Page([contents[place[-1]] for place in shown], after)


def _first_there(
    held: Held, kind: Kind, places: Iterator[Place], conditions: Sequence[Where], count: int
) -> list[Place]:
    """The first places of what the key may see and meets all conditions. Most often the very first do."""
    found: list[Place] = []
    for some in (islice(places, 2 * count), islice(places, 20 * count), places):
        asked = list(some)
        there = held.ids_of(kind, [*conditions, _one_of(held, kind, [place[-1] for place in asked])])
        found += [place for place in asked if place[-1] in there]
        if len(found) >= count or not asked:
            break
    return found[:count]


def _one_of(held: Held, kind: Kind, ids: Sequence[str]) -> Where:
    return Where(among(held.work, kind.model.id, ids), lambda content: content["id"] in ids)


def _schools(held: Held, kind: Kind, listed: Sequence[Where]) -> set[int]:
    """The schools that a list is of: those that it names, or else those of the key that have anything of the kind."""
    named = {where.school for where in listed if where.school is not None}
    return named or held.schools_with(kind)


def _by_health_then(
    held: Held, kind: Kind, conditions: Sequence[Where], query: Mapping[str, Any], answers: Answers
) -> Page:
    """A page of a list of the past that is narrowed by health: sorted by it, none of the past is."""
    order = order_of(kind, query.get("sort"))
    contents = answers(held, held.meeting(kind, conditions))
    kept = [content for content in contents if content["health"] == query["health"]]
    return cut(order.sorted(kept), query["page"], descending=order.descending)


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
