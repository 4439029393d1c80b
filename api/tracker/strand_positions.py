"""`/v1/schools/{urn}/areas`: where a school says that it stands in each area of the frameworks, in words."""

from dataclasses import asdict
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import Reply, endpoint
from api.http.fields import ListQuerySchema, Schema
from api.tracker.fields import (
    EXAMPLE_ID,
    AsOfListQuerySchema,
    AsOfQuerySchema,
    ChangeSchema,
    Id,
    RecordSchema,
    Several,
    text,
)
from api.tracker.lists import Narrowed, list_of, one_of_kind
from api.tracker.resource import READ, WRITE, asks_of_the_past
from domain.frameworks import AREAS
from services.paging import Page, PageRequest
from services.schools.schools import SchoolRef, get_school
from services.tracker import records, strand_positions
from services.tracker.kinds import STRAND_POSITION, Content
from services.tracker.sight import of_school
from services.tracker.strand_positions import Place
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "strand_positions",
    __name__,
    description="Where a school says that it stands in each area, in words. No grade is stored.",
)


class StrandPositionSchema(RecordSchema):
    """Where a school stands in an area, and which way it goes."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    area = fields.String(dump_only=True, metadata={"example": "ofsted2025.inclusion"})
    where_we_are = text(
        10_000, "Every form has a named adult for pupils who find the corridors hard.", "In your own words."
    )
    direction = text(10_000, "From January the same adult meets parents each half term.", "Where it goes.")
    evidence = Several(
        Id(), metadata={"description": "Ids of evidence of this school.", "example": [EXAMPLE_ID]}
    )
    challenges = Several(
        Id(), metadata={"description": "Ids of challenges of this school.", "example": [EXAMPLE_ID]}
    )


class AreaSchema(Schema):
    """An area of a framework, with the school's position in it."""

    id = fields.String(metadata={"example": "ofsted2025.inclusion"})
    name = fields.String(metadata={"example": "Inclusion"})
    framework = fields.String(metadata={"example": "ofsted-renewed-2025"})
    framework_name = fields.String(metadata={"example": "Ofsted renewed inspection framework (report cards)"})
    valid_from = fields.Raw(metadata={"type": "string", "format": "date", "example": "2025-11-10"})
    valid_to = fields.Raw(
        metadata={
            "type": ["string", "null"],
            "format": "date",
            "description": "The framework's last day; null while it is in use.",
            "example": None,
        }
    )
    parent = fields.String(
        metadata={"description": "The area that this is a part of, or null.", "example": None}
    )
    condition = fields.String(
        metadata={"description": "When it concerns a school at all; null: always.", "example": None}
    )
    position = fields.Nested(
        StrandPositionSchema, allow_none=True, metadata={"description": "Null where none was written."}
    )


@blueprint.route("/schools/<urn>/areas")
class AreasOfSchool(MethodView):
    """All areas of all frameworks."""

    @endpoint(
        scope=READ,
        loads=lambda work, urn: get_school(work, urn),
        query=AsOfListQuerySchema,
        answer=AreaSchema,
        paged=True,
    )
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Page:
        """List every area of the frameworks in their order, each with the position that the school wrote, or null."""
        whole = query | {"page": PageRequest(limit=len(AREAS))}
        written = list_of(work, STRAND_POSITION, Narrowed([of_school(STRAND_POSITION, school)], {}), whole)
        by_area = {position["area"]: position for position in written.items}
        start = query["page"].after[0] if query["page"].after else 0
        end = start + query["page"].limit
        items = [
            asdict(area) | {"position": by_area.get(area.id)} for area in list(AREAS.values())[start:end]
        ]
        return Page(items, [end] if end < len(AREAS) else None, written.also)


def _as_asked(work: UnitOfWork, urn: str, area_id: str) -> Any:
    find = strand_positions.get_position_or_hidden if asks_of_the_past() else strand_positions.get_position
    return find(work, urn, area_id)


@blueprint.route("/schools/<urn>/areas/<area_id>")
class StrandPositionByArea(MethodView):
    """The position in one area."""

    @endpoint(
        scope=READ,
        loads=_as_asked,
        query=AsOfQuerySchema,
        answer=StrandPositionSchema,
        tagged=True,
    )
    def get(self, work: UnitOfWork, row: Any, query: dict[str, Any]) -> Content:
        """The position in an area, as it is or as it stood at a time."""
        return one_of_kind(work, STRAND_POSITION, row, query, None)

    @endpoint(
        scope=WRITE,
        loads=strand_positions.get_place,
        body=StrandPositionSchema,
        answer=StrandPositionSchema,
        precondition=True,
        tagged=True,
        also={201: "Created; where nothing is held yet, no If-Match is needed."},
    )
    def put(self, work: UnitOfWork, place: Place, body: dict[str, Any]) -> Reply:
        """Write the position in an area, whole: a field left out is emptied."""
        content, is_new = strand_positions.put_position(work, place, body)
        return Reply(content, 201 if is_new else 200)

    @endpoint(scope=WRITE, loads=strand_positions.get_position, status=204, precondition=True)
    def delete(self, work: UnitOfWork, row: Any) -> Reply:
        """Hide the position in an area; its history stays, and restoring brings it back."""
        records.hide(work, STRAND_POSITION, row)
        return Reply(None, 204)


@blueprint.route("/schools/<urn>/areas/<area_id>/restore")
class StrandPositionRestore(MethodView):
    """A deleted position."""

    @endpoint(
        scope=WRITE,
        loads=strand_positions.get_position_or_hidden,
        answer=StrandPositionSchema,
        tagged=True,
    )
    def post(self, work: UnitOfWork, row: Any) -> Content:
        """Bring a position back that was deleted."""
        return strand_positions.restore_position(work, row)


@blueprint.route("/schools/<urn>/areas/<area_id>/history")
class StrandPositionHistory(MethodView):
    """How a position came to be what it is."""

    @endpoint(
        scope=READ,
        loads=strand_positions.get_position_or_hidden,
        query=ListQuerySchema,
        answer=ChangeSchema,
        paged=True,
    )
    def get(self, work: UnitOfWork, row: Any, query: dict[str, Any]) -> Page:
        """Every change of a position, field by field, the oldest first."""
        return records.history(work, row, query["page"])
