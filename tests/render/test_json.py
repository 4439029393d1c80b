import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.json import exact_json, exact_number

STRING_OR_NUMBER = re.compile(rb'"(?:[^"\\]|\\.)*"|[-+0-9.eE]+')

decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | decimals
trees = st.recursive(
    scalars, lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts), max_leaves=20
)


@dataclass(frozen=True)
class Figure:
    value: Decimal
    taken_on: date


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(Decimal("2.50"), "2.50", id="a decimal keeps its digits"),
        pytest.param(Decimal("1E+3"), "1000", id="a large decimal has no exponent"),
        pytest.param(Decimal("1E-9"), "0.000000001", id="a small decimal has no exponent"),
        pytest.param(1e22, "10000000000000000000000", id="a large float has no exponent"),
        pytest.param(1e-7, "0.0000001", id="a small float has no exponent"),
        pytest.param(92.65, "92.65", id="a float has its shortest digits"),
        pytest.param(date(2026, 9, 1), '"2026-09-01"', id="a date"),
        pytest.param(datetime(2026, 9, 1, 8, 45, tzinfo=UTC), '"2026-09-01T08:45:00Z"', id="a time in UTC"),
        pytest.param(
            datetime(2026, 9, 1, 9, 45, tzinfo=timezone(timedelta(hours=1))),
            '"2026-09-01T08:45:00Z"',
            id="a British summer time in UTC",
        ),
        pytest.param({"a": (1, None, True)}, '{"a":[1,null,true]}', id="a tuple is a list"),
        pytest.param(Colour.RED, '"red"', id="an enumerated word is its text"),
        pytest.param("Café", '"Café"', id="text stays UTF-8"),
    ],
)
def test_each_kind_of_value_is_written_in_one_way(value: object, text: str) -> None:
    assert exact_json(value).decode() == text
    assert exact_json({"x": [value]}).decode() == '{"x":[' + text + "]}"


def test_a_dataclass_is_written_by_its_fields_with_exact_decimals() -> None:
    figure = Figure(Decimal("7.350"), date(2026, 9, 1))
    assert exact_json([figure]) == b'[{"value":7.350,"taken_on":"2026-09-01"}]'


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity"), float("nan"), float("-inf")])
def test_what_is_not_finite_is_refused(number: object) -> None:
    with pytest.raises(ValueError, match="not a number that JSON can carry"):
        exact_json({"rate": number})


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        exact_json([datetime(2026, 9, 1, 8, 45)])


def test_the_value_that_was_given_is_left_as_it_was() -> None:
    value = {"rates": [Decimal("1.0")], "when": datetime(2026, 9, 1, tzinfo=UTC)}
    exact_json(value)
    assert value == {"rates": [Decimal("1.0")], "when": datetime(2026, 9, 1, tzinfo=UTC)}


@given(trees)
def test_what_is_written_reads_back_the_same_and_no_number_has_an_exponent(value: object) -> None:
    written = exact_json(value)
    assert json.loads(written, parse_float=Decimal) == value
    numbers = [part for part in STRING_OR_NUMBER.findall(written) if not part.startswith(b'"')]
    assert not any(b"e" in part.lower() for part in numbers if re.match(rb"-?[0-9]", part))


@given(decimals)
def test_a_decimal_loses_no_digit(number: Decimal) -> None:
    assert Decimal(exact_number(number)) == number
    assert json.loads(exact_json(number), parse_int=Decimal, parse_float=Decimal) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_reads_back_as_the_same_float(number: float) -> None:
    written = exact_json(number)
    assert b"e" not in written
    assert float(written) == number
