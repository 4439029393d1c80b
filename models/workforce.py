"""What a school records of its workforce: one row for each version of a record, whatever kind of record it is.

Snapshots, vacancies, leavers, staff absence and counted answers differ in what they say and not in how they are kept,
so what they say is JSON, judged before it is written, and one table keeps, dates and finds all of them.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Instant, Versioned


class WorkforceRecord(Base, Versioned):
    """A version of a record. Taking a record away makes a version too, which has no body: it tells who did it."""

    __tablename__ = "workforce_records"
    __table_args__ = (
        Index(
            "uq_workforce_records_current",
            "school_id",
            "kind",
            "key",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index("ix_workforce_records_record", "school_id", "kind", "key", "revision"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(128))
    """What a path names it by: a date, an academic year, an id."""
    revision: Mapped[int] = mapped_column(Integer)
    body: Mapped[str | None] = mapped_column(Text)
    """JSON whose decimals are numbers with exactly their digits; null once it was taken away."""
    recorded_by: Mapped[str] = mapped_column(String(100))
    import_id: Mapped[str | None] = mapped_column(String(36))
    """The push that it came with."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    """When the first version was made."""


class WorkforceBenchmark(Base, Versioned):
    """A version of a published figure that was brought in; it belongs to no school."""

    __tablename__ = "workforce_benchmarks"
    __table_args__ = (
        Index(
            "uq_workforce_benchmarks_current",
            "key",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    """SHA-256, in hex, of what makes it this figure: measure, area, school type, year and source."""
    body: Mapped[str] = mapped_column(Text)
    """JSON, as of a record."""
    import_id: Mapped[str] = mapped_column(String(36))
