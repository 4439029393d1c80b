"""What kinds of resource the tracker has, and which lies below which."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, inspect

from models import (
    Action,
    Challenge,
    Comment,
    Evidence,
    HealthLimits,
    Indicator,
    Milestone,
    Person,
    Practice,
    ProgressUpdate,
    Request,
    Review,
    StrandPosition,
    Template,
    View,
    VisitorLink,
)
from models.tracked import OfSchool, Tracked

Content = dict[str, Any]
"""A resource as JSON values by the names of the API: dates and times as text, numbers as int or Decimal.

The audit log keeps exactly this, so that a read of what was and a read of what is go the same way.
"""


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of resource: its name in the audit log and in refusals, its table, and the kinds that it lies below.

    Where there are several of these, each row names one of them.
    """

    name: str
    model: Any
    parents: "tuple[Kind, ...]" = ()
    also: tuple[str, ...] = ()
    """Fields that aren't columns of its table."""
    secret: frozenset[str] = frozenset()
    """Columns of its table that are nobody's to read."""
    named: Mapping[str, str] = field(default_factory=dict)
    """What the API calls a column that Python can't."""

    @cached_property
    def of_one_school(self) -> bool:
        """Whether it belongs to one school; people and evidence may belong to several, or to none."""
        return issubclass(self.model, OfSchool)

    @cached_property
    def in_schools(self) -> Any:
        """Of what may belong to several schools: the column that names it in the rows of its schools."""
        row = self.model.school_rows.property.mapper.class_
        (own,) = (column.key for column in row.__mapper__.column_attrs if column.key != "school_id")
        return getattr(row, own)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """Its own fields, in the order of the table."""
        shared = {*Tracked.__annotations__, "school_id"} | self.secret
        columns = [column.key for column in inspect(self.model).column_attrs]
        return tuple(name for name in columns if name not in shared) + self.also


@dataclass(frozen=True)
class Where:
    """A condition said twice: of rows that are held now, and of contents as they stood at a time."""

    sql: ColumnElement[bool]
    holds: Callable[[Content], bool]
    school: int | None = None
    """The school that it says something must belong to."""


def equal(kind: Kind, field: str, value: Any) -> Where:
    """That a field has a value."""
    return Where(getattr(kind.model, field) == value, lambda content: bool(content.get(field) == value))


PERSON = Kind("person", Person)
CHALLENGE = Kind("challenge", Challenge)
ACTION = Kind("action", Action, (CHALLENGE,))
MILESTONE = Kind("milestone", Milestone, (ACTION,))
UPDATE = Kind("update", ProgressUpdate, (ACTION,))
INDICATOR = Kind("indicator", Indicator, (CHALLENGE,))
REVIEW = Kind("review", Review, (CHALLENGE,))
COMMENT = Kind("comment", Comment, (CHALLENGE, ACTION))
EVIDENCE = Kind("evidence", Evidence, also=("about",))
STRAND_POSITION = Kind("strand_position", StrandPosition)
PRACTICE = Kind("practice", Practice, named={"starts_at": "from", "ends_at": "to"})
TEMPLATE = Kind("template", Template)
VISITOR_LINK = Kind("visitor_link", VisitorLink, secret=frozenset({"token_hash"}))
REQUEST = Kind("request", Request)
VIEW = Kind("view", View)
HEALTH_LIMITS = Kind("health_limits", HealthLimits)

ABOUT = {kind.name: kind for kind in (CHALLENGE, ACTION, UPDATE, REVIEW)}
"""What evidence may be about."""
