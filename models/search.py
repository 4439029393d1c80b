"""The words of the tracker, by which its lists are searched."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Id


class SearchEntry(Base):
    """What one resource says in words. Each database keeps its own index over `text`, which a migration lays."""

    __tablename__ = "search_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject: Mapped[str] = mapped_column(Id(), unique=True)
    """The resource."""
    kind: Mapped[str] = mapped_column(String(32))
    challenge: Mapped[str | None] = mapped_column(Id(), ForeignKey("challenges.id"), index=True)
    """The challenge that it is, or is said of."""
    action: Mapped[str | None] = mapped_column(Id(), ForeignKey("actions.id"), index=True)
    """The action that it is, or is said of."""
    text: Mapped[str] = mapped_column(Text)
