"""`/v1/schools/{urn}/code-map`: what a school's MIS calls the codes, where it has codes of its own."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import Reply, endpoint
from api.http.fields import Lookup, Schema, Text, Time
from services.schools import code_maps
from services.schools.code_maps import HeldMap
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import UnitOfWork

LONGEST_OWN = 100
"""Long enough for a descriptor of Ed-Fi, whole."""

blueprint = Blueprint("code maps", __name__, description="Codes that a school's own MIS has.")


class CodeMapSchema(Schema):
    """A code map."""

    map = Lookup(
        keys=Text(LONGEST_OWN),
        values=Text(16),
        required=True,
        validate=validate.Length(max=500),
        metadata={
            "description": "Own code → national code, for all pushes from now on; what was pushed stays. For events "
            "of Ed-Fi the category, as a whole descriptor or as what stands behind its #.",
            "example": {"XA": "C", "Excused Absence": "I"},
        },
    )
    revision = fields.Integer(dump_only=True, metadata={"example": 1})
    updated_at = fields.Raw(
        dump_only=True,
        metadata={"type": "string", "format": "date-time", "example": "2026-09-01T08:00:00Z"},
    )


class CodeMapQuerySchema(Schema):
    """At which time."""

    as_of = Time(metadata={"description": "The map as it stood then.", "example": "2026-11-20T09:15:00Z"})


@blueprint.route("/schools/<urn>/code-map")
class CodeMapOfSchool(MethodView):
    """The code map of one school."""

    @endpoint(
        scope="attendance:write",
        loads=get_school,
        query=CodeMapQuerySchema,
        answer=CodeMapSchema,
        tagged=True,
    )
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> HeldMap:
        """The code map as it is, or as it was at a time."""
        return code_maps.get_code_map(work, school, query.get("as_of"))

    @endpoint(
        scope="attendance:write",
        loads=get_school,
        body=CodeMapSchema,
        answer=CodeMapSchema,
        tagged=True,
        settled=True,
        also={201: "Created."},
    )
    def put(self, work: UnitOfWork, school: SchoolRef, body: dict[str, Any]) -> Reply:
        """Set the code map, whole; earlier versions stay, and the same again moves nothing."""
        held, created = code_maps.put_code_map(work, school, body["map"])
        return Reply(held, 201 if created else 200)
