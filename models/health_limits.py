"""The limits by which a school judges health, where it says other than the usual."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.tracked import Json, OfSchool


class HealthLimits(OfSchool, Base):
    """From when on a school worries."""

    __tablename__ = "health_limits"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), unique=True, sort_order=-10)
    limits: Mapped[dict[str, int]] = mapped_column(Json)
