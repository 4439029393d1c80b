"""Workload: what the active people of a school own, support and lead there."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from domain.comparison import compare
from domain.tracker.workload import (
    OVERLOAD_RULE,
    OVERLOAD_WORDS,
    ActionAtWork,
    Load,
    PersonAtWork,
    Workload,
    workload_of,
)
from services.schools.schools import SchoolRef
from services.tracker.held import Held
from services.tracker.kinds import ACTION, CHALLENGE, PERSON, Content, Kind
from services.tracker.lists import check_earlier
from services.tracker.sight import of_school
from services.unit_of_work import UnitOfWork


def workload_of_school(work: UnitOfWork, school: SchoolRef, query: Mapping[str, Any]) -> Content:
    """The workload at a school, now or as it stood, and with `compare_to` what has changed since, by person."""
    as_of, since = query.get("as_of"), query.get("compare_to")
    check_earlier(since, as_of)
    found = _read(work, school, as_of)
    if since is None:
        return found
    before, after = (_by_person(each) for each in (_read(work, school, since), found))
    return found | {"changes": {"since": since} | asdict(compare(before, after))}


def _read(work: UnitOfWork, school: SchoolRef, as_of: datetime | None) -> Content:
    held = Held(work, as_of)
    people = [_person(content) for content in _of(held, PERSON, school) if content["active"]]
    leads = [content["lead"] for content in _of(held, CHALLENGE, school) if content["closed_on"] is None]
    actions = [_action(content) for content in _of(held, ACTION, school)]
    return _shown(workload_of(people, leads, actions, held.today), school)


def _of(held: Held, kind: Kind, school: SchoolRef) -> list[Content]:
    """Everything of a kind that belongs to the school."""
    where = of_school(kind, school)
    return held.matching(kind, where.sql) if held.as_of is None else held.meeting(kind, [where])


def _person(content: Content) -> PersonAtWork:
    return PersonAtWork(id=content["id"], name=content["name"], role=content["role"])


def _action(content: Content) -> ActionAtWork:
    return ActionAtWork(
        owner=content["owner"],
        supporters=tuple(content["supporters"]),
        status=content["status"],
        due_on=None if content["due_on"] is None else date.fromisoformat(content["due_on"]),
        hours=None if content["hours"] is None else Decimal(content["hours"]),
    )


def _shown(workload: Workload, school: SchoolRef) -> Content:
    return {
        "school": school.urn,
        "week": {"from": workload.week[0], "to": workload.week[1]},
        "people": [_person_shown(load) for load in workload.people],
        "open_actions": workload.open_actions,
        "owned_by_others": workload.owned_by_others,
        "most_loaded_share": workload.most_loaded_share,
        "gini": workload.gini,
        "overload": {"rule": OVERLOAD_RULE, "in_words": OVERLOAD_WORDS},
    }


def _person_shown(load: Load) -> Content:
    return asdict(load) | {"person": load.person.id, "name": load.person.name, "role": load.person.role}


def _by_person(workload: Content) -> dict[str, Content]:
    return {person["person"]: person for person in workload["people"]}
