"""`/v1/schools/{urn}/requests`, `/v1/requests/{id}`: what a school is asked for, until somebody makes it an action."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import Reply, endpoint
from api.http.fields import Schema
from api.tracker.actions import ActionSchema
from api.tracker.fields import (
    EXAMPLE_ID,
    AsOfListQuerySchema,
    Id,
    RecordSchema,
    day,
    one_of,
    person_id,
    text,
)
from api.tracker.lists import Narrowed, list_of
from api.tracker.resource import READ, WRITE, Noun, add_calls_by_id, created
from services.paging import Page
from services.schools.schools import SchoolRef, get_school
from services.tracker import requests
from services.tracker.kinds import REQUEST, Content, equal
from services.tracker.sight import of_school
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "requests",
    __name__,
    description="What visitors, or people who said it by word, ask a school for, until somebody makes it an action.",
)


class AskedSchema(Schema):
    """What is asked for."""

    asked_by = text(200, "The parents' forum", "As they call themselves.")
    challenge = Id(
        allow_none=True,
        metadata={"description": "The challenge that it is about.", "example": EXAMPLE_ID},
    )
    text = text(10_000, "Could the late bus run on Fridays too?", required=True)


class RequestSchema(RecordSchema, AskedSchema):
    """A request."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    link = fields.String(
        dump_only=True, metadata={"description": "The visitor link that it came through; null: by word."}
    )
    status = fields.String(dump_only=True, metadata={"enum": list(requests.STATUSES), "example": "open"})
    action = fields.String(dump_only=True, metadata={"description": "The action that it was made."})
    note = fields.String(dump_only=True, metadata={"description": "Why it was declined."})


class RequestsQuerySchema(AsOfListQuerySchema):
    """Which requests."""

    status = one_of(requests.STATUSES, "open", "In this status.")


class AcceptSchema(Schema):
    """The action that a request is to be."""

    owner = person_id("The one person who answers for it.", required=True)
    challenge = Id(
        allow_none=True,
        metadata={
            "description": "The challenge that it belongs to; needed where the request names none, unless it came "
            "through a link that shows but one.",
            "example": EXAMPLE_ID,
        },
    )
    title = text(200, "A late bus on Fridays", "The start of the request's text unless said.")
    due_on = day("2027-01-29")


class AcceptedSchema(ActionSchema):
    """The action that a request was made."""

    request = fields.Nested(RequestSchema, dump_only=True)


class DeclineSchema(Schema):
    """Why a request is declined."""

    note = text(10_000, "The bus company has no driver; we ask again in May.", required=True)


class NounAtSchool(Noun):
    """The same requests by a path that names their school."""

    def row(self, work: UnitOfWork, id: str, urn: str = "") -> Any:
        """What the path names."""
        return requests.get_request(work, get_school(work, urn), id)

    def row_or_hidden(self, work: UnitOfWork, id: str, urn: str = "") -> Any:
        """The same: nobody hides a request."""
        return self.row(work, id, urn)


NOUN = Noun(REQUEST, "request", "requests", "/requests", RequestSchema)
AT_SCHOOL = NounAtSchool(REQUEST, "request to a school", "requests", "/schools/<urn>/requests", RequestSchema)


@blueprint.route("/schools/<urn>/requests")
class Requests(MethodView):
    """All that a school is asked for."""

    @endpoint(scope=READ, loads=get_school, query=RequestsQuerySchema, answer=RequestSchema, paged=True)
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Page:
        """List the requests to a school, in the order in which they came."""
        where = [of_school(REQUEST, school)]
        where += [equal(REQUEST, "status", query["status"])] if "status" in query else []
        return list_of(work, REQUEST, Narrowed(where, {}), query)

    @endpoint(scope=WRITE, loads=get_school, body=AskedSchema, answer=RequestSchema, status=201, tagged=True)
    def post(self, work: UnitOfWork, school: SchoolRef, body: dict[str, Any]) -> Reply:
        """Write down what somebody asked for by word."""
        return created(NOUN, requests.create_request(work, school, body))


@blueprint.route("/schools/<urn>/requests/<id>/accept")
class Acceptance(MethodView):
    """Saying yes."""

    @endpoint(
        scope=WRITE, loads=AT_SCHOOL.row, body=AcceptSchema, answer=AcceptedSchema, status=201, tagged=True
    )
    def post(self, work: UnitOfWork, request: Any, body: dict[str, Any]) -> Reply:
        """Make a request a planned action with an owner, in the words of the request; answers the action."""
        action = requests.accept_request(work, request, body)
        return Reply(action, 201, {"Location": f"/v1/actions/{action['id']}"})


@blueprint.route("/schools/<urn>/requests/<id>/decline")
class Refusal(MethodView):
    """Saying no."""

    @endpoint(scope=WRITE, loads=AT_SCHOOL.row, body=DeclineSchema, answer=RequestSchema, tagged=True)
    def post(self, work: UnitOfWork, request: Any, body: dict[str, Any]) -> Content:
        """Decline a request, with the reason."""
        return requests.decline_request(work, request, body["note"])


add_calls_by_id(blueprint, NOUN)
add_calls_by_id(blueprint, AT_SCHOOL)
