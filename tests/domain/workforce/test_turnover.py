"""Stayed, moved, left: the teachers of a base snapshot, by FTE, as they were at the next."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.workforce.question import Asked, Posts, WorkforceRecords
from domain.workforce.records import DESTINATIONS, Leaver
from domain.workforce.turnover import Flow, flow, leaver_destinations
from tests.domain.workforce.built import CENSUS_2024, CENSUS_2025, YEAR, make_leaver, make_snapshot, measured

TWO_CENSUSES = (
    make_snapshot(CENSUS_2024, 40, qualified_teachers_fte=Decimal(32)),
    make_snapshot(CENSUS_2025, 50, qualified_teachers_fte=Decimal(50)),
)
LEAVERS = (
    make_leaver(destination="moved_school", fte=2),
    make_leaver(destination="left_state_sector", fte=Decimal("0.6")),
    make_leaver(destination="retired", fte=1),
    make_leaver("2025-12-31", destination="moved_school"),
    make_leaver("2024-10-31", destination="moved_school"),
    make_leaver(destination="moved_school", staff_group="teaching_assistant"),
)


def test_turnover_is_of_the_earlier_snapshot_and_labelled_with_its_year() -> None:
    found = measured("turnover_rate", snapshots=TWO_CENSUSES, leavers=LEAVERS)
    assert (found.numerator, found.denominator, found.value) == (Decimal("3.6"), 40, 9)
    assert found.window.academic_year == "2024/25"
    assert (found.window.first, found.window.last) == (CENSUS_2024, CENSUS_2025 - timedelta(days=1))


def test_retention_is_the_rest_of_the_same_base() -> None:
    found = measured("retention_rate", snapshots=TWO_CENSUSES, leavers=LEAVERS)
    assert (found.numerator, found.denominator, found.value) == (Decimal("36.4"), 40, 91)
    assert found.window.academic_year == "2024/25"


def test_who_moves_school_does_not_leave_and_the_qualified_are_the_base() -> None:
    found = measured("leaver_rate", snapshots=TWO_CENSUSES, leavers=LEAVERS)
    assert (found.numerator, found.denominator, found.value) == (Decimal("1.6"), 32, 5)


def test_an_unknown_destination_is_in_turnover_and_told_beside_the_leavers() -> None:
    leavers = [make_leaver(destination="unknown", fte=Decimal("0.5")), make_leaver(destination="other")]
    assert measured("turnover_rate", snapshots=TWO_CENSUSES, leavers=leavers).numerator == Decimal("1.5")
    found = measured("leaver_rate", snapshots=TWO_CENSUSES, leavers=leavers)
    assert found.numerator == 1
    assert found.note == "0.5 FTE left for a destination that isn't known."


@pytest.mark.parametrize(
    ("left_on", "counts"),
    [
        pytest.param("2024-11-06", False, id="gone the day before the base"),
        pytest.param("2024-11-07", True, id="last day is the base's"),
        pytest.param("2025-11-05", True, id="last day is the one before the next"),
        pytest.param("2025-11-06", False, id="still there at the next"),
    ],
)
def test_who_is_at_the_school_on_the_day_counts_as_there(left_on: str, counts: bool) -> None:
    found = measured("turnover_rate", snapshots=TWO_CENSUSES, leavers=[make_leaver(left_on)])
    assert found.numerator == int(counts)


def test_a_window_without_a_snapshot_has_the_latest_before_it_as_its_base() -> None:
    window = date(2025, 9, 1), date(2025, 9, 30)
    found = measured("turnover_rate", snapshots=TWO_CENSUSES, leavers=LEAVERS, window=window)
    assert (found.value, found.window.academic_year, found.window.last) == (9, "2024/25", window[1])


@pytest.mark.parametrize("measure", ["turnover_rate", "retention_rate", "leaver_rate"])
def test_without_an_earlier_snapshot_there_is_no_base(measure: str) -> None:
    found = measured(measure, snapshots=TWO_CENSUSES[1:], leavers=LEAVERS)
    assert found.value is None
    assert found.null_because == (
        "there is no snapshot before that of 2025-11-06: leavers are told of an earlier one, as their base"
    )
    none_at_all = measured(measure)
    assert none_at_all.null_because == (
        "there is no snapshot before 2025-09-01, and none from then to 2026-08-31"
    )


@pytest.mark.parametrize("measure", ["turnover_rate", "retention_rate", "leaver_rate", "turnover_so_far"])
def test_a_base_without_teachers_gives_null(measure: str) -> None:
    nobody = [make_snapshot(day, 0, qualified_teachers_fte=0) for day in (CENSUS_2024, CENSUS_2025)]
    found = measured(measure, snapshots=nobody)
    assert (found.value, found.denominator) == (None, 0)
    assert found.null_because is not None


def test_more_leavers_than_teachers_can_not_be_of_one_base() -> None:
    few = [make_snapshot(CENSUS_2024, 2), make_snapshot(CENSUS_2025, 2)]
    found = measured("retention_rate", snapshots=few, leavers=LEAVERS)
    assert found.null_because == "more FTE left than the 2 at the base of 2024-11-07"


def test_a_base_without_its_qualified_teachers_has_no_leaver_rate() -> None:
    held = [make_snapshot(CENSUS_2024), make_snapshot(CENSUS_2025)]
    found = measured("leaver_rate", snapshots=held, leavers=LEAVERS)
    assert found.null_because == "the snapshot of 2024-11-07 has no qualified_teachers_fte"
    assert found.numerator == Decimal("1.6")


def test_no_leavers_are_told_apart_from_none_that_were_ever_recorded() -> None:
    assert measured("turnover_rate", snapshots=TWO_CENSUSES).note == "No leaver was ever recorded."
    before = [make_leaver("2024-10-01")]
    found = measured("turnover_rate", snapshots=TWO_CENSUSES, leavers=before)
    assert (found.value, found.note) == (0, None)


def test_turnover_so_far_is_of_the_latest_snapshot_under_a_name_of_its_own() -> None:
    found = measured("turnover_so_far", snapshots=TWO_CENSUSES, leavers=LEAVERS)
    assert (found.numerator, found.denominator, found.value) == (1, 50, 2)
    assert found.window.academic_year == "2025/26"
    assert measured("turnover_so_far").null_because == "there is no snapshot up to 2026-08-31"


def test_turnover_is_not_told_of_a_role() -> None:
    found = measured("turnover_rate", snapshots=TWO_CENSUSES, leavers=LEAVERS, asked_of=Posts(role="Teacher"))
    assert found.null_because is not None


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("early_leaver_rate_1_year", "12.5"),
        ("early_leaver_rate", "37.5"),
        ("early_leaver_rate_3_years", "62.5"),
    ],
)
def test_early_leavers_are_of_those_who_left_in_the_window_by_fte(measure: str, expected: str) -> None:
    leavers = [
        make_leaver("2025-12-31", fte=Decimal("0.5"), years_in_post=1),
        make_leaver("2026-08-31", years_in_post=Decimal("1.9")),
        make_leaver("2025-09-01", years_in_post=3),
        make_leaver("2026-04-30", fte=Decimal("0.5"), years_in_post=Decimal("3.1")),
        make_leaver("2026-04-30", years_in_post=20),
        make_leaver("2026-04-30"),
        make_leaver("2025-08-31", years_in_post=1),
    ]
    found = measured(measure, leavers=leavers)
    assert found.value == Decimal(expected)
    assert found.denominator == 4
    assert found.note == "Leavers without years_in_post are left out: 1."


def test_early_leavers_can_be_asked_by_role_subject_and_group() -> None:
    leavers = [
        make_leaver("2025-12-31", role="Teacher", subject="Physics", years_in_post=1),
        make_leaver("2025-12-31", role="Head of year", subject="Physics", years_in_post=9),
        make_leaver("2025-12-31", role="Mentor", staff_group="other", years_in_post=1),
    ]

    def asked(of: Posts) -> Any:
        return measured("early_leaver_rate", leavers=leavers, asked_of=of).value

    assert asked(Posts()) == 50
    assert asked(Posts(role=" teacher ")) == 100
    assert asked(Posts(subject="PHYSICS", role="head of year")) == 0
    assert asked(Posts("other")) == 100
    assert asked(Posts("teaching_assistant")) is None


def test_destinations_are_all_listed_with_their_share_of_those_who_left() -> None:
    asked = Asked(WorkforceRecords(leavers=LEAVERS), date(2025, 8, 1), date(2025, 8, 31))
    found = {share.destination: (share.fte, share.share) for share in leaver_destinations(asked)}
    assert list(found) == list(DESTINATIONS)
    assert found["moved_school"] == (2, Decimal("55.56"))
    assert found["left_state_sector"] == (Decimal("0.6"), Decimal("16.67"))
    assert found["unknown"] == (0, 0)
    nobody = leaver_destinations(Asked(WorkforceRecords(), *YEAR))
    assert {share.share for share in nobody} == {None}


DAYS = st.dates(date(2024, 9, 1), date(2026, 8, 31))
ONE_FTE = st.decimals("0.01", 1, places=2)
SOME_LEAVERS = st.lists(
    st.builds(
        lambda day, destination, fte, group: Leaver("Teacher", fte, day, destination, group),
        DAYS,
        st.sampled_from(DESTINATIONS),
        ONE_FTE,
        st.sampled_from(["teacher", "teacher", "other"]),
    ),
    max_size=12,
)


@given(SOME_LEAVERS, st.decimals(0, 20, places=1))
def test_stayed_and_moved_and_left_are_the_base(leavers: list[Leaver], teachers: Decimal) -> None:
    held = [make_snapshot(CENSUS_2024, teachers), make_snapshot(CENSUS_2025)]
    found = flow(Asked(WorkforceRecords(held, leavers=leavers), *YEAR))
    gone = dict.fromkeys(DESTINATIONS, Fraction(0))
    for leaver in leavers:
        if leaver.staff_group == "teacher" and CENSUS_2024 <= leaver.left_on < CENSUS_2025:
            gone[leaver.destination] += Fraction(leaver.fte)
    if sum(gone.values()) > teachers:
        assert not isinstance(found, Flow)
        return
    assert isinstance(found, Flow)
    assert found.stayed + found.moved + found.left + found.unknown == teachers
    assert found.moved == gone["moved_school"]
    assert found.unknown == gone["unknown"]
    assert found.left == gone["left_state_sector"] + gone["retired"] + gone["other"]


@given(SOME_LEAVERS, st.decimals(12, 20, places=1))
def test_turnover_and_retention_are_all_within_rounding(leavers: list[Leaver], teachers: Decimal) -> None:
    held = [make_snapshot(CENSUS_2024, teachers), make_snapshot(CENSUS_2025)]
    turnover, retention = (
        measured(name, snapshots=held, leavers=leavers).value for name in ("turnover_rate", "retention_rate")
    )
    assert turnover is not None
    assert retention is not None
    assert abs(turnover + retention - 100) <= Decimal("0.01")
