"""What is asked of a school's workforce: over which records, which days, and of which posts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from domain.errors import invalid
from domain.workforce.figures import Window
from domain.workforce.records import (
    FILLED,
    STAFF_GROUPS,
    TEACHER,
    Leaver,
    Post,
    Snapshot,
    StaffAbsence,
    Vacancy,
)


@dataclass(frozen=True)
class WorkforceRecords:
    """All that a school has recorded of its workforce, in any order."""

    snapshots: Sequence[Snapshot] = ()
    vacancies: Sequence[Vacancy] = ()
    leavers: Sequence[Leaver] = ()
    absences: Sequence[StaffAbsence] = ()


@dataclass(frozen=True)
class Posts:
    """Which posts are asked about: those of one staff group, and of a role or a subject of it where one is named.

    Names are compared without regard to case and surrounding spaces.
    """

    staff_group: str = TEACHER
    role: str | None = None
    subject: str | None = None

    @property
    def all_teachers(self) -> bool:
        """Whether these are all the teachers, whom a snapshot counts as one."""
        return self.staff_group == TEACHER and self.role is None and self.subject is None

    def have(self, post: Post | Vacancy | Leaver) -> bool:
        """Whether the post, vacancy or leaver is one of these."""
        return (
            post.staff_group == self.staff_group
            and (self.role is None or _same(self.role, post.role))
            and (self.subject is None or _same(self.subject, post.subject or ""))
        )


ALL_TEACHERS = Posts()

NARROWED_BY = ("staff_group", "role", "subject")


def parse_posts(text: str, pointer: str) -> Posts:
    """The posts that a filter such as `role:Teacher;subject:Physics` names; raises `Invalid` at the pointer."""
    said: dict[str, str] = {}
    for part in text.split(";"):
        name, colon, value = (piece.strip() for piece in part.partition(":"))
        if not (colon and value) or name not in NARROWED_BY:
            words = "isn't staff_group, role or subject with a name, such as subject:Physics"
            raise invalid(pointer, f"“{part.strip()[:64]}” {words}")
        if name in said:
            raise invalid(pointer, f"{name} is named twice; a filter has one of each")
        said[name] = value
    if said.get("staff_group", TEACHER) not in STAFF_GROUPS:
        raise invalid(pointer, f"“{said['staff_group'][:64]}” is none of {', '.join(STAFF_GROUPS)}")
    return Posts(**said)


def label_of_posts(posts: Posts) -> str:
    """Posts in words for people: “Teacher, Physics”."""
    group = None if posts.staff_group == TEACHER else posts.staff_group.replace("_", " ").capitalize()
    return ", ".join(filter(None, [group, posts.role, posts.subject]))


@dataclass(frozen=True)
class Asked:
    """One question: records, window (`first` and `last` both count), posts."""

    records: WorkforceRecords
    first: date
    last: date
    posts: Posts = field(default=ALL_TEACHERS)

    @property
    def window(self) -> Window:
        """The window as it was asked, without a label."""
        return Window(self.first, self.last)

    @cached_property
    def vacancies(self) -> list[Vacancy]:
        """Those of the posts asked about, whenever they were."""
        return [vacancy for vacancy in self.records.vacancies if self.posts.have(vacancy)]

    @cached_property
    def ended(self) -> list[Vacancy]:
        """Those that ended in the window, in any way."""
        return [vacancy for vacancy in self.vacancies if self.within(vacancy.ended_on)]

    @cached_property
    def filled(self) -> list[Vacancy]:
        """Those of them that were filled."""
        return [vacancy for vacancy in self.ended if vacancy.outcome == FILLED]

    @cached_property
    def leavers(self) -> list[Leaver]:
        """Those of the posts asked about, whenever they left."""
        return [leaver for leaver in self.records.leavers if self.posts.have(leaver)]

    def within(self, day: date | None) -> bool:
        """Whether a day is known and in the window."""
        return day is not None and self.first <= day <= self.last


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
