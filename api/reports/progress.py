"""`…/progress`: how each challenge is being addressed, in the format that is asked for."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import Any

import marshmallow as ma
from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import endpoint
from api.http.fields import Schema, Time
from api.tracker.challenges import KINDS
from api.tracker.challenges import NOUN as CHALLENGE
from domain.frameworks import check_area
from render.registry import FORMATS
from services.reports import progress
from services.reports.compared import compared
from services.reports.kept import written_once
from services.reports.progress import ReportQuestion
from services.schools.schools import SchoolRef, get_school, get_trust_schools
from services.tracker.held import get_row
from services.tracker.kinds import PERSON
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "reports", __name__, description="How each challenge is being addressed, and what is missing."
)

EXAMPLE = {
    "school": {"urn": "900001", "name": "Example School", "trust_uid": "T900"},
    "from": None,
    "to": None,
    "as_of": None,
    "clarity": {"answered": 10, "of": 11},
    "challenges": [
        {
            "id": "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11",
            "kind": "attendance",
            "title": "Absence on Fridays",
            "status": "open",
            "health": "on_track",
            "actions": [],
            "evidence": [],
            "indicators": [],
            "reviews": [],
            "gaps": [{"id": "no_action", "sentence": "Nothing is being done about it yet."}],
            "clarity": {"answered": 10, "of": 11},
        }
    ],
}


EXAMPLE_CHANGED = {"type": "action", "id": "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f12"}


class ThingSchema(Schema):
    """Something in a report."""

    type = fields.String(
        metadata={
            "description": "challenge, action, milestone, evidence, indicator or review.",
            "example": "action",
        }
    )
    id = fields.String(metadata={"example": EXAMPLE_CHANGED["id"]})
    title = fields.String(
        metadata={
            "description": "Of a review its day.",
            "example": "Breakfast club",
        }
    )


class ThingChangeSchema(Schema):
    """A field of something in a report that is otherwise now."""

    type = fields.String(metadata={"example": "action"})
    id = fields.String(metadata={"example": EXAMPLE_CHANGED["id"]})
    field = fields.String(metadata={"example": "progress"})
    old = fields.Raw(metadata={"example": 20})
    new = fields.Raw(metadata={"example": 60})


class ReportChangesSchema(Schema):
    """What has changed in a report since an earlier time."""

    since = fields.Raw(metadata={"type": "string", "format": "date-time", "example": "2026-10-01T17:00:00Z"})
    added = fields.List(fields.Nested(ThingSchema))
    changed = fields.List(fields.Nested(ThingChangeSchema))
    gone = fields.List(fields.Nested(ThingSchema), metadata={"example": []})


class ProgressSchema(Schema):
    """A progress report; `render/csv.py` documents the columns of the CSV."""

    school = fields.Dict(metadata={"example": EXAMPLE["school"]})
    trust = fields.Dict(metadata={"description": "Instead of `school` where the report is of a trust."})
    date_from = fields.Date(data_key="from", allow_none=True, metadata={"example": None})
    date_to = fields.Date(data_key="to", allow_none=True, metadata={"example": None})
    as_of = Time(allow_none=True, metadata={"example": None})
    clarity = fields.Dict(
        metadata={
            "description": "How many of the questions that an inspector would ask have an answer.",
            "example": EXAMPLE["clarity"],
        }
    )
    challenges = fields.List(fields.Dict(), metadata={"example": EXAMPLE["challenges"]})
    changes = fields.Nested(
        ReportChangesSchema, metadata={"description": "With `compare_to`; the CSV has none."}
    )


class ChallengeProgressQuerySchema(Schema):
    """Which time is shown, as of when, and in which format."""

    first = fields.Date(
        data_key="from",
        metadata={"description": "Updates, evidence and reviews from this day.", "example": "2026-09-01"},
    )
    last = fields.Date(data_key="to", metadata={"description": "And to this one.", "example": "2026-11-20"})
    as_of = Time(metadata={"description": "As it stood at that time.", "example": "2026-11-20T09:00:00Z"})
    compare_to = Time(
        metadata={
            "description": "Adds `changes`: what has come, is otherwise and is gone since that earlier time, tracker "
            "and figures alike.",
            "example": "2026-10-01T17:00:00Z",
        }
    )
    format = fields.String(
        validate=validate.OneOf(list(FORMATS)),
        metadata={"description": "Past what `Accept` says.", "example": "json"},
    )

    @ma.validates_schema
    def in_order(self, values: Mapping[str, Any], **_: Any) -> None:
        """The first day isn't after the last."""
        if "first" in values and "last" in values and values["first"] > values["last"]:
            raise ma.ValidationError("from is after to", "from")


class ProgressQuerySchema(ChallengeProgressQuerySchema):
    """Which challenges, too."""

    kind = fields.String(validate=validate.OneOf(KINDS), metadata={"example": "attendance"})
    area = fields.String(
        metadata={
            "description": "Of this area of an inspection framework, or a part of it.",
            "example": "ofsted2025.attendance-and-behaviour",
        }
    )
    owner = fields.String(
        metadata={"description": "Led by this person, or with an action that they own or support."}
    )


MEDIA = {FORMATS["csv"].media_type.split(";")[0]: {"schema": {"type": "string"}}}


def named_owner(work: UnitOfWork, args: Mapping[str, str]) -> str | None:
    """The person that the query names; `NotFound` for one that the key may not see."""
    return None if "owner" not in args else str(get_row(work, PERSON, args["owner"], hidden=True).id)


@blueprint.route("/schools/<urn>/progress")
class SchoolProgress(MethodView):
    """A school's report."""

    @endpoint(
        scope="tracker:read",
        loads=get_school,
        names=named_owner,
        query=ProgressQuerySchema,
        answer=ProgressSchema,
        media=MEDIA,
    )
    def get(self, work: UnitOfWork, school: SchoolRef, owner: str | None, query: dict[str, Any]) -> Response:
        """How each challenge of a school is being addressed, with what is missing and the calls that fill it."""
        question = _question(query, owner)
        return _written(
            work,
            [school.id],
            None,
            question,
            query,
            lambda asked: progress.report_on_school(work, school, asked),
        )


@blueprint.route("/trusts/<uid>/progress")
class TrustProgress(MethodView):
    """A trust's report."""

    @endpoint(
        scope="tracker:read",
        loads=get_trust_schools,
        names=named_owner,
        query=ProgressQuerySchema,
        answer=ProgressSchema,
        media=MEDIA,
    )
    def get(
        self, work: UnitOfWork, schools: list[SchoolRef], owner: str | None, query: dict[str, Any]
    ) -> Response:
        """The same for all schools of a trust, where the key may see every one of them."""
        question = _question(query, owner)
        ids = [school.id for school in schools]
        return _written(
            work, ids, None, question, query, lambda asked: progress.report_on_trust(work, schools, asked)
        )


@blueprint.route("/challenges/<id>/progress")
class ChallengeProgress(MethodView):
    """A challenge's report."""

    @endpoint(
        scope="tracker:read",
        loads=CHALLENGE.row_as_asked,
        query=ChallengeProgressQuerySchema,
        answer=ProgressSchema,
        media=MEDIA,
    )
    def get(self, work: UnitOfWork, challenge: Any, query: dict[str, Any]) -> Response:
        """The same for one challenge."""
        question = _question(query, None)
        return _written(
            work,
            [challenge.school_id],
            challenge.id,
            question,
            query,
            lambda asked: progress.report_on_challenge(work, challenge, asked),
        )


def _question(query: dict[str, Any], owner: str | None) -> ReportQuestion:
    if "area" in query:
        check_area(query["area"], "/query/area")
    asked: dict[str, Any] = {name: query.get(name) for name in ("kind", "area", "first", "last", "as_of")}
    return ReportQuestion(owner=owner, **asked)


def _written(
    work: UnitOfWork,
    schools: list[int],
    about: Hashable,
    question: ReportQuestion,
    query: Mapping[str, Any],
    report_on: Callable[[ReportQuestion], dict[str, Any]],
) -> Response:
    """The report in the format asked for; written anew only where something has changed since the last time."""
    name = query.get("format") or _accepted()
    renderer = FORMATS[name]
    since = query.get("compare_to")
    question = replace(question, written=name == "json" and since is None)
    body = written_once(
        work,
        schools,
        (request.endpoint, about, question, since, name),
        lambda: renderer.render(compared(report_on, question, since)),
    )
    answer = Response(body, content_type=renderer.media_type)
    if renderer.extension != "json":
        answer.headers["Content-Disposition"] = f'attachment; filename="progress.{renderer.extension}"'
    answer.headers["Vary"] = "Accept"
    return answer


def _accepted() -> str:
    """The format that `Accept` likes best; JSON where it names none of ours."""
    offered = {renderer.media_type.split(";")[0]: name for name, renderer in FORMATS.items()}
    best = request.accept_mimetypes.best_match(list(offered), default="application/json")
    return offered[best]
