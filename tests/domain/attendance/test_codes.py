"""Each code counts as its row in the table says, from its first day to its last, in its own session."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attendance.codes import (
    CODES,
    COUNTED,
    FINE,
    LETTERS,
    NO_MARK,
    NOT_VALID_THEN,
    NUMBERS,
    WRONG_SESSION,
    code_periods,
    code_table,
    describe_fault,
    faults_of,
)
from tests.domain.attendance import oracle

LAST_OF_OLD_CODES, FIRST_OF_NEW_CODES = date(2024, 8, 18), date(2024, 8, 19)


def fault(code: str, day: date, session: str) -> int:
    numbers = np.array([NUMBERS.get(code, NO_MARK)], np.uint8)
    return int(faults_of(numbers, np.array([day.toordinal()], np.int32), np.array([session == "PM"]))[0])


def test_numbers_that_registers_are_stored_under_never_change() -> None:
    held = (
        "/ 1 \\ 2 L 3 K 4 V 5 P 6 W 7 B 8 D 9 C1 10 M 11 J1 12 S 13 X 14 C2 15 C 16 T 17 R 18 I 19 E 20 Q 21 "
        "Y1 22 Y2 23 Y3 24 Y4 25 Y5 26 Y6 27 Y7 28 G 29 N 30 O 31 U 32 Z 33 # 34 H 35 J 36 Y 37 F 38 I01 39 "
        "I02 40 X01 41"
    )
    words = held.split()
    assert {code: int(number) for code, number in zip(words[::2], words[1::2], strict=True)}.items() <= set(
        NUMBERS.items()
    )


def test_every_code_has_a_number_and_every_number_its_letters() -> None:
    assert {row.code for row in CODES} == set(NUMBERS)
    assert LETTERS[NO_MARK] == ""
    assert all(LETTERS[number] == code for code, number in NUMBERS.items())


@given(
    st.sampled_from(oracle.ORDER),
    st.dates(date(2006, 9, 1), date(2040, 1, 1))
    | st.sampled_from([LAST_OF_OLD_CODES, FIRST_OF_NEW_CODES, date(2013, 8, 31), date(2013, 9, 1)]),
    st.sampled_from(["AM", "PM"]),
)
def test_a_code_counts_and_is_taken_as_a_second_reading_of_the_table_says(
    code: str, day: date, session: str
) -> None:
    table, number, valid = code_table(day), NUMBERS[code], oracle.valid(code, day)
    assert table.valid[number] == valid
    assert table.possible[number] == (valid and code in oracle.POSSIBLE)
    assert table.present[number] == (valid and code in oracle.ATTENDING | oracle.ACTIVITY)
    assert table.attending[number] == (valid and code in oracle.ATTENDING)
    assert table.approved_educational_activity[number] == (valid and code in oracle.ACTIVITY)
    assert table.authorised_absence[number] == (valid and code in oracle.AUTHORISED)
    assert table.unauthorised_absence[number] == (valid and code in oracle.UNAUTHORISED)
    assert table.late_before_close[number] == (valid and code == "L")
    assert table.late_after_close[number] == (valid and code == "U")
    wrong = {("/", "PM"), ("\\", "AM")}
    expected = WRONG_SESSION if (code, session) in wrong else FINE
    assert fault(code, day, session) == (expected if valid else NOT_VALID_THEN)


@pytest.mark.parametrize("day", [date(2010, 1, 1), date(2021, 1, 1), LAST_OF_OLD_CODES, FIRST_OF_NEW_CODES])
def test_every_possible_session_is_attended_or_missed_and_nothing_else_is_either(day: date) -> None:
    table = code_table(day)
    absence = table.authorised_absence | table.unauthorised_absence
    assert (table.possible == (table.present ^ absence)).all()
    assert (table.present == (table.attending ^ table.approved_educational_activity)).all()
    assert not (table.possible & ~table.valid).any()
    assert not table.valid[NO_MARK]


def test_the_weights_are_the_flags_in_the_order_of_what_is_counted() -> None:
    table = code_table(FIRST_OF_NEW_CODES)
    named = {name: table.weights[:, place].nonzero()[0].tolist() for place, name in enumerate(COUNTED)}
    assert named["attendance"] == table.present.nonzero()[0].tolist()
    assert named["present"] == table.attending.nonzero()[0].tolist()
    assert named["late_after_close"] == [NUMBERS["U"]]


def test_periods_follow_one_another_without_gap() -> None:
    first, last = date(2000, 1, 1).toordinal(), date(2030, 1, 1).toordinal()
    periods = code_periods(first, last)
    assert (periods[0][0], periods[-1][1]) == (first, last)
    assert [end + 1 for _, end, _ in periods[:-1]] == [start for start, _, _ in periods[1:]]
    assert FIRST_OF_NEW_CODES.toordinal() in {start for start, _, _ in periods}
    assert len(code_periods(FIRST_OF_NEW_CODES.toordinal(), last)) == 1


def test_a_broken_row_is_told_from_its_neighbours() -> None:
    letters, day = ["/", "/", "H", "\\", "K", ""], FIRST_OF_NEW_CODES
    numbers = np.array([NUMBERS.get(letter, NO_MARK) for letter in letters] + [255], np.uint8)
    days = np.full(len(numbers), day.toordinal(), np.int32)
    days[4] -= 1
    pm = np.array([False, True, True, False, False, True, False])
    assert faults_of(numbers, days, pm).tolist() == [
        FINE,
        WRONG_SESSION,
        NOT_VALID_THEN,
        WRONG_SESSION,
        NOT_VALID_THEN,
        FINE,
        NOT_VALID_THEN,
    ]


@pytest.mark.parametrize(
    ("code", "found", "session", "sentence"),
    [
        (
            "H",
            NOT_VALID_THEN,
            "AM",
            "Code H is not valid on 2026-09-07; it is valid from 2006-09-01 to 2024-08-18.",
        ),
        (
            "/",
            WRONG_SESSION,
            "PM",
            "Code / is for the morning only; a pupil present in the afternoon is marked \\.",
        ),
        (
            "\\",
            WRONG_SESSION,
            "AM",
            "Code \\ is for the afternoon only; a pupil present in the morning is marked /.",
        ),
    ],
)
def test_a_fault_is_described_with_what_would_be_right(
    code: str, found: int, session: str, sentence: str
) -> None:
    assert describe_fault(code, found, date(2026, 9, 7), session) == sentence


def test_a_code_before_its_time_is_described_with_its_first_day() -> None:
    day = FIRST_OF_NEW_CODES - timedelta(days=1)
    assert describe_fault("K", NOT_VALID_THEN, day, "AM") == (
        "Code K is not valid on 2024-08-18; it is valid from 2024-08-19 on."
    )
    assert "from 2006-09-01 on" in describe_fault("C", NOT_VALID_THEN, date(2006, 8, 31), "AM")
