"""One register pushed to its address, whole or in part: the same push as any, of one session."""

from domain.errors import Fault, Invalid, invalid
from intake.marks import Batch, MarkColumns, Marks
from intake.register_body import RegisterBody
from models.base import microseconds
from services.attendance.at_sight import push_at_sight
from services.attendance.first_trip import register_with_ledger
from services.attendance.laying import OneRegister, PushOptions
from services.attendance.push import push_marks
from services.attendance.registers import SessionRef
from services.attendance.rows import EARLIEST
from services.imports import Receipt
from services.unit_of_work import UnitOfWork


def push_register(
    work: UnitOfWork, session: SessionRef, body: RegisterBody, options: PushOptions, *, whole: bool
) -> Receipt:
    """Take in a register; the receipt accounts for each of its marks.

    Raises `Invalid` for minutes late without a mark, and for an empty register of a day that marks aren't taken for.
    """
    markless = [pupil for pupil in body.minutes_late if pupil not in body.marks]
    if markless:
        faults = [
            Fault(
                "minutes late need a mark in the same body", pointer=f"/minutes_late/{_pointed(work, pupil)}"
            )
            for pupil in markless
        ]
        raise Invalid("minutes late were given for pupils without a mark in the body", faults=faults)
    if not body.marks and session.day > work.tomorrow:
        raise invalid("/path/date", f"{session.day} is in the future; marks may be for tomorrow at most")
    if not body.marks and session.day < EARLIEST:
        raise invalid(
            "/path/date", f"{session.day} is before {EARLIEST}, the first day that marks are taken for"
        )
    at = None if body.source_updated_at is None else microseconds(body.source_updated_at)
    held = register_with_ledger(work, session.school.id, session.number)
    one = OneRegister(session.number, whole, at, held)
    receipt = push_at_sight(work, session.school, body, options, one)
    if receipt is None:
        return push_marks(work, session.school, _rows(work, session, body, at), options, one)
    return receipt


def _pointed(work: UnitOfWork, pupil: str) -> str:
    return work.tools.pseudonyms(pupil).replace("~", "~0").replace("/", "~1")


def _rows(work: UnitOfWork, session: SessionRef, body: RegisterBody, at: int | None) -> Marks:
    """The marks of the body as rows, numbered as they stand in it."""
    count = len(body.marks)
    columns = MarkColumns(layout="register", pseudonymise=work.tools.pseudonyms, max_rows=work.tools.max_rows)
    time = None if body.source_updated_at is None else body.source_updated_at.isoformat()
    columns.add(
        Batch(
            numbers=range(1, count + 1),
            pupils=list(body.marks),
            dates=[session.day.isoformat()] * count,
            sessions=["PM" if session.pm else "AM"] * count,
            codes=list(body.marks.values()),
            times=None if time is None else [time] * count,
            minutes=[body.minutes_late.get(pupil) for pupil in body.marks] if body.minutes_late else None,
        )
    )
    return columns.finish()
