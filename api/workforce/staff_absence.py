"""`/v1/schools/{urn}/staff-absence/{academic_year}`: sickness absence of a year, as totals."""

from functools import partial
from typing import Any

from flask_smorest import Blueprint
from marshmallow import fields

from api.workforce.fields import AcademicYear, Amount, Count, KeptSchema
from api.workforce.resource import Events, Noun, add_calls_by_key, add_import
from domain.workforce.counted import withheld_counts
from domain.workforce.suppression import tells
from intake.staff_leaves import DAYS_UNKNOWN, read_staff_leaves
from intake.workforce import STAFF_ABSENCES
from services.workforce.addresses import name_by_year
from services.workforce.imports import PushedRow, PushedRows
from services.workforce.kinds import STAFF_ABSENCE

blueprint = Blueprint(
    "staff-absence", __name__, description="Sickness absence of staff, as totals of a year."
)


class StaffAbsenceSchema(KeptSchema):
    """The sickness absence of a school's teachers in one academic year."""

    academic_year = AcademicYear(dump_only=True, metadata={"example": "2025/26"})
    teachers_with_absence = Count(
        required=True, metadata={"description": "With at least one sickness absence.", "example": 41}
    )
    days_lost = Amount(
        allow_none=True,
        metadata={"description": "Null where only starts are known.", "example": 302.5},
    )
    events = fields.Dict(
        dump_only=True,
        metadata={
            "description": "Absences that began in the year, by kind of reason, where they came as events.",
            "example": {"sickness": 52, "training": 8},
        },
    )
    null_because = fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"description": "Why days_lost is null, where it is known.", "example": None},
    )
    suppressed = fields.Boolean(
        dump_only=True,
        metadata={
            "description": "Figures are withheld: few members of staff are behind one.",
            "example": False,
        },
    )
    teachers = Count(allow_none=True, metadata={"description": "All who served in the year.", "example": 71})


class PushedStaffAbsenceSchema(StaffAbsenceSchema):
    """A row of a push: a year's absence with its year."""

    academic_year = AcademicYear(required=True, metadata={"example": "2025/26"})


FIGURES = ("teachers_with_absence", "days_lost", "teachers", "events")


def _few_teachers(shown: dict[str, Any]) -> dict[str, Any]:
    absent, teachers = shown["teachers_with_absence"], shown["teachers"]
    few = tells(absent, absent if teachers is None else teachers)
    few = few or None in withheld_counts(shown["events"] or {}).values()
    return shown | (dict.fromkeys(FIGURES) if few else {}) | {"suppressed": few}


def _read_leaves(raw: bytes) -> PushedRows:
    """Ed-Fi's staff leave events, counted by year and kind of reason, and forgotten."""
    read = read_staff_leaves([raw])
    rows = [
        PushedRow(
            number,
            {
                "academic_year": year.academic_year,
                "teachers_with_absence": year.staff_with_sickness,
                "events": year.events,
                "null_because": year.days_unknown,
            },
            stands_for=sum(year.events.values()),
            partial=True,
        )
        for number, year in enumerate(read.years, 1)
    ]
    warnings = [
        f"days lost aren't known from events: {DAYS_UNKNOWN}",
        *(
            [f"{read.unrecognised} events have a reason that isn't known; counted as other"]
            if read.unrecognised
            else []
        ),
    ]
    return PushedRows(rows, read.received, read.faults, warnings=warnings, repeated=read.repeated)


STAFF_ABSENCE_NOUN = Noun(
    STAFF_ABSENCE,
    "/staff-absence/<academic_year>",
    StaffAbsenceSchema,
    partial(name_by_year, STAFF_ABSENCE),
    withheld=_few_teachers,
)

add_calls_by_key(blueprint, STAFF_ABSENCE_NOUN)
add_import(
    blueprint,
    STAFF_ABSENCE_NOUN,
    STAFF_ABSENCES,
    PushedStaffAbsenceSchema,
    "academic_year and teachers_with_absence, and of days_lost and teachers what there is; or Ed-Fi's staffLeaves,"
    " which are counted by reason and forgotten",
    events=Events(b'"staffReference"', _read_leaves),
)
