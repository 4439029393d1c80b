"""Reports as they were written last, kept until anything of their schools is written, or the day turns.

Every write moves the head of a chain of audit entries: its school's, or that of no school for people and for evidence
of several. A report that was kept under the heads that a transaction sees is the one that it would write.
"""

from collections.abc import Callable, Collection, Hashable

from sqlalchemy import select

from models import Ledger
from services.audit import NO_SCHOOL
from services.memory import Memory
from services.reports.parts import forget_parts
from services.unit_of_work import UnitOfWork

MOST_BYTES_IN_MEMORY = 16 << 20

_memory: Memory[Hashable, bytes] = Memory(MOST_BYTES_IN_MEMORY)


def written_once(
    work: UnitOfWork, schools: Collection[int], asked: Hashable, write: Callable[[], bytes]
) -> bytes:
    """What `write` gives, or gave last. `asked` names all that it depends on beside the key and the schools."""
    key = (work.tools.database.url, work.actor.schools, tuple(schools), asked)
    version = (work.today, _heads(work, schools))
    found = _memory.find(key, version)
    if found is None:
        found = write()
        _memory.keep(key, version, found, len(found))
    return found


def forget_reports() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    _memory.forget()
    forget_parts()


def _heads(work: UnitOfWork, schools: Collection[int]) -> tuple[object, ...]:
    ledgers = (
        select(Ledger.head).where(Ledger.school_id.in_([NO_SCHOOL, *schools])).order_by(Ledger.school_id)
    )
    return tuple(work.connection.scalars(ledgers))
