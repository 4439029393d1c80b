"""Counts the marks of one school's registers: sessions by pupils, once through, cut by time and by group of pupil.

Rows (sessions) and columns (strands of pupils) are numbered by group first; what is left is a histogram of codes for
each pair of them, and for each pupil the number of possible sessions and of absences in each group.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from domain.attendance.cells import CODE_NUMBERS, Cells, Sums, no_cells
from domain.attendance.codes import COUNTED, CodeTable, code_periods
from domain.attendance.keys import (
    Part,
    characteristic_part,
    characteristics_in,
    distinct,
    make_key,
    school_part,
    time_ids,
    time_part,
)
from domain.attendance.membership import UNKNOWN, Strands, strands_of
from domain.attendance.question import Question
from domain.attendance.school import Int32s, Registers, School

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]

_AT_ONCE = 1 << 16
"""Marks counted in one go: their places as machine words still fit in the processor's cache."""

_BYTE_FULL = 255

_WORD = 8
"""Bytes."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """The sessions of the window, each with the number of its group."""

    registers: Registers
    group: Places
    parts: list[dict[str, Part]]


@dataclass(frozen=True, eq=False)
class _Columns:
    """Strands sorted by group, then pupil. A unit is a pupil in a group, of one or more neighbouring strands."""

    strands: Strands
    group: Places
    units: Places
    groups_of_units: Places
    parts: list[dict[str, Part]]


@dataclass(frozen=True, eq=False)
class _Tallies:
    """What is being summed: by group of rows, then group of columns or unit."""

    totals: Sums
    codes: Sums
    possible: Int32s
    absent: Int32s
    with_code: dict[int, npt.NDArray[np.bool_]]


def count_marks(school: School, question: Question) -> Cells:
    """The cells of a school that holds registers; none where no mark counts."""
    registers = within(school.registers, question.first.toordinal(), question.last.toordinal())
    strands = strands_of(school, question, characteristics_in(question.by))
    strands = strands.where(_meet(strands, registers.day))
    if not len(registers.day) or not len(strands.pupil):
        return no_cells()
    rows = _arrange_rows(school, question, registers)
    columns = _arrange_columns(school, question, strands)
    tallies = _empty_tallies(len(rows.parts), columns)
    marks = marks_of(registers, columns.strands)
    through = 0
    for part, table in by_period(registers.day):
        by_code = "code" in question.by
        _count(tallies, marks[part], rows.group[part], columns, table, registers.codes, by_code=by_code)
        through = _last_day(marks[part], registers.day[part], table) or through
    return _cells_of(school, question, rows, columns, tallies, through)


def within(registers: Registers, first: int, last: int) -> Registers:
    """The registers of the days from first to last."""
    start, end = np.searchsorted(registers.day, [first, last + 1])
    if end - start == len(registers.day):
        return registers
    part = slice(start, end)
    return Registers(registers.day[part], registers.pm[part], registers.marks[part], whole=registers)


def by_period(day: Int32s) -> Iterator[tuple[slice, CodeTable]]:
    """The sessions cut where the code table changes."""
    if not len(day):
        return
    for first, last, table in code_periods(int(day[0]), int(day[-1])):
        start, end = np.searchsorted(day, [first, last + 1])
        if start < end:
            yield slice(int(start), int(end)), table


def marks_of(registers: Registers, strands: Strands) -> Bytes:
    """Sessions by strands: the pupil's marks on the days of the strand, no mark on others."""
    marks = registers.marks
    whole_roll = len(strands.pupil) == marks.shape[1] and (np.diff(strands.pupil) == 1).all()
    partial = (strands.first > registers.day[0]) | (strands.last < registers.day[-1])
    if not whole_roll:
        marks = marks.take(strands.pupil, axis=1)
    elif partial.any():
        marks = marks.copy()
    if partial.any():
        day = registers.day[:, np.newaxis]
        marks[:, partial] *= (day >= strands.first[partial]) & (day <= strands.last[partial])
    return marks


def _meet(strands: Strands, day: Int32s) -> npt.NDArray[np.bool_]:
    """Whether any of the sessions lies in each strand."""
    return np.searchsorted(day, strands.first) < np.searchsorted(day, strands.last, side="right")


def _arrange_rows(school: School, question: Question, registers: Registers) -> _Rows:
    ids = time_ids(question.by, school.calendars, registers.day, registers.pm.astype(np.int64))
    first, group = distinct(list(ids.values()), len(registers.day))
    parts = [{name: time_part(name, int(number[row])) for name, number in ids.items()} for row in first]
    return _Rows(registers, group, parts)


def _arrange_columns(school: School, question: Question, strands: Strands) -> _Columns:
    names = characteristics_in(question.by)
    first, group = distinct([strands.values[name].astype(np.int64) for name in names], len(strands.pupil))
    parts = [
        {name: characteristic_part(name, _value(school, strands, name, int(row))) for name in names}
        for row in first
    ]
    if len(first) > 1:
        # Strands come sorted by pupil; a stable sort leaves the strands of a pupil in a group side by side.
        order = np.argsort(group, kind="stable")
        strands, group = _reordered(strands, order), group[order]
    new = np.ones(len(group), np.bool_)
    new[1:] = (group[1:] != group[:-1]) | (strands.pupil[1:] != strands.pupil[:-1])
    units = np.flatnonzero(new)
    return _Columns(strands, group, units, np.searchsorted(group[units], np.arange(len(first))), parts)


def _reordered(strands: Strands, order: Places) -> Strands:
    return Strands(strands.pupil[order], strands.first[order], strands.last[order], {})


def _value(school: School, strands: Strands, name: str, row: int) -> str | None:
    value = int(strands.values[name][row])
    return None if value == UNKNOWN else school.roll.characteristics[name].values[value]


def _empty_tallies(row_groups: int, columns: _Columns) -> _Tallies:
    groups, units = len(columns.parts), len(columns.units)
    return _Tallies(
        totals=np.zeros((row_groups, groups, len(COUNTED)), np.int64),
        codes=np.zeros((row_groups, groups, CODE_NUMBERS), np.int64),
        possible=np.zeros((row_groups, units), np.int32),
        absent=np.zeros((row_groups, units), np.int32),
        with_code={},
    )


def _count(
    tallies: _Tallies,
    marks: Bytes,
    group: Places,
    columns: _Columns,
    table: CodeTable,
    numbers: Sequence[int],
    *,
    by_code: bool,
) -> None:
    """Adds the marks of sessions that share one code table; no code but those with these numbers stands there."""
    if (group[1:] < group[:-1]).any():
        order = np.argsort(group, kind="stable")
        marks, group = marks[order], group[order]
    starts = np.concatenate([[0], np.flatnonzero(group[1:] != group[:-1]) + 1])
    groups = group[starts]
    codes = _histograms(marks, starts, columns, numbers) * table.valid[:CODE_NUMBERS]
    tallies.totals[groups] += codes @ table.weights[:CODE_NUMBERS]
    tallies.codes[groups] += codes
    outcome = np.frombuffer(marks.tobytes().translate(table.tally), np.uint8).reshape(marks.shape)
    tallies.possible[groups] += _by_unit(_sums(outcome & np.uint8(1), starts), columns)
    tallies.absent[groups] += _by_unit(_sums(outcome >> np.uint8(1), starts), columns)
    for number in np.flatnonzero(codes.any(axis=(0, 1))).tolist() if by_code else ():
        having = _by_unit(_sums((marks == number).view(np.uint8), starts), columns)
        held = tallies.with_code.setdefault(number, np.zeros(tallies.possible.shape, np.bool_))
        held[groups] |= having > 0


def _histograms(marks: Bytes, starts: Places, columns: _Columns, numbers: Sequence[int]) -> Sums:
    """How often each code stands in each run of rows and group of columns: runs by groups by numbers of codes."""
    groups = len(columns.parts)
    if groups == 1:
        return _histograms_of_all(marks, starts, numbers)[:, np.newaxis]
    found = np.zeros((len(starts), groups * 256), np.int64)
    base = columns.group * 256
    at_once = max(1, _AT_ONCE // marks.shape[1])
    for run, (start, end) in enumerate(_runs(starts, len(marks))):
        for chunk in range(start, end, at_once):
            piece = marks[chunk : min(chunk + at_once, end)]
            found[run] += np.bincount((piece + base).ravel(), minlength=groups * 256)
    return found.reshape(len(starts), groups, 256)[..., :CODE_NUMBERS]


def _histograms_of_all(marks: Bytes, starts: Places, numbers: Sequence[int]) -> Sums:
    """The same of all columns together: the few codes that stand there are each looked for, which is faster."""
    found = np.zeros((len(starts), CODE_NUMBERS), np.int64)
    if len(starts) == 1:
        for number in numbers:
            found[0, number] = np.count_nonzero(marks == number)
        return found
    height, width = marks.shape
    # Filled up to whole words with what is never true; made once, because so much memory is slow to get.
    these = np.zeros((height, -(-width // _WORD) * _WORD), np.bool_)
    for number in numbers:
        np.equal(marks, number, out=these[:, :width])
        found[:, number] = np.add.reduceat(_true_in_rows(these), starts)
    return found


def _true_in_rows(flags: npt.NDArray[np.bool_]) -> Sums:
    """How many flags of each row are true: eight are added at a time, each in its own byte of a word."""
    words = flags.view(np.uint64)
    found = np.zeros(len(flags), np.int64)
    for start in range(0, words.shape[1], _BYTE_FULL):
        sums = np.add.reduce(words[:, start : start + _BYTE_FULL], axis=1)
        found += sums.view(np.uint8).reshape(-1, _WORD).sum(axis=1, dtype=np.int64)
    return found


def _sums(ones: Bytes, starts: Places) -> Int32s:
    """The sum of each column over each run of rows, for values 0 and 1: added up as bytes, 255 rows at a time."""
    sums = np.zeros((len(starts), ones.shape[1]), np.int32)
    # A loop, because reduceat over rows takes four to ten times as long.
    for run, (start, end) in enumerate(_runs(starts, len(ones))):
        for piece in range(start, end, _BYTE_FULL):
            sums[run] += np.add.reduce(ones[piece : min(piece + _BYTE_FULL, end)], axis=0, dtype=np.uint8)
    return sums


def _runs(starts: Places, length: int) -> Iterator[tuple[int, int]]:
    """The first row of each run and the one after its last."""
    return pairwise([*starts.tolist(), length])


def _by_unit(sums: Int32s, columns: _Columns) -> Int32s:
    if len(columns.units) == sums.shape[1]:
        return sums
    return np.add.reduceat(sums, columns.units, axis=1, dtype=np.int32)


def _last_day(marks: Bytes, day: Int32s, table: CodeTable) -> int:
    """The last day with a mark that counts, 0 if none does."""
    for row in range(len(day) - 1, -1, -1):
        if table.valid[marks[row]].any():
            return int(day[row])
    return 0


def _cells_of(
    school: School, question: Question, rows: _Rows, columns: _Columns, tallies: _Tallies, through: int
) -> Cells:
    enrolled = tallies.possible > 0
    persistent = enrolled & (10 * tallies.absent >= tallies.possible)
    severe = enrolled & (2 * tallies.absent >= tallies.possible)
    pupils = _pupils(np.stack([enrolled, persistent, severe], axis=2), columns)
    with_code = np.zeros_like(tallies.codes)
    for number, having in tallies.with_code.items():
        with_code[..., number] = _pupils(having, columns)
    filled = tallies.codes.any(axis=2)
    own = {"school": school_part(school.key)}
    keys = [
        make_key(question.by, own | rows.parts[row] | columns.parts[column])
        for row, column in np.argwhere(filled).tolist()
    ]
    return Cells(
        keys=keys,
        totals=tallies.totals[filled],
        codes=tallies.codes[filled],
        pupils=pupils[filled],
        with_code=with_code[filled],
        knows_pupils=np.ones(len(keys), np.bool_),
        through=through,
    )


def _pupils(flags: npt.NDArray[np.bool_], columns: _Columns) -> Sums:
    """How many units of each group of columns are flagged."""
    return np.add.reduceat(flags, columns.groups_of_units, axis=1, dtype=np.int64)
