"""`/v1/schools/import`: schools from the national register."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from api.attendance.receipts import ReceiptSchema, reply_with
from api.http.bodies import Body
from api.http.endpoint import Reader, endpoint
from api.http.fields import Flag, Schema
from api.http.replies import Reply
from intake.schools import SchoolRows, read_schools
from services.schools.school_imports import import_schools
from services.unit_of_work import Tools, UnitOfWork

blueprint = Blueprint("school-imports", __name__, description="Schools from the national register.")


class SchoolImportQuerySchema(Schema):
    """How the table is to be taken."""

    dry_run = Flag(
        load_default=False, metadata={"description": "The same answer, and nothing kept.", "example": False}
    )


def _read(body: Body, tools: Tools) -> SchoolRows:
    return read_schools(body.chunks(), pseudonymise=tools.pseudonyms, max_rows=tools.max_rows)


SCHOOLS = Reader(
    types=("text/csv", "application/csv"),
    read=_read,
    limit=lambda tools: tools.max_extract,
    description=(
        "CSV with the columns URN and EstablishmentName, and of these what there is: LAESTAB, PhaseOfEducation,"
        " EstablishmentTypeGroup, LACode, LAName, TrustUID, TrustName, SuccessorURN; or a full extract of Get"
        " Information About Schools, in UTF-8 or Windows-1252, plain or gzip. A column that is there speaks for each"
        " row: a blank cell clears. All other columns, the names of heads among them, are dropped unread. A URN whose"
        " successor is in the table or held becomes an alias of it. A trust without a uid gets one made from its name."
    ),
)


@blueprint.route("/schools/import")
class SchoolImport(MethodView):
    """Schools in bulk."""

    @endpoint(
        scope="admin",
        query=SchoolImportQuerySchema,
        body=SCHOOLS,
        answer=ReceiptSchema,
        also={207: "Some rows were rejected."},
    )
    def post(self, work: UnitOfWork, query: dict[str, Any], given: SchoolRows) -> Reply:
        """Create and change schools from a table of the national register."""
        return reply_with(import_schools(work, given, **query))
