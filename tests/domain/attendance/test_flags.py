"""Flags of single pupils: thresholds are inclusive, and the sessions until each are those that one can count off."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.attendance.flags import flags_of, pupils_of, sessions_until
from domain.attendance.groups import answer
from tests.domain.attendance.drawn import (
    STRETCHES,
    as_school,
    ask,
    cohort,
    draw,
    plain_schools,
    questions,
)
from tests.domain.attendance.oracle import PlainSchool, Pupil

FIRST_MONDAY = date(2026, 9, 7)


@pytest.mark.parametrize(
    ("possible", "missed", "expected"),
    [
        pytest.param(380, 38, ("persistent",), id="38 of 380 is 10 %"),
        pytest.param(380, 37, ("at_risk",), id="37 of 380 is under 10 %"),
        pytest.param(380, 19, ("at_risk",), id="5 %"),
        pytest.param(380, 18, (), id="under 5 %"),
        pytest.param(380, 190, ("persistent", "severe"), id="50 %"),
        pytest.param(380, 189, ("persistent",), id="under 50 %"),
        pytest.param(1, 1, ("persistent", "severe"), id="one of one"),
        pytest.param(0, 0, (), id="nothing possible"),
    ],
)
def test_thresholds_are_inclusive_and_of_the_pupils_own_sessions(
    possible: int, missed: int, expected: tuple[str, ...]
) -> None:
    assert flags_of(possible, missed) == expected


@given(st.integers(1, 400), st.data())
def test_sessions_until_a_flag_are_those_that_one_can_count_off(possible: int, data: st.DataObject) -> None:
    missed = data.draw(st.integers(0, possible))
    for flag, more in sessions_until(possible, missed).items():
        counted = 0
        while flag not in flags_of(possible + counted, missed + counted):
            counted += 1
        assert more == counted


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_pupils_add_up_to_the_group_that_they_make(data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(STRETCHES))
    plain = data.draw(plain_schools("100001", start))
    plain.counts = {}
    question = data.draw(questions(start))
    pupils = pupils_of(as_school(plain), question)
    (group,) = answer([as_school(plain)], ask(**{**vars(question), "by": ()})).groups
    assert len(pupils) == group.pupils
    assert sum("persistent" in pupil.flags for pupil in pupils) == group.persistent
    assert sum("severe" in pupil.flags for pupil in pupils) == group.severe
    for name in ("possible", "attendance", "absence", "authorised_absence", "late", "present"):
        assert sum(getattr(pupil, name) for pupil in pupils) == getattr(group, name)


def test_each_pupil_comes_with_counts_codes_flags_and_what_is_left() -> None:
    school = draw(r"""
        P001  /\  LI  /\  /\  /\  /\  /\  /\  /\  /U
        P002  OO  /\  /\  /\  /\  /\  /\  /\  /\  /\
        P003  XX  XX  XX  XX  XX  XX  XX  XX  XX  XX
    """)
    first, second = pupils_of(as_school(school), ask())
    assert (first.pupil, first.possible, first.absence, first.late) == ("P001", 20, 2, 2)
    assert first.codes == {"/": 9, "\\": 8, "L": 1, "I": 1, "U": 1}
    assert first.flags == ("persistent",)
    assert first.sessions_until == {"persistent": 0, "severe": 16, "penalty_notice_watch": 9}
    assert (second.penalty_notice_sessions, second.sessions_until["penalty_notice_watch"]) == (2, 8)


def test_a_flag_narrows_the_list_and_so_does_a_cohort() -> None:
    school = draw(r"""
        P001  /\  /\
        P002  OO  /\
    """)
    school.pupils["P001"].history["sex"] = [(None, "F")]
    assert [pupil.pupil for pupil in pupils_of(as_school(school), ask(), "severe")] == ["P002"]
    assert [pupil.pupil for pupil in pupils_of(as_school(school), ask(cohort=cohort(sex="F")))] == ["P001"]


def weeks_of(codes_by_week: dict[int, str], weeks: int, closed: tuple[int, ...] = ()) -> PlainSchool:
    """P001 with codes on the Mondays of some weeks, while P002 is there whenever the school is open."""
    registers, marks = set(), {}
    for week in range(weeks):
        monday = FIRST_MONDAY + timedelta(weeks=week)
        for session, place in (("AM", 0), ("PM", 1)):
            registers.add((monday, session))
            marks["P002", monday, session] = "#" if week in closed else "I"
            if week in codes_by_week:
                marks["P001", monday, session] = codes_by_week[week][place]
    pupils = {reference: Pupil([(date(2026, 9, 1), None)]) for reference in ("P001", "P002")}
    return PlainSchool("100001", pupils, registers, marks)


def watch(school: PlainSchool, **window: date) -> tuple[bool, int, int]:
    pupil = pupils_of(as_school(school), ask(**window))[0]
    return (
        "penalty_notice_watch" in pupil.flags,
        pupil.penalty_notice_sessions,
        pupil.sessions_until["penalty_notice_watch"],
    )


def test_ten_sessions_of_g_n_o_and_u_in_ten_school_weeks_raise_the_watch() -> None:
    assert watch(weeks_of({0: "GN", 2: "OU", 4: "GG", 6: "OO", 9: "UN"}, 10)) == (True, 10, 0)


def test_nine_sessions_do_not_raise_it_and_authorised_absence_does_not_count() -> None:
    assert watch(weeks_of({0: "GN", 2: "OU", 4: "GG", 6: "OO", 9: "UI"}, 10)) == (False, 9, 1)


def test_sessions_more_than_ten_school_weeks_apart_do_not_add_up() -> None:
    assert watch(weeks_of({0: "GN", 2: "OU", 4: "GG", 6: "OO", 10: "UN"}, 11)) == (False, 8, 2)


def test_weeks_in_which_the_school_held_no_session_are_skipped() -> None:
    school = weeks_of({0: "GN", 2: "OU", 4: "GG", 6: "OO", 10: "UN"}, 11, closed=(7,))
    assert watch(school) == (True, 10, 0)
    school = weeks_of({0: "GN", 2: "OU", 4: "GG", 6: "OO", 10: "UN"}, 11)
    monday = FIRST_MONDAY + timedelta(weeks=8)
    school.registers -= {(monday, "AM"), (monday, "PM")}
    school.marks = {key: code for key, code in school.marks.items() if key[1] != monday}
    assert watch(school) == (True, 10, 0)


def test_the_watch_stays_up_when_a_reached_ten_weeks_are_past() -> None:
    school = weeks_of({0: "GN", 1: "OU", 2: "GG", 3: "OO", 4: "UN"}, 16)
    assert watch(school) == (True, 0, 0)


def test_only_weeks_of_the_window_count_for_the_watch() -> None:
    school = weeks_of({0: "GN", 2: "OU", 4: "GG", 6: "OO", 9: "UN"}, 10)
    assert watch(school, first=FIRST_MONDAY + timedelta(weeks=1)) == (False, 8, 2)
