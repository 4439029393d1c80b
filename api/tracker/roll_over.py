"""`/v1/schools/{urn}/roll-over`: open challenges go on in another academic year."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.bodies import JSON_TYPES, Body, json_of
from api.http.endpoint import Reader, endpoint
from api.http.fields import Schema, Text, loaded
from api.tracker.fields import EXAMPLE_ID
from api.tracker.resource import WRITE
from services.schools.schools import SchoolRef, get_school
from services.tracker.kinds import Content
from services.tracker.roll_over import roll_over
from services.unit_of_work import Tools, UnitOfWork

blueprint = Blueprint("roll_over", __name__, description="When one academic year follows another.")


class RollOverSchema(Schema):
    """Into which year."""

    into = Text(
        16,
        metadata={
            "description": "This academic year or the next. Unless told: this one if an open challenge hasn't it in"
            " `academic_years` yet, else the next. A script that may run twice should say it.",
            "example": "2027/28",
        },
    )


class IndicatorToRenewSchema(Schema):
    """An indicator whose target is for before the year starts."""

    id = fields.String(metadata={"example": EXAMPLE_ID})
    title = fields.String(metadata={"example": "Absence on Mondays"})
    target_on = fields.Raw(metadata={"type": "string", "format": "date", "example": "2027-07-16"})


class CarriedSchema(Schema):
    """A challenge that goes on, the same as before with all that is below it."""

    challenge = fields.String(metadata={"example": EXAMPLE_ID})
    title = fields.String(metadata={"example": "Absence on Mondays in Year 9"})
    open_actions = fields.Integer(metadata={"example": 3})
    overdue_actions = fields.Integer(metadata={"description": "Of `open_actions`.", "example": 1})
    indicators_to_renew = fields.List(
        fields.Nested(IndicatorToRenewSchema),
        metadata={"description": "Whose `target_on` lies before the first day of the year."},
    )


class RolledOverSchema(Schema):
    """What goes on."""

    into = fields.String(metadata={"example": "2027/28"})
    carried = fields.List(fields.Nested(CarriedSchema), metadata={"description": "Every open challenge."})
    left = fields.Integer(
        metadata={"description": "How many closed challenges stay where they were.", "example": 4}
    )


def _read(body: Body, tools: Tools) -> dict[str, Any]:
    raw = body.whole()
    given = tools.pseudonyms.throughout(json_of(raw)) if raw.strip() else {}
    found: dict[str, Any] = loaded(RollOverSchema(), given)
    return found


@blueprint.route("/schools/<urn>/roll-over")
class RollOver(MethodView):
    """Open challenges go on in another academic year."""

    @endpoint(
        scope=WRITE,
        loads=get_school,
        body=Reader(JSON_TYPES, _read, "Which year; may be left out.", RollOverSchema, bulk=False),
        answer=RolledOverSchema,
        also={422: "Another year than this one or the next."},
    )
    def post(self, work: UnitOfWork, school: SchoolRef, body: dict[str, Any]) -> Content:
        """Carry every open challenge of the school into an academic year, with its id, its thread and its history.

        The year is added to `academic_years`; doing it again changes nothing.
        """
        return roll_over(work, school, body)
