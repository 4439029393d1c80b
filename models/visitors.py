"""What visitors may read, each time that they did, and what they ask for."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Id, Instant
from models.tracked import Json, OfSchool


class VisitorLink(OfSchool, Base):
    """A link that reads the reports of some challenges until a time, and nothing else."""

    __tablename__ = "visitor_links"
    __table_args__ = (Index("ix_visitor_links_school", "school_id", "id"),)

    label: Mapped[str | None] = mapped_column(String(200))
    """For whom it is, as the school calls them."""
    challenges: Mapped[list[str]] = mapped_column(Json)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)


class VisitorView(Base):
    """One time that a link was opened. Of who did, nothing is kept."""

    __tablename__ = "visitor_views"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    link_id: Mapped[str] = mapped_column(Id(), ForeignKey("visitor_links.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    challenge: Mapped[str | None] = mapped_column(Id())
    """The challenge whose report was read; null for all of the link's."""


class Request(OfSchool, Base):
    """Something that a visitor asks for, until somebody makes it an action."""

    __tablename__ = "requests"
    __table_args__ = (Index("ix_requests_school", "school_id", "id"),)

    text: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str | None] = mapped_column(String(200))
    challenge: Mapped[str | None] = mapped_column(Id(), ForeignKey("challenges.id"))
    link: Mapped[str | None] = mapped_column(Id(), ForeignKey("visitor_links.id"))
    status: Mapped[str] = mapped_column(String(16))
    """open, accepted or declined."""
    action: Mapped[str | None] = mapped_column(Id(), ForeignKey("actions.id"))
    """The action that it was made."""
    note: Mapped[str | None] = mapped_column(Text)
    """Why it was declined."""
