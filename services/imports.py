"""Receipts: what became of every row of a push, kept as long as the school is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import insert, select

from domain.errors import Fault, NotFound
from models import Import, ImportFault
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

_insert = insert(Import)


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
    """Store the receipt and enter it in the audit log of the school that it touched, as one entry."""
    content = {"import_id": receipt.import_id} | receipt.compact()
    at = work.note(NO_SCHOOL if school_id is None else school_id, "pushed", receipt.kind, content=content)
    work.connection.execute(
        _insert,
        {
            "id": receipt.import_id,
            "school_id": school_id,
            "at": at,
            "key_id": work.actor.key_id,
            "who": work.actor.who,
            "kind": receipt.kind,
            "status": receipt.status,
            "receipt": msgspec.json.encode(receipt.compact()).decode(),
        },
    )
    if receipt.faults:
        rows = [
            {
                "import_id": receipt.import_id,
                "position": position,
                "fault": msgspec.json.encode(fault.as_dict()).decode(),
            }
            for position, fault in enumerate(receipt.faults)
        ]
        work.connection.execute(insert(ImportFault), rows)


def get_import(work: UnitOfWork, import_id: str) -> Import:
    """A receipt that touched only schools that the key may see, else `NotFound`."""
    found = work.db.get(Import, import_id) if is_id(import_id) else None
    if found is None or not _may_see(work, found):
        raise NotFound("there is no such import")
    return found


def list_imports(work: UnitOfWork, request: PageRequest, filters: dict[str, Any]) -> Page:
    """A page of the receipts that the key may see, the newest first."""
    statement = select(Import).filter_by(**filters)
    if not work.actor.sees_every_school:
        ids = [school.id for school in visible_schools(work)]
        statement = statement.where(Import.school_id.in_(ids))
    return page_of(work, statement, keys=(Import.id,), request=request, descending=True)


def receipt_of(work: UnitOfWork, held: Import) -> dict[str, Any]:
    """A kept receipt as it was answered, with when, who, what and for which school."""
    faults = work.connection.scalars(
        select(ImportFault.fault)
        .where(ImportFault.import_id == held.id)
        .order_by(ImportFault.position)
        .limit(SHOWN_FAULTS)
    )
    shown = _shown(
        held.id, msgspec.json.decode(held.receipt), [msgspec.json.decode(fault) for fault in faults]
    )
    return shown | {"kind": held.kind, "status": held.status, "who": held.who, "when": held.at}


def page_of_faults(work: UnitOfWork, held: Import, request: PageRequest) -> Page:
    """A page of all errors of a push, in the order of its rows."""
    statement = select(ImportFault).where(ImportFault.import_id == held.id)
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


def _may_see(work: UnitOfWork, held: Import) -> bool:
    if work.actor.sees_every_school:
        return True
    return held.school_id is not None and held.school_id in {school.id for school in visible_schools(work)}
