"""Rates are exact: divided once, rounded half up once, and null where nothing was possible."""

from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.groups import answer
from domain.attendance.rates import present_group, rate
from tests.domain.attendance.drawn import as_school, ask, draw


@pytest.mark.parametrize(
    ("numerator", "denominator", "places", "expected"),
    [
        pytest.param(1, 3, 2, "33.33", id="rounded down"),
        pytest.param(2, 3, 2, "66.67", id="rounded up"),
        pytest.param(1, 800, 2, "0.13", id="0.125 goes up"),
        pytest.param(3, 800, 2, "0.38", id="0.375 goes up"),
        pytest.param(1, 1600, 2, "0.06", id="0.0625 is no half"),
        pytest.param(1, 40, 2, "2.5", id="no zero at the end"),
        pytest.param(5, 5, 2, "100", id="a whole number"),
        pytest.param(1, 10, 0, "10", id="a zero before the point stays"),
        pytest.param(1, 200, 0, "1", id="a half goes up without places"),
        pytest.param(0, 7, 2, "0", id="nothing"),
        pytest.param(1, 3, 15, "33.333333333333333", id="fifteen places"),
        pytest.param(1, 10**9, 7, "0.0000001", id="a small number"),
    ],
)
def test_a_rate_is_rounded_half_up_once(numerator: int, denominator: int, places: int, expected: str) -> None:
    found = rate(numerator, denominator, places)
    assert found is not None
    assert format(found, "f") == expected


def test_no_possible_sessions_give_no_rate() -> None:
    assert rate(0, 0) is None


@given(st.integers(0, 3 * 10**9), st.integers(1, 3 * 10**9), st.integers(0, 15))
def test_a_rate_is_what_decimal_arithmetic_makes_of_it(numerator: int, denominator: int, places: int) -> None:
    # Sixty digits hold every quotient far beyond the last place that could tip a half.
    exact = Context(prec=60).divide(Decimal(100 * numerator), Decimal(denominator))
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=60))
    found = rate(numerator, denominator, places)
    assert found == rounded
    assert found is not None
    written = format(found, "f")
    assert "." not in written or not written.endswith("0")


def test_a_group_is_shown_with_counts_rates_and_pupils() -> None:
    school = draw(r"""
        P001  /\  LI  (C2)U
        P002  /\  V\  /\
        P003  /X  /\  /\
    """)
    (group,) = answer([as_school(school)], ask()).groups
    assert present_group(group, 2) == {
        "key": {},
        "pupils": 3,
        "possible_sessions": 17,
        "attendance_sessions": 14,
        "present_sessions": 13,
        "approved_educational_activity_sessions": 1,
        "authorised_absence_sessions": 2,
        "unauthorised_absence_sessions": 1,
        "absence_sessions": 3,
        "late_before_close_sessions": 1,
        "late_after_close_sessions": 1,
        "late_sessions": 2,
        "codes": {"/": 6, "\\": 6, "L": 1, "V": 1, "X": 1, "C2": 1, "I": 1, "U": 1},
        "rates": {
            "attendance": Decimal("82.35"),
            "absence": Decimal("17.65"),
            "authorised_absence": Decimal("11.76"),
            "unauthorised_absence": Decimal("5.88"),
            "late": Decimal("11.76"),
        },
        "persistent_absence": {"pupils": 1, "rate": Decimal("33.33")},
        "severe_absence": {"pupils": 1, "rate": Decimal("33.33")},
        "suppressed": False,
    }


def test_a_group_without_possible_sessions_has_null_rates() -> None:
    (group,) = answer([as_school(draw("P001 XX"))], ask()).groups
    shown = present_group(group)
    assert set(shown["rates"].values()) == {None}
    assert shown["persistent_absence"] == {"pupils": 0, "rate": None}


def test_a_group_from_counts_of_sessions_says_nothing_of_pupils() -> None:
    school = draw("P001")
    school.counts = {(ask().first, "AM", "7"): {"/": 9, "I": 1}}
    shown = present_group(answer([as_school(school)], ask()).groups[0])
    assert shown["rates"]["attendance"] == 90
    assert (shown["pupils"], shown["persistent_absence"]) == (None, {"pupils": None, "rate": None})


def test_a_code_is_shown_as_a_share_of_all_possible_sessions() -> None:
    school = draw(r"""
        P001  /I
        P002  /\
    """)
    groups = answer([as_school(school)], ask(by=("code",))).groups
    assert [present_group(group) for group in groups] == [
        {"key": {"code": "/"}, "sessions": 2, "pupils": 2, "rate": Decimal(50), "suppressed": False},
        {"key": {"code": "\\"}, "sessions": 1, "pupils": 1, "rate": Decimal(25), "suppressed": False},
        {"key": {"code": "I"}, "sessions": 1, "pupils": 1, "rate": Decimal(25), "suppressed": False},
    ]
