"""How any resource of the tracker is made, changed, hidden and brought back, and how it came to be what it is.

Every write adds the whole resource as it then stands to the audit log: the log is its history. What is special to a
resource stands in the file of its noun.
"""

from typing import Any

import msgspec
from sqlalchemy import select

from domain.errors import Conflict, invalid
from models import School
from render.json import exact_json
from services.audit import NO_SCHOOL
from services.history import history_of
from services.ids import new_id
from services.paging import Page, PageRequest
from services.tracker.held import above_of, content_of, is_hidden, ledger_of
from services.tracker.kinds import Content, Kind
from services.tracker.search import keep_words
from services.unit_of_work import UnitOfWork


def create(work: UnitOfWork, kind: Kind, values: dict[str, Any]) -> Any:
    """A new row with these values, `school_id` or `school_ids` among them; what isn't given is null."""
    _check_external_id(work, kind, None, values)
    fields = dict.fromkeys(kind.fields) | values
    row = kind.model(id=new_id(), revision=1, created_by=work.actor.who, deleted_at=None, **fields)
    ledger = ledger_of(kind, row)
    row.created_at = row.updated_at = work.ledger(ledger).now
    work.db.add(row)
    _write(work, kind, "created", row, ledger)
    return row


def change(work: UnitOfWork, kind: Kind, row: Any, values: dict[str, Any]) -> bool:
    """Give a row these values; whether that changed anything. Only then does its revision move."""
    _check_external_id(work, kind, row, values)
    before, belonged_to = _content(work, kind, row), ledger_of(kind, row)
    for name, value in values.items():
        setattr(row, name, value)
    if _content(work, kind, row) == before:
        return False
    # What goes from one school to another concerns both, so the log of what is no one school's tells of it.
    ledger = belonged_to if ledger_of(kind, row) == belonged_to else NO_SCHOOL
    _move(work, row, ledger)
    _write(work, kind, "changed", row, ledger)
    return True


def hide(work: UnitOfWork, kind: Kind, row: Any) -> None:
    """Delete: it is no longer seen, nor is what lies below it; its history stays."""
    ledger = ledger_of(kind, row)
    _move(work, row, ledger)
    row.deleted_at = row.updated_at
    _write(work, kind, "hidden", row, ledger)


def restore(work: UnitOfWork, kind: Kind, row: Any) -> None:
    """Bring back what was hidden; nothing where it wasn't. Raises `Conflict` below something hidden."""
    above = above_of(work, kind, row)
    if above is not None and is_hidden(work, *above):
        raise Conflict(f"the {above[0].name} that it belongs to is deleted; restore that first")
    if row.deleted_at is not None:
        ledger = ledger_of(kind, row)
        _move(work, row, ledger)
        row.deleted_at = None
        _write(work, kind, "restored", row, ledger, deleted=False)


def history(work: UnitOfWork, row: Any, request: PageRequest) -> Page:
    """A page of every change of a row, field by field, the oldest first."""
    changes = history_of(work, row.id)
    start = request.after[0] if request.after else 0
    end = start + request.limit
    return Page(changes[start:end], [end] if end < len(changes) else None)


def _move(work: UnitOfWork, row: Any, ledger: int) -> None:
    row.revision += 1
    row.updated_at = work.ledger(ledger).now


def _write(work: UnitOfWork, kind: Kind, verb: str, row: Any, ledger: int, **also: Any) -> None:
    work.db.flush()
    keep_words(work, kind, row)
    content = msgspec.Raw(exact_json(_content(work, kind, row) | also))
    work.note(ledger, verb, kind.name, subject=row.id, revision=row.revision, content=content)


def _content(work: UnitOfWork, kind: Kind, row: Any) -> Content:
    ids = [row.school_id] if kind.of_one_school else row.school_ids
    with work.db.no_autoflush:
        urns = work.db.execute(select(School.id, School.urn).where(School.id.in_(ids)))
        return content_of(kind, row, {school.id: school.urn for school in urns})


def _check_external_id(work: UnitOfWork, kind: Kind, row: Any, values: dict[str, Any]) -> None:
    """Raises `Conflict` where another resource of the kind bears the same id of the same source in that school."""
    if "external_id" not in kind.fields:
        return
    source, external_id = (values.get(name, getattr(row, name, None)) for name in ("source", "external_id"))
    if (source is None) != (external_id is None):
        missing = "source" if source is None else "external_id"
        raise invalid(f"/{missing}", "source and external_id go together: which system, and its id there")
    if source is None or not kind.of_one_school:
        return
    school_id = values.get("school_id", getattr(row, "school_id", None))
    found = work.db.scalar(
        select(kind.model.id).where(
            kind.model.school_id == school_id,
            kind.model.source == source,
            kind.model.external_id == external_id,
        )
    )
    if found is not None and (row is None or found != row.id):
        raise Conflict(
            f"another {kind.name} of the school has this external_id of this source", extra={"id": found}
        )
