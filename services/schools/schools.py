"""Schools: made and changed by administrators, found by URN or alias, seen by the keys that were made for them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVarTuple

from sqlalchemy import CompoundSelect, Select, bindparam, func, or_, select

from domain.errors import NotFound, invalid
from domain.references import check_reference
from models import School, SchoolAlias
from services import audit
from services.memory import Memory
from services.paging import Page, PageRequest, page_of
from services.prepared import Prepared
from services.unit_of_work import UnitOfWork

Columns = TypeVarTuple("Columns")

FIELDS = ("name", "laestab", "la_code", "la_name", "region", "phase", "trust_uid", "trust_name")


AT_ONCE = 500
"""References that are looked up in one statement."""

MOST_IN_MEMORY = 50_000
"""Schools whose row is known without asking: more than there are in England."""

_LAESTAB = re.compile(r"([0-9]{3})/?([0-9]{4})")

_named = select(School.id).where(School.urn == bindparam("reference")).scalar_subquery()
_aliased = select(SchoolAlias.school_id).where(SchoolAlias.alias == bindparam("reference")).scalar_subquery()
_find = Prepared(select(School.id, School.urn).where(School.id == func.coalesce(_named, _aliased)))
_memory: Memory[tuple[str, str], "SchoolRef"] = Memory(MOST_IN_MEMORY)


@dataclass(frozen=True)
class SchoolRef:
    """A school that the key may see: its row's number, and its URN. Neither changes as long as there is a Headway."""

    id: int
    urn: str


def get_school(work: UnitOfWork, urn: str) -> SchoolRef:
    """The school that a URN, alias or LAESTAB names; `NotFound` where there is none, or the key may not see it."""
    found = find_school(work, urn)
    if found is None and _laestab_in(urn) and (by_laestab := find_schools(work, [urn])):
        return by_laestab[urn]
    if found is None or not _may_see(work, found.id, found.urn):
        raise NotFound("there is no such school")
    return found


def find_schools(work: UnitOfWork, references: Iterable[str]) -> dict[str, SchoolRef]:
    """The schools that URNs, aliases or LAESTABs (with or without their slash) name, as far as the key may see them.

    A URN or alias goes before a LAESTAB; one that several schools have had, all of them in sight, names none.
    """
    wanted = list(dict.fromkeys(references))
    found: dict[str, SchoolRef] = {}
    for start in range(0, len(wanted), AT_ONCE):
        found |= _find_some(work, wanted[start : start + AT_ONCE])
    return found


def _find_some(work: UnitOfWork, references: Sequence[str]) -> dict[str, SchoolRef]:
    own, named = (School.id, School.urn), list(references)
    laestabs = {laestab for reference in named if (laestab := _laestab_in(reference))}
    forms = [*laestabs, *(f"{laestab[:3]}/{laestab[3:]}" for laestab in laestabs)]
    by_urn = select(School.urn, *own).where(School.urn.in_(named))
    aliased = select(SchoolAlias.alias, *own).join(School, School.id == SchoolAlias.school_id)
    by_laestab = select(School.laestab, *own).where(School.laestab.in_(forms))
    found: dict[str, SchoolRef] = {}
    for statement in (_visible(work, by_urn), _visible(work, aliased.where(SchoolAlias.alias.in_(named)))):
        found |= {row[0]: SchoolRef(*row[1:]) for row in work.connection.execute(statement)}
    owners: dict[str, list[SchoolRef]] = {}
    for row in work.connection.execute(_visible(work, by_laestab)) if forms else ():
        owners.setdefault(str(row[0]).replace("/", ""), []).append(SchoolRef(*row[1:]))
    taken = {reference for (reference,) in work.connection.execute(_known_names(named))} if owners else set()
    for reference in named:
        schools = owners.get(_laestab_in(reference) or "", [])
        if reference not in taken and len(schools) == 1:
            found[reference] = schools[0]
    return found


def _known_names(references: Sequence[str]) -> CompoundSelect[str]:
    """Which references are a URN or alias of any school, seen or not: such a one never names another school."""
    urns = select(School.urn).where(School.urn.in_(references))
    return urns.union_all(select(SchoolAlias.alias).where(SchoolAlias.alias.in_(references)))


def _laestab_in(reference: str) -> str | None:
    """The seven digits of a LAESTAB, the local authority's three and the school's four; None where it is none."""
    match = _LAESTAB.fullmatch(reference)
    return "".join(match.groups()) if match else None


def get_school_whole(work: UnitOfWork, urn: str) -> School:
    """The same with all that is known of the school."""
    school = work.db.get(School, get_school(work, urn).id)
    assert school is not None  # noqa: S101  found a line before, and schools are never deleted
    return school


def get_trust_schools(work: UnitOfWork, uid: str) -> list[SchoolRef]:
    """All schools of a trust; `NotFound` where there is none, or the key may not see every one of them."""
    rows = work.connection.execute(
        select(School.id, School.urn).where(School.trust_uid == uid).order_by(School.urn)
    ).all()
    if not rows or not all(_may_see(work, row.id, row.urn) for row in rows):
        raise NotFound("there is no such trust")
    return [SchoolRef(row.id, row.urn) for row in rows]


def visible_schools(work: UnitOfWork) -> list[SchoolRef]:
    """Every school that the key may see, in the order of their URNs."""
    statement = _visible(work, select(School.id, School.urn)).order_by(School.urn)
    return [SchoolRef(row.id, row.urn) for row in work.connection.execute(statement)]


def names_of(work: UnitOfWork, schools: Sequence[SchoolRef]) -> list[str]:
    """What the schools are called, in their order."""
    rows = work.connection.execute(
        select(School.id, School.name).where(School.id.in_([school.id for school in schools]))
    )
    names = {row.id: row.name for row in rows}
    return [names[school.id] for school in schools]


def list_schools(work: UnitOfWork, request: PageRequest, filters: dict[str, str]) -> Page:
    """A page of the schools that the key may see, filtered by field."""
    statement = _visible(work, select(School)).filter_by(**filters)
    return page_of(work, statement, keys=(School.urn,), request=request)


def name_school(work: UnitOfWork, urn: str) -> str:
    """A reference that a school may be made under by this key; `NotFound` for one outside the key's schools."""
    held = find_school(work, urn)
    if not (
        work.actor.sees_every_school
        or urn in work.actor.schools
        or (held and _may_see(work, held.id, held.urn))
    ):
        raise NotFound("there is no such school")
    fault = check_reference(urn)
    if fault:
        raise invalid("/path/urn", fault)
    return held.urn if held else urn


def forget_schools() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _memory.forget()


def put_school(work: UnitOfWork, urn: str, values: dict[str, Any]) -> tuple[School, bool]:
    """Create a school or change it to be as given; answers the school and whether it is new.

    Raises `Invalid` for an alias that finds another school.
    """
    held = work.db.scalar(select(School).where(School.urn == urn))
    _check_aliases(work, urn, values.get("aliases", []), held)
    if held is None:
        return _create(work, urn, values), True
    _change(work, held, values)
    return held, False


def _create(work: UnitOfWork, urn: str, values: dict[str, Any]) -> School:
    school = School(urn=urn, created_at=work.now, updated_at=work.now, revision=1, **_columns(values))
    school.alias_rows = [SchoolAlias(alias=alias) for alias in values.get("aliases", [])]
    work.db.add(school)
    work.db.flush()
    audit.new_ledger(work.connection, school.id, work.now)
    work.note(school.id, "created", "school", content=_content(school))
    return school


def _change(work: UnitOfWork, school: School, values: dict[str, Any]) -> None:
    before = _content(school)
    for name, value in _columns(values).items():
        setattr(school, name, value)
    wanted = set(values.get("aliases", []))
    school.alias_rows = [row for row in school.alias_rows if row.alias in wanted] + [
        SchoolAlias(alias=alias) for alias in sorted(wanted - set(school.aliases))
    ]
    if _content(school) != before:
        school.revision += 1
        school.updated_at = work.note(school.id, "changed", "school", content=_content(school))


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values.get(name) for name in FIELDS}


def _content(school: School) -> dict[str, Any]:
    fields = {name: getattr(school, name) for name in FIELDS}
    return {"urn": school.urn} | fields | {"aliases": sorted(school.aliases)}


def _check_aliases(work: UnitOfWork, urn: str, aliases: Sequence[str], held: School | None) -> None:
    for position, alias in enumerate(aliases):
        owner = work.db.scalar(select(SchoolAlias.school_id).where(SchoolAlias.alias == alias))
        named = work.db.scalar(select(func.count()).where(School.urn == alias))
        if alias == urn or named or (owner is not None and (held is None or owner != held.id)):
            raise invalid(
                f"/aliases/{position}", "this reference already finds a school; an alias finds one only"
            )


def _visible(work: UnitOfWork, statement: Select[*Columns]) -> Select[*Columns]:
    if work.actor.sees_every_school:
        return statement
    named = work.actor.schools
    aliased = select(SchoolAlias.school_id).where(SchoolAlias.alias.in_(named))
    return statement.where(or_(School.urn.in_(named), School.id.in_(aliased)))


def known_school(work: UnitOfWork, urn: str) -> SchoolRef | None:
    """The school of a URN that this process has met before, whoever may see it. It is the same for ever."""
    return _memory.find((work.tools.database.url, urn), None)


def find_school(work: UnitOfWork, reference: str) -> SchoolRef | None:
    """The school that a URN or alias finds, whoever may see it. An alias may find another tomorrow."""
    known = known_school(work, reference)
    if known is not None:
        return known
    row = _find.one_or_none(work.connection, {"reference": reference})
    found = None if row is None else SchoolRef(*row)
    if found is not None and found.urn == reference and not work.writes:
        _memory.keep((work.tools.database.url, reference), None, found, 1)
    return found


def _may_see(work: UnitOfWork, school_id: int, urn: str) -> bool:
    if work.actor.sees_every_school or urn in work.actor.schools:
        return True
    aliases = select(SchoolAlias.alias).where(SchoolAlias.school_id == school_id)
    return not work.actor.schools.isdisjoint(work.connection.scalars(aliases))
