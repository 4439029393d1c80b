"""Health, readiness, metrics, the description and its page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import migrations
from app import create_app
from services.access.installation import settle_secret
from settings import Settings
from tests.api.http.problems import problem_in
from tests.conftest import SECRET
from tests.make import Client, make_school


@pytest.fixture
def empty_app(tmp_path: Path) -> Iterator[Flask]:
    """An application whose database nobody migrated yet."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/new.db", secret=SECRET, log_level="error"))
    yield app
    app.extensions["headway"].tools.database.close()


def test_the_process_is_up_whatever_its_database_is(app: Flask, empty_app: Flask) -> None:
    for one in (app, empty_app):
        answer = Client(one, None).get("/healthz")
        assert (answer.status_code, answer.json) == (200, {"status": "up"})


def test_it_is_ready_once_its_database_is(app: Flask) -> None:
    answer = Client(app, None).get("/readyz")

    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


def test_it_is_not_ready_before_its_database_is_migrated(empty_app: Flask) -> None:
    answer = Client(empty_app, None).get("/readyz")

    assert "migrate" in problem_in(answer, 503)["detail"]
    assert int(answer.headers["Retry-After"]) > 0


def test_it_is_not_ready_with_a_database_made_with_another_secret(empty_app: Flask, tmp_path: Path) -> None:
    with empty_app.extensions["headway"].tools.database.writing() as connection:
        migrations.upgrade(connection)
        settle_secret(connection, b"another secret, just as long as ours is")
        connection.commit()

    assert "another secret" in problem_in(Client(empty_app, None).get("/readyz"), 503)["detail"]


def test_it_is_not_ready_where_its_database_is_not_to_be_reached() -> None:
    app = create_app(
        Settings(database_url="postgresql://nobody@127.0.0.1:1/none", secret=SECRET, log_level="error")
    )
    client = Client(app, "hw_any")

    for path in ("/readyz", "/v1/schools"):
        answer = client.get(path)
        problem_in(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/healthz").status_code == 200


def test_figures_for_prometheus_name_no_path_and_no_school(app: Flask, client: Client) -> None:
    make_school(client, "912345")
    client.get("/v1/schools/912345")
    client("SMITH", "/v1/schools/912345")

    answer = client.get("/metrics")

    assert answer.content_type.startswith("text/plain")
    assert re.search(
        r'headway_requests_total\{endpoint="/v1/schools/<urn>",method="GET",status="200"\} [1-9]', answer.text
    )
    assert "headway_request_seconds_bucket" in answer.text
    assert "912345" not in answer.text
    assert "SMITH" not in answer.text


def test_the_description_needs_no_token(app: Flask) -> None:
    description = Client(app, None).get("/openapi.json").json

    assert description["openapi"].startswith("3.1")
    assert "/v1/schools/{urn}" in description["paths"]


def test_the_page_of_the_description_has_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/docs/")
    assert page.status_code == 200
    assert client.get("/docs").status_code == 200

    sources = re.findall(r"""(?:src|href)=["']([^"']+)""", page.text)
    assert sources
    for source in sources:
        assert not re.match(r"(?:[a-z]+:)?//", source), source
        asset = client.get(source if source.startswith("/") else f"/docs/{source}")
        asset.close()
        assert asset.status_code == 200, source
    assert not re.findall(r"""https?://(?!localhost/)[^"'\s]+""", page.text)
    assert "/openapi.json" in page.text
