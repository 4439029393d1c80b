"""How each action and challenge is doing, worked out once and remembered for the day, and in order by it."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from heapq import merge
from typing import Any

from domain.tracker.health import STATES
from services.memory import Memory
from services.tracker.contents import among
from services.tracker.held import Held
from services.tracker.kinds import ACTION, CHALLENGE, Content, Kind
from services.tracker.remembered import OfSchool, Remembered
from services.tracker.threads import JUDGED
from services.tracker.touched import touched_actions, touched_challenges

MOST_IN_MEMORY = 60_000
"""So many actions, and as many challenges."""

MOST_PLACES_IN_MEMORY = 120_000
"""Of both, in all orders."""

WorkOut = Callable[[Held, Sequence[Content]], list[Content]]
"""What is worked out for each of some contents, in their order."""

Place = tuple[Any, ...]
"""Where something stands in an order: whether it comes after those with a value, and the value, before its id."""

_remembered: dict[Kind, Remembered[Content]] = {
    ACTION: Remembered(MOST_IN_MEMORY, touched_actions),
    CHALLENGE: Remembered(MOST_IN_MEMORY, touched_challenges),
}
_orders: Memory[Hashable, list[Place]] = Memory(MOST_PLACES_IN_MEMORY)


class Standing:
    """How the things of a kind stand, as the key sees them."""

    def __init__(self, held: Held, kind: Kind, work_out: WorkOut) -> None:
        self._held, self._kind, self._work_out = held, kind, work_out
        # One key may see less of a challenge's evidence than another.
        sight = held.work.actor.schools if kind is CHALLENGE else frozenset[str]()
        self._about = kind.name, sight

    def of(self, contents: Sequence[Content]) -> list[Content]:
        """What is told of each of some contents."""
        if self._held.as_of is not None or self._held.work.writes:
            return self._work_out(self._held, contents)
        numbers = self._held.school_ids({content["school"] for content in contents})
        known = _remembered[self._kind].of(self._held, set(numbers.values()), self._about)
        whose = [numbers[content["school"]] for content in contents]
        named = list(zip(contents, whose, strict=True))
        missing = [content for content, school in named if content["id"] not in known[school].told]
        for school, found in self._worked_out(missing).items():
            known[school] = known[school].with_told(found)
            _remembered[self._kind].keep(self._held, school, self._about, known[school])
        return [known[school].told[content["id"]] for content, school in named]

    def with_health(self, schools: Collection[int], health: str) -> list[str]:
        """The ids of all that stand so, perhaps some that are hidden."""
        whole = self._whole(schools).values()
        return [id for school in whole for id, how in school.told.items() if how["health"] == health]

    def in_order(
        self,
        schools: Collection[int],
        field: str | None,
        *,
        descending: bool,
        health: str | None,
        after: Sequence[Any] | None,
    ) -> Iterator[Place]:
        """The places of all behind one, by a field or as they were made, perhaps only of those that stand so.

        Some may be hidden by now.
        """

        def of(school: int, known: OfSchool[Content]) -> Iterable[Place]:
            behind = _behind(self._ordered(school, known, field, descending), after, descending)
            if health is None:
                return behind
            so = {id for id, how in known.told.items() if how["health"] == health}
            return (place for place in behind if place[-1] in so)

        places = (of(school, known) for school, known in self._whole(schools).items())
        return merge(*places, reverse=descending)

    def _ordered(
        self, school: int, known: OfSchool[Content], field: str | None, descending: bool
    ) -> list[Place]:
        key = self._held.work.tools.database.url, school, self._about, field, descending
        version = known.day, tuple(known.heads.items())
        order = _orders.find(key, version)
        if order is None:
            order = sorted(_place(field, how, id, descending) for id, how in known.told.items())
            _orders.keep(key, version, order, len(order) + 1)
        return order

    def _whole(self, schools: Collection[int]) -> dict[int, OfSchool[Content]]:
        """What is told of all that there is now in some schools."""
        known = _remembered[self._kind].of(self._held, schools, self._about)
        unknown = [school for school, each in known.items() if each.untold is None]
        untold = {id for each in known.values() for id in each.untold or ()}
        if not unknown and not untold:
            return known
        model = self._kind.model
        named = model.school_id.in_(unknown) | among(self._held.work, model.id, untold)
        missing = self._held.matching(self._kind, named, JUDGED[self._kind])
        found = self._worked_out(missing)
        for school, each in known.items():
            if each.untold is None or each.untold:
                known[school] = each.with_told(found.get(school, {}), whole=True)
                _remembered[self._kind].keep(self._held, school, self._about, known[school])
        return known

    def _worked_out(self, contents: Sequence[Content]) -> dict[int, dict[str, Content]]:
        """School → id → what is told."""
        numbers = self._held.school_ids({content["school"] for content in contents})
        found: dict[int, dict[str, Content]] = {}
        worked_out = self._work_out(self._held, contents) if contents else ()
        for content, how in zip(contents, worked_out, strict=True):
            found.setdefault(numbers[content["school"]], {})[content["id"]] = how
        return found


def forget_standing() -> None:
    """Empty the memory: for whoever puts another database in the place of the one that was there."""
    for each in _remembered.values():
        each.forget()
    _orders.forget()


def _behind(order: Sequence[Place], after: Sequence[Any] | None, descending: bool) -> Iterable[Place]:
    """What comes behind a place, in the direction asked for."""
    if descending:
        return reversed(order[: None if after is None else bisect_left(order, tuple(after))])
    return order[0 if after is None else bisect_right(order, tuple(after)) :]


def _place(field: str | None, how: Content, id: str, descending: bool) -> Place:
    """Where something stands, what has no value last."""
    if field is None:
        return (id,)
    value = how[field]
    number = STATES.index(value) if field == "health" and value is not None else value
    return (value is not None) == descending, number or 0, id
