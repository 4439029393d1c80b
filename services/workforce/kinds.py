"""What kinds of workforce record there are: how each is named, brought into one form, and judged.

A content that is kept has no nulls, says what would else be understood (`outcome`: open), and has whole numbers where
counts are. What names a record by its path (a date, an academic year) is its key and not in its content.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from domain.errors import Fault, Invalid, invalid
from domain.privacy import Pseudonyms
from domain.workforce import counted, faults, own_measures
from domain.workforce.records import (
    OPEN,
    TEACHER,
    UNKNOWN,
)
from domain.workforce.resignation import resignation_dates_of
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork
from services.workforce.recorded import absence_of, leaver_of, snapshot_of, vacancy_of
from services.workforce.records import Content, load_records

SHORT_ADVERT = {"advertised_on": "on", "closes_on": "closes_on", "applications": "applications"}
"""The fields that are one advert where a body or a row has them instead of `adverts`."""


@dataclass(frozen=True)
class Context:
    """What a record is judged beside: the day of the earliest snapshot that is held."""

    first_snapshot: date | None = None


Told = Callable[[Mapping[str, Any], Pseudonyms], dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """A kind of record. `faults(key, content, context)` judges one; `told` is what a body is before it is judged."""

    name: str
    one: str
    many: str
    pushed_as: str
    """What the receipt of a push says was pushed."""
    faults: Callable[[str, Content, Context], list[Fault]]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    told: Told = lambda values, pseudonyms: dict(values)
    merged: Callable[[Content, Mapping[str, Any]], dict[str, Any]] = lambda held, values: held | dict(values)
    """What is held, with what a PATCH gives in its place."""
    keyed_by: str | None = None
    """The field of a pushed row that is the record's key; None where it has an id of its own."""
    alike_by: tuple[str, ...] = ()
    """What two rows without a reference have in common when they tell of one thing."""
    needs_snapshots: bool = False

    def content_of(self, values: Mapping[str, Any], pseudonyms: Pseudonyms) -> Content:
        """What is to be kept of the values of a body or a row."""
        told = self.told(values, pseudonyms)
        said = {
            name: _plain(value) for name, value in told.items() if value is not None and name != self.keyed_by
        }
        return dict(self.defaults) | said

    def faults_of(
        self, key: str, content: Content, context: Context, given: Mapping[str, Any]
    ) -> list[Fault]:
        """Every fault of a content, at the pointers of the body or row that it was made of."""
        found = self.faults(key, content, context)
        if given.keys() & SHORT_ADVERT.keys():
            found = [_of_short_advert(fault) for fault in found]
        return found

    def context(self, work: UnitOfWork, school: SchoolRef) -> Context:
        """What a record of the school is judged beside."""
        if not self.needs_snapshots:
            return Context()
        snapshots = load_records(work, school.id, [SNAPSHOT.name])[SNAPSHOT.name]
        return Context(date.fromisoformat(snapshots[0].key) if snapshots else None)


def with_adverts(values: Mapping[str, Any], held: Sequence[Content] | None = None) -> dict[str, Any]:
    """The values of a vacancy with its adverts as `adverts`, however they were told; `held` are those it has already.

    Raises `Invalid` where both are given, where an advert has no day, or several are held and one can't be meant.
    """
    short = {name: values[field] for field, name in SHORT_ADVERT.items() if field in values}
    rest = {name: value for name, value in values.items() if name not in SHORT_ADVERT}
    if not short:
        return rest
    first = next(field for field in SHORT_ADVERT if field in values)
    if "adverts" in values:
        raise invalid(f"/{first}", f"{first} is one advert, and adverts are given too; give one of them")
    if held is not None and len(held) > 1:
        raise invalid(f"/{first}", f"this vacancy has {len(held)} adverts; give them all, as adverts")
    advert = (dict(held[0]) if held else {}) | short
    said = {name: value for name, value in advert.items() if value is not None}
    if said and "on" not in said:
        raise invalid("/advertised_on", f"advertised_on is missing: {first} is of an advert, which has a day")
    return rest | {"adverts": [said] if said else []}


def _of_vacancy(values: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, Any]:
    told = with_adverts(values)
    if told.get("adverts") is not None:
        told["adverts"] = sorted(
            (
                {name: _plain(value) for name, value in advert.items() if value is not None}
                for advert in told["adverts"]
            ),
            key=lambda advert: str(advert["on"]),
        )
    return told


def _of_leaver(values: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, Any]:
    """A leaver's reference is a member of staff's in the school's own system: only what stands for it is kept."""
    reference = values.get("reference")
    return dict(values) | ({} if reference is None else {"reference": pseudonyms.of_staff(reference)})


def _of_snapshot(values: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Posts with their staff group; a plain number of them is that many teachers' posts."""
    told = dict(values)
    for name in ("vacancies", "temporarily_filled"):
        posts = told.get(name)
        if isinstance(posts, int | Decimal):
            told[name] = [{"role": "Teacher", "count": posts}] if posts else []
        if told.get(name) is not None:
            told[name] = [
                {"staff_group": TEACHER}
                | {part: _plain(value) for part, value in post.items() if value is not None}
                for post in told[name]
            ]
    return told


def _merged_vacancy(held: Content, values: Mapping[str, Any]) -> dict[str, Any]:
    return held | with_adverts(values, held.get("adverts", ()))


def _of_short_advert(fault: Fault) -> Fault:
    """A fault of the one advert, at the field that gave it."""
    for short, name in SHORT_ADVERT.items():
        if fault.pointer == f"/adverts/0/{name}":
            detail = fault.detail.replace(name, short, 1).replace("before on (", "before advertised_on (")
            return replace(fault, detail=detail, pointer=f"/{short}")
    return fault


def _vacancy_faults(key: str, content: Content, context: Context) -> list[Fault]:
    return faults.faults_of_vacancy(vacancy_of(key, content))


def _leaver_faults(key: str, content: Content, context: Context) -> list[Fault]:
    return faults.faults_of_leaver(leaver_of(content), context.first_snapshot)


def _snapshot_faults(key: str, content: Content, context: Context) -> list[Fault]:
    return faults.faults_of_snapshot(snapshot_of(key, content))


def _absence_faults(key: str, content: Content, context: Context) -> list[Fault]:
    return faults.faults_of_absence(absence_of(key, content))


def _resignation_faults(key: str, content: Content, context: Context) -> list[Fault]:
    try:
        resignation_dates_of(content["resignation_dates"])
    except Invalid as error:
        return error.faults
    return []


def _of_absence(values: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, Any]:
    """A year's absence; why its days aren't known only where they aren't."""
    known = {"null_because": None} if values.get("days_lost") is not None else {}
    return dict(values) | known


def _of_reasons(values: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, Any]:
    return dict(values) | {"reasons": _plain_counts(values["reasons"])}


def _of_survey(values: Mapping[str, Any], pseudonyms: Pseudonyms) -> dict[str, Any]:
    questions = [
        {name: value for name, value in question.items() if value is not None}
        | {"answers": _plain_counts(question["answers"])}
        for question in values["questions"]
    ]
    return dict(values) | {"questions": questions}


def _plain_counts(counts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(count) for name, count in counts.items()}


def _reason_faults(key: str, content: Content, context: Context) -> list[Fault]:
    return counted.faults_of_reasons(content["reasons"])


def _survey_faults(key: str, content: Content, context: Context) -> list[Fault]:
    return counted.faults_of_survey(content)


def _own_faults(key: str, content: Content, context: Context) -> list[Fault]:
    return own_measures.faults_of_measure(key, content)


def _point_faults(key: str, content: Content, context: Context) -> list[Fault]:
    return own_measures.faults_of_point(content)


def _plain(value: Any) -> Any:
    """Whole numbers as such, so that 3.0 says what 3 says."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value


SNAPSHOT = Kind(
    "workforce_snapshot",
    "snapshot",
    "snapshots",
    "snapshots",
    _snapshot_faults,
    told=_of_snapshot,
    keyed_by="date",
)
VACANCY = Kind(
    "vacancy",
    "vacancy",
    "vacancies",
    "vacancies",
    _vacancy_faults,
    defaults={"staff_group": TEACHER, "outcome": OPEN},
    told=_of_vacancy,
    merged=_merged_vacancy,
    alike_by=("staff_group", "role", "subject", "opened_on"),
)
LEAVER = Kind(
    "leaver",
    "leaver",
    "leavers",
    "leavers",
    _leaver_faults,
    defaults={"staff_group": TEACHER, "destination": UNKNOWN},
    told=_of_leaver,
    alike_by=("staff_group", "role", "subject", "left_on"),
    needs_snapshots=True,
)
RESIGNATION_DATES = Kind(
    "resignation_dates",
    "school's own resignation dates",
    "resignation dates",
    "resignation_dates",
    _resignation_faults,
)
EXIT_REASONS = Kind(
    "exit_reasons",
    "year of exit reasons",
    "years of exit reasons",
    "exit_reasons",
    _reason_faults,
    told=_of_reasons,
    keyed_by="academic_year",
)
STAY_REASONS = Kind(
    "stay_reasons",
    "year of stay reasons",
    "years of stay reasons",
    "stay_reasons",
    _reason_faults,
    told=_of_reasons,
    keyed_by="academic_year",
)
STAFF_SURVEY = Kind(
    "staff_survey",
    "staff survey",
    "staff surveys",
    "staff_surveys",
    _survey_faults,
    told=_of_survey,
    keyed_by="date",
)
OWN_MEASURE = Kind(
    "own_measure",
    "measure of the school's own",
    "measures of the school's own",
    "own_measures",
    _own_faults,
    keyed_by="name",
)
OWN_POINT = Kind(
    "own_point",
    "point",
    "points",
    "own_points",
    _point_faults,
    keyed_by="point",
)
STAFF_ABSENCE = Kind(
    "staff_absence",
    "year of staff absence",
    "years of staff absence",
    "staff_absence",
    _absence_faults,
    told=_of_absence,
    keyed_by="academic_year",
)
