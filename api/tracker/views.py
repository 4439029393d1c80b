"""`/v1/views`: saved filters of lists, usable there as `?view=`."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import Reply, endpoint
from api.http.fields import Lookup, loaded, pointed
from api.tracker.actions import Actions
from api.tracker.challenges import Challenges
from api.tracker.evidence import Evidence
from api.tracker.fields import AsOfListQuerySchema, Partly, RecordSchema, one_of, text
from api.tracker.lists import Narrowed, list_of
from api.tracker.resource import READ, WRITE, Noun, add_calls_by_id, created
from domain.errors import Fault, Invalid, NotFound
from services.paging import Page
from services.tracker import views
from services.tracker.checks import merged, refuse_all
from services.tracker.kinds import VIEW, Content, equal
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "views",
    __name__,
    description="Saved filters of lists. A view belongs to the schools of the key that made it.",
)

LISTS: dict[str, Any] = {"challenges": Challenges.get, "actions": Actions.get, "evidence": Evidence.get}
"""The lists that views filter. What a list takes, it says itself."""

NOT_SAVED = ("cursor", "view")
"""What a list takes and a view of it can't hold."""


class Parameter(fields.Field[str]):
    """The value of a parameter: a text, or a number or truth value that is kept as its text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str | int) or not 1 <= len(str(value)) <= 1_000:
            raise ma.ValidationError(
                "A parameter has a text of 1 to 1000 characters, a number, true or false."
            )
        return str(value)


class ViewSchema(RecordSchema):
    """A saved view."""

    schools = fields.List(
        fields.String(),
        dump_only=True,
        metadata={"description": "Those of the key that made it, by URN.", "example": ["900001"]},
    )
    name = text(100, "Due before Christmas", required=True)
    of = one_of(tuple(LISTS), "actions", "The list that it filters.", required=True)
    query = Lookup(
        keys=fields.String(),
        values=Parameter(),
        required=True,
        metadata={
            "description": "Parameters of that list with their values; what the list doesn't take is refused.",
            "example": {"status": "in_progress", "limit": "100"},
        },
    )


class ViewPatchSchema(Partly, ViewSchema):
    """What changes of a saved view."""


class ViewsQuerySchema(AsOfListQuerySchema):
    """Which views."""

    of = one_of(tuple(LISTS), "actions", "Of this list.")


def _change(work: UnitOfWork, view: Any, body: dict[str, Any]) -> Content:
    will_be = merged(view, body, "of", "query")
    _check_query(work, will_be["of"], will_be["query"])
    return views.change_view(work, view, body)


NOUN = Noun(VIEW, "saved view", "saved views", "/views", ViewSchema)


@blueprint.route("/views")
class Views(MethodView):
    """All saved views."""

    @endpoint(scope=READ, query=ViewsQuerySchema, answer=ViewSchema, paged=True)
    def get(self, work: UnitOfWork, query: dict[str, Any]) -> Page:
        """List the saved views that the key may see, in the order in which they were made."""
        where = [equal(VIEW, "of", query["of"])] if "of" in query else []
        return list_of(work, VIEW, Narrowed(where, {}), query)

    @endpoint(scope=WRITE, body=ViewSchema, answer=ViewSchema, status=201, tagged=True)
    def post(self, work: UnitOfWork, body: dict[str, Any]) -> Reply:
        """Save the filter of a list under a name, which no other view of the same schools has."""
        _check_query(work, body["of"], body["query"])
        return created(NOUN, views.create_view(work, body))


add_calls_by_id(blueprint, NOUN, patch=ViewPatchSchema, change=_change)


def _check_query(work: UnitOfWork, of: str, query: Mapping[str, str]) -> None:
    """Raises `Invalid` at each parameter that the list doesn't take, or that names what the key may not see."""
    refuse_all(
        [Fault("a view can't hold this", pointer=f"/query/{name}") for name in NOT_SAVED if name in query]
    )
    loaded(LISTS[of].query(), query, root="/query")
    for name, value in query.items():
        try:
            LISTS[of].names(work, {name: value})
        except NotFound as error:
            fault = Fault(error.detail, pointer=f"/query/{pointed(name)}")
            raise Invalid(error.detail, faults=[fault]) from error
