"""Pushes of the roll, one after the other, against a slow account of every single day.

The slow way knows no spells and no histories. For each pupil it keeps, for every day of a short calendar, which time on
roll the day belongs to (a number, or none) and which value the roll gives on it.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.histories import value_on
from domain.roll import Held, Row, Spell, plan_roll

DAYS = 14
START = date(2026, 9, 1)


@dataclass(frozen=True)
class PushedPupil:
    """One pupil of a push, in days from the start; `value` "keep" names no characteristic."""

    reference: str
    first: int
    last: int | None
    value: str | None


@dataclass
class EachDay:
    """The slow account of one pupil: a day's time on roll, and its value."""

    on_roll: list[int | None] = field(default_factory=lambda: [None] * DAYS)
    values: list[str | None] = field(default_factory=lambda: [None] * DAYS)
    from_marks: set[int] = field(default_factory=set)
    has_said: bool = False

    def take_off_from(self, day, but):
        self.on_roll = [
            time if place < day or time == but else None for place, time in enumerate(self.on_roll)
        ]

    def put_on(self, number, first, last):
        days = range(first, DAYS if last is None else last + 1)
        met = {self.on_roll[day] for day in days}
        beside = {self.on_roll[day] for day in (days[0] - 1, days[-1] + 1) if 0 <= day < DAYS}
        met |= beside & self.from_marks
        self.on_roll = [None if time in met else time for time in self.on_roll]
        for day in days:
            self.on_roll[day] = number

    def say(self, value, on):
        if self.values[on] == value:
            return
        first_day = next(day for day in range(DAYS) if self.on_roll[day] is not None)
        changes = [day for day in range(1, DAYS) if self.values[day] != self.values[day - 1]]
        until = next((day for day in changes if day > on), DAYS)
        nothing_said = set(self.values) == {None}
        for day in range(0 if nothing_said or on <= first_day else on, until):
            self.values[day] = value


def day(number):
    return START + timedelta(days=number)


def replay(marks, pushes):
    """The slow way: what each push says, day by day."""
    numbers = count()
    pupils = {}
    for reference, first in marks.items():
        number = next(numbers)
        pupils[reference] = EachDay(from_marks={number})
        pupils[reference].put_on(number, first, None)
    for on, whole, pushed in pushes:
        named = {}
        for one in pushed:
            named[one.reference] = next(numbers)
            pupils.setdefault(one.reference, EachDay()).put_on(named[one.reference], one.first, one.last)
        for reference, pupil in pupils.items():
            if whole:
                pupil.take_off_from(on, but=named.get(reference))
        for one in pushed:
            if one.value != "keep":
                pupils[one.reference].say(one.value, on)
    return pupils


def carry_out(marks, pushes):
    """The quick way: plan after plan."""
    held = {
        number: Held(number, reference, spells=(Spell(day(first), listed=False),))
        for number, (reference, first) in enumerate(marks.items())
    }
    for on, whole, pushed in pushes:
        plan = plan_roll(list(held.values()), rows_of(pushed), on=day(on), whole=whole, force=True)
        for outcome in plan.outcomes:
            number = len(held) if outcome.pupil is None else outcome.pupil
            held[number] = Held(number, outcome.reference, outcome.aliases, outcome.spells, outcome.values)
    return {one.reference: one for one in held.values()}


def rows_of(pushed):
    return [
        Row(
            one.reference,
            (),
            day(one.first),
            None if one.last is None else day(one.last),
            {} if one.value == "keep" else {"sen_provision": one.value},
        )
        for one in pushed
    ]


days = st.integers(min_value=0, max_value=DAYS - 1)
times = st.tuples(days, st.none() | days).filter(lambda time: time[1] is None or time[0] <= time[1])
pushed_pupils = st.builds(
    lambda reference, time, value: PushedPupil(reference, *time, value),
    st.sampled_from("ABC"),
    times,
    st.sampled_from(["N", "K", "E", None, "keep"]),
)
some_pushes = st.lists(
    st.tuples(
        days,
        st.booleans(),
        st.lists(pushed_pupils, max_size=3, unique_by=lambda one: one.reference),
    ),
    max_size=6,
)
some_marks = st.dictionaries(st.sampled_from("ABC"), days)


@settings(max_examples=400, deadline=None)
@given(some_marks, some_pushes)
def test_on_any_day_the_roll_is_what_replaying_the_pushes_day_by_day_gives(marks, pushes):
    slow, quick = replay(marks, pushes), carry_out(marks, pushes)
    assert slow.keys() == quick.keys()
    for reference, pupil in slow.items():
        on_roll = [
            any(spell.covers(day(place)) for spell in quick[reference].spells) for place in range(DAYS)
        ]
        assert on_roll == [time is not None for time in pupil.on_roll]
        history = quick[reference].values.get("sen_provision", ())
        assert [value_on(history, day(place)) for place in range(DAYS)] == pupil.values


@settings(max_examples=200, deadline=None)
@given(some_marks, some_pushes)
def test_pushing_the_last_once_more_changes_nothing(marks, pushes):
    once, twice = carry_out(marks, pushes), carry_out(marks, [*pushes, *pushes[-1:]])
    assert once == twice


@settings(max_examples=200, deadline=None)
@given(some_marks, some_pushes)
def test_times_never_overlap_and_values_that_follow_each_other_differ(marks, pushes):
    for one in carry_out(marks, pushes).values():
        for earlier, later in pairwise(one.spells):
            assert earlier.last is not None
            assert earlier.last < later.first
        for history in one.values.values():
            said = [None, *(value for _, value in history)]
            assert all(now != before for before, now in pairwise(said))
            since = [entry or date.min for entry, _ in history]
            assert since == sorted(set(since))
