"""Workload: counts by pencil, and the properties that a figure of spread must have."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tracker.workload import (
    ActionAtWork,
    Load,
    PersonAtWork,
    exact_gini,
    gini,
    week_round,
    workload_of,
    would_overload,
)

FRIDAY = date(2026, 11, 20)
counts = st.lists(st.integers(0, 50), min_size=1, max_size=20)


def person(id: str, name: str = "") -> PersonAtWork:
    return PersonAtWork(id=id, name=name or id, role=None)


def action(owner: str, **given: Any) -> ActionAtWork:
    usual = {"supporters": (), "status": "in_progress", "due_on": None, "hours": None}
    return ActionAtWork(owner=owner, **usual | given)


def load_of(id: str, *actions: ActionAtWork, leads: tuple[str | None, ...] = ()) -> Load:
    (load,) = workload_of([person(id)], leads, actions, FRIDAY).people
    return load


def test_open_actions_are_counted_by_who_owns_and_who_supports_them() -> None:
    load = load_of("a", action("a"), action("b", supporters=("a", "c")), action("b"), action("a"))

    assert (load.actions, load.supporting, load.share) == (2, 1, Decimal(50))


@pytest.mark.parametrize("status", ["done", "stopped"])
def test_what_is_done_or_stopped_is_no_work(status: str) -> None:
    load = load_of("a", action("a", status=status), action("b", supporters=("a",), status=status))

    assert (load.actions, load.supporting, load.share) == (0, 0, None)


def test_challenges_led_are_counted_apart() -> None:
    assert load_of("a", leads=("a", None, "b", "a")).challenges == 2


def test_due_this_week_is_from_monday_to_sunday_and_overdue_is_before_today() -> None:
    days = ["2026-11-15", "2026-11-16", "2026-11-19", "2026-11-20", "2026-11-22", "2026-11-23"]
    load = load_of("a", *(action("a", due_on=date.fromisoformat(day)) for day in days), action("a"))

    assert (load.due_this_week, load.overdue) == (4, 3)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_week_starts_on_monday_and_holds_the_day(today: date) -> None:
    monday, sunday = week_round(today)

    assert (monday.weekday(), sunday.weekday(), (sunday - monday).days) == (0, 6, 6)
    assert monday <= today <= sunday


def test_hours_are_added_up_exactly_and_those_not_given_are_told() -> None:
    load = load_of("a", action("a", hours=Decimal("1.1")), action("a", hours=Decimal("2.2")), action("a"))

    assert (load.hours, load.actions_without_hours) == (Decimal("3.3"), 1)


def test_people_come_by_name_whatever_they_carry() -> None:
    people = [person("1", "zoe"), person("2", "Émile"), person("3", "Bea"), person("4", "adam")]
    found = workload_of(people, [], [action("1"), action("1"), action("3")], FRIDAY)

    assert [load.person.name for load in found.people] == ["adam", "Bea", "zoe", "Émile"]


def test_what_is_owned_by_somebody_who_left_is_told_apart() -> None:
    found = workload_of([person("a")], [], [action("a"), action("left")], FRIDAY)

    assert (found.open_actions, found.owned_by_others, found.most_loaded_share) == (2, 1, Decimal(50))


def test_a_school_without_people_or_actions_has_no_spread() -> None:
    assert workload_of([], [], [], FRIDAY).gini is None
    assert workload_of([person("a")], [], [], FRIDAY).most_loaded_share is None
    assert workload_of([], [], [action("left")], FRIDAY).most_loaded_share == 0


@pytest.mark.parametrize(
    ("owned", "expected"),
    [
        ([0, 0], None),
        ([], None),
        ([3, 3, 3], "0.000"),
        ([0, 4], "0.500"),
        ([0, 0, 0, 8], "0.750"),
        ([1, 2, 3], "0.222"),
        ([1, 1, 2], "0.167"),
    ],
)
def test_known_spreads(owned: list[int], expected: str | None) -> None:
    assert gini(owned) == (None if expected is None else Decimal(expected))


@given(counts)
def test_gini_is_the_sum_over_all_pairs(owned: list[int]) -> None:
    total, number = sum(owned), len(owned)
    if total == 0:
        assert exact_gini(owned) is None
        return
    pairs = sum(abs(one - other) for one in owned for other in owned)

    assert exact_gini(owned) == Fraction(pairs) / (2 * number**2 * Fraction(total, number))


@given(counts, st.integers(1, 9))
def test_gini_stays_when_everybody_owns_so_many_times_as_much(owned: list[int], times: int) -> None:
    assert exact_gini([times * one for one in owned]) == exact_gini(owned)


@given(counts.filter(any), st.randoms())
def test_gini_is_from_nought_up_to_one_and_asks_for_no_order(owned: list[int], chance: Any) -> None:
    shuffled = owned[:]
    chance.shuffle(shuffled)
    found = exact_gini(owned)

    assert found is not None
    assert 0 <= found < 1
    assert (found == 0) == (len(set(owned)) == 1)
    assert exact_gini(shuffled) == found


@given(counts.filter(lambda owned: max(owned) - min(owned) >= 2))
def test_giving_from_who_has_most_to_who_has_least_makes_it_fairer(owned: list[int]) -> None:
    ordered = sorted(owned)
    before, after = exact_gini(ordered), exact_gini([ordered[0] + 1, *ordered[1:-1], ordered[-1] - 1])

    assert before is not None
    assert after is not None
    assert after < before


@pytest.mark.parametrize(
    ("owned", "others", "expected"),
    [
        pytest.param(0, [9, 9], False, id="nothing yet"),
        pytest.param(1, [0, 0, 0], False, id="two are never too many"),
        pytest.param(2, [0, 0, 0], True, id="three where others own nothing"),
        pytest.param(5, [5, 5], False, id="as much as everybody"),
        pytest.param(5, [0], True, id="everything of two people"),
        pytest.param(5, [], False, id="alone there is nobody to share with"),
        pytest.param(8, [4, 6], False, id="9 isn't more than half as much again as 19/3"),
        pytest.param(8, [4, 4], True, id="9 is more than half as much again as 17/3"),
    ],
)
def test_whom_a_new_action_would_overload(owned: int, others: list[int], expected: bool) -> None:
    assert would_overload(owned, [owned, *others]) is expected


@given(counts)
def test_never_would_everybody_be_overloaded(owned: list[int]) -> None:
    assert not all(would_overload(one, owned) for one in owned)
