"""What is held of each pupil and each session, counted in arrays and by a plain loop."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.codes import LETTERS, NUMBERS
from domain.attendance.reconciliation import (
    alike_divided,
    counts_by_pupil,
    counts_by_session,
    differences_of,
)
from domain.attendance.school import Characteristic, Registers, Roll, School, SessionCount, Spells

PUPILS = ["A", "B", "C", "D"]
YEARS = [1, 0, None, 1]
"""Of each pupil: the place of the year group in `NAMES`, or that the roll doesn't say."""
NAMES = ("7", "8")
NOBODY = np.zeros(0, np.int32)
CODES = [0, NUMBERS["/"], NUMBERS["I"], NUMBERS["C1"]]


def make_school(marks: list[list[int]], session_counts: tuple[SessionCount, ...] = ()) -> School:
    """A morning of each of so many days, the pupils' year groups as above."""
    known = [place for place, year in enumerate(YEARS) if year is not None]
    year_group = Characteristic(
        NAMES,
        np.array(known, np.int32),
        np.zeros(len(known), np.int32),
        np.array([YEARS[place] for place in known], np.int32),
    )
    return School(
        key="900001",
        roll=Roll(PUPILS, Spells(NOBODY, NOBODY, NOBODY), {"year_group": year_group}),
        registers=Registers(
            np.arange(100, 100 + len(marks), dtype=np.int32),
            np.zeros(len(marks), np.bool_),
            np.array(marks, np.uint8).reshape(-1, len(PUPILS)),
        ),
        session_counts=session_counts,
    )


@given(st.lists(st.lists(st.sampled_from(CODES), min_size=4, max_size=4), max_size=6))
def test_marks_are_counted_as_a_plain_loop_counts_them(marks: list[list[int]]) -> None:
    school = make_school(marks)

    by_pupil: dict[str, Counter[str]] = {}
    by_session: dict[object, dict[str | None, Counter[str]]] = {}
    for line, row in enumerate(marks):
        for pupil, year, code in zip(PUPILS, YEARS, row, strict=True):
            if code:
                by_pupil.setdefault(pupil, Counter())[LETTERS[code]] += 1
                group = None if year is None else NAMES[year]
                by_session.setdefault((100 + line, False), {}).setdefault(group, Counter())[
                    LETTERS[code]
                ] += 1
    assert counts_by_pupil(school) == by_pupil
    assert counts_by_session(school) == by_session


COUNTS = st.dictionaries(st.sampled_from(["/", "\\", "I", "C1"]), st.integers(0, 2))


@given(
    st.dictionaries(st.sampled_from("ABC"), COUNTS),
    st.dictionaries(st.sampled_from("BCD"), COUNTS),
)
def test_nothing_differs_but_what_differs(
    stated: dict[str, dict[str, int]], held: dict[str, dict[str, int]]
) -> None:
    found = {
        (whose, one.code): (one.stated, one.held)
        for whose, differing in differences_of(stated, held).items()
        for one in differing
    }

    expected = {}
    for whose in "ABCD":
        for code in ("/", "\\", "I", "C1"):
            said, have = stated.get(whose, {}).get(code, 0), held.get(whose, {}).get(code, 0)
            if said != have:
                expected[whose, code] = (said, have)
    assert found == expected


def test_codes_are_in_the_order_of_the_code_table() -> None:
    (differing,) = differences_of({}, {"A": {"U": 1, "L": 1, "I": 1, "/": 1}}).values()

    assert [one.code for one in differing] == ["/", "L", "I", "U"]


def test_session_counts_stand_in_where_no_register_is_the_year_groups_before_the_schools() -> None:
    i = NUMBERS["I"]
    counts = (
        SessionCount(100, False, None, {i: 9}),
        SessionCount(101, False, None, {i: 8}),
        SessionCount(101, False, "7", {i: 3}),
        SessionCount(102, True, None, {i: 2, NUMBERS["/"]: 0}),
    )

    found = counts_by_session(make_school([[i, 0, 0, 0]], counts))

    assert found == {
        (100, False): {"8": {"I": 1}},
        (101, False): {"7": {"I": 3}},
        (102, True): {None: {"I": 2}},
    }


def test_a_session_is_compared_as_a_whole_where_one_side_is_not_divided() -> None:
    by_year = {"7": {"I": 1, "/": 2}, None: {"I": 1}}

    assert alike_divided({None: {"I": 4}}, by_year) == ({None: {"I": 4}}, {None: {"I": 2, "/": 2}})
    assert alike_divided(by_year, {None: {"I": 4}}) == ({None: {"I": 2, "/": 2}}, {None: {"I": 4}})
    assert alike_divided(by_year, by_year) == (by_year, by_year)
    assert alike_divided({}, by_year) == ({}, by_year)
