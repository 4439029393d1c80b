"""What the query of a list names: a school, a person, a challenge, something that evidence is about.

Each is loaded before anything else of the query is read: what the key may not see is 404, as what doesn't exist.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain.errors import NotFound
from services.schools.schools import get_school
from services.tracker import evidence
from services.tracker.held import get_row
from services.tracker.kinds import ABOUT, Kind, Where, equal
from services.tracker.sight import of_school
from services.unit_of_work import UnitOfWork

Named = Callable[[UnitOfWork, Mapping[str, str]], list[Where]]


def of_named_school(kind: Kind, **others: Kind) -> Named:
    """Reads `school`, and each of `others`: the name of a field and of a parameter, and the kind of what it names."""

    def named(work: UnitOfWork, args: Mapping[str, str]) -> list[Where]:
        found = [of_school(kind, get_school(work, args["school"]))] if "school" in args else []
        for field, other in others.items():
            if field in args:
                row: Any = get_row(work, other, args[field], hidden=True)
                if field in kind.fields:  # others are filters of their own, and only have to be there
                    found.append(equal(kind, field, row.id))
        return found

    return named


def about_something(work: UnitOfWork, args: Mapping[str, str]) -> list[Where]:
    """Reads `about`, written `challenge:ID`, or the id alone."""
    if "about" not in args:
        return []
    type, colon, id = args["about"].rpartition(":")
    if colon:
        evidence.check_type(type)
        return [evidence.about(work, type, id)]
    for name in ABOUT:
        try:
            return [evidence.about(work, name, id)]
        except NotFound:
            continue
    raise NotFound("there is nothing of this id that evidence could be about")
