"""Challenges with what is below them: actions, their milestones and updates, reviews and comments."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id
from models.tracked import Exact, Json, OfSchool, person_column


class Challenge(OfSchool, Base):
    """Something that weighs on a school."""

    __tablename__ = "challenges"
    __table_args__ = (
        Index("ix_challenges_school", "school_id", "id"),
        UniqueConstraint("school_id", "source", "external_id", name="uq_challenges_external"),
    )

    kind: Mapped[str] = mapped_column(String(32))
    kind_label: Mapped[str | None] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200))
    context: Mapped[str | None] = mapped_column(Text)
    cohorts: Mapped[list[str]] = mapped_column(Json)
    areas: Mapped[list[str]] = mapped_column(Json)
    lead: Mapped[str | None] = person_column()
    origin: Mapped[str | None] = mapped_column(String(32))
    origin_detail: Mapped[str | None] = mapped_column(String(500))
    origin_quote: Mapped[str | None] = mapped_column(Text)
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    closing_note: Mapped[str | None] = mapped_column(Text)
    academic_years: Mapped[list[str]] = mapped_column(Json)
    """Those in which it was worked on, the first first: each roll-over adds one."""
    source: Mapped[str | None] = mapped_column(String(64))
    external_id: Mapped[str | None] = mapped_column(String(128))


class Action(OfSchool, Base):
    """What somebody does about a challenge."""

    __tablename__ = "actions"
    __table_args__ = (
        Index("ix_actions_school", "school_id", "id"),
        Index("ix_actions_owner", "owner", "id"),
        Index("ix_actions_updated_at", "updated_at", "id"),
        UniqueConstraint("school_id", "source", "external_id", name="uq_actions_external"),
    )

    challenge: Mapped[str] = mapped_column(Id(), ForeignKey("challenges.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    intent: Mapped[str | None] = mapped_column(Text)
    owner: Mapped[str] = person_column()
    supporters: Mapped[list[str]] = mapped_column(Json)
    start_on: Mapped[date | None]
    due_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(16))
    success_criteria: Mapped[list[dict[str, str]]] = mapped_column(Json)
    cohorts: Mapped[list[str]] = mapped_column(Json)
    cost: Mapped[Decimal | None] = mapped_column(Exact)
    hours: Mapped[Decimal | None] = mapped_column(Exact)
    """What it takes its owner in a week."""
    depends_on: Mapped[list[str]] = mapped_column(Json)
    repeats: Mapped[Any] = mapped_column(Json, nullable=True)
    """A word (termly, half_termly, weekly) or a number of days."""
    source: Mapped[str | None] = mapped_column(String(64))
    external_id: Mapped[str | None] = mapped_column(String(128))


class Milestone(OfSchool, Base):
    """A step on the way of an action."""

    __tablename__ = "milestones"

    action: Mapped[str] = mapped_column(Id(), ForeignKey("actions.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]


class ProgressUpdate(OfSchool, Base):
    """What somebody said of an action on a day. It is never changed: a correction is a new one."""

    __tablename__ = "progress_updates"

    action: Mapped[str] = mapped_column(Id(), ForeignKey("actions.id"), index=True)
    on: Mapped[date]
    by: Mapped[str | None] = person_column()
    note: Mapped[str | None] = mapped_column(Text)
    progress: Mapped[int | None] = mapped_column(SmallInteger)
    status: Mapped[str | None] = mapped_column(String(16))
    next_step: Mapped[str | None] = mapped_column(Text)
    corrects: Mapped[str | None] = mapped_column(Id(), ForeignKey("progress_updates.id"))


class Review(OfSchool, Base):
    """A time when people looked at a challenge together."""

    __tablename__ = "reviews"

    challenge: Mapped[str] = mapped_column(Id(), ForeignKey("challenges.id"), index=True)
    held_on: Mapped[date]
    attended: Mapped[list[str]] = mapped_column(Json)
    what_we_saw: Mapped[str | None] = mapped_column(Text)
    decisions: Mapped[str | None] = mapped_column(Text)
    next_review_on: Mapped[date | None]


class Comment(OfSchool, Base):
    """What somebody says about a challenge or one of its actions: exactly one of the two is named."""

    __tablename__ = "comments"

    challenge: Mapped[str | None] = mapped_column(Id(), ForeignKey("challenges.id"), index=True)
    action: Mapped[str | None] = mapped_column(Id(), ForeignKey("actions.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str | None] = person_column()
