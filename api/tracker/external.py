"""`PUT /v1/{many}/external/{source}/{external_id}`: resources by the id that another system has for them."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from api.http.endpoint import Reply, endpoint
from api.http.fields import Schema, Text
from api.tracker import actions, challenges, evidence, people
from api.tracker.fields import Id, Partly
from api.tracker.resource import READ, WRITE, Change, Noun
from domain.errors import Fault, NotFound
from services.tracker import actions as of_actions
from services.tracker import challenges as of_challenges
from services.tracker import evidence as of_evidence
from services.tracker import people as of_people
from services.tracker.checks import refuse_all
from services.tracker.external import Named, challenge_named, find_external, name_external, take_up
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "external", __name__, description="Resources by the id that another system has for them."
)


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

    @endpoint(scope=READ, loads=name_external, answer=noun.schema, tagged=True)
    def get(self: Any, work: UnitOfWork, named: Named) -> Any:
        row = find_external(work, noun.kind, named, {})
        if row is None or row.deleted_at is not None:
            raise NotFound(f"there is no {noun.kind.name} of this id of this source")
        return noun.read(work, row)

    put.__doc__ = (
        f"Make or change the {noun.one} that another system calls so; only what is given is changed."
    )
    get.__doc__ = f"The {noun.one} that another system calls so."
    views = {"__doc__": f"One {noun.one} by its external id.", "__module__": __name__, "get": get, "put": put}
    path = f"{noun.path}/external/<source>/<external_id>"
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
