"""The rows of one push of session counts: how many had each code, for schools that push no marks of pupils."""

from dataclasses import dataclass, field

from domain.errors import Fault

MOST_OF_A_CODE = 100_000


@dataclass(frozen=True, slots=True)
class CountRow:
    """The counts of one session: of a year group, or (None) of the whole school.

    `day` is an ordinal, `counts` are by code as written, without `-` and blanks; `school` is what the row calls its
    school, where it does.
    """

    number: int
    day: int
    pm: bool
    year_group: str | None
    counts: dict[str, int]
    school: str | None


@dataclass
class SessionCounts:
    """Rows that can be read, and those that can't, each as a fault; numbered from 1 as they stand in the body."""

    layout: str
    rows: list[CountRow] = field(default_factory=list)
    rejected: list[Fault] = field(default_factory=list)
    received: int = 0
    dropped_columns: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
