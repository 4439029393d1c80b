"""Leavers broken down by role, by subject and by both: what may be shown of each, beside the others."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.workforce.breakdowns import Name, names_withheld

LEAST = 5


def test_a_role_less_its_subjects_that_are_shown_is_never_few() -> None:
    by_role, by_subject, by_both = names_withheld(
        {("a", "maths"): 30, ("a", ""): 3, ("b", "x"): 30, ("b", "y"): 30, ("b", "z"): 5}, LEAST
    )
    assert ("a", "") in by_both
    assert ("a", "maths") in by_both
    assert ("b", "x") not in by_both
    assert by_role == set()
    assert ("", "") in by_subject


def test_a_subject_that_only_one_role_has_tells_of_that_role() -> None:
    withheld = names_withheld({("a", ""): 3, ("b", "x"): 6, ("c", "y"): 6, ("c", "z"): 20}, LEAST)
    assert ("a", "") in withheld[0]
    shown_of_b = [("b", "") not in withheld[0], ("", "x") not in withheld[1], ("b", "x") not in withheld[2]]
    assert len(set(shown_of_b)) == 1


def test_where_nobody_is_few_everything_is_shown() -> None:
    assert names_withheld({("a", "x"): 5, ("a", "y"): 9, ("b", "x"): 6}, LEAST) == [set(), set(), set()]
    assert names_withheld({}, LEAST) == [set(), set(), set()]
    assert names_withheld({("a", "x"): 12}, LEAST) == [set(), set(), set()]


CELLS = st.dictionaries(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["", "x", "y"])), st.integers(1, 12)
)


@given(CELLS)
def test_no_few_leavers_are_shown_or_can_be_had_by_sums_of_all_breakdowns(cells: dict[Name, int]) -> None:
    names, counts = list(cells), np.array(list(cells.values()))
    if not 0 < counts.sum() >= LEAST:
        return
    tables = [
        [(role, "") for role, _ in names],
        [("", subject) for _, subject in names],
        names,
    ]
    shown: list[list[int]] = [[1] * len(names)]
    few: list[list[int]] = []
    for table, withheld in zip(tables, names_withheld(cells, LEAST), strict=True):
        for row in set(table):
            places = [int(name == row) for name in table]
            if row not in withheld:
                shown.append(places)
                assert counts @ places >= LEAST
            if counts @ places < LEAST:
                few.append(places)
    for places in few:
        rank = np.linalg.matrix_rank(np.array(shown))
        assert np.linalg.matrix_rank(np.array([*shown, places])) > rank
    for one, other in combinations(shown, 2):
        left = np.array(one) - np.array(other)
        if (left >= 0).all() and left.any():
            assert counts @ left >= LEAST
