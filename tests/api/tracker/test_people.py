"""`/v1/people`."""

import pytest
from flask import Flask

from tests.make import URN, Client, make_challenge, make_key, make_person, make_school

AT_ONCE = {"If-Match": "*"}


def test_a_person_is_read_as_given_with_schools_by_urn(client: Client) -> None:
    make_school(client, aliases=["mis-1"])
    given = {"name": "Ada Example", "role": "Head of Year 9", "email": "ada@school.example"}

    made = client.post("/v1/people", given | {"schools": ["mis-1"]})

    assert made.status_code == 201
    assert made.json.items() >= (given | {"schools": ["900001"], "active": True}).items()
    assert client.get(f"/v1/people/{made.json['id']}").json == made.json


def test_a_key_sees_people_all_of_whose_schools_are_its_own(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    ours = make_person(client)
    shared = make_person(client, schools=["900001", "900002"])
    nobodys = make_person(client, schools=[])
    narrow = make_key(app, schools=["900001"])

    assert [item["id"] for item in narrow.get("/v1/people").json["items"]] == [ours]
    assert narrow.get(f"/v1/people/{shared}").status_code == 404
    assert narrow.get(f"/v1/people/{nobodys}").status_code == 404
    assert [item["id"] for item in client.get("/v1/people").json["items"]] == [ours, shared, nobodys]
    assert [item["id"] for item in client.get("/v1/people?school=900002").json["items"]] == [shared]


def test_a_person_without_a_school_belongs_to_the_schools_of_the_key(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    narrow = make_key(app, schools=["900001", "900002"])

    assert narrow.post("/v1/people", {"name": "Ada Example"}).json["schools"] == ["900001", "900002"]
    assert client.post("/v1/people", {"name": "Ada Example"}).json["schools"] == []


def test_a_school_that_the_key_may_not_see_is_as_one_that_does_not_exist(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    narrow = make_key(app, schools=["900001"])

    unseen = narrow.post("/v1/people", {"name": "Ada", "schools": ["900001", "900002"]})
    absent = narrow.post("/v1/people", {"name": "Ada", "schools": ["900001", "900009"]})

    assert unseen.json["errors"] == absent.json["errors"]
    assert unseen.json["errors"] == [{"pointer": "/schools/1", "detail": "there is no such school"}]
    assert narrow.get("/v1/people?school=900002").status_code == 404


def test_people_who_left_can_be_told_from_those_who_are_here(client: Client) -> None:
    make_school(client)
    here, left = make_person(client), make_person(client, active=False)

    assert [item["id"] for item in client.get("/v1/people?active=true").json["items"]] == [here]
    assert [item["id"] for item in client.get("/v1/people?active=false").json["items"]] == [left]


def test_moving_to_another_school_takes_a_person_out_of_sight(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    person = make_person(client)
    narrow = make_key(app, schools=["900001"])

    client.patch(f"/v1/people/{person}", {"schools": ["900002"]}, headers=AT_ONCE)

    assert narrow.get(f"/v1/people/{person}").status_code == 404
    assert client.get(f"/v1/people/{person}/history").json["items"][-1]["new"] == ["900002"]


@pytest.mark.parametrize("email", ["ada at school", '"a\x01"@school.example'])
def test_an_address_of_no_mailbox_is_refused(client: Client, email: str) -> None:
    answer = client.post("/v1/people", {"name": "Ada", "email": email})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/email")


def test_a_date_of_birth_is_never_kept(client: Client) -> None:
    answer = client.post("/v1/people", {"name": "Ada", "date_of_birth": "1990-01-01"})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/date_of_birth")


def test_who_has_left_since_is_not_refused_where_they_stand_already(client: Client) -> None:
    make_school(client)
    left, other = make_person(client), make_person(client)
    challenge = f"/v1/challenges/{make_challenge(client, lead=left)}"
    held = {"held_on": "2026-11-16", "attended": [left]}
    review = f"/v1/reviews/{client.post(challenge + '/reviews', held).json['id']}"
    runs = {"title": "Reading", "weekday": "monday", "from": "08:15", "to": "08:45", "lead": left}
    practice = f"/v1/practices/{client.post(f'/v1/schools/{URN}/practice', runs).json['id']}"
    client.delete(f"/v1/people/{left}", headers=AT_ONCE)
    client.delete(f"/v1/people/{other}", headers=AT_ONCE)

    for path, field in ((challenge, "lead"), (review, "attended"), (practice, "lead")):
        named = {"lead": left, "attended": [left]}[field]
        anew = {"lead": other, "attended": [left, other]}[field]
        assert client.patch(path, {field: named}, headers=AT_ONCE).status_code == 200
        assert client.patch(path, {field: anew}, headers=AT_ONCE).status_code == 422
