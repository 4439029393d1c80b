"""A school's code map: which national code each of its MIS's own codes stands for. Every version is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import insert, select, update

from domain.attendance.codes import NUMBERS
from domain.errors import Fault, Invalid, NotFound
from models import CodeMap
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork
from services.versions import held_at


@dataclass(frozen=True)
class HeldMap:
    """A version of a code map; `updated_at` is when it became the current one."""

    map: dict[str, str]
    revision: int
    updated_at: datetime


def put_code_map(work: UnitOfWork, school: SchoolRef, given: Mapping[str, str]) -> tuple[HeldMap, bool]:
    """Make this the map of a school; answers it and whether it is the first. The same again moves nothing.

    Raises `Invalid` naming each own code that is a national one already, and each that stands for none.
    """
    _check(given)
    ledger = work.ledger(school.id)
    held = find_code_map(work, school.id, None)
    if held is not None and held.map == given:
        return held, False
    current = (CodeMap.school_id == school.id) & held_at(CodeMap, None)
    work.connection.execute(update(CodeMap).where(current).values(superseded_at=ledger.now))
    revision = held.revision + 1 if held else 1
    at = work.note(
        school.id, "changed" if held else "created", "code_map", revision=revision, content={"map": given}
    )
    body = msgspec.json.encode(given).decode()
    row = {"school_id": school.id, "revision": revision, "body": body, "recorded_at": at}
    work.connection.execute(insert(CodeMap).values(row | {"superseded_at": None}))
    return HeldMap(dict(given), revision, at), held is None


def get_code_map(work: UnitOfWork, school: SchoolRef, as_of: datetime | None) -> HeldMap:
    """The map of a school as it is or was; `NotFound` where there is or was none."""
    held = find_code_map(work, school.id, as_of)
    if held is None:
        raise NotFound("this school keeps no code map")
    return held


def find_code_map(work: UnitOfWork, school_id: int, as_of: datetime | None) -> HeldMap | None:
    """The same, or None."""
    row = work.connection.execute(
        select(CodeMap.body, CodeMap.revision, CodeMap.recorded_at).where(
            CodeMap.school_id == school_id, held_at(CodeMap, as_of)
        )
    ).one_or_none()
    return None if row is None else HeldMap(msgspec.json.decode(row.body), row.revision, row.recorded_at)


def _check(given: Mapping[str, str]) -> None:
    faults = [
        Fault(fault, pointer="/map/" + own.replace("~", "~0").replace("/", "~1"))
        for own, national in given.items()
        if (fault := _fault(own, national))
    ]
    if faults:
        raise Invalid(faults[0].detail, faults=faults)


def _fault(own: str, national: str) -> str | None:
    if own in NUMBERS or own in ("", "-"):
        return "this is a national code, or stands for no mark, and means the same at every school"
    if national not in NUMBERS:
        return f"“{national[:16]}” is no attendance code; name the one that it stands for"
    return None
