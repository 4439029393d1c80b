"""Resources by the id that another system has for them."""

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import URN, Client, make_action, make_challenge, make_key, make_person, make_school

AT_ONCE = {"If-Match": "*"}


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def test_a_challenge_is_made_once_and_then_changed(client: Client) -> None:
    path = "/v1/challenges/external/sims/A-17"
    made = client.put(path, {"school": URN, "kind": "attendance", "title": "Mondays"})
    again = client.put(path, {"school": URN, "kind": "attendance", "title": "Mondays"})
    changed = client.put(path, {"title": "Mondays and Fridays"})

    assert (made.status_code, again.status_code, changed.status_code) == (201, 200, 200)
    assert made.headers["Location"] == f"/v1/challenges/{made.json['id']}"
    assert (made.json["source"], made.json["external_id"]) == ("sims", "A-17")
    assert again.headers["ETag"] == made.headers["ETag"]
    assert changed.json["title"] == "Mondays and Fridays" and changed.json["kind"] == "attendance"
    assert changed.json["id"] == made.json["id"] and changed.json["revision"] == 2
    assert client.get(path).json == client.get(f"/v1/challenges/{made.json['id']}").json


def test_what_a_new_one_needs_is_asked_for(client: Client) -> None:
    answer = client.put("/v1/challenges/external/sims/A-17", {"title": "Mondays"})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/school", "/kind"]
    assert client.get("/v1/challenges/external/sims/A-17").status_code == 404


def test_an_action_names_its_challenge(client: Client) -> None:
    challenge, other = make_challenge(client), make_challenge(client)
    given = {"challenge": challenge, "title": "Club", "owner": make_person(client)}
    path = "/v1/actions/external/planner/7"

    assert client.put(path, given).status_code == 201
    assert (
        client.put(path, given | {"status": "in_progress", "note": "Begun"}).json["status"] == "in_progress"
    )
    moved = client.put(path, given | {"challenge": other})
    unknown = client.put("/v1/actions/external/planner/8", given | {"challenge": "x"})

    assert (moved.status_code, moved.json["errors"][0]["pointer"]) == (422, "/challenge")
    assert (unknown.status_code, unknown.json["errors"][0]["pointer"]) == (422, "/challenge")


def test_people_and_evidence_have_them_too(client: Client) -> None:
    person = client.put("/v1/people/external/hr/9", {"name": "Ada", "schools": [URN]})
    piece = client.put("/v1/evidence/external/drive/x", {"title": "List", "kind": "note", "text": "Twelve"})

    assert (person.status_code, piece.status_code) == (201, 201)
    assert client.put("/v1/people/external/hr/9", {"role": "SENCO"}).json["role"] == "SENCO"
    assert client.put("/v1/evidence/external/drive/x", {"text": "13"}).json["text"] == "13"


def test_one_that_was_deleted_is_brought_back(client: Client) -> None:
    path = "/v1/challenges/external/sims/A-17"
    made = client.put(path, {"school": URN, "kind": "attendance", "title": "Mondays"}).json
    client.delete(f"/v1/challenges/{made['id']}", headers=AT_ONCE)
    assert client.get(path).status_code == 404

    back = client.put(path, {"title": "Mondays again"})

    assert (back.status_code, back.json["id"]) == (200, made["id"])
    assert client.get(f"/v1/challenges/{made['id']}").json["title"] == "Mondays again"


def test_each_school_has_its_own(app: Flask, client: Client) -> None:
    make_school(client, "900002")
    path = "/v1/challenges/external/sims/A-17"
    for urn in (URN, "900002"):
        assert client.put(path, {"school": urn, "kind": "attendance", "title": urn}).status_code == 201

    assert client.put(path, {"title": "which?"}).status_code == 409
    assert client.put(path, {"school": "900002", "title": "that"}).json["school"] == "900002"
    only = make_key(app, schools=(URN,))
    assert only.put(path, {"title": "mine"}).json["school"] == URN
    assert only.put(path, {"school": "900002", "title": "not mine"}).json["errors"][0]["pointer"] == "/school"


def test_rules_hold_here_too(client: Client) -> None:
    challenge = make_challenge(client)
    action = make_action(client, challenge, source="planner", external_id="7")

    refused = client.put("/v1/actions/external/planner/7", {"status": "done"})

    assert refused.status_code == 409
    assert client.get(f"/v1/actions/{action}").json["status"] == "planned"
    assert client.put("/v1/actions/external/planner/7", {"source": "x"}).status_code == 422
    assert client.get(f"/v1/actions/external/{'x' * 65}/7").status_code == 404


def test_an_id_may_hold_slashes(client: Client) -> None:
    given = {"school": URN, "kind": "attendance", "title": "Mondays"}

    made = client.put("/v1/challenges/external/sims/2026%2F27%2FA-17", given)

    assert (made.status_code, made.json["external_id"]) == (201, "2026/27/A-17")
    assert client.get("/v1/challenges/external/sims/2026%2F27%2FA-17").json["id"] == made.json["id"]


def test_if_match_is_heeded_where_it_is_sent(client: Client) -> None:
    path = "/v1/challenges/external/sims/A-17"
    given = {"school": URN, "kind": "attendance", "title": "Mondays"}
    nothing_yet = client.put(path, given, headers={"If-Match": '"1.x"'})
    first = client.put(path, given).headers["ETag"]
    client.put(path, {"title": "Tuesdays"})

    stale = client.put(path, {"title": "Fridays"}, headers={"If-Match": first})

    assert (nothing_yet.status_code, stale.status_code) == (412, 412)
    assert [(each["field"], each["new"]) for each in stale.json["changes"]] == [("title", "Tuesdays")]
    assert client.get(path).json["title"] == "Tuesdays"
    current = client.get(path).headers["ETag"]
    assert client.put(path, {"title": "Fridays"}, headers={"If-Match": current}).status_code == 200


def test_one_of_several_schools_is_read_by_its_school(client: Client) -> None:
    path = "/v1/challenges/external/trust/A-17"
    for urn in (URN, make_school(client, "900002")):
        client.put(path, {"school": urn, "kind": "attendance", "title": urn})

    assert client.get(path).status_code == 409
    assert client.get(f"{path}?school=900002").json["title"] == "900002"
    assert client.get(f"{path}?school=900003").status_code == 404


def test_it_is_read_as_it_stood(client: Client, clock: Clock) -> None:
    path = "/v1/challenges/external/sims/A-17"
    made = client.put(path, {"school": URN, "kind": "attendance", "title": "Mondays"})
    then = made.json["updated_at"]
    clock.advance(hours=1)
    client.put(path, {"title": "Tuesdays"})
    client.delete(f"/v1/challenges/{made.json['id']}", headers=AT_ONCE)

    assert client.get(f"{path}?as_of={then}").json["title"] == "Mondays"
    assert client.get(path).status_code == 404
    assert client.get(f"{path}?expand=actions&as_of={then}").json["actions"] == []
