"""`/v1/schools/{urn}/areas`: where a school stands in each area, in words."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.frameworks import AREAS
from tests.conftest import Clock
from tests.make import URN, Client, make_challenge, make_key, make_school

AT_ONCE = {"If-Match": "*"}
AREA = "ofsted2025.inclusion"
PATH = f"/v1/schools/{URN}/areas/{AREA}"


def written(client: Client, **fields: Any) -> TestResponse:
    """The answer to the first PUT of a position."""
    answer = client.put(PATH, {"where_we_are": "Every form has a named adult."} | fields)
    assert answer.status_code == 201, answer.text
    return answer


def make_note(client: Client, challenge: str) -> str:
    """A note that is evidence about a challenge; answers the id."""
    given = {
        "title": "A note",
        "kind": "note",
        "text": "Seen.",
        "about": [{"type": "challenge", "id": challenge}],
    }
    answer = client.post("/v1/evidence", given)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def test_a_position_is_written_and_read_as_it_was_given(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    given = {
        "where_we_are": "Every form has a named adult.",
        "direction": "Parents join in from January.",
        "evidence": [make_note(client, challenge)],
        "challenges": [challenge],
    }

    made = client.put(PATH, given)

    assert made.status_code == 201
    assert made.json.items() >= (given | {"school": URN, "area": AREA, "revision": 1}).items()
    assert client.get(PATH).json == made.json
    assert client.get(PATH).headers["ETag"] == made.headers["ETag"]


def test_writing_it_again_needs_the_revision_that_was_read(client: Client) -> None:
    make_school(client)
    first = written(client).headers["ETag"]

    without = client.put(PATH, {"where_we_are": "Two adults."})
    changed = client.put(PATH, {"direction": "More."}, headers={"If-Match": first})
    stale = client.put(PATH, {"where_we_are": "Three."}, headers={"If-Match": first})

    assert (without.status_code, changed.status_code, stale.status_code) == (428, 200, 412)
    assert changed.json["where_we_are"] is None, "a PUT is the whole of it"
    assert {change["field"] for change in stale.json["changes"]} == {"where_we_are", "direction"}


@pytest.mark.parametrize("if_match", ["*", '"1.abc"'])
def test_a_revision_of_nothing_is_not_there_to_be_changed(client: Client, if_match: str) -> None:
    make_school(client)

    answer = client.put(PATH, {"where_we_are": "A."}, headers={"If-Match": if_match})

    assert (answer.status_code, answer.json["changes"]) == (412, [])


def test_somebody_who_changes_what_was_deleted_in_between_is_told(client: Client) -> None:
    make_school(client)
    held = written(client).headers["ETag"]
    client.delete(PATH, headers=AT_ONCE)

    answer = client.put(PATH, {"where_we_are": "B."}, headers={"If-Match": held})

    assert answer.status_code == 412
    assert [change["field"] for change in answer.json["changes"]] == ["deleted"]


def test_a_deleted_position_comes_back_by_restoring_or_writing(client: Client) -> None:
    make_school(client)
    written(client)

    assert client.delete(PATH).status_code == 428
    assert client.delete(PATH, headers=AT_ONCE).status_code == 204
    assert client.get(PATH).status_code == 404
    assert client.post(f"{PATH}/restore").json["where_we_are"] == "Every form has a named adult."
    client.delete(PATH, headers=AT_ONCE)
    again = client.put(PATH, {"where_we_are": "Anew."})

    assert (again.status_code, again.json["where_we_are"]) == (201, "Anew.")
    assert client.get(PATH).json == again.json


def test_its_history_tells_who_wrote_what(client: Client) -> None:
    make_school(client)
    written(client)
    client.put(PATH, {"where_we_are": "Two adults."}, headers=AT_ONCE)

    changes = client.get(f"{PATH}/history").json["items"]

    told = [(each["old"], each["new"]) for each in changes if each["field"] == "where_we_are"]
    assert told == [(None, "Every form has a named adult."), ("Every form has a named adult.", "Two adults.")]
    assert {each["who"] for each in changes} == {"test"}


def test_it_is_read_as_it_stood(client: Client, clock: Clock) -> None:
    make_school(client)
    written(client)
    before = clock.advance(hours=1).isoformat()
    clock.advance(days=1)
    client.put(PATH, {"where_we_are": "Two adults."}, headers=AT_ONCE)

    then = client.get(PATH, query_string={"as_of": before}).json
    listed = client.get(f"/v1/schools/{URN}/areas", query_string={"as_of": before}).json["items"]
    earlier = client.get(PATH, query_string={"as_of": "2026-11-01T00:00:00Z"})

    assert then["where_we_are"] == "Every form has a named adult."
    assert [item["position"] for item in listed if item["position"]] == [then]
    assert earlier.status_code == 404


def test_the_list_has_every_area_of_every_framework_with_the_position_or_null(client: Client) -> None:
    make_school(client)
    position = written(client).json

    items = client.get(f"/v1/schools/{URN}/areas", query_string={"limit": 200}).json["items"]

    assert [item["id"] for item in items] == list(AREAS)
    assert {item["id"]: item["position"] for item in items if item["position"]} == {AREA: position}
    inclusion = next(item for item in items if item["id"] == AREA)
    assert inclusion["name"] == "Inclusion"
    assert (inclusion["valid_from"], inclusion["valid_to"]) == ("2025-11-10", None)


def test_the_list_comes_in_pages(client: Client) -> None:
    make_school(client)
    path, found = f"/v1/schools/{URN}/areas", []

    page = client.get(path, query_string={"limit": 7}).json
    found += page["items"]
    while page["next"]:
        page = client.get(path, query_string={"limit": 7, "cursor": page["next"]}).json
        found += page["items"]

    assert [item["id"] for item in found] == list(AREAS)


def test_what_has_changed_since_is_told_with_the_list(client: Client, clock: Clock) -> None:
    make_school(client)
    before = clock.advance(hours=1).isoformat()
    clock.advance(days=1)
    position = written(client).json["id"]

    answer = client.get(f"/v1/schools/{URN}/areas", query_string={"compare_to": before}).json

    assert answer["changes"]["added"] == [position]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"grade": "Good"}, "/grade", id="a grade"),
        pytest.param({"evidence": ["x"]}, "/evidence/0", id="no such evidence"),
        pytest.param({"challenges": ["x"]}, "/challenges/0", id="no such challenge"),
        pytest.param({"where_we_are": 1}, "/where_we_are", id="no text"),
        pytest.param({"where_we_are": "  "}, "/where_we_are", id="a blank text"),
    ],
)
def test_what_is_wrong_is_pointed_at(client: Client, fields: dict[str, Any], pointer: str) -> None:
    make_school(client)

    answer = client.put(PATH, fields)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert client.get(PATH).status_code == 404


def test_what_belongs_to_another_school_or_was_deleted_is_not_named_here(client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    elsewhere = make_challenge(client, school="900002")
    deleted = make_challenge(client)
    client.delete(f"/v1/challenges/{deleted}", headers=AT_ONCE)
    note = make_note(client, elsewhere)

    answer = client.put(
        PATH, {"evidence": [note], "challenges": [make_challenge(client), elsewhere, deleted]}
    )

    pointers = [error["pointer"] for error in answer.json["errors"]]
    assert pointers == ["/evidence/0", "/challenges/1", "/challenges/2"]


def test_what_was_deleted_since_it_was_named_may_be_written_again_as_it_was_read(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    note = make_note(client, challenge)
    written(client, challenges=[challenge], evidence=[note])
    client.delete(f"/v1/challenges/{challenge}", headers=AT_ONCE)
    client.delete(f"/v1/evidence/{note}", headers=AT_ONCE)

    again = client.put(
        PATH, {"where_we_are": "More.", "challenges": [challenge], "evidence": [note]}, headers=AT_ONCE
    )
    left = client.put(PATH, {"where_we_are": "More."}, headers=AT_ONCE)
    anew = client.put(PATH, {"where_we_are": "More.", "challenges": [challenge]}, headers=AT_ONCE)

    assert (again.status_code, left.status_code, anew.status_code) == (200, 200, 422)


def test_an_area_or_school_that_there_is_not_is_not_found(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    other = make_key(app, schools=["900002"])

    assert client.put(f"/v1/schools/{URN}/areas/ofsted2025.nothing", {}).status_code == 404
    assert client.get(f"/v1/schools/{URN}/areas/ofsted2025.nothing").status_code == 404
    assert client.get("/v1/schools/900009/areas").status_code == 404
    assert other.put(PATH, {}).status_code == 404
    assert other.get(f"/v1/schools/{URN}/areas").status_code == 404


def test_reading_does_not_let_one_write(app: Flask, client: Client) -> None:
    make_school(client)
    reader = make_key(app, ["tracker:read"])

    assert reader.get(f"/v1/schools/{URN}/areas").status_code == 200
    assert reader.put(PATH, {}).status_code == 403
