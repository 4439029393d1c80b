"""`/v1/schools/{urn}/workforce/resignation-dates`: by when teachers and heads resign, here."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import endpoint
from api.http.fields import ListQuerySchema
from api.http.replies import Reply
from api.workforce.fields import (
    EXAMPLE_TIME,
    AsOfQuerySchema,
    HistorySchema,
    Word,
    WorkforceSchema,
)
from api.workforce.resource import OF_POSTS, WRITE, matching
from domain.attendance.calendar import TERMS
from domain.workforce.resignation import MOST_ROWS, RESIGNING
from services.paging import Page
from services.schools.schools import SchoolRef, get_school
from services.unit_of_work import UnitOfWork
from services.workforce import answers, records
from services.workforce.changes import set_record
from services.workforce.kinds import RESIGNATION_DATES
from services.workforce.records import RecordRef

blueprint = Blueprint("resignation dates", __name__, description="By when teachers and heads resign.")


class ResignationDateSchema(WorkforceSchema):
    """By which day somebody resigns to leave at the end of a term."""

    staff = Word(RESIGNING, required=True, metadata={"example": "teacher"})
    term = Word(TERMS, required=True, metadata={"example": "autumn"})
    leaves_on = fields.String(
        required=True,
        metadata={"description": "MM-DD, or MM-last for a month's last day.", "example": "12-31"},
    )
    resign_by = fields.String(required=True, metadata={"description": "Likewise.", "example": "10-31"})


class ResignationDatesSchema(WorkforceSchema):
    """By when teachers and heads resign."""

    resignation_dates = fields.List(
        fields.Nested(ResignationDateSchema),
        required=True,
        validate=validate.Length(max=MOST_ROWS),
        metadata={
            "example": [{"staff": "teacher", "term": "autumn", "leaves_on": "12-31", "resign_by": "10-31"}]
        },
    )
    own = fields.Boolean(
        dump_only=True, metadata={"description": "Whether the school put them in place.", "example": True}
    )
    source = fields.String(dump_only=True, metadata={"example": "the school's own dates"})
    revision = fields.Integer(
        dump_only=True, metadata={"description": "0 where the school has none of its own.", "example": 1}
    )
    updated_at = fields.Raw(
        dump_only=True, metadata={"type": ["string", "null"], "format": "date-time", "example": EXAMPLE_TIME}
    )


def name_dates(work: UnitOfWork, urn: str) -> RecordRef:
    """A school's own resignation dates, held or not."""
    return records.name_record(work, get_school(work, urn), RESIGNATION_DATES.name, answers.ONLY_KIND)


@blueprint.route("/schools/<urn>/workforce/resignation-dates")
class ResignationDates(MethodView):
    """By when teachers and heads resign."""

    @endpoint(
        scope=OF_POSTS, loads=get_school, query=AsOfQuerySchema, answer=ResignationDatesSchema, tagged=True
    )
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> dict[str, Any]:
        """The school's own resignation dates, or those of most schools where it has none."""
        return answers.resignation_dates_of(work, school, query["as_of"])

    @endpoint(
        scope=WRITE,
        loads=matching(name_dates),
        body=ResignationDatesSchema,
        answer=ResignationDatesSchema,
        tagged=True,
        also={201: "Created."},
    )
    def put(self, work: UnitOfWork, named: RecordRef, body: dict[str, Any]) -> Reply:
        """Put the school's own dates in the place of those of most schools."""
        held, created = set_record(work, RESIGNATION_DATES, named, body)
        return Reply(answers.shown_dates(held), 201 if created else 200)

    @endpoint(scope=WRITE, loads=matching(name_dates), status=204)
    def delete(self, work: UnitOfWork, named: RecordRef) -> None:
        """Go back to the dates of most schools."""
        records.remove_record(work, named)


@blueprint.route("/schools/<urn>/workforce/resignation-dates/history")
class ResignationDatesHistory(MethodView):
    """What the school's own resignation dates were."""

    @endpoint(scope=OF_POSTS, loads=name_dates, query=ListQuerySchema, answer=HistorySchema, paged=True)
    def get(self, work: UnitOfWork, named: RecordRef, query: dict[str, Any]) -> Page:
        """Every change of the school's own resignation dates, the oldest first; none where it never had any."""
        changes = records.changes_of_record(work, named)
        return records.page_of_changes(changes, query["page"])
