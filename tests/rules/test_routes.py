"""Every route under /v1 asks for a scope and says what it takes and answers, with an example."""

import re
from typing import Any

import pytest
from flask import Flask

from api.http.problems import STATUSES
from app import create_app
from services.access.keys import SCOPES
from services.access.visits import VISITOR
from settings import Settings
from tests.conftest import SECRET
from tests.make import Client

METHODS = ("get", "put", "post", "patch", "delete")


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    url = f"sqlite:///{tmp_path_factory.mktemp('routes')}/headway.db"
    return create_app(Settings(database_url=url, secret=SECRET, log_level="error"))


def views(app: Flask) -> list[tuple[str, str, Any]]:
    """Path, method and function of every view under /v1."""
    found = []
    for rule in app.url_map.iter_rules():
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"} if rule.rule.startswith("/v1") else ()):
            found.append((rule.rule, method.lower(), getattr(view, method.lower(), None)))
    return found


def operations(app: Flask) -> list[tuple[str, str, dict[str, Any]]]:
    """Path, method and description of every operation."""
    paths = app.extensions["headway"].api.spec.to_dict()["paths"]
    return [(path, m, said) for path, methods in paths.items() for m, said in methods.items() if m in METHODS]


def test_every_route_has_a_scope_that_there_is(described: Flask) -> None:
    found = views(described)

    assert len(found) > 10
    for path, method, view in found:
        known = {VISITOR} if path.startswith("/v1/visitor/") else set(SCOPES)
        assert getattr(view, "scopes", ()), f"{method} {path}"
        assert set(view.scopes) <= known, f"{method} {path}"


def test_no_route_answers_without_a_token(app: Flask) -> None:
    anyone = Client(app, None)

    for path, method, _ in views(app):
        answer = anyone(method.upper(), path.replace("<", "").replace(">", ""))
        assert answer.status_code == 401, f"{method} {path}"


def test_every_operation_is_described(described: Flask) -> None:
    found = operations(described)

    assert {(path, method) for path, method, _ in found} == {
        (re.sub("<(?:path:)?([^>]+)>", r"{\1}", path), method) for path, method, _ in views(described)
    }
    for path, method, said in found:
        assert said.get("summary") or said.get("description"), f"{method} {path}"


def test_every_body_and_answer_has_an_example(described: Flask) -> None:
    lacking = []
    for path, method, said in operations(described):
        bodies = {"body": said.get("requestBody", {})} | {
            status: answer for status, answer in said["responses"].items() if status < "300"
        }
        for name, content in bodies.items():
            for media_type, one in content.get("content", {}).items():
                schema = one.get("schema", {})
                plain = schema.get("type") == "string" and "$ref" not in schema
                if not plain and "example" not in one:
                    lacking.append(f"{method} {path} {name} {media_type}")

    assert lacking == []


def test_every_refusal_is_described_as_a_problem(described: Flask) -> None:
    statuses = {str(status) for status, _ in STATUSES.values()}
    for path, method, said in operations(described):
        refusals = {status: answer for status, answer in said["responses"].items() if status >= "400"}
        assert {"401", "403", "503"} <= set(refusals) <= statuses, f"{method} {path}"
        for answer in refusals.values():
            assert list(answer["content"]) == ["application/problem+json"]
