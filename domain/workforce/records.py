"""What a school records of its workforce: posts, people in counts, vacancies, leavers and days of sickness.

Nobody is named in any of it. Counts are of whole persons or posts; FTEs, days and costs may have decimals. The
definitions are those of the School Workforce Census, where it has one.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Count = int | Decimal
"""A whole number; a Decimal only until the rules of `faults` have been asked."""

Amount = int | Decimal
"""A number that may have decimals: an FTE, days, money."""

TEACHER = "teacher"
STAFF_GROUPS = (TEACHER, "teaching_assistant", "other")

OPEN, FILLED, TEMPORARILY_FILLED, WITHDRAWN, FAILED = (
    "open",
    "filled",
    "temporarily_filled",
    "withdrawn",
    "failed",
)
OUTCOMES = (OPEN, FILLED, TEMPORARILY_FILLED, WITHDRAWN, FAILED)

MOVED_SCHOOL, LEFT_STATE_SECTOR, RETIRED, OTHER, UNKNOWN = (
    "moved_school",
    "left_state_sector",
    "retired",
    "other",
    "unknown",
)
DESTINATIONS = (MOVED_SCHOOL, LEFT_STATE_SECTOR, RETIRED, OTHER, UNKNOWN)

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Between which everything is that a school records of its workforce."""


def is_in_range(day: date) -> bool:
    """Whether a day can be one of a school's records: before and after, the arithmetic of years has an end."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


@dataclass(frozen=True)
class Post:
    """So many posts of a role, and of a subject where it has one, that are vacant or temporarily filled."""

    role: str
    subject: str | None
    count: Count
    staff_group: str = TEACHER


@dataclass(frozen=True)
class Snapshot:
    """The workforce on one day, as the census counts it on its own.

    `teachers_fte` counts all teachers in regular service, `qualified_teachers_fte` those with qualified teacher
    status, `teachers_headcount` persons. `pupils_fte` is that of the January school census. `vacancies` are posts that
    nobody holds, or somebody for less than a term; `temporarily_filled` are other posts, held for at least a term
    and less than a year. Either is None where it isn't known, which is not none.
    """

    on: date
    teachers_fte: Amount
    qualified_teachers_fte: Amount | None
    teachers_headcount: Count | None
    teaching_assistants_fte: Amount | None = None
    other_staff_fte: Amount | None = None
    pupils_fte: Amount | None = None
    vacancies: tuple[Post, ...] | None = ()
    temporarily_filled: tuple[Post, ...] | None = ()


@dataclass(frozen=True)
class Advert:
    """One time that a vacancy was advertised; `applications` is None while they aren't known."""

    on: date
    closes_on: date | None = None
    applications: Count | None = None


@dataclass(frozen=True)
class Vacancy:
    """One post to fill, through its life. `opened_on` is the day on which the need was known: nothing precedes it.

    `shortlisted` and `interviewed` count candidates over all adverts, `declined` counts offers. `cost` is in pounds.
    """

    id: str
    role: str
    fte: Amount
    opened_on: date
    outcome: str = OPEN
    staff_group: str = TEACHER
    subject: str | None = None
    adverts: tuple[Advert, ...] = ()
    shortlisted: Count | None = None
    interviewed: Count | None = None
    offered_on: date | None = None
    declined: Count | None = None
    accepted_on: date | None = None
    withdrawn_on: date | None = None
    start_on: date | None = None
    cost: Amount | None = None

    @property
    def applications(self) -> Count | None:
        """Those of all adverts; None where there was no advert, or one whose applications aren't known."""
        known = [advert.applications for advert in self.adverts if advert.applications is not None]
        return sum(known) if known and len(known) == len(self.adverts) else None

    @property
    def ended_on(self) -> date | None:
        """The day on which it ended: the one that says so, else the last that is known; None while it is open."""
        if self.outcome == OPEN:
            return None
        if self.outcome in (FILLED, TEMPORARILY_FILLED):
            told = self.accepted_on or self.offered_on or self.start_on
        else:
            told = self.withdrawn_on
        return told or max([self.opened_on, *(advert.closes_on or advert.on for advert in self.adverts)])


@dataclass(frozen=True)
class Leaver:
    """Somebody who left the school, without who it was. `left_on` is the last day in service."""

    role: str
    fte: Amount
    left_on: date
    destination: str = UNKNOWN
    staff_group: str = TEACHER
    subject: str | None = None
    years_in_post: Amount | None = None
    reason: str | None = None


@dataclass(frozen=True)
class StaffAbsence:
    """Sickness absence of a school's teachers in one academic year, 1 September to 31 August, as totals.

    `days_lost` is None where only starts of absence are known. `teachers` are all who served in the year.
    """

    academic_year: str
    teachers_with_absence: Count
    days_lost: Amount | None
    teachers: Count | None
