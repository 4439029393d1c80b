"""The progress report: for each challenge how it is being addressed, and what is still missing.

Plain values, ready for any format: dates and times are ISO text, Decimals stay exact, nothing is about
one pupil.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from domain.tracker.gaps import clarity_of, gaps_of, sum_of_clarity
from domain.tracker.health import Health, health_of_action, health_of_parts
from domain.tracker.progress import counting_updates, progress_of
from domain.tracker.records import (
    ActionRecord,
    ChallengeRecord,
    EvidenceRecord,
    IndicatorRecord,
    MilestoneRecord,
    PersonRecord,
    ReviewRecord,
    UpdateRecord,
)


@dataclass(frozen=True)
class _Frame:
    """What a report is composed under: the time it shows, the day it judges on, the actions it knows of."""

    first: date | None
    last: date | None
    today: date
    known: Mapping[str, ActionRecord]

    def shows(self, first: date | None, last: date | None) -> bool:
        """Whether a time from `first` to `last` has a day in common with the time that is shown."""
        begins_in_time = self.last is None or first is None or first <= self.last
        ends_in_time = self.first is None or last is None or last >= self.first
        return begins_in_time and ends_in_time


def compose_report(
    scope: Mapping[str, Any],
    challenges: Sequence[ChallengeRecord],
    *,
    first: date | None,
    last: date | None,
    as_of: datetime | None,
    today: date,
    others: Mapping[str, ActionRecord] | None = None,
) -> dict[str, Any]:
    """The report as JSON shows it: {"school" or "trust", "from", "to", "as_of", "clarity", "challenges"}.

    `scope` is {"school": {…}} or {"trust": {…}} and is taken over as it is; challenges stay in the order
    given. `first` to `last`, both included, restricts the updates, evidence and reviews that are shown.
    Actions stay, and progress, health, gaps and clarity are judged on `today` from all that is recorded.
    `others` are actions by id that those shown may depend on; without, they depend on one another only.
    """
    known = dict(others or {}) | {action.id: action for each in challenges for action in each.actions}
    shown = [
        compose_challenge(challenge, first=first, last=last, today=today, others=known)
        for challenge in challenges
    ]
    clarities = [challenge["clarity"] for challenge in shown]
    return compose_of_parts(scope, shown, clarities, first=first, last=last, as_of=as_of)


def compose_of_parts(
    scope: Mapping[str, Any],
    challenges: Sequence[Any],
    clarities: Iterable[dict[str, int]],
    *,
    first: date | None,
    last: date | None,
    as_of: datetime | None,
) -> dict[str, Any]:
    """The same of challenges that are composed already, in whatever form, with the clarity of each."""
    return {
        **scope,
        "from": _day(first),
        "to": _day(last),
        "as_of": _moment(as_of),
        "clarity": sum_of_clarity(clarities),
        "challenges": list(challenges),
    }


def compose_challenge(
    challenge: ChallengeRecord,
    *,
    first: date | None,
    last: date | None,
    today: date,
    others: Mapping[str, ActionRecord],
) -> dict[str, Any]:
    """What a report says of one challenge, under the same conditions."""
    return _challenge(challenge, _Frame(first, last, today, others))


def _challenge(challenge: ChallengeRecord, frame: _Frame) -> dict[str, Any]:
    healths = {
        action.id: health_of_action(action, frame.today, others=frame.known) for action in challenge.actions
    }
    parts = challenge.closed_on, challenge.actions, healths, challenge.indicators
    health = health_of_parts(*parts, frame.today)
    gaps = gaps_of(challenge, frame.today)
    return {
        "id": challenge.id,
        "school": challenge.school,
        "kind": challenge.kind,
        "kind_label": challenge.kind_label,
        "title": challenge.title,
        "context": challenge.context,
        "status": challenge.status,
        "lead": _person(challenge.lead),
        "areas": list(challenge.areas),
        "cohorts": list(challenge.cohorts),
        "origin": challenge.origin,
        "origin_detail": challenge.origin_detail,
        "origin_quote": challenge.origin_quote,
        "opened_on": _day(challenge.opened_on),
        "closed_on": _day(challenge.closed_on),
        "closing_note": challenge.closing_note,
        "health": health.state,
        "health_reason": health.reason,
        "actions": [_action(action, healths[action.id], frame) for action in challenge.actions],
        "evidence": [_evidence(piece) for piece in _shown_evidence(challenge.evidence, frame)],
        "indicators": [_indicator(indicator) for indicator in challenge.indicators],
        "reviews": [_review(review) for review in _shown_reviews(challenge.reviews, frame)],
        "gaps": [gap.as_dict() for gap in gaps],
        "clarity": clarity_of(gaps),
    }


def _action(action: ActionRecord, health: Health, frame: _Frame) -> dict[str, Any]:
    said = [update for update in counting_updates(action.updates) if frame.shows(update.on, update.on)]
    return {
        "id": action.id,
        "title": action.title,
        "intent": action.intent,
        "owner": _person(action.owner),
        "supporters": [_person(supporter) for supporter in action.supporters],
        "start_on": _day(action.start_on),
        "due_on": _day(action.due_on),
        "status": action.status,
        "progress": progress_of(action.status, action.updates, action.milestones),
        "health": health.state,
        "health_reason": health.reason,
        "success_criteria": [{"text": each.text, "met": each.met} for each in action.success_criteria],
        "cohorts": list(action.cohorts),
        "cost": action.cost,
        "depends_on": list(action.depends_on),
        "repeats": action.repeats,
        "next_due_on": _day(action.next_due_on),
        "milestones": [_milestone(milestone) for milestone in action.milestones],
        "latest_update": _update(said[-1]) if said else None,
    }


def _update(update: UpdateRecord) -> dict[str, Any]:
    return {
        "id": update.id,
        "on": _day(update.on),
        "by": _person(update.by),
        "note": update.note,
        "progress": update.progress,
        "status": update.status,
        "next_step": update.next_step,
    }


def _milestone(milestone: MilestoneRecord) -> dict[str, Any]:
    return {
        "id": milestone.id,
        "title": milestone.title,
        "due_on": _day(milestone.due_on),
        "done_on": _day(milestone.done_on),
    }


def _shown_evidence(pieces: Sequence[EvidenceRecord], frame: _Frame) -> list[EvidenceRecord]:
    shown = [piece for piece in pieces if _captured_or_speaks_for(piece, frame)]
    return sorted(shown, key=lambda piece: (piece.captured_on or piece.created_at.date(), piece.id))


def _captured_or_speaks_for(piece: EvidenceRecord, frame: _Frame) -> bool:
    # Work of the autumn that was photographed in January belongs to the autumn's report, and to January's.
    captured_on = piece.captured_on or piece.created_at.date()
    spoken_for = piece.speaks_for is not None and frame.shows(piece.speaks_for.first, piece.speaks_for.last)
    return spoken_for or frame.shows(captured_on, captured_on)


def _evidence(piece: EvidenceRecord) -> dict[str, Any]:
    span = piece.speaks_for
    return {
        "id": piece.id,
        "title": piece.title,
        "kind": piece.kind,
        "url": piece.url,
        "text": piece.text,
        "figures": piece.figures,
        "captured_on": _day(piece.captured_on),
        "speaks_for": None if span is None else {"from": _day(span.first), "to": _day(span.last)},
        "about": [{"type": thing.type, "id": thing.id} for thing in piece.about],
        "cohorts": list(piece.cohorts),
    }


def _indicator(indicator: IndicatorRecord) -> dict[str, Any]:
    return {
        "id": indicator.id,
        "measure": indicator.measure,
        "title": indicator.title,
        "unit": indicator.unit,
        "filter": indicator.filter,
        "direction": indicator.direction,
        "baseline": indicator.baseline,
        "baseline_on": _day(indicator.baseline_on),
        "latest": indicator.latest,
        "latest_on": _day(indicator.latest_on),
        "null_because": indicator.null_because,
        "target": indicator.target,
        "target_on": _day(indicator.target_on),
        "expected_today": indicator.expected_today,
        "on_trajectory": indicator.on_trajectory,
    }


def _shown_reviews(reviews: Sequence[ReviewRecord], frame: _Frame) -> list[ReviewRecord]:
    shown = [review for review in reviews if frame.shows(review.held_on, review.held_on)]
    return sorted(shown, key=lambda review: (review.held_on, review.id))


def _review(review: ReviewRecord) -> dict[str, Any]:
    return {
        "id": review.id,
        "held_on": _day(review.held_on),
        "attended": [_person(person) for person in review.attended],
        "what_we_saw": review.what_we_saw,
        "decisions": review.decisions,
        "next_review_on": _day(review.next_review_on),
    }


def _person(person: PersonRecord | None) -> dict[str, str] | None:
    # A report goes further than the directory does: a name, and no address.
    return None if person is None else {"id": person.id, "name": person.name}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
