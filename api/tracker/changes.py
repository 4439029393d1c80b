"""`/v1/changes`: everything that changes in the tracker, for scripts that keep up with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import ValidationError, fields, validate

from api.http import paging
from api.http.endpoint import Reply, endpoint
from api.http.fields import ListQuerySchema, Schema, time_of
from api.tracker.fields import EXAMPLE_ID, EXAMPLE_PERSON, EXAMPLE_TIME
from api.tracker.resource import READ
from domain.errors import Invalid, invalid
from services.schools.schools import SchoolRef, get_school
from services.tracker.changes import KINDS, FeedQuestion, Positions, read_changes, start_of_feed
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("changes", __name__, description="Everything that changes in the tracker, as a feed.")

PATHS = {
    "person": "/v1/people/{id}",
    "challenge": "/v1/challenges/{id}",
    "action": "/v1/actions/{id}",
    "milestone": "/v1/milestones/{id}",
    "update": "/v1/updates/{id}",
    "indicator": "/v1/indicators/{id}",
    "review": "/v1/reviews/{id}",
    "comment": "/v1/comments/{id}",
    "evidence": "/v1/evidence/{id}",
    "strand_position": "/v1/schools/{school}/areas/{area}",
    "practice": "/v1/practices/{id}",
    "template": "/v1/templates/{id}",
    "visitor_link": "/v1/visitor-links/{id}",
    "request": "/v1/requests/{id}",
    "view": "/v1/views/{id}",
    "health_limits": "/v1/schools/{school}/health-limits",
}
"""Where each kind is read."""


class TimeOrCursor(fields.Field[datetime | list[Any]]):
    """A time, or a place in the feed."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> datetime | list[Any]:
        try:
            return time_of(str(value))
        except ValidationError as not_a_time:
            try:
                return list(paging.page_request(None, str(value)).after or ())
            except Invalid:
                raise not_a_time from None


class ChangesQuerySchema(ListQuerySchema):
    """From when on, or from where on, and which changes."""

    cursor = fields.String(
        metadata={
            "description": "`next` or `since` of the answer before: goes on from there, with the school and type "
            "that were asked for then; `since` no longer counts."
        }
    )
    since = TimeOrCursor(
        metadata={
            "type": "string",
            "description": "Begin with the changes of that time, or behind `since` of an answer before, which misses "
            "none; with the first that there is unless told.",
            "example": EXAMPLE_TIME,
        }
    )
    school = fields.String(
        metadata={
            "description": "Only of this school, with what it shares with others. A key that sees more than 200 "
            "schools names one.",
            "example": "900001",
        }
    )
    type = fields.String(
        validate=validate.OneOf(list(KINDS)),
        metadata={"description": "Only of this kind.", "example": "action"},
    )


class ChangeInFeedSchema(Schema):
    """One change: what happened to which resource. How it was changed, its history tells."""

    school = fields.String(
        allow_none=True,
        metadata={
            "description": "Null for people and for what no one school has for itself.",
            "example": "900001",
        },
    )
    at = fields.Raw(metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME})
    who = fields.String(metadata={"example": EXAMPLE_PERSON})
    verb = fields.String(
        metadata={"description": "created, changed, hidden or restored.", "example": "changed"}
    )
    type = fields.String(metadata={"example": "action"})
    id = fields.String(metadata={"example": EXAMPLE_ID})
    revision = fields.Integer(metadata={"description": "That the change made.", "example": 3})
    href = fields.String(
        metadata={"description": "Where the resource is read.", "example": f"/v1/actions/{EXAMPLE_ID}"}
    )


class FeedSchema(Schema):
    """Some changes, and where to go on."""

    items = fields.List(
        fields.Nested(ChangeInFeedSchema),
        metadata={"description": "In the order of time; those of one school in the order of their writing."},
    )
    next = fields.String(
        allow_none=True,
        metadata={"description": "Null at the end; else as in every list.", "example": "kY3T…"},
    )
    since = fields.String(
        metadata={
            "description": "Never null: ask with it as `since` later, and find what came in between.",
            "example": "kY3T…",
        }
    )
    more = fields.Boolean(
        metadata={
            "description": "Whether there is more at once; an answer may hold fewer than `limit` then, or none.",
            "example": False,
        }
    )


def _named_school(work: UnitOfWork, args: Mapping[str, str]) -> SchoolRef | None:
    return get_school(work, args["school"]) if "school" in args else None


@blueprint.route("/changes")
class Changes(MethodView):
    """The feed."""

    @endpoint(scope=READ, names=_named_school, query=ChangesQuerySchema, answer=FeedSchema)
    def get(self, work: UnitOfWork, school: SchoolRef | None, query: dict[str, Any]) -> Reply:
        """Everything created, changed, hidden and restored in the tracker, from a time on and then from a cursor on.

        No change is missed and none comes twice, whoever writes meanwhile. A time alone can't give that, because a
        change may be committed after others that began later: ask with a time once, then with the `since` of the
        answer before. To keep a copy, ask for the changes since now first, then read everything, then go on from there.
        """
        request = paging.page_request(query.get("limit"), query.get("cursor"))
        since = query.get("since")
        place = since if request.after is None and isinstance(since, list) else request.after
        if place is None:
            question = FeedQuestion(school, query.get("type"))
            start = start_of_feed(work, question, since)
        else:
            question, start = _opened(work, place, school, query.get("type"))
        found = read_changes(work, question, start, request.limit)
        cursor = paging.cursor_of(_key(question, found.positions))
        items = [item | {"href": PATHS[item["type"]].format(**item)} for item in found.items]
        following = cursor if found.more else None
        headers = {"Link": paging.link_to(cursor)} if following else {}
        answer = {"items": items, "next": following, "since": cursor, "more": found.more}
        return Reply(answer, headers=headers)


def _key(question: FeedQuestion, positions: Positions) -> list[Any]:
    """A place in the feed, and what it is the feed of."""
    school = None if question.school is None else question.school.urn
    return [school, question.kind, *(number for place in sorted(positions.items()) for number in place)]


def _opened(
    work: UnitOfWork, key: Any, school: SchoolRef | None, kind: str | None
) -> tuple[FeedQuestion, Positions]:
    """What a cursor is of, and its place; raises `Invalid` where the query says otherwise."""
    urn, of_kind, *numbers = key
    if school is not None and school.urn != urn:
        raise invalid("/query/school", "the cursor goes on with what it began with; begin again with since")
    if kind is not None and kind != of_kind:
        raise invalid("/query/type", "the cursor goes on with what it began with; begin again with since")
    question = FeedQuestion(None if urn is None else get_school(work, urn), of_kind)
    return question, dict(zip(numbers[::2], numbers[1::2], strict=True))
