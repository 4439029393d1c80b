"""How many teachers of each role and subject are likely to leave in a year, from the school's own last five.

Nobody's own risk is reckoned, and nothing about a person is asked. What is counted is leavers, of all teacher-years
that could have ended: five years of 40 teachers are 200. A role or subject has no base of its own in a snapshot, so
its leavers are counted of all teachers too; that takes the school's make-up to stay as it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from domain.attendance.calendar import academic_year_bounds, academic_year_of
from domain.workforce.figures import rounded
from domain.workforce.question import WorkforceRecords
from domain.workforce.records import TEACHER, Leaver, Snapshot

YEARS = 5
LEAST_YEARS = 3
LEAST_TEACHER_YEARS = 30
"""Below these there are too few to say: the interval would be nearly everything that is possible."""

CONFIDENCE = 80
"""Per cent: the interval holds in at least four years of five, which is what adverts are planned by."""

PRIOR = Fraction(1, 2)
"""Jeffreys' prior of a share: half a leaver and half a stayer."""

METHOD = (
    f"Beta-binomial: leavers of all teacher-years in up to {YEARS} of the school's own academic years, Jeffreys' "
    f"prior, and the central interval of {CONFIDENCE} % for the number who leave out of the teachers there are now. "
    "Where the years differ by more than chance makes them, the interval is widened by as much (Pearson's dispersion)."
)
LIMITS = (
    "It tells what would be usual for this school, and nothing about any one teacher.",
    "Roles and subjects are counted of all teachers, so it takes the school's make-up to stay as it was.",
    "What is new this year, such as a closing sixth form or a new head, is not in it.",
)

By = tuple[str, ...]
BY_ROLE_AND_SUBJECT: By = ("role", "subject")

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class YearCounted:
    """One academic year: the teachers (persons) that its latest snapshot counts, and how many left in it."""

    academic_year: str
    teachers: int
    leavers: int


@dataclass(frozen=True)
class ExpectedLeavers:
    """Expected leavers of a role and subject; of any where either is None. All None where there are too few to say.

    `expected` is the school's own share of leavers applied to the teachers there are now; `low` and `high` are whole
    persons; `chance_of_any` is that of at least one, in per cent.
    """

    role: str | None
    subject: str | None
    leavers: int | None
    expected: Decimal | None
    low: int | None
    high: int | None
    chance_of_any: Decimal | None
    null_because: str | None = None
    suppressed: bool = False


@dataclass(frozen=True)
class RetentionRisk:
    """What is likely in an academic year, and what it was reckoned from: `everyone` first, then by role and subject."""

    academic_year: str
    teachers: int | None
    teachers_on: date | None
    """The day of the latest snapshot that tells how many there are."""
    teacher_years: int
    years: list[YearCounted]
    left_out: dict[str, str]
    """Academic years that couldn't be counted, and why."""
    everyone: ExpectedLeavers
    rows: list[ExpectedLeavers]
    confidence: int = CONFIDENCE
    method: str = METHOD
    limits: Sequence[str] = LIMITS


def retention_risk(
    records: WorkforceRecords, academic_year: str, *, by: By = BY_ROLE_AND_SUBJECT
) -> RetentionRisk:
    """Expected leavers in an academic year from the five before it; the rows with most leavers first.

    A year counts if it has a snapshot with a headcount and leavers were being recorded by its end. `by` is of `role`
    and `subject`. Raises ValueError for what is no academic year.
    """
    leavers = [leaver for leaver in records.leavers if leaver.staff_group == TEACHER]
    years, left_out = _years_counted(records.snapshots, leavers, academic_year)
    counted = {year.academic_year for year in years}
    gone = [leaver for leaver in leavers if academic_year_of(leaver.left_on) in counted]
    latest = _latest_headcount(records.snapshots, date.min, academic_year_bounds(academic_year)[1])
    now = int(latest.teachers_headcount or 0) if latest else None
    expect = _expectation(years, now)
    return RetentionRisk(
        academic_year=academic_year,
        teachers=now,
        teachers_on=latest.on if latest else None,
        teacher_years=sum(year.teachers for year in years),
        years=years,
        left_out=left_out,
        everyone=expect(None, None, gone),
        rows=[expect(*names, leaving) for names, leaving in _grouped(gone, by)],
    )


def predicted(leaving: float, staying: float, teachers: int) -> Numbers:
    """The chance of each number of leavers, 0 to `teachers`: beta-binomial with these two weights, the prior's in
    them.
    """
    # Imported where it is needed, because it takes every worker 28 MB; scipy.stats would take 90.
    from scipy.special import betaln

    number = np.arange(teachers + 1, dtype=np.float64)
    log_chance = (
        -np.log(teachers + 1)
        - betaln(teachers - number + 1, number + 1)
        + betaln(number + leaving, teachers - number + staying)
        - betaln(leaving, staying)
    )
    chances: Numbers = np.exp(log_chance)
    return chances


def interval(chances: Numbers, confidence: int = CONFIDENCE) -> tuple[int, int]:
    """The central interval of a number with these chances: at most half of what is left over lies on either side."""
    tail = (100 - confidence) / 200
    below = np.cumsum(chances)
    low, high = np.searchsorted(below, [tail, 1 - tail])
    last = len(chances) - 1
    return min(int(low), last), min(int(high), last)


def dispersion(years: Sequence[YearCounted], share: Fraction) -> Fraction:
    """How many times as much the years differ as chance makes them (Pearson's chi-squared over freedom); at least 1."""
    variance = share * (1 - share)
    if len(years) < 2 or not variance:
        return Fraction(1)
    squares = sum(
        ((year.leavers - year.teachers * share) ** 2 / (year.teachers * variance) for year in years),
        start=Fraction(0),
    )
    return max(Fraction(1), squares / (len(years) - 1))


def _expectation(
    years: Sequence[YearCounted], now: int | None
) -> Callable[[str | None, str | None, list[Leaver]], ExpectedLeavers]:
    """What makes an expectation of the leavers of one role and subject in these years."""
    base = sum(year.teachers for year in years)
    because = _too_few(years, base, now)

    def expect(role: str | None, subject: str | None, gone: list[Leaver]) -> ExpectedLeavers:
        if because is not None or now is None:
            return ExpectedLeavers(role, subject, len(gone), None, None, None, None, because)
        share = Fraction(len(gone), base)
        size = _effective_size(_only(years, gone), base, share)
        # The prior counts once, beside all that was seen; what the years' differing takes away is only certainty.
        likely = (len(gone) + PRIOR) / (base + 2 * PRIOR)
        weight = size + 2 * PRIOR
        chances = predicted(float(likely * weight), float((1 - likely) * weight), now)
        low, high = interval(chances)
        return ExpectedLeavers(
            role,
            subject,
            leavers=len(gone),
            expected=rounded(share * now),
            low=low,
            high=high,
            chance_of_any=rounded(Fraction(100 * (1 - float(chances[0]))), 0),
        )

    return expect


def _effective_size(years: Sequence[YearCounted], base: int, share: Fraction) -> Fraction:
    """How many teacher-years of equal chance would foretell a new year as well as these, which differ, do.

    A year's own share varies by (dispersion - 1) of the binomial variance of one year, and the mean of all of them by
    dispersion of that of the base.
    """
    times = dispersion(years, share)
    of_one_year = Fraction(base, len(years))
    return 1 / ((times - 1) / of_one_year + times / base)


def _only(years: Sequence[YearCounted], gone: Sequence[Leaver]) -> list[YearCounted]:
    left_in = [academic_year_of(leaver.left_on) for leaver in gone]
    return [
        YearCounted(year.academic_year, year.teachers, left_in.count(year.academic_year)) for year in years
    ]


def _too_few(years: Sequence[YearCounted], base: int, now: int | None) -> str | None:
    if len(years) < LEAST_YEARS or base < LEAST_TEACHER_YEARS:
        held = f"{base} teacher-years in {len(years)} academic years"
        return f"too few to say: {held}; at least {LEAST_TEACHER_YEARS} in {LEAST_YEARS} are needed"
    if now is None:
        return "no snapshot says how many teachers there are now (teachers_headcount)"
    return None


def _years_counted(
    snapshots: Sequence[Snapshot], leavers: Sequence[Leaver], academic_year: str
) -> tuple[list[YearCounted], dict[str, str]]:
    counted: list[YearCounted] = []
    left_out: dict[str, str] = {}
    first_told = min((academic_year_of(leaver.left_on) for leaver in leavers), default=None)
    start = academic_year_bounds(academic_year)[0]
    for back in range(YEARS, 0, -1):
        year = academic_year_of(start.replace(year=start.year - back))
        snapshot = _latest_headcount(snapshots, *academic_year_bounds(year))
        teachers = int(snapshot.teachers_headcount or 0) if snapshot else None
        number = sum(academic_year_of(leaver.left_on) == year for leaver in leavers)
        if teachers is None:
            left_out[year] = "no snapshot with a headcount of teachers"
        elif first_told is None or year < first_told:
            left_out[year] = "no leaver was recorded by then"
        elif teachers == 0 or number > teachers:
            left_out[year] = "no teachers, or more leavers than teachers"
        else:
            counted.append(YearCounted(year, teachers, number))
    return counted, left_out


def _latest_headcount(snapshots: Sequence[Snapshot], first: date, last: date) -> Snapshot | None:
    told = [
        snapshot
        for snapshot in snapshots
        if snapshot.teachers_headcount is not None and first <= snapshot.on <= last
    ]
    return max(told, key=lambda snapshot: snapshot.on, default=None)


def _grouped(gone: Sequence[Leaver], by: By) -> list[tuple[tuple[str | None, str | None], list[Leaver]]]:
    """Leavers by the names asked for, those with most first; each name as it was first written."""
    groups: dict[tuple[str, str], list[Leaver]] = {}
    for leaver in gone:
        role, subject = _names(leaver, by)
        groups.setdefault(((role or "").casefold(), (subject or "").casefold()), []).append(leaver)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [(_names(leaving[0], by), leaving) for _, leaving in ordered]


def _names(leaver: Leaver, by: By) -> tuple[str | None, str | None]:
    role = leaver.role.strip() if "role" in by else None
    subject = (leaver.subject or "").strip() or None
    return role, subject if "subject" in by else None
