"""Receipts of what was pushed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, SmallInteger, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant


class Import(Base):
    """One push and what became of its rows. Its id grows with time, so the newest sort last."""

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_school", "school_id", "id"),)

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    school_id: Mapped[int | None] = mapped_column(ForeignKey("schools.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    key_id: Mapped[int | None]
    who: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(16))
    """What was pushed: register, marks, session_counts, roll, schools."""
    status: Mapped[int] = mapped_column(SmallInteger)
    """The HTTP status that the push was answered with."""
    receipt: Mapped[str] = mapped_column(Text)
    """JSON: the counts that aren't 0, and warnings and dropped columns where there were any."""


class ImportFault(Base):
    """One row of a push that was rejected, in the order of the rows."""

    __tablename__ = "import_faults"

    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    fault: Mapped[str] = mapped_column(Text)
