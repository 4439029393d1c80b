"""`POST /v1/checks/grade-references`, and the warnings in answers to writes of the tracker."""

from typing import Any

import pytest
from flask import Flask

from tests.make import URN, Client, make_action, make_challenge, make_key, make_person, make_school

PATH = "/v1/checks/grade-references"
AT_ONCE = {"If-Match": "*"}
GRADED = "Repaint the Outstanding School sign"


def test_a_text_is_answered_with_place_phrase_reason_and_suggestion(client: Client) -> None:
    text = "Welcome to Hillcrest, an Outstanding school by the sea."

    answer = client.post(PATH, {"text": text})

    assert answer.status_code == 200
    (found,) = answer.json["found"]
    assert found.keys() == {"start", "end", "phrase", "why", "suggestion"}
    assert text[found["start"] : found["end"]] == found["phrase"] == "Outstanding school"
    assert "must stay published" in found["suggestion"]


def test_places_in_a_page_are_those_in_its_html(client: Client) -> None:
    html = "<h1>Out<b>standing</b> school</h1><img alt='Ofsted Good Provider'>"

    found = client.post(PATH, {"html": html}).json["found"]

    assert [html[one["start"] : one["end"]] for one in found] == [
        "Out<b>standing</b> school",
        "Ofsted Good Provider",
    ]


def test_of_several_texts_each_reference_names_its_own(client: Client) -> None:
    found = client.post(
        PATH, {"texts": ["Good day!", "Ofsted: Good", "Rated Good and proud to be Good"]}
    ).json["found"]

    assert [one["text"] for one in found] == [1, 2, 2]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"text": "We have outstanding debts. Have a good day."}, id="ordinary words"),
        pytest.param(
            {"html": "<a href='https://reports.ofsted.gov.uk/provider/21/1'>Ofsted report</a>"},
            id="the report",
        ),
        pytest.param({"text": ""}, id="nothing in a text"),
        pytest.param({"texts": []}, id="no texts"),
    ],
)
def test_what_refers_to_no_grade_is_answered_with_nothing(client: Client, given: dict[str, Any]) -> None:
    answer = client.post(PATH, given)

    assert (answer.status_code, answer.json) == (200, {"found": []})


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        pytest.param({}, "/text", id="nothing"),
        pytest.param({"text": "a", "html": "b"}, "/text", id="two of them"),
        pytest.param({"texts": "a"}, "/texts", id="a text as texts"),
        pytest.param({"texts": ["a", 1]}, "/texts/1", id="a number among the texts"),
        pytest.param({"text": None}, "/text", id="null"),
        pytest.param({"words": "a"}, "/words", id="a field that there isn't"),
        pytest.param({"text": "a" * 1_000_001}, "/text", id="too long"),
        pytest.param({"texts": ["a" * 600_000] * 2}, "/texts", id="too long together"),
        pytest.param({"texts": ["a"] * 1_001}, "/texts", id="too many"),
        pytest.param(["a"], "", id="no object"),
    ],
)
def test_what_cannot_be_looked_over_is_refused_at_its_pointer(
    client: Client, given: Any, pointer: str
) -> None:
    answer = client.post(PATH, given)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_whoever_may_read_the_tracker_may_ask_and_nobody_else(app: Flask) -> None:
    assert make_key(app, ["tracker:read"], [URN]).post(PATH, {"text": "a"}).status_code == 200
    assert make_key(app, ["tracker:write"], [URN]).post(PATH, {"text": "a"}).status_code == 403


def test_a_pupil_number_moves_no_place_and_is_never_quoted(client: Client) -> None:
    text = "Of A123456789012 and others: a school rated Good by Ofsted"

    answer = client.post(PATH, {"text": text})

    (found,) = answer.json["found"]
    assert "Good" in text[found["start"] : found["end"]]
    assert "A123456789012" not in answer.text
    assert "A123456789012" not in client.post(PATH, {"A123456789012": text}).text


def test_nothing_is_stored(client: Client) -> None:
    before = client.get("/v1/audit").json["items"]

    client.post(PATH, {"text": GRADED})

    assert client.get("/v1/audit").json["items"] == before


@pytest.mark.parametrize(
    ("path", "given", "pointer"),
    [
        pytest.param(
            "/v1/challenges/{challenge}/actions",
            {"title": GRADED, "owner": "{person}"},
            "/title",
            id="action",
        ),
        pytest.param(
            "/v1/challenges/{challenge}/actions",
            {"title": "Sign", "owner": "{person}", "success_criteria": [{"text": "New"}, {"text": GRADED}]},
            "/success_criteria/1/text",
            id="success criterion",
        ),
        pytest.param(
            "/v1/actions/{action}/milestones",
            {"title": GRADED, "due_on": "2026-12-18"},
            "/title",
            id="milestone",
        ),
        pytest.param("/v1/actions/{action}/updates", {"note": GRADED}, "/note", id="update"),
        pytest.param("/v1/actions/{action}/comments", {"text": GRADED}, "/text", id="comment"),
        pytest.param(
            "/v1/challenges/{challenge}/reviews",
            {"held_on": "2026-11-16", "decisions": GRADED},
            "/decisions",
            id="review",
        ),
        pytest.param(
            "/v1/challenges",
            {"school": URN, "kind": "other", "kind_label": "Signs", "title": "Signs", "context": GRADED},
            "/context",
            id="challenge",
        ),
        pytest.param(
            "/v1/evidence", {"kind": "note", "title": "Sign", "text": GRADED}, "/text", id="evidence"
        ),
    ],
)
def test_what_is_written_is_kept_and_warned_about(
    client: Client, path: str, given: dict[str, Any], pointer: str
) -> None:
    made = made_below(client)
    body = {name: made["person"] if value == "{person}" else value for name, value in given.items()}
    if path == "/v1/evidence":
        body["about"] = [{"type": "challenge", "id": made["challenge"]}]

    answer = client.post(path.format(**made), body)

    assert answer.status_code == 201, answer.text
    (warning,) = answer.json["warnings"]
    assert warning["pointer"] == pointer
    assert GRADED[warning["start"] : warning["end"]] == warning["phrase"] == "Outstanding School sign"
    assert warning.keys() == {"pointer", "start", "end", "phrase", "why", "suggestion"}


def test_a_change_warns_and_a_read_never_does(client: Client) -> None:
    action = f"/v1/actions/{made_below(client)['action']}"

    changed = client.patch(action, {"title": GRADED}, headers=AT_ONCE)

    assert [warning["pointer"] for warning in changed.json["warnings"]] == ["/title"]
    read = client.get(action)
    assert read.json == {name: value for name, value in changed.json.items() if name != "warnings"}
    assert "warnings" not in client.get(f"{action}/history").text


def test_warnings_are_no_part_of_what_is_kept_or_of_the_revision(client: Client) -> None:
    action = f"/v1/actions/{made_below(client)['action']}"

    changed = client.patch(action, {"title": GRADED}, headers=AT_ONCE)
    again = client.patch(action, {"title": GRADED}, headers={"If-Match": changed.headers["ETag"]})

    assert (again.status_code, again.json["revision"]) == (200, changed.json["revision"])
    assert "suggestion" not in client.get("/v1/audit").text


def test_ordinary_words_bring_no_warnings_at_all(client: Client) -> None:
    action = f"/v1/actions/{made_below(client)['action']}"

    answer = client.patch(action, {"title": "A good day for outstanding debts"}, headers=AT_ONCE)

    assert "warnings" not in answer.json


def made_below(client: Client) -> dict[str, str]:
    """A school's challenge, an action of it, and a person, by id."""
    make_school(client)
    challenge = make_challenge(client)
    return {
        "challenge": challenge,
        "action": make_action(client, challenge),
        "person": make_person(client),
    }
