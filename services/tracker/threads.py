"""Challenges and actions with all that is below them, as the records that the rules judge.

Each level is read at once for all that are asked for, so the number of statements doesn't grow with a list.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.tracker.limits import HealthLimits
from domain.tracker.records import (
    AboutRecord,
    ActionRecord,
    ChallengeRecord,
    CriterionRecord,
    EvidenceRecord,
    IndicatorRecord,
    MilestoneRecord,
    PersonRecord,
    ReviewRecord,
    SpanRecord,
    UpdateRecord,
)
from services.tracker import indicators
from services.tracker.evidence_about import evidence_of_threads
from services.tracker.health_limits import limits_of
from services.tracker.held import Held
from services.tracker.kinds import (
    ACTION,
    CHALLENGE,
    INDICATOR,
    MILESTONE,
    PERSON,
    REVIEW,
    UPDATE,
    Content,
    Kind,
)
from services.tracker.repetition import next_dues

People = dict[str, PersonRecord]
Below = dict[str, list[Content]]

JUDGED: dict[Kind, tuple[str, ...]] = {
    CHALLENGE: ("closed_on",),
    ACTION: ("title", "start_on", "due_on", "status", "depends_on", "repeats", "created_at"),
    UPDATE: ("on", "progress", "status", "corrects", "created_at"),
    MILESTONE: ("title", "due_on", "done_on"),
}
"""The fields by which health and progress are judged: what else is told, in many words, needn't be read for it."""


def challenge_records(held: Held, contents: Sequence[Content]) -> list[ChallengeRecord]:
    """Challenges with their actions, evidence, indicators and reviews."""
    ids = [content["id"] for content in contents]
    actions, reviews = held.below(ACTION, ids), held.below(REVIEW, ids)
    figures = indicator_records(held, ids)
    flat_actions, flat_reviews = _flat(actions), _flat(reviews)
    below_actions = [action["id"] for action in flat_actions]
    updates, milestones = held.below(UPDATE, below_actions), held.below(MILESTONE, below_actions)
    named = {content["lead"] for content in contents}
    named |= {id for review in flat_reviews for id in review["attended"]}
    people = _people(held, named | _named_in_actions(flat_actions, updates))
    judged = _Judged(held, flat_actions, updates, milestones, people)
    evidence = evidence_of_threads(held, ids, flat_actions, _flat(updates), flat_reviews)
    return [
        ChallengeRecord(
            **{name: content[name] for name in _CHALLENGE_TEXTS},
            cohorts=tuple(content["cohorts"]),
            areas=tuple(content["areas"]),
            lead=people.get(content["lead"]),
            opened_on=_day(content["opened_on"]),
            closed_on=_day(content["closed_on"]),
            actions=tuple(judged.action(action) for action in actions[content["id"]]),
            evidence=tuple(_piece(piece) for piece in evidence[content["id"]]),
            indicators=tuple(figures[content["id"]]),
            reviews=tuple(_review(review, people) for review in reviews[content["id"]]),
        )
        for content in contents
    ]


def action_records(held: Held, contents: Sequence[Content]) -> list[ActionRecord]:
    """Actions with their milestones and updates, as far as they are judged by them: nobody's name, and no words."""
    if not contents:
        return []
    ids = [content["id"] for content in contents]
    updates = held.below(UPDATE, ids, only=JUDGED[UPDATE])
    milestones = held.below(MILESTONE, ids, only=JUDGED[MILESTONE])
    judged = _Judged(held, contents, updates, milestones, {})
    return [judged.action(content) for content in contents]


def action_outline(content: Content, next_due_on: str | None) -> ActionRecord:
    """An action by itself, without its milestones and updates."""
    return _action(content, (), (), {}, _day(next_due_on), HealthLimits())


def indicator_records(held: Held, challenges: Sequence[str]) -> dict[str, list[IndicatorRecord]]:
    """Challenge → its indicators with their figures."""
    figures = held.below(INDICATOR, challenges)
    read = {figure["id"]: figure for figure in indicators.answers(held, _flat(figures))}
    return {id: [_indicator(read[figure["id"]]) for figure in below] for id, below in figures.items()}


def awaited_by(held: Held, actions: Iterable[ActionRecord]) -> dict[str, ActionRecord]:
    """These actions and those that they depend on, by id."""
    known = {action.id: action for action in actions}
    ids = {id for action in known.values() for id in action.depends_on} - known.keys()
    found = [content for content in held.with_ids(ACTION, ids).values() if not content.get("deleted")]
    return known | {other.id: other for other in action_records(held, found)}


_CHALLENGE_TEXTS = (
    "id", "school", "kind", "kind_label", "title", "context", "origin", "origin_detail", "origin_quote", "closing_note"
)  # fmt: skip

_INDICATOR_TEXTS = ("id", "measure", "title", "unit", "filter", "on_trajectory", "null_because")


def _people(held: Held, ids: Iterable[str | None]) -> People:
    found = held.with_ids(PERSON, {id for id in ids if id is not None})
    return {
        id: PersonRecord(
            id=id,
            name=content["name"],
            role=content["role"],
            email=content["email"],
            schools=tuple(content["schools"]),
            active=content["active"] and not content.get("deleted", False),
        )
        for id, content in found.items()
    }


def _named_in_actions(actions: Sequence[Content], updates: dict[str, list[Content]]) -> set[str | None]:
    named = {id for action in actions for id in [action["owner"], *action["supporters"]]}
    return named | {update["by"] for update in _flat(updates)}


class _Judged:
    """Actions with all by which they are judged."""

    def __init__(
        self, held: Held, actions: Sequence[Content], updates: Below, milestones: Below, people: People
    ) -> None:
        self._updates, self._milestones, self._people = updates, milestones, people
        self._limits = limits_of(held) if actions else {}
        self._next_dues = next_dues(held, actions, updates)

    def action(self, content: Content) -> ActionRecord:
        """One of them."""
        id = content["id"]
        limits = self._limits.get(content["school"], HealthLimits())
        return _action(
            content,
            self._updates.get(id, ()),
            self._milestones.get(id, ()),
            self._people,
            self._next_dues.get(id),
            limits,
        )


def _action(
    content: Content,
    updates: Sequence[Content],
    milestones: Sequence[Content],
    people: People,
    next_due_on: date | None,
    limits: HealthLimits,
) -> ActionRecord:
    return ActionRecord(
        id=content["id"],
        created_at=_moment(content["created_at"]),
        title=content["title"],
        intent=content.get("intent"),
        owner=people.get(content.get("owner", "")),
        supporters=_those(content.get("supporters", ()), people),
        start_on=_day(content["start_on"]),
        due_on=_day(content["due_on"]),
        status=content["status"],
        success_criteria=tuple(CriterionRecord(**each) for each in content.get("success_criteria", ())),
        cohorts=tuple(content.get("cohorts", ())),
        cost=_decimal(content.get("cost")),
        depends_on=tuple(content["depends_on"]),
        repeats=content["repeats"],
        next_due_on=next_due_on,
        limits=limits,
        milestones=tuple(_milestone(milestone) for milestone in milestones),
        updates=tuple(_update(update, people) for update in updates),
    )


def _milestone(content: Content) -> MilestoneRecord:
    return MilestoneRecord(
        id=content["id"],
        title=content["title"],
        due_on=_day(content["due_on"]),
        done_on=_day(content["done_on"]),
    )


def _update(content: Content, people: People) -> UpdateRecord:
    return UpdateRecord(
        id=content["id"],
        created_at=_moment(content["created_at"]),
        on=date.fromisoformat(content["on"]),
        by=people.get(content.get("by", "")),
        note=content.get("note"),
        progress=content["progress"],
        status=content["status"],
        next_step=content.get("next_step"),
        corrects=content["corrects"],
    )


def _review(content: Content, people: People) -> ReviewRecord:
    return ReviewRecord(
        id=content["id"],
        held_on=date.fromisoformat(content["held_on"]),
        attended=_those(content["attended"], people),
        what_we_saw=content["what_we_saw"],
        decisions=content["decisions"],
        next_review_on=_day(content["next_review_on"]),
    )


def _indicator(content: Content) -> IndicatorRecord:
    values: dict[str, Any] = {name: content[name] for name in _INDICATOR_TEXTS}
    values |= {name: _day(content[name]) for name in ("baseline_on", "target_on", "latest_on")}
    values |= {name: _decimal(content[name]) for name in ("baseline", "target", "latest", "expected_today")}
    return IndicatorRecord(**values, direction=content["direction"] or "up")


def _piece(content: Content) -> EvidenceRecord:
    span: dict[str, Any] | None = content["speaks_for"]
    return EvidenceRecord(
        **{name: content[name] for name in ("id", "title", "kind", "url", "text")},
        created_at=_moment(content["created_at"]),
        figures=content["figures"],
        captured_on=_day(content["captured_on"]),
        speaks_for=None if span is None else SpanRecord(first=_day(span["from"]), last=_day(span["to"])),
        about=tuple(AboutRecord(**thing) for thing in content["about"]),
        cohorts=tuple(content["cohorts"]),
    )


def _those(ids: Iterable[str], people: People) -> tuple[PersonRecord, ...]:
    return tuple(people[id] for id in ids if id in people)


def _flat(grouped: dict[str, list[Content]]) -> list[Content]:
    return [content for contents in grouped.values() for content in contents]


def _decimal(number: Any) -> Decimal | None:
    return None if number is None else Decimal(number)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
