"""The Department's own published rows, taken apart into codes and counted again.

A row is pushed as session counts by code, as a school without pupil-level data would. The identities I1 to I10 are
those that hold between the columns of the published file. Two things in it are beyond any register of 2025/26: codes
H and J, withdrawn in August 2024, which still arrive, and a remainder of authorised absence that no column explains.
"""

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from domain.attendance.catalogue import measure_value
from domain.attendance.codes import NUMBERS
from domain.attendance.groups import Group, answer
from domain.attendance.question import Question
from domain.attendance.rates import rate
from tests.domain.attendance.drawn import as_school
from tests.domain.attendance.oracle import PlainSchool

Row = dict[str, str]

REASONS = {
    "/": "reason_present_am",
    "\\": "reason_present_pm",
    "L": "reason_l_present_late_before_registers_closed",
    "I": "reason_i_authorised_illness",
    "M": "reason_m_authorised_medical_dental",
    "R": "reason_r_authorised_religious_observance",
    "S": "reason_s_authorised_study_leave",
    "T": "reason_t_authorised_mobile_child",
    "H": "reason_h_authorised_holiday",
    "E": "reason_e_authorised_excluded",
    "C": "reason_c_authorised_other",
    "C1": "reason_c1_authorised_regulated_performance",
    "J1": "reason_j1_authorised_interview",
    "C2": "reason_c2_authorised_temp_reduced_timetable",
    "B": "reason_b_aea_education_off_site",
    "J": "reason_j_aea_interview",
    "P": "reason_p_aea_approved_sporting_activity",
    "V": "reason_v_aea_educational_visit_trip",
    "W": "reason_w_aea_work_experience",
    "K": "reason_k_aea_education_arranged_by_la",
    "G": "reason_g_unauthorised_holiday",
    "U": "reason_u_unauthorised_late_after_registers_closed",
    "O": "reason_o_other_unauthorised",
    "N": "reason_n_no_reason_yet",
}
RETIRED = ("H", "J")

RATES = {
    "attendance_perc": "overall_attendance",
    "overall_absence_perc": "overall_absence",
    "authorised_absence_perc": "authorised_absence",
    "unauthorised_absence_perc": "unauthorised_absence",
    "illness_perc": REASONS["I"],
    "appointments_perc": REASONS["M"],
    "unauth_hol_perc": REASONS["G"],
    "unauth_oth_perc": REASONS["O"],
    "unauth_late_registers_closed_perc": REASONS["U"],
    "unauth_not_yet_perc": REASONS["N"],
    "auth_religious_perc": REASONS["R"],
    "auth_study_perc": REASONS["S"],
    "auth_mob_perc": REASONS["T"],
    "auth_excluded_perc": REASONS["E"],
    "auth_performance_perc": REASONS["C1"],
    "auth_interview_perc": REASONS["J1"],
    "auth_part_time_perc": REASONS["C2"],
    "auth_other_perc": REASONS["C"],
}

IN_TERM, WHILE_H_AND_J_WERE_VALID = date(2026, 1, 12), date(2024, 7, 15)


@cache
def published() -> list[Row]:
    path = Path(__file__).parents[2] / "data" / "dfe_attendance_ytd_202526.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["possible_sessions"] != "c"]


def code_counts(row: Row) -> dict[str, int]:
    return {code: int(row[column]) for code, column in REASONS.items()}


def counted(*rows: Row, retired_on: date = IN_TERM) -> Group:
    """The rows as one school each, their codes as session counts; codes H and J on a day of their own if asked."""
    schools = []
    for number, row in enumerate(rows):
        codes = code_counts(row)
        school = PlainSchool(str(100000 + number), {}, set(), {})
        school.counts[IN_TERM, "AM", None] = {code: n for code, n in codes.items() if code not in RETIRED}
        school.counts[retired_on, "PM", None] = {code: codes[code] for code in RETIRED}
        schools.append(as_school(school))
    (group,) = answer(schools, Question(date(2024, 7, 1), date(2026, 7, 10))).groups
    return group


@cache
def recounted() -> list[tuple[Row, Group]]:
    """Every published row with the group that its codes give, H and J counted as when they were valid."""
    return [(row, counted(row, retired_on=WHILE_H_AND_J_WERE_VALID)) for row in published()]


def remainder(row: Row) -> int:
    """Authorised absence that no reason column explains."""
    codes = code_counts(row)
    return int(row["authorised_absence"]) - sum(
        codes[code] for code in ["I", "M", "R", "S", "T", "H", "E", "C", "C1", "J1", "C2"]
    )


def test_the_file_has_643_rows_that_are_not_withheld() -> None:
    assert len(published()) == 643


def test_i1_possible_sessions_are_attendance_and_absence() -> None:
    for row, group in recounted():
        assert group.possible == group.attendance + group.absence
        assert int(row["possible_sessions"]) == group.possible + remainder(row)


def test_i2_absence_is_authorised_and_unauthorised() -> None:
    for row, group in recounted():
        assert int(row["overall_absence"]) == group.absence + remainder(row)
        assert int(row["overall_absence"]) == int(row["authorised_absence"]) + group.unauthorised_absence


def test_authorised_absence_has_a_small_remainder_that_is_never_negative() -> None:
    remainders = [int(row["authorised_absence"]) - group.authorised_absence for row, group in recounted()]
    assert remainders == [remainder(row) for row in published()]
    assert min(remainders) == 0
    assert max(remainders) == 106
    assert remainders.count(0) == 592


def test_i3_attendance_is_present_sessions_and_approved_educational_activity() -> None:
    for row, group in recounted():
        assert group.attendance == group.present + group.approved_educational_activity
        assert group.attendance == int(row["overall_attendance"])


def test_i4_present_sessions_are_present_marks_and_late_before_the_register_closed() -> None:
    for row, group in recounted():
        assert group.present == int(row["present_sessions"])
        assert group.present == int(row["reason_present"]) + group.late_before_close


def test_i5_present_marks_are_those_of_morning_and_afternoon() -> None:
    for row, group in recounted():
        assert group.codes.get("/", 0) + group.codes.get("\\", 0) == int(row["reason_present"])


def test_i6_approved_educational_activity_includes_k_and_the_retired_j() -> None:
    for row, group in recounted():
        assert group.approved_educational_activity == int(row["approved_educational_activity"])


def test_i7_unauthorised_absence_is_g_n_o_and_u() -> None:
    for row, group in recounted():
        assert group.unauthorised_absence == int(row["unauthorised_absence"])


def test_i8_late_sessions_are_l_and_u() -> None:
    for row, group in recounted():
        assert group.late == int(row["late_sessions"])
        assert group.late != group.late_before_close


def test_i9_every_published_rate_is_the_count_of_possible_sessions() -> None:
    for row in published():
        possible = int(row["possible_sessions"])
        for column, count in RATES.items():
            own = rate(int(row[count]), possible, places=15)
            assert own is not None
            assert abs(own - Decimal(row[column])) < Decimal("1e-7"), (column, row["la_name"])


def test_i10_types_of_school_add_up_to_the_total_of_their_area() -> None:
    areas: dict[tuple[str, ...], dict[str, Row]] = defaultdict(dict)
    for row in published():
        area = (row["geographic_level"], row["region_code"], row["new_la_code"])
        areas[area][row["education_phase"]] = row
    whole = [phases for phases in areas.values() if len(phases) == 4]
    assert len(whole) > 150
    for phases in whole:
        total = phases.pop("Total")
        added = counted(*phases.values(), retired_on=WHILE_H_AND_J_WERE_VALID)
        assert added == counted(total, retired_on=WHILE_H_AND_J_WERE_VALID)


def test_authorities_whose_reasons_add_up_come_back_as_they_were_published() -> None:
    whole = [
        row
        for row in published()
        if row["geographic_level"] == "Local authority"
        and remainder(row) == 0
        and not any(code_counts(row)[code] for code in RETIRED)
    ]
    assert len(whole) == 519
    for row in whole:
        group = counted(row)
        assert [
            group.possible,
            group.attendance,
            group.present,
            group.approved_educational_activity,
            group.absence,
            group.authorised_absence,
            group.unauthorised_absence,
            group.late,
        ] == [
            int(row[column])
            for column in (
                "possible_sessions",
                "overall_attendance",
                "present_sessions",
                "approved_educational_activity",
                "overall_absence",
                "authorised_absence",
                "unauthorised_absence",
                "late_sessions",
            )
        ]
        assert group.codes == {code: count for code, count in code_counts(row).items() if count}
        for measure, column in {"attendance": "attendance_perc", "illness": "illness_perc"}.items():
            value = measure_value(measure, group, places=15)[0]
            assert value is not None
            assert abs(value - Decimal(row[column])) < Decimal("1e-7")


def test_retired_codes_that_arrive_in_2026_count_for_nothing() -> None:
    row = next(row for row in published() if code_counts(row)["H"] and code_counts(row)["J"])
    codes = code_counts(row)
    assert counted(row).possible == int(row["possible_sessions"]) - codes["H"] - codes["J"] - remainder(row)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ("overall_attendance", "93.1167518649"),
        ("overall_absence", "6.8832481351"),
        ("authorised_absence", "4.5217630163"),
        ("unauthorised_absence", "2.3614851188"),
        (REASONS["I"], "3.2100567611"),
    ],
)
def test_england_2025_26_to_ten_places(count: str, expected: str) -> None:
    (england,) = [
        row
        for row in published()
        if row["geographic_level"] == "National" and row["education_phase"] == "Total"
    ]
    assert england["possible_sessions"] == "2445419687"
    assert rate(int(england[count]), 2445419687, places=10) == Decimal(expected)


def test_every_reason_column_has_a_code_of_ours() -> None:
    assert set(REASONS) <= set(NUMBERS)
    columns = {column for column in published()[0] if column.startswith("reason_")}
    assert columns - set(REASONS.values()) == {"reason_present"}
