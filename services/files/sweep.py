"""Takes out of the store what no row speaks of: what a crash left between the store and the database."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from sqlalchemy import select

from models import EvidenceFile
from services.unit_of_work import UnitOfWork

LEAST_AGE = timedelta(days=1)
"""What is younger may belong to a request that is still under way."""
AT_ONCE = 500


def sweep_files(work: UnitOfWork) -> int:
    """Take away what is older than a day and recorded nowhere; answers how many."""
    store, gone = work.tools.files.store, 0
    for keys in _batches(store.keys_before(work.now - LEAST_AGE)):
        recorded = set(work.db.scalars(select(EvidenceFile.key).where(EvidenceFile.key.in_(keys))))
        for key in keys:
            if key not in recorded:
                store.delete(key)
                gone += 1
    return gone


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(keys)
    while batch := list(islice(waiting, AT_ONCE)):
        yield batch
