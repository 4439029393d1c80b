"""`/v1/marks`: marks of several schools in bulk, each row with its school."""

from typing import Any

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.attendance.marks import BulkQuerySchema, MarkSchema
from api.attendance.receipts import ReceiptSchema, reply_with
from api.http.bodies import Body
from api.http.endpoint import Reader, endpoint
from api.http.fields import Schema
from api.http.replies import Reply
from intake.marks import Marks
from intake.marks_of_schools import LAYOUTS, read_marks_of_schools
from services.attendance.laying import PushOptions
from services.attendance.several_schools import push_marks_of_schools
from services.unit_of_work import Tools, UnitOfWork

blueprint = Blueprint("marks of schools", __name__, description="Marks of several schools in bulk.")

MEDIA_TYPES = (
    "application/json",
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "text/csv",
    "application/csv",
    "text/plain",
    "application/octet-stream",
    "application/gzip",
)


class MarkOfSchoolSchema(MarkSchema):
    """One row of a bulk push of several schools."""

    school = fields.String(
        required=True,
        metadata={
            "description": "Its URN, its LAESTAB with or without the slash, or an alias; a number is taken too.",
            "example": "100000",
        },
    )


class BulkOfSchoolsSchema(Schema):
    """Rows in an object; a bare array of rows is taken too."""

    data = fields.List(fields.Nested(MarkOfSchoolSchema))


class BulkOfSchoolsQuerySchema(BulkQuerySchema):
    """How a bulk push of several schools is to be taken; `replace` speaks of each school that a row names."""

    layout = fields.String(
        metadata={
            "description": f"One of {', '.join(LAYOUTS)}; found out from the content otherwise.",
            "example": "long",
        }
    )


def _read(body: Body, tools: Tools) -> Marks:
    return read_marks_of_schools(
        body.chunks(),
        layout=request.args.get("layout"),
        max_rows=tools.max_rows,
        pseudonymise=tools.pseudonyms,
    )


@blueprint.route("/marks")
class MarksOfSchools(MethodView):
    """Marks of several schools."""

    @endpoint(
        scope="attendance:write",
        query=BulkOfSchoolsQuerySchema,
        body=Reader(
            MEDIA_TYPES,
            _read,
            'JSON array, {"data": []}, NDJSON, or CSV with a column school, URN or LAESTAB, plain or gzip.',
            BulkOfSchoolsSchema,
        ),
        answer=ReceiptSchema,
        also={207: "Some rows were rejected."},
    )
    def post(self, work: UnitOfWork, query: dict[str, Any], rows: Marks) -> Reply:
        """Push marks of several schools: each row is taken, or rejected alone, as one of a school not found is."""
        return reply_with(push_marks_of_schools(work, rows, PushOptions(**query)))
