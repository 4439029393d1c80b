"""Keys: who may ask, and that a token is nowhere but with its owner."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from commands import COMMAND_LINE
from models import ApiKey
from services.access.keys import SCOPES, create_key
from services.unit_of_work import unit_of_work
from tests.api.http.problems import problem_in
from tests.conftest import Clock
from tests.make import Client, make_key, make_school


def test_a_revoked_key_is_no_longer_valid(app: Flask, client: Client, clock: Clock) -> None:
    assert client.get("/v1/schools").status_code == 200
    with app.extensions["headway"].tools.database.writing() as connection:
        connection.execute(update(ApiKey).values(revoked_at=clock()))
        connection.commit()

    problem_in(client.get("/v1/schools"), 401)


def test_a_key_is_valid_until_its_time(app: Flask, clock: Clock) -> None:
    with unit_of_work(app.extensions["headway"].tools, COMMAND_LINE, writes=True) as work:
        until = clock() + timedelta(hours=1)
        _, token = create_key(work, name="short", scopes=SCOPES, schools=["*"], expires_at=until)
        work.commit()
    client = Client(app, token)

    assert client.get("/v1/schools").status_code == 200
    clock.advance(minutes=59)
    assert client.get("/v1/schools").status_code == 200
    clock.advance(minutes=1)
    problem_in(client.get("/v1/schools"), 401)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_may_do_what_its_scope_says_and_nothing_else(app: Flask, client: Client, scope: str) -> None:
    make_school(client)
    client.put("/v1/schools/900001/registers/2026-11-20/AM", {"marks": {"P001": "/"}})
    asks = make_key(app, [scope])
    calls = {
        "attendance:read": asks.get("/v1/schools/900001"),
        "pupils:read": asks.get("/v1/schools/900001/registers/2026-11-20/AM"),
        "attendance:write": asks.get("/v1/imports"),
        "admin": asks.put("/v1/schools/900001", {"name": "Example School"}),
    }

    for needed, answer in calls.items():
        assert answer.status_code == (200 if needed == scope else 403), needed


def test_a_key_for_a_school_sees_it_under_every_name_and_no_other(app: Flask, client: Client) -> None:
    make_school(client, "900001", aliases=["mis-1"])
    make_school(client, "900002")
    for named in ("900001", "mis-1"):
        asks = make_key(app, schools=[named])
        assert [school["urn"] for school in asks.get("/v1/schools").json["items"]] == ["900001"]
        assert asks.get("/v1/schools/mis-1").json["urn"] == "900001"
        problem_in(asks.get("/v1/schools/900002"), 404)
        problem_in(asks.put("/v1/schools/900002", {"name": "x"}), 404)
        problem_in(asks.put("/v1/schools/900003", {"name": "x"}), 404)


def test_a_receipt_is_seen_by_who_sees_its_school(app: Flask, client: Client) -> None:
    for urn in ("900001", "900002"):
        make_school(client, urn)
    pushed = client.put("/v1/schools/900001/registers/2026-11-20/AM", {"marks": {"P": "/"}}).json["import_id"]
    own, other = make_key(app, schools=["900001"]), make_key(app, schools=["900002"])

    assert own.get(f"/v1/imports/{pushed}").status_code == 200
    assert [kept["import_id"] for kept in own.get("/v1/imports").json["items"]] == [pushed]
    assert other.get("/v1/imports").json["items"] == []
    problem_in(other.get(f"/v1/imports/{pushed}"), 404)
    problem_in(other.get(f"/v1/imports/{pushed}/errors"), 404)


def test_the_command_makes_a_key_and_prints_its_token_alone(app: Flask, client: Client) -> None:
    make_school(client)
    options = ["--name", "mis", "--scope", "attendance:read", "--scope", "pupils:read", "--school", "900001"]

    made = app.test_cli_runner().invoke(args=["keys", "create", *options])

    assert made.exit_code == 0, made.output
    token = made.output.strip()
    assert made.output == token + "\n"
    assert token.startswith("hw_")
    assert len(token) > 40
    assert Client(app, token).get("/v1/schools/900001").status_code == 200
    problem_in(Client(app, token).get("/v1/imports"), 403)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--name", "x", "--scope", "all", "--school", "*"], "unknown scope all; known are attendance:write"),
        (["--name", " ", "--scope", "admin", "--school", "*"], "needs a name"),
        (["--name", "x", "--scope", "admin", "--school", "*", "--person", "sam"], "person"),
        (["--name", "x", "--scope", "admin"], "--school"),
        (["--name", "x", "--school", "*"], "--scope"),
        (["--scope", "admin", "--school", "*"], "--name"),
    ],
)
def test_the_command_says_in_words_what_is_wrong(app: Flask, options: list[str], sentence: str) -> None:
    made = app.test_cli_runner().invoke(args=["keys", "create", *options])

    assert made.exit_code != 0
    assert sentence in made.output
    assert "Traceback" not in made.output
    assert "hw_" not in made.output


def test_a_token_is_nowhere_in_the_database(app: Flask) -> None:
    client = make_key(app)
    make_school(client)
    row = {"pupil": "P001", "date": "2026-11-20", "session": "AM", "code": "/"}
    client.post("/v1/schools/900001/marks", [row], headers={"Idempotency-Key": "k"})
    assert client.token is not None

    with app.extensions["headway"].tools.database.looking_up() as connection:
        names = connection.dialect.get_table_names(connection)
        kept = [str(row) for name in names for row in connection.execute(text(f'SELECT * FROM "{name}"'))]
        hashes = connection.scalars(select(ApiKey.token_hash)).all()

    assert len(hashes) == 1
    assert any(hashes[0] in row for row in kept)
    assert not any(client.token in row or client.token.removeprefix("hw_") in row for row in kept)
