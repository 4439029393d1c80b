"""A push in bulk: each kind of rows that a layout may give goes its own way, and every way ends in a receipt."""

from intake.absence_events import AbsenceEvents
from intake.layout import Pushed
from intake.session_counts import SessionCounts
from services.attendance.counts_push import push_counts
from services.attendance.events_push import push_events
from services.attendance.laying import PushOptions
from services.attendance.push import push_marks
from services.imports import Receipt
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork


def push_bulk(work: UnitOfWork, school: SchoolRef, pushed: Pushed, options: PushOptions) -> Receipt:
    """Take in what a layout gave: marks, session counts, or events of absence."""
    if isinstance(pushed, SessionCounts):
        return push_counts(work, school, pushed, options)
    if isinstance(pushed, AbsenceEvents):
        return push_events(work, school, pushed, options)
    return push_marks(work, school, pushed, options)
