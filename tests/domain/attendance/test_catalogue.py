"""The catalogue names every attendance measure, and its values are those that answers show."""

from decimal import Decimal

import pytest

from domain.attendance.catalogue import MEASURES, measure_value
from domain.attendance.groups import Group, answer
from domain.attendance.rates import present_group
from tests.domain.attendance.drawn import as_school, ask, draw


@pytest.fixture
def group() -> Group:
    school = draw(r"""
        P001  /\  LI  (C2)U
        P002  /\  V\  /\
        P003  /X  /\  /\
    """)
    return answer([as_school(school)], ask()).groups[0]


def test_rates_of_an_answer_are_measures_of_the_same_name(group: Group) -> None:
    for name, shown in present_group(group)["rates"].items():
        assert measure_value(name, group)[0] == shown


def test_numerators_are_named_as_in_the_answer(group: Group) -> None:
    shown = present_group(group)
    for measure in MEASURES.values():
        found = shown
        for name in measure.numerator.split("."):
            found = found.get(name, 0)
        value, numerator, denominator = measure_value(measure.id, group)
        assert (numerator, denominator) == (found, shown[measure.denominator])
        assert value is not None


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("attendance", (Decimal("82.353"), 14, 17)),
        ("persistent_absence", (Decimal("33.333"), 1, 3)),
        ("illness", (Decimal("5.882"), 1, 17)),
        ("part_time_timetable", (Decimal("5.882"), 1, 17)),
        ("no_reason_yet", (Decimal(0), 0, 17)),
    ],
)
def test_a_measure_gives_value_numerator_and_denominator(
    group: Group, measure: str, expected: tuple[Decimal, int, int]
) -> None:
    assert measure_value(measure, group, places=3) == expected


def test_measures_of_pupils_are_unknown_where_only_sessions_were_counted() -> None:
    school = draw("P001")
    school.counts = {(ask().first, "AM", None): {"/": 9, "I": 1}}
    (group,) = answer([as_school(school)], ask()).groups
    assert measure_value("severe_absence", group) == (None, None, None)
    assert measure_value("absence", group) == (Decimal(10), 1, 10)


def test_nothing_possible_gives_no_value_but_says_of_what() -> None:
    (group,) = answer([as_school(draw("P001 XX"))], ask()).groups
    assert measure_value("attendance", group) == (None, 0, 0)


def test_every_measure_says_what_it_is_and_where_it_comes_from() -> None:
    for name, measure in MEASURES.items():
        assert name == measure.id
        assert measure.title and measure.definition.endswith(".") and measure.source
        assert measure.unit == "%"
