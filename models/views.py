"""Saved filters of lists."""

from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.tracked import Json, OfSchools


class View(OfSchools, Base):
    """A saved filter of a list. It belongs to the schools of the key that made it."""

    __tablename__ = "views"

    name: Mapped[str] = mapped_column(String(100), index=True)
    of: Mapped[str] = mapped_column(String(32))
    """The list that it filters: challenges, actions or evidence."""
    query: Mapped[dict[str, Any]] = mapped_column(Json)

    school_rows: Mapped[list["ViewSchool"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="ViewSchool.school_id"
    )


class ViewSchool(Base):
    """That a view belongs to a school."""

    __tablename__ = "view_schools"

    view_id: Mapped[str] = mapped_column(Id(), ForeignKey("views.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True, index=True)
