"""Who is on roll: pupils by opaque references, their spells, characteristics, and their places in registers.

Days are proleptic Gregorian ordinals (`date.toordinal()`), because they go straight into numpy arrays.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, Instant, Versioned


class Pupil(Base):
    """A pupil of one school. `reference` is the name that answers use: the roll's, else the first one seen.

    A pupil found to be the same as another is kept, points to that one, and answers for times before that.
    """

    __tablename__ = "pupils"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    reference: Mapped[str] = mapped_column(String(64))
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("pupils.id"))
    merged_at: Mapped[datetime | None] = mapped_column(Instant)


class PupilReference(Base):
    """Every reference that finds a pupil, the answered one among them."""

    __tablename__ = "pupil_references"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    reference: Mapped[str] = mapped_column(String(64), primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupils.id"), index=True)


class Place(Base):
    """Where a pupil's mark stands in each register of an academic year: in order of arrival, never reused."""

    __tablename__ = "places"
    __table_args__ = (Index("uq_places_pupil", "school_id", "academic_year", "pupil_id", unique=True),)

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    academic_year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    """The calendar year in which it starts: 2026 for 2026/27."""
    place: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupils.id"))


class KeptPlaces(Base):
    """What a push needs to know of a school's pupils in an academic year, put together in one row.

    It repeats what the other tables here say, and is true only while `roll_revision` is the ledger's.
    """

    __tablename__ = "kept_places"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    academic_year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    roll_revision: Mapped[int] = mapped_column(BigInteger)
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class Spell(Base, Versioned):
    """A time on roll, first and last day counted. `listed` is false where only marks tell of it."""

    __tablename__ = "spells"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupils.id"))
    first: Mapped[int] = mapped_column(Integer)
    last: Mapped[int | None] = mapped_column(Integer)
    listed: Mapped[bool]


class PupilCharacteristic(Base, Versioned):
    """What the roll says of a pupil from a day on; `since` is null for a first value, which holds from the start."""

    __tablename__ = "pupil_characteristics"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupils.id"))
    name: Mapped[str] = mapped_column(String(32))
    value: Mapped[str | None] = mapped_column(String(32))
    since: Mapped[int | None] = mapped_column(Integer)
