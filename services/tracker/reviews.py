"""Reviews: when people looked at a challenge together, what they saw and what they decided."""

from typing import Any

from domain.errors import invalid
from services.tracker import records
from services.tracker.checks import check_order, merged
from services.tracker.held import Held
from services.tracker.kinds import REVIEW, Content
from services.tracker.people import all_named, check_people, named_anew
from services.unit_of_work import UnitOfWork


def create_review(work: UnitOfWork, challenge: Any, values: dict[str, Any]) -> Content:
    """A new review of a challenge."""
    given = {"attended": []} | values
    _check(work, None, given)
    whose = {"school_id": challenge.school_id, "challenge": challenge.id}
    return Held(work).one(REVIEW, records.create(work, REVIEW, given | whose))


def change_review(work: UnitOfWork, review: Any, values: dict[str, Any]) -> Content:
    """Change what is given."""
    _check(work, review, values)
    records.change(work, REVIEW, review, values)
    return Held(work).one(REVIEW, review)


def _check(work: UnitOfWork, review: Any, values: dict[str, Any]) -> None:
    days = merged(review, values, "held_on", "next_review_on")
    if days["held_on"] > work.today:
        raise invalid("/held_on", "a review is recorded once it was held; plan one with next_review_on")
    check_order(days, "held_on", "next_review_on", "the next review comes after this one")
    check_people(work, named_anew(review, all_named("attended", values.get("attended", ()))))
