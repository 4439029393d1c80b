"""The tracker as plain values: what the rules judge and what a report is made of.

One dataclass for each resource, its fields named as the API names them, its parts within it. A challenge
holds its actions, evidence, indicators and reviews; an action its milestones and updates. Nothing has a
default, so that whoever fills a record can't forget a field. None means that nobody has said.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.tracker.limits import HealthLimits


@dataclass(frozen=True, kw_only=True)
class PersonRecord:
    id: str
    name: str
    role: str | None
    email: str | None
    schools: tuple[str, ...]
    active: bool


@dataclass(frozen=True, kw_only=True)
class UpdateRecord:
    """A progress update; `corrects` is the id of the update that this one replaces."""

    id: str
    created_at: datetime
    on: date
    by: PersonRecord | None
    note: str | None
    progress: int | None
    status: str | None
    next_step: str | None
    corrects: str | None


@dataclass(frozen=True, kw_only=True)
class MilestoneRecord:
    id: str
    title: str
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True, kw_only=True)
class CriterionRecord:
    """One of an action's success criteria; `met` is not_yet, partly or met."""

    text: str
    met: str


@dataclass(frozen=True, kw_only=True)
class ActionRecord:
    """An action with its milestones and updates; `depends_on` and `id` are ids of actions.

    `next_due_on` is the day by which one that repeats and is done is to be done again; `limits` are its school's.
    """

    id: str
    created_at: datetime
    title: str
    intent: str | None
    owner: PersonRecord | None
    supporters: tuple[PersonRecord, ...]
    start_on: date | None
    due_on: date | None
    status: str
    success_criteria: tuple[CriterionRecord, ...]
    cohorts: tuple[str, ...]
    cost: Decimal | None
    depends_on: tuple[str, ...]
    repeats: str | int | None
    next_due_on: date | None
    limits: HealthLimits
    milestones: tuple[MilestoneRecord, ...]
    updates: tuple[UpdateRecord, ...]


@dataclass(frozen=True, kw_only=True)
class SpanRecord:
    """A time from one day to another, both included; an end that is None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, kw_only=True)
class AboutRecord:
    """What a piece of evidence is about: `type` is challenge, action, update or review."""

    type: str
    id: str


@dataclass(frozen=True, kw_only=True)
class EvidenceRecord:
    """A piece of evidence; `figures` are a measure's frozen figures, aggregates only and already
    suppressed."""

    id: str
    created_at: datetime
    title: str
    kind: str
    url: str | None
    text: str | None
    figures: dict[str, Any] | None
    captured_on: date | None
    speaks_for: SpanRecord | None
    about: tuple[AboutRecord, ...]
    cohorts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class IndicatorRecord:
    """A figure from baseline over latest to target; `direction` is up or down, `title` what people call
    it."""

    id: str
    measure: str
    title: str
    unit: str | None
    filter: str | None
    baseline: Decimal | None
    baseline_on: date | None
    target: Decimal | None
    target_on: date | None
    direction: str
    latest: Decimal | None
    latest_on: date | None
    expected_today: Decimal | None
    on_trajectory: bool | None
    null_because: str | None = None
    """Why there is no latest figure."""


@dataclass(frozen=True, kw_only=True)
class ReviewRecord:
    id: str
    held_on: date
    attended: tuple[PersonRecord, ...]
    what_we_saw: str | None
    decisions: str | None
    next_review_on: date | None


@dataclass(frozen=True, kw_only=True)
class ChallengeRecord:
    """A challenge with all that is recorded below it; `school` is a URN, `cohorts` are `sen_provision:E`."""

    id: str
    school: str
    kind: str
    kind_label: str | None
    title: str
    context: str | None
    cohorts: tuple[str, ...]
    areas: tuple[str, ...]
    lead: PersonRecord | None
    origin: str | None
    origin_detail: str | None
    origin_quote: str | None
    opened_on: date | None
    closed_on: date | None
    closing_note: str | None
    actions: tuple[ActionRecord, ...]
    evidence: tuple[EvidenceRecord, ...]
    indicators: tuple[IndicatorRecord, ...]
    reviews: tuple[ReviewRecord, ...]

    @property
    def status(self) -> str:
        """`open` until a day of closing is set, then `closed`."""
        return "open" if self.closed_on is None else "closed"
