"""Contents read past the ORM: a list or a report reads thousands of rows, and changes none of them."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, any_, func, literal, select, type_coerce

from models import EvidenceAbout, School
from models.base import EPOCH, Instant
from models.tracked import Exact, Json
from services.tracker.kinds import EVIDENCE, Content, Kind
from services.unit_of_work import UnitOfWork

Urns = dict[int, str]
Columns = dict[str, Sequence[Any]]
"""Name → a value for each row."""

Only = tuple[str, ...] | None
"""The fields that contents are to have beside their id and school, where these aren't all: of what isn't hidden."""

Reader = Callable[[Sequence[Any]], Sequence[Any]]

_decoder = msgspec.json.Decoder(float_hook=Decimal)

KEPT = ("revision", "created_at", "updated_at", "created_by")
"""What is kept of every resource beside its own fields."""


@lru_cache(maxsize=64)
def selection_of(kind: Kind, only: Only = None) -> Select[Any]:
    """A select of the columns that a content is made of; `contents_of` takes its rows.

    Of JSON, decimals and times it is what the tables keep: a column of them is read faster at once than value by value.
    """
    columns = {name: getattr(kind.model, name) for name in _columns(kind, only)}
    return select(
        *(
            type_coerce(column, column.type.impl).label(name) if name in _readers(kind, only) else column
            for name, column in columns.items()
        )
    )


def contents_of(
    work: UnitOfWork, kind: Kind, rows: Sequence[Sequence[Any]], urns: Urns, only: Only = None
) -> list[Content]:
    """The contents of rows, in their order. `urns` grows by the schools that it doesn't know yet."""
    if not rows:
        return []
    read = _read(kind, rows, only)
    hidden = read.pop("deleted_at", None)
    kept = {name: read.pop(name) for name in KEPT if name in read}
    whose = _schools(work, kind, read, urns)
    about = _about(work, read["id"]) if kind is EVIDENCE else {}
    columns = {kind.named.get(name, name): values for name, values in read.items()} | whose | about | kept
    told = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    for content, since in zip(told, hidden or (), strict=hidden is not None):
        if since is not None:
            content["deleted"] = True
    contents: list[Content] = msgspec.to_builtins(told, builtin_types=(Decimal,))
    return contents


def _read(kind: Kind, rows: Sequence[Sequence[Any]], only: Only) -> Columns:
    """Rows as columns by name, their JSON, decimals and times read."""
    columns = dict(zip(_columns(kind, only), zip(*rows, strict=True), strict=False))
    return columns | {name: read(columns[name]) for name, read in _readers(kind, only).items()}


@lru_cache(maxsize=64)
def _readers(kind: Kind, only: Only) -> dict[str, Reader]:
    """By the name of each column that is selected as the table keeps it: what reads it."""
    types = {name: getattr(kind.model, name).type for name in _columns(kind, only)}
    return {
        name: read for name, type in types.items() for of, read in _READERS.items() if isinstance(type, of)
    }


def _json_in(texts: Sequence[str | None]) -> list[Any]:
    whole: list[Any] = _decoder.decode(f"[{','.join('null' if text is None else text for text in texts)}]")
    return whole


def _times_in(numbers: Sequence[int | None]) -> list[datetime | None]:
    return [None if number is None else EPOCH + timedelta(microseconds=number) for number in numbers]


def _decimals_in(digits: Sequence[str | None]) -> list[Decimal | None]:
    return [None if number is None else Decimal(number) for number in digits]


_READERS: dict[type, Reader] = {Json: _json_in, Exact: _decimals_in, Instant: _times_in}


@lru_cache(maxsize=64)
def _columns(kind: Kind, only: Only) -> tuple[str, ...]:
    own = tuple(name for name in kind.fields if name not in kind.also)
    whose = ("school_id",) if kind.of_one_school else ()
    return ("id", *whose, *((*own, *KEPT, "deleted_at") if only is None else only))


def _schools(work: UnitOfWork, kind: Kind, read: Columns, urns: Urns) -> Columns:
    """The URN of the school that each belongs to, in place of its number; or the URNs of its schools."""
    if kind.of_one_school:
        numbers = read.pop("school_id")
        _learn(work, urns, set(numbers))
        return {"school": [urns[number] for number in numbers]}
    own = kind.in_schools
    whose: dict[str, list[int]] = {id: [] for id in read["id"]}
    for id, school in work.connection.execute(
        select(own, own.class_.school_id).where(among(work, own, whose))
    ):
        whose[id].append(school)
    _learn(work, urns, {school for schools in whose.values() for school in schools})
    return {"schools": [sorted(urns[school] for school in schools) for schools in whose.values()]}


def _about(work: UnitOfWork, ids: Sequence[str]) -> Columns:
    about: dict[str, list[Content]] = {id: [] for id in ids}
    rows = work.connection.execute(
        select(EvidenceAbout.evidence_id, EvidenceAbout.type, EvidenceAbout.target)
        .where(among(work, EvidenceAbout.evidence_id, about))
        .order_by(EvidenceAbout.evidence_id, EvidenceAbout.position)
    )
    for id, type, target in rows:
        about[id].append({"type": type, "id": target})
    return {"about": list(about.values())}


def _learn(work: UnitOfWork, urns: Urns, ids: set[int]) -> None:
    unknown = ids - urns.keys()
    if unknown:
        asked = select(School.id, School.urn).where(School.id.in_(unknown))
        urns.update((id, urn) for id, urn in work.connection.execute(asked))


def among(work: UnitOfWork, column: Any, ids: Collection[str]) -> ColumnElement[bool]:
    """That a column with ids has one of these.

    They go as one value: a statement as long as they are many is taken apart and planned each time.
    """
    if work.tools.database.is_sqlite:
        digits = msgspec.json.encode([id.replace("-", "") for id in ids]).decode()
        return column.in_(select(func.json_each(digits).table_valued("value").c.value))  # type: ignore[no-any-return]
    return column == any_(literal(list(ids), ARRAY(Uuid(as_uuid=False))))  # type: ignore[no-any-return]
