"""What a snapshot and a year's sickness answer, each for all teachers together."""

from datetime import date
from decimal import Decimal

import pytest

from domain.workforce.question import Posts
from domain.workforce.records import Post, StaffAbsence
from tests.domain.workforce.built import CENSUS_2024, CENSUS_2025, make_snapshot, measured, posts

SNAPSHOT_MEASURES = (
    "vacancy_rate",
    "temporarily_filled_rate",
    "pupil_teacher_ratio",
    "pupil_qualified_teacher_ratio",
    "pupil_adult_ratio",
    "unqualified_share",
)
SICKNESS = ("sickness_share", "sickness_days_of_those_absent", "sickness_days_of_all")


def test_vacant_and_temporarily_filled_posts_are_never_added() -> None:
    school = make_snapshot(teachers=40, vacancies=posts(2), temporarily_filled=posts(1))
    assert measured("vacancy_rate", snapshots=[school]).value == 5
    assert measured("temporarily_filled_rate", snapshots=[school]).value == Decimal("2.5")


def test_only_teachers_posts_are_counted() -> None:
    vacant = (
        Post("Teacher", "Physics", 1),
        Post("Teacher", None, 2),
        Post("Classroom support", None, 5, "teaching_assistant"),
        Post("Site manager", None, 1, "other"),
    )
    found = measured("vacancy_rate", snapshots=[make_snapshot(teachers=30, vacancies=vacant)])
    assert (found.numerator, found.denominator, found.value) == (3, 30, 10)


def test_the_windows_latest_snapshot_counts_and_its_day_is_told() -> None:
    held = [
        make_snapshot(date(2026, 1, 15), vacancies=posts(2)),
        make_snapshot(CENSUS_2025, vacancies=posts(4)),
        make_snapshot(date(2026, 9, 10), vacancies=posts(8)),
    ]
    found = measured("vacancy_rate", snapshots=held)
    assert found.value == 5
    assert (found.window.first, found.window.last) == (date(2026, 1, 15), date(2026, 1, 15))
    assert found.window.academic_year == "2025/26"


@pytest.mark.parametrize("measure", SNAPSHOT_MEASURES)
def test_a_snapshot_of_another_year_is_not_the_windows(measure: str) -> None:
    found = measured(measure, snapshots=[make_snapshot(CENSUS_2024, pupils_fte=800)])
    assert found.value is None
    assert (
        found.null_because
        == "there is no snapshot from 2025-09-01 to 2026-08-31; the latest before is of 2024-11-07"
    )


@pytest.mark.parametrize("measure", SNAPSHOT_MEASURES)
def test_without_teachers_there_is_null_and_not_zero(measure: str) -> None:
    nobody = make_snapshot(
        teachers=0, qualified_teachers_fte=0, teaching_assistants_fte=0, pupils_fte=30, vacancies=posts(1)
    )
    found = measured(measure, snapshots=[nobody])
    assert (found.value, found.denominator) == (None, 0)
    assert found.null_because is not None
    assert "to divide by" in found.null_because


@pytest.mark.parametrize(
    ("measure", "missing"),
    [
        ("pupil_teacher_ratio", "pupils_fte"),
        ("pupil_qualified_teacher_ratio", "pupils_fte and qualified_teachers_fte"),
        ("pupil_adult_ratio", "pupils_fte and teaching_assistants_fte"),
        ("unqualified_share", "qualified_teachers_fte"),
    ],
)
def test_what_a_snapshot_does_not_say_is_named(measure: str, missing: str) -> None:
    found = measured(measure, snapshots=[make_snapshot()])
    assert found.null_because == f"the snapshot of 2025-11-06 doesn't tell {missing}"
    assert found.window.first == CENSUS_2025


def test_adults_are_teachers_and_classroom_support_and_nobody_else() -> None:
    school = make_snapshot(teachers=30, teaching_assistants_fte=20, other_staff_fte=50, pupils_fte=500)
    assert measured("pupil_adult_ratio", snapshots=[school]).value == 10


@pytest.mark.parametrize("measure", [*SNAPSHOT_MEASURES, *SICKNESS])
@pytest.mark.parametrize("asked_of", [Posts(role="Teacher"), Posts(subject="Art"), Posts("other")], ids=repr)
def test_what_is_counted_of_all_teachers_is_not_told_of_some(measure: str, asked_of: Posts) -> None:
    found = measured(measure, snapshots=[make_snapshot()], asked_of=asked_of)
    assert found.null_because == "it is counted of all teachers together, not by role, subject or staff group"


def absence(
    year: str = "2025/26", absent: int = 12, days: object = 90, teachers: int | None = 20
) -> StaffAbsence:
    return StaffAbsence(year, absent, days, teachers)  # type: ignore[arg-type]


def test_sickness_is_a_share_and_two_averages() -> None:
    found = [measured(name, absences=[absence()]) for name in SICKNESS]
    assert [measure.value for measure in found] == [60, Decimal("7.5"), Decimal("4.5")]
    assert {(measure.window.first, measure.window.last) for measure in found} == {
        (date(2025, 9, 1), date(2026, 8, 31))
    }


def test_the_latest_year_with_days_in_the_window_counts() -> None:
    held = [absence("2023/24", 4), absence("2025/26", 6), absence("2024/25", 5)]
    window = date(2023, 9, 1), date(2025, 3, 1)
    found = measured("sickness_share", absences=held, window=window)
    assert (found.value, found.window.academic_year) == (25, "2024/25")


def test_in_a_year_without_figures_yet_those_of_the_year_before_are_told_as_such() -> None:
    found = measured("sickness_share", absences=[absence("2024/25", 5), absence("2023/24", 4)])
    assert (found.value, found.window.academic_year) == (25, "2024/25")
    older = measured("sickness_share", absences=[absence("2023/24", 4)])
    assert older.null_because == "no staff absence is recorded for 2025/26, nor for the year before"


def test_a_year_written_with_a_dash_is_the_same_year() -> None:
    assert measured("sickness_share", absences=[absence("2025-26")]).window.academic_year == "2025/26"


@pytest.mark.parametrize("measure", SICKNESS)
@pytest.mark.parametrize("held", [[], [absence("2019/20", 0, 0)], [absence("2019/20")]], ids=str)
def test_2019_20_is_a_hole_and_not_a_zero(measure: str, held: list[StaffAbsence]) -> None:
    found = measured(measure, absences=held, window=(date(2019, 9, 1), date(2020, 8, 31)))
    assert found.value is None
    assert found.null_because is not None
    assert found.null_because.startswith("no sickness absence was collected for 2019/20")


def test_the_year_after_the_hole_says_what_came_before_it() -> None:
    found = measured("sickness_share", window=(date(2020, 9, 1), date(2021, 8, 31)))
    assert found.null_because == (
        "no staff absence is recorded for 2020/21, nor for the year before; "
        "no sickness absence was collected for 2019/20: the census of 2020 left it out"
    )


def test_days_that_nobody_knows_are_not_nothing() -> None:
    share, of_absent, of_all = (measured(name, absences=[absence(days=None)]) for name in SICKNESS)
    assert share.value == 60
    assert of_absent.value is None
    assert of_absent.null_because == "days_lost isn't known: only starts of absence are, for 2025/26"
    assert (of_all.value, of_all.denominator) == (None, 20)


def test_without_the_number_of_teachers_only_those_absent_have_an_average() -> None:
    share, of_absent, of_all = (measured(name, absences=[absence(teachers=None)]) for name in SICKNESS)
    assert (share.value, of_absent.value, of_all.value) == (None, Decimal("7.5"), None)
    assert share.null_because == "no teachers, for 2025/26"


def test_where_nobody_was_absent_there_is_no_average_of_those_absent() -> None:
    share, of_absent, of_all = (measured(name, absences=[absence(absent=0, days=0)]) for name in SICKNESS)
    assert (share.value, of_absent.value, of_all.value) == (0, None, 0)
    assert of_absent.null_because == "nobody was absent"
