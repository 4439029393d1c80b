"""`/v1/schools/{urn}/staff-absence/{academic_year}`: sickness absence of a year, as totals."""

from functools import partial

from flask_smorest import Blueprint

from api.workforce.fields import AcademicYear, Amount, Count, KeptSchema
from api.workforce.resource import OF_STAFF, Noun, add_calls_by_key, add_import
from intake.workforce import STAFF_ABSENCES
from services.workforce.kinds import STAFF_ABSENCE, name_by_year

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
    teachers = Count(allow_none=True, metadata={"description": "All who served in the year.", "example": 71})


class PushedStaffAbsenceSchema(StaffAbsenceSchema):
    """A row of a push: a year's absence with its year."""

    academic_year = AcademicYear(required=True, metadata={"example": "2025/26"})


STAFF_ABSENCE_NOUN = Noun(
    STAFF_ABSENCE,
    "/staff-absence/<academic_year>",
    StaffAbsenceSchema,
    partial(name_by_year, STAFF_ABSENCE),
    reads=OF_STAFF,
)

add_calls_by_key(blueprint, STAFF_ABSENCE_NOUN)
add_import(
    blueprint,
    STAFF_ABSENCE_NOUN,
    STAFF_ABSENCES,
    PushedStaffAbsenceSchema,
    "academic_year and teachers_with_absence, and of days_lost and teachers what there is",
)
