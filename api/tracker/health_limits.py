"""`/v1/schools/{urn}/health-limits`: from when on a school worries about its actions."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import Reply, endpoint
from api.http.fields import Schema, Time
from api.tracker.fields import EXAMPLE_TIME
from api.tracker.resource import READ, WRITE
from services.tracker import health_limits
from services.tracker.health_limits import USUAL, Place
from services.tracker.held import Held
from services.tracker.kinds import Content
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "health limits", __name__, description="From when on a school worries about its actions."
)


def _limit(name: str, description: str, most: int) -> fields.Integer:
    return fields.Integer(
        strict=True,
        validate=validate.Range(1, most),
        metadata={"description": f"{description} Usually {USUAL[name]}.", "example": USUAL[name]},
    )


class HealthLimitsSchema(Schema):
    """From when on a school worries. What is left out of a PUT is as usual."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    revision = fields.Integer(
        dump_only=True, metadata={"description": "0 where the school has said nothing.", "example": 1}
    )
    own = fields.List(
        fields.String(),
        dump_only=True,
        metadata={"description": "Those that the school has said itself.", "example": ["due_soon_days"]},
    )
    stalled_after_days = _limit(
        "stalled_after_days", "An action in progress is stalled after so many days without an update.", 366
    )
    due_soon_days = _limit(
        "due_soon_days", "An action that is due within so many days has to be well on its way.", 366
    )
    due_soon_progress = _limit("due_soon_progress", "How far it has to be then, in per cent.", 100)
    late_start_days = _limit(
        "late_start_days", "A planned action worries so many days after it was to start.", 366
    )


class LimitsQuerySchema(Schema):
    """At which time."""

    as_of = Time(metadata={"description": "As they stood at that time.", "example": EXAMPLE_TIME})


@blueprint.route("/schools/<urn>/health-limits")
class HealthLimits(MethodView):
    """The limits of one school."""

    @endpoint(
        scope=READ,
        loads=health_limits.get_place,
        query=LimitsQuerySchema,
        answer=HealthLimitsSchema,
        tagged=True,
    )
    def get(self, work: UnitOfWork, place: Place, query: dict[str, Any]) -> Content:
        """The limits by which a school's actions are judged, as they are or as they stood at a time."""
        return health_limits.read_limits(Held(work, query.get("as_of")), place.school)

    @endpoint(
        scope=WRITE,
        loads=health_limits.get_place,
        body=HealthLimitsSchema,
        answer=HealthLimitsSchema,
        precondition=True,
        tagged=True,
        also={201: "The first that the school says; no If-Match is needed."},
    )
    def put(self, work: UnitOfWork, place: Place, body: dict[str, int]) -> Reply:
        """Say from when on the school worries."""
        content, is_first = health_limits.put_limits(work, place, body)
        return Reply(content, 201 if is_first else 200)
