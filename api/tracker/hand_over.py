"""`/v1/people/{id}/hand-over`: when somebody leaves, what they carry goes to somebody else."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import endpoint
from api.http.fields import Schema
from api.tracker.fields import EXAMPLE_ID, person_id, text
from api.tracker.people import NOUN
from api.tracker.resource import WRITE
from services.tracker.hand_over import hand_over
from services.tracker.kinds import Content
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("hand_over", __name__, description="When somebody leaves.")


class HandOverSchema(Schema):
    """To whom."""

    to = person_id("Somebody active.", required=True)
    note = text(
        10_000,
        "Ada takes over from January; see the plan of 3 December.",
        "Becomes a comment on each challenge and action that changes hands.",
    )


def _ids(description: str, example: list[str]) -> fields.List[Any]:
    return fields.List(fields.String(), metadata={"description": description, "example": example})


class MovedSchema(Schema):
    """What changed hands, by id."""

    challenges = _ids("Open ones that they led.", [EXAMPLE_ID])
    actions = _ids("Open ones that they owned.", [])
    practices = _ids("That they led and that still run.", [])
    supporting = _ids("Open actions that they supported.", [])


class HandedOverSchema(Schema):
    """What was handed over."""

    moved = fields.Nested(MovedSchema)


@blueprint.route("/people/<id>/hand-over")
class HandOver(MethodView):
    """Everything open that somebody leads, owns or supports."""

    @endpoint(scope=WRITE, loads=NOUN.row, body=HandOverSchema, answer=HandedOverSchema)
    def post(self, work: UnitOfWork, person: Any, body: dict[str, Any]) -> Content:
        """Give to somebody else everything open that a person leads, owns or supports; what is closed stays as it was.

        All of it or nothing, each change in the history of what it changes. The person stays active until that is
        changed. Only what the key may see moves.
        """
        return hand_over(work, person, body)
