"""`/v1/benchmarks`: published figures, bundled and brought in; those of the workforce so far."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.attendance.receipts import ReceiptSchema, reply_with
from api.http.bodies import Body
from api.http.endpoint import Reader, endpoint
from api.http.fields import Schema
from api.http.replies import Reply
from api.workforce.fields import AcademicYear, Amount, AsOfListQuerySchema
from api.workforce.resource import CSV_TYPES, READ, WRITE, ImportQuerySchema
from domain.workforce.published import CENSUS_DAY, PHASES
from intake.workforce_benchmarks import BenchmarkRows, read_benchmarks
from services.paging import Page
from services.unit_of_work import Tools, UnitOfWork
from services.workforce.benchmarks import ALL_PHASES, import_benchmarks, list_benchmarks
from services.workforce.imports import ImportOptions

blueprint = Blueprint("benchmarks", __name__, description="Published figures to put a school's own beside.")

READS = ("attendance:read", READ, WRITE)


class WindowSchema(Schema):
    """The days that a figure is of; both count."""

    from_ = fields.Date(data_key="from", attribute="from", metadata={"example": "2026-11-05"})
    to = fields.Date(metadata={"example": "2026-11-05"})
    date = fields.Date(metadata={"description": "Where it is one day.", "example": "2026-11-05"})
    academic_year = fields.String(
        metadata={"description": "The year that the figure is labelled with.", "example": "2026/27"}
    )


class PublishedWindowSchema(WindowSchema):
    """The days that a published figure is of."""

    counted = fields.String(
        metadata={
            "description": "Of which of these days; a census day that isn't known is somewhere in its November.",
            "example": CENSUS_DAY,
        }
    )


class BenchmarkSchema(Schema):
    """A published figure."""

    measure = fields.String(metadata={"example": "pupil_teacher_ratio"})
    area = fields.String(metadata={"example": "England"})
    phase = fields.String(
        allow_none=True,
        metadata={
            "description": "Of which phase the schools are; null where they are of several.",
            "example": None,
        },
    )
    school_type = fields.String(
        metadata={"description": "In the publisher's words.", "example": "All state-funded schools"}
    )
    academic_year = fields.String(metadata={"example": "2025/26"})
    value = Amount(allow_none=True, metadata={"example": 17.91})
    unit = fields.String(metadata={"example": "to 1"})
    null_because = fields.String(
        allow_none=True, metadata={"description": "What the publisher put in its place.", "example": None}
    )
    window = fields.Nested(PublishedWindowSchema)
    source = fields.String(metadata={"example": "Department for Education, School workforce in England"})
    licence = fields.String(metadata={"example": "Open Government Licence v3.0"})
    note = fields.String(allow_none=True, metadata={"example": None})
    not_like_for_like = fields.List(
        fields.String(),
        metadata={"description": "What differs from a school's own figure.", "example": []},
    )


class BenchmarksQuerySchema(AsOfListQuerySchema):
    """Which figures."""

    measure = fields.String(metadata={"description": "Only of this measure.", "example": "vacancy_rate"})
    phase = fields.String(
        validate=validate.OneOf((*PHASES, ALL_PHASES)),
        metadata={
            "description": f"Only of schools of this phase; `{ALL_PHASES}`: of several together.",
            "example": ALL_PHASES,
        },
    )
    area = fields.String(metadata={"description": "Only of this area, in any case.", "example": "England"})
    academic_year = AcademicYear(
        metadata={"description": "Only of this academic year.", "example": "2025/26"}
    )
    school_type = fields.String(
        metadata={
            "description": "Only of this type of school, in the publisher's words, in any case.",
            "example": "All state-funded schools",
        }
    )


def _read(body: Body, tools: Tools) -> BenchmarkRows:
    return read_benchmarks(body.chunks(), pseudonymise=tools.pseudonyms)


TABLE = Reader(
    types=CSV_TYPES,
    read=_read,
    description="Tidy CSV with measure, area, school_type, year, value, source, licence and note, or the names that"
    " either release has for them. Plain or gzip.",
)


@blueprint.route("/benchmarks")
class Benchmarks(MethodView):
    """All published figures."""

    @endpoint(scope=READS, query=BenchmarksQuerySchema, answer=BenchmarkSchema, paged=True)
    def get(self, work: UnitOfWork, query: dict[str, Any]) -> Page:
        """List published figures, each with its source, licence, window, and what isn't like for like."""
        return list_benchmarks(work, query.pop("page"), as_of=query.pop("as_of"), asked=query)


@blueprint.route("/benchmarks/import")
class BenchmarkImport(MethodView):
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
