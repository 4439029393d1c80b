"""What a resource was and how it came to be what it is, read from the audit log."""

from typing import Any

import msgspec
from sqlalchemy import select

from models import AuditEntry
from services.unit_of_work import UnitOfWork

BOOKKEEPING = {"revision", "created_at", "updated_at", "created_by", "id"}
"""Fields that say of a write, not of the resource."""


def changes_since(work: UnitOfWork, target: Any, revision: int) -> list[dict[str, Any]]:
    """What has changed in a resource after a revision, field by field, the oldest first."""
    return [change for change in history_of(work, target.id) if change["revision"] > revision]


def history_of(work: UnitOfWork, subject: str) -> list[dict[str, Any]]:
    """Every change of a resource, field by field: who, when, field, old, new, and the revision that it made."""
    entries = work.connection.execute(
        select(AuditEntry.at, AuditEntry.who, AuditEntry.verb, AuditEntry.revision, AuditEntry.content)
        .where(AuditEntry.subject == subject)
        .order_by(AuditEntry.at, AuditEntry.sequence)
    ).all()
    changes: list[dict[str, Any]] = []
    before: dict[str, Any] = {}
    for entry in entries:
        after = msgspec.json.decode(entry.content) if entry.content else before
        made = {"who": entry.who, "when": entry.at, "revision": entry.revision}
        changes += [made | change for change in changes_between(before, after)]
        before = after
    return changes


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields that two versions don't have alike, each with what it was and is."""
    fields = [name for name in after if name not in BOOKKEEPING and before.get(name) != after[name]]
    return [{"field": name, "old": before.get(name), "new": after[name]} for name in fields]
