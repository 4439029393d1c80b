"""What has changed between two answers of attendance, group by group and figure by figure.

Both are compared as they are shown: what is withheld in either is null here too.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.comparison import compare, dotted

Group = Mapping[str, Any]
"""A group as an answer shows it."""

NESTED = ("codes", "rates", "persistent_absence", "severe_absence")
FLAGS = ("persistent_absence", "severe_absence")


def changes_of_groups(before: Sequence[Group], after: Sequence[Group]) -> dict[str, Any]:
    """{"added": [key], "changed": [{"key", "field", "old", "new"}], "gone": [key]}, groups told apart by their keys.

    A figure within another is named as `rates.attendance`. A code that only one of two shown groups has, counts 0 in
    the other.
    """
    keys = {_name(group): group["key"] for group in (*before, *after)}
    earlier, later = ({_name(group): group for group in groups} for groups in (before, after))
    found = compare(
        {name: _figures(group, later.get(name)) for name, group in earlier.items()},
        {name: _figures(group, earlier.get(name)) for name, group in later.items()},
        without={"key"},
    )
    return {
        "added": [keys[name] for name in found.added],
        "changed": [
            {"key": keys[one.id], "field": one.field, "old": one.old, "new": one.new} for one in found.changed
        ],
        "gone": [keys[name] for name in found.gone],
    }


def _name(group: Group) -> str:
    return repr(sorted(group["key"].items()))


def _figures(group: Group, other: Group | None) -> dict[str, Any]:
    """The figures of a group side by side, named alike to those of the other."""
    whole = dict(group)
    if group.get("codes") is not None:
        theirs = (other or {}).get("codes") or {}
        whole["codes"] = dict.fromkeys([*group["codes"], *theirs], 0) | group["codes"]
    for flag in FLAGS:
        if flag in whole:
            whole[flag] = {"suppressed": False} | whole[flag]
    return dotted(whole, NESTED)
