"""Progress reports: how each challenge of a school, a trust or by itself is being addressed, at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from msgspec import Raw

from domain.tracker.report import compose_of_parts, compose_report
from models import Challenge
from services.reports.parts import doers_of, parts_of
from services.schools.schools import SchoolRef, get_school_whole, names_of
from services.tracker.held import Held
from services.tracker.kinds import CHALLENGE, Content
from services.tracker.threads import awaited_by, challenge_records
from services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ReportQuestion:
    """What a report is to be about: of these kinds, in an area, with somebody's part in it; shown from, to; as of."""

    kind: str | None = None
    area: str | None = None
    owner: str | None = None
    first: date | None = None
    last: date | None = None
    as_of: datetime | None = None
    written: bool = False
    """Whether each challenge may come as the JSON that it is to be, because nothing else is made of it."""


def report_on_school(work: UnitOfWork, school: SchoolRef, question: ReportQuestion) -> dict[str, Any]:
    """The report of one school."""
    whole = get_school_whole(work, school.urn)
    scope = {"school": {"urn": whole.urn, "name": whole.name, "trust_uid": whole.trust_uid}}
    return _compose(work, scope, _challenges_of(work, [school], question), question)


def report_on_trust(
    work: UnitOfWork, schools: Sequence[SchoolRef], question: ReportQuestion
) -> dict[str, Any]:
    """The report of all schools of a trust, challenges in the order of schools."""
    first = get_school_whole(work, schools[0].urn)
    scope = {
        "trust": {
            "uid": first.trust_uid,
            "name": first.trust_name,
            "schools": [
                {"urn": school.urn, "name": name}
                for school, name in zip(schools, names_of(work, schools), strict=True)
            ],
        }
    }
    return _compose(work, scope, _challenges_of(work, schools, question), question)


def report_on_challenge(work: UnitOfWork, challenge: Any, question: ReportQuestion) -> dict[str, Any]:
    """The report of one challenge, under its school."""
    held = Held(work, question.as_of, frozenset({challenge.school_id}))
    content = held.one(CHALLENGE, challenge)
    whole = get_school_whole(work, content["school"])
    scope = {"school": {"urn": whole.urn, "name": whole.name, "trust_uid": whole.trust_uid}}
    return _compose(work, scope, (held, [content]), question)


def report_on_challenges(work: UnitOfWork, urn: str, ids: Sequence[str]) -> dict[str, Any]:
    """The report of some challenges of one school, in the order given; those that are no longer there are left out."""
    whole = get_school_whole(work, urn)
    scope = {"school": {"urn": whole.urn, "name": whole.name, "trust_uid": whole.trust_uid}}
    held = Held(work)
    found = held.matching(CHALLENGE, Challenge.id.in_(ids) & (Challenge.school_id == whole.id))
    ordered = sorted(found, key=lambda content: ids.index(content["id"]))
    return _compose(work, scope, (held, ordered), ReportQuestion())


def _challenges_of(
    work: UnitOfWork, schools: Sequence[SchoolRef], question: ReportQuestion
) -> tuple[Held, list[Content]]:
    held = Held(work, question.as_of, frozenset(school.id for school in schools))
    urns = [school.urn for school in schools]
    ids = [school.id for school in schools]
    if question.as_of is None:
        found = held.matching(CHALLENGE, Challenge.school_id.in_(ids))
    else:
        found = [content for content in held.standing(CHALLENGE) if content["school"] in urns]
    if question.kind is not None:
        found = [content for content in found if content["kind"] == question.kind]
    if question.area is not None:
        found = [content for content in found if _is_in(content["areas"], question.area)]
    return held, sorted(found, key=lambda content: (urns.index(content["school"]), content["id"]))


def _compose(
    work: UnitOfWork, scope: dict[str, Any], found: tuple[Held, list[Content]], question: ReportQuestion
) -> dict[str, Any]:
    held, contents = found
    time = {"first": question.first, "last": question.last}
    if question.written and question.as_of is None:
        parts = parts_of(held, contents, **time)
        if question.owner is not None:
            parts = [part for part in parts if question.owner in part.doers]
        written, clarities = [Raw(part.json) for part in parts], [part.clarity for part in parts]
        return compose_of_parts(scope, written, clarities, **time, as_of=None)
    records = challenge_records(held, contents)
    if question.owner is not None:
        records = [record for record in records if question.owner in doers_of(record)]
    others = awaited_by(held, [action for record in records for action in record.actions])
    return compose_report(scope, records, **time, as_of=question.as_of, today=held.today, others=others)


def _is_in(areas: Sequence[str], area: str) -> bool:
    """Whether a challenge belongs to an area, or to a part of it."""
    return any(one == area or one.startswith(area + ".") for one in areas)
