"""`/v1/challenges`."""

from typing import Any

import pytest
from flask import Flask

from tests.make import Client, make_action, make_challenge, make_key, make_person, make_school

GIVEN = {
    "school": "900001",
    "kind": "attendance",
    "title": "Absence on Mondays",
    "context": "One bus serves the villages.",
    "cohorts": ["sen_provision:E,K"],
    "areas": ["ofsted2025.attendance-and-behaviour"],
    "origin": "data",
    "opened_on": "2026-09-14",
}


def test_a_challenge_is_recorded_and_read_as_it_was_given(client: Client) -> None:
    make_school(client)

    made = client.post("/v1/challenges", GIVEN)
    read = client.get(made.headers["Location"])

    assert made.status_code == 201
    assert read.json.items() >= GIVEN.items()
    assert (read.json["status"], read.json["health"]) == ("open", None)
    assert read.json["created_by"] == "test"
    assert made.headers["ETag"] == read.headers["ETag"]


def test_an_alias_of_the_school_is_answered_as_its_urn(client: Client) -> None:
    make_school(client, aliases=["mis-1"])

    assert client.post("/v1/challenges", GIVEN | {"school": "mis-1"}).json["school"] == "900001"


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"kind": "other"}, "/kind_label", id="other needs a label"),
        pytest.param({"kind": "weather"}, "/kind", id="a kind that there isn't"),
        pytest.param({"closed_on": "2026-09-13"}, "/closed_on", id="closed before it was opened"),
        pytest.param({"cohorts": ["sen_provision:X"]}, "/cohorts/0", id="a value that there isn't"),
        pytest.param({"cohorts": [""]}, "/cohorts/0", id="a cohort that says nothing"),
        pytest.param({"areas": ["ofsted2025.behaviour"]}, "/areas/0", id="an area that there isn't"),
        pytest.param({"lead": "nobody"}, "/lead", id="no id of a person"),
        pytest.param({"school": "900009"}, "/school", id="a school that there isn't"),
        pytest.param({"title": None}, "/title", id="no title"),
        pytest.param({"external_id": "A-17"}, "/source", id="an external id of no system"),
        pytest.param({"grade": 3}, "/grade", id="a field that isn't known"),
    ],
)
def test_what_is_wrong_is_pointed_at(client: Client, fields: dict[str, Any], pointer: str) -> None:
    make_school(client)

    answer = client.post("/v1/challenges", GIVEN | fields)

    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_a_lead_must_be_active_when_named_and_may_leave_later(client: Client) -> None:
    make_school(client)
    lead = make_person(client)
    challenge = make_challenge(client, lead=lead)
    client.patch(f"/v1/people/{lead}", {"active": False}, headers={"If-Match": "*"})

    again = client.post("/v1/challenges", GIVEN | {"lead": lead})
    renamed = client.patch(f"/v1/challenges/{challenge}", {"title": "New"}, headers={"If-Match": "*"})

    assert (again.status_code, again.json["errors"][0]["pointer"]) == (422, "/lead")
    assert renamed.status_code == 200


def test_null_clears_what_may_be_empty(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client, context="A reason", cohorts=["pupil_premium:true"])

    answer = client.patch(
        f"/v1/challenges/{challenge}", {"context": None, "cohorts": None}, headers={"If-Match": "*"}
    )

    assert (answer.json["context"], answer.json["cohorts"]) == (None, [])


def test_closing_and_opening_again(client: Client) -> None:
    make_school(client)
    path = f"/v1/challenges/{make_challenge(client, opened_on='2026-09-14')}"

    closed = client.patch(path, {"closed_on": "2026-11-20"}, headers={"If-Match": "*"})
    assert (closed.json["status"], closed.json["health"]) == ("closed", "done")
    assert client.get("/v1/challenges?status=open").json["items"] == []

    assert client.patch(path, {"closed_on": None}, headers={"If-Match": "*"}).json["status"] == "open"


def test_a_challenge_counts_what_is_below_it(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    make_action(client, challenge, due_on="2026-11-01")
    make_action(client, challenge, status="done")

    answer = client.get(f"/v1/challenges/{challenge}").json

    assert answer["counts"] == {
        "actions": 2,
        "open_actions": 1,
        "overdue_actions": 1,
        "evidence": 0,
        "indicators": 0,
        "reviews": 0,
    }
    assert answer["health"] == "overdue"
    assert "Breakfast club" in answer["health_reason"]


def test_the_list_is_filtered_by_field(client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    lead = make_person(client)
    led = make_challenge(client, lead=lead)
    closed = make_challenge(client, closed_on="2026-11-20", opened_on="2026-09-01")
    other = make_challenge(client, school="900002", kind="retention")

    def ids(query: str) -> list[str]:
        return [item["id"] for item in client.get(f"/v1/challenges?{query}").json["items"]]

    assert ids("") == [led, closed, other]
    assert ids("school=900001") == [led, closed]
    assert ids("kind=retention") == [other]
    assert ids(f"lead={lead}") == [led]
    assert ids("status=closed") == [closed]
    assert ids("as_of=2026-11-21T00:00:00Z&status=closed") == [closed]
    assert ids(f"as_of=2026-11-21T00:00:00Z&school=900001&lead={lead}") == [led]


@pytest.mark.parametrize("as_of", ["", "&as_of=2026-11-21T00:00:00Z"])
def test_a_list_is_walked_page_by_page(client: Client, as_of: str) -> None:
    make_school(client)
    made = [make_challenge(client) for _ in range(5)]

    seen, path = [], f"/v1/challenges?limit=2{as_of}"
    while path:
        answer = client.get(path)
        seen += [item["id"] for item in answer.json["items"]]
        path = f"/v1/challenges?limit=2{as_of}&cursor={answer.json['next']}" if answer.json["next"] else ""

    assert seen == made


def test_an_external_id_is_one_challenge_of_a_school(client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    named = {"source": "mis", "external_id": "A-17"}
    make_challenge(client, **named)

    assert client.post("/v1/challenges", GIVEN | named).status_code == 409
    assert client.post("/v1/challenges", GIVEN | named | {"school": "900002"}).status_code == 201


def test_what_another_school_has_is_as_what_does_not_exist(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    theirs = make_challenge(client, school="900002")
    stranger = make_person(client, schools=["900002"])
    narrow = make_key(app, schools=["900001"])

    for method, path in [
        ("GET", "/v1/challenges/{}"),
        ("GET", "/v1/challenges/{}/history"),
        ("GET", "/v1/challenges/{}/actions"),
        ("GET", "/v1/challenges/{}?as_of=2026-11-21T00:00:00Z"),
        ("PATCH", "/v1/challenges/{}"),
        ("DELETE", "/v1/challenges/{}"),
        ("POST", "/v1/challenges/{}/restore"),
        ("GET", "/v1/actions?challenge={}"),
    ]:
        unseen = narrow(method, path.format(theirs))
        absent = narrow(method, path.format("0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"))
        assert unseen.status_code == absent.status_code == 404, path
        assert unseen.json["detail"] == absent.json["detail"]

    assert narrow.get("/v1/challenges?school=900002").status_code == 404
    assert narrow.get(f"/v1/challenges?lead={stranger}").status_code == 404
    assert narrow.get("/v1/challenges").json["items"] == []
    assert narrow.get("/v1/challenges?as_of=2026-11-21T00:00:00Z").json["items"] == []
    unseen = narrow.post("/v1/challenges", GIVEN | {"school": "900002"})
    absent = narrow.post("/v1/challenges", GIVEN | {"school": "900009"})
    assert unseen.status_code == absent.status_code == 422
    assert unseen.json["errors"] == absent.json["errors"]
    assert narrow.post("/v1/challenges", GIVEN | {"lead": stranger}).json["errors"] == [
        {"pointer": "/lead", "detail": "there is no such person; GET /v1/people lists those there are"}
    ]


def test_reading_and_writing_need_their_scopes(app: Flask, client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    reader, writer = make_key(app, ["tracker:read"]), make_key(app, ["tracker:write"])

    assert reader.get(f"/v1/challenges/{challenge}").status_code == 200
    assert reader.post("/v1/challenges", GIVEN).status_code == 403
    assert writer.get(f"/v1/challenges/{challenge}").status_code == 403
    assert writer.post("/v1/challenges", GIVEN).status_code == 201
