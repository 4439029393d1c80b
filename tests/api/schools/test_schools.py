"""`/v1/schools`."""

from flask import Flask

from tests.make import Client, make_key, make_school


def test_a_school_is_created_then_changed(client: Client) -> None:
    first = client.put("/v1/schools/900001", {"name": "Example School"})
    again = client.put("/v1/schools/900001", {"name": "Example School"})
    changed = client.put("/v1/schools/900001", {"name": "Example Academy", "phase": "secondary"})

    assert [first.status_code, again.status_code, changed.status_code] == [201, 200, 200]
    assert [first.json["revision"], again.json["revision"], changed.json["revision"]] == [1, 1, 2]
    assert client.get("/v1/schools/900001").json["name"] == "Example Academy"


def test_an_alias_finds_its_school(client: Client) -> None:
    make_school(client, "900001", aliases=["mis-1"])

    assert client.get("/v1/schools/mis-1").json["urn"] == "900001"


def test_an_alias_finds_one_school_only(client: Client) -> None:
    make_school(client, "900001", aliases=["mis-1"])

    answer = client.put("/v1/schools/900002", {"name": "Another", "aliases": ["mis-1"]})

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/aliases/0"


def test_a_school_outside_the_key_is_answered_as_one_that_does_not_exist(app: Flask, client: Client) -> None:
    make_school(client, "900001")
    make_school(client, "900002")
    narrow = make_key(app, schools=["900001"])

    hidden, absent = narrow.get("/v1/schools/900002"), narrow.get("/v1/schools/900003")

    assert hidden.status_code == absent.status_code == 404
    assert {**hidden.json, "instance": ""} == {**absent.json, "instance": ""}
    assert [school["urn"] for school in narrow.get("/v1/schools").json["items"]] == ["900001"]


def test_a_list_is_walked_page_by_page(client: Client) -> None:
    for number in range(5):
        make_school(client, f"90000{number}")

    seen, path = [], "/v1/schools?limit=2"
    while path:
        answer = client.get(path)
        seen += [school["urn"] for school in answer.json["items"]]
        path = f"/v1/schools?limit=2&cursor={answer.json['next']}" if answer.json["next"] else ""

    assert seen == [f"90000{number}" for number in range(5)]


def test_an_unchanged_school_is_not_sent_again(client: Client) -> None:
    make_school(client)
    tag = client.get("/v1/schools/900001").headers["ETag"]

    assert client.get("/v1/schools/900001", headers={"If-None-Match": tag}).status_code == 304
