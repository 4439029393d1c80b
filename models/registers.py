"""Registers: one row for each session of a school, its marks as bytes.

Unpacked (`domain/attendance/packing.py`), byte *i* of `marks` is the storage number of the code of the pupil in place
*i* (`domain/attendance/codes.py`); 0 is no mark, and a register shorter than the roll has no marks for the rest.
`docs/decisions/0001` says why not a row a mark.
"""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Instant, Versioned


class Register(Base):
    """The marks of one session as they are held now."""

    __tablename__ = "registers"
    __table_args__ = {"sqlite_with_rowid": False}

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    day: Mapped[int] = mapped_column(Integer, primary_key=True)
    pm: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer)
    marks: Mapped[bytes] = mapped_column(LargeBinary)
    source_time: Mapped[int | None] = mapped_column(BigId)
    """Microseconds: when the school's system last touched these marks, where one time serves for all of them."""
    source_times: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Places (4 bytes each), then their times (8 bytes each), where they differ from `source_time`."""
    minutes_late: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Places (4 bytes each), then minutes (2 bytes each)."""
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class RegisterRevision(Base):
    """What one push changed in a register that was there before: read backwards, it gives any earlier state."""

    __tablename__ = "register_revisions"
    __table_args__ = {"sqlite_with_rowid": False}

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    day: Mapped[int] = mapped_column(Integer, primary_key=True)
    pm: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    import_id: Mapped[str] = mapped_column(String(36))
    joined: Mapped[bool]
    """True where two references were found to be one pupil: marks moved, and none changed."""
    places: Mapped[bytes] = mapped_column(LargeBinary)
    """The places changed, 4 bytes each."""
    old: Mapped[bytes] = mapped_column(LargeBinary)
    new: Mapped[bytes] = mapped_column(LargeBinary)
    """A byte for each place: 0 in `old` is a first mark, 0 in `new` a mark taken away."""
    minutes_before: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The whole `minutes_late` as it was, where it changed; empty bytes where there were none."""


class SessionCount(Base, Versioned):
    """How many of each code a school had in a session, where it pushes no pupil-level marks."""

    __tablename__ = "session_counts"
    __table_args__ = (
        Index(
            "uq_session_counts_current",
            "school_id",
            "day",
            "pm",
            "year_group",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    day: Mapped[int] = mapped_column(Integer)
    pm: Mapped[bool] = mapped_column(Boolean)
    year_group: Mapped[str] = mapped_column(String(8))
    """Empty for the whole school."""
    revision: Mapped[int] = mapped_column(Integer)
    counts: Mapped[str] = mapped_column(Text)
