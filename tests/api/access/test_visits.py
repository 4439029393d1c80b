"""What the token of a visitor link opens: its challenges' reports, a form to ask, and nothing else."""

from typing import Any

import pytest
from flask import Flask

from services.access import visits
from tests.api.tracker.test_statements import counted
from tests.conftest import Clock
from tests.make import Client, make_action, make_challenge, make_link, make_person, make_school

AT_ONCE = {"If-Match": "*"}


class Scene:
    """A school with two challenges, the first behind a link, and a visitor with that link's token."""

    def __init__(self, app: Flask, client: Client) -> None:
        make_school(client)
        self.app, self.client = app, client
        self.shown = make_challenge(client, title="Shown", lead=make_person(client, name="Grace Lead"))
        self.hidden = make_challenge(client, title="Kept back")
        self.action = make_action(client, self.shown)
        self.link = make_link(client, self.shown)
        self.visitor = Client(app, self.link["token"])

    def requests(self) -> list[Any]:
        return list(self.client.get("/v1/schools/900001/requests").json["items"])


@pytest.fixture
def scene(app: Flask, client: Client) -> Scene:
    return Scene(app, client)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/visitor/challenges", 200),
        ("GET", "/v1/visitor/challenges/{shown}/progress", 200),
        ("GET", "/v1/visitor/challenges/{hidden}/progress", 404),
        ("GET", "/v1/visitor/challenges/x/progress", 404),
        ("POST", "/v1/visitor/requests", 422),
        ("GET", "/v1/visitor/requests", 405),
        ("GET", "/v1/challenges", 401),
        ("GET", "/v1/challenges/{shown}", 401),
        ("GET", "/v1/challenges/{shown}/progress", 401),
        ("GET", "/v1/challenges/{shown}/history", 401),
        ("PATCH", "/v1/challenges/{shown}", 401),
        ("GET", "/v1/actions/{action}", 401),
        ("GET", "/v1/people", 401),
        ("GET", "/v1/evidence", 401),
        ("GET", "/v1/schools", 401),
        ("GET", "/v1/schools/900001", 401),
        ("GET", "/v1/schools/900001/progress", 401),
        ("GET", "/v1/schools/900001/attendance", 401),
        ("GET", "/v1/schools/900001/requests", 401),
        ("GET", "/v1/visitor-links", 401),
        ("DELETE", "/v1/visitor-links/{link}", 401),
        ("GET", "/v1/audit", 401),
    ],
)
def test_a_visitor_opens_what_is_behind_the_link_and_nothing_else(
    scene: Scene, method: str, path: str, status: int
) -> None:
    names = {"shown": scene.shown, "hidden": scene.hidden, "action": scene.action, "link": scene.link["id"]}
    body = {"json": {}} if method in ("POST", "PATCH") else {}

    answer = scene.visitor(method, path.format(**names), **body)

    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/v1/visitor/challenges", "/v1/visitor/challenges/{shown}/progress"])
def test_a_key_is_no_visitor(scene: Scene, path: str) -> None:
    assert scene.client.get(path.format(shown=scene.shown)).status_code == 401


def test_the_list_holds_the_challenges_of_the_link(scene: Scene) -> None:
    [listed] = scene.visitor.get("/v1/visitor/challenges").json["items"]

    assert (listed["id"], listed["title"], listed["school"]) == (scene.shown, "Shown", "900001")


def test_the_report_is_the_school_s_own_but_for_what_is_missing(scene: Scene) -> None:
    seen = scene.visitor.get(f"/v1/visitor/challenges/{scene.shown}/progress").json
    own = scene.client.get(f"/v1/challenges/{scene.shown}/progress").json

    for part in (own, own["challenges"][0]):
        assert part.pop("clarity")
    assert own["challenges"][0].pop("gaps")
    assert seen == own
    assert seen["challenges"][0]["lead"]["name"] == "Grace Lead"


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda scene, clock: clock.set("2026-12-18T17:00:00+00:00"), id="its time is over"),
        pytest.param(
            lambda scene, clock: scene.client.delete(
                f"/v1/visitor-links/{scene.link['id']}", headers=AT_ONCE
            ),
            id="it was revoked",
        ),
        pytest.param(lambda scene, clock: setattr(scene.visitor, "token", "hv_0"), id="it never was"),
    ],
)
def test_a_link_that_ended_opens_nothing(scene: Scene, clock: Clock, end: Any) -> None:
    assert scene.visitor.get("/v1/visitor/challenges").status_code == 200
    end(scene, clock)

    for answer in (
        scene.visitor.get("/v1/visitor/challenges"),
        scene.visitor.get(f"/v1/visitor/challenges/{scene.shown}/progress"),
        scene.visitor.post("/v1/visitor/requests", {"text": "x"}),
    ):
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    for method, path in (("GET", ""), ("POST", "/requests")):
        page = Client(scene.app, None)(method, f"/visit/{scene.visitor.token}{path}", data={"text": "x"})
        assert (page.status_code, page.mimetype) == (404, "text/html")
    assert scene.requests() == []


def test_a_challenge_that_was_deleted_since_is_no_longer_shown(scene: Scene) -> None:
    scene.client.delete(f"/v1/challenges/{scene.shown}", headers=AT_ONCE)

    assert scene.visitor.get("/v1/visitor/challenges").json["items"] == []
    assert scene.visitor.get(f"/v1/visitor/challenges/{scene.shown}/progress").status_code == 404
    assert "Shown" not in Client(scene.app, None).get(f"/visit/{scene.link['token']}").text


def test_what_a_visitor_asks_for_arrives_as_a_request(scene: Scene) -> None:
    asked = {"text": "Could the late bus run on Fridays?", "asked_by": "Forum", "challenge": scene.shown}

    answer = scene.visitor.post("/v1/visitor/requests", asked)

    assert answer.status_code == 201
    assert answer.json.items() >= (asked | {"status": "open"}).items()
    [request] = scene.requests()
    assert request.items() >= (asked | {"link": scene.link["id"], "status": "open"}).items()
    assert request["created_by"] == f"visitor {scene.link['id']}"


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"text": " "}, "/text", id="nothing"),
        pytest.param({"text": None}, "/text", id="null"),
        pytest.param({"challenge": "{hidden}"}, "/challenge", id="a challenge that isn't shown"),
        pytest.param({"challenge": "x"}, "/challenge", id="no challenge"),
        pytest.param({"asked_by": "x" * 201}, "/asked_by", id="too long a name"),
        pytest.param({"name": "Ada"}, "/name", id="a field that isn't known"),
    ],
)
def test_what_is_wrong_with_it_is_pointed_at(scene: Scene, fields: dict[str, Any], pointer: str) -> None:
    fields = {name: scene.hidden if value == "{hidden}" else value for name, value in fields.items()}

    answer = scene.visitor.post("/v1/visitor/requests", {"text": "A late bus?"} | fields)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_the_same_asked_twice_is_one_request_until_it_was_seen_to(scene: Scene) -> None:
    asked = {"text": "A late bus?"}
    first = scene.visitor.post("/v1/visitor/requests", asked, headers={"Idempotency-Key": "ask-1"})
    again = scene.visitor.post("/v1/visitor/requests", asked)
    assert first.json["id"] == again.json["id"]
    path = f"/v1/schools/900001/requests/{first.json['id']}/decline"
    assert scene.client.post(path, {"note": "No driver."}).status_code == 200

    scene.visitor.post("/v1/visitor/requests", asked)

    assert [request["status"] for request in scene.requests()] == ["declined", "open"]


def test_one_link_cannot_bury_a_school_in_requests(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MOST_OPEN_REQUESTS", 2)
    for text in ("one", "two"):
        assert scene.visitor.post("/v1/visitor/requests", {"text": text}).status_code == 201

    answer = scene.visitor.post("/v1/visitor/requests", {"text": "three"})

    assert (answer.status_code, answer.mimetype) == (429, "application/problem+json")
    other = Client(scene.app, make_link(scene.client, scene.shown)["token"])
    assert other.post("/v1/visitor/requests", {"text": "three"}).status_code == 201


def test_a_pupil_s_number_is_never_kept(scene: Scene) -> None:
    scene.visitor.post("/v1/visitor/requests", {"text": "How is A123456789012 doing?"})

    assert "123456789" not in str(scene.requests())


def test_a_link_to_more_challenges_takes_no_more_statements(scene: Scene) -> None:
    one = Client(scene.app, None)
    more = [make_challenge(scene.client) for _ in range(3)]
    for challenge in more:
        make_action(scene.client, challenge)
    wide = make_link(scene.client, scene.shown, *more)
    one.get(f"/visit/{wide['token']}")  # what an application keeps of the roll is read once

    with counted(scene.app) as few:
        one.get(f"/visit/{scene.link['token']}")
    with counted(scene.app) as many:
        one.get(f"/visit/{wide['token']}")

    assert len(many) == len(few), "\n".join(many)
