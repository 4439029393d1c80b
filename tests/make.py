"""Builders with defaults for everything: a test names only what matters to it."""

from collections.abc import Sequence
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from commands import COMMAND_LINE
from services.access.keys import SCOPES, create_key
from services.unit_of_work import unit_of_work

URN = "900001"


class Client:
    """Calls the application as a client with one key does; answers Werkzeug's response, whose `.json` is the body."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self.app = app
        self.token = token
        self._client = app.test_client()

    def __call__(self, method: str, path: str, **given: Any) -> TestResponse:
        headers = dict(given.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self._client.open(path, method=method, headers=headers, **given)

    def get(self, path: str, **given: Any) -> TestResponse:
        return self("GET", path, **given)

    def put(self, path: str, json: Any = None, **given: Any) -> TestResponse:
        return self("PUT", path, **_with(json, given))

    def post(self, path: str, json: Any = None, **given: Any) -> TestResponse:
        return self("POST", path, **_with(json, given))

    def patch(self, path: str, json: Any = None, **given: Any) -> TestResponse:
        return self("PATCH", path, **_with(json, given))

    def delete(self, path: str, **given: Any) -> TestResponse:
        return self("DELETE", path, **given)


def make_key(
    app: Flask,
    scopes: Sequence[str] = SCOPES,
    schools: Sequence[str] = ("*",),
    *,
    name: str = "test",
    person: Any = None,
) -> Client:
    """A client with a new key."""
    with unit_of_work(app.extensions["headway"].tools, COMMAND_LINE, writes=True) as work:
        _, token = create_key(work, name=name, scopes=scopes, schools=schools, person_id=person)
        work.commit()
    return Client(app, token)


def make_school(client: Client, urn: str = URN, **fields: Any) -> str:
    """A school; answers its URN."""
    answer = client.put(f"/v1/schools/{urn}", {"name": "Example School", "phase": "secondary"} | fields)
    assert answer.status_code in (200, 201), answer.text
    return urn


def make_person(client: Client, **fields: Any) -> str:
    """A person of the usual school; answers the id."""
    return _made(client.post("/v1/people", {"name": "Ada Example", "schools": [URN]} | fields))


def make_challenge(client: Client, **fields: Any) -> str:
    """A challenge of the usual school; answers the id."""
    given = {"school": URN, "kind": "attendance", "title": "Absence on Mondays"} | fields
    return _made(client.post("/v1/challenges", given))


def make_action(client: Client, challenge: str, **fields: Any) -> str:
    """An action of a challenge, with an owner of its own unless one is given; answers the id."""
    given = (
        {"title": "Breakfast club"}
        | ({"owner": make_person(client)} if "owner" not in fields else {})
        | fields
    )
    return _made(client.post(f"/v1/challenges/{challenge}/actions", given))


def make_link(client: Client, *challenges: str, **fields: Any) -> dict[str, Any]:
    """A visitor link to challenges of the usual school, until Christmas; answers it with its token."""
    given = {"school": URN, "challenges": list(challenges), "expires_at": "2026-12-18T17:00:00Z"} | fields
    answer = client.post("/v1/visitor-links", given)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def _made(answer: TestResponse) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def _with(json: Any, given: dict[str, Any]) -> dict[str, Any]:
    return given if json is None else given | {"json": json}
