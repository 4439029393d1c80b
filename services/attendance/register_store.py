"""Registers in the database: the one file that reads and writes their rows, in bulk.

A session is numbered by its day's ordinal times two, plus one for the afternoon, so that many fit in one array.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, bindparam, func, insert, select, update

from domain.attendance import packing, register
from domain.attendance.register import Applied, HeldRegisters
from models import Register, RegisterRevision
from models.base import microseconds
from services.prepared import Prepared

Sessions = npt.NDArray[np.int64]

MOST_DAYS_NAMED = 200
"""Past this many days they are read as a range: fewer names, at the price of registers that nobody asked for."""

COLUMNS = (
    Register.day,
    Register.pm,
    Register.revision,
    Register.marks,
    Register.source_time,
    Register.source_times,
    Register.minutes_late,
)
"""What a `HeldRow` is read from."""
_one = Prepared(
    select(*COLUMNS).where(
        Register.school_id == bindparam("school_id"),
        Register.day == bindparam("on"),
        Register.pm == bindparam("afternoon"),
    )
)
_range = select(*COLUMNS).where(
    Register.school_id == bindparam("school_id"), Register.day.between(bindparam("first"), bindparam("last"))
)
_marks = (
    select(Register.day, Register.pm, Register.marks)
    .where(
        Register.school_id == bindparam("school_id"),
        Register.day.between(bindparam("first"), bindparam("last")),
    )
    .order_by(Register.day, Register.pm)
)
_marks_between = Prepared(_marks)
_marks_between_by = Prepared(_marks.where(Register.created_at <= bindparam("by")))
_named = select(*COLUMNS).where(
    Register.school_id == bindparam("school_id"), Register.day.in_(bindparam("days", expanding=True))
)
_insert = Prepared(insert(Register))
_this = (
    Register.school_id == bindparam("of_school"),
    Register.day == bindparam("on"),
    Register.pm == bindparam("afternoon"),
)
_changing = ("revision", "marks", "source_time", "source_times", "minutes_late", "updated_at")
_update = Prepared(
    update(Register).where(*_this).values({name: bindparam(f"new_{name}") for name in _changing})
)
_confirming = ("source_time", "source_times")
_update_times = Prepared(
    update(Register).where(*_this).values({name: bindparam(f"new_{name}") for name in _confirming})
)
_insert_revision = Prepared(insert(RegisterRevision))


class HeldRow(NamedTuple):
    """A register as it is read: the columns above."""

    day: int
    pm: bool
    revision: int
    marks: bytes
    source_time: int | None
    source_times: bytes | None
    minutes_late: bytes | None


@dataclass(frozen=True)
class Block:
    """Some sessions of one school with what is held for each; `kept` has None where no register is."""

    sessions: Sessions
    kept: list[Any | None]
    held: HeldRegisters


def sessions_held(connection: Connection, school_id: int, first: int, last: int) -> dict[int, Any]:
    """The registers between two days, by the number of their session."""
    rows = connection.execute(_range, {"school_id": school_id, "first": first, "last": last})
    return {row.day * 2 + row.pm: row for row in rows}


def day_of(session: int) -> date:
    """The day of a session, by its number."""
    return date.fromordinal(session // 2)


def named_by(school_id: int, session: int) -> dict[str, Any]:
    """The values that name one register in a statement."""
    day, afternoon = divmod(session, 2)
    return {"school_id": school_id, "on": day, "afternoon": bool(afternoon)}


def sessions_named(connection: Connection, school_id: int, sessions: Sessions) -> dict[int, Any]:
    """The registers held of some sessions, by the number of their session."""
    if sessions.size == 1:
        found = _one.one_or_none(connection, named_by(school_id, int(sessions[0])))
        return {} if found is None else {int(sessions[0]): HeldRow._make(found)}
    days = np.unique(sessions // 2)
    if days.size > MOST_DAYS_NAMED:
        return sessions_held(connection, school_id, int(days[0]), int(days[-1]))
    named = connection.execute(_named, {"school_id": school_id, "days": days.tolist()})
    return {row.day * 2 + row.pm: row for row in named}


def first_and_last_day(
    connection: Connection, school_id: int, first: int, last: int
) -> tuple[int, int] | None:
    """The first and the last day between two that have a register; None where none has."""
    held = connection.execute(
        select(func.min(Register.day), func.max(Register.day)).where(
            Register.school_id == school_id, Register.day.between(first, last)
        )
    ).one()
    return None if held[0] is None else (held[0], held[1])


def block_of(sessions: Sessions, held: dict[int, Any], width: int) -> Block:
    """The registers of some sessions side by side, at least `width` places wide."""
    kept = [held.get(session) for session in sessions.tolist()]
    width = max([width, *(packing.width_of(row.marks) for row in kept if row is not None)])
    marks = packing.unpack_all([b"" if row is None else row.marks for row in kept], width)
    times = minutes = None
    if any(row is not None and (row.source_time is not None or row.source_times) for row in kept):
        times = np.full(marks.shape, register.NO_TIME, np.int64)
        for line, row in enumerate(kept):
            if row is not None:
                times[line] = register.decode_times(row.source_time, row.source_times, marks[line])
    if any(row is not None and row.minutes_late for row in kept):
        minutes = np.full(marks.shape, register.NO_MINUTES, np.int32)
        for line, row in enumerate(kept):
            if row is not None:
                minutes[line] = register.decode_minutes(row.minutes_late, width)
    return Block(sessions, kept, HeldRegisters(marks, times, minutes))


def write_block(
    connection: Connection,
    school_id: int,
    block: Block,
    applied: Applied,
    *,
    now: datetime,
    import_id: str,
    joined: bool = False,
    create: Iterable[int] = (),
    later: Callable[[Prepared, Sequence[Mapping[str, Any]]], None] | None = None,
) -> None:
    """Write the registers that a push touched, and how to get back to what was before.

    `create` are lines whose register comes into being even if it holds no mark: it was pushed, and is empty. `later`
    is given what is to be written, where it needn't be written at once.
    """
    at = microseconds(now)
    new, changed, confirmed, revisions = [], [], [], []
    lines = set(np.flatnonzero(applied.touched).tolist()) | set(create)
    for line in sorted(lines):
        row = block.kept[line]
        day, afternoon = divmod(int(block.sessions[line]), 2)
        if row is None:
            new.append(
                {"school_id": school_id, "day": day, "pm": bool(afternoon), "revision": 1, "created_at": at,
                 "updated_at": at} | _written(applied, line)
            )  # fmt: skip
            continue
        written = {f"new_{name}": value for name, value in _written(applied, line).items()}
        where = {"of_school": school_id, "on": day, "afternoon": bool(afternoon)}
        if applied.changed[line].any():
            changed.append(where | written | {"new_revision": row.revision + 1, "new_updated_at": at})
            undo = _undo(block, applied, line)
            revisions.append(
                {"school_id": school_id, "day": day, "pm": bool(afternoon), "revision": row.revision + 1, "at": at,
                 "import_id": import_id, "joined": joined} | undo
            )  # fmt: skip
        elif applied.touched[line]:
            confirmed.append(where | {f"new_{name}": written[f"new_{name}"] for name in _confirming})
    for statement, rows in (
        (_insert, new),
        (_update, changed),
        (_update_times, confirmed),
        (_insert_revision, revisions),
    ):
        if rows and later is not None:
            later(statement, rows)
        elif rows:
            statement.run(connection, rows)


def _written(applied: Applied, line: int) -> dict[str, Any]:
    after = applied.after
    usual, exceptions = (None, None)
    if after.times is not None:
        usual, exceptions = register.encode_times(after.times[line], after.marks[line])
    return {
        "marks": packing.pack(after.marks[line].tobytes()),
        "source_time": usual,
        "source_times": exceptions,
        "minutes_late": None if after.minutes is None else register.encode_minutes(after.minutes[line]),
    }


def _undo(block: Block, applied: Applied, line: int) -> dict[str, Any]:
    places = np.flatnonzero(applied.changed[line])
    before = block.held.minutes[line] if block.held.minutes is not None else None
    after = applied.after.minutes[line] if applied.after.minutes is not None else None
    minutes_before = None
    if after is not None and (before is None or (before != after).any()):
        kept = None if before is None else register.encode_minutes(before)
        minutes_before = kept or (b"" if (after != register.NO_MINUTES).any() or before is not None else None)
    return {
        "places": places.astype("<u4").tobytes(),
        "old": block.held.marks[line, places].tobytes(),
        "new": applied.after.marks[line, places].tobytes(),
        "minutes_before": minutes_before,
    }


def revisions_after(
    connection: Connection, school_id: int, first: int, last: int, at: datetime
) -> dict[int, list[Any]]:
    """What was changed after a time in the registers between two days, the newest first, by session."""
    rows = connection.execute(
        select(RegisterRevision)
        .with_only_columns(*RegisterRevision.__table__.columns)
        .where(
            RegisterRevision.school_id == school_id,
            RegisterRevision.day.between(first, last),
            RegisterRevision.at > at,
        )
        .order_by(RegisterRevision.day, RegisterRevision.pm, RegisterRevision.revision.desc())
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.day * 2 + row.pm, []).append(row)
    return found


def marks_between(
    connection: Connection, school_id: int, first: int, last: int, as_of: datetime | None = None
) -> Sequence[tuple[Any, ...]]:
    """Day, afternoon and marks (as `packing` keeps them) of every register between two days, in order.

    With `as_of`, as they were held then.
    """
    asked = {"school_id": school_id, "first": first, "last": last}
    if as_of is None:
        return _marks_between.all(connection, asked)
    undone = revisions_after(connection, school_id, first, last, as_of)
    rows = _marks_between_by.all(connection, asked | {"by": microseconds(as_of)})
    return [
        (day, pm, _marks_then(marks, undone[day * 2 + pm]) if day * 2 + pm in undone else marks)
        for day, pm, marks in rows
    ]


def _marks_then(marks: bytes, undone: Sequence[Any]) -> bytes:
    return register.marks_at(packing.unpack(marks), [(row.places, row.old) for row in undone])
