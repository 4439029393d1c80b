"""Receipts: what became of every row of a push, kept as long as the school is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Select, exists, insert, or_, select
from sqlalchemy.orm import aliased

from domain.errors import Fault, NotFound
from models import AuditEntry, ImportFault
from services.audit import NO_SCHOOL
from services.ids import is_id, new_id
from services.paging import Page, PageRequest, page_of
from services.schools.schools import visible_schools
from services.unit_of_work import UnitOfWork

SHOWN_FAULTS = 1_000
"""How many errors a receipt shows; all of them are at `/v1/imports/{id}/errors`."""

MARK_COUNTS = (
    "created",
    "updated",
    "unchanged",
    "stale",
    "deleted",
    "rejected",
    "removed",
    "unlisted",
    "off_roll",
)

PUSHED_WITH = {
    "workforce:write": (
        "snapshots",
        "vacancies",
        "leavers",
        "staff_absence",
        "exit_reasons",
        "stay_reasons",
        "staff_surveys",
    ),
    "tracker:write": ("own_points",),
    "admin": ("schools", "workforce_benchmarks"),
}
"""What is pushed with each scope other than `attendance:write`, which reads the receipts of all."""

PUSHED = "pushed"
"""The verb of a push in the audit log."""


@dataclass
class Receipt:
    """Counts of rows by what became of them, and what a person should know.

    Always `received = created + updated + unchanged + stale + deleted + rejected - removed`.
    """

    kind: str
    received: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MARK_COUNTS, 0))
    warnings: list[str] = field(default_factory=list)
    dropped_columns: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    import_id: str = field(default_factory=new_id)

    @property
    def status(self) -> int:
        """200 when nothing was rejected, 207 when some was, 422 when all was."""
        rejected = self.counts.get("rejected", 0)
        return 200 if rejected == 0 else 422 if rejected == self.received else 207

    def as_dict(self) -> dict[str, Any]:
        """The receipt as it is answered."""
        return _shown(
            self.import_id, self.compact(), [fault.as_dict() for fault in self.faults[:SHOWN_FAULTS]]
        )

    def _kept(self) -> dict[str, Any]:
        return {
            "received": self.received,
            **self.counts,
            "warnings": self.warnings,
            "dropped_columns": self.dropped_columns,
        }

    def compact(self) -> dict[str, Any]:
        """Only what isn't nought or empty, and which counts there are at all where they aren't those of marks."""
        kept = {name: value for name, value in self._kept().items() if value}
        return kept if tuple(self.counts) == MARK_COUNTS else kept | {"counts": list(self.counts)}


def keep_receipt(work: UnitOfWork, school_id: int | None, receipt: Receipt) -> None:
    """Keep the receipt as one entry in the audit log of the school that it touched, and every fault beside it."""
    _note(work, NO_SCHOOL if school_id is None else school_id, receipt, {})
    _keep_faults(work, receipt)


def keep_receipt_of_schools(work: UnitOfWork, receipt: Receipt, parts: Mapping[int, Receipt]) -> None:
    """Keep one receipt as an entry in the audit log of each school that it touched, each of the school's own part.

    What no part has, rows whose school wasn't found, stands in the first. Where no school was touched, the receipt
    belongs to those of the key that pushed, an empty part each; a key of all schools keeps it with none.
    """
    kept = dict(parts)
    if not kept:
        own = [] if work.actor.sees_every_school else visible_schools(work)
        kept = {
            id: Receipt(receipt.kind, import_id=receipt.import_id)
            for id in [one.id for one in own] or [NO_SCHOOL]
        }
    unplaced = receipt.received - sum(part.received for part in kept.values())
    for position, school_id in enumerate(sorted(kept)):
        beside: dict[str, Any] = {"schools": len(kept), "dropped_columns": receipt.dropped_columns}
        _note(work, school_id, kept[school_id], beside | ({} if position else {"unplaced": unplaced}))
    _keep_faults(work, receipt)


def _note(work: UnitOfWork, school_id: int, receipt: Receipt, beside: dict[str, Any]) -> None:
    content = {"status": receipt.status} | receipt.compact()
    content |= {name: value for name, value in beside.items() if value}
    work.note(school_id, PUSHED, receipt.kind, subject=receipt.import_id, content=content)


def _keep_faults(work: UnitOfWork, receipt: Receipt) -> None:
    if receipt.faults:
        work.needs_lock()
        rows = [
            {
                "import_id": receipt.import_id,
                "position": position,
                "fault": msgspec.json.encode(fault.as_dict()).decode(),
            }
            for position, fault in enumerate(receipt.faults)
        ]
        work.connection.execute(insert(ImportFault), rows)


def get_import(work: UnitOfWork, import_id: str) -> AuditEntry:
    """A receipt that touched only schools that the key may see, else `NotFound`."""
    receipts = _in_sight(work, only=import_id.lower())
    found = work.db.scalars(receipts).one_or_none() if is_id(import_id) else None
    if found is None:
        raise NotFound("there is no such import")
    return found


def list_imports(work: UnitOfWork, request: PageRequest, filters: dict[str, Any]) -> Page:
    """A page of the receipts that the key may see, the newest first."""
    statement = _in_sight(work).filter_by(**filters)
    return page_of(work, statement, keys=(AuditEntry.subject,), request=request, descending=True)


def receipt_of(work: UnitOfWork, held: AuditEntry) -> dict[str, Any]:
    """A kept receipt as it was answered, with when, who, and what was pushed."""
    faults = work.connection.scalars(
        select(ImportFault.fault)
        .where(ImportFault.import_id == held.subject)
        .order_by(ImportFault.position)
        .limit(SHOWN_FAULTS)
    )
    kept = msgspec.json.decode(held.content or "{}")
    if kept.get("schools", 1) > 1 or kept.get("unplaced"):
        kept = _whole(work, held)
    shown = _shown(str(held.subject), kept, [msgspec.json.decode(fault) for fault in faults])
    return shown | {"kind": held.kind, "status": kept.get("status"), "who": held.who, "when": held.at}


def page_of_faults(work: UnitOfWork, held: AuditEntry, request: PageRequest) -> Page:
    """A page of all errors of a push, in the order of its rows."""
    statement = select(ImportFault).where(ImportFault.import_id == held.subject)
    page = page_of(work, statement, keys=(ImportFault.position,), request=request)
    return Page([msgspec.json.decode(row.fault) for row in page.items], page.next)


def _shown(import_id: str, kept: dict[str, Any], faults: Sequence[dict[str, Any]]) -> dict[str, Any]:
    counts = {name: kept.get(name, 0) for name in kept.get("counts", MARK_COUNTS)}
    return {
        "import_id": import_id,
        "received": kept.get("received", 0),
        **counts,
        "warnings": kept.get("warnings", []),
        "dropped_columns": kept.get("dropped_columns", []),
        "errors": list(faults),
    }


def _whole(work: UnitOfWork, held: AuditEntry) -> dict[str, Any]:
    """What a receipt said whose parts are kept by the schools that it touched."""
    entries = select(AuditEntry.content).where(AuditEntry.subject == held.subject, AuditEntry.verb == PUSHED)
    parts = [
        msgspec.json.decode(content or "{}")
        for content in work.connection.scalars(entries.order_by(AuditEntry.school_id))
    ]
    unplaced = sum(part.get("unplaced", 0) for part in parts)
    total = {name: sum(part.get(name, 0) for part in parts) for name in ("received", *MARK_COUNTS)}
    total["received"] += unplaced
    total["rejected"] += unplaced
    receipt = Receipt(held.kind, total["received"], {"rejected": total["rejected"]})
    warnings = dict.fromkeys(warning for part in parts for warning in part.get("warnings", []))
    dropped: list[str] = next((part["dropped_columns"] for part in parts if "dropped_columns" in part), [])
    return total | {"status": receipt.status, "warnings": list(warnings), "dropped_columns": dropped}


def _in_sight(work: UnitOfWork, only: str | None = None) -> Select[AuditEntry]:
    """The entries of pushes, each by its first school, that touched only schools that the key may see."""
    statement = select(AuditEntry).where(AuditEntry.verb == PUSHED, AuditEntry.subject.is_not(None))
    if not work.actor.may("attendance:write"):
        kinds = [kind for scope, pushed in PUSHED_WITH.items() if work.actor.may(scope) for kind in pushed]
        statement = statement.where(AuditEntry.kind.in_(kinds))
    if only is not None:
        statement = statement.where(AuditEntry.subject == only)
    other = aliased(AuditEntry)
    hides = other.school_id < AuditEntry.school_id
    if not work.actor.sees_every_school:
        seen = [school.id for school in visible_schools(work)]
        statement = statement.where(AuditEntry.school_id.in_(seen))
        hides = or_(hides, other.school_id.not_in(seen))
    another = exists().where(other.subject == AuditEntry.subject, other.verb == PUSHED, hides)
    return statement.where(~another)
