"""`/v1/people`: members of staff and governors."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import Reply, endpoint
from api.http.fields import Flag, Text, no_control
from api.tracker.fields import (
    NarrowedQuerySchema,
    Partly,
    RecordSchema,
    Several,
    external_id,
    source,
    text,
)
from api.tracker.lists import Narrowed, list_of, narrowed
from api.tracker.named import of_named_school
from api.tracker.resource import READ, WRITE, Noun, add_calls_by_id, created
from services.paging import Page
from services.tracker import people
from services.tracker.kinds import PERSON
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "people",
    __name__,
    description="Who leads, owns and supports. A key sees people all of whose schools are its own.",
)


class PersonSchema(RecordSchema):
    """A member of staff or a governor."""

    name = text(200, "Ada Example", required=True)
    role = text(200, "Head of Year 9")
    email = fields.Email(
        allow_none=True,
        validate=[validate.Length(max=254), no_control],
        metadata={"example": "ada@school.example"},
    )
    schools = Several(
        Text(64),
        metadata={
            "description": "URNs, or aliases of them. Left out or empty: the schools of the key that makes it.",
            "example": ["900001"],
        },
    )
    active = fields.Boolean(
        truthy={True},
        falsy={False},
        metadata={"description": "Whether new work may be given to them; true unless said.", "example": True},
    )
    source = source()
    external_id = external_id()


class PersonPatchSchema(Partly, PersonSchema):
    """What changes of a person."""


class PeopleQuerySchema(NarrowedQuerySchema):
    """Which people."""

    school = fields.String(metadata={"description": "Who belong to this school.", "example": "900001"})
    active = Flag(metadata={"description": "Only active ones, or only others.", "example": True})


NOUN = Noun(PERSON, "person", "people", "/people", PersonSchema)


@blueprint.route("/people")
class People(MethodView):
    """All people."""

    @endpoint(
        scope=READ,
        names=narrowed(of_named_school(PERSON), "people", PeopleQuerySchema),
        query=PeopleQuerySchema,
        answer=PersonSchema,
        paged=True,
    )
    def get(self, work: UnitOfWork, asked: Narrowed, query: dict[str, Any]) -> Page:
        """List the people that the key may see, in the order in which they were added."""
        return list_of(work, PERSON, asked, query)

    @endpoint(scope=WRITE, body=PersonSchema, answer=PersonSchema, status=201, tagged=True)
    def post(self, work: UnitOfWork, body: dict[str, Any]) -> Reply:
        """Add a person."""
        return created(NOUN, people.create_person(work, body))


add_calls_by_id(blueprint, NOUN, patch=PersonPatchSchema, change=people.change_person)
