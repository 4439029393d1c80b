"""Counts the sessions of schools that push how many pupils had each code, and not which.

A count is used only where no register is held for the session; one of the whole school only where no year group's is
held either. What a count adds to has no pupils, persistent or severe figures: it can't be known.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from domain.attendance.cells import CODE_NUMBERS, Cells, no_cells
from domain.attendance.codes import NO_MARK, code_periods
from domain.attendance.keys import (
    Key,
    characteristic_part,
    characteristics_in,
    make_key,
    school_part,
    time_ids,
    time_part,
)
from domain.attendance.membership import DFE_YEAR_GROUPS, LAST_COMPULSORY_YEAR, study_leave_days
from domain.attendance.question import Question
from domain.attendance.school import School, SessionCount


def count_session_counts(school: School, question: Question) -> Cells:
    """The cells that a school's session counts add."""
    used = [count for count in _not_superseded(school, question) if _in_question(count, school, question)]
    counted = [(count, codes) for count in used if (codes := _valid_codes(count))]
    if not counted:
        return no_cells()
    keys = _keys(school, question, [count for count, _ in counted])
    place = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    cells = no_cells(place, knows_pupils=False)
    for key, (count, codes) in zip(keys, counted, strict=True):
        sessions = np.zeros(256, np.int64)
        sessions[list(codes)] = list(codes.values())
        cells.codes[place[key]] += sessions[:CODE_NUMBERS]
        cells.totals[place[key]] += sessions @ code_periods(count.day, count.day)[0][2].weights
    return replace(cells, through=max(count.day for count, _ in counted))


def _not_superseded(school: School, question: Question) -> Iterator[SessionCount]:
    """The counts of the window that neither a register nor a finer count stands in for."""
    first, last = question.first.toordinal(), question.last.toordinal()
    counts = [count for count in school.session_counts if first <= count.day <= last]
    if not counts:
        return
    registers = set(zip(school.registers.day.tolist(), school.registers.pm.tolist(), strict=True))
    by_year_group = {(count.day, count.pm) for count in counts if count.year_group is not None}
    for count in counts:
        session = (count.day, count.pm)
        if session not in registers and (count.year_group is not None or session not in by_year_group):
            yield count


def _in_question(count: SessionCount, school: School, question: Question) -> bool:
    for name, allowed in question.cohort:
        if name != "year_group" or count.year_group not in allowed:
            return False
    if question.scope == "all":
        return True
    if count.year_group == LAST_COMPULSORY_YEAR:
        return not any(
            first.toordinal() <= count.day <= last.toordinal()
            for first, last in study_leave_days(school.calendars)
        )
    return count.year_group in DFE_YEAR_GROUPS


def _valid_codes(count: SessionCount) -> dict[int, int]:
    """The codes that are valid on the day and have any session."""
    valid = code_periods(count.day, count.day)[0][2].valid
    return {
        number: sessions
        for number, sessions in count.counts.items()
        if sessions and number != NO_MARK and valid[number]
    }


def _keys(school: School, question: Question, counts: list[SessionCount]) -> list[Key]:
    day = np.array([count.day for count in counts], np.int32)
    pm = np.array([count.pm for count in counts], np.int64)
    ids = {
        name: numbers.tolist() for name, numbers in time_ids(question.by, school.calendars, day, pm).items()
    }
    unknown = {name: characteristic_part(name, None) for name in characteristics_in(question.by)}
    own = unknown | {"school": school_part(school.key)}
    return [
        make_key(
            question.by,
            own
            | {name: time_part(name, numbers[row]) for name, numbers in ids.items()}
            | {"year_group": characteristic_part("year_group", count.year_group)},
        )
        for row, count in enumerate(counts)
    ]
