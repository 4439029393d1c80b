"""The audit log, one hash chain a school, and the ledger row that orders a school's writes.

It is the history of every tracker resource too (an entry's content is the whole resource as it stood after the write),
and it keeps the receipts: a push is one entry, whose content is its receipt.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant


class Ledger(Base):
    """What each write of a school locks first. School 0 is for what belongs to no school."""

    __tablename__ = "ledgers"

    school_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(Integer)
    """The number of the newest audit entry; 0 where there is none."""
    head: Mapped[bytes] = mapped_column(LargeBinary)
    """The hash of the newest audit entry."""
    last_at: Mapped[datetime] = mapped_column(Instant)
    """The time of the newest write: each write of a school has a later one."""
    roll_revision: Mapped[int] = mapped_column(BigInteger)
    """Becomes another whenever pupils, references, places, spells, characteristics, calendars or session counts do."""


class AuditEntry(Base):
    """One write. `hash` is SHA-256 over the hash before and all other columns but `content`, whose digest it covers."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index(
            "ix_audit_entries_subject",
            "subject",
            "sequence",
            sqlite_where=text("subject IS NOT NULL"),
            postgresql_where=text("subject IS NOT NULL"),
        ),
        Index(
            "ix_audit_entries_kind",
            "school_id",
            "kind",
            "at",
            sqlite_where=text("subject IS NOT NULL"),
            postgresql_where=text("subject IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    school_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    who: Mapped[str] = mapped_column(String(100))
    verb: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str | None] = mapped_column(String(64))
    """The id of the tracker resource, or of the push; null where the school says enough."""
    revision: Mapped[int | None] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the content, which stays when the content is erased."""
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[str | None] = mapped_column(Text)
