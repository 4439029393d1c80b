"""The audit log as administrators read it, check it, and erase from it what should never have been written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, delete, select, tuple_, type_coerce, union_all, update

from domain.errors import Conflict, NotFound, invalid
from models import AuditEntry, ImportFault, Ledger, School
from services import audit
from services.audit import NO_SCHOOL
from services.clock import LONDON
from services.paging import Page, PageRequest
from services.schools.schools import SchoolRef, visible_schools
from services.unit_of_work import UnitOfWork

LEDGERS_AT_A_TIME = 100
"""So many chains are asked for their newest entries in one statement."""

LONGEST_REASON = 1_000

_at = type_coerce(AuditEntry.at, BigInteger)
_decoder = msgspec.json.Decoder(float_hook=Decimal)

Key = tuple[int, int, int]
"""The time of an entry in microseconds, its school's number, its own number: what the list is sorted by."""


@dataclass(frozen=True)
class AuditQuestion:
    """Which entries: of a school, of a kind, about a subject, by whom, and when. A day counts whole."""

    school: SchoolRef | None = None
    kind: str | None = None
    subject: str | None = None
    who: str | None = None
    first: date | datetime | None = None
    last: date | datetime | None = None


@dataclass(frozen=True)
class Break:
    """Where a chain doesn't hold: the number of the entry, and its school's URN; None for the chain of no school."""

    sequence: int
    school: str | None


def list_entries(work: UnitOfWork, question: AuditQuestion, request: PageRequest) -> Page:
    """A page of the entries that the key may see, the newest first, each as the API shows it."""
    after: Key | None = None if request.after is None else (*request.after,)
    ledgers = _ledgers(work, question)
    found = _newest(work, list(ledgers.values()), _conditions(question), after, request.limit + 1)
    shown = found[: request.limit]
    more = len(found) > request.limit
    return Page(_entries(work, shown, ledgers), list(shown[-1]) if more else None)


def find_break(work: UnitOfWork, school: SchoolRef | None) -> Break | None:
    """The first break in a school's chain, or in any that the key may see; None where all hold.

    The chain of what belongs to no school is for keys that were made for all schools.
    """
    for school_id, urn in _chains(work, school):
        broken = audit.first_broken(work.connection, school_id)
        if broken is not None:
            return Break(broken, urn)
    return None


def erase(work: UnitOfWork, school: SchoolRef | None, sequence: int, reason: str) -> None:
    """Take the content out of an entry; the chain still holds, and a new entry says that it was done and why.

    A push's errors, which are kept beside its receipt, go with it. Raises `NotFound`, `Conflict` where the content was
    erased before, `Invalid` without a reason.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise invalid("/reason", f"say why, in 1 to {LONGEST_REASON} characters; the log keeps it")
    school_id = NO_SCHOOL if school is None else school.id
    work.ledger(school_id)
    this = (AuditEntry.school_id == school_id) & (AuditEntry.sequence == sequence)
    held = work.connection.execute(select(AuditEntry.subject, AuditEntry.content).where(this)).one_or_none()
    if held is None:
        raise NotFound(f"there is no entry {sequence} in this chain")
    if held.content is None:
        raise Conflict("the content of this entry was erased before")
    work.connection.execute(update(AuditEntry).where(this).values(content=None))
    work.connection.execute(delete(ImportFault).where(ImportFault.import_id == held.subject))
    said = {"sequence": sequence, "reason": work.tools.pseudonyms(reason)}
    work.note(school_id, "erased", "audit_entry", content=said)


def _chains(work: UnitOfWork, school: SchoolRef | None) -> Iterator[tuple[int, str | None]]:
    if school is None and work.actor.sees_every_school:
        yield NO_SCHOOL, None
    for one in visible_schools(work) if school is None else [school]:
        yield one.id, one.urn


def _ledgers(work: UnitOfWork, question: AuditQuestion) -> dict[int, Any]:
    """The ledgers that may hold what is asked for, by their schools' numbers, the one last written to first."""
    statement = (
        select(Ledger.school_id, type_coerce(Ledger.last_at, BigInteger).label("last_at"), School.urn)
        .outerjoin(School, School.id == Ledger.school_id)
        .where(Ledger.sequence > 0)
        .order_by(Ledger.last_at.desc(), Ledger.school_id)
    )
    if question.school is not None:
        statement = statement.where(Ledger.school_id == question.school.id)
    elif not work.actor.sees_every_school:
        statement = statement.where(Ledger.school_id.in_([one.id for one in visible_schools(work)]))
    return {row.school_id: row for row in work.connection.execute(statement)}


def _conditions(question: AuditQuestion) -> list[ColumnElement[bool]]:
    asked = {"kind": question.kind, "subject": question.subject, "who": question.who}
    conditions = [getattr(AuditEntry, name) == value for name, value in asked.items() if value is not None]
    if question.first is not None:
        conditions.append(AuditEntry.at >= _start(question.first))
    if isinstance(question.last, datetime):
        conditions.append(AuditEntry.at <= question.last)
    elif question.last is not None and question.last < date.max:
        conditions.append(AuditEntry.at < _start(question.last + timedelta(days=1)))
    return conditions


def _start(of: date | datetime) -> datetime:
    return of if isinstance(of, datetime) else datetime.combine(of, time(), LONDON)


def _newest(
    work: UnitOfWork,
    ledgers: Sequence[Any],
    conditions: list[ColumnElement[bool]],
    after: Key | None,
    count: int,
) -> list[Key]:
    """The newest entries after a place in the list, over all these ledgers.

    There is no index by time alone, which every push would have to keep up. Within a chain the numbers rise with the
    time, so each is asked for its newest by number, and those are sorted together.
    """
    found: list[Key] = []
    for start in range(0, len(ledgers), LEDGERS_AT_A_TIME):
        some = ledgers[start : start + LEDGERS_AT_A_TIME]
        if len(found) == count and found[-1][0] > some[0].last_at:
            break  # nothing in these is as new as the oldest found
        parts = [_newest_of(one.school_id, conditions, after, count).subquery() for one in some]
        rows = work.connection.execute(union_all(*(select(part) for part in parts)))
        found = sorted([*found, *((row[0], row[1], row[2]) for row in rows)], reverse=True)[:count]
    return found


def _newest_of(school_id: int, conditions: list[ColumnElement[bool]], after: Key | None, count: int) -> Any:
    statement = select(_at.label("at"), AuditEntry.school_id, AuditEntry.sequence).where(
        AuditEntry.school_id == school_id, *conditions
    )
    if after is not None:
        at, of_school, sequence = after
        if school_id == of_school:
            statement = statement.where(AuditEntry.sequence < sequence)
        else:
            statement = statement.where(_at <= at if school_id < of_school else _at < at)
    return statement.order_by(AuditEntry.sequence.desc()).limit(count)


def _entries(work: UnitOfWork, keys: Sequence[Key], ledgers: dict[int, Any]) -> list[dict[str, Any]]:
    if not keys:
        return []
    places = [key[1:] for key in keys]
    rows = work.connection.execute(
        select(AuditEntry.__table__).where(tuple_(AuditEntry.school_id, AuditEntry.sequence).in_(places))
    )
    held = {(row.school_id, row.sequence): row for row in rows}
    return [_shown(held[place], ledgers[place[0]].urn) for place in places]


def _shown(entry: Any, urn: str | None) -> dict[str, Any]:
    plain = {name: getattr(entry, name) for name in ("who", "verb", "kind", "subject", "revision")}
    return {
        "school": urn,
        "sequence": entry.sequence,
        "at": entry.at,
        **plain,
        "digest": entry.digest.hex(),
        "hash": entry.hash.hex(),
        "content": None if entry.content is None else _decoder.decode(entry.content),
    }
