"""The Department's own published figures, from the counts that it published beside them."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from domain.workforce.records import StaffAbsence
from tests.domain.workforce.built import make_snapshot, measured, posts

ALL_TEACHERS_FTE = "462416"
ADULTS_FTE = "813438"
"""Worked back from the published ratios and the share without qualified status: their own counts aren't at hand."""


def test_camdens_unit_with_one_post_temporarily_filled_of_14_9_teachers_has_6_71_per_cent() -> None:
    unit = make_snapshot(teachers="14.9", qualified_teachers_fte=Decimal("13.9"), temporarily_filled=posts(1))
    assert measured("temporarily_filled_rate", snapshots=[unit]).value == Decimal("6.71")
    assert measured("vacancy_rate", snapshots=[unit]).value == 0


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("pupil_qualified_teacher_ratio", "18.48"),
        ("pupil_teacher_ratio", "17.91"),
        ("pupil_adult_ratio", "10.18"),
        ("unqualified_share", "3.08"),
    ],
)
def test_the_ratios_of_all_state_funded_schools_in_2025_26(measure: str, expected: str) -> None:
    england = make_snapshot(
        teachers=ALL_TEACHERS_FTE,
        qualified_teachers_fte=Decimal("448174.1"),
        teaching_assistants_fte=Decimal(ADULTS_FTE) - Decimal(ALL_TEACHERS_FTE),
        pupils_fte=Decimal("8280796.5"),
    )
    assert measured(measure, snapshots=[england]).value == Decimal(expected)


AVERAGES = {
    "2014/15": ("7.59", "7.6", "4.23", "4.2"),
    "2015/16": ("7.46", "7.5", "4.07", "4.1"),
    "2016/17": ("7.38", "7.4", "4.04", "4.1"),
    "2017/18": ("7.39", "7.4", "4.02", "4.0"),
    "2018/19": ("7.51", "7.5", "4.05", "4.1"),
}
"""Days of those absent and of all: computed from the published counts, then as published with one decimal."""

UNEXPLAINED = "2016/17"
"""The one year in which the published average of all teachers, 4.1, is not what its own counts give, 4.04."""


@pytest.mark.parametrize(("year", "figures"), AVERAGES.items(), ids=AVERAGES.keys())
def test_sickness_averages_are_the_published_ones(year: str, figures: tuple[str, str, str, str]) -> None:
    of_absent, published_of_absent, of_all, published_of_all = figures
    # As many days as give both averages: the product of the two numbers, of each other's hundredths.
    days = Decimal(of_absent) * Decimal(of_all) * 10_000
    absence = StaffAbsence(
        year,
        teachers_with_absence=int(Decimal(of_all) * 10_000),
        days_lost=days,
        teachers=int(Decimal(of_absent) * 10_000),
    )
    first = int(year[:4])
    window = (make_snapshot().on.replace(year=first), make_snapshot().on.replace(year=first + 1, month=7))
    found = [
        measured(name, absences=[absence], window=window)
        for name in ("sickness_days_of_those_absent", "sickness_days_of_all")
    ]
    assert [measure.value for measure in found] == [Decimal(of_absent), Decimal(of_all)]
    assert {measure.window.academic_year for measure in found} == {year}
    shown = [measure.value.quantize(Decimal("0.1"), ROUND_HALF_UP) for measure in found if measure.value]
    assert shown[0] == Decimal(published_of_absent)
    assert (shown[1] == Decimal(published_of_all)) is (year != UNEXPLAINED)
