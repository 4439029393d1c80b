"""Before and after: a measure of a cohort and of the rest of the school, over equal times on both sides of a day.

Both groups are those that attendance answers with for each of the two times, so the figures are the same wherever
they are shown: a pupil belongs by what the roll says on the last day of the time, or on the pupil's last day in it.
Timing alone doesn't show a cause, and `CAUTION` says so in every answer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np

from domain.attendance.calendar import academic_year_of
from domain.attendance.catalogue import PUPILS, Measure
from domain.attendance.flags import PupilAttendance, pupils_of
from domain.attendance.groups import Group
from domain.attendance.intervals import CONFIDENCE, Counts, Estimate, difference, share_of
from domain.attendance.marks import by_period, marks_of
from domain.attendance.membership import strands_of
from domain.attendance.question import Question
from domain.attendance.rates import USUAL_PLACES
from domain.attendance.school import School
from domain.attendance.suppression import LEAST, is_small, withhold
from domain.cohorts import CohortFilter

MOST_DAYS = 95
"""School days on each side at most: half a school year, 190 sessions."""

CAUTION = "That something changed after this action began doesn't show that the action changed it: timing is not cause."
OTHER_YEAR = "The time before lies in another academic year than the time after, and times of a year differ."
OTHER_PUPILS = (
    "Most pupils of the cohort after weren't in it before, so other pupils are compared, not the same ones."
)

METHOD = (
    f"Shares are sums divided once. Intervals are of {CONFIDENCE} %: Wilson's, with the number of sessions that would "
    "say as much if each stood alone, reckoned from the spread between pupils and, for few pupils, widened by "
    "Student's t; for measures of pupils, Wilson's of the number of pupils. Changes, and the difference between them, "
    "put both intervals together by squares (Newcombe), with the correlation of pupils who are counted on both sides."
)
LIMITS = (
    "Pupils are taken as independent of each other. What hits many at once, such as an illness, snow or a trip, is not"
    " in the intervals; the rest of the school shows part of it.",
    "Where no session is of the measure, or all are, each pupil counts as one observation: wide on purpose.",
    "Somebody who looks at many measures and cohorts will find changes that came by chance.",
)

NOTHING_BEFORE = "no register is held of any day before the action started"
NOTHING_AFTER = "no register is held of any day since the action started"
NOBODY = "no pupil of the cohort had a possible session on both sides"
NOBODY_ELSE = "no pupil outside the cohort had a possible session on both sides"
TOO_FEW_PUPILS = f"withheld: fewer than {LEAST} pupils on one side, or in what would be left"
TOO_FEW_COUNTED = f"withheld: fewer than {LEAST} are counted on one side, or not counted"


@dataclass(frozen=True)
class Times:
    """Equal numbers of school days before and after; first and last day, both counting, None without any day."""

    days: int
    before: tuple[date, date] | None
    after: tuple[date, date] | None
    because: str | None = None


@dataclass(frozen=True)
class Figure:
    """A group at one time: the measure, its interval, the numbers behind."""

    value: Decimal
    lower: Decimal
    upper: Decimal
    numerator: int
    denominator: int
    pupils: int


@dataclass(frozen=True)
class Change:
    """A difference in percentage points, with its interval."""

    value: Decimal
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True)
class OfGroup:
    """A group before and after, and what changed; None where nobody was there, or where it is withheld."""

    before: Figure | None = None
    after: Figure | None = None
    change: Change | None = None


@dataclass(frozen=True)
class Effect:
    """What changed in the cohort, in the rest, and how much more in the cohort; `because`: why it can't be told."""

    cohort: OfGroup = OfGroup()
    rest: OfGroup = OfGroup()
    difference: Change | None = None
    because: str | None = None
    cautions: tuple[str, ...] = (CAUTION,)


def school_days(school: School, first: date, last: date) -> list[date]:
    """The days with a register in which any pupil on roll had a possible session."""
    registers = school.registers
    strands = strands_of(school, Question(first, last), ())
    if not len(registers.day) or not len(strands.pupil):
        return []
    marks = marks_of(registers, strands)
    days: set[int] = set()
    for part, table in by_period(registers.day):
        days.update(registers.day[part][table.possible[marks[part]].any(axis=1)].tolist())
    return [date.fromordinal(day) for day in sorted(days) if first.toordinal() <= day <= last.toordinal()]


def times_round(days: Sequence[date], start: date, until: date, most: int = MOST_DAYS) -> Times:
    """The last school days before a day, and as many from it on, until another day at the latest."""
    before = [day for day in days if day < start]
    after = [day for day in days if start <= day <= until]
    number = min(len(before), len(after), most)
    if not number:
        return Times(0, None, None, NOTHING_AFTER if before else NOTHING_BEFORE)
    return Times(number, (before[-number], before[-1]), (after[0], after[number - 1]))


def effect_of(school: School, measure: Measure, cohort: CohortFilter, times: Times) -> Effect:
    """The measure of the cohort and of the rest, before and after; withheld whole where any part of it is small."""
    if times.before is None or times.after is None:
        return Effect(because=times.because)
    sides = [_groups_in(school, cohort, *window) for window in (times.before, times.after)]
    because = next((why for side in sides if (why := _why_withheld(measure, side)) is not None), None)
    if because is not None:
        return Effect(because=because, cautions=_cautions(times))
    (cohort_before, rest_before), (cohort_after, rest_after) = sides
    size = len(school.roll.references)
    of_cohort, cohort_change = _of_group(measure, cohort_before, cohort_after, size)
    of_rest, rest_change = _of_group(measure, rest_before, rest_after, size)
    between = difference(cohort_change, rest_change) if cohort_change and rest_change else None
    because = NOBODY if cohort_change is None else NOBODY_ELSE if rest_change is None else None
    cautions = _cautions(times, cohort_before, cohort_after)
    return Effect(of_cohort, of_rest, _change(between), because, cautions)


Pupils = Mapping[int, Group]
"""By place, the group that each pupil is alone."""


def _groups_in(school: School, cohort: CohortFilter, first: date, last: date) -> tuple[Pupils, Pupils]:
    """The pupils of the cohort, and all others."""
    everybody = {each.place: _alone(each) for each in pupils_of(school, Question(first, last))}
    chosen = set(strands_of(school, Question(first, last, cohort=cohort), ()).pupil.tolist())
    inside = {place: group for place, group in everybody.items() if place in chosen}
    return inside, {place: group for place, group in everybody.items() if place not in chosen}


def _alone(pupil: PupilAttendance) -> Group:
    return Group(
        key={},
        possible=pupil.possible,
        attendance=pupil.attendance,
        present=pupil.present,
        approved_educational_activity=pupil.approved_educational_activity,
        authorised_absence=pupil.authorised_absence,
        unauthorised_absence=pupil.unauthorised_absence,
        late_before_close=pupil.late_before_close,
        late_after_close=pupil.late_after_close,
        codes=dict(pupil.codes),
        pupils=1,
        persistent=int("persistent" in pupil.flags),
        severe=int("severe" in pupil.flags),
    )


def _pooled(groups: Iterable[Group]) -> Group:
    alone = list(groups)
    letters = dict.fromkeys(letter for group in alone for letter in group.codes)
    summed = {name: sum(getattr(group, name) for group in alone) for name in _SUMMED}
    codes = {letter: sum(group.codes.get(letter, 0) for group in alone) for letter in letters}
    return Group(key={}, codes=codes, **summed)


_SUMMED = (
    "possible", "attendance", "present", "approved_educational_activity", "authorised_absence",
    "unauthorised_absence", "late_before_close", "late_after_close", "pupils", "persistent", "severe",
)  # fmt: skip


def _why_withheld(measure: Measure, side: tuple[Pupils, Pupils]) -> str | None:
    """As attendance answers withhold two groups that add up to the school."""
    groups = [_pooled(pupils.values()) for pupils in side]
    withheld = withhold(groups)
    if any(each.everything for each in withheld):
        return TOO_FEW_PUPILS
    hidden = {
        "persistent_absence": any(each.persistent for each in withheld),
        "severe_absence": any(each.severe for each in withheld),
        "late": any(each.late for each in withheld),
        "late_before_close": any(each.late for each in withheld),
        "late_after_close": any(each.late for each in withheld),
    }.get(measure.id, measure.numerator.startswith("codes.") and any(map(_tells(measure), groups)))
    return TOO_FEW_COUNTED if hidden else None


def _tells(measure: Measure) -> Callable[[Group], bool]:
    def tells(group: Group) -> bool:
        count = measure.count(group) or 0
        return is_small(count) or is_small(group.possible - count)

    return tells


def _of_group(measure: Measure, before: Pupils, after: Pupils, size: int) -> tuple[OfGroup, Estimate | None]:
    counts = _counts(measure, before, size), _counts(measure, after, size)
    earlier, later = (share_of(each) for each in counts)
    change = difference(later, earlier) if earlier and later else None
    return OfGroup(_figure(counts[0], earlier), _figure(counts[1], later), _change(change)), change


def _counts(measure: Measure, pupils: Pupils, size: int) -> Counts:
    numerator, denominator = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for place, group in pupils.items():
        numerator[place] = measure.count(group) or 0
        denominator[place] = 1 if measure.denominator == PUPILS else group.possible
    return Counts(numerator, denominator)


def _figure(counts: Counts, share: Estimate | None) -> Figure | None:
    if share is None:
        return None
    return Figure(
        value=per_cent(share.value),
        lower=per_cent(share.lower),
        upper=per_cent(share.upper),
        numerator=int(counts.numerator.sum()),
        denominator=int(counts.denominator.sum()),
        pupils=counts.pupils,
    )


def _change(estimate: Estimate | None) -> Change | None:
    if estimate is None:
        return None
    return Change(*(per_cent(each) for each in (estimate.value, estimate.lower, estimate.upper)))


def per_cent(share: Fraction | float) -> Decimal:
    """A share in per cent, rounded half up (away from zero) once; no zeros at the end, as rates have none."""
    exact = Fraction(share) * 100
    scaled, places = int(abs(exact) * 10**USUAL_PLACES + Fraction(1, 2)), USUAL_PLACES
    while places and scaled % 10 == 0:
        scaled, places = scaled // 10, places - 1
    return Decimal((int(exact < 0 and scaled > 0), tuple(map(int, str(scaled))), -places))


def _cautions(times: Times, before: Pupils | None = None, after: Pupils | None = None) -> tuple[str, ...]:
    """What to bear in mind; whose pupils they are is only said where nothing is withheld."""
    cautions = [CAUTION]
    if times.before and times.after and academic_year_of(times.before[0]) != academic_year_of(times.after[0]):
        cautions.append(OTHER_YEAR)
    if before is not None and after and 2 * len(before.keys() & after.keys()) < len(after):
        cautions.append(OTHER_PUPILS)
    return tuple(cautions)
