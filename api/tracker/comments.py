"""`/v1/comments`, `/v1/challenges/{id}/comments` and `/v1/actions/{id}/comments`: what people say about something."""

from flask_smorest import Blueprint
from marshmallow import fields

from api.http.fields import Text
from api.tracker import actions, challenges
from api.tracker.fields import EXAMPLE_ID, Partly, RecordSchema, person_id
from api.tracker.resource import Noun, add_calls_by_id, add_list_below
from services.tracker import comments
from services.tracker.kinds import COMMENT

blueprint = Blueprint("comments", __name__, description="What people say about a challenge or an action.")


class CommentSchema(RecordSchema):
    """A comment."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    challenge = fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"description": "What it is on; null where it is on an action.", "example": EXAMPLE_ID},
    )
    action = fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"description": "What it is on; null where it is on a challenge.", "example": None},
    )
    text = Text(10_000, required=True, metadata={"example": "The bus company will tell us by Friday."})
    by = person_id("Who says it; the person of the key unless said.", allow_none=True)


class CommentPatchSchema(Partly, CommentSchema):
    """What changes of a comment."""


NOUN = Noun(COMMENT, "comment", "comments", "/comments", CommentSchema)

for parent in (challenges.NOUN, actions.NOUN):
    add_list_below(blueprint, NOUN, parent, comments.commenter(parent.kind), CommentSchema)
add_calls_by_id(blueprint, NOUN, patch=CommentPatchSchema, change=comments.change_comment)
