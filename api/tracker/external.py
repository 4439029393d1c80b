"""`PUT /v1/{many}/external/{source}/{external_id}`: resources by the id that another system has for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import Reply, endpoint
from api.http.fields import Schema, Text
from api.tracker import actions, challenges, evidence, people
from api.tracker.fields import Id, Partly
from api.tracker.lists import one_of_kind
from api.tracker.resource import (
    READ,
    WRITE,
    Change,
    Noun,
    asks_of_the_past,
    check_if_match_where_sent,
)
from domain.errors import Fault, NotFound
from services.schools.schools import SchoolRef, get_school
from services.tracker import actions as of_actions
from services.tracker import challenges as of_challenges
from services.tracker import evidence as of_evidence
from services.tracker import people as of_people
from services.tracker.checks import refuse_all
from services.tracker.external import Named, challenge_named, find_external, name_external, take_up
from services.tracker.kinds import Content
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "external", __name__, description="Resources by the id that another system has for them."
)


@dataclass(frozen=True)
class _NothingYet:
    """What isn't held: no revision of it can be meant."""

    id: None = None
    revision: None = None


NOTHING_YET = _NothingYet()


def _named_school(work: UnitOfWork, args: Mapping[str, str]) -> SchoolRef | None:
    return get_school(work, args["school"]) if "school" in args else None


def _query_of_one(noun: Noun) -> type[Schema]:
    """How one is read, and of which school where several have one of the id."""
    school = fields.String(
        metadata={"description": "The one of this school, where several have one.", "example": "900001"}
    )
    named = {"__doc__": f"Which {noun.one}, and how it is to be read.", "school": school}
    return type(f"External{noun.title}QuerySchema", (noun.one_query,), named)


def _create_action(work: UnitOfWork, values: dict[str, Any]) -> Any:
    challenge = challenge_named(work, values.pop("challenge"))
    values.pop("note", None)  # it would say why the action moves, and a new one doesn't
    return of_actions.create_action(work, challenge, values)


def _add(noun: Noun, required: list[str], create: Any, change: Change, **further: Any) -> None:
    body: type[Schema] = type(
        f"External{noun.title}Schema",
        (Partly, noun.schema),
        {
            "__doc__": f"A {noun.one} as another system has it; what is needed for a new one is needed once.",
            "Meta": type("Meta", (Schema.Meta,), {"exclude": ("source", "external_id")}),
        }
        | further,
    )

    @endpoint(
        scope=WRITE,
        loads=name_external,
        body=body,
        answer=noun.schema,
        tagged=True,
        settled=True,
        also={201: f"A new {noun.one} was made."},
    )
    def put(self: Any, work: UnitOfWork, named: Named, body: dict[str, Any]) -> Reply:
        row = find_external(work, noun.kind, named, body)
        check_if_match_where_sent(work, row or NOTHING_YET)
        if row is not None:
            return Reply(change(work, take_up(work, noun.kind, row, body), body))
        refuse_all(
            [
                Fault("missing data for required field", pointer=f"/{name}")
                for name in required
                if not body.get(name)
            ]
        )
        content = create(work, body | {"source": named.source, "external_id": named.external_id})
        return Reply(content, 201, {"Location": f"/v1{noun.path}/{content['id']}"})

    @endpoint(
        scope=READ,
        loads=name_external,
        names=_named_school,
        query=_query_of_one(noun),
        answer=noun.schema,
        tagged=True,
    )
    def get(
        self: Any, work: UnitOfWork, named: Named, school: SchoolRef | None, query: dict[str, Any]
    ) -> Content:
        row = find_external(work, noun.kind, named, {}, school)
        if row is None or (row.deleted_at is not None and not asks_of_the_past()):
            raise NotFound(f"there is no {noun.kind.name} of this id of this source")
        return one_of_kind(work, noun.kind, row, query, noun.one_answers or noun.answers)

    put.__doc__ = (
        f"Make or change the {noun.one} that another system calls so; only what is given is changed."
    )
    get.__doc__ = f"The {noun.one} that another system calls so, as it is or as it stood at a time."
    views = {"__doc__": f"One {noun.one} by its external id.", "__module__": __name__, "get": get, "put": put}
    path = f"{noun.path}/external/<source>/<path:external_id>"
    blueprint.route(path)(type(f"External{noun.title}", (MethodView,), views))


_add(
    challenges.NOUN,
    ["school", "kind", "title"],
    of_challenges.create_challenge,
    of_challenges.change_challenge,
)
_add(
    actions.NOUN,
    ["challenge", "title", "owner"],
    _create_action,
    of_actions.change_action,
    challenge=Id(metadata={"description": "The challenge that a new one belongs to."}),
    note=Text(
        10_000,
        load_only=True,
        allow_none=True,
        metadata={"description": "Why it moves.", "example": "Begun."},
    ),
)
_add(evidence.NOUN, ["title", "kind"], of_evidence.create_evidence, of_evidence.change_evidence)
_add(people.NOUN, ["name"], of_people.create_person, of_people.change_person)
