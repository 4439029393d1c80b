"""Records of a school's workforce: found, kept, taken away, each version staying, whatever kind of record it is.

What a record says is a content: JSON values by the names of the API, dates as text and numbers as int or Decimal.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import func, insert, select, update

from domain.errors import NotFound
from models import WorkforceRecord as Row
from render.json import exact_json
from services.history import changes_between
from services.paging import Page, PageRequest
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork
from services.versions import held_at

Content = dict[str, Any]

AT_ONCE = 500
"""Keys that are named in one statement."""

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_columns = (Row.kind, Row.key, Row.revision, Row.body, Row.created_at, Row.recorded_at)


@dataclass(frozen=True)
class RecordRef:
    """Which record a path names, held or not, in a school that the key may see. `revision` is None where none is."""

    school: SchoolRef
    kind: str
    key: str
    revision: int | None


@dataclass(frozen=True)
class Record:
    """A version of a record; `updated_at` is when it became the current one."""

    kind: str
    key: str
    revision: int
    content: Content
    created_at: datetime
    updated_at: datetime


def name_record(work: UnitOfWork, school: SchoolRef, kind: str, key: str) -> RecordRef:
    """The record of a key. In a transaction that writes, nobody else changes the school's until its end."""
    if work.writes:
        work.ledger(school.id)
    held = find_record(work, school.id, kind, key)
    return RecordRef(school, kind, key, None if held is None else held.revision)


def find_record(
    work: UnitOfWork, school_id: int, kind: str, key: str, as_of: datetime | None = None
) -> Record | None:
    """A record as it is or was at a time; None where there is or was none."""
    row = work.connection.execute(
        select(*_columns).where(
            Row.school_id == school_id,
            Row.kind == kind,
            Row.key == key,
            Row.body.is_not(None),
            held_at(Row, as_of),
        )
    ).one_or_none()
    return None if row is None else _record(row)


def get_record(work: UnitOfWork, named: RecordRef, as_of: datetime | None = None) -> Record:
    """The same; `NotFound` where there is or was none."""
    held = find_record(work, named.school.id, named.kind, named.key, as_of)
    if held is None:
        raise NotFound("there is no such record" if as_of is None else "there was no such record then")
    return held


def check_was_held(work: UnitOfWork, named: RecordRef) -> None:
    """Raises `NotFound` for a record that there is not and never was."""
    if not _latest(work, named.school.id, named.kind, [named.key]):
        raise NotFound("there is no such record")


def load_records(
    work: UnitOfWork, school_id: int, kinds: Collection[str], as_of: datetime | None = None
) -> dict[str, list[Record]]:
    """All of a school's records of some kinds, each kind by key, as they are or were at a time. One statement."""
    found: dict[str, list[Record]] = {kind: [] for kind in kinds}
    rows = work.connection.execute(
        select(*_columns)
        .where(Row.school_id == school_id, Row.kind.in_(kinds), Row.body.is_not(None), held_at(Row, as_of))
        .order_by(Row.kind, Row.key)
    )
    for row in rows:
        found[row.kind].append(_record(row))
    return found


def load_bodies(
    work: UnitOfWork, school_id: int, kinds: Collection[str], as_of: datetime | None = None
) -> dict[str, list[tuple[str, str]]]:
    """The same as (key, body), undecoded: for who reads many and needs neither revisions nor times."""
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in kinds}
    rows = work.connection.execute(
        select(Row.kind, Row.key, Row.body)
        .where(Row.school_id == school_id, Row.kind.in_(kinds), Row.body.is_not(None), held_at(Row, as_of))
        .order_by(Row.kind, Row.key)
    )
    for kind, key, body in rows:
        found[kind].append((key, str(body)))
    return found


def content_in(body: str) -> Content:
    """What a body says."""
    content: Content = _decoder.decode(body)
    return content


def put_record(
    work: UnitOfWork, school: SchoolRef, kind: str, key: str, content: Mapping[str, Any]
) -> tuple[Record, bool]:
    """Make this the record; answers it and whether there was none. The same again moves nothing."""
    ledger = work.ledger(school.id)
    held = find_record(work, school.id, kind, key)
    if held is not None and held.content == content:
        return held, False
    kept = keep_versions(work, school.id, kind, {key: dict(content)}, at=ledger.now)[key]
    verb = "created" if held is None else "changed"
    _note(work, verb, school, kind, key, kept.revision, kept.content)
    return kept, held is None


def remove_record(work: UnitOfWork, named: RecordRef) -> None:
    """Take a record away; `as_of` and its history still tell of it. `NotFound` where there is none."""
    ledger = work.ledger(named.school.id)
    get_record(work, named)
    versions = _write(work, named.school.id, named.kind, {named.key: None}, ledger.now, None)
    _note(
        work,
        "hidden",
        named.school,
        named.kind,
        named.key,
        versions[named.key]["revision"],
        {"deleted": True},
    )


def keep_versions(
    work: UnitOfWork,
    school_id: int,
    kind: str,
    contents: Mapping[str, Content],
    *,
    at: datetime,
    import_id: str | None = None,
) -> dict[str, Record]:
    """A new version of each of these records, by key, without an entry in the audit log: a push is one entry."""
    rows = _write(work, school_id, kind, contents, at, import_id)
    return {
        key: Record(kind, key, row["revision"], contents[key], row["created_at"], at)
        for key, row in rows.items()
    }


def list_records(
    work: UnitOfWork,
    school_id: int,
    kind: str,
    request: PageRequest,
    as_of: datetime | None = None,
    under: str = "",
) -> Page:
    """A page of a school's records of a kind, by key, as they are or were at a time; those whose key begins `under`."""
    statement = select(*_columns).where(
        Row.school_id == school_id, Row.kind == kind, Row.body.is_not(None), held_at(Row, as_of)
    )
    if under:
        statement = statement.where(Row.key.startswith(under, autoescape=True))
    after = str(request.after[0]) if request.after else ""
    behind = statement.where(Row.key > after).order_by(Row.key).limit(request.limit + 1)
    return page_of_records([_record(row) for row in work.connection.execute(behind)], request)


def page_of_records(records: Sequence[Record], request: PageRequest) -> Page:
    """A page of records that were loaded, in the order of their keys."""
    after = str(request.after[0]) if request.after else ""
    behind = [record for record in records if record.key > after]
    shown = behind[: request.limit]
    return Page(list(shown), [shown[-1].key] if len(behind) > request.limit else None)


def history_of_record(work: UnitOfWork, named: RecordRef, request: PageRequest) -> Page:
    """A page of every change of a record, field by field, the oldest first; `NotFound` where none ever was."""
    changes = changes_of_record(work, named)
    if not changes:
        raise NotFound("there is no such record")
    return page_of_changes(changes, request)


def page_of_changes(changes: Sequence[dict[str, Any]], request: PageRequest) -> Page:
    """A page of changes that were loaded."""
    start = request.after[0] if request.after else 0
    end = start + request.limit
    return Page(list(changes[start:end]), [end] if end < len(changes) else None)


def changes_of_record(work: UnitOfWork, named: RecordRef, after: int = 0) -> list[dict[str, Any]]:
    """Every change of a record that came after a revision, field by field, the oldest first."""
    versions = work.connection.execute(
        select(Row.revision, Row.body, Row.recorded_by, Row.recorded_at, Row.import_id)
        .where(Row.school_id == named.school.id, Row.kind == named.kind, Row.key == named.key)
        .order_by(Row.revision)
    ).all()
    changes: list[dict[str, Any]] = []
    before: Content = {}
    for version in versions:
        now = _as_told(version.body, before)
        made = {"who": version.recorded_by, "when": version.recorded_at, "revision": version.revision}
        pushed = {} if version.import_id is None else {"import_id": version.import_id}
        changes += [made | change | pushed for change in changes_between(before, now)]
        before = now
    return [change for change in changes if change["revision"] > after]


def _as_told(body: str | None, before: Content) -> Content:
    """A version with the fields that it no longer has as null, and whether the record was taken away."""
    if body is None:
        return before | {"deleted": True}
    content: Content = dict.fromkeys(before) | _decoder.decode(body)
    return content | ({"deleted": False} if "deleted" in before else {})


def _write(
    work: UnitOfWork,
    school_id: int,
    kind: str,
    contents: Mapping[str, Content | None],
    at: datetime,
    import_id: str | None,
) -> dict[str, dict[str, Any]]:
    latest: dict[str, Any] = {}
    for keys in _in_parts(list(contents)):
        latest |= _latest(work, school_id, kind, keys)
        these = (Row.school_id == school_id) & (Row.kind == kind) & Row.key.in_(keys)
        work.connection.execute(
            update(Row).where(these, Row.superseded_at.is_(None)).values(superseded_at=at)
        )
    rows = {
        key: {
            "school_id": school_id,
            "kind": kind,
            "key": key,
            "revision": latest[key].revision + 1 if key in latest else 1,
            "body": None if content is None else exact_json(content).decode(),
            "recorded_by": work.actor.who,
            "import_id": import_id,
            "created_at": latest[key].created_at if key in latest else at,
            "recorded_at": at,
            "superseded_at": None,
        }
        for key, content in contents.items()
    }
    if rows:
        work.connection.execute(insert(Row), list(rows.values()))
    return rows


def _latest(work: UnitOfWork, school_id: int, kind: str, keys: Collection[str]) -> dict[str, Any]:
    """The last revision of each key and when its first was made, though it was taken away since."""
    found = work.connection.execute(
        select(
            Row.key, func.max(Row.revision).label("revision"), func.min(Row.created_at).label("created_at")
        )
        .where(Row.school_id == school_id, Row.kind == kind, Row.key.in_(keys))
        .group_by(Row.key)
    )
    return {row.key: row for row in found}


def _note(
    work: UnitOfWork, verb: str, school: SchoolRef, kind: str, key: str, revision: int, content: Content
) -> None:
    said = msgspec.Raw(exact_json({"key": key} | content))
    work.note(school.id, verb, kind, revision=revision, content=said)


def _record(row: Any) -> Record:
    content = _decoder.decode(row.body)
    return Record(row.kind, row.key, row.revision, content, row.created_at, row.recorded_at)


def _in_parts(keys: list[str]) -> Iterable[list[str]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
