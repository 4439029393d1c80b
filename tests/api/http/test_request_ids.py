"""`X-Request-ID` is taken over or made, and returned."""

import pytest
from flask import Flask

from tests.make import Client


@pytest.fixture
def anyone(app: Flask) -> Client:
    return Client(app, None)


@pytest.mark.parametrize("given", ["a", "trace-1.2_3:4", "x" * 100])
def test_the_id_that_a_request_has_is_returned(anyone: Client, given: str) -> None:
    for path in ("/healthz", "/v1/schools", "/nowhere", "/openapi.json"):
        assert anyone.get(path, headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("x" * 101, id="too long"),
        pytest.param("two words", id="a blank"),
        pytest.param('"><script>', id="marks of HTML"),
        pytest.param("\xe9", id="not ASCII"),
        pytest.param("{'a': 1}", id="braces"),
    ],
)
def test_another_id_is_made_for_one_that_is_none(anyone: Client, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-ID": given}

    first, second = (anyone.get("/healthz", headers=headers).headers["X-Request-ID"] for _ in range(2))

    assert first not in (given, second)
    assert len(first) == 36


def test_an_id_that_is_a_upn_is_no_longer_one(anyone: Client) -> None:
    answer = anyone.get("/healthz", headers={"X-Request-ID": "A123456789012"})

    assert answer.headers["X-Request-ID"].startswith("u_")
