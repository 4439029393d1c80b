"""`/v1/schools/{urn}/leavers`: who left, as a role and a destination and never as a person."""

from datetime import date
from typing import Any

from flask_smorest import Blueprint
from marshmallow import fields

from api.http.fields import Day as PlainDay
from api.http.fields import Text
from api.workforce.fields import (
    EXAMPLE_ID,
    Amount,
    AsOfListQuerySchema,
    Day,
    KeptSchema,
    OfALeaver,
    OfAPost,
    Word,
)
from api.workforce.resource import OF_STAFF, Noun, add_calls_by_id, add_import, named_by_id
from domain.workforce.records import DESTINATIONS, STAFF_GROUPS
from intake.workforce import LEAVERS
from services.workforce.kinds import LEAVER
from services.workforce.records import Record

blueprint = Blueprint("leavers", __name__, description="Leavers, by role and destination, without names.")


class LeaverSchema(KeptSchema):
    """A leaver."""

    id = fields.String(dump_only=True, metadata={"example": EXAMPLE_ID})
    role = OfAPost(100, required=True, metadata={"example": "Teacher"})
    staff_group = Word(STAFF_GROUPS, metadata={"description": "teacher unless said.", "example": "teacher"})
    subject = OfAPost(100, allow_none=True, metadata={"example": "Mathematics"})
    fte = Amount(required=True, metadata={"example": 0.8})
    left_on = Day(
        required=True, metadata={"description": "The last day in service.", "example": "2026-08-31"}
    )
    destination = Word(
        DESTINATIONS, metadata={"description": "unknown unless said.", "example": "moved_school"}
    )
    years_in_post = Amount(allow_none=True, metadata={"example": 2.5})
    reason = OfALeaver(
        200,
        allow_none=True,
        metadata={"description": "In a few words, none of health.", "example": "workload"},
    )
    reference = Text(
        64,
        allow_none=True,
        metadata={
            "description": "What the school's own system calls the leaver; kept as a one-way pseudonym (`s_…`), by"
            " which a push finds the record again.",
            "example": "s_aeg6x4kd3tqzl5wvm7rcyhu2bn",
        },
    )


class LeaverPatchSchema(LeaverSchema):
    """Changes of a leaver."""

    def __init__(self, **given: Any) -> None:
        super().__init__(partial=True, **given)


class LeaversQuerySchema(AsOfListQuerySchema):
    """Which leavers."""

    staff_group = Word(STAFF_GROUPS, metadata={"description": "Only of this group.", "example": "teacher"})
    destination = Word(DESTINATIONS, metadata={"description": "Only to there.", "example": "retired"})
    left_after = PlainDay(metadata={"description": "Left on this day or later.", "example": "2026-09-01"})
    left_before = PlainDay(metadata={"description": "Left on this day or earlier.", "example": "2026-12-31"})


def _is_asked(record: Record, query: dict[str, Any]) -> bool:
    content, left = record.content, date.fromisoformat(record.content["left_on"])
    return all(
        content[name] == query[name] for name in ("staff_group", "destination") if name in query
    ) and query.get("left_after", date.min) <= left <= query.get("left_before", date.max)


LEAVER_NOUN = Noun(
    LEAVER,
    "/leavers/<id>",
    LeaverSchema,
    named_by_id(LEAVER),
    reads=OF_STAFF,
    list_query=LeaversQuerySchema,
    narrowed=_is_asked,
)

add_calls_by_id(blueprint, LEAVER_NOUN, LeaverPatchSchema)
add_import(
    blueprint,
    LEAVER_NOUN,
    LEAVERS,
    LeaverSchema,
    "role, fte and left_on, and of the others what there is",
)
