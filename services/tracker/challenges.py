"""Challenges: what weighs on a school, and how it is doing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from domain.attendance.calendar import academic_year_of
from domain.errors import invalid
from domain.tracker.health import Health, health_of_parts, is_overdue
from domain.tracker.records import IndicatorRecord
from domain.tracker.status import ENDED
from services.tracker import actions, records
from services.tracker.checks import check_areas, check_cohorts, check_order, merged
from services.tracker.evidence_about import count_evidence
from services.tracker.held import Held
from services.tracker.kinds import ACTION, CHALLENGE, REVIEW, Content
from services.tracker.people import check_people, named_anew
from services.tracker.sight import named_school
from services.tracker.standing import Standing
from services.tracker.threads import JUDGED, action_outline, indicator_records
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
    told = standing(held).of(contents)
    return [content | how for content, how in zip(contents, told, strict=True)]


def standing(held: Held) -> Standing:
    """How challenges stand: with status, counts, health and why."""
    return Standing(held, CHALLENGE, _work_out)


def _work_out(held: Held, contents: Sequence[Content]) -> list[Content]:
    """How they stand, told from how their actions do."""
    ids = [content["id"] for content in contents]
    below = held.below(ACTION, ids, only=JUDGED[ACTION])
    flat = [action for each in below.values() for action in each]
    told = dict(zip((action["id"] for action in flat), actions.standing(held).of(flat), strict=True))
    figures, reviews = indicator_records(held, ids), held.below(REVIEW, ids, only=())
    evidence = count_evidence(held, ids)
    return [
        _computed(
            held.today,
            _day(content["closed_on"]),
            [(action, told[action["id"]]) for action in below[content["id"]]],
            figures[content["id"]],
            evidence[content["id"]],
            len(reviews[content["id"]]),
        )
        for content in contents
    ]


def _computed(
    today: date,
    closed_on: date | None,
    below: Sequence[tuple[Content, Content]],
    figures: Sequence[IndicatorRecord],
    evidence: int,
    reviews: int,
) -> Content:
    outlines = [action_outline(action, how["next_due_on"]) for action, how in below]
    healths = {action["id"]: Health(how["health"], how["health_reason"]) for action, how in below}
    health = health_of_parts(closed_on, outlines, healths, figures, today)
    return {
        "status": "open" if closed_on is None else "closed",
        "counts": {
            "actions": len(outlines),
            "open_actions": sum(action.status not in ENDED for action in outlines),
            "overdue_actions": sum(is_overdue(action, today) for action in outlines),
            "evidence": evidence,
            "indicators": len(figures),
            "reviews": reviews,
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
        check_people(work, named_anew(challenge, {"/lead": values["lead"]}), active=["/lead"])


def _answer(work: UnitOfWork, challenge: Any) -> Content:
    held = Held(work)
    return answers(held, [held.one(CHALLENGE, challenge)])[0]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
