"""What every layout is to the registry: a name's worth of recognising and of reading."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from intake.absence_events import AbsenceEvents
from intake.marks import Marks
from intake.recognition import Opening
from intake.session_counts import SessionCounts
from intake.tables import Privacy

Pushed = Marks | SessionCounts | AbsenceEvents
"""What a layout's rows may be: marks, counts of marks, or only the marks of those who weren't there in time."""


@dataclass(frozen=True)
class How:
    """How a body is to be read: what the caller sets, the same for every layout."""

    pseudonymise: Privacy = str
    max_rows: int = 1_000_000
    block: int = 1 << 16
    """Bytes that are decoded at a time. Their rows fit the processor's cache: larger blocks are slower, not faster."""


@dataclass(frozen=True)
class Reader:
    """One layout: whether a body that begins so is in it, and how its rows are read."""

    recognises: Callable[[Opening], bool]
    read: Callable[[Iterable[bytes], How], Pushed]
