"""`/v1/schools`: which schools there are."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import endpoint
from api.http.fields import ListQuerySchema, Schema, Text
from api.http.replies import Reply
from services.paging import Page
from services.schools import schools
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("schools", __name__, description="Schools, their calendars and their rolls.")

PHASES = (
    "nursery",
    "primary",
    "secondary",
    "all_through",
    "special",
    "alternative_provision",
    "sixteen_plus",
)


class SchoolSchema(Schema):
    """A school."""

    urn = fields.String(
        dump_only=True, metadata={"description": "Its unique reference number.", "example": "900001"}
    )
    name = Text(200, required=True, metadata={"example": "Example School"})
    laestab = Text(
        16, allow_none=True, metadata={"description": "Authority and establishment.", "example": "0001001"}
    )
    la_code = Text(16, allow_none=True, metadata={"example": "000"})
    la_name = Text(200, allow_none=True, metadata={"example": "Example County"})
    region = Text(200, allow_none=True, metadata={"example": "North East"})
    phase = fields.String(allow_none=True, validate=validate.OneOf(PHASES), metadata={"example": "secondary"})
    trust_uid = Text(64, allow_none=True, metadata={"example": "T900"})
    trust_name = Text(200, allow_none=True, metadata={"example": "Example Trust"})
    aliases = fields.List(
        Text(64),
        validate=validate.Length(max=50),
        metadata={"description": "Other references that find this school in paths.", "example": ["mis-4711"]},
    )
    revision = fields.Integer(dump_only=True, metadata={"example": 1})
    created_at = fields.Raw(dump_only=True, metadata={"type": "string", "format": "date-time"})
    updated_at = fields.Raw(dump_only=True, metadata={"type": "string", "format": "date-time"})


class SchoolsQuerySchema(ListQuerySchema):
    """Which schools of those that the key may see."""

    phase = fields.String(metadata={"description": "Only schools of this phase.", "example": "secondary"})
    la_code = fields.String(metadata={"description": "Only schools of this local authority."})
    trust_uid = fields.String(metadata={"description": "Only schools of this trust."})


@blueprint.route("/schools")
class Schools(MethodView):
    """All schools."""

    @endpoint(scope="attendance:read", query=SchoolsQuerySchema, answer=SchoolSchema, paged=True)
    def get(self, work: UnitOfWork, query: dict[str, Any]) -> Page:
        """List the schools that the key may see, in the order of their URNs."""
        return schools.list_schools(work, query.pop("page"), query)


@blueprint.route("/schools/<urn>")
class SchoolById(MethodView):
    """One school."""

    @endpoint(scope="attendance:read", loads=schools.get_school_whole, answer=SchoolSchema, tagged=True)
    def get(self, work: UnitOfWork, school: Any) -> Any:
        """One school, found by its URN or an alias."""
        return school

    @endpoint(
        scope="admin",
        loads=schools.name_school,
        body=SchoolSchema,
        answer=SchoolSchema,
        tagged=True,
        settled=True,
        also={201: "Created."},
    )
    def put(self, work: UnitOfWork, urn: str, body: dict[str, Any]) -> Reply:
        """Create a school, or change it to be as given."""
        school, created = schools.put_school(work, urn, body)
        return Reply(school, 201 if created else 200)
