"""A register that needs no second look, as nearly every one of a morning does.

All of its pupils are known and placed, and each of its codes is one of the session: no row of it can be rejected,
nobody is to be enrolled, and none has to be looked at by itself. What it comes to is worked out as for
any other push (`laying.py`); any other register goes through `push.py`, which comes to the same where both could.
"""

from itertools import repeat

import numpy as np

from domain.attendance.calendar import first_year_of
from domain.attendance.codes import NO_MARK, NUMBERS, faults_in
from domain.attendance.register import CONTRADICTED, NO_MINUTES, PushedRows
from intake.register_body import RegisterBody
from services.attendance import register_store
from services.attendance.laying import Laying, OneRegister, PushOptions
from services.attendance.places import UNKNOWN, Places, places_in
from services.attendance.rows import EARLIEST
from services.imports import Receipt, keep_receipt
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork

NUMBER_OF: dict[str | None, int] = {None: NO_MARK, "": NO_MARK, "-": NO_MARK}
NUMBER_OF.update(NUMBERS)
"""What a register may hold without a second look, as it is stored."""


def push_at_sight(
    work: UnitOfWork, school: SchoolRef, body: RegisterBody, options: PushOptions, one: OneRegister
) -> Receipt | None:
    """Take in a register that needs no second look; None, and nothing done, for any other."""
    if options.atomic or not EARLIEST <= one.day <= work.tomorrow:
        return None
    receipt = Receipt("register", received=len(body.marks))
    laying = Laying(work, school.id, options, one, receipt)
    places = places_in(work, laying.ledger, first_year_of(one.day))
    pushed = _rows_of(body, one, places)
    if pushed is None:
        return None
    block = register_store.block_of(one.sessions, laying.held_of(one), places.width)
    applied = laying.come_to(block, pushed)
    if (applied.outcome == CONTRADICTED).any():  # one pupil by two references
        return None
    laying.take(block, pushed, applied, places, create=[0] if block.kept[0] is None else [])
    laying.guard()
    laying.warn_of_weekends([one.day.toordinal()])
    keep_receipt(work, school.id, receipt)
    if options.dry_run:
        work.discard()
    return receipt


def _rows_of(body: RegisterBody, one: OneRegister, places: Places) -> PushedRows | None:
    """The marks of the body at their places; None where there is none, or one that has to be looked at."""
    count = len(body.marks)
    try:
        code = np.fromiter(map(NUMBER_OF.__getitem__, body.marks.values()), np.uint8, count)
    except KeyError:
        return None
    place = places.find_each(list(body.marks))
    if count == 0 or place.min() == UNKNOWN or faults_in(*divmod(one.session, 2))[code].any():
        return None
    if places.unlisted and (places.first_known[place] > one.day.toordinal()).any():
        return None
    told = map(body.minutes_late.get, body.marks, repeat(NO_MINUTES))
    return PushedRows(
        register=np.zeros(count, np.int32),
        place=place,
        code=code,
        time=None if one.at is None else np.full(count, one.at),
        minutes=np.fromiter(told, np.int32, count) if body.minutes_late else None,
    )
