"""The areas of the inspection frameworks, to which a challenge or a strand position may be linked.

Only names are taken from `frameworks.json`. Its notes list grading scales so that imported text can be recognised;
they are left unread here, and no area carries a grade, a scale or a kind of judgement.
"""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from domain.errors import invalid

MOST_NAMED = 20
"""An error names at most so many known areas."""


@dataclass(frozen=True)
class Area:
    """One area of a framework, or a part of one (then `parent` is the id of the whole)."""

    id: str
    name: str
    framework: str
    framework_name: str
    valid_from: date
    valid_to: date | None
    """The last day on which the framework is in use; None while it is."""
    parent: str | None = None
    condition: str | None = None
    """When the area concerns a school at all, such as "the school has a sixth form"; None: always."""
    aliases: tuple[str, ...] = ()
    """Other names that sources give it."""

    def in_use(self, on: date) -> bool:
        """Whether the framework is in use on that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def check_area(area_id: str, pointer: str) -> Area:
    """The area of that id; raises `Invalid` at the pointer, naming known ids, where there is none."""
    if area_id not in AREAS:
        raise invalid(pointer, f"“{area_id[:64]}” is no area. {_known(area_id)}")
    return AREAS[area_id]


def _known(area_id: str) -> str:
    """The ids that look like the one meant, else the areas of the newest framework."""
    alike = difflib.get_close_matches(area_id[:200], AREAS, n=3)
    if alike:
        return f"Did you mean {' or '.join(alike)}?"
    newest = max(area.valid_from for area in AREAS.values())
    whole = [area.id for area in AREAS.values() if area.valid_from == newest and area.parent is None]
    more = f" and {len(AREAS) - len(whole)} of earlier frameworks" if len(AREAS) > len(whole) else ""
    return f"There are: {', '.join(whole[:MOST_NAMED])}{more}."


def _read_areas() -> dict[str, Area]:
    table = json.loads(Path(__file__).with_name("frameworks.json").read_text(encoding="utf-8"))
    return {area.id: area for framework in table["frameworks"] for area in _areas_of(framework)}


def _areas_of(framework: dict[str, Any]) -> Iterator[Area]:
    ends = framework["valid_to"]
    shared = {
        "framework": framework["id"],
        "framework_name": framework["name"],
        "valid_from": date.fromisoformat(framework["valid_from"]),
        "valid_to": date.fromisoformat(ends) if ends else None,
    }
    for area in framework["areas"]:
        condition = area.get("condition")
        aliases = tuple(area.get("aliases", ()))
        yield Area(area["id"], area["name"], **shared, condition=condition, aliases=aliases)
        for part in area.get("sub_areas", ()):
            yield Area(part["id"], part["name"], **shared, parent=area["id"], condition=condition)


AREAS: dict[str, Area] = _read_areas()
"""Id → area, parts among them, in the order of the table."""
