"""Templates of a school: its own, and those of ours that it has made its own."""

from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.tracked import Json, OfSchool


class Template(OfSchool, Base):
    """A ready set of actions for a kind of challenge."""

    __tablename__ = "templates"
    __table_args__ = (Index("ix_templates_school", "school_id", "id"),)

    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str | None] = mapped_column(Text)
    actions: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    based_on: Mapped[str | None] = mapped_column(String(100))
    """The template that it was made from, as `name@version`."""
