"""`/v1/schools/{urn}/workload`: what each person carries, so that nobody is given too much."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import endpoint
from api.http.fields import Schema, Time
from api.tracker.fields import EXAMPLE_PERSON, EXAMPLE_TIME, ChangesSchema
from api.tracker.resource import READ
from domain.tracker.workload import OVERLOAD_RULE, OVERLOAD_WORDS
from services.schools.schools import SchoolRef, get_school
from services.tracker.kinds import Content
from services.tracker.workload import workload_of_school
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "workload",
    __name__,
    description="What each person carries, so that leaders see whom a new action would overload.",
)


class WorkloadQuerySchema(Schema):
    """At which time."""

    as_of = Time(metadata={"description": "As it stood at that time.", "example": EXAMPLE_TIME})
    compare_to = Time(
        metadata={
            "description": "Adds `changes`: what has changed of each person's since that earlier time.",
            "example": EXAMPLE_TIME,
        }
    )


def _number(example: float, description: str = "") -> fields.Raw:
    metadata: dict[str, Any] = {"type": ["number", "null"], "example": example}
    return fields.Raw(metadata=metadata | ({"description": description} if description else {}))


WeekSchema = Schema.from_dict(
    {
        "from": fields.Date(metadata={"example": "2026-11-16"}),
        "to": fields.Date(metadata={"example": "2026-11-22"}),
    },
    name="WorkloadWeekSchema",
)


class LoadSchema(Schema):
    """What one active person of the school carries there."""

    person = fields.String(metadata={"example": EXAMPLE_PERSON})
    name = fields.String(metadata={"example": "Ada Example"})
    role = fields.String(allow_none=True, metadata={"example": "Head of Year 9"})
    actions = fields.Integer(
        metadata={"description": "Open actions (neither done nor stopped) that they own.", "example": 4}
    )
    supporting = fields.Integer(metadata={"description": "Open actions that they support.", "example": 1})
    challenges = fields.Integer(metadata={"description": "Open challenges that they lead.", "example": 1})
    overdue = fields.Integer(metadata={"description": "Of `actions`.", "example": 0})
    due_this_week = fields.Integer(
        metadata={
            "description": "Of `actions`, due from Monday to Sunday of `week`, also where that is past.",
            "example": 2,
        }
    )
    hours = _number(4.5, "In a week, of those of `actions` that say how many.")
    actions_without_hours = fields.Integer(
        metadata={"description": "Of `actions`, those that don't say.", "example": 1}
    )
    share = _number(33.33, "Of all open actions of the school, in per cent.")
    new_action_would_overload = fields.Boolean(metadata={"example": True})


class OverloadSchema(Schema):
    """By which rule a new action is judged to be too much."""

    rule = fields.String(metadata={"example": OVERLOAD_RULE})
    in_words = fields.String(metadata={"example": OVERLOAD_WORDS})


class WorkloadSchema(Schema):
    """What people carry, and how unevenly it is spread."""

    school = fields.String(metadata={"example": "900001"})
    week = fields.Nested(WeekSchema)
    people = fields.List(fields.Nested(LoadSchema), metadata={"description": "Active people, by name."})
    open_actions = fields.Integer(metadata={"example": 12})
    owned_by_others = fields.Integer(
        metadata={
            "description": "Of `open_actions`, those whose owner isn't among `people`: nobody may look after them.",
            "example": 0,
        }
    )
    most_loaded_share = _number(33.33, "The largest `share`.")
    gini = _number(
        0.256,
        "How unevenly open actions are spread: the sum of |xi - xj| over all ordered pairs of people, divided by 2 n² "
        "times the mean, where xi are the `actions` of each of n active people, none included. 0: all own as many; "
        "near 1: one of many owns all; null: nobody owns any.",
    )
    overload = fields.Nested(OverloadSchema)
    changes = fields.Nested(ChangesSchema, metadata={"description": "With `compare_to`, by person."})


@blueprint.route("/schools/<urn>/workload")
class SchoolWorkload(MethodView):
    """What each person carries."""

    @endpoint(scope=READ, loads=get_school, query=WorkloadQuerySchema, answer=WorkloadSchema)
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Content:
        """What each active person owns, supports and leads at the school, and how unevenly it is spread.

        It is there to protect people: they come by name, and nothing is said of how well anybody does. What they carry
        at other schools isn't counted.
        """
        return workload_of_school(work, school, query)
