"""What a push is answered with, and `/v1/imports`: the same receipts again."""

from typing import Any

import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import endpoint
from api.http.fields import ListQuerySchema, Schema
from api.http.replies import Reply, refusal
from services import imports
from services.imports import Receipt
from services.paging import Page
from services.unit_of_work import UnitOfWork

PUSHES = ("attendance:write", "workforce:write", "tracker:write", "admin")
"""Who may read a receipt by its id: of a push that the key could have made itself; `attendance:write` reads all."""

blueprint = Blueprint("imports", __name__, description="Receipts: what became of every row that was pushed.")


def _count(description: str, example: int = 0) -> fields.Integer:
    return fields.Integer(dump_only=True, metadata={"description": description, "example": example})


class FaultSchema(Schema):
    """One row that was rejected."""

    row = fields.Integer(metadata={"description": "The number of the row, from 1.", "example": 17})
    pointer = fields.String(metadata={"description": "Where in a register's body.", "example": "/marks/P001"})
    pupil = fields.String(metadata={"example": "P001"})
    code = fields.String(metadata={"example": "QQ"})
    detail = fields.String(metadata={"example": "QQ isn't a code of the register"})


class ReceiptSchema(Schema):
    """What became of every row: received = created + updated + unchanged + stale + deleted + rejected - removed."""

    import_id = fields.String(metadata={"example": "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"})
    received = _count("Rows in the body; with the layout edfi also the sessions that were filled in.", 380)
    created = _count("First marks.", 378)
    updated = _count("Marks that are another now.", 1)
    unchanged = _count("Rows that say what is held already.", 0)
    stale = _count("Rows older than the mark that is held.", 0)
    deleted = _count("Marks taken away, those that no row named among them.", 0)
    rejected = _count("Rows that couldn't be taken; `errors` says why.", 1)
    removed = _count("Of the deleted, those that no row named.", 0)
    unlisted = _count("Pupils never seen before, added from their first mark.", 0)
    off_roll = _count("Marks kept but not counted: the pupil isn't on roll that day.", 0)
    warnings = fields.List(fields.String(), metadata={"example": []})
    dropped_columns = fields.List(fields.String(), metadata={"example": []})
    errors = fields.List(fields.Nested(FaultSchema))


class KeptReceiptSchema(ReceiptSchema):
    """A receipt with when it was given, to whom, and for what."""

    kind = fields.String(metadata={"description": "What was pushed.", "example": "register"})
    status = fields.Integer(metadata={"description": "The status that it was answered with.", "example": 207})
    who = fields.String(metadata={"example": "mis"})
    when = fields.Raw(metadata={"type": "string", "format": "date-time", "example": "2026-11-20T08:57:03Z"})

    @ma.post_dump(pass_original=True)
    def as_kept(self, _: Any, kept: dict[str, Any], **__: Any) -> dict[str, Any]:
        """Pushes of other things count other things too, such as who left the roll: nothing of that is dropped."""
        return dict(kept)


class ImportsQuerySchema(ListQuerySchema):
    """Which receipts."""

    kind = fields.String(metadata={"description": "Only receipts of this kind.", "example": "marks"})


def reply_with(receipt: Receipt) -> Reply:
    """The answer to a push: 200, 207, or 422 as a problem that carries the receipt."""
    body = receipt.as_dict()
    if receipt.status < 400:
        return Reply(body, receipt.status, stored=True, plain=True)
    first = receipt.faults[0].detail if receipt.faults else "nothing could be taken"
    return refusal(422, "Nothing was taken in", f"every row was rejected; the first because: {first}", body)


@blueprint.route("/imports")
class Imports(MethodView):
    """All receipts."""

    @endpoint(scope="attendance:write", query=ImportsQuerySchema, paged=True, answer=KeptReceiptSchema)
    def get(self, work: UnitOfWork, query: dict[str, Any]) -> Page:
        """List the receipts of the schools that the key may see, the newest first."""
        page = imports.list_imports(work, query.pop("page"), query)
        return Page([imports.receipt_of(work, held) for held in page.items], page.next)


@blueprint.route("/imports/<import_id>")
class ImportById(MethodView):
    """One receipt."""

    @endpoint(scope=PUSHES, loads=imports.get_import, answer=KeptReceiptSchema, tagged=True)
    def get(self, work: UnitOfWork, held: Any) -> Any:
        """One receipt, as it was answered."""
        return imports.receipt_of(work, held)


@blueprint.route("/imports/<import_id>/errors")
class ImportErrors(MethodView):
    """All errors of one push."""

    @endpoint(
        scope=PUSHES,
        loads=imports.get_import,
        query=ListQuerySchema,
        answer=FaultSchema,
        paged=True,
    )
    def get(self, work: UnitOfWork, held: Any, query: dict[str, Any]) -> Page:
        """Every row that was rejected, in the order of the rows."""
        return imports.page_of_faults(work, held, query["page"])
