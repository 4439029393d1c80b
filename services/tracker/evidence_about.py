"""The evidence about challenges and actions, or about anything below them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Select, func, select, union_all

from models import Action, Challenge, Evidence, EvidenceAbout, ProgressUpdate, Review
from services.tracker.contents import among
from services.tracker.held import Held, alive
from services.tracker.kinds import ACTION, EVIDENCE, REVIEW, UPDATE, Content


def evidence_about_challenges(held: Held, ids: Sequence[str]) -> dict[str, list[Content]]:
    """Challenge → the evidence about it, or about anything below it."""
    actions, reviews = _flat(held.below(ACTION, ids)), _flat(held.below(REVIEW, ids))
    updates = _flat(held.below(UPDATE, [action["id"] for action in actions]))
    return evidence_of_threads(held, ids, actions, updates, reviews)


def evidence_of_threads(
    held: Held,
    challenges: Sequence[str],
    actions: Sequence[Content],
    updates: Sequence[Content],
    reviews: Sequence[Content],
) -> dict[str, list[Content]]:
    """The same where all that is below them was read already."""
    return _about(held, _whose(challenges, actions, updates, reviews), challenges, _things_of(challenges))


def evidence_about_actions(held: Held, ids: Sequence[str]) -> dict[str, list[Content]]:
    """Action → the evidence about it, or about what was said of it."""
    updates = _flat(held.below(UPDATE, ids))
    whose = {id: id for id in ids} | {update["id"]: update["action"] for update in updates}
    said = select(ProgressUpdate.id).where(ProgressUpdate.action.in_(ids))
    return _about(held, whose, ids, union_all(select(Action.id).where(Action.id.in_(ids)), said))


def count_evidence(held: Held, challenges: Sequence[str]) -> dict[str, int]:
    """Challenge → how many pieces of evidence are about it, or about anything below it."""
    if held.as_of is not None:
        return {id: len(pieces) for id, pieces in evidence_about_challenges(held, challenges).items()}
    own, named = Challenge.id.label("target"), Challenge.id.label("challenge")
    of_these = alive(ACTION), among(held.work, Action.challenge, challenges)
    said = select(ProgressUpdate.id, Action.challenge).join(Action, ProgressUpdate.action == Action.id)
    things = union_all(
        select(own, named).where(among(held.work, Challenge.id, challenges)),
        select(Action.id, Action.challenge).where(*of_these),
        said.where(*of_these, ProgressUpdate.deleted_at.is_(None)),
        select(Review.id, Review.challenge).where(
            alive(REVIEW), among(held.work, Review.challenge, challenges)
        ),
    ).subquery()
    rows = held.work.connection.execute(
        select(things.c.challenge, func.count(EvidenceAbout.evidence_id.distinct()))
        .join(EvidenceAbout, EvidenceAbout.target == things.c.target)
        .join(Evidence, EvidenceAbout.evidence_id == Evidence.id)
        .where(held.seen(EVIDENCE))
        .group_by(things.c.challenge)
    )
    return dict.fromkeys(challenges, 0) | {row[0]: row[1] for row in rows}


def _whose(
    challenges: Sequence[str],
    actions: Sequence[Content],
    updates: Sequence[Content],
    reviews: Sequence[Content],
) -> dict[str, str]:
    """The challenge that each thing which evidence can be about belongs to."""
    whose = {id: id for id in challenges}
    whose |= {content["id"]: content["challenge"] for content in (*actions, *reviews)}
    return whose | {update["id"]: whose[update["action"]] for update in updates}


def _actions_of(challenges: Sequence[str]) -> Select[Any]:
    return select(Action.id).where(Action.challenge.in_(challenges))


def _things_of(challenges: Sequence[str]) -> CompoundSelect[Any]:
    """The ids of all that evidence can be about in some challenges."""
    return union_all(
        select(Challenge.id).where(Challenge.id.in_(challenges)),
        _actions_of(challenges),
        select(ProgressUpdate.id).where(ProgressUpdate.action.in_(_actions_of(challenges))),
        select(Review.id).where(Review.challenge.in_(challenges)),
    )


def _about(
    held: Held, whose: dict[str, str], owners: Sequence[str], things: CompoundSelect[Any]
) -> dict[str, list[Content]]:
    """The evidence about anything in `whose`, by whose that is; `things` selects the ids of these."""
    if held.as_of is None:
        speaking = select(EvidenceAbout.evidence_id).where(EvidenceAbout.target.in_(things))
        found = held.matching(EVIDENCE, Evidence.id.in_(speaking)) if whose else []
    else:
        found = held.standing(EVIDENCE)
    grouped: dict[str, list[Content]] = {id: [] for id in owners}
    for content in found:
        for owner in {whose[thing["id"]] for thing in content["about"] if thing["id"] in whose}:
            grouped[owner].append(content)
    return grouped


def _flat(grouped: dict[str, list[Content]]) -> list[Content]:
    return [content for contents in grouped.values() for content in contents]
