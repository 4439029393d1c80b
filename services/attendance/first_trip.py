"""What a register's push begins with, read in one trip: who pushes, how the school's ledger stands, what is held of
the register, and the places of the school's pupils where this process doesn't know any.
"""

from typing import Any

from sqlalchemy import bindparam, select

from domain.attendance.calendar import first_year_of
from domain.errors import NotFound
from models import KeptPlaces, Ledger, Register
from services import audit
from services.access.keys import Along
from services.attendance import places
from services.attendance.register_store import COLUMNS, HeldRow, day_of, named_by
from services.prepared import Prepared
from services.unit_of_work import Actor, UnitOfWork

_ledger_and_register = (
    select(*audit.STATE, *COLUMNS)
    .join_from(
        Ledger,
        Register,
        (Register.school_id == Ledger.school_id)
        & (Register.day == bindparam("on"))
        & (Register.pm == bindparam("afternoon")),
        isouter=True,
    )
    .where(Ledger.school_id == bindparam("school_id"))
)
_read = Prepared(_ledger_and_register)
_read_with_key = Along(_ledger_and_register)
_read_with_key_and_places = Along(
    _ledger_and_register.add_columns(*places.KEPT).outerjoin(
        KeptPlaces,
        (KeptPlaces.school_id == Ledger.school_id) & (KeptPlaces.academic_year == bindparam("academic_year")),
    )
)
_OF_LEDGER, _OF_REGISTER = len(audit.STATE), len(COLUMNS)


def actor_with_register(work: UnitOfWork, token: str, school_id: int, session: int) -> Actor:
    """Who a token stands for, read in one trip with what `register_with_ledger` and `places_in` will be asked for.

    Raises `NotAuthenticated` for a token that is unknown, past its time or revoked.
    """
    year = first_year_of(day_of(session))
    named = named_by(school_id, session)
    if places.are_known(work, school_id, year):
        actor, row = _read_with_key.actor_of(work.lookup, token, work.now, named)
    else:
        named["academic_year"] = year
        actor, row = _read_with_key_and_places.actor_of(work.lookup, token, work.now, named)
        places.were_read(work, school_id, year, row[_OF_LEDGER + _OF_REGISTER :])
    work.ahead[school_id, session] = row
    return actor


def register_with_ledger(work: UnitOfWork, school_id: int, session: int) -> dict[int, Any] | None:
    """The register of a session, by its number, where work doesn't lock: read in one trip with the school's ledger.

    None where the work locks, and what is held can be read only after that.
    """
    if work.locks:
        return None
    row = work.ahead.get((school_id, session))
    if row is None:
        row = _read.one_or_none(work.connection, named_by(school_id, session))
    if row is None:
        raise NotFound("there is no such school")
    work.hold_ledger(audit.opened(school_id, row[:_OF_LEDGER], locked=False))
    register = row[_OF_LEDGER : _OF_LEDGER + _OF_REGISTER]
    return {} if register[0] is None else {session: HeldRow._make(register)}
