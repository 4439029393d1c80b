"""`/v1/schools/{urn}/roll` and the references of pupils."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.bodies import JSON_TYPES, Body, json_of
from api.http.describe import example_of
from api.http.endpoint import Reader, endpoint
from api.http.fields import Day, Flag, Schema, Text, Time, loaded
from domain.errors import TooLarge
from intake.roll import rows_from_csv, rows_from_json
from services.schools import rolls
from services.schools.rolls import PushedRoll, ShownRoll
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import Tools, UnitOfWork

blueprint = Blueprint(
    "rolls", __name__, description="Who is on roll, and by which references they are known."
)

CSV_TYPES = ("text/csv", "application/csv")
MOST_LOOKED_UP = 10_000


class RollPupilSchema(Schema):
    """A time on roll of a pupil, and what the roll says of the pupil."""

    pupil = fields.String(
        required=True,
        metadata={"description": "The school's own opaque reference, 1 to 64 characters.", "example": "P001"},
    )
    aliases = fields.List(
        fields.String(),
        allow_none=True,
        metadata={"description": "Other references to the same pupil.", "example": ["mis-4711"]},
    )
    from_ = Day(
        required=True,
        data_key="from",
        attribute="from",
        metadata={"description": "The first day on roll.", "example": "2026-09-02"},
    )
    to = Day(
        allow_none=True,
        metadata={"description": "The last day on roll, which counts; null: none known.", "example": None},
    )
    year_group = fields.Raw(
        allow_none=True,
        metadata={"type": ["string", "integer"], "description": "E1 to 14, R or X.", "example": "7"},
    )
    cohorts = fields.Dict(
        allow_none=True,
        metadata={
            "description": "Characteristics by name. One that isn't named stays as it is, null clears it.",
            "example": {"sen_provision": "E", "pupil_premium": True},
        },
    )


class RollSchema(Schema):
    """A roll."""

    pupils = fields.List(
        fields.Nested(RollPupilSchema), required=True, metadata={"example": [example_of(RollPupilSchema())]}
    )


class RollPushQuerySchema(Schema):
    """How a roll is to be taken."""

    on = Day(
        metadata={
            "description": "The day that the roll speaks of; today unless told.",
            "example": "2026-11-20",
        }
    )
    force = Flag(
        load_default=False,
        metadata={
            "description": "Take it though more than 20 % of the pupils would leave.",
            "example": False,
        },
    )
    dry_run = Flag(
        load_default=False, metadata={"description": "The same answer, and nothing kept.", "example": False}
    )


class RollQuerySchema(Schema):
    """Which roll."""

    on = Day(metadata={"description": "Those on roll that day; today unless told.", "example": "2026-11-20"})
    as_of = Time(metadata={"description": "What was held then.", "example": "2026-11-20T09:15:00Z"})
    upcoming = Flag(
        load_default=False,
        metadata={
            "description": "Also those who join later: what to ask for before changing the roll and putting it back.",
            "example": False,
        },
    )


class RollReceiptSchema(Schema):
    """What a push of the roll came to: `received = created + updated + unchanged`."""

    import_id = fields.String(metadata={"example": "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"})
    received = fields.Integer(metadata={"description": "Rows.", "example": 182})
    created = fields.Integer(metadata={"description": "Rows of pupils never seen before.", "example": 2})
    updated = fields.Integer(metadata={"description": "Rows that changed their pupil.", "example": 5})
    unchanged = fields.Integer(metadata={"example": 175})
    stale = fields.Integer(metadata={"description": "Always 0.", "example": 0})
    deleted = fields.Integer(metadata={"description": "As `removed`.", "example": 0})
    rejected = fields.Integer(metadata={"description": "Always 0: all or nothing.", "example": 0})
    removed = fields.Integer(
        metadata={
            "description": "Pupils not named whose first day was still to come: taken off.",
            "example": 0,
        }
    )
    unlisted = fields.Integer(metadata={"description": "Always 0.", "example": 0})
    off_roll = fields.Integer(metadata={"description": "Always 0.", "example": 0})
    left = fields.Integer(metadata={"description": "Pupils not named who left the day before.", "example": 1})
    joined = fields.Integer(metadata={"description": "Pupils found to be another one.", "example": 0})
    warnings = fields.List(fields.String(), metadata={"example": []})
    dropped_columns = fields.List(
        fields.String(), metadata={"description": "Columns of a CSV dropped unread.", "example": ["Surname"]}
    )
    errors = fields.List(fields.Dict(), metadata={"example": []})


class LookupSchema(Schema):
    """References to look up."""

    references = fields.List(
        Text(64),
        required=True,
        validate=validate.Length(max=MOST_LOOKED_UP),
        metadata={"example": ["mis-4711", "P999"]},
    )


class FoundPupilSchema(Schema):
    """A reference, and the one that answers use."""

    reference = fields.String(metadata={"description": "As given.", "example": "mis-4711"})
    pupil = fields.String(
        allow_none=True, metadata={"description": "Null: it finds nobody.", "example": "P001"}
    )


class FoundPupilsSchema(Schema):
    """One entry for each reference, in the order given."""

    pupils = fields.List(
        fields.Nested(FoundPupilSchema), metadata={"example": [example_of(FoundPupilSchema())]}
    )


def _read(body: Body, tools: Tools) -> PushedRoll:
    if body.media_type in CSV_TYPES:
        rows, dropped = rows_from_csv(body.chunks(), pseudonymise=tools.pseudonyms, max_rows=tools.max_rows)
        return PushedRoll(rows, dropped)
    given = loaded(RollSchema(), tools.pseudonyms.throughout(json_of(body.whole())))
    if len(given["pupils"]) > tools.max_rows:
        raise TooLarge(f"the roll has more than {tools.max_rows:,} rows")
    return PushedRoll(rows_from_json(given, pseudonymise=tools.pseudonyms))


ROLL = Reader(
    types=(*JSON_TYPES, *CSV_TYPES),
    read=_read,
    schema=RollSchema,
    description=(
        "JSON, or CSV with the columns pupil (or UPN, MISID), aliases, from, to and a column for each characteristic;"
        " names, dates of birth and addresses are dropped unread. Plain or gzip."
    ),
)


@blueprint.route("/schools/<urn>/roll")
class RollBySchool(MethodView):
    """The roll of a school."""

    @endpoint(scope="pupils:read", loads=get_school, query=RollQuerySchema, answer=RollSchema, tagged=True)
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> ShownRoll:
        """Who is on roll on a day, in the shape in which it is pushed."""
        return rolls.get_roll(work, school, **query)

    @endpoint(
        scope="attendance:write",
        loads=get_school,
        query=RollPushQuerySchema,
        body=ROLL,
        answer=RollReceiptSchema,
        settled=True,
    )
    def put(
        self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any], pushed: PushedRoll
    ) -> dict[str, Any]:
        """Set the whole roll as it is on a day: who isn't in it leaves the day before."""
        return rolls.push_roll(work, school, pushed, whole=True, **query).as_dict()

    @endpoint(
        scope="attendance:write",
        loads=get_school,
        query=RollPushQuerySchema,
        body=ROLL,
        answer=RollReceiptSchema,
        settled=True,
    )
    def patch(
        self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any], pushed: PushedRoll
    ) -> dict[str, Any]:
        """Change the roll of those named only."""
        return rolls.push_roll(work, school, pushed, whole=False, **query).as_dict()


@blueprint.route("/schools/<urn>/pupils/lookup")
class PupilLookup(MethodView):
    """Which pupil a reference means."""

    @endpoint(
        scope=("pupils:read", "attendance:write"),
        loads=get_school,
        body=LookupSchema,
        answer=FoundPupilsSchema,
        settled=True,
        reads=True,
    )
    def post(self, work: UnitOfWork, school: SchoolRef, body: dict[str, Any]) -> dict[str, Any]:
        """The reference that answers use for each one given, in the order given."""
        return {"pupils": rolls.lookup_pupils(work, school, body["references"])}
