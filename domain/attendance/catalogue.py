"""The attendance measures: what each divides by what, which direction is better, what it means and who says so.

The API, indicators and reports take their measures from here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from domain.attendance.groups import Group
from domain.attendance.rates import USUAL_PLACES, rate

STATISTICS = "Department for Education, Pupil attendance in schools"
OURS = "Headway; the Department publishes the count and not this rate"

POSSIBLE, PUPILS = "possible_sessions", "pupils"


@dataclass(frozen=True)
class Measure:
    """One measure of attendance. Numerator and denominator are named as in the groups of an answer.

    `better` is the direction in which things get better: "up", "down", or None where neither is by itself.
    """

    id: str
    title: str
    numerator: str
    denominator: str
    better: Literal["up", "down"] | None
    definition: str
    source: str
    count: Callable[[Group], int | None]
    unit: str = "%"


def measure_value(
    measure_id: str, group: Group, places: int = USUAL_PLACES
) -> tuple[Decimal | None, int | None, int | None]:
    """(value, numerator, denominator) of a measure for a group; KeyError for a measure that doesn't exist.

    The value is None where nothing was possible; all three are, for measures of pupils, where only counts of
    sessions are held.
    """
    measure = MEASURES[measure_id]
    numerator = measure.count(group)
    denominator = group.pupils if measure.denominator == PUPILS else group.possible
    if numerator is None or denominator is None:
        return None, None, None
    return rate(numerator, denominator, places), numerator, denominator


def _with_code(letter: str) -> Callable[[Group], int]:
    return lambda group: group.codes.get(letter, 0)


def _reason(measure_id: str, title: str, letter: str, better: Literal["down"] | None = "down") -> Measure:
    return Measure(
        id=measure_id,
        title=title,
        numerator=f"codes.{letter}",
        denominator=POSSIBLE,
        better=better,
        definition=f"Sessions coded {letter}, of all possible sessions (not of absences).",
        source=STATISTICS,
        count=_with_code(letter),
    )


_ALL = (
    Measure(
        id="attendance",
        title="Attendance",
        numerator="attendance_sessions",
        denominator=POSSIBLE,
        better="up",
        definition="Sessions attended or spent in approved educational activity, of all possible sessions.",
        source=STATISTICS,
        count=lambda group: group.attendance,
    ),
    Measure(
        id="absence",
        title="Absence",
        numerator="absence_sessions",
        denominator=POSSIBLE,
        better="down",
        definition="Sessions missed, authorised or not, of all possible sessions.",
        source=STATISTICS,
        count=lambda group: group.absence,
    ),
    Measure(
        id="authorised_absence",
        title="Authorised absence",
        numerator="authorised_absence_sessions",
        denominator=POSSIBLE,
        better="down",
        definition="Sessions missed with leave or for a reason that authorises it, of all possible sessions.",
        source=STATISTICS,
        count=lambda group: group.authorised_absence,
    ),
    Measure(
        id="unauthorised_absence",
        title="Unauthorised absence",
        numerator="unauthorised_absence_sessions",
        denominator=POSSIBLE,
        better="down",
        definition="Sessions coded G, N, O or U, of all possible sessions.",
        source=STATISTICS,
        count=lambda group: group.unauthorised_absence,
    ),
    Measure(
        id="persistent_absence",
        title="Persistent absence",
        numerator="persistent_absence.pupils",
        denominator=PUPILS,
        better="down",
        definition="Pupils who missed 10 % or more of their own possible sessions, of those who had any.",
        source=STATISTICS,
        count=lambda group: group.persistent,
    ),
    Measure(
        id="severe_absence",
        title="Severe absence",
        numerator="severe_absence.pupils",
        denominator=PUPILS,
        better="down",
        definition="Pupils who missed 50 % or more of their own possible sessions, of those who had any.",
        source=STATISTICS,
        count=lambda group: group.severe,
    ),
    Measure(
        id="late",
        title="Lateness",
        numerator="late_sessions",
        denominator=POSSIBLE,
        better="down",
        definition="Sessions coded L or U: late before or after the register closed, of all possible sessions.",
        source=OURS,
        count=lambda group: group.late,
    ),
    Measure(
        id="late_before_close",
        title="Late before the register closed",
        numerator="late_before_close_sessions",
        denominator=POSSIBLE,
        better="down",
        definition="Sessions coded L, which count as attended, of all possible sessions.",
        source=OURS,
        count=lambda group: group.late_before_close,
    ),
    Measure(
        id="late_after_close",
        title="Late after the register closed",
        numerator="late_after_close_sessions",
        denominator=POSSIBLE,
        better="down",
        definition="Sessions coded U, already part of unauthorised absence, of all possible sessions.",
        source=STATISTICS,
        count=lambda group: group.late_after_close,
    ),
    Measure(
        id="present",
        title="Present in school",
        numerator="present_sessions",
        denominator=POSSIBLE,
        better="up",
        definition="Sessions attended in school, without approved educational activity, of all possible sessions.",
        source=OURS,
        count=lambda group: group.present,
    ),
    Measure(
        id="approved_educational_activity",
        title="Approved educational activity",
        numerator="approved_educational_activity_sessions",
        denominator=POSSIBLE,
        better=None,
        definition="Sessions spent in approved activity away from the school, of all possible sessions.",
        source=OURS,
        count=lambda group: group.approved_educational_activity,
    ),
    _reason("illness", "Illness", "I"),
    _reason("medical_appointments", "Medical and dental appointments", "M"),
    _reason("part_time_timetable", "Part-time timetables", "C2"),
    _reason("suspended_or_excluded", "Suspended or excluded", "E"),
    _reason("holiday_without_leave", "Holidays without leave", "G"),
    _reason("no_reason_yet", "No reason known yet", "N"),
    _reason("other_unauthorised", "Unauthorised, other or unknown circumstances", "O"),
)

MEASURES: dict[str, Measure] = {measure.id: measure for measure in _ALL}
"""The measures by id, in the order in which they are listed."""
