"""What the rows of an export call their school, held against the school that they are pushed to."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.errors import NotFound
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import UnitOfWork

MOST_NAMES = 100
"""Names of schools that are looked up; a body with more of them is no export of one school."""


@dataclass(frozen=True)
class NamedSchools:
    """The names of schools in a body: whether any is this one's, which are another's, and which nobody here knows.

    An export calls its school what the system does that it comes from. A name that isn't known is taken for this
    school's where it is the only one in the body, or where the pupil is known to be of this school.
    """

    this_one: bool
    others: frozenset[str]
    unknown: tuple[str, ...]

    def why_not(self, name: str | None, *, pupil_known: bool = False) -> str | None:
        """Why a row that calls its school so isn't taken; None where it is."""
        if name in self.others:
            return f"the row is of {name}, which isn't this school"
        if name in self.unknown and (self.this_one or (len(self.unknown) > 1 and not pupil_known)):
            return (
                f"the row is of {name}, which isn't known as this school; an alias of the school makes it so"
            )
        return None

    @property
    def warnings(self) -> list[str]:
        """What to tell of names that were taken on trust."""
        if self.this_one or not self.unknown:
            return []
        shown = " and ".join(self.unknown[:3]) + (" and others" if len(self.unknown) > 3 else "")
        return [
            f"the rows name {shown}, not known here as a school: they were taken for this one's; "
            "with an alias of the school, rows of others can be told apart"
        ]


def check_named_schools(work: UnitOfWork, school: SchoolRef, names: Iterable[str]) -> NamedSchools:
    """What the names are that the rows of a body call their school."""
    distinct = list(dict.fromkeys(names))
    found = {name: _find(work, name) for name in distinct[:MOST_NAMES]}
    known = {name: named.id == school.id for name, named in found.items() if named is not None}
    return NamedSchools(
        this_one=any(known.values()),
        others=frozenset(name for name, this_one in known.items() if not this_one),
        unknown=tuple(name for name in distinct if name not in known),
    )


def _find(work: UnitOfWork, name: str) -> SchoolRef | None:
    try:
        return get_school(work, name)
    except NotFound:
        return None
