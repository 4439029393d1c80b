"""Schools for tests: drawn in text, generated, or put from plain values into the arrays that the product reads."""

from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

from domain.attendance.calendar import Calendar, Term
from domain.attendance.codes import NUMBERS
from domain.attendance.question import Question
from domain.attendance.school import (
    OPEN_END,
    Characteristic,
    Registers,
    Roll,
    School,
    SessionCount,
    Spells,
)
from tests.domain.attendance.oracle import ORDER, PlainSchool, Pupil

MONDAY = date(2026, 9, 7)
SESSIONS = ("AM", "PM")


def draw(text: str, **given: Any) -> PlainSchool:
    """A school from lines such as `P001 /\\ IL --`: a pupil, then the marks of each school day from MONDAY on.

    A code of two characters is put in brackets: `(C2)`; `-` is no mark. Days go on over weekends to the next Monday.
    """
    pupils: dict[str, Pupil] = {}
    marks: dict[tuple[str, date, str], str] = {}
    registers: set[tuple[date, str]] = set()
    for line in filter(None, map(str.strip, text.splitlines())):
        reference, *days = line.split()
        pupils[reference] = Pupil([(date(2026, 9, 1), None)])
        for number, both in enumerate(days):
            day = MONDAY + timedelta(days=number // 5 * 7 + number % 5)
            for session, code in zip(SESSIONS, _codes(both), strict=True):
                registers.add((day, session))
                if code != "-":
                    marks[reference, day, session] = code
    return PlainSchool(**{"urn": "100001", "pupils": pupils, "registers": registers, "marks": marks} | given)


def ask(first: date = date(2026, 9, 1), last: date = date(2027, 8, 31), **given: Any) -> Question:
    return Question(first, last, **given)


def cohort(**wanted: str) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((name, frozenset(values.split(","))) for name, values in wanted.items())


def as_school(plain: PlainSchool) -> School:
    """The plain school in the arrays of `domain.attendance.school`."""
    references = list(plain.pupils)
    place = {reference: number for number, reference in enumerate(references)}
    spells = [
        (place[reference], first.toordinal(), last.toordinal() if last else OPEN_END)
        for reference, pupil in plain.pupils.items()
        for first, last in pupil.spells
    ]
    sessions = sorted(plain.registers)
    marks = np.zeros((len(sessions), len(references)), np.uint8)
    row = {session: number for number, session in enumerate(sessions)}
    for (reference, day, session), code in plain.marks.items():
        marks[row[day, session], place[reference]] = NUMBERS[code]
    names = sorted({name for pupil in plain.pupils.values() for name in pupil.history})
    return School(
        key=plain.urn,
        roll=Roll(
            references,
            Spells(*_columns(spells, 3)),
            {name: _characteristic(plain, name, place) for name in names},
        ),
        registers=Registers(
            np.array([day.toordinal() for day, _ in sessions], np.int32),
            np.array([session == "PM" for _, session in sessions], np.bool_),
            marks,
        ),
        session_counts=tuple(
            SessionCount(
                day.toordinal(),
                session == "PM",
                year_group,
                {NUMBERS[code]: often for code, often in codes.items()},
            )
            for (day, session, year_group), codes in plain.counts.items()
        ),
        calendars=tuple(
            Calendar(year, tuple(Term("a term", *term[1:]) for term in plain.half_terms if term[0] == year))
            for year in sorted({term[0] for term in plain.half_terms})
        ),
    )


def _codes(both: str) -> list[str]:
    codes: list[str] = []
    while both:
        end = both.index(")") if both[0] == "(" else 0
        codes.append(both[: end + 1].strip("()"))
        both = both[end + 1 :]
    return codes


def _characteristic(plain: PlainSchool, name: str, place: dict[str, int]) -> Characteristic:
    values = sorted(
        {v for pupil in plain.pupils.values() for _, v in pupil.history.get(name, []) if v is not None}
    )
    entries = [
        (place[reference], since.toordinal() if since else 0, -1 if value is None else values.index(value))
        for reference, pupil in plain.pupils.items()
        for since, value in pupil.history.get(name, [])
    ]
    return Characteristic(tuple(values), *_columns(sorted(entries), 3))


def _columns(rows: list[tuple[int, ...]], width: int) -> list[np.ndarray]:
    return list(np.array(rows, np.int32).reshape(-1, width).T.copy())


# Stretches of days over which something changes: codes in 2013, 2022 and 2024, study leave and the end of a school
# year, the week that belongs to two years, an ordinary fortnight.
STRETCHES = [
    date(2013, 8, 26),
    date(2022, 3, 28),
    date(2024, 8, 12),
    date(2026, 5, 27),
    date(2026, 12, 28),
    date(2027, 7, 15),
    date(2026, 9, 7),
]
LENGTH = 12
HALF_TERMS = [
    ("2023/24", 6, date(2024, 6, 3), date(2024, 8, 16)),
    ("2025/26", 5, date(2026, 4, 13), date(2026, 5, 29)),
    ("2025/26", 6, date(2026, 6, 2), date(2026, 7, 20)),
    ("2026/27", 1, date(2026, 9, 9), date(2026, 10, 23)),
    ("2026/27", 2, date(2026, 11, 2), date(2026, 12, 30)),
    ("2026/27", 3, date(2026, 12, 31), date(2027, 2, 12)),
    ("2026/27", 6, date(2027, 6, 7), date(2027, 7, 19)),
]

_offsets = st.integers(0, LENGTH - 1)
_sessions = st.sampled_from(SESSIONS)
_codes_often_seen = st.sampled_from(["/", "\\", "L", "I", "O", "U"])
_any_code = _codes_often_seen | st.sampled_from(ORDER)
_values = {
    "year_group": st.sampled_from(["R", "6", "9", "10", "11", "12", None]),
    "sen_provision": st.sampled_from(["N", "K", "E", None]),
    "sex": st.sampled_from(["F", "M"]),
}


@st.composite
def plain_schools(draw: Any, urn: str, start: date) -> PlainSchool:
    """A school with a few pupils who come, go and change, over a stretch of days from `start`."""
    pupils = {f"P{number}": draw(_pupils(start)) for number in range(draw(st.integers(0, 5)))}
    registers = draw(st.sets(st.tuples(_offsets, _sessions), max_size=LENGTH * 2))
    registered = {(start + timedelta(days=offset), session) for offset, session in registers}
    marks = {
        (reference, *session): code
        for session in sorted(registered)
        for reference in pupils
        if (code := draw(_any_code | st.none())) is not None
    }
    counts = draw(
        st.dictionaries(
            st.tuples(_offsets, _sessions, st.sampled_from([None, "6", "11", "12"])),
            st.dictionaries(_any_code, st.integers(0, 40), max_size=3),
            max_size=6,
        )
    )
    return PlainSchool(
        urn=urn,
        pupils=pupils,
        registers=registered,
        marks=marks,
        counts={(start + timedelta(days=offset), *rest): codes for (offset, *rest), codes in counts.items()},
        half_terms=draw(st.sampled_from([[], HALF_TERMS])),
    )


@st.composite
def _pupils(draw: Any, start: date) -> Pupil:
    bounds = sorted(draw(st.sets(st.integers(-3, LENGTH + 3), min_size=2, max_size=4)))
    days = [start + timedelta(days=bound) for bound in bounds]
    spells: list[tuple[date, date | None]] = list(zip(days[::2], days[1::2], strict=False))
    if len(days) % 2:
        spells.append((days[-1], None))
    history = {}
    for name, values in _values.items():
        changes = sorted(draw(st.sets(_offsets, max_size=2)))
        sinces = [draw(st.sampled_from([None, start])), *(start + timedelta(days=one) for one in changes)]
        if draw(st.booleans()):
            history[name] = [(since, draw(values)) for since in dict.fromkeys(sinces)]
    return Pupil(spells, history)


BY = [
    "day",
    "week",
    "month",
    "half_term",
    "term",
    "weekday",
    "session",
    "code",
    "school",
    "year_group",
    "sen_provision",
    "sex",
]


@st.composite
def questions(draw: Any, start: date) -> Question:
    """A question about a window that need not be the stretch of the registers."""
    first, last = sorted(draw(st.tuples(st.integers(-2, LENGTH), st.integers(0, LENGTH + 2))))
    wanted = draw(
        st.dictionaries(
            st.sampled_from(["year_group", "sen_provision"]),
            st.frozensets(st.sampled_from(["6", "11", "K", "E", "N"]), min_size=1),
            max_size=2,
        )
    )
    return Question(
        first=start + timedelta(days=first),
        last=start + timedelta(days=last),
        by=tuple(draw(st.lists(st.sampled_from(BY), max_size=3, unique=True))),
        cohort=tuple(sorted(wanted.items())),
        membership=draw(st.sampled_from(["window", "session"])),
        scope=draw(st.sampled_from(["all", "dfe"])),
    )
