"""Schools, what else they are called, and their calendars."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Instant, Versioned


class School(Base):
    """A school, named by its URN."""

    __tablename__ = "schools"

    id: Mapped[int] = mapped_column(primary_key=True)
    urn: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    laestab: Mapped[str | None] = mapped_column(String(16), index=True)
    la_code: Mapped[str | None] = mapped_column(String(16))
    la_name: Mapped[str | None] = mapped_column(String(200))
    region: Mapped[str | None] = mapped_column(String(200))
    phase: Mapped[str | None] = mapped_column(String(32))
    trust_uid: Mapped[str | None] = mapped_column(String(64), index=True)
    trust_name: Mapped[str | None] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    alias_rows: Mapped[list["SchoolAlias"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="SchoolAlias.alias"
    )

    @property
    def aliases(self) -> list[str]:
        """Other references that find this school in a path."""
        return [row.alias for row in self.alias_rows]


class SchoolAlias(Base):
    """A former URN, or the id that a school's own system knows it by."""

    __tablename__ = "school_aliases"

    alias: Mapped[str] = mapped_column(String(64), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id", ondelete="CASCADE"), index=True)


class Calendar(Base, Versioned):
    """The terms and closures of one academic year, each version as it was sent."""

    __tablename__ = "calendars"
    __table_args__ = (
        Index(
            "uq_calendars_current",
            "school_id",
            "academic_year",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    academic_year: Mapped[str] = mapped_column(String(7), primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class CodeMap(Versioned, Base):
    """What a school's MIS calls the codes, where it has codes of its own; every version is kept."""

    __tablename__ = "code_maps"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Text)
    """Own code → national code, as JSON."""
