"""`/v1/visitor-links`: links that read the reports of some challenges until a time, and nothing else."""

from typing import Any

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import Reply, endpoint
from api.http.fields import ListQuerySchema, Schema, Text, Time
from api.tracker.fields import (
    EXAMPLE_ID,
    EXAMPLE_TIME,
    AsOfListQuerySchema,
    Id,
    RecordSchema,
    Several,
    text,
)
from api.tracker.lists import Narrowed, list_of
from api.tracker.named import of_named_school
from api.tracker.resource import READ, WRITE, Noun, add_calls_by_id
from services.access import visitor_links
from services.paging import Page
from services.tracker.kinds import VISITOR_LINK, Where
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "visitor links",
    __name__,
    description="Links that read the reports of some challenges and nothing else, for governors, inspectors and others "
    "without a key. Each view is logged, without anything of the person, and what they ask for arrives as a request.",
)


class ViewsSchema(Schema):
    """How often a link was opened."""

    count = fields.Integer(metadata={"example": 3})
    last = fields.Raw(
        metadata={"type": ["string", "null"], "format": "date-time", "example": EXAMPLE_TIME},
    )


class VisitorLinkSchema(RecordSchema):
    """A visitor link."""

    school = Text(64, required=True, metadata={"description": "URN, or an alias of it.", "example": "900001"})
    label = text(200, "Governors, autumn term", "For whom it is.")
    challenges = Several(
        Id(),
        required=True,
        metadata={"description": "Ids of challenges of that school.", "example": [EXAMPLE_ID]},
    )
    expires_at = Time(
        required=True,
        metadata={"description": "To come, and at most a year ahead.", "example": "2026-12-18T17:00:00Z"},
    )
    revoked_at = fields.Raw(
        dump_only=True,
        metadata={"type": ["string", "null"], "format": "date-time", "description": "Null: it reads."},
    )
    views = fields.Nested(ViewsSchema, dump_only=True)


class VisitorLinkMadeSchema(VisitorLinkSchema):
    """A new visitor link, with what is shown this once."""

    token = fields.String(
        dump_only=True,
        metadata={"description": "Shown once. For `Authorization: Bearer`.", "example": "hv_3f5a…"},
    )
    url = fields.String(
        dump_only=True,
        metadata={
            "description": "Shown once. For people who click.",
            "example": "https://headway.example/visit/hv_3f5a…",
        },
    )


class VisitorLinksQuerySchema(AsOfListQuerySchema):
    """Which links."""

    school = fields.String(metadata={"description": "Of this school.", "example": "900001"})


class VisitorViewSchema(Schema):
    """One time that a link was opened."""

    at = fields.Raw(metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME})
    challenge = fields.String(
        metadata={"description": "The one whose report was read; null: all of the link's."}
    )


NOUN = Noun(
    VISITOR_LINK,
    "visitor link",
    "visitor links",
    "/visitor-links",
    VisitorLinkSchema,
    visitor_links.answers,
)


@blueprint.route("/visitor-links")
class VisitorLinks(MethodView):
    """All visitor links."""

    @endpoint(
        scope=READ,
        names=of_named_school(VISITOR_LINK),
        query=VisitorLinksQuerySchema,
        answer=VisitorLinkSchema,
        paged=True,
    )
    def get(self, work: UnitOfWork, named: list[Where], query: dict[str, Any]) -> Page:
        """List the visitor links that the key may see, revoked ones too, in the order in which they were made."""
        return list_of(work, VISITOR_LINK, Narrowed(named, {}), query, visitor_links.answers)

    @endpoint(scope=WRITE, body=VisitorLinkSchema, answer=VisitorLinkMadeSchema, status=201, tagged=True)
    def post(self, work: UnitOfWork, body: dict[str, Any]) -> Reply:
        """Make a link; its `token` and `url` are answered this once and kept by nobody, so note them."""
        content, token = visitor_links.create_link(work, body)
        return Reply(
            content,
            201,
            {"Location": f"/v1{NOUN.path}/{content['id']}"},
            once={"token": token, "url": f"{request.host_url}visit/{token}"},
        )


@blueprint.route("/visitor-links/<id>")
class VisitorLinkRevocation(MethodView):
    """The end of a link."""

    @endpoint(scope=WRITE, loads=NOUN.row, status=204, precondition=True)
    def delete(self, work: UnitOfWork, link: Any) -> Reply:
        """Revoke a link: it reads nothing any more, and stays listed with `revoked_at`."""
        visitor_links.revoke_link(work, link)
        return Reply(None, 204)


@blueprint.route("/visitor-links/<id>/views")
class VisitorViews(MethodView):
    """The log of a link."""

    @endpoint(scope=READ, loads=NOUN.row, query=ListQuerySchema, answer=VisitorViewSchema, paged=True)
    def get(self, work: UnitOfWork, link: Any, query: dict[str, Any]) -> Page:
        """List each time that a link was opened, the newest first. Of who did, nothing is kept."""
        return visitor_links.list_views(work, link, query["page"])


add_calls_by_id(blueprint, NOUN)
