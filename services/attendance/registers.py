"""One register: found by its address, shown as it is held or was held, and all changes of its marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import and_, func, select

from domain.attendance import packing, register
from domain.attendance.calendar import first_year_of
from domain.attendance.codes import LETTERS, NO_MARK
from domain.errors import NotFound, invalid
from models import AuditEntry, Place, Pupil, Register, RegisterRevision
from services.attendance.first_trip import actor_with_register
from services.attendance.register_store import revisions_after
from services.paging import Page, PageRequest
from services.schools.schools import SchoolRef, find_school, get_school
from services.unit_of_work import Actor, UnitOfWork

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SESSIONS = ("AM", "PM")


@dataclass(frozen=True)
class SessionRef:
    """A session of a school, as a path names it."""

    school: SchoolRef
    day: date
    pm: bool

    @property
    def number(self) -> int:
        """Its number, as registers are stored by."""
        return self.day.toordinal() * 2 + self.pm


def get_session(work: UnitOfWork, urn: str, day: str, session: str) -> SessionRef:
    """The session that a path names; `NotFound` for an unseen school, `Invalid` for what is no date or session."""
    school = get_school(work, urn)
    when = _day_in(day)
    if when is None:
        raise invalid("/path/date", f"{day[:20]} is not a date; write it as 2026-11-20")
    if session not in SESSIONS:
        raise invalid("/path/session", "a session is AM or PM")
    return SessionRef(school, when, session == "PM")


def actor_with_session(work: UnitOfWork, token: str, urn: str, day: str, session: str) -> Actor | None:
    """Who a token stands for, read in one trip with what a push to the session that a path names begins with.

    None where the path names no session, or no school by its URN; `NotAuthenticated` as ever.
    """
    when = _day_in(day)
    if when is None or session not in SESSIONS:
        return None
    school = find_school(work, urn)
    if school is None or school.urn != urn:
        return None
    return actor_with_register(work, token, school.id, SessionRef(school, when, session == "PM").number)


def _day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def get_register(work: UnitOfWork, session: SessionRef, as_of: datetime | None = None) -> dict[str, Any]:
    """The marks of a session by pupil, minutes late, when they last changed, and the revision.

    Raises `NotFound` where none was ever pushed, or not yet at `as_of`.
    """
    day = session.day.toordinal()
    held = work.connection.execute(
        select(*Register.__table__.columns).where(
            Register.school_id == session.school.id, Register.day == day, Register.pm == session.pm
        )
    ).one_or_none()
    if held is None or (as_of is not None and held.created_at > as_of):
        raise NotFound("no register of this session was pushed" + (" by then" if as_of else ""))
    state = _as_held(work, held, as_of)
    marks = np.frombuffer(state.marks, np.uint8)
    minutes = register.decode_minutes(state.minutes, marks.size)
    names = _names(work, session)
    there = {names[place]: place for place in np.flatnonzero(marks != NO_MARK).tolist()}
    return {
        "marks": {name: LETTERS[marks[place]] for name, place in sorted(there.items())},
        "minutes_late": {
            name: int(minutes[place])
            for name, place in sorted(there.items())
            if minutes[place] != register.NO_MINUTES
        },
        "updated_at": state.updated_at,
        "revision": state.revision,
    }


def list_mark_changes(
    work: UnitOfWork, school: SchoolRef, first: date, last: date, request: PageRequest
) -> Page:
    """A page of the changes of marks between two days, in the order of session, revision and place.

    A pupil's first mark in a session is no change, though one that is set anew after it was taken away is; neither is
    a mark that moved because two references were one pupil.
    """
    after = tuple(request.after) if request.after else (0, 0, 0)
    items: list[dict[str, Any]] = []
    key: list[int] | None = None
    for position, change in _changes(work, school, first, last, after):
        if len(items) == request.limit:
            return Page(items, key)
        items.append(change)
        key = list(position)
    return Page(items, None)


@dataclass(frozen=True)
class _State:
    marks: bytes
    minutes: bytes | None
    updated_at: datetime
    revision: int


def _as_held(work: UnitOfWork, held: Any, as_of: datetime | None) -> _State:
    now = _State(packing.unpack(held.marks), held.minutes_late, held.updated_at, held.revision)
    if as_of is None or held.updated_at <= as_of:
        return now
    undone = revisions_after(work.connection, held.school_id, held.day, held.day, as_of)[
        held.day * 2 + held.pm
    ]
    minutes = held.minutes_late
    for row in undone:
        minutes = minutes if row.minutes_before is None else row.minutes_before
    earlier = work.connection.scalar(
        select(func.max(RegisterRevision.at)).where(
            RegisterRevision.school_id == held.school_id,
            RegisterRevision.day == held.day,
            RegisterRevision.pm == held.pm,
            RegisterRevision.at <= as_of,
        )
    )
    marks = register.marks_at(
        now.marks.ljust(_widest(undone), b"\0"), [(row.places, row.old) for row in undone]
    )
    return _State(marks, minutes, earlier or held.created_at, held.revision - len(undone))


def _widest(undone: list[Any]) -> int:
    return 1 + max(int(np.frombuffer(row.places, "<u4").max()) for row in undone if row.places)


def _names(work: UnitOfWork, session: SessionRef) -> dict[int, str]:
    """The answered reference of the pupil in each place of the session's academic year."""
    year = first_year_of(session.day)
    rows = work.connection.execute(
        select(Place.place, Pupil.reference)
        .join(Pupil, Pupil.id == Place.pupil_id)
        .where(Place.school_id == session.school.id, Place.academic_year == year)
    ).all()
    return {row.place: row.reference for row in rows}


def _changes(
    work: UnitOfWork, school: SchoolRef, first: date, last: date, after: tuple[int, ...]
) -> Iterator[tuple[tuple[int, int, int], dict[str, Any]]]:
    session_after, revision_after, place_after = after
    rows = work.connection.execute(
        select(*RegisterRevision.__table__.columns, AuditEntry.who)
        .outerjoin(
            AuditEntry,
            # A push of several schools is an entry in each.
            and_(
                AuditEntry.subject == RegisterRevision.import_id,
                AuditEntry.school_id == RegisterRevision.school_id,
            ),
        )
        .where(
            RegisterRevision.school_id == school.id,
            RegisterRevision.day.between(max(first.toordinal(), session_after // 2), last.toordinal()),
            RegisterRevision.joined.is_(False),
        )
        .order_by(RegisterRevision.day, RegisterRevision.pm, RegisterRevision.revision)
    )
    names: dict[int, dict[int, str]] = {}
    taken_away: set[tuple[int, str]] = set()
    for row in rows:
        session = row.day * 2 + row.pm
        day = date.fromordinal(row.day)
        year = first_year_of(day)
        if year not in names:
            names[year] = _survivors(work, school, year)
        for place, old, new in zip(np.frombuffer(row.places, "<u4").tolist(), row.old, row.new, strict=True):
            position = (session, row.revision, place + 1)
            pupil = names[year][place]
            is_first = old == NO_MARK and (session, pupil) not in taken_away
            if new == NO_MARK:
                taken_away.add((session, pupil))
            if is_first or old == new or position <= (session_after, revision_after, place_after):
                continue
            yield (
                position,
                {
                    "pupil": pupil,
                    "date": day,
                    "session": "PM" if row.pm else "AM",
                    "old": LETTERS[old] or None,
                    "new": LETTERS[new] or None,
                    "who": row.who,
                    "when": row.at,
                    "import_id": row.import_id,
                },
            )


def _survivors(work: UnitOfWork, school: SchoolRef, year: int) -> dict[int, str]:
    """Like `_names`, but a place of a pupil found to be another answers by that other's reference."""
    rows = work.connection.execute(
        select(Place.place, Pupil.reference, Pupil.merged_into)
        .join(Pupil, Pupil.id == Place.pupil_id)
        .where(Place.school_id == school.id, Place.academic_year == year)
    ).all()
    merged = {row.merged_into for row in rows if row.merged_into is not None}
    reference = {
        row.id: row.reference
        for row in work.connection.execute(select(Pupil.id, Pupil.reference).where(Pupil.id.in_(merged)))
    }
    return {row.place: reference.get(row.merged_into, row.reference) for row in rows}
