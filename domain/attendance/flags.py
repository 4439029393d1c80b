"""Which pupils are at a threshold of absence, and how many more missed sessions bring each one there.

Persistent and severe absence are the Department's: 10 % and 50 % of the pupil's own possible sessions, inclusive.
`at_risk` is ours: 5 % or more and under 10 %.

Penalty notice watch: 10 sessions coded G, N, O or U, in any mix, within 10 school weeks in a row (the national
threshold of 2024). A school week is an ISO week in which the school held at least one session, that is, in which any
pupil on roll has a mark that counts as possible; holidays are skipped. Only weeks within the window count. A pupil is
flagged where any such 10 weeks of the window reach 10; the sessions still to go are reckoned from the latest 10.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.attendance.cells import CODE_NUMBERS, Sums
from domain.attendance.codes import COUNTED, NUMBERS, PENALTY_NOTICE_CODES, PLACE_IN_TABLE
from domain.attendance.marks import by_period, marks_of, within
from domain.attendance.membership import strands_of
from domain.attendance.question import Question
from domain.attendance.school import Int32s, School

FLAGS = ("persistent", "severe", "penalty_notice_watch", "at_risk")

PENALTY_NOTICE_SESSIONS, PENALTY_NOTICE_WEEKS = 10, 10


@dataclass(frozen=True)
class PupilAttendance:
    """One pupil's sessions in a window, with the flags raised and the missed sessions until each.

    `penalty_notice_sessions` are those of the latest 10 school weeks. `sessions_until` assumes that each next
    session is missed (for the penalty notice: without leave), and is 0 where the flag is up.
    """

    pupil: str
    place: int
    possible: int
    attendance: int
    present: int
    approved_educational_activity: int
    authorised_absence: int
    unauthorised_absence: int
    late_before_close: int
    late_after_close: int
    codes: Mapping[str, int]
    penalty_notice_sessions: int
    flags: tuple[str, ...]
    sessions_until: Mapping[str, int]

    @property
    def absence(self) -> int:
        """Sessions missed, authorised or not."""
        return self.authorised_absence + self.unauthorised_absence

    @property
    def late(self) -> int:
        """Late sessions, before the register closed or after."""
        return self.late_before_close + self.late_after_close


def pupils_of(school: School, question: Question, flag: str | None = None) -> list[PupilAttendance]:
    """Every pupil with a possible session in the window, in order of place; with `flag`, those who have it.

    Takes the question's window, cohort, membership and scope; `by` says nothing here.
    """
    codes, totals, weekly = _count_by_pupil(school, question)
    letters, in_order = list(PLACE_IN_TABLE), [NUMBERS[letter] for letter in PLACE_IN_TABLE]
    columns = (totals.tolist(), codes[:, in_order].tolist(), *(one.tolist() for one in _rolling(weekly)))
    pupils = []
    for place, (counted, of_codes, recent, highest) in enumerate(zip(*columns, strict=True)):
        sums = dict(zip(COUNTED, counted, strict=True))
        if not sums["possible"]:
            continue
        missed = sums["authorised_absence"] + sums["unauthorised_absence"]
        watched = highest >= PENALTY_NOTICE_SESSIONS
        flags = flags_of(sums["possible"], missed, penalty_notice_watch=watched)
        if flag is not None and flag not in flags:
            continue
        pupils.append(
            PupilAttendance(
                pupil=school.roll.references[place],
                place=place,
                **sums,
                codes={letter: number for letter, number in zip(letters, of_codes, strict=True) if number},
                penalty_notice_sessions=recent,
                flags=flags,
                sessions_until=sessions_until(sums["possible"], missed)
                | {"penalty_notice_watch": 0 if watched else max(0, PENALTY_NOTICE_SESSIONS - recent)},
            )
        )
    return pupils


def flags_of(possible: int, missed: int, *, penalty_notice_watch: bool = False) -> tuple[str, ...]:
    """The flags of a pupil who missed so many of so many possible sessions, in the order of FLAGS."""
    raised = {
        "persistent": possible > 0 and 10 * missed >= possible,
        "severe": possible > 0 and 2 * missed >= possible,
        "penalty_notice_watch": penalty_notice_watch,
        "at_risk": possible > 0 and 20 * missed >= possible > 10 * missed,
    }
    return tuple(name for name in FLAGS if raised[name])


def sessions_until(possible: int, missed: int) -> dict[str, int]:
    """How many more sessions until each flag if every next one is missed: (P - 10X) / 9 rounded up, and P - 2X."""
    return {
        "persistent": max(0, -((10 * missed - possible) // 9)),
        "severe": max(0, possible - 2 * missed),
    }


def _count_by_pupil(school: School, question: Question) -> tuple[Sums, Sums, Sums]:
    """By place: sessions of each code, totals as in COUNTED, and penalty notice sessions of each school week."""
    pupils = len(school.roll.references)
    codes = np.zeros((pupils, CODE_NUMBERS), np.int64)
    totals = np.zeros((pupils, len(COUNTED)), np.int64)
    held = within(school.registers, question.first.toordinal(), question.last.toordinal())
    if not pupils or not len(held.day):
        return codes, totals, np.zeros((pupils, 0), np.int64)
    everyone = strands_of(school, Question(question.first, question.last), ())
    strands = strands_of(school, question, ())
    weeks, week = np.unique((held.day - 1) // 7, return_inverse=True)
    by_week = np.zeros((pupils, len(weeks)), np.int64)
    open_weeks = np.zeros(len(weeks), np.bool_)
    chosen, of_everyone = marks_of(held, strands), marks_of(held, everyone)
    watched = np.zeros(256, np.bool_)
    watched[[NUMBERS[letter] for letter in PENALTY_NOTICE_CODES]] = True
    for part, table in by_period(held.day):
        found = _codes_by_place(chosen[part], strands.pupil, pupils) * table.valid[:CODE_NUMBERS]
        codes += found
        totals += found @ table.weights[:CODE_NUMBERS]
        open_weeks[week[part][table.possible[of_everyone[part]].any(axis=1)]] = True
        _add_weeks(by_week, week[part], strands.pupil, (watched & table.valid)[chosen[part]])
    return codes, totals, by_week[:, open_weeks]


def _codes_by_place(marks: npt.NDArray[np.uint8], pupil: Int32s, pupils: int) -> Sums:
    # One column more than there are numbers takes any number that no code has.
    width = CODE_NUMBERS + 1
    places = (np.minimum(marks, CODE_NUMBERS) + pupil.astype(np.int64) * width).ravel()
    return np.bincount(places, minlength=pupils * width).reshape(pupils, width)[:, :CODE_NUMBERS]


def _add_weeks(
    by_week: Sums, week: npt.NDArray[np.intp], pupil: Int32s, watched: npt.NDArray[np.bool_]
) -> None:
    row, column = np.nonzero(watched)
    np.add.at(by_week, (pupil[column], week[row]), 1)


def _rolling(by_week: Sums) -> tuple[Sums, Sums]:
    """By pupil: the sessions of the latest 10 weeks, and the most in any 10 in a row."""
    upto = np.zeros((by_week.shape[0], by_week.shape[1] + 1), np.int64)
    np.cumsum(by_week, axis=1, out=upto[:, 1:])
    before = upto[:, :-PENALTY_NOTICE_WEEKS] if by_week.shape[1] >= PENALTY_NOTICE_WEEKS else upto[:, :1]
    windows = upto[:, -before.shape[1] :] - before
    return windows[:, -1], windows.max(axis=1)
