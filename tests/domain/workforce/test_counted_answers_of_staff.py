"""Counts of what staff answered: what is refused, and what is withheld where few are behind it."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.privacy import OF_STAFF, tells_of_health, what_of_a_person
from domain.workforce.counted import faults_of_reasons, withheld_counts
from domain.workforce.own_measures import faults_of_point, point_value


@pytest.mark.parametrize(
    "name", ["staff_id", "teacherName", "payroll_number", "NI number", "health_reason", "salary"]
)
def test_fields_that_would_tell_of_one_member_of_staff(name: str) -> None:
    assert OF_STAFF.match(name.replace(" ", "_"))


@pytest.mark.parametrize("name", ["role", "fte", "subject", "staff_group", "reason", "reference", "teachers"])
def test_fields_that_tell_of_posts(name: str) -> None:
    assert not OF_STAFF.match(name)


def test_words_of_a_person_and_of_health_are_seen() -> None:
    assert what_of_a_person("covered by Mrs Example") == "a person's name"
    assert what_of_a_person("ask a.example+jobs@school.example first") == "an e-mail address"
    assert what_of_a_person("Teacher of Year 6") is None
    assert tells_of_health("long-term sickness")
    assert not tells_of_health("workload")


def test_a_text_of_any_length_is_looked_through_at_once() -> None:
    started = perf_counter()

    assert what_of_a_person("x" * 200_000) is None
    assert perf_counter() - started < 5  # a time that grows with the square of the length is minutes


def test_a_reason_of_health_is_refused_by_its_name() -> None:
    assert [fault.pointer for fault in faults_of_reasons({"workload": 2, "ill_health": 1})] == [
        "/reasons/ill_health"
    ]


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 30), min_size=1, max_size=5))
def test_what_is_shown_gives_no_few_away(counts: dict[str, int]) -> None:
    shown = withheld_counts(counts)
    whole = sum(counts.values())

    if None in shown.values():
        assert set(shown.values()) == {None}
        assert any(0 < count < 5 or 0 < whole - count < 5 for count in counts.values()) or whole < 5
    else:
        assert not any(0 < count < 5 or 0 < whole - count < 5 for count in counts.values())


def test_a_point_is_a_number_or_a_quotient() -> None:
    assert point_value({"value": 3}, "%") == (3, None, None)
    assert str(point_value({"numerator": 1, "denominator": 3}, "%")[0]) == "33.33"
    assert point_value({"numerator": 1, "denominator": 0}, None)[0] is None
    assert faults_of_point({"value": 1, "numerator": 1, "denominator": 2})
    assert faults_of_point({"numerator": 1})
