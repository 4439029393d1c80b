"""What a question about attendance is answered with: small registers that one checks with a pencil, and an oracle."""

from dataclasses import asdict
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attendance.groups import Group, answer
from domain.attendance.question import Question
from tests.domain.attendance import oracle
from tests.domain.attendance.drawn import (
    HALF_TERMS,
    MONDAY,
    STRETCHES,
    as_school,
    ask,
    cohort,
    draw,
    plain_schools,
    questions,
)
from tests.domain.attendance.oracle import PlainSchool, Pupil


def groups_of(plain: PlainSchool, question: Question) -> list[Group]:
    return answer([as_school(plain)], question).groups


def test_a_small_register_gives_the_counts_that_one_finds_with_a_pencil() -> None:
    school = draw(r"""
        P001  /\  LI  (C2)U
        P002  OO  V\  #X
        P003  /-  GD  /\
    """)
    (group,) = groups_of(school, ask())
    assert group == Group(
        key={},
        possible=14,
        attendance=8,
        present=7,
        approved_educational_activity=1,
        authorised_absence=2,
        unauthorised_absence=4,
        late_before_close=1,
        late_after_close=1,
        codes={
            "/": 3,
            "\\": 3,
            "L": 1,
            "V": 1,
            "D": 1,
            "X": 1,
            "C2": 1,
            "I": 1,
            "G": 1,
            "O": 2,
            "U": 1,
            "#": 1,
        },
        pupils=3,
        persistent=3,
        severe=2,
    )
    assert (group.absence, group.late) == (6, 2)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_arrays_and_a_slow_loop_give_the_same_answer(data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(STRETCHES))
    schools = [
        data.draw(plain_schools(urn, start)) for urn in ("100002", "100001")[: data.draw(st.integers(1, 2))]
    ]
    question = data.draw(questions(start))
    fast = answer([as_school(school) for school in schools], question)
    through, groups = oracle.answer(schools, question)
    assert fast.schools == len(schools)
    assert fast.data_through == through
    assert [asdict(group) for group in fast.groups] == groups
    for group in fast.groups:
        assert list(group.codes) == sorted(group.codes, key=oracle.ORDER.index)


@pytest.mark.parametrize("pattern", ["/I/////", "IIIIIII", "/LIOUVX", "//XX/O/"])
def test_a_year_of_sessions_adds_up_as_a_fortnight_does(pattern: str) -> None:
    # More than 255 sessions in a group: what fits in a byte must not be taken for the sum.
    days = [date(2026, 9, 7) + timedelta(days=number) for number in range(330)]
    registers = {(day, session) for day in days for session in ("AM", "PM")}
    pupils = {f"P{number}": Pupil([(date(2026, 9, 1), None)]) for number in range(3)}
    marks = {
        (reference, day, session): pattern[(number * 3 + day.toordinal()) % 7]
        for number, reference in enumerate(pupils)
        for day, session in registers
    }
    school = PlainSchool("100001", pupils, registers, marks, half_terms=HALF_TERMS)
    for by in ((), ("half_term",), ("session",)):
        question = ask(by=by)
        assert [asdict(group) for group in groups_of(school, question)] == oracle.answer([school], question)[
            1
        ]


@pytest.mark.parametrize("pupils", [1, 8, 9, 2041])
def test_a_roll_of_any_width_adds_up_as_a_small_one_does(pupils: int) -> None:
    # Marks are added eight at a time, each in its own byte: what fits in a byte must not be taken for the sum.
    lines = [f"P{number:04} /\\ {'IL' if number % 7 else '/O'}" for number in range(pupils)]
    school = draw("\n".join(lines))
    for by in (("day",), ("session",)):
        question = ask(by=by)
        assert [asdict(group) for group in groups_of(school, question)] == oracle.answer([school], question)[
            1
        ]


def test_without_by_there_is_one_group_even_where_nothing_is_held() -> None:
    nothing = draw("P001")
    found = answer([as_school(nothing)], ask())
    assert [group.key for group in found.groups] == [{}]
    assert (found.groups[0].possible, found.groups[0].pupils, found.data_through) == (0, 0, None)
    assert groups_of(nothing, ask(by=("week",))) == []
    assert answer([], ask()).schools == 0


def test_data_through_is_the_last_day_with_anything_that_counts() -> None:
    school = draw(r"P001 /\ /\ --")
    assert answer([as_school(school)], ask()).data_through == MONDAY + timedelta(days=1)


def test_marks_outside_a_pupils_spells_do_not_count() -> None:
    school = draw(r"P001 /\ II /\ II")
    school.pupils["P001"].spells = [
        (MONDAY, MONDAY),
        (MONDAY + timedelta(days=2), MONDAY + timedelta(days=2)),
    ]
    (group,) = groups_of(school, ask())
    assert (group.possible, group.absence, group.pupils) == (4, 0, 1)


@pytest.mark.parametrize(
    "spells",
    [
        pytest.param([(0, 9), (0, 1)], id="one within the other"),
        pytest.param([(0, 1), (1, 3)], id="one shared day"),
        pytest.param([(2, 3), (0, 2), (1, 1)], id="three, out of order"),
    ],
)
def test_spells_that_overlap_count_a_session_once(spells: list[tuple[int, int]]) -> None:
    school = draw(r"P001 /\ II /\ II")
    school.pupils["P001"].spells = [
        (MONDAY + timedelta(days=first), MONDAY + timedelta(days=last)) for first, last in spells
    ]
    (group,) = groups_of(school, ask())
    assert (group.possible, group.pupils) == (8, 1)


def test_weeks_are_in_order_of_date_and_not_of_their_names() -> None:
    school = draw(r"P001 /\ /\ /\ /\ /\ /\ ")
    school.marks |= {("P001", date(2027, 1, 4), "AM"): "/"}
    school.marks |= {("P001", date(2027, 1, 1), "AM"): "/"}
    school.registers |= {(date(2027, 1, 4), "AM"), (date(2027, 1, 1), "AM")}
    weeks = [group.key["week"] for group in groups_of(school, ask(by=("week",)))]
    assert weeks == ["2026-W37", "2026-W38", "2026-W53", "2027-W01"]


def test_days_outside_every_half_term_come_last_and_without_a_name() -> None:
    school = draw(
        r"P001 /\ /\ /\ ", half_terms=[("2026/27", 1, MONDAY + timedelta(days=1), date(2026, 10, 23))]
    )
    keys = [group.key for group in groups_of(school, ask(by=("half_term", "term")))]
    assert keys == [
        {"half_term": "2026/27-1", "term": "2026/27-autumn"},
        {"half_term": None, "term": None},
    ]


def test_year_groups_come_in_the_order_of_the_school_and_unknown_ones_last() -> None:
    school = draw("\n".join(f"P{number} /\\" for number in range(6)))
    for pupil, year_group in zip(school.pupils.values(), ["10", None, "R", "2", "N1", "X"], strict=True):
        pupil.history["year_group"] = [(None, year_group)]
    groups = groups_of(school, ask(by=("year_group",)))
    assert [group.key["year_group"] for group in groups] == ["N1", "R", "2", "10", "X", None]


def test_by_code_gives_sessions_pupils_with_the_code_and_all_possible_sessions() -> None:
    school = draw(r"""
        P001  /\  /I  /X
        P002  /\  II  /\
    """)
    groups = groups_of(school, ask(by=("code",)))
    assert [(group.key["code"], group.sessions, group.pupils, group.possible) for group in groups] == [
        ("/", 5, 2, 11),
        ("\\", 3, 2, 11),
        ("X", 1, 1, 11),
        ("I", 3, 2, 11),
    ]
    assert {group.pupils_of_all_codes for group in groups} == {2}


def test_a_pupil_belongs_to_what_the_roll_says_on_the_last_day_of_the_window() -> None:
    school = draw(r"P001 /\ /\ II")
    school.pupils["P001"].history["sen_provision"] = [(None, "N"), (MONDAY + timedelta(days=2), "K")]
    whole = groups_of(school, ask(by=("sen_provision",)))
    assert [(group.key["sen_provision"], group.possible) for group in whole] == [("K", 6)]
    before = groups_of(school, ask(last=MONDAY + timedelta(days=1), by=("sen_provision",)))
    assert [(group.key["sen_provision"], group.possible) for group in before] == [("N", 4)]


def test_a_leaver_belongs_to_what_the_roll_said_on_the_last_day_here() -> None:
    school = draw(r"P001 /\ /\ --")
    pupil = school.pupils["P001"]
    pupil.spells = [(MONDAY, MONDAY + timedelta(days=1))]
    pupil.history["sen_provision"] = [(None, "N"), (MONDAY + timedelta(days=2), "K")]
    assert [group.key for group in groups_of(school, ask(by=("sen_provision",)))] == [{"sen_provision": "N"}]


def test_a_pupil_who_came_back_belongs_with_all_sessions_to_the_last_spell() -> None:
    school = draw(r"P001 /\ -- /\ --")
    pupil = school.pupils["P001"]
    tuesday, wednesday = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
    pupil.spells = [(MONDAY, MONDAY), (wednesday, wednesday)]
    pupil.history["sen_provision"] = [(None, "N"), (tuesday, "K")]
    (group,) = groups_of(school, ask(by=("sen_provision",)))
    assert (group.key["sen_provision"], group.possible, group.pupils) == ("K", 4, 1)


def test_membership_by_session_takes_each_session_by_the_roll_of_its_day() -> None:
    school = draw(r"P001 /\ /\ II /\ ")
    school.pupils["P001"].history["sen_provision"] = [
        (None, "N"),
        (MONDAY + timedelta(days=2), "K"),
        (MONDAY + timedelta(days=3), "N"),
    ]
    by_session = groups_of(school, ask(by=("sen_provision",), membership="session"))
    assert [(group.key["sen_provision"], group.possible, group.severe) for group in by_session] == [
        ("N", 6, 0),
        ("K", 2, 1),
    ]
    assert [group.pupils for group in by_session] == [1, 1]
    narrowed = groups_of(school, ask(cohort=cohort(sen_provision="N"), membership="session"))
    assert (narrowed[0].possible, narrowed[0].absence) == (6, 0)


def test_a_cohort_on_what_the_roll_does_not_say_lets_nobody_through() -> None:
    school = draw(r"P001 /\ ")
    assert groups_of(school, ask(cohort=cohort(sen_provision="N,K,E")))[0].possible == 0


def test_dfe_scope_takes_years_1_to_11_and_leaves_year_11_out_of_half_term_6() -> None:
    school = draw("\n".join(f"P{number} /\\ /\\" for number in range(5)))
    school.half_terms = [("2026/27", 6, MONDAY + timedelta(days=1), MONDAY + timedelta(days=60))]
    for pupil, year_group in zip(school.pupils.values(), ["R", "1", "11", "12", None], strict=True):
        pupil.history["year_group"] = [(None, year_group)]
    groups = groups_of(school, ask(scope="dfe", by=("year_group",)))
    assert [(group.key["year_group"], group.possible) for group in groups] == [("1", 4), ("11", 2)]
    school.half_terms = []
    groups = groups_of(school, ask(scope="dfe", by=("year_group",)))
    assert [(group.key["year_group"], group.possible) for group in groups] == [("1", 4), ("11", 4)]


def test_half_term_6_is_left_out_from_its_first_day_to_its_last() -> None:
    school = draw(r"P001 /\ /\ /\ /\ /\ ")
    school.half_terms = [("2026/27", 6, MONDAY + timedelta(days=1), MONDAY + timedelta(days=3))]
    school.pupils["P001"].history["year_group"] = [(None, "11")]
    days = [group.key["day"] for group in groups_of(school, ask(scope="dfe", by=("day",)))]
    assert days == ["2026-09-07", "2026-09-11"]


def test_a_pupil_has_a_code_once_however_often_the_code_table_changes_in_between() -> None:
    friday = date(2024, 8, 16)
    both = {"P001": Pupil([(friday, None)]), "P002": Pupil([(friday, None)])}
    marks = {("P001", friday, "AM"): "I", ("P002", date(2024, 8, 19), "AM"): "I"}
    marks |= {("P002", friday, "AM"): "I"}
    school = PlainSchool("100001", both, {(friday, "AM"), (date(2024, 8, 19), "AM")}, marks)
    (group,) = groups_of(school, ask(first=friday, last=date(2024, 8, 31), by=("code",)))
    assert (group.sessions, group.pupils) == (3, 2)


def test_persistent_and_severe_absence_count_pupils_at_the_threshold() -> None:
    school = draw(r"""
        P001  OO  /\  /\  /\  /\  /\  /\  /\  /\  /\
        P002  O\  /\  /\  /\  /\  /\  /\  /\  /\  /\
        P003  OO  OO  OO  OO  OO  /\  /\  /\  /\  /\
        P004  XX  XX  XX  XX  XX  XX  XX  XX  XX  XX
    """)
    (group,) = groups_of(school, ask())
    assert (group.pupils, group.persistent, group.severe) == (3, 2, 1)


def test_a_code_counts_on_the_last_day_of_its_row_and_not_on_the_next() -> None:
    last = date(2024, 8, 18)
    school = PlainSchool(
        "100001",
        {"P001": Pupil([(date(2024, 8, 1), None)])},
        {(last, "AM"), (last, "PM"), (date(2024, 8, 19), "AM"), (date(2024, 8, 19), "PM")},
        {
            ("P001", last, "AM"): "H",
            ("P001", last, "PM"): "J",
            ("P001", date(2024, 8, 19), "AM"): "H",
            ("P001", date(2024, 8, 19), "PM"): "C",
        },
    )
    (group,) = groups_of(school, ask(first=last, last=date(2024, 8, 19)))
    assert group.codes == {"C": 1, "H": 1, "J": 1}
    assert (group.authorised_absence, group.approved_educational_activity) == (2, 1)


def test_session_counts_stand_in_where_no_register_is_and_leave_pupils_unknown() -> None:
    school = draw(r"P001 /\ ")
    tuesday = MONDAY + timedelta(days=1)
    school.counts = {
        (MONDAY, "AM", "7"): {"I": 99},
        (tuesday, "AM", None): {"I": 99},
        (tuesday, "AM", "7"): {"/": 20, "I": 4},
        (tuesday, "PM", None): {"\\": 30},
    }
    (group,) = groups_of(school, ask())
    assert (group.possible, group.absence) == (56, 4)
    assert (group.pupils, group.persistent, group.severe) == (None, None, None)
    by_day = groups_of(school, ask(by=("day", "year_group")))
    assert [(g.key["day"], g.key["year_group"], g.possible, g.pupils) for g in by_day] == [
        ("2026-09-07", None, 2, 1),
        ("2026-09-08", "7", 24, None),
        ("2026-09-08", None, 30, None),
    ]


def test_a_cohort_of_anything_but_year_groups_leaves_session_counts_out() -> None:
    school = draw("P001")
    school.counts = {(MONDAY, "AM", "7"): {"/": 20}, (MONDAY, "PM", None): {"\\": 20}}
    assert groups_of(school, ask(cohort=cohort(year_group="7,8")))[0].possible == 20
    assert groups_of(school, ask(cohort=cohort(sex="F", year_group="7")))[0].possible == 0


def test_dfe_scope_leaves_out_session_counts_of_a_whole_school() -> None:
    school = draw("P001")
    school.half_terms = [("2026/27", 6, MONDAY, MONDAY)]
    school.counts = {
        (MONDAY, "AM", "11"): {"/": 20},
        (MONDAY, "AM", "12"): {"/": 20},
        (MONDAY, "AM", "6"): {"/": 7},
        (MONDAY, "PM", None): {"\\": 20},
        (MONDAY + timedelta(days=1), "AM", "11"): {"/": 3},
    }
    assert groups_of(school, ask(scope="dfe"))[0].possible == 10


def test_enrolments_at_two_schools_add() -> None:
    first, second = draw(r"P001 /\ "), draw(r"P001 II ", urn="100002")
    found = answer([as_school(first), as_school(second)], ask())
    assert (found.schools, found.groups[0].pupils, found.groups[0].severe) == (2, 2, 1)
    by_school = answer([as_school(second), as_school(first)], ask(by=("school",))).groups
    assert [(group.key["school"], group.absence) for group in by_school] == [("100001", 0), ("100002", 2)]
