"""`/visit/{token}`: a page for people who click, which tells nobody where it is."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from services.access import visits
from tests.make import Client, make_action, make_challenge, make_link, make_person, make_school

SCRIPT = "<script>alert('x')</script>"


@pytest.fixture
def challenge(client: Client) -> str:
    make_school(client, name="Hill School")
    return make_challenge(
        client, title=f"Absence {SCRIPT}", context=SCRIPT, lead=make_person(client, name="Grace Lead")
    )


@pytest.fixture
def link(client: Client, challenge: str) -> dict[str, Any]:
    return make_link(client, challenge)


@pytest.fixture
def anyone(app: Flask) -> Client:
    return Client(app, None)


def ask(anyone: Client, link: dict[str, Any], **form: str) -> TestResponse:
    return anyone("POST", f"/visit/{link['token']}/requests", data=form)


def test_it_shows_how_each_challenge_is_addressed(
    client: Client, anyone: Client, challenge: str, link: dict[str, Any]
) -> None:
    action = make_action(
        client, challenge, owner=make_person(client, name="Olu Owner"), start_on="2026-09-07",
        due_on="2026-12-18", success_criteria=[{"text": "Nobody under 92", "met": "partly"}],
    )  # fmt: skip
    client.post(f"/v1/actions/{action}/milestones", {"title": "Cook found", "done_on": "2026-10-01"})
    client.post(f"/v1/actions/{action}/updates", {"note": "Twelve came.", "progress": 40})
    about = [{"type": "action", "id": action}]
    client.post("/v1/evidence", {"title": "Club register", "kind": "note", "text": "x", "about": about})
    client.post(f"/v1/challenges/{challenge}/reviews", {"held_on": "2026-11-16", "decisions": "Carry on."})
    points = [{"on": "2026-09-14", "value": 8}, {"on": "2026-11-16", "value": 6}]
    figure = {"measure": "custom", "title": "Late buses", "unit": "a week", "points": points}
    target = {"baseline_on": "2026-09-14", "target": 4, "target_on": "2027-07-16", "direction": "down"}
    assert client.post(f"/v1/challenges/{challenge}/indicators", figure | target).status_code == 201

    page = anyone.get(f"/visit/{link['token']}")

    assert (page.status_code, page.mimetype) == (200, "text/html")
    text = re.sub(r"\s+", " ", page.text.replace("\xa0", " ").replace("&nbsp;", " "))
    for words in (
        "Hill School", "as of 20 November 2026", "Grace Lead", "Breakfast club", "Olu Owner",
        "7 September 2026 to 18 December 2026", "40 %", "Twelve came.", "Cook found", "done on 1 October 2026",
        "Nobody under 92", "Partly met", "Club register", "Carry on.", "Late buses", "8 a week", "6 a week",
        "4 a week", "50 % of the way", "until 18 December 2026",
    ):  # fmt: skip
        assert words in text, words


def test_what_is_missing_is_not_shown(anyone: Client, link: dict[str, Any]) -> None:
    page = anyone.get(f"/visit/{link['token']}").text

    assert "/v1/" not in page
    assert "no measure" not in page.lower()


def test_text_stays_text(anyone: Client, link: dict[str, Any]) -> None:
    asked = ask(anyone, link, text=" ", asked_by='"><script>')

    for page in (anyone.get(f"/visit/{link['token']}").text, asked.text):
        assert "<script" not in page
        assert "&lt;script&gt;" in page


def test_browsers_are_told_to_run_nothing_and_to_tell_nobody(anyone: Client, link: dict[str, Any]) -> None:
    for answer in (
        anyone.get(f"/visit/{link['token']}"),
        anyone.get("/visit/hv_0"),
        ask(anyone, link, text="x"),
        ask(anyone, link, text="x" * 70_000),
    ):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert policy["form-action"] == "'self'"
        nonce = policy["style-src"].removeprefix("'nonce-").removesuffix("'")
        assert (
            answer.mimetype != "text/html" or answer.status_code == 303 or f'nonce="{nonce}"' in answer.text
        )
        assert " style=" not in answer.text


def test_what_is_asked_there_arrives_and_the_page_says_so(
    client: Client, anyone: Client, challenge: str, link: dict[str, Any]
) -> None:
    answer = ask(anyone, link, text="A late bus?\r\nOn Fridays.", asked_by="", challenge=challenge)

    assert answer.status_code == 303
    assert "Thank you." in anyone.get(answer.headers["Location"]).text
    [request] = client.get("/v1/schools/900001/requests").json["items"]
    assert (request["text"], request["asked_by"]) == ("A late bus?\nOn Fridays.", None)
    assert (request["challenge"], request["link"]) == (challenge, link["id"])


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: Client, anyone: Client, link: dict[str, Any]
) -> None:
    answer = ask(anyone, link, asked_by="The forum")

    assert answer.status_code == 422
    assert "Please write what you would like to ask for" in answer.text
    assert 'value="The forum"' in answer.text
    assert ask(anyone, link, text="x", challenge="x").status_code == 422
    assert client.get("/v1/schools/900001/requests").json["items"] == []


def test_too_many_are_refused_in_words(
    anyone: Client, link: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "MOST_OPEN_REQUESTS", 0)

    answer = ask(anyone, link, text="A late bus?")

    assert answer.status_code == 429
    assert "wait for the school" in answer.text
    assert "A late bus?</textarea>" in answer.text


def test_a_link_that_shows_nothing_says_so_kindly(anyone: Client) -> None:
    page = anyone.get("/visit/hv_0")

    assert page.status_code == 404
    assert "This link shows nothing" in page.text


@pytest.fixture
def logged(app: Flask) -> Iterator[Any]:
    """What is logged while a test runs, at the most talkative level, by us and by everything else."""
    stream, root, ours = io.StringIO(), logging.getLogger(), logging.getLogger("headway")
    levels, handlers = (root.level, ours.level), (ours.handlers[:], root.handlers[:])
    caught = logging.StreamHandler(stream)
    caught.setFormatter(ours.handlers[0].formatter)
    ours.handlers, ours.level = [caught], logging.DEBUG
    root.addHandler(caught)
    root.setLevel(logging.DEBUG)
    yield stream.getvalue
    (ours.handlers, root.handlers), (root.level, ours.level) = handlers, levels


def test_no_token_is_logged_measured_or_quoted(
    client: Client, anyone: Client, link: dict[str, Any], logged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/visit/{link['token']}"
    answers = [
        anyone.get(path),
        anyone.get(path + "/nowhere"),
        anyone.get(path + "0"),
        anyone("DELETE", path),
        ask(anyone, link, text="x" * 70_000),
        Client(client.app, link["token"]).get("/v1/visitor/challenges"),
        Client(client.app, link["token"]).get("/v1/challenges"),
        anyone.get("/metrics"),
    ]

    def fail(*given: Any, **_: Any) -> None:
        raise RuntimeError(link["token"])

    monkeypatch.setattr(visits, "report_on_all", fail)
    answers.append(anyone.get(path))

    assert [answer.status_code for answer in answers] == [200, 404, 404, 405, 413, 200, 401, 200, 500]
    assert not [one.request.path for one in answers[1:] if link["token"] in one.text]
    assert link["token"] not in logged()
    lines = [json.loads(line) for line in logged().splitlines()]
    assert {"/visit/<token>"} <= {line.get("endpoint") for line in lines}
