"""`/v1/schools/{urn}/own-measures/{name}`: what a school counts in its own way, with the points that it pushes."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.attendance.receipts import ReceiptSchema, reply_with
from api.http.endpoint import endpoint
from api.http.fields import Text
from api.http.replies import Reply
from api.workforce.fields import Amount, AsOfListQuerySchema, Day, KeptSchema, Word, WorkforceSchema
from api.workforce.resource import ImportQuerySchema, Noun, add_calls_by_key, add_calls_of_one, bulk_reader
from domain.workforce.own_measures import DIRECTIONS, PREFIX
from intake.workforce import POINTS
from services.paging import Page
from services.unit_of_work import UnitOfWork
from services.workforce.imports import ImportOptions, PushedRows
from services.workforce.kinds import OWN_MEASURE, OWN_POINT
from services.workforce.own_measures import (
    day_of_point,
    get_own_measure,
    list_points,
    name_own_measure,
    name_point,
    push_points,
)
from services.workforce.records import Record, RecordRef

blueprint = Blueprint("own measures", __name__, description="What a school counts in its own way.")

READS, WRITES = ("tracker:read", "tracker:write"), "tracker:write"


class OwnMeasureSchema(KeptSchema):
    """A measure of the school's own."""

    name = fields.String(dump_only=True, metadata={"example": "club_places"})
    measure = fields.String(
        dump_only=True,
        metadata={
            "description": "What names it among all measures: in indicators, frozen figures and effects.",
            "example": "own:club_places",
        },
    )
    title = Text(200, required=True, metadata={"example": "Places taken in clubs"})
    unit = Text(32, allow_none=True, metadata={"description": "% makes quotients per cent.", "example": "%"})
    direction = Word(
        DIRECTIONS, allow_none=True, metadata={"description": "Which is better.", "example": "up"}
    )
    numerator = Text(
        200, allow_none=True, metadata={"description": "What is counted.", "example": "places taken"}
    )
    denominator = Text(
        200,
        allow_none=True,
        metadata={"description": "Of what; both or neither.", "example": "places offered"},
    )
    pushed_by = Text(
        200,
        allow_none=True,
        metadata={"description": "Who sends its points.", "example": "the clubs' register"},
    )


class PushedPointSchema(WorkforceSchema):
    """A point: a plain number, or a numerator and a denominator."""

    on = Day(required=True, metadata={"example": "2026-11-13"})
    value = Amount(allow_none=True, metadata={"type": "number", "example": 71.5})
    numerator = Amount(allow_none=True, metadata={"description": "Instead of a value, with a denominator."})
    denominator = Amount(allow_none=True, metadata={"description": "Of the numerator."})


class PointsQuerySchema(ImportQuerySchema):
    """How points are to be taken."""


class OwnPointSchema(KeptSchema):
    """A point of a day."""

    on = Day(dump_only=True, metadata={"example": "2026-11-13"})
    value = Amount(allow_none=True, metadata={"type": "number", "example": 71.5})
    numerator = Amount(allow_none=True, metadata={"description": "Instead of a value, with a denominator."})
    denominator = Amount(allow_none=True, metadata={"description": "Of the numerator."})


class OwnMeasureNoun(Noun):
    """A measure of the school's own tells by what name it is followed."""

    def shown(self, record: Record) -> dict[str, Any]:
        """It, with that name."""
        return super().shown(record) | {"measure": PREFIX + record.key}


NOUN = OwnMeasureNoun(
    OWN_MEASURE, "/own-measures/<name>", OwnMeasureSchema, name_own_measure, reads=READS, writes=WRITES
)

POINT_NOUN = Noun(
    OWN_POINT,
    "/own-measures/<name>/points/<day>",
    OwnPointSchema,
    name_point,
    reads=READS,
    writes=WRITES,
    key_as=("on", day_of_point),
)

add_calls_by_key(blueprint, NOUN)
add_calls_of_one(blueprint, POINT_NOUN)


@blueprint.route("/schools/<urn>/own-measures/<name>/points")
class OwnPoints(MethodView):
    """The points of a measure of the school's own."""

    @endpoint(
        scope=READS, loads=get_own_measure, query=AsOfListQuerySchema, answer=OwnPointSchema, paged=True
    )
    def get(self, work: UnitOfWork, named: RecordRef, query: dict[str, Any]) -> Page:
        """List the points of a measure of the school's own, the earliest first."""
        page = list_points(work, named, query["page"], query["as_of"])
        return Page([POINT_NOUN.shown(point) for point in page.items], page.next)

    @endpoint(
        scope=WRITES,
        loads=get_own_measure,
        query=PointsQuerySchema,
        body=bulk_reader(
            POINTS, PushedPointSchema, "on and value, or on, numerator and denominator", called="points"
        ),
        answer=ReceiptSchema,
        also={207: "Some rows were rejected."},
    )
    def post(self, work: UnitOfWork, named: RecordRef, query: dict[str, Any], pushed: PushedRows) -> Reply:
        """Push points, one a day: a day that has one gets the new one, and the same again moves nothing."""
        return reply_with(push_points(work, named, pushed, ImportOptions(**query)))
