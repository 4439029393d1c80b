from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.workforce.faults import (
    faults_of_absence,
    faults_of_leaver,
    faults_of_snapshot,
    faults_of_vacancy,
)
from domain.workforce.records import Advert, Leaver, Post, Snapshot, StaffAbsence, Vacancy

SNAPSHOT = Snapshot(date(2025, 11, 6), Decimal("14.9"), Decimal("13.9"), 16, Decimal(8), None, Decimal(300))
VACANCY = Vacancy(
    "v1",
    "teacher",
    Decimal(1),
    date(2026, 3, 2),
    "filled",
    adverts=(Advert(date(2026, 3, 6), date(2026, 3, 20), 4), Advert(date(2026, 4, 3), date(2026, 4, 17), 2)),
    shortlisted=4,
    interviewed=3,
    offered_on=date(2026, 5, 1),
    declined=1,
    accepted_on=date(2026, 5, 4),
    start_on=date(2026, 9, 1),
    cost=Decimal("1250.50"),
)
LEAVER = Leaver("teacher", Decimal("0.6"), date(2026, 8, 31), "retired", years_in_post=Decimal("12.5"))
ABSENCE = StaffAbsence("2024/25", 10, Decimal("75.5"), 16)


def test_sound_records_have_no_faults() -> None:
    assert faults_of_snapshot(SNAPSHOT) == []
    assert faults_of_vacancy(VACANCY) == []
    assert faults_of_leaver(LEAVER, date(2025, 11, 6)) == []
    assert faults_of_absence(ABSENCE) == []


def test_a_school_without_teachers_has_a_sound_snapshot() -> None:
    assert faults_of_snapshot(Snapshot(date(2025, 11, 6), 0, 0, 0)) == []


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({"teachers_fte": Decimal("16.1")}, "/teachers_fte", "16.1; FTE can't be over headcount"),
        ({"qualified_teachers_fte": 15}, "/qualified_teachers_fte", "15; it can't be more than all teachers"),
        ({"teachers_headcount": Decimal("16.5")}, "/teachers_headcount", "16.5; it must be a whole number"),
        ({"teachers_headcount": -1}, "/teachers_headcount", "-1; it can't be negative"),
        ({"pupils_fte": Decimal("-0.5")}, "/pupils_fte", "it can't be negative"),
        ({"pupils_fte": Decimal("NaN")}, "/pupils_fte", "it must be a number"),
        ({"vacancies": (Post("teacher", None, Decimal("6.71")),)}, "/vacancies/0/count", "not a percentage"),
        ({"temporarily_filled": (Post(" ", None, 1),)}, "/temporarily_filled/0/role", "role is blank"),
    ],
)
def test_a_snapshot_is_refused_by_field_value_and_rule(
    change: dict[str, Any], pointer: str, says: str
) -> None:
    (fault,) = faults_of_snapshot(replace(SNAPSHOT, **change))
    assert fault.pointer == pointer
    assert says in fault.detail


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        (
            {"accepted_on": date(2026, 3, 1), "offered_on": None},
            "/accepted_on",
            "before opened_on (2026-03-02)",
        ),
        ({"accepted_on": date(2026, 4, 30)}, "/accepted_on", "before offered_on (2026-05-01)"),
        ({"start_on": date(2026, 5, 3)}, "/start_on", "before accepted_on (2026-05-04)"),
        ({"withdrawn_on": date(2026, 3, 1)}, "/withdrawn_on", "before opened_on"),
        ({"shortlisted": 7}, "/shortlisted", "7; it can't be more than applications (6)"),
        ({"interviewed": 5}, "/interviewed", "it can't be more than shortlisted (4)"),
        ({"shortlisted": None, "interviewed": 7}, "/interviewed", "it can't be more than applications (6)"),
        ({"adverts": (Advert(date(2026, 3, 6), date(2026, 3, 5), 6),)}, "/adverts/0/closes_on", "before on"),
        ({"adverts": (Advert(date(2026, 3, 1), None, 6),)}, "/adverts/0/on", "before opened_on"),
        ({"fte": Decimal(2)}, "/fte", "at most 1"),
        ({"fte": 0}, "/fte", "over 0"),
        ({"outcome": "lost"}, "/outcome", "open, filled"),
        ({"cost": Decimal(-1)}, "/cost", "negative"),
    ],
)
def test_a_vacancy_is_refused_by_field_value_and_rule(
    change: dict[str, Any], pointer: str, says: str
) -> None:
    (fault,) = faults_of_vacancy(replace(VACANCY, **change))
    assert fault.pointer == pointer
    assert says in fault.detail


def test_a_pointer_starts_at_the_row() -> None:
    (fault,) = faults_of_vacancy(replace(VACANCY, shortlisted=7), at="/3")
    assert fault.pointer == "/3/shortlisted"
    assert fault.detail.startswith("shortlisted is 7;")


def test_a_leaver_is_not_before_the_academic_year_of_the_first_snapshot() -> None:
    assert faults_of_leaver(replace(LEAVER, left_on=date(2025, 9, 1)), date(2025, 11, 6)) == []
    (fault,) = faults_of_leaver(replace(LEAVER, left_on=date(2025, 8, 31)), date(2025, 11, 6))
    assert fault.pointer == "/left_on"
    assert "2025-08-31" in fault.detail and "2025-09-01" in fault.detail
    assert faults_of_leaver(replace(LEAVER, left_on=date(2025, 8, 31)), None) == []


@pytest.mark.parametrize(
    ("change", "pointer", "says"),
    [
        ({"teachers_with_absence": 17}, "/teachers_with_absence", "more than teachers (16)"),
        ({"teachers_with_absence": Decimal("62.5")}, "/teachers_with_absence", "not a percentage"),
        ({"days_lost": Decimal(3661)}, "/days_lost", "3660 days"),
        ({"teachers_with_absence": 0}, "/days_lost", "can't lose more than 0 days"),
        ({"teachers": -1}, "/teachers", "negative"),
    ],
)
def test_a_years_absence_is_refused_by_field_value_and_rule(
    change: dict[str, Any], pointer: str, says: str
) -> None:
    (fault,) = faults_of_absence(replace(ABSENCE, **change))
    assert fault.pointer == pointer
    assert says in fault.detail
