"""The measures that a snapshot answers by itself, and those of a year's sickness: the census's own."""

from collections.abc import Callable

from domain.attendance.calendar import academic_year_bounds, academic_year_of, parse_academic_year
from domain.workforce.figures import Measure, Window, less, quotient, total, unanswered
from domain.workforce.question import Asked
from domain.workforce.records import TEACHER, Amount, Post, Snapshot, StaffAbsence

NOT_BY_POST = "it is counted of all teachers together, not by role, subject or staff group"

NOT_COLLECTED = "2019/20"
"""The academic year whose sickness absence the census didn't collect: a hole, whatever is told of it since."""

NOT_COLLECTED_BECAUSE = (
    f"no sickness absence was collected for {NOT_COLLECTED}: the census of 2020 left it out"
)


def vacancy_rate(asked: Asked) -> Measure:
    """Vacant posts over teachers' FTE."""
    return _of_teachers("vacancy_rate", asked, lambda snapshot: _posts(snapshot.vacancies), needs="vacancies")


def temporarily_filled_rate(asked: Asked) -> Measure:
    """Temporarily filled posts over teachers' FTE, all teachers, qualified or not."""
    return _of_teachers(
        "temporarily_filled_rate",
        asked,
        lambda snapshot: _posts(snapshot.temporarily_filled),
        needs="temporarily_filled",
    )


def unqualified_share(asked: Asked) -> Measure:
    """Teachers without qualified status over all teachers, FTE."""
    return _of_teachers("unqualified_share", asked, _unqualified, needs="qualified_teachers_fte")


def pupil_teacher_ratio(asked: Asked) -> Measure:
    """Pupils to all teachers, FTE."""
    return _pupils_to("pupil_teacher_ratio", asked, ("teachers_fte",))


def pupil_qualified_teacher_ratio(asked: Asked) -> Measure:
    """Pupils to qualified teachers, FTE."""
    return _pupils_to("pupil_qualified_teacher_ratio", asked, ("qualified_teachers_fte",))


def pupil_adult_ratio(asked: Asked) -> Measure:
    """Pupils to teachers and teaching assistants, FTE."""
    return _pupils_to("pupil_adult_ratio", asked, ("teachers_fte", "teaching_assistants_fte"))


def sickness_share(asked: Asked) -> Measure:
    """Teachers with sickness absence over all of the year."""
    return _of_sickness("sickness_share", asked, "teachers_with_absence", "teachers")


def sickness_days_of_those_absent(asked: Asked) -> Measure:
    """Days lost over the teachers who took some."""
    return _of_sickness("sickness_days_of_those_absent", asked, "days_lost", "teachers_with_absence")


def sickness_days_of_all(asked: Asked) -> Measure:
    """Days lost over all teachers of the year."""
    return _of_sickness("sickness_days_of_all", asked, "days_lost", "teachers")


def snapshot_in(asked: Asked) -> Snapshot | None:
    """The latest snapshot of the window; one before it is not of the window, however near."""
    within = [snapshot for snapshot in asked.records.snapshots if asked.within(snapshot.on)]
    return max(within, key=lambda snapshot: snapshot.on, default=None)


def absence_in(asked: Asked) -> StaffAbsence | None:
    """The sickness of the latest recorded year that has days in the window; else that of the year before them.

    A census asks in November for the sickness of the year before, so in a year that isn't over the latest figures are
    those.
    """
    recorded = {parse_academic_year(absence.academic_year): absence for absence in asked.records.absences}
    years = [year for year in recorded if _overlaps(year, asked)]
    if years:
        return recorded[max(years)]
    return recorded.get(_year_before(academic_year_of(asked.first)))


def day_of(snapshot: Snapshot) -> Window:
    """The day of a snapshot, labelled with its academic year."""
    return Window(snapshot.on, snapshot.on, academic_year_of(snapshot.on))


def _of_teachers(
    id: str, asked: Asked, part: Callable[[Snapshot], Amount], *, needs: str | None = None
) -> Measure:
    if not asked.posts.all_teachers:
        return unanswered(id, NOT_BY_POST, asked.window)
    snapshot = snapshot_in(asked)
    if snapshot is None:
        return unanswered(id, _no_snapshot(asked), asked.window)
    if needs is not None and getattr(snapshot, needs) is None:
        return unanswered(id, _not_recorded([needs], snapshot), day_of(snapshot))
    return quotient(id, part(snapshot), snapshot.teachers_fte, day_of(snapshot))


def _pupils_to(id: str, asked: Asked, adults: tuple[str, ...]) -> Measure:
    if not asked.posts.all_teachers:
        return unanswered(id, NOT_BY_POST, asked.window)
    snapshot = snapshot_in(asked)
    if snapshot is None:
        return unanswered(id, _no_snapshot(asked), asked.window)
    missing = [name for name in ("pupils_fte", *adults) if getattr(snapshot, name) is None]
    if missing or snapshot.pupils_fte is None:
        return unanswered(id, _not_recorded(missing, snapshot), day_of(snapshot))
    return quotient(
        id, snapshot.pupils_fte, total(getattr(snapshot, name) for name in adults), day_of(snapshot)
    )


def _of_sickness(id: str, asked: Asked, part: str, whole: str) -> Measure:
    if not asked.posts.all_teachers:
        return unanswered(id, NOT_BY_POST, asked.window)
    absence = absence_in(asked)
    if absence is None:
        return unanswered(id, _no_absence(asked), asked.window)
    year = parse_academic_year(absence.academic_year)
    window = Window(*academic_year_bounds(year), year)
    if year == NOT_COLLECTED:
        return unanswered(id, NOT_COLLECTED_BECAUSE, window)
    numerator, denominator = getattr(absence, part), getattr(absence, whole)
    if numerator is None or denominator is None:
        missing = part if numerator is None else whole
        why = (
            "days_lost isn't known: only starts of absence are" if missing == "days_lost" else f"no {missing}"
        )
        because = f"{why}, for {year}"
        return unanswered(id, because, window, numerator=numerator, denominator=denominator)
    return quotient(id, numerator, denominator, window)


def _posts(posts: tuple[Post, ...] | None) -> Amount:
    return total(post.count for post in posts or () if post.staff_group == TEACHER)


def _unqualified(snapshot: Snapshot) -> Amount:
    return less(snapshot.teachers_fte, snapshot.qualified_teachers_fte or 0)


def _no_snapshot(asked: Asked) -> str:
    none = f"there is no snapshot from {asked.first} to {asked.last}"
    earlier = [snapshot.on for snapshot in asked.records.snapshots if snapshot.on < asked.first]
    return f"{none}; the latest before is of {max(earlier)}" if earlier else none


def _no_absence(asked: Asked) -> str:
    year = academic_year_of(asked.last)
    if year == NOT_COLLECTED:
        return NOT_COLLECTED_BECAUSE
    none = f"no staff absence is recorded for {year}, nor for the year before"
    return f"{none}; {NOT_COLLECTED_BECAUSE}" if _year_before(year) == NOT_COLLECTED else none


def _not_recorded(names: list[str], snapshot: Snapshot) -> str:
    return f"the snapshot of {snapshot.on} doesn't tell {' and '.join(names)}"


def _overlaps(academic_year: str, asked: Asked) -> bool:
    first, last = academic_year_bounds(academic_year)
    return first <= asked.last and asked.first <= last


def _year_before(academic_year: str) -> str:
    first = academic_year_bounds(academic_year)[0]
    return academic_year_of(first.replace(year=first.year - 1))
