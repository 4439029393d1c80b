"""`/v1/schools/{urn}/marks`: marks in bulk, in any layout that is known, and every change that was made of them."""

from datetime import date
from typing import Any

import marshmallow as ma
from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.attendance.receipts import ReceiptSchema, reply_with
from api.attendance.registers import PushQuerySchema
from api.http.bodies import Body
from api.http.endpoint import Reader, endpoint
from api.http.fields import Day, ListQuerySchema, Schema, Time
from api.http.replies import Reply
from intake.layout import Pushed
from intake.registry import LAYOUTS, MEDIA_TYPES, read_marks
from services.attendance import registers
from services.attendance.bulk import push_bulk
from services.attendance.laying import PushOptions
from services.paging import Page
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import Tools, UnitOfWork

blueprint = Blueprint("marks", __name__, description="Marks in bulk, and the changes that were made of them.")


class MarkSchema(Schema):
    """One row of a bulk push."""

    pupil = fields.String(required=True, metadata={"example": "P001"})
    date = fields.Date(required=True, metadata={"example": "2026-11-20"})
    session = fields.String(required=True, metadata={"enum": ["AM", "PM"], "example": "AM"})
    code = fields.String(required=True, allow_none=True, metadata={"example": "/"})
    source_updated_at = Time(metadata={"example": "2026-11-20T08:55:00Z"})
    minutes_late = fields.Integer(metadata={"example": 12})
    deleted = fields.Boolean(metadata={"description": "Takes the mark away.", "example": False})


class BulkSchema(Schema):
    """Rows in an object; a bare array of rows is taken too."""

    data = fields.List(fields.Nested(MarkSchema))


class BulkQuerySchema(PushQuerySchema):
    """How a bulk push is to be taken."""

    layout = fields.String(
        metadata={
            "description": f"One of {', '.join(LAYOUTS)}; found out from the content otherwise.",
            "example": "long",
        }
    )
    replace = fields.String(
        metadata={
            "description": "FROM..TO: marks between these days that the body doesn't name are removed. Events of the "
            "layout edfi need it: the calendar's other sessions in it are filled in as present, for pupils on roll.",
            "example": "2026-11-16..2026-11-20",
        }
    )

    @ma.post_load
    def read_range(self, values: dict[str, Any], **_: Any) -> dict[str, Any]:
        """`replace` as two days; the layout was used when the body was read."""
        values.pop("layout", None)
        if "replace" in values:
            values["replace"] = _range(values["replace"])
        return values


class ChangesQuerySchema(ListQuerySchema):
    """Of which days."""

    date_from = Day(data_key="from", required=True, metadata={"example": "2026-11-16"})
    date_to = Day(data_key="to", required=True, metadata={"example": "2026-11-20"})

    @ma.validates_schema
    def in_order(self, values: dict[str, Any], **_: Any) -> None:
        """The first day isn't after the last."""
        if values["date_from"] > values["date_to"]:
            raise ma.ValidationError("from is after to", "from")


class MarkChangeSchema(Schema):
    """One change of a mark; `new` is null where it was taken away, `old` where it is set anew after that."""

    pupil = fields.String(metadata={"example": "P001"})
    date = fields.Date(metadata={"example": "2026-11-20"})
    session = fields.String(metadata={"example": "AM"})
    old = fields.String(allow_none=True, metadata={"example": "N"})
    new = fields.String(allow_none=True, metadata={"example": "I"})
    who = fields.String(metadata={"example": "mis"})
    when = fields.Raw(metadata={"type": "string", "format": "date-time", "example": "2026-11-20T11:02:41Z"})
    import_id = fields.String(metadata={"example": "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"})


def read_bulk(body: Body, tools: Tools) -> Pushed:
    """The rows of a bulk push, read as they arrive."""
    return read_marks(
        body.chunks(),
        media_type=body.media_type,
        layout=request.args.get("layout"),
        max_rows=tools.max_rows,
        pseudonymise=tools.pseudonyms,
    )


@blueprint.route("/schools/<urn>/marks")
class BulkMarks(MethodView):
    """Marks in bulk."""

    @endpoint(
        scope="attendance:write",
        loads=get_school,
        settled=True,
        query=BulkQuerySchema,
        body=Reader(
            MEDIA_TYPES, read_bulk, 'JSON array, {"data": []}, NDJSON, CSV or XML, plain or gzip.', BulkSchema
        ),
        answer=ReceiptSchema,
        also={207: "Some rows were rejected."},
    )
    def post(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any], rows: Pushed) -> Reply:
        """Push marks of any sessions, counts or events, in any layout: each row is taken, or rejected alone."""
        return reply_with(push_bulk(work, school, rows, PushOptions(**query)))


@blueprint.route("/schools/<urn>/marks/changes")
class MarkChanges(MethodView):
    """What was changed."""

    @endpoint(
        scope="pupils:read", loads=get_school, query=ChangesQuerySchema, answer=MarkChangeSchema, paged=True
    )
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Page:
        """Every change of a mark between two days; a first mark is no change."""
        return registers.list_mark_changes(work, school, query["date_from"], query["date_to"], query["page"])


def _range(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        days = Day().deserialize(first), Day().deserialize(last)
    except ma.ValidationError:
        days = (date.max, date.min)
    if days[0] > days[1]:
        raise ma.ValidationError("write it as FROM..TO, such as 2026-11-16..2026-11-20", "replace")
    return days
