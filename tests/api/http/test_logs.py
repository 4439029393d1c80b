"""The log: a line for each request with its id, and no pupil, token, UPN or body, whatever goes wrong."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from services.attendance import push
from tests.api.http.problems import problem_in
from tests.make import Client, make_school

MARKS = "/v1/schools/900001/marks"
SECRETS = ("Z000000026001", "SAMPLE-PUPIL", "HW_", "BEARER")


@pytest.fixture
def lines(app: Flask) -> Iterator[Any]:
    """What is logged while a test runs, at the most talkative level, by us and by everything else."""
    stream, root, ours = io.StringIO(), logging.getLogger(), logging.getLogger("headway")
    levels, handlers = (root.level, ours.level), (ours.handlers[:], root.handlers[:])
    caught = logging.StreamHandler(stream)
    caught.setFormatter(ours.handlers[0].formatter)
    ours.handlers, ours.level = [caught], logging.DEBUG
    root.addHandler(caught)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    (ours.handlers, root.handlers), (root.level, ours.level) = handlers, levels
    text = stream.getvalue().upper()
    assert text
    assert not [secret for secret in SECRETS if secret in text]


def test_a_request_is_one_line(client: Client, lines: Any) -> None:
    make_school(client)
    client.get("/v1/schools/900001", headers={"X-Request-ID": "trace-1"})

    [line] = [line for line in lines() if line.get("request_id") == "trace-1"]
    assert {name: line[name] for name in ("event", "level", "method", "endpoint", "status")} == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "endpoint": "/v1/schools/<urn>",
        "status": 200,
    }
    assert isinstance(line["key"], int)
    assert line["milliseconds"] >= 0


def test_nothing_of_a_pupil_or_a_token_is_logged(client: Client, app: Flask, lines: Any) -> None:
    make_school(client)
    for pupil in ("Z000000026001", "sample-pupil"):
        row = {"pupil": pupil, "date": "2026-11-20", "session": "AM", "code": "/"}
        client.post(MARKS, [row, row | {"code": pupil}])
        client.put("/v1/schools/900001/registers/2026-11-20/PM", {"marks": {pupil: "\\"}, pupil: 1})
        client.get(f"/v1/schools/{pupil}/roll?{pupil}={pupil}")
        client.get(f"/{pupil}")
        client.post(MARKS, data=f'[{{"pupil": "{pupil}"', content_type="application/json")
        client(pupil.upper(), MARKS)
    Client(app, "hw_not-a-token").get("/v1/schools")
    Client(app, None).get("/v1/schools?token=hw_in-the-query")

    assert len(lines()) > 10


def test_a_fault_of_ours_is_found_by_its_request_and_tells_nothing(
    client: Client, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_school(client)

    def fail(*given: Any, **_: Any) -> None:
        raise RuntimeError(f"sample-pupil Z000000026001 {client.token} {given}")

    monkeypatch.setattr(push, "keep_receipt", fail)
    row = {"pupil": "sample-pupil", "date": "2026-11-20", "session": "AM", "code": "/"}

    answer = client.post(MARKS, [row], headers={"X-Request-ID": "trace-2"})

    problem_in(answer, 500)
    assert not [secret for secret in SECRETS if secret in answer.text.upper()]
    [line] = [line for line in lines() if line["level"] == "error"]
    assert line["error"].startswith("RuntimeError at ")
    assert "fail" in line["error"]
    assert line["request_id"] == "trace-2"
    assert client.get("/v1/schools/900001/registers/2026-11-20/AM").status_code == 404


def test_a_text_that_is_quoted_is_freed_of_upns_though_json_escapes_it(app: Flask) -> None:
    [handler] = logging.getLogger("headway").handlers[:1]
    record = logging.LogRecord("headway", logging.INFO, "", 0, "x\nZ000000026001 é Z000000026001", (), None)

    assert handler.formatter is not None
    assert "Z000000026001" not in handler.formatter.format(record)


def test_the_log_goes_to_standard_error(app: Flask) -> None:
    assert all(
        handler.stream is not sys.stdout  # type: ignore[attr-defined]
        for handler in logging.getLogger("headway").handlers
    )
