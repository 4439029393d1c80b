"""`/v1/evidence`."""

from typing import Any

import pytest
from flask import Flask

from tests.make import Client, make_action, make_challenge, make_key, make_school

AT_ONCE = {"If-Match": "*"}
NOTE = {"title": "Register of the club", "kind": "note", "text": "Twelve came."}


def _about(*things: tuple[str, str]) -> dict[str, Any]:
    return {"about": [{"type": type, "id": id} for type, id in things]}


def test_evidence_is_read_as_it_was_given(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    given = NOTE | _about(("challenge", challenge)) | {
        "captured_on": "2026-10-05",
        "speaks_for": {"from": "2026-09-01", "to": None},
        "cohorts": ["pupil_premium:true"],
    }  # fmt: skip

    made = client.post("/v1/evidence", given)

    assert made.status_code == 201, made.text
    assert made.json.items() >= given.items()
    assert made.json["schools"] == ["900001"]
    assert client.get(f"/v1/evidence/{made.json['id']}").json == made.json


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"kind": "drawing"}, "/kind", id="a kind that there isn't"),
        pytest.param({"kind": "measure"}, "/figures", id="a measure without figures"),
        pytest.param({"figures": {"measure": "attendance"}}, "/figures", id="figures of a note"),
        pytest.param({"school": "900001"}, "/school", id="a school of a note"),
        pytest.param({"text": None}, "/text", id="a note without text"),
        pytest.param({"kind": "link"}, "/url", id="a link without its address"),
        pytest.param({"kind": "link", "url": "javascript:alert(1)"}, "/url", id="no address of a page"),
        pytest.param({"kind": "link", "url": "https://x.example/\0"}, "/url", id="an address with a NUL"),
        pytest.param({"about": [{"type": "action", "id": "x"}]}, "/about/0/id", id="about what there isn't"),
        pytest.param({"about": [{"type": "pupil", "id": "x"}]}, "/about/0/type", id="about what it can't be"),
        pytest.param(
            {"speaks_for": {"from": "2026-10-02", "to": "2026-10-01"}}, "/speaks_for/to", id="backwards"
        ),
        pytest.param({"cohorts": ["x"]}, "/cohorts/0", id="no cohort"),
    ],
)
def test_what_is_wrong_is_pointed_at(client: Client, fields: dict[str, Any], pointer: str) -> None:
    make_school(client)

    answer = client.post("/v1/evidence", NOTE | fields)

    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_a_kind_that_there_is_not_names_those_that_there_are(client: Client) -> None:
    answer = client.post("/v1/evidence", NOTE | {"kind": "drawing"})

    assert "file, link, note, measure" in answer.json["errors"][0]["detail"]


def test_evidence_is_found_by_what_it_is_about(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    action = make_action(client, challenge)
    one = client.post("/v1/evidence", NOTE | _about(("challenge", challenge))).json["id"]
    both = client.post("/v1/evidence", NOTE | _about(("challenge", challenge), ("action", action))).json["id"]

    def ids(query: str) -> list[str]:
        return [item["id"] for item in client.get(f"/v1/evidence?{query}").json["items"]]

    for at in ("", "&as_of=2026-11-21T00:00:00Z"):
        assert ids(f"about=challenge:{challenge}{at}") == [one, both]
        assert ids(f"about={action}{at}") == [both]
        assert ids("school=900001" + at) == [one, both]
    assert client.get("/v1/evidence?about=action:x").status_code == 404
    assert client.get(f"/v1/challenges/{challenge}").json["counts"]["evidence"] == 2


def test_evidence_of_two_schools_is_seen_by_keys_for_both(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    ours, theirs = make_challenge(client), make_challenge(client, school="900002")
    shared = client.post("/v1/evidence", NOTE | _about(("challenge", ours), ("challenge", theirs))).json
    narrow = make_key(app, schools=["900001"])
    path = f"/v1/evidence/{shared['id']}"

    assert shared["schools"] == ["900001", "900002"]
    assert narrow.get(path).status_code == 404
    assert narrow.get("/v1/evidence").json["items"] == []

    client.patch(path, _about(("challenge", ours)), headers=AT_ONCE)
    assert narrow.get(path).json["schools"] == ["900001"]
    assert [change["field"] for change in narrow.get(f"{path}/history").json["items"][-2:]] == [
        "schools",
        "about",
    ]


def test_being_about_what_the_key_may_not_see_is_as_about_what_does_not_exist(
    app: Flask, client: Client
) -> None:
    make_school(client)
    make_school(client, "900002")
    theirs = make_challenge(client, school="900002")
    narrow = make_key(app, schools=["900001"])

    unseen = narrow.post("/v1/evidence", NOTE | _about(("challenge", theirs)))
    absent = narrow.post("/v1/evidence", NOTE | _about(("challenge", "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11")))

    assert unseen.json["errors"] == absent.json["errors"]
    assert narrow.get(f"/v1/evidence?about={theirs}").status_code == 404


def test_evidence_about_nothing_yet_belongs_to_the_schools_of_the_key(app: Flask, client: Client) -> None:
    make_school(client)
    narrow = make_key(app, schools=["900001"])

    assert narrow.post("/v1/evidence", NOTE).json["schools"] == ["900001"]
    assert client.post("/v1/evidence", NOTE).json["schools"] == []
    assert len(narrow.get("/v1/evidence").json["items"]) == 1
