"""Evidence: what shows that something is so, about any number of challenges, actions, updates and reviews."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id, Instant
from models.tracked import Json, OfSchools


class Evidence(OfSchools, Base):
    """A piece of evidence. It belongs to the schools of what it is about."""

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_external", "external_id", "source"),
        Index("ix_evidence_kind", "kind", "id"),
        Index("ix_evidence_captured_on", "captured_on", "id"),
        Index("ix_evidence_created_at", "created_at", "id"),
        Index("ix_evidence_updated_at", "updated_at", "id"),
    )

    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(16))
    url: Mapped[str | None] = mapped_column(String(2000))
    text: Mapped[str | None] = mapped_column(Text)
    captured_on: Mapped[date]
    speaks_for: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """`{"from", "to"}`, either of them null where that end is open."""
    cohorts: Mapped[list[str]] = mapped_column(Json)
    figures: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """What a measure said when it was frozen, small groups withheld."""
    file: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """The newest revision of the file, in the fields of `EvidenceFile` that anybody may read."""
    source: Mapped[str | None] = mapped_column(String(64))
    external_id: Mapped[str | None] = mapped_column(String(128))

    about_rows: Mapped[list["EvidenceAbout"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="EvidenceAbout.position"
    )
    school_rows: Mapped[list["EvidenceSchool"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="EvidenceSchool.school_id"
    )

    @property
    def about(self) -> list[dict[str, str]]:
        """What it is about, `{"type", "id"}` each, in the order given."""
        return [{"type": row.type, "id": row.target} for row in self.about_rows]

    @about.setter
    def about(self, things: list[dict[str, str]]) -> None:
        held = {row.position: row for row in self.about_rows}
        self.about_rows = [
            _pointing(held.get(position) or EvidenceAbout(position=position), thing)
            for position, thing in enumerate(things)
        ]


class EvidenceAbout(Base):
    """That a piece of evidence is about something."""

    __tablename__ = "evidence_about"

    evidence_id: Mapped[str] = mapped_column(Id(), ForeignKey("evidence.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(16))
    """challenge, action, update or review."""
    target: Mapped[str] = mapped_column(Id(), index=True)


class EvidenceFile(Base):
    """One revision of the file of a piece of evidence; the content is in the store under `key`."""

    __tablename__ = "evidence_files"

    evidence_id: Mapped[str] = mapped_column(Id(), ForeignKey("evidence.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(128))
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(127))
    """The media type, found from the content."""
    size: Mapped[int] = mapped_column(BigInteger)
    """In bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    uploaded_by: Mapped[str] = mapped_column(String(100))


class EvidenceSchool(Base):
    """That a piece of evidence belongs to a school."""

    __tablename__ = "evidence_schools"

    evidence_id: Mapped[str] = mapped_column(Id(), ForeignKey("evidence.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True, index=True)


def _pointing(row: EvidenceAbout, thing: dict[str, str]) -> EvidenceAbout:
    row.type, row.target = thing["type"], thing["id"]
    return row
