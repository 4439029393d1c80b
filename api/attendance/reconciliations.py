"""`/v1/schools/{urn}/reconciliations`: totals as a school's own system states them, held against the marks."""

from typing import Any

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.attendance.coverage import CoverageQuerySchema
from api.attendance.receipts import FaultSchema
from api.http.bodies import Body
from api.http.endpoint import Reader, endpoint
from api.http.fields import Schema
from api.http.replies import Reply, refusal
from intake.session_counts import SessionCounts
from intake.stated_totals import LAYOUTS, StatedTotals, read_totals
from services.attendance.reconciliation import reconcile
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import Tools, UnitOfWork

blueprint = Blueprint(
    "reconciliations", __name__, description="Where a school's own system and the marks held differ."
)

MEDIA_TYPES = (
    "application/json",
    "application/x-ndjson",
    "text/csv",
    "application/csv",
    "text/plain",
    "application/octet-stream",
    "application/gzip",
)
LARGEST = 8 << 20
"""Far more than totals of any school: every count of them is held at once."""


class StatedPupilSchema(Schema):
    """The totals of one pupil."""

    pupil = fields.String(metadata={"description": "Of one pupil.", "example": "P001"})
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "How many by code; `-` says nothing.", "example": {"/": 5, "I": 1}},
    )


class StatedTotalsSchema(Schema):
    """Rows in an object; a bare array of rows is taken too."""

    data = fields.List(fields.Nested(StatedPupilSchema))


class ReconciliationQuerySchema(CoverageQuerySchema):
    """Which days are compared, and what the body is."""

    layout = fields.String(
        load_default=None,
        validate=validate.OneOf(LAYOUTS),
        metadata={"description": "Found out from the content unless told.", "example": "termly_counts"},
    )


class CountDifferenceSchema(Schema):
    """A code of which another number is stated than is held: of a pupil, or of a session and year group."""

    pupil = fields.String(metadata={"description": "As answers name the pupil.", "example": "P001"})
    date = fields.Date(metadata={"description": "Of daily counts.", "example": "2026-11-20"})
    session = fields.String(metadata={"description": "Of daily counts.", "example": "AM"})
    year_group = fields.String(
        allow_none=True,
        metadata={
            "description": "Of daily counts; null: the whole school, or the roll doesn't say.",
            "example": "7",
        },
    )
    code = fields.String(metadata={"description": "The national code.", "example": "I"})
    stated = fields.Integer(metadata={"description": "0 where nothing is said of it.", "example": 3})
    held = fields.Integer(metadata={"example": 4})


class ReconciliationSchema(Schema):
    """How what is stated compares with the marks held, whether or not their pupils were on roll."""

    from_ = fields.Date(data_key="from", attribute="from", metadata={"example": "2026-09-01"})
    to = fields.Date(metadata={"example": "2026-11-20"})
    layout = fields.String(metadata={"enum": list(LAYOUTS), "example": "termly_counts"})
    received = fields.Integer(metadata={"description": "Rows.", "example": 182})
    compared = fields.Integer(metadata={"description": "Rows that could be compared.", "example": 182})
    rejected = fields.Integer(
        metadata={"description": "Rows that couldn't; `errors` says why.", "example": 0}
    )
    agree = fields.Boolean(
        metadata={"description": "All rows were compared, and nothing differs.", "example": False}
    )
    differing = fields.Integer(metadata={"description": "How many differences there are.", "example": 1})
    differences = fields.List(
        fields.Nested(CountDifferenceSchema),
        metadata={
            "description": "The first 10,000.",
            "example": [{"pupil": "P001", "code": "I", "stated": 3, "held": 4}],
        },
    )
    not_known = fields.List(
        fields.String(),
        metadata={"description": "References stated that find no pupil here.", "example": ["P777"]},
    )
    not_stated = fields.List(
        fields.String(),
        metadata={
            "description": "Pupils with marks in the window of whom no row speaks: stated as 0 of each code.",
            "example": [],
        },
    )
    warnings = fields.List(fields.String(), metadata={"example": []})
    dropped_columns = fields.List(
        fields.String(), metadata={"description": "Columns that weren't compared.", "example": ["Surname"]}
    )
    errors = fields.List(fields.Nested(FaultSchema))


def _read(body: Body, tools: Tools) -> StatedTotals | SessionCounts:
    return read_totals(
        body.chunks(),
        media_type=body.media_type,
        layout=request.args.get("layout"),
        pseudonymise=tools.pseudonyms,
    )


STATED = Reader(
    types=MEDIA_TYPES,
    read=_read,
    schema=StatedTotalsSchema,
    description=(
        "Totals by pupil, as CSV with a row for each pupil and a column for each code, or as JSON rows; or daily"
        " counts, as JSON rows with `date`, `session`, `year_group` and `codes`. Plain or gzip, up to 8 MiB."
    ),
    limit=lambda tools: min(tools.max_body, LARGEST),
)


@blueprint.route("/schools/<urn>/reconciliations")
class Reconciliations(MethodView):
    """A comparison; nothing is changed by it, and nothing of it is kept."""

    @endpoint(
        scope="attendance:write",
        loads=get_school,
        settled=True,
        reads=True,
        query=ReconciliationQuerySchema,
        body=STATED,
        answer=ReconciliationSchema,
        also={207: "Some rows couldn't be compared."},
    )
    def post(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any], stated: StatedTotals) -> Reply:
        """Compare totals as a school's own system states them with the marks held, by pupil, code and count."""
        found = reconcile(work, school, stated, query)
        body = found.as_dict()
        if found.status < 400:
            return Reply(body, found.status, plain=True)
        detail = f"no row could be compared; the first because: {found.faults[0].detail}"
        return refusal(422, "Nothing could be compared", detail, body)
