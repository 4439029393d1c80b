"""Contents read past the ORM: a list or a report reads thousands of rows, and changes none of them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from models import EvidenceAbout, School
from services.tracker.kinds import EVIDENCE, Content, Kind
from services.unit_of_work import UnitOfWork

Urns = dict[int, str]

KEPT = ("revision", "created_at", "updated_at", "created_by")
"""What is kept of every resource beside its own fields."""


@lru_cache(maxsize=64)
def columns_of(kind: Kind) -> tuple[InstrumentedAttribute[Any], ...]:
    """The columns that a content is made of; `contents_of` takes rows that begin with them."""
    return tuple(getattr(kind.model, name) for name in _columns(kind))


def contents_of(work: UnitOfWork, kind: Kind, rows: Sequence[Sequence[Any]], urns: Urns) -> list[Content]:
    """The contents of rows, in their order. `urns` grows by the schools that it doesn't know yet."""
    names = [kind.named.get(name, name) for name in _columns(kind)]
    found = [dict(zip(names, row, strict=False)) for row in rows]
    whose = _schools(work, kind, found)
    _learn(work, urns, {school for schools in whose.values() for school in schools})
    about = _about(work, found) if kind is EVIDENCE else {}
    told = [
        _content(kind, content, [urns[school] for school in whose[content["id"]]], about) for content in found
    ]
    contents: list[Content] = msgspec.to_builtins(told, builtin_types=(Decimal,))
    return contents


def _content(kind: Kind, row: Content, urns: list[str], about: dict[str, list[Content]]) -> Content:
    hidden = {} if row.pop("deleted_at") is None else {"deleted": True}
    kept = {name: row.pop(name) for name in KEPT}
    if kind.of_one_school:
        row["school"] = urns[0]
        del row["school_id"]
    else:
        row["schools"] = sorted(urns)
    return row | ({"about": about.get(row["id"], [])} if kind is EVIDENCE else {}) | kept | hidden


@lru_cache(maxsize=64)
def _columns(kind: Kind) -> tuple[str, ...]:
    own = tuple(name for name in kind.fields if name not in kind.also)
    return ("id", *(("school_id",) if kind.of_one_school else ()), *own, *KEPT, "deleted_at")


def _schools(work: UnitOfWork, kind: Kind, found: list[Content]) -> dict[str, list[int]]:
    """Id → the numbers of the schools that each belongs to."""
    if kind.of_one_school:
        return {content["id"]: [content["school_id"]] for content in found}
    row = kind.model.school_rows.property.mapper.class_
    (own,) = (column for column in row.__mapper__.primary_key if column.name != "school_id")
    whose: dict[str, list[int]] = {content["id"]: [] for content in found}
    for id, school in work.connection.execute(select(own, row.school_id).where(_among(own, whose))):
        whose[id].append(school)
    return whose


def _about(work: UnitOfWork, found: list[Content]) -> dict[str, list[Content]]:
    about: dict[str, list[Content]] = {content["id"]: [] for content in found}
    rows = work.connection.execute(
        select(EvidenceAbout.evidence_id, EvidenceAbout.type, EvidenceAbout.target)
        .where(_among(EvidenceAbout.evidence_id, about))
        .order_by(EvidenceAbout.evidence_id, EvidenceAbout.position)
    )
    for id, type, target in rows:
        about[id].append({"type": type, "id": target})
    return about


def _learn(work: UnitOfWork, urns: Urns, ids: set[int]) -> None:
    unknown = ids - urns.keys()
    if unknown:
        asked = select(School.id, School.urn).where(School.id.in_(unknown))
        urns.update((id, urn) for id, urn in work.connection.execute(asked))


def _among(column: Any, ids: Iterable[str]) -> ColumnElement[bool]:
    return column.in_(list(ids))  # type: ignore[no-any-return]
