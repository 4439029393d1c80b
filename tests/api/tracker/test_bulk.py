"""Many changes in one call."""

from typing import Any

import pytest
from flask import Flask

from tests.make import Client, make_action, make_challenge, make_key, make_person, make_school

UNKNOWN = "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"


@pytest.fixture
def challenge(client: Client) -> str:
    make_school(client)
    return make_challenge(client)


def test_each_change_has_its_own_result(client: Client, challenge: str) -> None:
    ada = make_person(client)
    first, second = (make_action(client, challenge, owner=ada) for _ in range(2))
    changes = [
        {"id": first, "title": "Changed"},
        {"id": second, "revision": 7, "title": "Too late"},
        {"id": UNKNOWN, "title": "Nothing"},
        {"id": second, "status": "done"},
        {"id": second, "owner": UNKNOWN},
        {"challenge": challenge, "title": "New", "owner": ada},
        {"id": second, "colour": "red"},
    ]

    answer = client.post("/v1/actions/bulk", {"changes": changes})

    results = answer.json["results"]
    assert answer.status_code == 207
    assert [result["status"] for result in results] == [200, 412, 422, 409, 422, 201, 422]
    assert results[0] == {"status": 200, "id": first, "revision": 2}
    assert results[4]["errors"] == [
        {"pointer": "/owner", "detail": "there is no such person; GET /v1/people lists those there are"}
    ]
    assert client.get(f"/v1/actions/{first}").json["title"] == "Changed"
    assert client.get(f"/v1/actions/{results[5]['id']}").json["title"] == "New"
    assert client.get(f"/v1/actions/{second}").json["revision"] == 1


def test_atomic_is_all_or_nothing(client: Client, challenge: str) -> None:
    action = make_action(client, challenge)
    new = {"challenge": challenge, "title": "New", "owner": make_person(client)}
    changes = [{"id": action, "title": "Changed"}, {"id": UNKNOWN, "title": "Nothing"}, new]

    answer = client.post("/v1/actions/bulk?atomic=true", {"changes": changes})

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    told = {"status": 424, "detail": "sound in itself, but nothing was kept", "errors": []}
    kept, refused, made = answer.json["results"]
    assert (kept, refused["status"], made) == (told | {"id": action}, 422, told)
    assert client.get(f"/v1/actions/{action}").json["title"] == "Breakfast club"
    assert client.get(f"/v1/actions/{action}/history").json["items"][-1]["field"] != "title"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"id": 5, "title": "x"}, "/id", id="a number for an id"),
        pytest.param({"id": [], "title": "x"}, "/id", id="a list for an id"),
        pytest.param({"id": UNKNOWN, "revision": "3", "title": "x"}, "/revision", id="a text for a revision"),
        pytest.param({"id": UNKNOWN, "revision": True, "title": "x"}, "/revision", id="true for a revision"),
        pytest.param({"title": "x", "owner": "nobody"}, "/challenge", id="below nothing"),
        pytest.param({"challenge": 5, "title": "x", "owner": "nobody"}, "/challenge", id="below a number"),
    ],
)
def test_a_change_that_names_nothing_leaves_the_others_alone(
    client: Client, challenge: str, change: dict[str, Any], pointer: str
) -> None:
    action = make_action(client, challenge)

    answer = client.post("/v1/actions/bulk", {"changes": [{"id": action, "title": "Changed"}, change]})

    good, bad = answer.json["results"]
    assert (answer.status_code, good["status"], bad["status"]) == (207, 200, 422)
    assert [error["pointer"] for error in bad["errors"]] == [pointer]


def test_when_all_are_refused_it_says_so(client: Client, challenge: str) -> None:
    answer = client.post("/v1/challenges/bulk", {"changes": [{"id": challenge, "kind": "weather"}]})

    assert answer.status_code == 422
    assert answer.json["results"][0]["errors"][0]["pointer"] == "/kind"


def test_what_failed_leaves_no_trace_in_the_audit_log(client: Client, challenge: str) -> None:
    action = make_action(client, challenge)
    changes = [
        {"id": action, "title": "A"},
        {"id": action, "title": "B", "status": "blocked"},
        {"id": action, "title": "C"},
    ]

    answer = client.post("/v1/actions/bulk", {"changes": changes})

    titles = [
        one["new"]
        for one in client.get(f"/v1/actions/{action}/history").json["items"]
        if one["field"] == "title"
    ]
    assert [result["status"] for result in answer.json["results"]] == [200, 409, 200]
    assert titles == ["Breakfast club", "A", "C"]
    assert client.get("/v1/audit/verify?school=900001").json == {"holds": True}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"changes": []}, "/changes"),
        ({"changes": [{"id": UNKNOWN}] * 201}, "/changes"),
        ({}, "/changes"),
        ({"changes": ["x"]}, "/changes/0"),
    ],
)
def test_a_call_has_1_to_200_changes(client: Client, challenge: str, body: object, pointer: str) -> None:
    answer = client.post("/v1/actions/bulk", body)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_other_things_come_in_bulk_too(client: Client, challenge: str) -> None:
    action = make_action(client, challenge)
    made = {
        "/v1/milestones/bulk": {"action": action, "title": "Kitchen"},
        "/v1/people/bulk": {"name": "Ada"},
        "/v1/evidence/bulk": {"title": "List", "kind": "note", "text": "Twelve"},
    }

    for path, new in made.items():
        assert client.post(path, {"changes": [new]}).json["results"][0]["status"] == 201


def test_the_same_key_again_changes_nothing_twice(client: Client, challenge: str) -> None:
    new = {"challenge": challenge, "title": "New", "owner": make_person(client)}
    headers = {"Idempotency-Key": "k1"}

    answers = [client.post("/v1/actions/bulk", {"changes": [new]}, headers=headers).json for _ in range(2)]

    assert answers[0] == answers[1]
    assert len(client.get("/v1/actions").json["items"]) == 1


def test_what_the_key_may_not_see_is_not_there(app: Flask, client: Client, challenge: str) -> None:
    action = make_action(client, challenge)
    make_school(client, "900002")
    elsewhere = make_key(app, schools=("900002",))

    results = elsewhere.post("/v1/actions/bulk", {"changes": [{"id": action, "title": "x"}]}).json["results"]

    assert results[0]["detail"] == "there is no such action"
