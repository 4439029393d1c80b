"""`/v1/schools/{urn}/workforce/{date}`: the workforce as it is counted on a day."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.workforce.fields import Amount, Count, Day, KeptSchema, OfAPost, Word, WorkforceSchema
from api.workforce.resource import Noun, add_calls_by_key, add_import
from domain.workforce.records import STAFF_GROUPS
from domain.workforce.suppression import tells
from intake.workforce import SNAPSHOTS
from services.workforce.addresses import name_snapshot
from services.workforce.kinds import SNAPSHOT

blueprint = Blueprint("workforce", __name__, description="The workforce as it is counted on a day.")

MOST_POSTS = 200


class PostsSchema(WorkforceSchema):
    """Posts of one role."""

    role = OfAPost(100, required=True, metadata={"example": "Teacher"})
    staff_group = Word(STAFF_GROUPS, metadata={"description": "teacher unless said.", "example": "teacher"})
    subject = OfAPost(100, allow_none=True, metadata={"example": "Mathematics"})
    count = Count(required=True, metadata={"example": 1})


class Posts(fields.List[Any]):
    """Posts as a list; in a row of a push also as one number, which is of teachers' posts."""

    def __init__(self, description: str, *, or_number: bool = False) -> None:
        self.or_number = or_number
        example = [{"role": "Teacher", "subject": "Mathematics", "count": 1}]
        metadata: dict[str, Any] = {"description": description, "example": example}
        length = validate.Length(max=MOST_POSTS)
        super().__init__(
            fields.Nested(PostsSchema), allow_none=True, validate=_only_of_lists(length), metadata=metadata
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> Any:
        if self.or_number and not isinstance(value, list):
            return Count().deserialize(value, attr, data)
        return super()._deserialize(value, attr, data, **given)


def _only_of_lists(check: Any) -> Any:
    return lambda value: check(value) if isinstance(value, list) else value


VACANT = "Posts that nobody holds, or somebody for less than a term. Left out: not known; empty: none."
TEMPORARY = "Posts held for at least a term and less than a year; none of the vacancies."


class SnapshotSchema(KeptSchema):
    """The workforce on one day."""

    date = Day(dump_only=True, metadata={"example": "2026-11-05"})
    teachers_fte = Amount(
        required=True,
        metadata={"description": "All teachers, qualified or not.", "example": 62.4},
    )
    qualified_teachers_fte = Amount(allow_none=True, metadata={"example": 60.8})
    teachers_headcount = Count(allow_none=True, metadata={"description": "Persons.", "example": 71})
    teaching_assistants_fte = Amount(allow_none=True, metadata={"example": 18.5})
    other_staff_fte = Amount(allow_none=True, metadata={"example": 24})
    pupils_fte = Amount(
        allow_none=True, metadata={"description": "Of the January school census.", "example": 1048}
    )
    vacancies = Posts(VACANT)
    temporarily_filled = Posts(TEMPORARY)
    suppressed = fields.Boolean(
        dump_only=True,
        metadata={
            "description": "`qualified_teachers_fte` is withheld: few teachers are qualified, or few aren't.",
            "example": False,
        },
    )


class PushedSnapshotSchema(SnapshotSchema):
    """A row of a push: a snapshot with its date."""

    date = Day(required=True, metadata={"example": "2026-11-05"})
    vacancies = Posts(VACANT + " A number is of teachers' posts.", or_number=True)
    temporarily_filled = Posts(TEMPORARY + " A number is of teachers' posts.", or_number=True)


QUALIFIED = "qualified_teachers_fte"


def _few_qualified(shown: dict[str, Any]) -> dict[str, Any]:
    """All teachers less the qualified are those without the status: as withheld here as their share is."""
    few = shown[QUALIFIED] is not None and tells(shown[QUALIFIED], shown["teachers_fte"])
    return shown | ({QUALIFIED: None} if few else {}) | {"suppressed": few}


SNAPSHOT_NOUN = Noun(
    SNAPSHOT,
    "/workforce/<day>",
    SnapshotSchema,
    name_snapshot,
    withheld=_few_qualified,
    never_told=frozenset({QUALIFIED}),
)

add_calls_by_key(blueprint, SNAPSHOT_NOUN)
add_import(
    blueprint,
    SNAPSHOT_NOUN,
    SNAPSHOTS,
    PushedSnapshotSchema,
    "date and teachers_fte, and of the others what there is; vacancies and temporarily_filled as numbers",
)
