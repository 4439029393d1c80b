"""Indicators: the figures by which a challenge is told to move."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id
from models.tracked import Exact, Json, OfSchool


class Indicator(OfSchool, Base):
    """A measure of ours, or a custom one with its own points, from a baseline to a target."""

    __tablename__ = "indicators"

    challenge: Mapped[str] = mapped_column(Id(), ForeignKey("challenges.id"), index=True)
    measure: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(32))
    filter: Mapped[str | None] = mapped_column(String(500))
    baseline: Mapped[Decimal | None] = mapped_column(Exact)
    baseline_on: Mapped[date | None]
    target: Mapped[Decimal | None] = mapped_column(Exact)
    target_on: Mapped[date | None]
    direction: Mapped[str | None] = mapped_column(String(4))
    points: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """`{"on", "value"}` each, by day; empty but for a custom one."""
