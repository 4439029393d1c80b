"""Intervals of shares and differences: published examples, slow sums, and how often they hold the truth."""

from fractions import Fraction
from math import isclose, sqrt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.attendance.intervals import (
    Counts,
    Estimate,
    Z,
    difference,
    share_of,
    student_t,
    wilson,
)


def counts(*pupils: tuple[int, int]) -> Counts:
    """One `(numerator, denominator)` a pupil."""
    columns = np.array(pupils, np.int64).reshape(-1, 2).T
    return Counts(columns[0], columns[1])


def share(*pupils: tuple[int, int]) -> Estimate:
    found = share_of(counts(*pupils))
    assert found is not None
    return found


def flagged(number: int, of: int, before: int = 0, after: int = 0) -> Estimate:
    """A share of pupils, at places of their own between others."""
    nobody = [(0, 0)]
    return share(*nobody * before, *[(1, 1)] * number, *[(0, 1)] * (of - number), *nobody * after)


@pytest.mark.parametrize(
    ("number", "of", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_of_pupils_has_wilsons_interval(number: int, of: int, lower: float, upper: float) -> None:
    """Newcombe, Two-sided confidence intervals for the single proportion (1998), table I, method 3."""
    found = flagged(number, of)

    assert (round(found.lower, 4), round(found.upper, 4)) == (lower, upper)


@pytest.mark.parametrize(
    ("one", "other", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_a_difference_of_two_groups_has_newcombes_interval(
    one: tuple[int, int], other: tuple[int, int], lower: float, upper: float
) -> None:
    """Newcombe, Interval estimation for the difference between independent proportions (1998), table II, method 10."""
    found = difference(flagged(*one, after=other[1]), flagged(*other, before=one[1]))

    assert (round(found.lower, 4), round(found.upper, 4)) == (lower, upper)


@pytest.mark.parametrize(
    ("both", "one_only", "other_only", "neither", "lower", "upper"),
    [
        (36, 12, 2, 0, 0.0569, 0.3404),
        (36, 14, 0, 0, 0.1528, 0.4167),
        (54, 0, 0, 0, -0.0664, 0.0664),
        (0, 29, 1, 0, 0.6666, 0.9882),
    ],
)
def test_a_difference_of_the_same_pupils_has_newcombes_paired_interval(
    both: int, one_only: int, other_only: int, neither: int, lower: float, upper: float
) -> None:
    """Newcombe, Improved confidence intervals for the difference between proportions based on paired data (1998)."""
    one = [1] * (both + one_only) + [0] * (other_only + neither)
    other = [1] * both + [0] * one_only + [1] * other_only + [0] * neither

    found = difference(share(*[(each, 1) for each in one]), share(*[(each, 1) for each in other]))

    assert (round(found.lower, 4), round(found.upper, 4)) == (lower, upper)


@pytest.mark.parametrize(
    ("freedom", "expected"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (9, 2.262), (29, 2.045), (1000, 1.962)],
)
def test_the_quantiles_of_students_t_are_those_of_the_tables(freedom: int, expected: float) -> None:
    assert student_t(freedom) == pytest.approx(expected, abs=0.002)


@given(st.floats(0, 1), st.floats(1, 1e6))
def test_wilsons_limits_are_where_the_share_is_just_as_far_off_as_chance_allows(p: float, n: float) -> None:
    for limit in wilson(p, n):
        assert 0 <= limit <= 1
        assert isclose((p - limit) ** 2, Z * Z * limit * (1 - limit) / n, rel_tol=1e-6, abs_tol=1e-9)


def test_pupils_whose_sessions_are_all_alike_count_as_one_each() -> None:
    """Ten pupils who missed all or nothing of 40 sessions say little more than ten yes-or-no answers."""
    in_blocks = share(*[(40, 40)] * 5, *[(0, 40)] * 5)
    alone = wilson(0.5, 9 * (Z / student_t(9)) ** 2)

    assert (in_blocks.lower, in_blocks.upper) == pytest.approx(alone)


def test_pupils_who_are_all_as_the_whole_say_as_much_as_all_their_sessions() -> None:
    found = share(*[(20, 40)] * 10)

    assert (found.lower, found.upper) == pytest.approx(wilson(0.5, 400 * (Z / student_t(9)) ** 2))


def test_where_nothing_is_counted_the_interval_is_that_of_as_many_pupils() -> None:
    assert share(*[(0, 40)] * 20).upper == pytest.approx(0.1611, abs=0.00005)
    assert share(*[(40, 40)] * 20).lower == pytest.approx(1 - 0.1611, abs=0.00005)


def test_one_pupil_who_was_there_now_and_then_tells_nothing_of_others() -> None:
    found = share((20, 40), (0, 0))

    assert (found.lower, found.upper) == (0, 1)


def test_of_nobody_there_is_no_share() -> None:
    assert share_of(counts((0, 0), (0, 0))) is None


def test_the_same_pupils_twice_differ_by_nothing_for_sure() -> None:
    once = share((3, 10), (5, 10), (9, 12), (0, 10), (2, 9))

    found = difference(once, once)

    assert found.value == 0
    assert not found.influence.any()
    # Not quite nothing: Wilson's interval isn't as long below as above.
    assert abs(found.lower) < abs(once.upper - once.lower) / 2


pupil = st.integers(0, 30).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))
pupils = st.lists(pupil, min_size=2, max_size=12)


@given(pupils)
def test_a_share_and_its_spread_are_those_of_slow_sums(rows: list[tuple[int, int]]) -> None:
    found = share_of(counts(*rows))
    whole = sum(of for _, of in rows)
    if whole == 0:
        assert found is None
        return
    assert found is not None
    expected = Fraction(sum(part for part, _ in rows), whole)
    size = _slow_size(rows, expected)

    assert found.value == expected
    assert (found.lower, found.upper) == pytest.approx(wilson(float(expected), size), abs=1e-9)
    assert found.lower <= expected <= found.upper


def _slow_size(rows: list[tuple[int, int]], share: Fraction) -> float:
    there = [row for row in rows if row[1]]
    whole = sum(of for _, of in there)
    if share in (0, 1) or len(there) == whole:
        return len(there)
    if len(there) == 1:
        return 0
    spread = sum(((part - share * of) / whole) ** 2 for part, of in there)
    variance = spread * Fraction(len(there), len(there) - 1)
    size = whole if variance == 0 else min(Fraction(whole), share * (1 - share) / variance)
    return float(size) * (Z / student_t(len(there) - 1)) ** 2


@given(st.lists(st.tuples(pupil, pupil), min_size=2, max_size=12))
def test_a_difference_turns_round_with_its_sides(rows: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    one, other = (share_of(counts(*side)) for side in zip(*rows, strict=True))
    if one is None or other is None:
        return
    there, back = difference(one, other), difference(other, one)

    assert there.value == -back.value == one.value - other.value
    assert (there.lower, there.upper) == pytest.approx((-back.upper, -back.lower))
    assert there.lower <= float(there.value) <= there.upper


@given(pupils, st.integers(2, 5))
@example([(0, 0), (1, 2)], 2)
def test_more_pupils_of_the_same_kind_make_it_surer(rows: list[tuple[int, int]], times: int) -> None:
    few, many = share_of(counts(*rows)), share_of(counts(*rows * times))
    if few is None or many is None:
        return

    assert few.value == many.value
    assert many.upper - many.lower <= few.upper - few.lower + 1e-12


@pytest.mark.parametrize("size", [8, 30])
def test_about_nineteen_of_twenty_intervals_hold_the_truth(size: int) -> None:
    """Pupils who differ from each other (a beta distribution round 90 %), measured before and after."""
    drawn = np.random.default_rng(20261120)
    of_shares = of_differences = 0
    rounds = 1500
    for _ in range(rounds):
        own = drawn.beta(9, 1, size)
        before, after = (drawn.binomial(60, own) for _ in range(2))
        sessions = np.full(size, 60, np.int64)
        earlier, later = (share_of(Counts(each.astype(np.int64), sessions)) for each in (before, after))
        assert earlier and later
        of_shares += earlier.lower <= 0.9 <= earlier.upper
        change = difference(later, earlier)
        of_differences += change.lower <= 0 <= change.upper

    error = 3 * sqrt(0.95 * 0.05 / rounds)
    assert 0.93 - error < of_shares / rounds
    assert 0.93 - error < of_differences / rounds
