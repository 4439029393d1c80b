"""`Idempotency-Key` on POST: the first answer again, whatever happened in between."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update

from app import create_app
from models import IdempotentAnswer
from services.access import idempotency
from settings import Settings
from tests.api.http.problems import problem_in
from tests.conftest import SECRET, Clock
from tests.make import Client, make_key, make_school

MARKS = "/v1/schools/900001/marks"
MORNING = "/v1/schools/900001/registers/2026-11-20/AM"
KEY = {"Idempotency-Key": "push-1"}
ROW = {"pupil": "P001", "date": "2026-11-20", "session": "AM", "code": "/"}
OTHER = ROW | {"pupil": "P002"}


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


@pytest.fixture
def restarted(app: Flask, client: Client, database_url: str, clock: Clock) -> Iterator[Client]:
    """The same key at a new application on the same database."""
    again = create_app(Settings(database_url=database_url, secret=SECRET, log_level="error"), now=clock)
    yield Client(again, client.token)
    again.extensions["headway"].tools.database.close()


def imports(client: Client) -> int:
    return len(client.get("/v1/imports").json["items"])


def claimed(app: Flask, **changes: Any) -> None:
    """Make the remembered answer a claim again, as while the first call still runs."""
    values = {"status": None, "headers": None, "body": None} | changes
    with app.extensions["headway"].tools.database.writing() as connection:
        connection.execute(update(IdempotentAnswer).values(**values))
        connection.commit()


def test_the_same_again_is_answered_as_the_first_time_and_done_once(
    client: Client, restarted: Client, clock: Clock
) -> None:
    first = client.post(MARKS, [ROW], headers=KEY)
    clock.advance(hours=23)

    for again in (client.post(MARKS, [ROW], headers=KEY), restarted.post(MARKS, [ROW], headers=KEY)):
        assert (again.status_code, again.data) == (first.status_code, first.data)
        assert again.content_type == first.content_type
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.headers["X-Request-ID"] != first.headers["X-Request-ID"]
    assert "Idempotency-Replayed" not in first.headers
    assert imports(client) == 1


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"json": [OTHER]}, id="other rows"),
        pytest.param({"data": b"", "content_type": "application/json"}, id="nothing"),
        pytest.param({"json": [ROW], "query_string": {"atomic": "true"}}, id="another query"),
    ],
)
def test_another_body_under_the_same_key_is_not_valid(client: Client, second: dict[str, Any]) -> None:
    client.post(MARKS, [ROW], headers=KEY)

    answer = client.post(MARKS, headers=KEY, **second)

    problem_in(answer, 400 if second.get("data") == b"" else 422)
    assert imports(client) == 1


def test_a_key_is_remembered_for_a_day(app: Flask, client: Client, clock: Clock) -> None:
    client.post(MARKS, [ROW], headers=KEY)
    client.post(MARKS, [ROW], headers={"Idempotency-Key": "push-2"})
    clock.advance(hours=24, minutes=1)

    assert client.post(MARKS, [OTHER], headers=KEY).json["created"] == 1
    with app.extensions["headway"].tools.database.looking_up() as connection:
        kept = connection.scalar(select(func.count()).select_from(IdempotentAnswer))
    assert kept == 1  # nothing of the day before is left lying about


def test_a_key_belongs_to_an_api_key_and_a_path(app: Flask, client: Client) -> None:
    make_school(client, "900002")
    calls = [
        client.post(MARKS, [ROW], headers=KEY),
        make_key(app).post(MARKS, [OTHER], headers=KEY),
        client.post("/v1/schools/900002/marks", [OTHER], headers=KEY),
    ]

    assert [answer.json["created"] for answer in calls] == [1, 1, 1]


def test_receipts_that_say_no_are_remembered(client: Client) -> None:
    for rows, status in (([ROW, OTHER | {"code": "QQ"}], 207), ([ROW | {"code": "QQ"}], 422)):
        headers = {"Idempotency-Key": str(status)}
        first, again = (client.post(MARKS, rows, headers=headers) for _ in range(2))
        assert (first.status_code, again.status_code) == (status, status)
        assert again.data == first.data
        assert again.content_type == first.content_type


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        pytest.param({"data": b"[{", "content_type": "application/json"}, 400, id="malformed"),
        pytest.param({"json": [ROW], "query_string": {"layout": "none"}}, 422, id="not valid"),
        pytest.param(
            {"json": [OTHER], "query_string": {"replace": "2026-11-19..2026-11-19"}}, 409, id="conflict"
        ),
    ],
)
def test_what_stored_nothing_is_forgotten(client: Client, wrong: dict[str, Any], status: int) -> None:
    client.post(MARKS, [ROW | {"date": "2026-11-19"}])
    if status == 409:
        wrong = wrong | {"json": [OTHER | {"date": "2026-11-19"}]}

    assert client.post(MARKS, headers=KEY, **wrong).status_code == status
    assert client.post(MARKS, [ROW], headers=KEY).json["created"] == 1


def test_a_trial_is_not_taken_for_the_real_one(client: Client) -> None:
    trial = client.post(MARKS + "?dry_run=true", [ROW], headers=KEY)
    real = client.post(MARKS, [ROW], headers=KEY)

    assert trial.json["created"] == real.json["created"] == 1
    assert "Idempotency-Replayed" not in real.headers
    assert client.get(MORNING).json["marks"] == {"P001": "/"}
    assert client.post(MARKS + "?dry_run=true", [ROW], headers=KEY).status_code == 422


def test_while_the_first_call_runs_the_second_conflicts(app: Flask, client: Client) -> None:
    client.post(MARKS, [ROW], headers=KEY)
    claimed(app)  # by this very process, which is alive

    answer = client.post(MARKS, [ROW], headers=KEY)

    problem_in(answer, 409)
    assert answer.headers["Retry-After"] == "1"


def test_a_call_that_the_same_key_makes_within_itself_conflicts(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = {"name": "Ada Example", "schools": ["900001"]}
    seen = []
    remember = idempotency.remember

    def meanwhile(*given: Any) -> None:
        monkeypatch.setattr(idempotency, "remember", remember)
        if not app.extensions[
            "headway"
        ].tools.database.is_sqlite:  # there the second would wait for the first
            seen.append(client.post("/v1/people", person, headers=KEY).status_code)
        remember(*given)

    monkeypatch.setattr(idempotency, "remember", meanwhile)
    assert client.post("/v1/people", person, headers=KEY).status_code == 201
    assert seen in ([], [409])
    assert len(client.get("/v1/people").json["items"]) == 1


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("by", "status"),
    [
        pytest.param(lambda: f"{socket.gethostname()}:{ended_process()}:1", 200, id="a process that is gone"),
        pytest.param(lambda: f"{socket.gethostname()}:{os.getpid()}:1", 200, id="one with this one's number"),
        pytest.param(lambda: "elsewhere:1:1", 409, id="one on another machine"),
    ],
)
def test_a_claim_left_behind_is_taken_over(app: Flask, client: Client, by: Any, status: int) -> None:
    client.post(MARKS, [ROW], headers=KEY)
    claimed(app, claimed_by=by())

    assert client.post(MARKS, [ROW], headers=KEY).status_code == status


def test_a_claim_of_another_machine_holds_ten_minutes(app: Flask, client: Client, clock: Clock) -> None:
    client.post(MARKS, [ROW], headers=KEY)
    claimed(app, claimed_by="elsewhere:1:1")
    clock.advance(minutes=10)

    assert client.post(MARKS, [ROW], headers=KEY).json["unchanged"] == 1


def test_a_call_that_fails_leaves_no_claim(
    app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "remember", fail)
        problem_in(client.post(MARKS, [ROW], headers=KEY), 500)

    assert client.get(MORNING).status_code == 404
    assert client.post(MARKS, [ROW], headers=KEY).json["created"] == 1


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_of_no_or_too_many_characters_is_not_valid(client: Client, key: str) -> None:
    problem_in(client.post(MARKS, [ROW], headers={"Idempotency-Key": key}), 422)


def test_the_longest_key_there_may_be(client: Client) -> None:
    headers = {"Idempotency-Key": "é" * 255}

    first, again = (client.post(MARKS, [ROW], headers=headers) for _ in range(2))

    assert again.data == first.data


def test_it_has_no_meaning_on_other_methods(client: Client) -> None:
    first, second = (client.put(MORNING, {"marks": {"P001": code}}, headers=KEY) for code in "/I")

    assert (first.json["created"], second.json["updated"]) == (1, 1)


def test_the_claim_of_one_key_does_not_stand_in_the_way_of_another(app: Flask, client: Client) -> None:
    client.post(MARKS, [ROW], headers=KEY)
    claimed(app)
    with app.extensions["headway"].tools.database.writing() as connection:
        assert connection.execute(select(func.count()).select_from(IdempotentAnswer)).scalar() == 1
        kept = connection.execute(select(*IdempotentAnswer.__table__.columns)).mappings().one()
        connection.execute(delete(IdempotentAnswer))
        connection.execute(insert(IdempotentAnswer).values(**dict(kept) | {"idempotency_key": "push-0"}))
        connection.commit()

    assert client.post(MARKS, [OTHER], headers=KEY).json["created"] == 1
