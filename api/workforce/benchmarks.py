"""`/v1/workforce/benchmarks`: published figures of the workforce, bundled and brought in."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.attendance.receipts import ReceiptSchema, reply_with
from api.http.bodies import Body
from api.http.endpoint import Reader, endpoint
from api.http.fields import ListQuerySchema, Schema
from api.http.replies import Reply
from api.workforce.fields import Amount
from api.workforce.resource import CSV_TYPES, OF_POSTS, ImportQuerySchema
from intake.workforce_benchmarks import BenchmarkRows, read_benchmarks
from services.paging import Page
from services.unit_of_work import Tools, UnitOfWork
from services.workforce.benchmarks import import_benchmarks, list_benchmarks
from services.workforce.imports import ImportOptions

blueprint = Blueprint("workforce benchmarks", __name__, description="Published figures of the workforce.")


class WorkforceBenchmarkSchema(Schema):
    """A published figure."""

    measure = fields.String(metadata={"example": "pupil_teacher_ratio"})
    area = fields.String(metadata={"example": "England"})
    school_type = fields.String(metadata={"example": "All state-funded schools"})
    year = fields.String(metadata={"example": "2025/26"})
    value = Amount(allow_none=True, metadata={"example": 17.91})
    source = fields.String(metadata={"example": "Department for Education, School workforce in England"})
    licence = fields.String(metadata={"example": "Open Government Licence v3.0"})
    note = fields.String(allow_none=True, metadata={"example": None})
    null_because = fields.String(
        allow_none=True, metadata={"description": "What the publisher put in its place.", "example": None}
    )


class BenchmarksQuerySchema(ListQuerySchema):
    """Which figures."""

    measure = fields.String(metadata={"description": "Only of this measure.", "example": "vacancy_rate"})
    area = fields.String(metadata={"description": "Only of this area.", "example": "England"})
    school_type = fields.String(metadata={"description": "Only of this type of school."})
    year = fields.String(metadata={"description": "Only of this academic year.", "example": "2025/26"})


def _read(body: Body, tools: Tools) -> BenchmarkRows:
    return read_benchmarks(body.chunks(), pseudonymise=tools.pseudonyms)


TABLE = Reader(
    types=CSV_TYPES,
    read=_read,
    description="Tidy CSV with measure, area, school_type, year, value, source, licence and note, or the names that"
    " either release has for them. Plain or gzip.",
)


@blueprint.route("/workforce/benchmarks")
class WorkforceBenchmarks(MethodView):
    """All published figures."""

    @endpoint(scope=OF_POSTS, query=BenchmarksQuerySchema, answer=WorkforceBenchmarkSchema, paged=True)
    def get(self, work: UnitOfWork, query: dict[str, Any]) -> Page:
        """List published figures of the workforce, each with its source, licence and note."""
        return list_benchmarks(work, query.pop("page"), query)


@blueprint.route("/workforce/benchmarks/import")
class WorkforceBenchmarkImport(MethodView):
    """Published figures in bulk."""

    @endpoint(
        scope="admin",
        query=ImportQuerySchema,
        body=TABLE,
        answer=ReceiptSchema,
        also={207: "Some rows were rejected."},
    )
    def post(self, work: UnitOfWork, query: dict[str, Any], read: BenchmarkRows) -> Reply:
        """Bring in published figures; they are shown beside each school's own from then on."""
        return reply_with(import_benchmarks(work, read, ImportOptions(**query)))
