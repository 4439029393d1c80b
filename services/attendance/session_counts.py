"""How many pupils had each code in a session, for schools that push no pupil-level marks; every version is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from domain.attendance.codes import FINE, NUMBERS, describe_fault, faults_of
from domain.attendance.school import SessionCount
from domain.errors import Fault, Invalid, NotFound, invalid
from intake.session_counts import MOST_OF_A_CODE
from models import SessionCount as Row
from models.base import microseconds
from services.attendance.registers import SessionRef
from services.prepared import Prepared
from services.schools.code_maps import find_code_map
from services.unit_of_work import UnitOfWork
from services.versions import held_at

NO_MARK_YET = "-"

WHOLE_SCHOOL = ""
"""What stands in the table where a count isn't of one year group."""

_between = (
    select(Row.day, Row.pm, Row.year_group, Row.counts)
    .where(Row.school_id == bindparam("school_id"), Row.day.between(bindparam("first"), bindparam("last")))
    .order_by(Row.day, Row.pm, Row.year_group)
)
_current = Prepared(_between.where(held_at(Row, None)))
_any = select(Row.id).where(Row.school_id == bindparam("school_id")).limit(1)
_of_then = Prepared(_between.where(held_at(Row, bindparam("as_of"))))


@dataclass(frozen=True)
class HeldCounts:
    """A version of the counts of a session; `year_group` is None for the whole school."""

    year_group: str | None
    counts: dict[str, int]
    revision: int
    updated_at: datetime


def put_session_counts(
    work: UnitOfWork, session: SessionRef, year_group: str | None, counts: Mapping[str, Any]
) -> tuple[HeldCounts, bool]:
    """Make these the counts of the session; answers them and whether there were none. The same again moves nothing.

    Raises `Invalid` with a fault for each code that can't be counted, and for a day past tomorrow.
    """
    if session.day > work.tomorrow:
        raise invalid("/path/date", f"{session.day} is past tomorrow; a session is counted when it is held")
    taken = _national(work, session, counts)
    ledger = work.ledger(session.school.id)
    held = find_session_counts(work, session, year_group, None)
    if held is not None and held.counts == taken:
        return held, False
    ledger.move_roll()
    _supersede(work, session, year_group, ledger.now)
    revision = _latest_revision(work, session, year_group) + 1
    verb = "created" if held is None else "changed"
    at = _note(work, verb, session, year_group, {"counts": taken}, revision)
    work.connection.execute(
        insert(Row).values(
            school_id=session.school.id,
            day=session.day.toordinal(),
            pm=session.pm,
            year_group=year_group or WHOLE_SCHOOL,
            revision=revision,
            counts=msgspec.json.encode(taken).decode(),
            recorded_at=at,
            superseded_at=None,
        )
    )
    return HeldCounts(year_group, taken, revision, at), held is None


def get_session_counts(
    work: UnitOfWork, session: SessionRef, year_group: str | None, as_of: datetime | None
) -> HeldCounts:
    """The counts of a session as they are, or were at a time; `NotFound` where there are or were none."""
    held = find_session_counts(work, session, year_group, as_of)
    if held is None:
        raise NotFound("no counts of this session are held" if as_of is None else "none were held then")
    return held


def find_session_counts(
    work: UnitOfWork, session: SessionRef, year_group: str | None, as_of: datetime | None
) -> HeldCounts | None:
    """The same, or None."""
    row = work.connection.execute(
        select(Row.counts, Row.revision, Row.recorded_at).where(_of(session, year_group), held_at(Row, as_of))
    ).one_or_none()
    if row is None:
        return None
    return HeldCounts(year_group, msgspec.json.decode(row.counts), row.revision, row.recorded_at)


def remove_session_counts(work: UnitOfWork, session: SessionRef, year_group: str | None) -> None:
    """Take the counts of a session away; `as_of` still finds them. `NotFound` where there are none."""
    ledger = work.ledger(session.school.id)
    held = get_session_counts(work, session, year_group, None)
    ledger.move_roll()
    _supersede(work, session, year_group, ledger.now)
    _note(work, "deleted", session, year_group, {}, held.revision)


def counts_sessions(work: UnitOfWork, school_id: int, as_of: datetime | None) -> bool:
    """Whether a school holds, or held at a time, any session counts at all."""
    held = _any.where(held_at(Row, as_of))
    return work.connection.scalar(held, {"school_id": school_id}) is not None


def load_session_counts(
    work: UnitOfWork, school_id: int, first: date, last: date, as_of: datetime | None
) -> tuple[SessionCount, ...]:
    """The counts of all sessions between two days, as attendance takes them, in order of session."""
    statement, at = (_current, {}) if as_of is None else (_of_then, {"as_of": microseconds(as_of)})
    window = {"first": first.toordinal(), "last": last.toordinal()}
    return tuple(
        SessionCount(
            day,
            bool(pm),
            year_group or None,
            {NUMBERS[code]: count for code, count in msgspec.json.decode(counts).items()},
        )
        for day, pm, year_group, counts in statement.all(
            work.connection, {"school_id": school_id} | window | at
        )
    )


def _national(work: UnitOfWork, session: SessionRef, counts: Mapping[str, Any]) -> dict[str, int]:
    """The counts that can be kept, by national code and without `-`; what several of the school's own stand for is
    added up. Raises `Invalid` naming every code at fault as it was written.
    """
    told = {code: count for code, count in counts.items() if code != NO_MARK_YET}
    if not told:
        raise invalid("/counts", "name at least one code with its count; - says nothing")
    held = None if NUMBERS.keys() >= told.keys() else find_code_map(work, session.school.id, None)
    own = held.map if held else {}
    faults = []
    taken: dict[str, int] = {}
    for written, count in told.items():
        code = written if written in NUMBERS else own.get(written, written)
        fault = fault_of_count(code, count, session.day, session.pm)
        if fault is None and taken.get(code, 0) + count > MOST_OF_A_CODE:
            fault = f"what stands for {code} adds up to more than {MOST_OF_A_CODE}"
        if fault is None:
            taken[code] = taken.get(code, 0) + count
        else:
            pointer = "/counts/" + written.replace("~", "~0").replace("/", "~1")
            faults.append(Fault(fault, pointer=pointer, code=written))
    if faults:
        raise Invalid(faults[0].detail, faults=faults)
    return taken


def fault_of_count(code: str, count: Any, day: date, pm: bool) -> str | None:
    """Why a count of a code can't be kept of a session; None where it can."""
    if code not in NUMBERS:
        return f"“{code[:16]}” is no attendance code"
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_OF_A_CODE:
        return f"a count is a whole number from 0 to {MOST_OF_A_CODE}"
    fault = int(
        faults_of(np.array([NUMBERS[code]], np.uint8), np.array([day.toordinal()], np.int32), np.array([pm]))[
            0
        ]
    )
    return None if fault == FINE else describe_fault(code, fault, day, "PM" if pm else "AM")


def _supersede(work: UnitOfWork, session: SessionRef, year_group: str | None, at: datetime) -> None:
    current = _of(session, year_group) & held_at(Row, None)
    work.connection.execute(update(Row).where(current).values(superseded_at=at))


def _latest_revision(work: UnitOfWork, session: SessionRef, year_group: str | None) -> int:
    """The number of the last version, though it was taken away; 0 where there never was one."""
    return work.connection.scalar(select(func.max(Row.revision)).where(_of(session, year_group))) or 0


def _note(
    work: UnitOfWork,
    verb: str,
    session: SessionRef,
    year_group: str | None,
    said: dict[str, Any],
    revision: int,
) -> datetime:
    named = {"date": session.day, "session": "PM" if session.pm else "AM", "year_group": year_group}
    return work.note(session.school.id, verb, "session_counts", revision=revision, content=named | said)


def _of(session: SessionRef, year_group: str | None) -> ColumnElement[bool]:
    return (
        (Row.school_id == session.school.id)
        & (Row.day == session.day.toordinal())
        & (Row.pm == session.pm)
        & (Row.year_group == (year_group or WHOLE_SCHOOL))
    )
