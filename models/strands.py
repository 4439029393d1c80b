"""A school as it stands in each area of a framework, and what of it can be seen on an ordinary day. No grades."""

from datetime import date

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.tracked import Json, OfSchool, person_column


class StrandPosition(OfSchool, Base):
    """Where a school says that it stands in an area, in words."""

    __tablename__ = "strand_positions"
    __table_args__ = (Index("ix_strand_positions_area", "school_id", "area", unique=True),)

    area: Mapped[str] = mapped_column(String(100))
    where_we_are: Mapped[str | None] = mapped_column(Text)
    direction: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[list[str]] = mapped_column(Json)
    challenges: Mapped[list[str]] = mapped_column(Json)


class Practice(OfSchool, Base):
    """Something that ordinarily runs, every week on its day."""

    __tablename__ = "practices"
    __table_args__ = (Index("ix_practices_school", "school_id", "id"),)

    title: Mapped[str] = mapped_column(String(200))
    weekday: Mapped[str] = mapped_column(String(9))
    starts_at: Mapped[str] = mapped_column(String(5))
    """By the clock of the school, such as 08:15; `from` in the API."""
    ends_at: Mapped[str] = mapped_column(String(5))
    """`to` in the API."""
    place: Mapped[str | None] = mapped_column(String(200))
    lead: Mapped[str | None] = person_column()
    areas: Mapped[list[str]] = mapped_column(Json)
    cohorts: Mapped[list[str]] = mapped_column(Json)
    until: Mapped[date | None]
    """The last day on which it runs."""
