"""`/v1/visitor/…`: what the token of a visitor link opens, and all that it opens."""

from typing import Any

from flask import current_app
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import Reply, endpoint
from api.http.fields import ListQuerySchema, Schema
from api.reports.progress import ProgressSchema
from api.tracker.fields import EXAMPLE_ID
from api.tracker.requests import AskedSchema
from services.access import visits
from services.access.visits import VISITOR
from services.paging import Page
from services.tracker import challenges
from services.tracker.held import read_page
from services.tracker.kinds import CHALLENGE, Content
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "visitors",
    __name__,
    description="What visitors read and ask, with `Authorization: Bearer` and the token of a visitor link. "
    "A key's token doesn't open these, nor a visitor's token anything else.",
)


class VisibleChallengeSchema(Schema):
    """A challenge as a visitor's list shows it."""

    id = fields.String(metadata={"example": EXAMPLE_ID})
    school = fields.String(metadata={"example": "900001"})
    kind = fields.String(metadata={"example": "attendance"})
    kind_label = fields.String(metadata={"example": None})
    title = fields.String(metadata={"example": "Absence on Mondays in Year 9"})
    status = fields.String(metadata={"example": "open"})
    health = fields.String(metadata={"example": "on_track"})
    health_reason = fields.String(metadata={"example": "every open action and indicator is on track"})


class VisitedReportSchema(ProgressSchema):
    """A progress report as visitors read it: without `gaps` and `clarity`."""

    class Meta(Schema.Meta):
        exclude = ("clarity",)


class AskedBackSchema(Schema):
    """What became of a request, as a visitor is told."""

    id = fields.String(metadata={"example": EXAMPLE_ID})
    text = fields.String(metadata={"example": "Could the late bus run on Fridays too?"})
    asked_by = fields.String(metadata={"example": "The parents' forum"})
    challenge = fields.String(metadata={"example": EXAMPLE_ID})
    status = fields.String(metadata={"example": "open"})
    created_at = fields.Raw(
        metadata={"type": "string", "format": "date-time", "example": "2026-11-20T09:15:00Z"}
    )


@blueprint.route("/visitor/challenges")
class VisitedChallenges(MethodView):
    """What a link shows."""

    @endpoint(scope=VISITOR, query=ListQuerySchema, answer=VisibleChallengeSchema, paged=True)
    def get(self, work: UnitOfWork, query: dict[str, Any]) -> Page:
        """List the challenges that the visitor may read."""
        page = read_page(work, CHALLENGE, query["page"], [visits.in_link(work)], None, challenges.answers)
        _record(work, None)
        return page


@blueprint.route("/visitor/challenges/<id>/progress")
class VisitedProgress(MethodView):
    """A report that a link shows."""

    @endpoint(scope=VISITOR, loads=visits.get_challenge, answer=VisitedReportSchema)
    def get(self, work: UnitOfWork, challenge: Any) -> Reply:
        """How one of them is being addressed; what is missing in it is for those who can fill it."""
        report = visits.report_on(work, challenge)
        _record(work, challenge.id)
        return Reply(report, plain=True)


@blueprint.route("/visitor/requests")
class VisitorRequests(MethodView):
    """What visitors ask for."""

    @endpoint(
        scope=VISITOR,
        body=AskedSchema,
        answer=AskedBackSchema,
        status=201,
        also={429: "A hundred requests of this link wait for the school already."},
    )
    def post(self, work: UnitOfWork, body: dict[str, Any]) -> Content:
        """Ask the school for something; it arrives as a request, which somebody makes an action or declines."""
        return visits.ask(work, body)


def _record(work: UnitOfWork, challenge: str | None) -> None:
    visits.record_view(current_app.extensions["headway"].tools, visits.of_visitor(work), challenge)
