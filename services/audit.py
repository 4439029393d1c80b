"""The audit log: one hash chain a school, so that schools never wait on each other."""

import hashlib
import operator
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, bindparam, insert, select, type_coerce, update
from sqlalchemy.types import NULLTYPE

from models import AuditEntry, Ledger
from models.base import EPOCH, microseconds
from services.prepared import Prepared

START = bytes(32)
"""What the first entry of a chain has before it."""

NO_SCHOOL = 0
"""The ledger of what belongs to no school."""

ROWS_AT_A_TIME = 500

STATE = (Ledger.sequence, Ledger.head, Ledger.last_at, Ledger.roll_revision)
"""What tells how a school's ledger stands."""

_state = select(*STATE).where(Ledger.school_id == bindparam("school_id"))
_lock = Prepared(_state.with_for_update(key_share=True))
_read = Prepared(_state)
_insert = Prepared(insert(AuditEntry))
_as_held = [type_coerce(column, NULLTYPE).label(column.name) for column in AuditEntry.__table__.columns]
_advance = Prepared(
    update(Ledger)
    .where(Ledger.school_id == bindparam("of_school"))
    .values(
        sequence=bindparam("new_sequence"),
        head=bindparam("new_head"),
        last_at=bindparam("new_last_at"),
        roll_revision=bindparam("new_roll_revision"),
    )
)


class LockNeeded(Exception):
    """This work can't be done without the lock on its school's ledger: it is to be done once more, with it."""


@dataclass
class OpenLedger:
    """A school's ledger, locked in a transaction or as it was read without, with the entries that are to follow."""

    school_id: int
    sequence: int
    head: bytes
    last_at: datetime
    roll_revision: int
    now: datetime
    locked: bool = True
    entries: list[dict[str, Any]] = field(default_factory=list)
    roll_moved: bool = False
    roll_told: bool = False
    """Whether anything was written under `roll_revision` since it was drawn."""

    def add(
        self, who: str, verb: str, kind: str, *, subject: str | None, revision: int | None, content: Any
    ) -> None:
        """Append an entry to the chain; it is written when the unit of work commits."""
        text = msgspec.json.encode(content).decode()
        digest = hashlib.sha256(text.encode()).digest()
        self.sequence += 1
        entry = {
            "school_id": self.school_id,
            "sequence": self.sequence,
            "at": self.now,
            "who": who,
            "verb": verb,
            "kind": kind,
            "subject": subject,
            "revision": revision,
            "digest": digest,
        }
        self.head = entry_hash(self.head, entry)
        self.entries.append(entry | {"hash": self.head, "content": text})

    def move_roll(self) -> None:
        """Tell that what registers are read with changes: pupils, references, places, spells, characteristics,
        calendars or session counts.

        Raises `LockNeeded` where the ledger isn't locked.
        """
        if not self.locked:
            raise LockNeeded
        if not self.roll_moved or self.roll_told:
            self.roll_moved, self.roll_told = True, False
            self.roll_revision = new_roll_revision()


def new_roll_revision() -> int:
    """A number that no roll had before: what was cached under another is no longer true, whoever changed it.

    Drawn by chance, because a count would come again where a change was taken back or a database made anew.
    """
    return secrets.randbits(62)


def entry_hash(previous: bytes, entry: dict[str, Any]) -> bytes:
    """SHA-256 over the hash before and everything of the entry but its content, which the digest stands for."""
    covered = [
        entry["school_id"],
        entry["sequence"],
        microseconds(entry["at"]),
        entry["who"],
        entry["verb"],
        entry["kind"],
        entry["subject"],
        entry["revision"],
        entry["digest"].hex(),
    ]
    return hashlib.sha256(previous + msgspec.json.encode(covered)).digest()


def new_ledger(connection: Connection, school_id: int, at: datetime) -> None:
    """The ledger that a school gets when it comes into being."""
    connection.execute(
        insert(Ledger).values(
            school_id=school_id, sequence=0, head=START, last_at=at, roll_revision=new_roll_revision()
        )
    )


def lock_ledger(connection: Connection, school_id: int) -> OpenLedger | None:
    """The school's ledger, which no other transaction gets until this one ends; None where there is no school."""
    row = _lock.one_or_none(connection, {"school_id": school_id})
    return None if row is None else opened(school_id, row, locked=True)


def read_ledger(connection: Connection, school_id: int) -> OpenLedger | None:
    """The school's ledger as it stands, unlocked: what comes of it is written only if it hasn't moved since."""
    row = _read.one_or_none(connection, {"school_id": school_id})
    return None if row is None else opened(school_id, row, locked=False)


def opened(school_id: int, row: Sequence[Any], *, locked: bool) -> OpenLedger:
    """A ledger of which the columns of `STATE` were read."""
    sequence, head, last_at, roll_revision = row
    then = EPOCH + timedelta(microseconds=last_at)
    return OpenLedger(school_id, sequence, head, then, roll_revision, now=then, locked=locked)


def write_entries(connection: Connection, ledgers: Iterable[OpenLedger]) -> None:
    """Write the entries that were added, and move each ledger to the last of them."""
    for ledger in ledgers:
        if ledger.entries:
            _insert.run(connection, [entry | {"at": microseconds(entry["at"])} for entry in ledger.entries])
        if ledger.entries or ledger.roll_moved:
            _advance.run(
                connection,
                [
                    {
                        "of_school": ledger.school_id,
                        "new_sequence": ledger.sequence,
                        "new_head": ledger.head,
                        "new_last_at": microseconds(ledger.now),
                        "new_roll_revision": ledger.roll_revision,
                    }
                ],
            )


def first_broken(connection: Connection, school_id: int) -> int | None:
    """The number of the first entry whose chain or content doesn't hold; None where all hold.

    Content that was erased is passed over: its digest stays, and the chain covers that. Where each entry follows from
    the one before and the ledger says otherwise, it is the first that one of the two lacks, or else the newest. The
    entries are read as a stream: a long chain takes no more memory than a short one.
    """
    last, head = 0, START
    chain = select(*_as_held).where(AuditEntry.school_id == school_id).order_by(AuditEntry.sequence)
    with connection.execute(chain, execution_options={"yield_per": ROWS_AT_A_TIME}) as entries:
        for entry in entries.mappings():
            if not _follows(entry, last, head):
                return last + 1
            last, head = last + 1, entry["hash"]
    return _unlike_ledger(connection, school_id, last, head)


def _follows(entry: RowMapping, last: int, head: bytes) -> bool:
    """Whether an entry is the next after `last`, whole, and hashed over `head`."""
    try:
        content = entry["content"]
        whole = content is None or hashlib.sha256(content.encode()).digest() == entry["digest"]
        at = EPOCH + timedelta(microseconds=operator.index(entry["at"]))
        hashed = entry_hash(head, dict(entry) | {"at": at})
    except (AttributeError, ArithmeticError, TypeError, ValueError):
        return False  # SQLite takes a value of any type in any column: we never wrote this one
    return bool(entry["sequence"] == last + 1 and whole and hashed == entry["hash"])


def _unlike_ledger(connection: Connection, school_id: int, last: int, head: bytes) -> int | None:
    """Where a chain of `last` entries parts from what its ledger says; None where they agree."""
    ledger = connection.execute(
        select(Ledger.sequence, Ledger.head).where(Ledger.school_id == school_id)
    ).one_or_none()
    if ledger is not None and ledger.sequence != last:
        return min(int(ledger.sequence), last) + 1
    return None if ledger is not None and ledger.head == head else max(last, 1)
