"""`/v1/challenges`: what weighs on a school."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import Reply, endpoint
from api.http.fields import Schema, Text
from api.tracker.fields import (
    AsOfQuerySchema,
    Names,
    Partly,
    RecordSchema,
    Several,
    WorkQuerySchema,
    below,
    cohorts,
    day,
    external_id,
    one_of,
    one_year,
    person_id,
    source,
    text,
)
from api.tracker.lists import Narrowed, list_of, narrowed
from api.tracker.named import of_named_school
from api.tracker.resource import READ, WRITE, Noun, add_calls_by_id, created
from services.paging import Page
from services.tracker import challenges
from services.tracker.expand import EXPANSIONS
from services.tracker.kinds import CHALLENGE, PERSON
from services.unit_of_work import UnitOfWork

blueprint = Blueprint("challenges", __name__, description="What weighs on a school, and how it is addressed.")

KINDS = (
    "attendance",
    "recruitment",
    "retention",
    "inclusion",
    "wellbeing",
    "curriculum",
    "behaviour",
    "other",
)
ORIGINS = ("own_review", "data", "survey", "governors", "trust", "external_review", "report", "other")
HEALTH = ("on_track", "at_risk", "overdue", "stalled", "done")


class ChallengeCountsSchema(Schema):
    """How much there is below a challenge."""

    actions = fields.Integer(metadata={"example": 4})
    open_actions = fields.Integer(metadata={"description": "Neither done nor stopped.", "example": 3})
    overdue_actions = fields.Integer(metadata={"example": 0})
    evidence = fields.Integer(metadata={"description": "About it, or about anything below it.", "example": 5})
    indicators = fields.Integer(metadata={"example": 1})
    reviews = fields.Integer(metadata={"example": 2})


class ChallengeSchema(RecordSchema):
    """A challenge."""

    school = Text(64, required=True, metadata={"description": "URN, or an alias of it.", "example": "900001"})
    kind = one_of(KINDS, "attendance", required=True)
    kind_label = text(100, "Transport", "What kind it is, where `kind` is other.")
    title = text(200, "Absence on Mondays in Year 9", required=True)
    context = text(10_000, "One bus serves the villages, and it is late.", "Why it weighs on this school.")
    cohorts = cohorts()
    areas = Several(
        Text(100),
        metadata={
            "description": "Areas of the inspection frameworks that it belongs to.",
            "example": ["ofsted2025.attendance-and-behaviour"],
        },
    )
    lead = person_id("Who leads on it.", allow_none=True)
    origin = one_of(ORIGINS, "data", "How the school learnt of it.", allow_none=True)
    origin_detail = text(500, "Autumn term figures")
    origin_quote = text(10_000, "Monday mornings are the hardest to get to school.")
    opened_on = day("2026-09-14", "Today unless said.", optional=False)
    closed_on = day("2027-07-16", "Set: it is closed. Null: it is open.")
    closing_note = text(10_000, "Mondays are as other days now.")
    academic_years = fields.List(
        fields.String(),
        dump_only=True,
        metadata={"description": "Those in which it was worked on.", "example": ["2026/27"]},
    )
    source = source()
    external_id = external_id()
    status = fields.String(dump_only=True, metadata={"enum": ["open", "closed"], "example": "open"})
    counts = fields.Nested(ChallengeCountsSchema, dump_only=True)
    health = fields.String(
        dump_only=True, allow_none=True, metadata={"enum": [*HEALTH, None], "example": "on_track"}
    )
    health_reason = fields.String(
        dump_only=True, metadata={"example": "every open action and indicator is on track"}
    )
    actions = below("api.tracker.actions", "ActionSchema")
    indicators = below("api.tracker.indicators", "IndicatorSchema")
    evidence = below("api.tracker.evidence", "EvidenceSchema")
    reviews = below("api.tracker.reviews", "ReviewSchema")
    comments = below("api.tracker.comments", "CommentSchema")


class ChallengePatchSchema(Partly, ChallengeSchema):
    """What changes of a challenge; it stays with its school."""

    class Meta(Schema.Meta):
        exclude = ("school",)


class ChallengeQuerySchema(AsOfQuerySchema):
    """How one challenge is to be read."""

    expand = Names(EXPANSIONS[CHALLENGE], "With the lists below it.")


class ChallengesQuerySchema(WorkQuerySchema, ChallengeQuerySchema):
    """Which challenges."""

    school = fields.String(metadata={"description": "Of this school.", "example": "900001"})
    kind = one_of(KINDS, "attendance", "Of this kind.")
    status = one_of(("open", "closed"), "open", "Only open or only closed ones.")
    lead = fields.String(metadata={"description": "Led by this person."})
    owner = fields.String(metadata={"description": "Led by this person, or with an action of theirs."})
    academic_year = one_year("Worked on in this year.")


NOUN = Noun(
    CHALLENGE,
    "challenge",
    "challenges",
    "/challenges",
    ChallengeSchema,
    challenges.answers,
    ChallengeQuerySchema,
)


@blueprint.route("/challenges")
class Challenges(MethodView):
    """All challenges."""

    @endpoint(
        scope=READ,
        names=narrowed(
            of_named_school(CHALLENGE, lead=PERSON, owner=PERSON), "challenges", ChallengesQuerySchema
        ),
        query=ChallengesQuerySchema,
        answer=ChallengeSchema,
        paged=True,
    )
    def get(self, work: UnitOfWork, asked: Narrowed, query: dict[str, Any]) -> Page:
        """List the challenges that the key may see, in the order in which they were recorded."""
        return list_of(work, CHALLENGE, asked, query, challenges.answers)

    @endpoint(scope=WRITE, body=ChallengeSchema, answer=ChallengeSchema, status=201, tagged=True)
    def post(self, work: UnitOfWork, body: dict[str, Any]) -> Reply:
        """Record a challenge of a school."""
        return created(NOUN, challenges.create_challenge(work, body))


add_calls_by_id(blueprint, NOUN, patch=ChallengePatchSchema, change=challenges.change_challenge)
