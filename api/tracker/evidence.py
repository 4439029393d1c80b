"""`/v1/evidence`: what shows that something is so."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import Reply, endpoint
from api.http.fields import Schema, Text, no_control
from api.tracker.fields import (
    EXAMPLE_ID,
    EXAMPLE_TIME,
    Day,
    Id,
    NarrowedQuerySchema,
    Number,
    Partly,
    RecordSchema,
    Several,
    Whole,
    bound,
    cohorts,
    day,
    external_id,
    one_cohort,
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


class FiguresSchema(Schema):
    """What a measure is asked for, and what it said when it was frozen; an indicator's have its fields too."""

    measure = text(64, "attendance", "A measure, as indicators take them.", required=True)
    cohort = text(200, "pupil_premium:true", "As an indicator's `filter`; everybody unless said.")
    on = day("2026-11-20", "The academic year up to this day; today unless said.", load_only=True)
    title = fields.String(dump_only=True, metadata={"example": "Attendance"})
    from_ = fields.Raw(
        dump_only=True,
        data_key="from",
        attribute="from",
        metadata={"type": ["string", "null"], "format": "date", "example": "2026-09-01"},
    )
    to = fields.Raw(
        dump_only=True, metadata={"type": ["string", "null"], "format": "date", "example": "2026-11-20"}
    )
    value = Number(dump_only=True, allow_none=True, metadata={"example": 92.65})
    numerator = fields.Integer(dump_only=True, allow_none=True, metadata={"example": 17200})
    denominator = fields.Integer(dump_only=True, allow_none=True, metadata={"example": 18564})
    unit = fields.String(dump_only=True, allow_none=True, metadata={"example": "%"})
    null_because = fields.String(
        dump_only=True,
        allow_none=True,
        metadata={"description": "Why there is no value, such as too few pupils.", "example": None},
    )
    taken_at = fields.Raw(
        dump_only=True, metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME}
    )
    source = fields.String(dump_only=True, metadata={"example": "the registers held here"})
    indicator = fields.String(
        dump_only=True, metadata={"description": "The indicator that was frozen.", "example": EXAMPLE_ID}
    )
    direction = fields.String(dump_only=True, allow_none=True, metadata={"example": "up"})
    baseline = Number(dump_only=True, allow_none=True, metadata={"example": 90.12})
    baseline_on = fields.Raw(dump_only=True, metadata={"type": ["string", "null"], "example": "2026-09-30"})
    target = Number(dump_only=True, allow_none=True, metadata={"example": 94})
    target_on = fields.Raw(dump_only=True, metadata={"type": ["string", "null"], "example": "2027-07-20"})
    latest = Number(dump_only=True, allow_none=True, metadata={"example": 92.65})
    latest_on = fields.Raw(dump_only=True, metadata={"type": ["string", "null"], "example": "2026-11-20"})
    expected_today = Number(dump_only=True, allow_none=True, metadata={"example": 91.67})
    on_trajectory = fields.Boolean(dump_only=True, allow_none=True, metadata={"example": True})


class FileSchema(Schema):
    """A revision of a file."""

    revision = fields.Integer(metadata={"description": "1 for the first.", "example": 2})
    name = fields.String(metadata={"example": "Register of the club.pdf"})
    type = fields.String(metadata={"description": "Found in the content.", "example": "application/pdf"})
    size = fields.Integer(metadata={"description": "In bytes.", "example": 48211})
    sha256 = fields.String(
        metadata={"example": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
    )
    uploaded_at = fields.Raw(metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME})
    uploaded_by = fields.String(
        metadata={"description": "The id of the person, or the name of the key.", "example": "front end"}
    )


class EvidenceSchema(RecordSchema):
    """A piece of evidence."""

    schools = fields.List(
        fields.String(),
        dump_only=True,
        metadata={"description": "Those of what it is about, by URN.", "example": ["900001"]},
    )
    title = text(200, "Register of the breakfast club", required=True)
    kind = one_of(
        KINDS,
        "link",
        "A link needs `url`, a note `text`, a measure `figures`; a file is uploaded to `/file` once this is made.",
        required=True,
    )
    url = fields.URL(
        schemes={"http", "https"},
        require_tld=False,
        allow_none=True,
        validate=[validate.Length(max=2_000), no_control],
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
    figures = Whole(
        FiguresSchema,
        allow_none=True,
        metadata={
            "description": "Of a measure: asked for when it is made, frozen then, and never changed.",
            "example": None,
        },
    )
    school = Text(
        64,
        load_only=True,
        metadata={
            "description": "Whose figures are frozen, where `about` doesn't tell; not for other kinds.",
            "example": "900001",
        },
    )
    file = fields.Nested(
        FileSchema,
        dump_only=True,
        allow_none=True,
        metadata={"description": "The newest revision of its file.", "example": None},
    )
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
    cohort = one_cohort("That names this cohort.")
    captured_before = bound("2026-11-20", "Captured before this day.")
    captured_after = bound("2026-09-01", "Captured after this day.")


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
