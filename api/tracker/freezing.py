"""`/v1/indicators/{id}/freeze`: what an indicator says now, kept as evidence."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from api.http.bodies import JSON_TYPES, Body, json_of
from api.http.endpoint import Reader, Reply, endpoint
from api.http.fields import Schema, loaded
from api.tracker import indicators
from api.tracker.evidence import NOUN, AboutSchema, EvidenceSchema
from api.tracker.fields import EXAMPLE_ID, Several, Whole, text
from api.tracker.resource import WRITE, created
from services.tracker import evidence
from services.unit_of_work import Tools, UnitOfWork

blueprint = Blueprint("freezing", __name__, description="What an indicator says now, kept as evidence.")


class FreezeSchema(Schema):
    """How the evidence is called, and what it is about beside the indicator's challenge."""

    title = text(200, "Attendance at half term", "The indicator's title and the day, unless said.")
    about = Several(
        Whole(AboutSchema),
        metadata={"example": [{"type": "review", "id": EXAMPLE_ID}]},
    )


def _read(body: Body, tools: Tools) -> Any:
    raw = body.whole()
    return tools.pseudonyms.throughout(json_of(raw)) if raw.strip() else {}


FREEZE = Reader(
    types=JSON_TYPES[:1],
    read=_read,
    schema=FreezeSchema,
    description="May be left out altogether.",
    bulk=False,
)


@blueprint.route("/indicators/<id>/freeze")
class IndicatorFreeze(MethodView):
    """An indicator at this moment."""

    @endpoint(
        scope=WRITE,
        loads=indicators.NOUN.row,
        body=FREEZE,
        answer=EvidenceSchema,
        status=201,
        tagged=True,
    )
    def post(self, work: UnitOfWork, indicator: Any, body: Any) -> Reply:
        """Freeze an indicator: new evidence of its baseline, latest figure, expectation and target."""
        return created(NOUN, evidence.freeze_indicator(work, indicator, loaded(FreezeSchema(), body)))
