"""What kinds of resource the tracker has, and which lies below which."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, inspect

from models import (
    Action,
    Challenge,
    Evidence,
    Indicator,
    Milestone,
    Person,
    ProgressUpdate,
    Review,
)
from models.tracked import OfSchool, Tracked

Content = dict[str, Any]
"""A resource as JSON values by the names of the API: dates and times as text, numbers as int or Decimal.

The audit log keeps exactly this, so that a read of what was and a read of what is go the same way.
"""


@dataclass(frozen=True)
class Kind:
    """One kind of resource: its name in the audit log and in refusals, its table, and the kind that it lies below."""

    name: str
    model: Any
    parent: "Kind | None" = None
    also: tuple[str, ...] = ()
    """Fields that aren't columns of its table."""

    @property
    def of_one_school(self) -> bool:
        """Whether it belongs to one school; people and evidence may belong to several, or to none."""
        return issubclass(self.model, OfSchool)

    @property
    def fields(self) -> tuple[str, ...]:
        """Its own fields, in the order of the table."""
        shared = {*Tracked.__annotations__, "school_id"}
        columns = [column.key for column in inspect(self.model).column_attrs]
        return tuple(name for name in columns if name not in shared) + self.also


@dataclass(frozen=True)
class Where:
    """A condition said twice: of rows that are held now, and of contents as they stood at a time."""

    sql: ColumnElement[bool]
    holds: Callable[[Content], bool]


def equal(kind: Kind, field: str, value: Any) -> Where:
    """That a field has a value."""
    return Where(getattr(kind.model, field) == value, lambda content: bool(content.get(field) == value))


PERSON = Kind("person", Person)
CHALLENGE = Kind("challenge", Challenge)
ACTION = Kind("action", Action, CHALLENGE)
MILESTONE = Kind("milestone", Milestone, ACTION)
UPDATE = Kind("update", ProgressUpdate, ACTION)
INDICATOR = Kind("indicator", Indicator, CHALLENGE)
REVIEW = Kind("review", Review, CHALLENGE)
EVIDENCE = Kind("evidence", Evidence, also=("about",))

ABOUT = {kind.name: kind for kind in (CHALLENGE, ACTION, UPDATE, REVIEW)}
"""What evidence may be about."""
