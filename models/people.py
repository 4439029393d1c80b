"""People: members of staff and governors, who lead, own and support."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Id
from models.tracked import OfSchools


class Person(OfSchools, Base):
    """Somebody who works at one school or several; without a school, only keys for all schools see them."""

    __tablename__ = "people"
    __table_args__ = (Index("ix_people_external", "external_id", "source"),)

    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    active: Mapped[bool]
    source: Mapped[str | None] = mapped_column(String(64))
    external_id: Mapped[str | None] = mapped_column(String(128))

    school_rows: Mapped[list["PersonSchool"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="PersonSchool.school_id"
    )


class PersonSchool(Base):
    """That a person belongs to a school."""

    __tablename__ = "person_schools"

    person_id: Mapped[str] = mapped_column(Id(), ForeignKey("people.id"), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True, index=True)
