"""`/v1/evidence`: what shows that something is so."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import Reply, endpoint
from api.http.fields import Schema
from api.tracker.fields import (
    EXAMPLE_ID,
    Day,
    Id,
    NarrowedQuerySchema,
    Partly,
    RecordSchema,
    Several,
    Whole,
    cohorts,
    day,
    external_id,
    one_of,
    source,
    text,
)
from api.tracker.lists import Narrowed, list_of, narrowed
from api.tracker.named import about_something, of_named_school
from api.tracker.resource import READ, WRITE, Noun, add_calls_by_id, created
from services.paging import Page
from services.tracker import evidence
from services.tracker.kinds import ABOUT, EVIDENCE, Where
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "evidence",
    __name__,
    description="What shows that something is so. It belongs to the schools of what it is about.",
)

KINDS = ("file", "link", "note", "measure")


class AboutSchema(Schema):
    """Something that a piece of evidence is about."""

    type = one_of(tuple(ABOUT), "challenge", required=True)
    id = Id(required=True, metadata={"example": EXAMPLE_ID})


class SpeaksForSchema(Schema):
    """The time that it is evidence of; both days count, and null leaves an end open."""

    from_ = Day(
        data_key="from",
        attribute="from",
        allow_none=True,
        load_default=None,
        metadata={"example": "2026-09-01"},
    )
    to = Day(allow_none=True, load_default=None, metadata={"example": "2026-10-23"})


class EvidenceSchema(RecordSchema):
    """A piece of evidence."""

    schools = fields.List(
        fields.String(),
        dump_only=True,
        metadata={"description": "Those of what it is about, by URN.", "example": ["900001"]},
    )
    title = text(200, "Register of the breakfast club", required=True)
    kind = one_of(KINDS, "link", "A link needs `url`, a note `text`.", required=True)
    url = fields.URL(
        schemes={"http", "https"},
        require_tld=False,
        allow_none=True,
        validate=validate.Length(max=2_000),
        metadata={"example": "https://school.example/breakfast-club"},
    )
    text = text(50_000, "Twelve pupils came on 5 October.")
    captured_on = day("2026-10-05", "Today unless said.", optional=False)
    speaks_for = Whole(SpeaksForSchema, allow_none=True)
    about = Several(
        Whole(AboutSchema),
        metadata={
            "description": "Any number of challenges, actions, updates and reviews.",
            "example": [{"type": "challenge", "id": EXAMPLE_ID}],
        },
    )
    cohorts = cohorts()
    source = source()
    external_id = external_id()


class EvidencePatchSchema(Partly, EvidenceSchema):
    """What changes of a piece of evidence."""


class EvidenceQuerySchema(NarrowedQuerySchema):
    """Which evidence."""

    school = fields.String(metadata={"description": "Of this school.", "example": "900001"})
    about = fields.String(
        metadata={
            "description": "About this: `challenge:ID`, or the id alone.",
            "example": f"challenge:{EXAMPLE_ID}",
        }
    )
    kind = one_of(KINDS, "link", "Of this kind.")
    cohort = text(200, "pupil_premium:true", "That names this cohort.")
    captured_before = day("2026-11-20", "Captured before this day.")
    captured_after = day("2026-09-01", "Captured after this day.")


NOUN = Noun(EVIDENCE, "piece of evidence", "evidence", "/evidence", EvidenceSchema)


def _named(work: UnitOfWork, args: Any) -> list[Where]:
    return of_named_school(EVIDENCE)(work, args) + about_something(work, args)


@blueprint.route("/evidence")
class Evidence(MethodView):
    """All evidence."""

    @endpoint(
        scope=READ,
        names=narrowed(_named, "evidence", EvidenceQuerySchema),
        query=EvidenceQuerySchema,
        answer=EvidenceSchema,
        paged=True,
    )
    def get(self, work: UnitOfWork, asked: Narrowed, query: dict[str, Any]) -> Page:
        """List the evidence that the key may see, in the order in which it was added."""
        return list_of(work, EVIDENCE, asked, query)

    @endpoint(scope=WRITE, body=EvidenceSchema, answer=EvidenceSchema, status=201, tagged=True)
    def post(self, work: UnitOfWork, body: dict[str, Any]) -> Reply:
        """Add a piece of evidence."""
        return created(NOUN, evidence.create_evidence(work, body))


add_calls_by_id(blueprint, NOUN, patch=EvidencePatchSchema, change=evidence.change_evidence)
