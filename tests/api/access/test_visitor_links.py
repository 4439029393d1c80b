"""`/v1/visitor-links`: made for some challenges and some time, shown once, logged, revoked."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from models import IdempotentAnswer, VisitorLink
from tests.conftest import Clock
from tests.make import Client, make_challenge, make_key, make_link, make_school

LINKS = "/v1/visitor-links"
AT_ONCE = {"If-Match": "*"}
CHRISTMAS = "2026-12-18T17:00:00Z"


@pytest.fixture
def challenge(client: Client) -> str:
    make_school(client)
    return make_challenge(client)


def given(challenge: str, **fields: Any) -> dict[str, Any]:
    return {"school": "900001", "challenges": [challenge], "expires_at": CHRISTMAS} | fields


def test_a_link_is_made_and_its_token_shown_once(client: Client, challenge: str) -> None:
    made = client.post(LINKS, given(challenge, label="Governors"))

    assert made.status_code == 201
    token, url = made.json.pop("token"), made.json.pop("url")
    assert url == f"http://localhost/visit/{token}"
    read = client.get(made.headers["Location"])
    assert read.json.items() >= (given(challenge, label="Governors") | {"revoked_at": None}).items()
    assert read.json["views"] == {"count": 0, "last": None}
    assert token not in read.text + client.get(LINKS).text + client.get(LINKS + "?school=900001").text


def test_only_the_hash_of_a_token_is_kept(app: Flask, client: Client, challenge: str) -> None:
    made = client.post(LINKS, given(challenge), headers={"Idempotency-Key": "link-1"})

    with app.extensions["headway"].tools.database.reading() as connection:
        [link] = connection.execute(select(VisitorLink.__table__))
        [remembered] = connection.execute(select(IdempotentAnswer.__table__))
    assert made.json["token"] not in str(link) + str(remembered)
    assert made.json["token"] not in client.get("/v1/audit").text + client.get(LINKS).text


def test_a_repeated_answer_comes_without_the_secret(client: Client, challenge: str) -> None:
    key = {"Idempotency-Key": "link-1"}
    first = client.post(LINKS, given(challenge), headers=key)

    again = client.post(LINKS, given(challenge), headers=key)

    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert first.json == again.json | {name: first.json[name] for name in ("token", "url")}
    assert not {"token", "url"} & again.json.keys()
    assert first.headers["ETag"] == again.headers["ETag"]
    assert len(client.get(LINKS).json["items"]) == 1


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"expires_at": "2026-11-20T08:59:59Z"}, "/expires_at", id="in the past"),
        pytest.param({"expires_at": "2026-11-20T09:00:00Z"}, "/expires_at", id="right now"),
        pytest.param({"expires_at": "2027-11-22T09:00:00Z"}, "/expires_at", id="over a year ahead"),
        pytest.param({"expires_at": "2026-12-18"}, "/expires_at", id="a day for a time"),
        pytest.param({"challenges": []}, "/challenges", id="no challenge"),
        pytest.param({"challenges": None}, "/challenges", id="null for challenges"),
        pytest.param({"challenges": ["x"]}, "/challenges/0", id="no challenge at all"),
        pytest.param({"school": "900002"}, "/challenges/0", id="a challenge of another school"),
        pytest.param({"school": "999999"}, "/school", id="no school"),
        pytest.param({"token": "mine"}, "/token", id="a token of one's own"),
    ],
)
def test_what_is_wrong_is_pointed_at(
    client: Client, challenge: str, fields: dict[str, Any], pointer: str
) -> None:
    make_school(client, "900002")

    answer = client.post(LINKS, given(challenge) | fields)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_deleted_challenge_is_none(client: Client, challenge: str) -> None:
    client.delete(f"/v1/challenges/{challenge}", headers=AT_ONCE)

    answer = client.post(LINKS, given(challenge))

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/challenges/0")


def test_a_key_makes_and_sees_links_of_its_own_schools_alone(
    app: Flask, client: Client, challenge: str
) -> None:
    make_school(client, "900002")
    link = make_link(client, challenge)["id"]
    other = make_key(app, schools=["900002"])

    refused = other.post(LINKS, given(challenge))

    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/school")
    assert other.get(LINKS).json["items"] == []
    assert other.get(f"{LINKS}/{link}").status_code == 404
    assert other.get(f"{LINKS}/{link}/views").status_code == 404
    assert other.delete(f"{LINKS}/{link}", headers=AT_ONCE).status_code == 404


def test_reading_links_takes_no_more_than_reading_and_making_them_does(
    app: Flask, client: Client, challenge: str
) -> None:
    reader = make_key(app, ["tracker:read"])

    assert reader.get(LINKS).status_code == 200
    assert reader.post(LINKS, given(challenge)).status_code == 403


def test_revoking_takes_if_match_and_leaves_the_link_listed(client: Client, challenge: str) -> None:
    path = f"{LINKS}/{make_link(client, challenge)['id']}"
    tag = client.get(path).headers["ETag"]

    assert client.delete(path).status_code == 428
    assert client.delete(path, headers={"If-Match": '"7.x"'}).status_code == 412
    assert client.delete(path, headers={"If-Match": tag}).status_code == 204

    assert client.get(path).json["revoked_at"] == client.get(LINKS).json["items"][0]["revoked_at"] is not None
    assert [change["field"] for change in client.get(path + "/history").json["items"]][-1] == "revoked_at"
    revision = client.get(path).json["revision"]
    assert client.delete(path, headers=AT_ONCE).status_code == 204
    assert client.get(path).json["revision"] == revision


def test_each_view_is_logged_with_its_time_and_nothing_of_the_person(
    app: Flask, client: Client, challenge: str, clock: Clock
) -> None:
    link = make_link(client, challenge)
    visitor = Client(app, link["token"])
    visitor.get("/v1/visitor/challenges")
    clock.advance(hours=1)
    visitor.get(f"/v1/visitor/challenges/{challenge}/progress")
    clock.advance(hours=1)
    Client(app, None).get(f"/visit/{link['token']}")

    views = client.get(f"{LINKS}/{link['id']}/views").json["items"]

    assert views == [
        {"at": "2026-11-20T11:00:00Z", "challenge": None},
        {"at": "2026-11-20T10:00:00Z", "challenge": challenge},
        {"at": "2026-11-20T09:00:00Z", "challenge": None},
    ]
    read = client.get(f"{LINKS}/{link['id']}")
    assert read.json["views"] == {"count": 3, "last": "2026-11-20T11:00:00Z"}
    assert read.json["revision"] == 1
    assert client.get(f"{LINKS}/{link['id']}/views?limit=2").json["next"]


def test_what_was_refused_is_no_view(app: Flask, client: Client, challenge: str) -> None:
    link = make_link(client, challenge)
    Client(app, link["token"]).get("/v1/visitor/challenges/x/progress")
    Client(app, link["token"]).get("/v1/visitor/challenges?colour=red")

    assert client.get(f"{LINKS}/{link['id']}/views").json["items"] == []


def test_the_list_says_what_has_changed_since(client: Client, challenge: str, clock: Clock) -> None:
    first = make_link(client, challenge)["id"]
    then = clock.advance(hours=1).isoformat()
    clock.advance(hours=1)
    second = make_link(client, challenge)["id"]
    client.delete(f"/v1/visitor-links/{first}", headers={"If-Match": "*"})

    changes = client.get("/v1/visitor-links", query_string={"compare_to": then}).json["changes"]

    assert (changes["added"], changes["gone"]) == ([second], [])
    assert [(each["id"], each["field"]) for each in changes["changed"]] == [(first, "revoked_at")]
