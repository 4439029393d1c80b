"""What each person of a school carries, and how unevenly it is spread. It protects people; it doesn't rank them.

The spread is Gini's: the sum of |xi - xj| over all pairs of people, both ways round, divided by 2 n² times the mean,
where xi are the open actions that each of n active people owns and those who own nothing count. It is 0 where all own
as much as each other, and comes near to 1 where one of many owns everything. Where nobody owns anything it is None.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from domain.attendance.rates import rate
from domain.tracker.status import ENDED

GINI_PLACES = 3

OVERLOAD_RULE = "half_as_much_again"
OVERLOAD_LEAST = 3
OVERLOAD_WORDS = (
    "Half as much again: with one more open action, somebody would own at least "
    f"{OVERLOAD_LEAST} and more than one and a half times the mean of all active people."
)


@dataclass(frozen=True, kw_only=True)
class PersonAtWork:
    """Somebody who may be given work."""

    id: str
    name: str
    role: str | None


@dataclass(frozen=True, kw_only=True)
class ActionAtWork:
    """What of an action makes work; `hours` are its owner's in a week, where anybody said."""

    owner: str
    supporters: tuple[str, ...]
    status: str
    due_on: date | None
    hours: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one person carries. `actions`, `overdue`, `due_this_week` and `hours` are of open actions that they own.

    `due_this_week` are due from Monday to Sunday of this week, those among them that are overdue too.
    """

    person: PersonAtWork
    actions: int
    supporting: int
    challenges: int
    overdue: int
    due_this_week: int
    hours: Decimal
    actions_without_hours: int
    share: Decimal | None
    new_action_would_overload: bool


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A school's people by name, and the spread among them.

    `share` and `most_loaded_share` are per cent of `open_actions`. `owned_by_others` are open actions whose owner is no
    longer active here, so that nobody looks after them.
    """

    people: tuple[Load, ...]
    open_actions: int
    owned_by_others: int
    most_loaded_share: Decimal | None
    gini: Decimal | None
    week: tuple[date, date]


def workload_of(
    people: Iterable[PersonAtWork], leads: Iterable[str | None], actions: Iterable[ActionAtWork], today: date
) -> Workload:
    """The workload of a school's active people; `leads` are those of its open challenges, one entry a challenge."""
    ordered = sorted(people, key=lambda person: (person.name.casefold(), person.id))
    unfinished = [action for action in actions if action.status not in ENDED]
    leading = list(leads)
    week = week_round(today)
    own = {person.id: [each for each in unfinished if each.owner == person.id] for person in ordered}
    counts = [len(own[person.id]) for person in ordered]
    loads = tuple(
        Load(
            person=person,
            actions=len(own[person.id]),
            supporting=sum(person.id in action.supporters for action in unfinished),
            challenges=leading.count(person.id),
            overdue=sum(each.due_on is not None and each.due_on < today for each in own[person.id]),
            due_this_week=sum(
                each.due_on is not None and week[0] <= each.due_on <= week[1] for each in own[person.id]
            ),
            hours=sum((each.hours for each in own[person.id] if each.hours is not None), Decimal(0)),
            actions_without_hours=sum(each.hours is None for each in own[person.id]),
            share=rate(len(own[person.id]), len(unfinished)),
            new_action_would_overload=would_overload(len(own[person.id]), counts),
        )
        for person in ordered
    )
    return Workload(
        people=loads,
        open_actions=len(unfinished),
        owned_by_others=len(unfinished) - sum(counts),
        most_loaded_share=rate(max(counts, default=0), len(unfinished)),
        gini=gini(counts),
        week=week,
    )


def week_round(today: date) -> tuple[date, date]:
    """Monday and Sunday of the week that a day is in."""
    monday = today - timedelta(days=today.weekday())
    return monday, monday + timedelta(days=6)


def gini(counts: Sequence[int]) -> Decimal | None:
    """The Gini figure of counts that aren't negative, rounded half up to 3 places; None where all are 0."""
    exact = exact_gini(counts)
    if exact is None:
        return None
    thousandths = int(exact * 10**GINI_PLACES + Fraction(1, 2))
    return Decimal(thousandths).scaleb(-GINI_PLACES)


def exact_gini(counts: Sequence[int]) -> Fraction | None:
    """The same, unrounded: in order of size, each count stands between those before it and those behind it."""
    number, total = len(counts), sum(counts)
    if total == 0:
        return None
    ordered = enumerate(sorted(counts), start=1)
    return Fraction(sum((2 * place - number - 1) * count for place, count in ordered), number * total)


def would_overload(owned: int, counts: Sequence[int]) -> bool:
    """Whether one more open action would be too much for somebody who owns so many; see `OVERLOAD_WORDS`."""
    with_it = owned + 1
    mean = Fraction(sum(counts) + 1, len(counts))
    return with_it >= OVERLOAD_LEAST and with_it > mean * Fraction(3, 2)
