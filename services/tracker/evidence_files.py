"""The files of evidence: each new one is a revision, and older ones stay."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from domain.comparison import Comparison
from domain.errors import NotFound, invalid
from models import EvidenceFile
from services.files.names import named_as
from services.files.types import extensions_of
from services.files.uploads import Upload
from services.paging import Page, PageRequest, page_of
from services.tracker import records
from services.tracker.held import Held, get_row, ledger_of
from services.tracker.kinds import EVIDENCE, Content
from services.tracker.lists import check_earlier
from services.unit_of_work import UnitOfWork

FILE = "file"

SHOWN = ("revision", "name", "type", "size", "sha256", "uploaded_at", "uploaded_by")


def evidence_for_a_file(work: UnitOfWork, id: str) -> Any:
    """The evidence that an id names; raises `Invalid` where its kind takes no file."""
    evidence = get_row(work, EVIDENCE, id)
    if evidence.kind != FILE:
        raise invalid(
            "/kind", f"evidence of the kind {evidence.kind} takes no file; make one of the kind {FILE}"
        )
    return evidence


def record_file(work: UnitOfWork, evidence: Any, upload: Upload) -> tuple[Content, bool]:
    """Make an upload the newest revision, unless it is what the newest holds already; whether it is the first."""
    current = evidence.file
    if current is None or current["sha256"] != upload.sha256:
        row = _new_row(work, evidence, upload, 1 if current is None else current["revision"] + 1)
        work.db.add(row)
        records.change(work, EVIDENCE, evidence, {"file": shown(row)})
        upload.recorded = True
    return Held(work).one(EVIDENCE, evidence), current is None


def get_file(work: UnitOfWork, evidence: Any, revision: int | None, as_of: datetime | None) -> EvidenceFile:
    """A revision of its file, the newest unless told; at a time, what had been uploaded by then."""
    newest = _newest(work, evidence, as_of)
    wanted = newest if revision is None else revision
    found = work.db.get(EvidenceFile, (evidence.id, wanted)) if 1 <= wanted <= newest else None
    if found is None:
        raise NotFound("there is no such revision of the file" if newest else "there is no file yet")
    return found


def list_files(work: UnitOfWork, evidence: Any, query: Mapping[str, Any]) -> Page:
    """A page of the revisions of its file, the newest first, and with `compare_to` which of them came since."""
    as_of, since = query.get("as_of"), query.get("compare_to")
    check_earlier(since, as_of)
    newest = _newest(work, evidence, as_of)
    rows = select(EvidenceFile).where(
        EvidenceFile.evidence_id == evidence.id, EvidenceFile.revision <= newest
    )
    request: PageRequest = query["page"]
    page = page_of(work, rows, keys=(EvidenceFile.revision,), request=request, descending=True)
    also = {} if since is None else {"changes": _came(page.items, _newest_then(work, evidence, since), since)}
    return Page([shown(row) for row in page.items], page.next, also)


def _came(rows: Iterable[EvidenceFile], until: int, since: datetime) -> Content:
    came = [str(row.revision) for row in rows if row.revision > until]
    return {"since": since} | asdict(Comparison(added=came, changed=[], gone=[]))


def shown(row: EvidenceFile) -> Content:
    """What anybody may read of a revision."""
    content: Content = msgspec.to_builtins({name: getattr(row, name) for name in SHOWN})
    return content


def _new_row(work: UnitOfWork, evidence: Any, upload: Upload, revision: int) -> EvidenceFile:
    return EvidenceFile(
        evidence_id=evidence.id,
        revision=revision,
        key=upload.key,
        name=named_as(upload.name, evidence.title, extensions_of(upload.media_type)),
        type=upload.media_type,
        size=upload.size,
        sha256=upload.sha256,
        uploaded_at=work.ledger(ledger_of(EVIDENCE, evidence)).now,
        uploaded_by=work.actor.who,
    )


def _newest_then(work: UnitOfWork, evidence: Any, since: datetime) -> int:
    """The newest revision at a time; 0 also where there was no such evidence yet."""
    try:
        return _newest(work, evidence, since)
    except NotFound:
        return 0


def _newest(work: UnitOfWork, evidence: Any, as_of: datetime | None) -> int:
    file = Held(work, as_of).one(EVIDENCE, evidence).get(FILE)
    return file["revision"] if file else 0
