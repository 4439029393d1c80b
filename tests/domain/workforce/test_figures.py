"""Exact sums, one division, one rounding half up; and a reason wherever there is no value."""

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.workforce.catalogue import DEFINITIONS
from domain.workforce.figures import Window, count, less, quotient, rounded, total, unanswered

AMOUNTS = st.one_of(st.integers(0, 10**6), st.decimals(0, 10**6, places=3))
YEAR = Window(date(2025, 9, 1), date(2026, 8, 31))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(Fraction(1, 3), "0.33", id="down"),
        pytest.param(Fraction(2, 3), "0.67", id="up"),
        pytest.param(Fraction(1, 8), "0.13", id="a half goes up"),
        pytest.param(Fraction(-1, 8), "-0.13", id="a half goes away from zero"),
        pytest.param(Fraction(5, 2), "2.5", id="no zero at the end"),
        pytest.param(Fraction(100), "100", id="zeros before the point stay"),
        pytest.param(Fraction(0), "0", id="nothing"),
        pytest.param(Fraction(-1, 1000), "0", id="no nothing with a sign"),
    ],
)
def test_a_quotient_is_rounded_half_up_to_two_places(value: Fraction, expected: str) -> None:
    assert format(rounded(value), "f") == expected


@given(AMOUNTS, AMOUNTS.filter(bool))
def test_a_quotient_is_what_decimal_arithmetic_makes_of_it(part: int | Decimal, whole: int | Decimal) -> None:
    exact = Context(prec=80).divide(Decimal(part) * 100, Decimal(whole))
    expected = exact.quantize(Decimal("0.01"), ROUND_HALF_UP, Context(prec=80))
    assert quotient("vacancy_rate", part, whole, YEAR).value == expected


@given(st.lists(AMOUNTS))
def test_a_sum_is_exact_and_whole_where_all_are(amounts: list[int | Decimal]) -> None:
    found = total(amounts)
    assert Fraction(found) == sum(map(Fraction, amounts))
    assert isinstance(found, int) == all(isinstance(amount, int) for amount in amounts)


def test_many_digits_are_not_rounded_away() -> None:
    assert total([Decimal("1e-25"), 10**6]) == Decimal("1000000.0000000000000000000000001")
    assert less(10**6, Decimal("1e-25")) == Decimal("999999.9999999999999999999999999")


@pytest.mark.parametrize("id", [id for id, definition in DEFINITIONS.items() if definition.denominator])
def test_a_denominator_of_nothing_gives_null_with_a_reason(id: str) -> None:
    found = quotient(id, 0, Decimal("0.0"), YEAR)
    assert (found.value, found.denominator) == (None, 0)
    assert found.null_because


def test_an_answer_names_its_days_and_its_year() -> None:
    day = date(2025, 11, 6)
    assert Window(day, day, "2025/26").as_dict() == {
        "from": day,
        "to": day,
        "date": day,
        "academic_year": "2025/26",
    }
    assert YEAR.as_dict() == {"from": date(2025, 9, 1), "to": date(2026, 8, 31)}


def test_an_answer_gives_a_reason_exactly_where_it_has_no_value() -> None:
    assert quotient("fill_rate", 1, 3, YEAR).as_dict() == {
        "measure": "fill_rate",
        "value": Decimal("33.33"),
        "numerator": 1,
        "denominator": 3,
        "unit": "%",
        "window": YEAR.as_dict(),
        "definition": DEFINITIONS["fill_rate"].definition,
        "source": DEFINITIONS["fill_rate"].source,
        "suppressed": False,
    }
    assert unanswered("fill_rate", "why", YEAR).as_dict()["null_because"] == "why"
    assert count("live_vacancies", 2, YEAR, note="but").as_dict()["note"] == "but"
