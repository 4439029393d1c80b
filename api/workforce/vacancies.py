"""`/v1/schools/{urn}/vacancies`: a vacancy through its whole life, from the day it opens."""

from datetime import date
from typing import Any

from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.fields import Day as PlainDay
from api.http.fields import Text
from api.tracker.fields import Whole
from api.workforce.fields import (
    EXAMPLE_ID,
    Amount,
    AsOfListQuerySchema,
    Count,
    Day,
    KeptSchema,
    OfAPost,
    Word,
    WorkforceSchema,
)
from api.workforce.resource import Noun, add_calls_by_id, add_import, named_by_id
from domain.workforce.records import OUTCOMES, STAFF_GROUPS
from intake.workforce import VACANCIES
from services.workforce.folded import adverts_by_vacancy
from services.workforce.kinds import VACANCY
from services.workforce.records import Record

blueprint = Blueprint("vacancies", __name__, description="Vacancies, from the day each opens to its outcome.")

MOST_ADVERTS = 50


class AdvertSchema(WorkforceSchema):
    """One time that the post was advertised."""

    on = Day(required=True, metadata={"example": "2026-10-01"})
    closes_on = Day(allow_none=True, metadata={"example": "2026-10-16"})
    applications = Count(allow_none=True, metadata={"example": 6})


class VacancySchema(KeptSchema):
    """A vacancy."""

    id = fields.String(dump_only=True, metadata={"example": EXAMPLE_ID})
    role = OfAPost(100, required=True, metadata={"example": "Teacher"})
    staff_group = Word(STAFF_GROUPS, metadata={"description": "teacher unless said.", "example": "teacher"})
    subject = OfAPost(100, allow_none=True, metadata={"example": "Mathematics"})
    fte = Amount(required=True, metadata={"example": 1})
    opened_on = Day(required=True, metadata={"example": "2026-09-28"})
    adverts = fields.List(
        Whole(AdvertSchema),
        allow_none=True,
        validate=validate.Length(max=MOST_ADVERTS),
        metadata={
            "description": "Each time it was advertised, in their order.",
            "example": [{"on": "2026-10-01", "closes_on": "2026-10-16", "applications": 6}],
        },
    )
    advertised_on = Day(
        load_only=True,
        allow_none=True,
        metadata={"description": "With `closes_on` and `applications`, one advert instead of `adverts`."},
    )
    closes_on = Day(load_only=True, allow_none=True, metadata={"description": "Of that one advert."})
    applications = Count(load_only=True, allow_none=True, metadata={"description": "To that one advert."})
    shortlisted = Count(allow_none=True, metadata={"example": 3})
    interviewed = Count(allow_none=True, metadata={"example": 3})
    declined = Count(allow_none=True, metadata={"description": "Offers that were declined.", "example": 0})
    offered_on = Day(allow_none=True, metadata={"example": "2026-10-23"})
    accepted_on = Day(allow_none=True, metadata={"example": "2026-10-24"})
    withdrawn_on = Day(
        allow_none=True, metadata={"description": "When it was withdrawn, or given up as failed."}
    )
    start_on = Day(allow_none=True, metadata={"example": "2027-01-04"})
    outcome = Word(OUTCOMES, metadata={"description": "open unless said.", "example": "filled"})
    cost = Amount(allow_none=True, metadata={"description": "In pounds, for all of it.", "example": 1250})
    reference = Text(
        64,
        allow_none=True,
        metadata={
            "description": "What the school's own system calls the vacancy: a push finds it again by this.",
            "example": "VAC-0117",
        },
    )


class VacancyPatchSchema(VacancySchema):
    """Changes of a vacancy."""

    def __init__(self, **given: Any) -> None:
        super().__init__(partial=True, **given)


class VacanciesQuerySchema(AsOfListQuerySchema):
    """Which vacancies."""

    outcome = Word(OUTCOMES, metadata={"description": "Only with this outcome.", "example": "open"})
    staff_group = Word(STAFF_GROUPS, metadata={"description": "Only of this group.", "example": "teacher"})
    role = fields.String(metadata={"description": "Only with this role, in any case.", "example": "Teacher"})
    subject = fields.String(metadata={"description": "Only of this subject.", "example": "Mathematics"})
    opened_after = PlainDay(metadata={"description": "Opened on this day or later.", "example": "2026-09-01"})
    opened_before = PlainDay(
        metadata={"description": "Opened on this day or earlier.", "example": "2026-12-31"}
    )


def _is_asked(record: Record, query: dict[str, Any]) -> bool:
    content, opened = record.content, date.fromisoformat(record.content["opened_on"])
    return (
        all(content[name] == query[name] for name in ("outcome", "staff_group") if name in query)
        and all(
            content.get(name, "").strip().casefold() == query[name].strip().casefold()
            for name in ("role", "subject")
            if name in query
        )
        and query.get("opened_after", date.min) <= opened <= query.get("opened_before", date.max)
    )


VACANCY_NOUN = Noun(
    VACANCY,
    "/vacancies/<id>",
    VacancySchema,
    named_by_id(VACANCY),
    list_query=VacanciesQuerySchema,
    narrowed=_is_asked,
)

add_calls_by_id(blueprint, VACANCY_NOUN, VacancyPatchSchema)
add_import(
    blueprint,
    VACANCY_NOUN,
    VACANCIES,
    VacancySchema,
    "role, fte and opened_on, and of the others what there is; advertised_on, closes_on, applications are one advert,"
    " and rows of one reference that differ in nothing else are its adverts",
    adverts_by_vacancy,
)
