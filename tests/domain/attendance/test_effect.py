"""Before and after: which days are compared, whose sessions, what is withheld, and the numbers by pencil."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.catalogue import MEASURES, measure_value
from domain.attendance.effect import (
    CAUTION,
    NOBODY,
    NOBODY_ELSE,
    NOTHING_AFTER,
    NOTHING_BEFORE,
    OTHER_PUPILS,
    OTHER_YEAR,
    TOO_FEW_COUNTED,
    TOO_FEW_PUPILS,
    Effect,
    effect_of,
    per_cent,
    school_days,
    times_round,
)
from domain.attendance.groups import answer
from domain.attendance.question import Question
from tests.domain.attendance.drawn import MONDAY, STRETCHES, as_school, cohort, draw, plain_schools
from tests.domain.attendance.oracle import PlainSchool

WEDNESDAY = MONDAY + timedelta(days=2)
YEAR = (date(2026, 9, 1), date(2027, 8, 31))
PREMIUM = cohort(pupil_premium="true")


def make(text: str, *, premium: int = 6) -> PlainSchool:
    """A school drawn in text, whose first pupils have the Pupil Premium."""
    plain = draw(text)
    for number, pupil in enumerate(plain.pupils.values()):
        pupil.history["pupil_premium"] = [(None, "true" if number < premium else "false")]
    return plain


def repeated(line: str, number: int, name: str) -> str:
    return "\n".join(f"{name}{place} {line}" for place in range(number))


# Two days before Wednesday, two from it on. Six of the cohort miss both mornings before, one after; six others none.
TWO_AND_TWO = (
    repeated("I\\ I\\ /\\ /\\", 5, "A") + "\nA5 I\\ I\\ I\\ /\\\n" + repeated("/\\ /\\ /\\ /\\", 6, "B")
)


def compare(plain: PlainSchool, measure: str = "absence", start: date = WEDNESDAY, most: int = 95) -> Effect:
    school = as_school(plain)
    return effect_of(
        school, MEASURES[measure], PREMIUM, times_round(school_days(school, *YEAR), start, YEAR[1], most)
    )


def test_the_cohort_and_the_rest_before_and_after_by_pencil() -> None:
    found = compare(make(TWO_AND_TWO))

    assert found.because is None
    before, after = found.cohort.before, found.cohort.after
    assert before and after and found.rest.before and found.cohort.change and found.rest.change
    assert (before.value, before.numerator, before.denominator, before.pupils) == (50, 12, 24, 6)
    assert (after.value, after.numerator, after.denominator, after.pupils) == (Decimal("4.17"), 1, 24, 6)
    assert (found.rest.before.value, found.rest.before.denominator) == (0, 24)
    assert found.cohort.change.value == Decimal("-45.83")
    assert found.rest.change.value == 0
    assert found.difference and found.difference.value == Decimal("-45.83")
    assert before.lower < before.value < before.upper
    assert found.difference.lower < found.difference.value < found.difference.upper


def test_the_change_is_rounded_once_and_not_the_difference_of_rounded_figures() -> None:
    text = "\n".join(f"A{n} {'I' + chr(92) if n == 0 else '/' + chr(92)} /\\" for n in range(6))
    found = compare(make(text + "\n" + repeated("/\\ /\\", 6, "B")), start=MONDAY + timedelta(days=1))

    assert found.cohort.change and found.cohort.change.value == per_cent(Fraction(-1, 12))


def test_equal_numbers_of_school_days_are_taken_next_to_the_start() -> None:
    days = [MONDAY + timedelta(days=offset) for offset in (0, 1, 2, 3, 4, 7, 8)]

    times = times_round(days, WEDNESDAY, YEAR[1])

    assert times.days == 2
    assert times.before == (MONDAY, MONDAY + timedelta(days=1))
    assert times.after == (WEDNESDAY, WEDNESDAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("start", "until", "because"),
    [
        pytest.param(MONDAY, YEAR[1], NOTHING_BEFORE, id="the first day of all"),
        pytest.param(date(2027, 1, 4), YEAR[1], NOTHING_AFTER, id="after the last one"),
        pytest.param(WEDNESDAY, WEDNESDAY - timedelta(days=1), NOTHING_AFTER, id="ended before it started"),
    ],
)
def test_without_a_register_on_one_side_nothing_is_said(start: date, until: date, because: str) -> None:
    times = times_round([MONDAY + timedelta(days=offset) for offset in range(5)], start, until)

    assert (times.days, times.before, times.after, times.because) == (0, None, None, because)


@given(
    st.lists(st.integers(0, 60), unique=True).map(sorted),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(1, 20),
)
def test_both_sides_hold_as_many_school_days_as_they_say(
    offsets: list[int], start: int, until: int, most: int
) -> None:
    days = [MONDAY + timedelta(days=offset) for offset in offsets]
    first, last = MONDAY + timedelta(days=start), MONDAY + timedelta(days=until)

    times = times_round(days, first, last, most)

    if times.before is None or times.after is None:
        assert times.days == 0
        return
    assert 1 <= times.days <= most
    assert times.before[1] < first <= times.after[0] <= times.after[1] <= last
    for start_of, end_of in (times.before, times.after):
        assert sum(start_of <= day <= end_of for day in days) == times.days
    assert [day for day in days if times.before[1] < day < times.after[0]] == []


def test_a_day_on_which_the_school_was_shut_is_no_school_day() -> None:
    school = as_school(draw("A1 /\\ ## /\\\nA2 /\\ ## /\\"))

    assert school_days(school, *YEAR) == [MONDAY, WEDNESDAY]


@given(st.sampled_from(STRETCHES).flatmap(lambda start: st.tuples(st.just(start), plain_schools("1", start))))
def test_school_days_are_those_with_a_possible_session(drawn: tuple[date, PlainSchool]) -> None:
    start, plain = drawn
    school = as_school(plain)
    first, last = start - timedelta(days=5), start + timedelta(days=30)
    by_day = answer([as_school(PlainSchool(**vars(plain) | {"counts": {}}))], Question(first, last, ("day",)))

    expected = [group.key["day"] for group in by_day.groups if group.possible]

    assert [day.isoformat() for day in school_days(school, first, last)] == expected


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_is_what_attendance_answers_for_the_same_time(measure: str) -> None:
    codes = ["/\\", "II", "LU", "GO", "NE", "(C2)M", "//"]
    lines = [
        f"P{number} " + " ".join(codes[(number * 3 + day * (number % 4)) % 7] for day in range(10))
        for number in range(40)
    ]
    school = as_school(make("\n".join(lines), premium=20))
    times = times_round(school_days(school, *YEAR), MONDAY + timedelta(days=7), YEAR[1])

    found = effect_of(school, MEASURES[measure], PREMIUM, times)

    assert times.before and times.after
    for window, figure in ((times.before, found.cohort.before), (times.after, found.cohort.after)):
        (group,) = answer([school], Question(*window, cohort=PREMIUM)).groups
        expected = measure_value(measure, group)
        if found.because is None:
            assert figure and (figure.value, figure.numerator, figure.denominator) == expected
        else:
            assert found.because == TOO_FEW_COUNTED


@pytest.mark.parametrize(
    "premium", [pytest.param(4, id="in the cohort"), pytest.param(8, id="outside of it")]
)
def test_fewer_than_five_pupils_are_never_told_nor_what_they_leave(premium: int) -> None:
    found = compare(make(TWO_AND_TWO, premium=premium))

    assert found == Effect(because=TOO_FEW_PUPILS)


def test_five_pupils_on_each_side_are_enough() -> None:
    found = compare(make(TWO_AND_TWO, premium=7))

    assert found.because is None


def test_too_few_on_one_side_of_the_start_withholds_both() -> None:
    text = repeated("/\\ /\\ /\\ /\\", 4, "A") + "\n" + repeated("-- -- /\\ /\\", 6, "N")
    found = compare(make(text + "\n" + repeated("/\\ /\\ /\\ /\\", 6, "B"), premium=10))

    assert found == Effect(because=TOO_FEW_PUPILS)


@pytest.mark.parametrize(
    ("measure", "because"),
    [
        pytest.param("holiday_without_leave", TOO_FEW_COUNTED, id="sessions of one code"),
        pytest.param("persistent_absence", TOO_FEW_COUNTED, id="pupils persistently absent"),
        pytest.param("absence", None, id="not sums of several codes"),
    ],
)
def test_a_count_of_one_to_four_is_withheld_as_attendance_withholds_it(
    measure: str, because: str | None
) -> None:
    text = "A0 G\\ /\\\n" + repeated("/\\ /\\", 9, "A1") + "\n" + repeated("/\\ /\\", 9, "B")

    assert compare(make(text, premium=10), measure, MONDAY + timedelta(days=1)).because == because


def test_a_cohort_of_nobody_leaves_the_rest_to_be_seen() -> None:
    found = compare(make(TWO_AND_TWO, premium=0))

    assert (found.because, found.cohort.before, found.difference) == (NOBODY, None, None)
    assert found.rest.change is not None


def test_a_cohort_of_everybody_has_nobody_to_be_compared_with() -> None:
    found = compare(make(TWO_AND_TWO, premium=12))

    assert (found.because, found.rest.before, found.difference) == (NOBODY_ELSE, None, None)
    assert found.cohort.change is not None


def test_timing_is_not_cause_is_said_whatever_comes_out() -> None:
    assert compare(make(TWO_AND_TWO)).cautions == (CAUTION,)
    assert compare(make(TWO_AND_TWO, premium=2)).cautions == (CAUTION,)
    assert compare(make(TWO_AND_TWO), start=MONDAY).cautions == (CAUTION,)


def test_two_academic_years_and_other_pupils_are_pointed_out() -> None:
    """Year 9 of July and Year 9 of September are other children."""
    text = repeated("/\\ --", 6, "A") + "\n" + repeated("-- /\\", 6, "N") + "\n" + repeated("/\\ /\\", 6, "B")
    plain = make(text, premium=12)
    july = {(day - timedelta(days=60) if day == MONDAY else day, session) for day, session in plain.registers}
    plain.registers = july
    plain.marks = {
        (pupil, day - timedelta(days=60) if day == MONDAY else day, session): code
        for (pupil, day, session), code in plain.marks.items()
    }
    for pupil in plain.pupils.values():
        pupil.spells = [(date(2026, 1, 1), None)]
    school = as_school(plain)
    times = times_round(school_days(school, date(2026, 1, 1), YEAR[1]), date(2026, 9, 1), YEAR[1])

    assert effect_of(school, MEASURES["absence"], PREMIUM, times).cautions == (
        CAUTION,
        OTHER_YEAR,
        OTHER_PUPILS,
    )


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (Fraction(1, 8), "12.5"),
        (Fraction(1), "100"),
        (Fraction(0), "0"),
        (Fraction(-1, 20000), "-0.01"),
        (Fraction(-1, 30000), "0"),
        (Fraction(1, 20000), "0.01"),
        (-0.45833, "-45.83"),
    ],
)
def test_per_cents_are_rounded_half_up_away_from_zero(share: Fraction | float, expected: str) -> None:
    assert str(per_cent(share)) == expected
