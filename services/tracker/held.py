"""What the tracker holds: now, from its tables, or as it stood at a time, from the audit log.

Both give contents, so whatever is computed from them is computed in one way.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, func, null, or_, select, true

from domain.errors import NotFound
from models import AuditEntry, Ledger, School
from services.audit import NO_SCHOOL
from services.clock import school_day
from services.ids import is_id
from services.paging import Page, PageRequest, behind
from services.tracker.contents import Only, among, contents_of, selection_of
from services.tracker.kinds import Content, Kind, Where
from services.tracker.order import IN_ORDER, Order, cut
from services.tracker.sight import in_sight, schools_in_sight, sees
from services.unit_of_work import UnitOfWork

Head = tuple[int, bytes]
"""The number and the hash of the newest entry of a chain."""

_decoder = msgspec.json.Decoder(float_hook=Decimal)


def get_row(work: UnitOfWork, kind: Kind, id: str, *, hidden: bool = False) -> Any:
    """The row that an id names, `NotFound` where there is none that the key may see.

    With `hidden`, also one that was deleted or lies below such a one. In a transaction that writes, the ledger that
    orders the writes of its school is locked first, so nobody else changes the row until the end.
    """
    row = work.db.get(kind.model, id.lower()) if is_id(id) else None
    if row is None or not sees(kind, schools_in_sight(work), row):
        raise NotFound(f"there is no such {kind.name}")
    if work.writes:
        work.ledger(ledger_of(kind, row))
        work.db.refresh(row)
    if not hidden and is_hidden(work, kind, row):
        raise NotFound(f"there is no such {kind.name}")
    return row


def is_hidden(work: UnitOfWork, kind: Kind, row: Any) -> bool:
    """Whether it was deleted, or what it lies below was."""
    above = above_of(work, kind, row)
    return row.deleted_at is not None or (above is not None and is_hidden(work, *above))


def above_of(work: UnitOfWork, kind: Kind, row: Any) -> tuple[Kind, Any] | None:
    """What a row lies below: its kind and its row; None for what lies below nothing."""
    for parent in kind.parents:
        id = getattr(row, parent.name)
        if id is not None:
            return parent, work.db.get(parent.model, id)
    return None


def ledger_of(kind: Kind, row: Any) -> int:
    """Whose audit log tells of it: its school's; that of no school for people and for what several schools share."""
    if kind.of_one_school:
        return int(row.school_id)
    schools = [] if kind.name == "person" else row.school_ids
    return schools[0] if len(schools) == 1 else NO_SCHOOL


@dataclass
class Held:
    """The tracker as it is, or as it stood at `as_of`, as the key of `work` sees it."""

    work: UnitOfWork
    as_of: datetime | None = None
    within: frozenset[int] | None = None
    """The schools that are asked about, where these are few: of the past, no others are read."""
    _sight: dict[int, str] | None = field(init=False)
    _urns: dict[int, str] = field(default_factory=dict)
    _heads: dict[int, Head] = field(default_factory=dict)
    _stood: dict[str, dict[str, Content]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sight = schools_in_sight(self.work)

    @property
    def today(self) -> date:
        """The day at school on which things are judged."""
        return self.work.today if self.as_of is None else school_day(min(self.as_of, self.work.now))

    def one(self, kind: Kind, row: Any) -> Content:
        """The content of a row; `NotFound` where it was hidden, or wasn't there yet."""
        if self.as_of is None:
            if is_hidden(self.work, kind, row):
                raise NotFound(f"there is no such {kind.name}")
            return self.contents(kind, [row])[0]
        content = self.with_ids(kind, [row.id]).get(row.id)
        if content is None or content.get("deleted") or not in_sight(kind, self._sight).holds(content):
            raise NotFound(f"there is no such {kind.name} at that time")
        above = above_of(self.work, kind, row)
        if above is not None:
            self.one(*above)
        return content

    def page(
        self, kind: Kind, request: PageRequest, where: Iterable[Where] = (), order: Order = IN_ORDER
    ) -> Page:
        """A page of the contents that the key may see, in the order in which they were made, or in another."""
        conditions = list(where)
        if self.as_of is None and order.field is not None:
            # In another order than that of ids, the database sorts all there are: narrow rows, not whole ones.
            rows = self.rows_after(kind, conditions, order, request, most=request.limit + 1)
            return self.page_of_rows(kind, rows, request)
        if self.as_of is None:
            return self._page_now(kind, request, conditions)
        return cut(order.sorted(self.meeting(kind, conditions)), request, descending=order.descending)

    def _page_now(self, kind: Kind, request: PageRequest, conditions: list[Where]) -> Page:
        statement = selection_of(kind).where(self.seen(kind, conditions))
        ordered = behind(statement, [kind.model.id], request, descending=False)
        rows = self.work.connection.execute(ordered.limit(request.limit + 1)).all()
        shown = rows[: request.limit]
        last = [shown[-1][0]] if len(rows) > request.limit else None
        return Page(contents_of(self.work, kind, shown, self._urns), last)

    def rows_after(
        self,
        kind: Kind,
        conditions: Iterable[Where],
        order: Order,
        request: PageRequest,
        most: int | None = None,
    ) -> Sequence[Any]:
        """Id, school and sort key of the rows now behind a cursor, in order: what a page is picked from."""
        keys = order.keys(kind)
        school = kind.model.school_id if kind.of_one_school else null().label("school_id")
        statement = select(kind.model.id, school, *keys[:-1]).where(self.seen(kind, conditions))
        ordered = behind(statement, keys, order.opened(request), order.descending)
        return self.work.connection.execute(ordered.limit(most)).all()

    def page_of_rows(self, kind: Kind, rows: Sequence[Any], request: PageRequest) -> Page:
        """The page of rows that `rows_after` gave."""
        shown = rows[: request.limit]
        contents = self.with_ids(kind, [row.id for row in shown])
        last = [*shown[-1][2:], shown[-1].id] if len(rows) > request.limit else None
        return Page([contents[row.id] for row in shown], last)

    def ids_of(self, kind: Kind, conditions: Iterable[Where]) -> set[str]:
        """The ids of all that meets the conditions."""
        if self.as_of is not None:
            return {content["id"] for content in self.meeting(kind, conditions)}
        return set(self.work.connection.scalars(select(kind.model.id).where(self.seen(kind, conditions))))

    def schools_with(self, kind: Kind) -> set[int]:
        """The schools that the key may see and that have, or had, anything of a kind."""
        of_school = select(kind.model.id).where(kind.model.school_id == School.id).exists()
        seen = true() if self._sight is None else School.id.in_(self._sight)
        return set(self.work.connection.scalars(select(School.id).where(of_school, seen)))

    def seen(self, kind: Kind, conditions: Iterable[Where] = ()) -> ColumnElement[bool]:
        """That a row is there now, may be seen, and meets all conditions."""
        return and_(alive(kind), in_sight(kind, self._sight).sql, *(each.sql for each in conditions))

    def meeting(self, kind: Kind, conditions: Iterable[Where] = ()) -> list[Content]:
        """What of a kind stood at `as_of` and met all conditions, in the order in which it was made."""
        listed = list(conditions)
        return [
            content
            for content in self._standing(kind).values()
            if all(each.holds(content) for each in listed)
        ]

    def below(
        self,
        kind: Kind,
        parents: Collection[str],
        parent: Kind | None = None,
        only: Only = None,
    ) -> dict[str, list[Content]]:
        """What of a kind lies below each of these parents, of its first kind unless told, in the order of making."""
        name = (parent or kind.parents[0]).name
        column = getattr(kind.model, name)
        found: list[Content] = []
        if self.as_of is not None:
            found = list(self._standing(kind).values())
        elif parents:
            these = among(self.work, column, parents)
            found = self.matching(kind, these, None if only is None else (name, *only))
        grouped: dict[str, list[Content]] = {id: [] for id in parents}
        for content in found:
            if content[name] in grouped:
                grouped[content[name]].append(content)
        return grouped

    def matching(self, kind: Kind, condition: ColumnElement[bool], only: Only = None) -> list[Content]:
        """What of a kind is there now, may be seen, and meets a condition, in the order in which it was made."""
        statement = selection_of(kind, only).where(self.seen(kind), condition).order_by(kind.model.id)
        return contents_of(self.work, kind, self.work.connection.execute(statement).all(), self._urns, only)

    def stood(self, kind: Kind) -> dict[str, Content]:
        """The same by id."""
        return self._standing(kind)

    def standing(self, kind: Kind) -> list[Content]:
        """What of a kind stood at `as_of` in the schools that the key may see."""
        return list(self._standing(kind).values())

    def all(self, kind: Kind) -> list[Content]:
        """What of a kind the key may see, now or at `as_of`."""
        return self.matching(kind, true()) if self.as_of is None else self.standing(kind)

    def with_ids(self, kind: Kind, ids: Collection[str]) -> dict[str, Content]:
        """The contents of these ids, hidden ones among them (they have `deleted`), without asking who may see them."""
        if not ids:
            return {}
        if self.as_of is None:
            statement = selection_of(kind).where(among(self.work, kind.model.id, ids))
            rows = self.work.connection.execute(statement).all()
            found = contents_of(self.work, kind, rows, self._urns)
            return {content["id"]: content for content in found}
        return self._told(AuditEntry.kind == kind.name, AuditEntry.subject.in_(ids))

    def contents(self, kind: Kind, rows: Sequence[Any]) -> list[Content]:
        """The contents of rows."""
        ids = {id for row in rows for id in _school_ids(kind, row)} - self._urns.keys()
        if ids:
            asked = select(School.id, School.urn).where(School.id.in_(ids))
            self._urns.update({row.id: row.urn for row in self.work.db.execute(asked)})
        return [content_of(kind, row, self._urns) for row in rows]

    def school_ids(self, urns: Collection[str]) -> dict[str, int]:
        """The rows' numbers of schools, by URN."""
        known = {urn: id for id, urn in self._urns.items() if urn in urns}
        if len(known) < len(set(urns)):
            rows = self.work.db.execute(select(School.id, School.urn).where(School.urn.in_(urns)))
            known = {row.urn: row.id for row in rows}
            self._urns.update({id: urn for urn, id in known.items()})
        return known

    def heads(self, schools: Collection[int]) -> dict[int, Head]:
        """The newest entry of each school's chain, and of that of no school, as the transaction sees them."""
        asked = {NO_SCHOOL, *schools} - self._heads.keys()
        if asked:
            chain = select(Ledger.school_id, Ledger.sequence, Ledger.head).where(Ledger.school_id.in_(asked))
            self._heads.update({NO_SCHOOL: (0, b"")} if NO_SCHOOL in asked else {})
            rows = self.work.connection.execute(chain)
            self._heads.update({school: (number, bytes(head)) for school, number, head in rows})
        return self._heads

    def _standing(self, kind: Kind) -> dict[str, Content]:
        """All of a kind that stood at `as_of` and may be seen, by id, in the order of ids."""
        if kind.name not in self._stood:
            conditions = [AuditEntry.kind == kind.name, AuditEntry.subject.is_not(None)]
            schools = self.within if self.within is not None else self._sight
            if schools is not None:
                conditions.append(AuditEntry.school_id.in_([NO_SCHOOL, *schools]))
            seen = in_sight(kind, self._sight)
            above = {id for parent in kind.parents for id in self._standing(parent)}
            self._stood[kind.name] = {
                id: content
                for id, content in sorted(self._told(*conditions).items())
                if not content.get("deleted")
                and seen.holds(content)
                and all(content[parent.name] in above for parent in kind.parents if content[parent.name])
            }
        return self._stood[kind.name]

    def _told(self, *conditions: ColumnElement[bool]) -> dict[str, Content]:
        """What the log tells of each subject at `as_of`: its last entry until then, unless that was erased."""
        newest_first = func.row_number().over(
            partition_by=AuditEntry.subject, order_by=AuditEntry.revision.desc()
        )
        told = (
            select(AuditEntry.subject, AuditEntry.content, newest_first.label("place"))
            .where(*conditions, AuditEntry.at <= self.as_of)
            .subquery()
        )
        last = select(told.c.subject, told.c.content).where(told.c.place == 1, told.c.content.is_not(None))
        return {row.subject: _decoder.decode(row.content) for row in self.work.db.execute(last)}


def read_one(
    work: UnitOfWork, kind: Kind, row: Any, as_of: datetime | None, answers: "Answers | None" = None
) -> Content:
    """One resource as it is read, now or as it stood."""
    held = Held(work, as_of)
    content = held.one(kind, row)
    return answers(held, [content])[0] if answers else content


def read_page(
    work: UnitOfWork,
    kind: Kind,
    request: PageRequest,
    where: Iterable[Where],
    as_of: datetime | None,
    answers: "Answers | None" = None,
) -> Page:
    """A page of a list as it is read, now or as it stood."""
    held = Held(work, as_of)
    page = held.page(kind, request, where)
    return Page(answers(held, page.items), page.next) if answers else page


def content_of(kind: Kind, row: Any, urns: dict[int, str]) -> Content:
    """A row as JSON values."""
    schools = [urns[id] for id in _school_ids(kind, row)]
    whose = {"school": schools[0]} if kind.of_one_school else {"schools": sorted(schools)}
    own = {kind.named.get(name, name): getattr(row, name) for name in kind.fields}
    kept = {name: getattr(row, name) for name in ("revision", "created_at", "updated_at", "created_by")}
    hidden = {} if row.deleted_at is None else {"deleted": True}
    content: Content = msgspec.to_builtins(
        {"id": row.id} | whose | own | kept | hidden, builtin_types=(Decimal,)
    )
    return content


def _school_ids(kind: Kind, row: Any) -> list[int]:
    return [row.school_id] if kind.of_one_school else row.school_ids


Answers = Callable[[Held, list[Content]], list[Content]]
"""What adds to contents that which is computed into a read."""


@lru_cache(maxsize=64)
def alive(kind: Kind) -> ColumnElement[bool]:
    """That neither it nor anything above it is hidden."""
    here: ColumnElement[bool] = kind.model.deleted_at.is_(None)
    return and_(here, *(_alive_above(kind, parent) for parent in kind.parents))


def _alive_above(kind: Kind, parent: Kind) -> ColumnElement[bool]:
    column, above = getattr(kind.model, parent.name), parent.model
    # Few challenges are hidden, so those are collected once for a list of any length. What lies deeper is only ever
    # read of a few actions, each of which is found by its id.
    there = (
        select(above.id).where(above.id == column, alive(parent)).correlate(kind.model).exists()
        if parent.parents
        else column.not_in(select(above.id).where(above.deleted_at.is_not(None)))
    )
    return there if len(kind.parents) == 1 else or_(column.is_(None), there)
