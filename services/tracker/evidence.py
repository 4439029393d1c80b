"""Evidence: what shows that something is so. It belongs to the schools of what it is about."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from domain.errors import Fault, NotFound, invalid
from models import EvidenceAbout
from services.ids import is_id
from services.tracker import records
from services.tracker.checks import check_cohorts, merged, refuse_all
from services.tracker.held import Held, alive, get_row
from services.tracker.kinds import ABOUT, EVIDENCE, Content, Where
from services.tracker.sight import in_sight, own_schools, schools_in_sight
from services.unit_of_work import UnitOfWork

OFFERED = {"link": "url", "note": "text"}
"""Kinds of evidence, and the field that holds what each is."""


def create_evidence(work: UnitOfWork, values: dict[str, Any]) -> Content:
    """A new piece of evidence; about nothing yet, it belongs to the schools of the key."""
    given: dict[str, Any] = {"captured_on": work.today, "cohorts": [], "about": []} | values
    _check(None, given)
    schools = _schools_of(work, given["about"])
    row = records.create(work, EVIDENCE, given | {"school_ids": schools})
    return Held(work).one(EVIDENCE, row)


def change_evidence(work: UnitOfWork, evidence: Any, values: dict[str, Any]) -> Content:
    """Change what is given."""
    _check(evidence, values)
    whose = {"school_ids": _schools_of(work, values["about"])} if "about" in values else {}
    records.change(work, EVIDENCE, evidence, values | whose)
    return Held(work).one(EVIDENCE, evidence)


def about(work: UnitOfWork, type: str, id: str) -> Where:
    """That evidence is about a thing; `NotFound` for one that there isn't, or the key may not see."""
    row = get_row(work, ABOUT[type], id, hidden=True)
    pointing = EVIDENCE.model.about_rows.any(EvidenceAbout.type == type, target=row.id)
    return Where(pointing, lambda content: {"type": type, "id": row.id} in content["about"])


def check_type(type: str) -> None:
    """Raises `NotFound` for what evidence can't be about."""
    if type not in ABOUT:
        raise NotFound(f"evidence is about one of {', '.join(ABOUT)}")


def _check(evidence: Any, values: dict[str, Any]) -> None:
    will_be = merged(evidence, values, "kind", *OFFERED.values())
    kind = will_be["kind"]
    if kind not in OFFERED:
        raise invalid("/kind", f"evidence of this kind isn't taken yet; offered are {', '.join(OFFERED)}")
    needed = OFFERED[kind]
    if not will_be[needed]:
        raise invalid(f"/{needed}", f"evidence of the kind {kind} needs its {needed}")
    span = values.get("speaks_for")
    if span and span["from"] and span["to"] and span["to"] < span["from"]:
        raise invalid("/speaks_for/to", "the time that it speaks for can't end before it begins")
    check_cohorts(values.get("cohorts", ()))


def _schools_of(work: UnitOfWork, things: Sequence[dict[str, str]]) -> list[int]:
    """The schools of what evidence is about; raises `Invalid` for what there isn't, or the key may not see."""
    sight = schools_in_sight(work)
    schools: dict[tuple[str, str], int] = {}
    for type, kind in ABOUT.items():
        ids = {thing["id"] for thing in things if thing["type"] == type and is_id(thing["id"])}
        if ids:
            model = kind.model
            statement = select(model.id, model.school_id).where(
                model.id.in_(ids), alive(kind), in_sight(kind, sight).sql
            )
            schools |= {(type, row.id): row.school_id for row in work.db.execute(statement)}
    faults = [
        Fault(f"there is no such {thing['type']}", pointer=f"/about/{position}/id")
        for position, thing in enumerate(things)
        if (thing["type"], thing["id"]) not in schools
    ]
    refuse_all(faults)
    return sorted(set(schools.values())) or own_schools(work)
