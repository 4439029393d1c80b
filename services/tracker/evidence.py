"""Evidence: what shows that something is so. It belongs to the schools of what it is about."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from domain.errors import Fault, NotFound, invalid
from models import Evidence, EvidenceAbout
from services.ids import is_id
from services.tracker import freezing, records
from services.tracker.checks import check_cohorts, merged, refuse_all
from services.tracker.held import Held, alive, get_row
from services.tracker.kinds import ABOUT, EVIDENCE, Content, Where
from services.tracker.sight import in_sight, named_school, own_schools, schools_in_sight
from services.unit_of_work import UnitOfWork

MEASURE = "measure"

NEEDED = {"link": "url", "note": "text"}
"""The field that holds what evidence of a kind is; a file is uploaded afterwards, and figures are taken once."""


def create_evidence(work: UnitOfWork, values: dict[str, Any]) -> Content:
    """A new piece of evidence; about nothing yet, it belongs to the schools of the key."""
    given: dict[str, Any] = {"captured_on": work.today, "cohorts": [], "about": []} | values
    _check(None, given)
    school, asked = given.pop("school", None), given.pop("figures", None)
    if given["kind"] == MEASURE:
        whose = _frozen(work, given, school, asked)
    else:
        _refuse_figures(school, asked)
        whose = {"school_ids": schools_of(work, given["about"])}
    row = records.create(work, EVIDENCE, given | whose)
    return Held(work).one(EVIDENCE, row)


def change_evidence(work: UnitOfWork, evidence: Any, values: dict[str, Any]) -> Content:
    """Change what is given."""
    _check_lasting(evidence, values)
    _check(evidence, values)
    given = {name: value for name, value in values.items() if name not in ("figures", "school")}
    whose = {"school_ids": schools_of(work, given["about"])} if "about" in given else {}
    records.change(work, EVIDENCE, evidence, given | whose)
    return Held(work).one(EVIDENCE, evidence)


def freeze_indicator(work: UnitOfWork, indicator: Any, values: dict[str, Any]) -> Content:
    """A new piece of evidence of what an indicator says now, about its challenge and what else is named."""
    own = {"type": "challenge", "id": indicator.challenge}
    named = values.get("about", [])
    schools = sorted({indicator.school_id, *(schools_of(work, named) if named else ())})
    others = [thing for thing in named if thing != own]
    return freezing.freeze_indicator(work, indicator, values.get("title"), [own, *others], schools)


def about(work: UnitOfWork, type: str, id: str) -> Where:
    """That evidence is about a thing; `NotFound` for one that there isn't, or the key may not see."""
    row = get_row(work, ABOUT[type], id, hidden=True)
    named = EvidenceAbout.type == type, EvidenceAbout.target == row.id
    pointing = Evidence.id.in_(select(EvidenceAbout.evidence_id).where(*named))
    return Where(pointing, lambda content: {"type": type, "id": row.id} in content["about"])


def check_type(type: str) -> None:
    """Raises `NotFound` for what evidence can't be about."""
    if type not in ABOUT:
        raise NotFound(f"evidence is about one of {', '.join(ABOUT)}")


def _check(evidence: Any, values: dict[str, Any]) -> None:
    will_be = merged(evidence, values, "kind", *NEEDED.values())
    needed = NEEDED.get(will_be["kind"])
    if needed is not None and not will_be[needed]:
        raise invalid(f"/{needed}", f"evidence of the kind {will_be['kind']} needs its {needed}")
    span = values.get("speaks_for")
    if span and span["from"] and span["to"] and span["to"] < span["from"]:
        raise invalid("/speaks_for/to", "the time that it speaks for can't end before it begins")
    check_cohorts(values.get("cohorts", ()))


def _check_lasting(evidence: Any, values: dict[str, Any]) -> None:
    """Raises `Invalid` where what was frozen or uploaded would become something else."""
    kind = values.get("kind", evidence.kind)
    if MEASURE in (kind, evidence.kind) and kind != evidence.kind:
        raise invalid(
            "/kind", "a frozen measure stays one, and nothing becomes one: add another piece of evidence"
        )
    if kind != evidence.kind and evidence.file is not None:
        raise invalid(
            "/kind", "a file has been uploaded, so this stays a file: add another piece of evidence"
        )
    if evidence.kind == MEASURE and "figures" in values:
        raise invalid(
            "/figures", "frozen figures never change: freeze them anew as another piece of evidence"
        )
    _refuse_figures(values.get("school"), values.get("figures"))


def _refuse_figures(school: str | None, asked: dict[str, Any] | None) -> None:
    if asked is not None:
        raise invalid(
            "/figures", f"figures are taken for evidence of the kind {MEASURE} when it is made, and only then"
        )
    if school is not None:
        raise invalid("/school", "evidence belongs to the schools of what it is about; leave school out")


def _frozen(
    work: UnitOfWork, given: dict[str, Any], school: str | None, asked: dict[str, Any] | None
) -> dict[str, Any]:
    """The frozen figures, and what follows from them where it isn't given."""
    if not asked:
        raise invalid(
            "/figures", 'evidence of the kind measure needs figures, such as {"measure": "attendance"}'
        )
    schools = schools_of(work, given["about"]) if given["about"] else []
    whose = _school_of_figures(work, schools, school)
    figures = freezing.freeze_measure(work, whose, asked)
    return {
        "figures": figures,
        "speaks_for": given.get("speaks_for") or freezing.span_of(figures),
        "cohorts": given["cohorts"] or freezing.cohorts_of(figures),
        "school_ids": schools or [whose],
    }


def _school_of_figures(work: UnitOfWork, schools: Sequence[int], named: str | None) -> int:
    """The one school whose figures are meant: that of what the evidence is about, or the one that is named."""
    if named is None:
        if len(schools) == 1:
            return schools[0]
        raise invalid(
            "/school", "name the one school whose figures are to be taken, or be about something of it"
        )
    found = named_school(work, named, "/school").id
    if schools and found not in schools:
        raise invalid("/school", "the evidence is about nothing of this school")
    return found


def schools_of(work: UnitOfWork, things: Sequence[dict[str, str]]) -> list[int]:
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
