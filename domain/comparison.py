"""What has changed between two readings of the same things: added, changed field by field, gone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

Reading = Mapping[str, Mapping[str, Any]]
"""Things by whatever names them."""


@dataclass(frozen=True)
class FieldChange:
    """One field of one thing, as it was and as it is."""

    id: str
    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Comparison:
    """Ids in the order of the later reading, those that are gone in that of the earlier."""

    added: list[str]
    changed: list[FieldChange]
    gone: list[str]


def compare(before: Reading, after: Reading, *, without: Collection[str] = ()) -> Comparison:
    """What is in one reading and not in the other; fields named in `without` don't count as changes."""
    return Comparison(
        added=[id for id in after if id not in before],
        changed=[
            change
            for id, thing in after.items()
            if id in before
            for change in _changes(id, before[id], thing, without)
        ],
        gone=[id for id in before if id not in after],
    )


def dotted(thing: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """A thing with what is within these fields beside its others, as `rates.attendance`; one that is null stays."""
    flat: dict[str, Any] = {}
    for name, value in thing.items():
        if name in names and isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": within for inner, within in value.items()}
        else:
            flat[name] = value
    return flat


def _changes(
    id: str, before: Mapping[str, Any], after: Mapping[str, Any], without: Collection[str]
) -> list[FieldChange]:
    names = list(dict.fromkeys([*after, *before]))
    return [
        FieldChange(id, name, before.get(name), after.get(name))
        for name in names
        if name not in without and before.get(name) != after.get(name)
    ]
