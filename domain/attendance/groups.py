"""Answers a question about attendance: pooled integer totals for each group, over any number of schools.

Definitions are those of the Department for Education's pupil attendance statistics. Sums are taken first and divided
once, in `rates.py`: a mean of schools' rates is another number. Nothing is withheld here; see `suppression.py`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from domain.attendance.cells import Cells, put_together
from domain.attendance.codes import COUNTED, LETTERS, PLACE_IN_TABLE
from domain.attendance.counts import count_session_counts
from domain.attendance.keys import Key, code_part
from domain.attendance.marks import count_marks
from domain.attendance.question import Question
from domain.attendance.school import School

_NUMBERS_IN_ORDER = sorted(range(1, len(LETTERS)), key=lambda number: PLACE_IN_TABLE[LETTERS[number]])


@dataclass(frozen=True)
class Group:
    """The sums of one group, all of them sessions but for `pupils`, `persistent` and `severe`.

    `attendance` is the numerator of the attendance rate, `present` leaves approved educational activity out of it.
    `pupils` have at least one possible session in the group; `persistent` of them missed 10 % or more of their own,
    `severe` 50 % or more. These three are None where only counts of sessions are held.

    In an answer by code, `sessions` are those with the code and `pupils` those who have any; all else is said of the
    same group with all codes, whose pupils are `pupils_of_all_codes`.
    """

    key: dict[str, str | None]
    possible: int
    attendance: int
    present: int
    approved_educational_activity: int
    authorised_absence: int
    unauthorised_absence: int
    late_before_close: int
    late_after_close: int
    codes: dict[str, int]
    pupils: int | None
    persistent: int | None
    severe: int | None
    sessions: int | None = None
    pupils_of_all_codes: int | None = None

    @property
    def absence(self) -> int:
        """Sessions missed, authorised or not."""
        return self.authorised_absence + self.unauthorised_absence

    @property
    def late(self) -> int:
        """Late sessions, before the register closed (attended) or after (missed)."""
        return self.late_before_close + self.late_after_close


@dataclass(frozen=True)
class Answer:
    """The groups in their order, how many schools were asked, and the last day with anything counted."""

    schools: int
    data_through: date | None
    groups: list[Group]


def answer(schools: Iterable[School], question: Question) -> Answer:
    """What the registers and session counts of these schools say to the question."""
    return answer_of((count(school, question) for school in schools), question)


def count(school: School, question: Question) -> Cells:
    """What one school adds to the answer."""
    marks, counts = count_marks(school, question), count_session_counts(school, question)
    return put_together([marks, counts]) if counts.keys else marks


def answer_of(schools: Iterable[Cells], question: Question) -> Answer:
    """The answer to which these schools add their sums.

    Only groups with something counted come, but without `by` there is always exactly one.
    """
    parts = list(schools)
    whole = put_together(parts)
    groups = list(_groups_of(whole, tuple(name for name in question.by if name != "code")))
    if "code" in question.by:
        groups = _by_code(groups, whole, question.by)
    if not question.by and not groups:
        groups = [_empty_group()]
    through = whole.through
    return Answer(len(parts), date.fromordinal(through) if through else None, groups)


def _groups_of(cells: Cells, names: tuple[str, ...]) -> Iterator[Group]:
    rows = zip(
        cells.keys,
        cells.totals.tolist(),
        cells.codes.tolist(),
        cells.pupils.tolist(),
        cells.knows_pupils.tolist(),
        strict=True,
    )
    for key, totals, codes, (pupils, persistent, severe), known in rows:
        yield Group(
            key=_labels(names, key),
            **dict(zip(COUNTED, totals, strict=True)),
            codes={LETTERS[number]: codes[number] for number in _NUMBERS_IN_ORDER if codes[number]},
            pupils=pupils if known else None,
            persistent=persistent if known else None,
            severe=severe if known else None,
        )


def _by_code(groups: list[Group], cells: Cells, by: tuple[str, ...]) -> list[Group]:
    """Each group once for each of its codes, in the order that `by` asks for."""
    place = by.index("code")
    split: list[tuple[Key, Group]] = []
    for row, (key, group) in enumerate(zip(cells.keys, groups, strict=True)):
        for number in np.flatnonzero(cells.codes[row]).tolist():
            longer = (*key[:place], code_part(number), *key[place:])
            letter, sessions = LETTERS[number], int(cells.codes[row, number])
            own = replace(
                group,
                key=_labels(by, longer),
                codes={letter: sessions},
                sessions=sessions,
                pupils=None if group.pupils is None else int(cells.with_code[row, number]),
                persistent=None,
                severe=None,
                pupils_of_all_codes=group.pupils,
            )
            split.append((longer, own))
    return [group for _, group in sorted(split, key=lambda entry: entry[0])]


def _labels(names: tuple[str, ...], key: Key) -> dict[str, str | None]:
    return {name: label for name, (_, _, label) in zip(names, key, strict=True)}


def _empty_group() -> Group:
    return Group({}, 0, 0, 0, 0, 0, 0, 0, 0, {}, 0, 0, 0)
