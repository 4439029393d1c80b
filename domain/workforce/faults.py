"""What a record of the workforce must obey. Each fault names the field, its value and the rule.

Pointers are those of the record's own JSON body, after `at` (the place of a row in a longer body).
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from domain.attendance.calendar import academic_year_bounds, academic_year_of
from domain.errors import Fault
from domain.workforce.records import (
    DESTINATIONS,
    OUTCOMES,
    STAFF_GROUPS,
    Amount,
    Leaver,
    Post,
    Snapshot,
    StaffAbsence,
    Vacancy,
)

MOST = 1_000_000
"""Above any school's workforce, days or costs."""

MOST_YEARS = 70
DAYS_OF_A_YEAR = 366


def faults_of_snapshot(snapshot: Snapshot, at: str = "") -> list[Fault]:
    """Every fault of a snapshot, in the order of its fields."""
    return list(_of_snapshot(snapshot, at))


def faults_of_vacancy(vacancy: Vacancy, at: str = "") -> list[Fault]:
    """Every fault of a vacancy, in the order of its life."""
    return [
        *_one_of(f"{at}/staff_group", vacancy.staff_group, STAFF_GROUPS),
        *_one_of(f"{at}/outcome", vacancy.outcome, OUTCOMES),
        *_role(vacancy.role, at),
        *_fte_of_one(vacancy.fte, f"{at}/fte", "a vacancy is one post: record each post"),
        *_of_adverts(vacancy, at),
        *_of_funnel(vacancy, at),
        *_of_days(vacancy, at),
        *_amount(f"{at}/cost", vacancy.cost),
    ]


def faults_of_leaver(leaver: Leaver, first_snapshot: date | None = None, at: str = "") -> list[Fault]:
    """Every fault of a leaver. `first_snapshot` is the day of the earliest snapshot, None where there is none."""
    faults = [
        *_one_of(f"{at}/staff_group", leaver.staff_group, STAFF_GROUPS),
        *_one_of(f"{at}/destination", leaver.destination, DESTINATIONS),
        *_role(leaver.role, at),
        *_fte_of_one(leaver.fte, f"{at}/fte", "a leaver is one person: record each person"),
        *_amount(f"{at}/years_in_post", leaver.years_in_post, most=MOST_YEARS),
    ]
    if first_snapshot is not None:
        begins = academic_year_bounds(academic_year_of(first_snapshot))[0]
        if leaver.left_on < begins:
            rule = f"it can't be before {begins}, the start of the earliest snapshot's academic year"
            faults.append(_fault(f"{at}/left_on", leaver.left_on, rule))
    return faults


def faults_of_absence(absence: StaffAbsence, at: str = "") -> list[Fault]:
    """Every fault of a year's staff absence."""
    faults = [
        *_count(f"{at}/teachers_with_absence", absence.teachers_with_absence),
        *_count(f"{at}/teachers", absence.teachers),
        *_amount(f"{at}/days_lost", absence.days_lost),
    ]
    if faults:
        return faults
    absent, days, teachers = absence.teachers_with_absence, absence.days_lost, absence.teachers
    if teachers is not None and absent > teachers:
        faults.append(
            _fault(f"{at}/teachers_with_absence", absent, f"it can't be more than teachers ({teachers})")
        )
    if days is not None and days > absent * DAYS_OF_A_YEAR:
        rule = f"{absent} teachers with absence can't lose more than {absent * DAYS_OF_A_YEAR} days in a year"
        faults.append(_fault(f"{at}/days_lost", days, rule))
    return faults


def _of_snapshot(snapshot: Snapshot, at: str) -> Iterator[Fault]:
    amounts = (
        "teachers_fte",
        "qualified_teachers_fte",
        "teaching_assistants_fte",
        "other_staff_fte",
        "pupils_fte",
    )
    faults = [fault for name in amounts for fault in _amount(f"{at}/{name}", getattr(snapshot, name))]
    faults += _count(f"{at}/teachers_headcount", snapshot.teachers_headcount)
    yield from faults
    if not faults:
        teachers, qualified = snapshot.teachers_fte, snapshot.qualified_teachers_fte
        persons = snapshot.teachers_headcount
        if persons is not None and teachers > persons:
            yield _fault(
                f"{at}/teachers_fte",
                teachers,
                f"FTE can't be over headcount (teachers_headcount is {persons})",
            )
        if qualified is not None and qualified > teachers:
            rule = f"it can't be more than all teachers (teachers_fte is {teachers})"
            yield _fault(f"{at}/qualified_teachers_fte", qualified, rule)
    yield from _of_posts(snapshot.vacancies or (), f"{at}/vacancies")
    yield from _of_posts(snapshot.temporarily_filled or (), f"{at}/temporarily_filled")


def _of_posts(posts: Sequence[Post], at: str) -> Iterator[Fault]:
    for place, post in enumerate(posts):
        yield from _role(post.role, f"{at}/{place}")
        yield from _one_of(f"{at}/{place}/staff_group", post.staff_group, STAFF_GROUPS)
        yield from _count(f"{at}/{place}/count", post.count)


def _of_adverts(vacancy: Vacancy, at: str) -> Iterator[Fault]:
    for place, advert in enumerate(vacancy.adverts):
        pointer = f"{at}/adverts/{place}"
        yield from _count(f"{pointer}/applications", advert.applications)
        yield from _not_before(f"{pointer}/on", advert.on, "opened_on", vacancy.opened_on)
        yield from _not_before(f"{pointer}/closes_on", advert.closes_on, "on", advert.on)


def _of_funnel(vacancy: Vacancy, at: str) -> Iterator[Fault]:
    """Each step of the way from application to offer has at most as many as the one before that is known."""
    before: tuple[str, Amount] | None = None
    if vacancy.applications is not None and _is_count(vacancy.applications):
        before = "applications", vacancy.applications
    for name in ("shortlisted", "interviewed", "declined"):
        value = getattr(vacancy, name)
        faults = list(_count(f"{at}/{name}", value))
        yield from faults
        if value is None or faults:
            continue
        if before is not None and value > before[1]:
            yield _fault(f"{at}/{name}", value, f"it can't be more than {before[0]} ({before[1]})")
        before = name, value


def _of_days(vacancy: Vacancy, at: str) -> Iterator[Fault]:
    """What follows what: opened, offered, accepted, started."""
    before = [("opened_on", vacancy.opened_on)]
    for name in ("offered_on", "accepted_on", "start_on"):
        day = getattr(vacancy, name)
        late = [(other, then) for other, then in before if day is not None and day < then]
        if late:
            other, then = late[-1]
            yield _fault(f"{at}/{name}", day, f"it can't be before {other} ({then})")
        if day is not None:
            before.append((name, day))
    yield from _not_before(f"{at}/withdrawn_on", vacancy.withdrawn_on, "opened_on", vacancy.opened_on)


def _not_before(pointer: str, day: date | None, other: str, then: date) -> Iterator[Fault]:
    if day is not None and day < then:
        yield _fault(pointer, day, f"it can't be before {other} ({then})")


def _role(role: str, at: str) -> Iterator[Fault]:
    if not role.strip():
        yield Fault(
            f"{_named(f'{at}/role')} is blank; name the role, such as “teacher”.", pointer=f"{at}/role"
        )


def _fte_of_one(fte: Amount, pointer: str, rule: str) -> Iterator[Fault]:
    faults = list(_amount(pointer, fte))
    yield from faults
    if not faults and not 0 < fte <= 1:
        yield _fault(pointer, fte, f"it must be over 0 and at most 1, as {rule}")


def _one_of(pointer: str, value: str, allowed: Sequence[str]) -> Iterator[Fault]:
    if value not in allowed:
        yield _fault(pointer, f"“{value[:64]}”", f"it must be one of {', '.join(allowed)}")


def _count(pointer: str, value: Amount | None) -> Iterator[Fault]:
    if value is not None and not _is_count(value):
        if isinstance(value, Decimal) and value.is_finite() and value != value.to_integral_value():
            yield _fault(pointer, value, "it must be a whole number, a count and not a percentage or a share")
        else:
            yield from _amount(pointer, value)


def _is_count(value: Amount) -> bool:
    return not list(_amount("", value)) and value == int(value)


def _amount(pointer: str, value: Amount | None, most: int = MOST) -> Iterator[Fault]:
    if value is None:
        return
    if isinstance(value, Decimal) and not value.is_finite():
        yield _fault(pointer, value, "it must be a number")
    elif value < 0:
        yield _fault(pointer, value, "it can't be negative")
    elif value > most:
        yield _fault(pointer, value, f"it can't be over {most:,}")


def _fault(pointer: str, value: object, rule: str) -> Fault:
    return Fault(f"{_named(pointer)} is {value}; {rule}.", pointer=pointer)


def _named(pointer: str) -> str:
    return pointer.rsplit("/", 1)[-1]
