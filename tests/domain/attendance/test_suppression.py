"""What is withheld because few pupils are behind it."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.groups import Group
from domain.attendance.rates import present_group
from domain.attendance.suppression import Withheld, is_small, show_without, withhold

NOTHING = Withheld()
EVERYTHING = Withheld(everything=True)


def made(
    pupils: int | None = 100, persistent: int | None = 20, severe: int | None = 10, **given: Any
) -> Group:
    """A group big enough to be shown, unless told."""
    return Group(**{
        "key": {}, "possible": 1000, "attendance": 900, "present": 900, "approved_educational_activity": 0,
        "authorised_absence": 80, "unauthorised_absence": 20, "late_before_close": 50, "late_after_close": 20,
        "codes": {"/": 850, "L": 50, "I": 80, "U": 20}, "pupils": pupils, "persistent": persistent,
        "severe": severe,
    } | given)  # fmt: skip


def alone(**given: Any) -> Withheld:
    (found,) = withhold([made(**given)])
    return found


@pytest.mark.parametrize(
    ("pupils", "hidden"), [(0, False), (1, True), (4, True), (5, False)], ids=lambda value: str(value)
)
def test_a_group_of_one_to_four_pupils_is_withheld(pupils: int, hidden: bool) -> None:
    assert alone(pupils=pupils, persistent=0, severe=0).everything is hidden


@pytest.mark.parametrize(
    ("persistent", "hidden"),
    [(0, False), (1, True), (4, True), (5, False), (95, False), (96, True), (99, True), (100, False)],
)
def test_a_persistent_count_that_is_small_or_leaves_few_is_withheld(persistent: int, hidden: bool) -> None:
    assert alone(persistent=persistent, severe=0) == Withheld(persistent=hidden)
    assert alone(persistent=50, severe=persistent) == Withheld(severe=hidden)


@pytest.mark.parametrize(
    ("filtered", "hidden"), [(100, False), (99, True), (96, True), (95, False)], ids=lambda value: str(value)
)
def test_a_filter_that_leaves_out_one_to_four_pupils_is_withheld(filtered: int, hidden: bool) -> None:
    (found,) = withhold([made(pupils=filtered)], wider=[made(pupils=100)])

    assert found.everything is hidden


def test_codes_are_withheld_together_so_that_totals_dont_give_one_back() -> None:
    assert alone(codes={"/": 900, "I": 97, "M": 3}) == Withheld(codes=True)
    assert alone(codes={"/": 900, "I": 95, "M": 5}) == NOTHING


@pytest.mark.parametrize(("before", "after"), [(3, 20), (50, 3), (3, 3)])
def test_few_late_sessions_are_withheld(before: int, after: int) -> None:
    assert alone(late_before_close=before, late_after_close=after) == Withheld(late=True)


def test_a_small_group_has_company_of_the_smallest_other_one() -> None:
    groups = [made(pupils=pupils) for pupils in (100, 3, 60, 80)]

    assert withhold(groups) == [NOTHING, EVERYTHING, EVERYTHING, NOTHING]


def test_a_small_count_has_company_or_else_all_are_withheld() -> None:
    def hidden(*counts: int) -> list[bool]:
        return [found.persistent for found in withhold([made(persistent=count) for count in counts])]

    assert hidden(20, 3, 10) == [False, True, True]
    assert hidden(0, 3, 0) == [True, True, True]
    assert hidden(0, 20, 10) == [False, False, False]


def test_nothing_is_withheld_below_a_limit_of_nought() -> None:
    assert withhold([made(pupils=1, persistent=1)], wider=[made(pupils=2)], least=0) == [NOTHING]


def test_a_higher_limit_withholds_more() -> None:
    assert withhold([made(pupils=9)], least=10) == [EVERYTHING]
    assert withhold([made(pupils=9, persistent=0, severe=0)], least=5) == [NOTHING]


def test_where_only_sessions_are_counted_few_of_them_are_withheld() -> None:
    unknown: dict[str, Any] = {"pupils": None, "persistent": None, "severe": None}

    assert alone(**unknown) == NOTHING
    assert alone(**unknown, possible=4).everything


def by_code(code: str, sessions: int, pupils: int | None, of: int = 100, week: str = "1") -> Group:
    return made(
        key={"week": week, "code": code}, codes={code: sessions}, sessions=sessions, pupils=pupils,
        persistent=None, severe=None, pupils_of_all_codes=of,
    )  # fmt: skip


def test_by_code_small_rows_are_withheld_with_company_of_the_same_week() -> None:
    rows = [
        by_code("/", 850, 100),
        by_code("I", 80, 30),
        by_code("M", 6, 2),
        by_code("/", 700, 100, week="2"),
        by_code("I", 60, 30, week="2"),
    ]

    assert [found.everything for found in withhold(rows)] == [False, True, True, False, False]


def test_a_withheld_group_shows_its_key_and_nothing_else() -> None:
    shown = show_without(present_group(made(key={"week": "2026-W37"}, pupils=3)), EVERYTHING)

    assert shown.pop("key") == {"week": "2026-W37"}
    assert shown.pop("suppressed") is True
    nobody = {"pupils": None, "rate": None, "suppressed": True}
    assert (shown.pop("persistent_absence"), shown.pop("severe_absence")) == (nobody, nobody)
    rates = shown.pop("rates")
    assert set(rates.values()) == set(shown.values()) == {None}


def test_a_withheld_cell_leaves_the_others() -> None:
    whole = present_group(made())
    shown = show_without(whole, Withheld(severe=True, late=True, codes=True))

    assert shown["severe_absence"] == {"pupils": None, "rate": None, "suppressed": True}
    assert shown["codes"] is shown["late_sessions"] is shown["rates"]["late"] is None
    assert shown["late_before_close_sessions"] is shown["late_after_close_sessions"] is None
    assert shown["persistent_absence"] == whole["persistent_absence"]
    assert shown["rates"]["absence"] == whole["rates"]["absence"]
    assert shown["suppressed"] is False


@st.composite
def partitions(draw: st.DrawFn) -> list[Group]:
    """Groups that share no pupil, as by=school gives them."""
    groups = []
    for number in range(draw(st.integers(1, 6))):
        pupils = draw(st.integers(0, 12))
        persistent = draw(st.integers(0, pupils))
        severe = draw(st.integers(0, persistent))
        groups.append(made(key={"school": str(number)}, pupils=pupils, persistent=persistent, severe=severe))
    return groups


def shown_counts(groups: Sequence[Group], name: str) -> list[int | None]:
    """The counts of one kind that an answer shows, None for those withheld."""
    return [
        None if found.everything or (name != "pupils" and getattr(found, name)) else getattr(group, name)
        for group, found in zip(groups, withhold(groups), strict=True)
    ]


@given(partitions(), st.sampled_from(["pupils", "persistent", "severe"]))
def test_no_small_count_is_shown_nor_left_alone_by_subtraction(groups: list[Group], name: str) -> None:
    shown = shown_counts(groups, name)
    hidden = [number for number, count in enumerate(shown) if count is None]
    for group, count in zip(groups, shown, strict=True):
        assert not is_small(count)
        if name != "pupils" and count:
            assert group.pupils is not None
            assert not is_small(group.pupils - count)
    assert len(hidden) != 1 or len(groups) == 1


@given(partitions())
def test_the_pupils_withheld_are_five_or_all_there_are(groups: list[Group]) -> None:
    withheld = [
        group.pupils or 0 for group, found in zip(groups, withhold(groups), strict=True) if found.everything
    ]

    assert not is_small(sum(withheld)) or len(withheld) == len(groups)
