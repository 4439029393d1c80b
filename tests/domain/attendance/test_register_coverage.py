"""Which sessions nobody has answered for: the arrays against a plain loop, on drawn schools."""

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.calendar import Calendar, Closure, Term, sessions_of
from domain.attendance.codes import NUMBERS
from domain.attendance.coverage import coverage_of
from domain.attendance.school import OPEN_END, Registers, Roll, School, Spells

MONDAY = date(2026, 9, 7)
DAYS = [MONDAY + timedelta(days=number) for number in range(21)]
PUPILS = 3


@st.composite
def schools(draw: st.DrawFn) -> School:
    """Three weeks of a small school: weekends are drawn too, spells overlap, and some registers are empty."""
    spans = st.tuples(st.integers(0, PUPILS - 1), st.integers(0, 20), st.integers(-1, 20) | st.none())
    spells = sorted(draw(st.lists(spans, max_size=5)), key=lambda spell: spell[:2])
    codes = st.sampled_from([0, NUMBERS["I"], NUMBERS["N"]])
    held = draw(
        st.dictionaries(
            st.tuples(st.integers(0, 20), st.booleans()), st.lists(codes, min_size=PUPILS, max_size=PUPILS)
        )
    )
    closed = draw(st.lists(st.tuples(st.integers(0, 20), st.sampled_from([None, "AM", "PM"])), max_size=4))
    calendar = Calendar(
        "2026/27",
        (Term("Autumn", 1, MONDAY, DAYS[draw(st.integers(3, 20))]),),
        tuple(Closure(DAYS[number], which, "x") for number, which in closed),
    )
    start = MONDAY.toordinal()
    return School(
        key="900001",
        roll=Roll(
            ["A", "B", "C"],
            Spells(
                np.array([spell[0] for spell in spells], np.int32),
                np.array([start + spell[1] for spell in spells], np.int32),
                np.array([OPEN_END if last is None else start + last for *_, last in spells], np.int32),
            ),
        ),
        registers=Registers(
            np.array([start + day for day, _ in sorted(held)], np.int32),
            np.array([pm for _, pm in sorted(held)], np.bool_),
            np.array([held[one] for one in sorted(held)], np.uint8).reshape(-1, PUPILS),
        ),
        calendars=(calendar,),
    )


@given(schools(), st.integers(0, 25), st.integers(0, 20))
def test_it_is_what_a_plain_loop_finds(school: School, today_number: int, last_number: int) -> None:
    today, last = MONDAY + timedelta(days=today_number), DAYS[last_number]

    found = coverage_of(school, MONDAY, last, today)

    registers = {
        (date.fromordinal(int(day)), "PM" if pm else "AM"): marks.tolist()
        for day, pm, marks in zip(
            school.registers.day, school.registers.pm, school.registers.marks, strict=True
        )
    }
    sessions = sessions_of(school.calendars[0], MONDAY, today)
    due = [
        one
        for one in sessions
        if one[0] <= last and (one[0] < today or (one[0] == today and one in registers))
    ]
    assert found.sessions == len(due)
    assert [(one.day, one.session) for one in found.missing] == [one for one in due if one not in registers]
    gaps = []
    for one in due:
        there = [pupil for pupil in range(PUPILS) if one in registers and on_roll(school, pupil, one[0])]
        marked = [pupil for pupil in there if registers[one][pupil]]
        if len(marked) < len(there):
            gaps.append((*one, len(marked), len(there)))
    assert [(one.day, one.session, one.marks, one.on_roll) for one in found.incomplete] == gaps
    assert found.complete == found.sessions - len(found.missing) - len(found.incomplete)
    overdue = []
    for one, marks in registers.items():
        open_marks = [
            pupil
            for pupil, mark in enumerate(marks)
            if mark == NUMBERS["N"] and on_roll(school, pupil, one[0])
        ]
        passed = {day for day, _ in sessions if one[0] < day < today}
        if open_marks and len(passed) >= 5 and one[0] <= today:
            overdue.append((*one, len(open_marks)))
    assert [(one.day, one.session, one.marks) for one in found.unresolved] == overdue
    outside = [
        (*one, sum(map(bool, marks)))
        for one, marks in registers.items()
        if any(marks) and one[0] <= today and one not in sessions_of(school.calendars[0], MONDAY, DAYS[-1])
    ]
    within = [one for one in found.outside_calendar if one.day <= last]
    assert [(one.day, one.session, one.marks) for one in within] == [one for one in outside if one[0] <= last]


def on_roll(school: School, pupil: int, day: date) -> bool:
    spells = school.roll.spells
    return any(
        whose == pupil and first <= day.toordinal() <= last
        for whose, first, last in zip(spells.pupil, spells.first, spells.last, strict=True)
    )
