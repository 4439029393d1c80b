"""`?fields=`: answers with no more fields than were asked for."""

from collections.abc import Sequence
from typing import Any

import marshmallow as ma

from domain.errors import invalid

ALWAYS = frozenset({"id"})
"""What tells an item from the others, and what was asked for beside the fields."""

BESIDE = frozenset({"changes"})
"""Keys of a single answer that aren't fields."""


def fields_in(answer: ma.Schema | None, asked: Sequence[Any]) -> frozenset[str] | None:
    """The fields that a loaded query names, and what it expands; None where it names none.

    Raises `Invalid` for a field that there isn't.
    """
    named = asked[0].get("fields") if asked else None
    if answer is None or not named:
        return None
    names = [name.strip() for name in named.split(",") if name.strip()]
    known = [field.data_key or name for name, field in answer.dump_fields.items()]
    for name in names:
        if name not in known:
            raise invalid("/query/fields", f"there is no field “{name[:64]}”; there are {', '.join(known)}")
    return ALWAYS.union(names, asked[0].get("expand") or ())


def reduced(content: Any, only: frozenset[str]) -> Any:
    """An answer, or each item of a page of them, with these fields alone."""
    if "items" in content and "next" in content:
        return content | {"items": [_reduced(item, only) for item in content["items"]]}
    return _reduced(content, only | BESIDE)


def _reduced(item: dict[str, Any], only: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name in only}
