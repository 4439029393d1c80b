"""Marks as they are kept come back as they were, in less than half the bytes."""

import csv
from pathlib import Path

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from domain.attendance.codes import NUMBERS
from domain.attendance.packing import DIGITS, PACKED, pack, unpack, unpack_all, width_of

USUAL = [0, *(NUMBERS[code] for code in DIGITS.values())]
ANY = [0, *NUMBERS.values()]

usual_registers = st.lists(st.sampled_from(USUAL), max_size=60).map(bytes)
any_registers = st.lists(st.sampled_from(ANY), max_size=60).map(bytes)
registers = usual_registers | any_registers


@given(registers)
@example(bytes([NUMBERS["#"]] * 127))
@example(bytes([NUMBERS["#"]] * 128))
@example(bytes([NUMBERS["#"]] * 300 + [NUMBERS["/"]] * 300))
def test_what_is_packed_comes_back_without_the_empty_places_at_its_end(marks: bytes) -> None:
    kept = pack(marks)
    assert unpack(kept) == marks.rstrip(b"\0")
    assert width_of(kept) - len(unpack(kept)) in (0, 1)


@given(st.lists(registers, max_size=8), st.integers(0, 3))
def test_registers_stand_one_below_the_other_packed_or_not(rows: list[bytes], spare: int) -> None:
    width = max([0, *map(len, rows)]) + spare
    expected = [list(row.ljust(width, b"\0")) for row in rows]
    for kept in (
        rows,
        [pack(row) for row in rows],
        [pack(row) if line % 2 else row for line, row in enumerate(rows)],
    ):
        assert unpack_all(kept, width).tolist() == expected


@given(st.lists(registers, min_size=1, max_size=4))
def test_what_is_unpacked_may_be_written_upon(rows: list[bytes]) -> None:
    unpack_all([pack(row) for row in rows], 60)[:] = 1


@given(usual_registers.filter(lambda marks: any(marks)))
def test_a_register_of_usual_codes_takes_a_byte_for_two_places_and_one_more(marks: bytes) -> None:
    assert len(pack(marks)) == 1 + (len(marks.rstrip(b"\0")) + 1) // 2


def test_a_register_of_which_more_than_127_are_of_other_codes_is_kept_as_it_is() -> None:
    closed = bytes([NUMBERS["#"]] * 128)
    assert pack(closed) == closed
    assert pack(closed[:127])[0] == PACKED + 127


def test_no_register_is_kept_as_nothing() -> None:
    assert pack(b"") == pack(bytes(5)) == unpack(b"") == b""
    assert unpack_all([], 7).shape == (0, 7)
    assert unpack_all([b"", b""], 0).shape == (2, 0)


def test_the_digits_are_those_of_every_register_written_so_far() -> None:
    """Another digit for a code would make another code of each mark that is kept."""
    assert "".join(DIGITS) == "123456789abcde"
    assert list(DIGITS.values()) == ["/", "\\", "L", "I", "O", "V", "G", "C", "M", "C2", "B", "U", "E", "N"]
    assert unpack(bytes.fromhex("8221436587a9cbedff") + bytes([NUMBERS["X"], NUMBERS["D"]])) == bytes(
        NUMBERS[code]
        for code in ["\\", "/", "I", "L", "V", "O", "C", "G", "C2", "M", "U", "B", "N", "E", "X", "D"]
    )


def test_numbers_of_codes_leave_the_first_byte_of_what_is_packed_free() -> None:
    table = Path(__file__).parents[3] / "domain/attendance/code_numbers.csv"
    with table.open(encoding="utf-8", newline="") as lines:
        assert max(int(line["number"]) for line in csv.DictReader(lines)) < PACKED


def test_a_stack_is_an_array_of_bytes() -> None:
    assert unpack_all([pack(b"\1\2\3")], 4).dtype == np.uint8
