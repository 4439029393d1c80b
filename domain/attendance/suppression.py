"""Withholds what small groups would give away: which figures of an answer aren't shown, and the answer without them.

Withheld are a group of 1 to 4 pupils, one that leaves out 1 to 4 pupils of those whom its filter chose from, a
persistent or severe count of 1 to 4 or with such a complement, and code counts likewise. Wherever a figure is withheld
in one group, the smallest of the other groups' is withheld too, so that the ungrouped total doesn't give it back by one
subtraction. That is the simple form: an answer is looked at by itself, and by=code without regard to the sums that its
codes add up to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.attendance.groups import Group

LEAST = 5
"""The smallest count of pupils that may be shown to those who may not see pupils."""

Value = Callable[[int], int | None]


@dataclass(frozen=True)
class Withheld:
    """What isn't shown of one group; `everything` stands for all the others too."""

    everything: bool = False
    persistent: bool = False
    severe: bool = False
    late: bool = False
    codes: bool = False


def withhold(
    groups: Sequence[Group], wider: Sequence[Group] | None = None, least: int = LEAST
) -> list[Withheld]:
    """What to withhold of each group of an answer; `wider` is the same question asked without its filter.

    With `least` 0 nothing is withheld.
    """
    if any(group.sessions is not None for group in groups):
        return [Withheld(everything=hidden) for hidden in _rows_by_code(groups, wider, least)]
    everything = _small_groups(groups, wider, least)

    def hidden(value: Callable[[Group], int | None], is_primary: Callable[[Group], bool]) -> set[int]:
        shown = [number for number in range(len(groups)) if number not in everything]
        primary = {number for number in shown if is_primary(groups[number])}
        return primary | _company(primary, shown, lambda number: value(groups[number]), least)

    persistent = hidden(
        lambda group: group.persistent, lambda group: _tells(group.persistent, group.pupils, least)
    )
    severe = hidden(lambda group: group.severe, lambda group: _tells(group.severe, group.pupils, least))
    late = hidden(lambda group: group.late, lambda group: _late_tells(group, least))
    # Codes add up to totals that are shown, and groups to the ungrouped answer: all are shown, or none.
    codes = any(_codes_tell(group, least) for group in groups)
    return [
        Withheld(number in everything, number in persistent, number in severe, number in late, codes)
        for number in range(len(groups))
    ]


def is_small(count: int | None, least: int = LEAST) -> bool:
    """Whether a count is too small to be shown: 1 to 4. Nought gives nobody away."""
    return count is not None and 0 < count < least


def show_without(shown: dict[str, Any], withheld: Withheld) -> dict[str, Any]:
    """A group as `rates.present_group` writes it, with null for what is withheld."""
    if withheld.everything:
        return {name: value if name == "key" else _emptied(name, value) for name, value in shown.items()} | {
            "suppressed": True
        }
    shown = dict(shown)
    for name in ("persistent", "severe"):
        if getattr(withheld, name):
            shown[f"{name}_absence"] = _NOT_SHOWN
    if withheld.late:
        shown |= dict.fromkeys(
            ("late_before_close_sessions", "late_after_close_sessions", "late_sessions")
        ) | {"rates": shown["rates"] | {"late": None}}
    if withheld.codes:
        shown["codes"] = None
    return shown


_NOT_SHOWN = {"pupils": None, "rate": None, "suppressed": True}


def _emptied(name: str, value: Any) -> Any:
    if name in ("persistent_absence", "severe_absence"):
        return _NOT_SHOWN
    return dict.fromkeys(value) if name == "rates" else None


def _small_groups(groups: Sequence[Group], wider: Sequence[Group] | None, least: int) -> set[int]:
    primary = _too_few(groups, wider, least)
    return primary | _company(primary, range(len(groups)), lambda number: _size(groups[number]), least)


def _too_few(groups: Sequence[Group], wider: Sequence[Group] | None, least: int) -> set[int]:
    """Groups of too few pupils, or whose filter leaves too few out."""
    whole = {tuple(group.key.items()): _size(group) for group in wider or ()}
    return {
        number
        for number, group in enumerate(groups)
        if is_small(_size(group), least)
        or is_small(whole.get(tuple(group.key.items()), _size(group)) - _size(group), least)
    }


def _size(group: Group) -> int:
    """How many pupils; where only counts of sessions are held it can't be fewer sessions than those."""
    pupils = group.pupils if group.sessions is None else group.pupils_of_all_codes
    return group.possible if pupils is None else pupils


def _company(primary: set[int], among: Sequence[int], value: Value, least: int) -> set[int]:
    """What else to withhold, so that the sum of what is withheld says nothing of one of them."""
    others = [number for number in among if number not in primary and value(number) is not None]
    if not primary or not others:
        return set()
    big_enough = [number for number in others if (value(number) or 0) >= least]
    return {min(big_enough, key=lambda number: value(number) or 0)} if big_enough else set(others)


def _tells(count: int | None, of: int | None, least: int) -> bool:
    """Whether a count, or what it leaves of a whole, is too small to be shown."""
    return is_small(count, least) or (
        count is not None and of is not None and count > 0 and is_small(of - count, least)
    )


def _late_tells(group: Group, least: int) -> bool:
    return any(
        _tells(count, group.possible, least) for count in (group.late_before_close, group.late_after_close)
    )


def _codes_tell(group: Group, least: int) -> bool:
    return any(_tells(count, group.possible, least) for count in group.codes.values())


def _rows_by_code(groups: Sequence[Group], wider: Sequence[Group] | None, least: int) -> list[bool]:
    primary = {
        number
        for number, group in enumerate(groups)
        if is_small(_size(group), least)
        or _tells(group.sessions, group.possible, least)
        or _tells(group.pupils, group.pupils_of_all_codes, least)
    } | _too_few(groups, wider, least)
    hidden = set(primary)
    for alike in _alike_but_for_code(groups):
        hidden |= _company(primary & set(alike), alike, lambda number: groups[number].sessions, least)
    return [number in hidden for number in range(len(groups))]


def _alike_but_for_code(groups: Sequence[Group]) -> list[list[int]]:
    found: dict[tuple[tuple[str, str | None], ...], list[int]] = {}
    for number, group in enumerate(groups):
        rest = tuple((name, value) for name, value in group.key.items() if name != "code")
        found.setdefault(rest, []).append(number)
    return list(found.values())
