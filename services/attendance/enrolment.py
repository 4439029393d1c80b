"""Pupils that marks name before any roll does: added, given further references, and given places."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from services.attendance.place_rows import add_places, add_pupils, known_from, name_pupils
from services.attendance.places import Places, places_in
from services.audit import OpenLedger
from services.schools.joins import join_pupils
from services.unit_of_work import UnitOfWork

Names = tuple[str, ...]
Named = TypeVar("Named", bound=Hashable)


def enrol(
    work: UnitOfWork,
    ledger: OpenLedger,
    academic_year: int,
    places: Places,
    lacking: Sequence[Names],
    first_days: Mapping[Names, int],
) -> int:
    """Make everybody known that a push names, with a place in the academic year; `places` is how it stands.

    `lacking` are references without a place, all of one row together; `first_days` the first day marked of references
    whose pupil is new or known from marks alone. Answers how many pupils were never seen before.
    """
    groups = _groups([*dict.fromkeys([*lacking, *first_days])])
    if _join(work, ledger, places, groups):
        places = places_in(work, ledger, academic_year)
    pupil_of = dict(places.pupil_of)
    strangers = []
    for group in groups:
        pupil = next((pupil_of[name] for name in group if name in pupil_of), None)
        if pupil is None:
            strangers.append(group)
            continue
        name_pupils(work.connection, ledger, [(name, pupil) for name in group if name not in pupil_of])
        pupil_of |= dict.fromkeys(group, pupil)
    first_day: dict[str, int] = {}
    for names, day in first_days.items():
        first_day |= {name: min(day, first_day.get(name, day)) for name in names}
    new = [(group, min(first_day[name] for name in group if name in first_day)) for group in strangers]
    if new:
        ids = add_pupils(work.connection, ledger, new)
        for (group, _), pupil in zip(new, ids, strict=True):
            pupil_of |= dict.fromkeys(group, pupil)
    unlisted = places.unlisted
    earlier: dict[int, int] = {}
    for names, day in first_days.items():
        pupil = pupil_of[names[0]]
        if pupil in unlisted and day < unlisted[pupil][1]:
            earlier[pupil] = min(day, earlier.get(pupil, day))
    known_from(work.connection, ledger, [(unlisted[pupil][0], pupil, day) for pupil, day in earlier.items()])
    wanted = dict.fromkeys(pupil_of[names[0]] for names in lacking)
    add_places(
        work.connection,
        ledger,
        academic_year,
        [pupil for pupil in wanted if pupil not in places.placed],
    )
    return len(new)


def who_is_meant(places: Places, named: Sequence[Names]) -> npt.NDArray[np.int32]:
    """A number for each pupil that is named: the same for all whom the references, taken at their word, make one."""
    meant = [tuple(places.pupil_of.get(name, name) for name in names) for names in named]
    number = {one: number for number, group in enumerate(_groups(meant)) for one in group}
    return np.array([number[names[0]] for names in meant], np.int32)


def _join(work: UnitOfWork, ledger: OpenLedger, places: Places, groups: Sequence[Sequence[str]]) -> bool:
    """Make one pupil of all that a group names; whether there were any to join."""
    pupil_of = dict(places.pupil_of)
    on_a_roll = set(places.spells.pupil[places.spells.listed].tolist())
    joined = False
    for group in groups:
        held = {pupil_of[name] for name in group if name in pupil_of}
        if len(held) < 2:
            continue
        # Who is on the roll stays: answers name a pupil by the roll's reference, and the roll says more of them.
        survivor, *others = sorted(held, key=lambda pupil: (pupil not in on_a_roll, pupil))
        for other in others:
            join_pupils(work, ledger, survivor=survivor, merged=other)
        pupil_of = {name: survivor if pupil in held else pupil for name, pupil in pupil_of.items()}
        joined = True
    return joined


def _groups(named: Sequence[tuple[Named, ...]]) -> list[list[Named]]:
    """References that rows give together, put together wherever two rows share one; the first seen first."""
    group_of: dict[Named, list[Named]] = {}
    for names in named:
        together = list(names)
        for name in names:
            if name in group_of:
                together = [*group_of[name], *(other for other in together if other not in group_of[name])]
        for name in together:
            group_of[name] = together
    seen: dict[int, list[Named]] = {id(group): group for group in group_of.values()}
    return list(seen.values())
