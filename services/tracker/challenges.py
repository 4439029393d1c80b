"""Challenges: what weighs on a school, and how it is doing."""

from collections.abc import Sequence
from typing import Any

from domain.attendance.calendar import academic_year_of
from domain.errors import invalid
from domain.tracker.health import health_of_challenge, is_overdue
from domain.tracker.records import ChallengeRecord
from domain.tracker.status import ENDED
from services.tracker import records
from services.tracker.checks import check_areas, check_cohorts, check_order, merged
from services.tracker.held import Held
from services.tracker.kinds import CHALLENGE, Content
from services.tracker.people import check_people
from services.tracker.sight import named_school
from services.tracker.standing import with_standing
from services.tracker.threads import awaited_by, challenge_records
from services.unit_of_work import UnitOfWork


def create_challenge(work: UnitOfWork, values: dict[str, Any]) -> Content:
    """A new challenge of a school."""
    given: dict[str, Any] = {"opened_on": work.today, "cohorts": [], "areas": []} | values
    school = named_school(work, given.pop("school"), "/school")
    _check(work, None, given)
    given["academic_years"] = [academic_year_of(given["opened_on"])]
    return _answer(work, records.create(work, CHALLENGE, given | {"school_id": school.id}))


def change_challenge(work: UnitOfWork, challenge: Any, values: dict[str, Any]) -> Content:
    """Change what is given; a day of closing closes it, null opens it again."""
    _check(work, challenge, values)
    records.change(work, CHALLENGE, challenge, values)
    return _answer(work, challenge)


def answers(held: Held, contents: list[Content]) -> list[Content]:
    """Challenges as they are read: with status, counts, health and why."""
    return with_standing(held, CHALLENGE, contents, _work_out)


def _work_out(held: Held, contents: Sequence[Content]) -> list[Content]:
    threads = challenge_records(held, contents)
    known = awaited_by(held, [action for thread in threads for action in thread.actions])
    return [_computed(held, thread, known) for thread in threads]


def _computed(held: Held, challenge: ChallengeRecord, known: dict[str, Any]) -> Content:
    health = health_of_challenge(challenge, held.today, others=known)
    return {
        "status": challenge.status,
        "counts": {
            "actions": len(challenge.actions),
            "open_actions": sum(action.status not in ENDED for action in challenge.actions),
            "overdue_actions": sum(is_overdue(action, held.today) for action in challenge.actions),
            "evidence": len(challenge.evidence),
            "indicators": len(challenge.indicators),
            "reviews": len(challenge.reviews),
        },
        "health": health.state,
        "health_reason": health.reason,
    }


def _check(work: UnitOfWork, challenge: Any, values: dict[str, Any]) -> None:
    will_be = merged(challenge, values, "kind", "kind_label", "opened_on", "closed_on")
    if will_be["kind"] == "other" and not will_be["kind_label"]:
        raise invalid("/kind_label", "a challenge of the kind other needs a label that says what kind it is")
    check_order(will_be, "opened_on", "closed_on", "it can't be closed before it was opened")
    check_cohorts(values.get("cohorts", ()))
    check_areas(values.get("areas", ()))
    if "lead" in values:
        check_people(work, {"/lead": values["lead"]}, active=["/lead"])


def _answer(work: UnitOfWork, challenge: Any) -> Content:
    held = Held(work)
    return answers(held, [held.one(CHALLENGE, challenge)])[0]
