"""What has changed between two progress reports, tracker and figures alike: added, changed field by field, gone."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from domain.comparison import compare, dotted
from domain.tracker.phrases import spoken_day

Report = Mapping[str, Any]
"""As `domain.tracker.report.compose_report` gives it, or at least {"challenges": []}."""

Thing = Mapping[str, Any]

BELOW = frozenset({"actions", "evidence", "indicators", "reviews", "milestones"})
"""Fields with things that are compared for themselves."""

NOT_COMPARED = BELOW | {"health_reason", "latest_on"}
"""Also what moves with the days alone."""


def changes_of_report(before: Report, after: Report) -> dict[str, list[dict[str, Any]]]:
    """{"added": [{"type", "id", "title"}], "changed": [{"type", "id", "field", "old", "new"}], "gone": as added}.

    Over challenges, actions with their latest updates, milestones, evidence, indicators and reviews, in this order. Of
    a challenge's `gaps` their ids are compared, and its clarity as `clarity.answered`.
    """
    changes: dict[str, list[dict[str, Any]]] = {"added": [], "changed": [], "gone": []}
    earlier, later = _by_type(before), _by_type(after)
    for type, things in later.items():
        found = compare(earlier[type], things, without=NOT_COMPARED)
        changes["added"] += [_named(type, things[id]) for id in found.added]
        changes["gone"] += [_named(type, earlier[type][id]) for id in found.gone]
        changes["changed"] += [
            {"type": type, "id": one.id, "field": one.field, "old": one.old, "new": one.new}
            for one in found.changed
        ]
    return changes


def _by_type(report: Report) -> dict[str, dict[str, Thing]]:
    challenges = report["challenges"]
    actions = list(_in_each(challenges, "actions"))
    return {
        "challenge": {challenge["id"]: _challenge(challenge) for challenge in challenges},
        "action": _by_id(iter(actions)),
        "milestone": _by_id(_in_each(actions, "milestones")),
        "evidence": _by_id(_in_each(challenges, "evidence")),
        "indicator": _by_id(_in_each(challenges, "indicators")),
        "review": _by_id(_in_each(challenges, "reviews")),
    }


def _in_each(things: list[Thing], name: str) -> Iterator[Thing]:
    return (inner for thing in things for inner in thing[name])


def _by_id(things: Iterator[Thing]) -> dict[str, Thing]:
    return {thing["id"]: thing for thing in things}


def _challenge(challenge: Thing) -> Thing:
    gaps = list(dict.fromkeys(gap["id"] for gap in challenge["gaps"]))
    return dotted({**challenge, "gaps": gaps}, ["clarity"])


def _named(type: str, thing: Thing) -> dict[str, Any]:
    return {"type": type, "id": thing["id"], "title": _title(type, thing)}


def _title(type: str, thing: Thing) -> str:
    if type == "review":
        return f"Review on {spoken_day(date.fromisoformat(thing['held_on']))}"
    return str(thing["title"])
