"""`/v1/schools/{urn}/requests`: what is asked for, until somebody makes it an action or declines it."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import Client, make_challenge, make_key, make_link, make_person, make_school

PATH = "/v1/schools/900001/requests"
AT_ONCE = {"If-Match": "*"}


@pytest.fixture
def challenge(client: Client) -> str:
    make_school(client)
    return make_challenge(client)


@pytest.fixture
def owner(client: Client, challenge: str) -> str:
    return make_person(client)


def asked(client: Client, **fields: Any) -> str:
    """A request that was asked by word; answers its path below the school."""
    answer = client.post(PATH, {"text": "A late bus?"} | fields)
    assert answer.status_code == 201, answer.text
    return f"{PATH}/{answer.json['id']}"


def by_id(path: str) -> str:
    return "/v1/requests/" + path.rsplit("/", 1)[1]


def test_a_request_is_written_down_and_read_as_it_was_given(client: Client, challenge: str) -> None:
    given = {"text": "Could the late bus run?", "asked_by": "The forum", "challenge": challenge}

    made = client.post(PATH, given)

    assert made.status_code == 201
    nothing_yet = {"status": "open", "action": None, "note": None, "link": None}
    assert made.json.items() >= (given | nothing_yet).items()
    assert client.get(made.headers["Location"]).json == made.json
    assert client.get(PATH).json["items"] == [made.json]


def test_accepting_makes_a_planned_action_in_the_words_of_the_request(
    client: Client, challenge: str, owner: str
) -> None:
    path = asked(client, text="Run the late bus on Fridays.\nForty families need it.", challenge=challenge)

    answer = client.post(path + "/accept", {"owner": owner, "due_on": "2027-01-29"})

    assert answer.status_code == 201
    expected = {
        "challenge": challenge,
        "title": "Run the late bus on Fridays.",
        "intent": "Run the late bus on Fridays.\nForty families need it.",
        "owner": owner,
        "status": "planned",
        "due_on": "2027-01-29",
    }
    assert answer.json.items() >= expected.items()
    assert client.get(answer.headers["Location"]).json.items() >= expected.items()
    assert answer.json["request"] == client.get(by_id(path)).json
    assert answer.json["request"]["status"] == "accepted"
    assert answer.json["request"]["action"] == answer.json["id"]


def test_the_title_of_a_long_request_is_cut_between_words(client: Client, challenge: str, owner: str) -> None:
    path = asked(client, text="  Could  the late bus " + "run " * 60, challenge=challenge)

    title = client.post(path + "/accept", {"owner": owner}).json["title"]

    assert title.startswith("Could the late bus run run")
    assert title.endswith("run…")
    assert 80 < len(title) <= 100


def test_who_accepts_may_say_title_and_challenge(client: Client, challenge: str, owner: str) -> None:
    other = make_challenge(client, title="Buses")
    path = asked(client, challenge=challenge)

    answer = client.post(path + "/accept", {"owner": owner, "title": "Late bus", "challenge": other})

    assert (answer.json["title"], answer.json["challenge"]) == ("Late bus", other)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"owner": None}, "/owner", id="null for an owner"),
        pytest.param({"owner": "x", "challenge": "{own}"}, "/owner", id="an owner there isn't"),
        pytest.param({}, "/challenge", id="no challenge"),
        pytest.param({"challenge": "x"}, "/challenge", id="a challenge there isn't"),
        pytest.param({"challenge": "{elsewhere}"}, "/challenge", id="a challenge of another school"),
        pytest.param({"status": "done"}, "/status", id="a field that isn't known"),
    ],
)
def test_what_is_wrong_in_accepting_is_pointed_at_and_changes_nothing(
    client: Client, challenge: str, owner: str, fields: dict[str, Any], pointer: str
) -> None:
    make_school(client, "900002")
    elsewhere = make_challenge(client, school="900002")
    known = {"{own}": challenge, "{elsewhere}": elsewhere}
    fields = {name: known.get(value, value) for name, value in fields.items()}
    path = asked(client)

    answer = client.post(path + "/accept", {"owner": owner} | fields)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert client.get(by_id(path)).json["status"] == "open"
    assert client.get("/v1/actions").json["items"] == []


def visited(client: Client, *challenges: str) -> str:
    """A request that names no challenge, through a link to these; answers its path below the school."""
    token = make_link(client, *challenges)["token"]
    made = Client(client.app, token).post("/v1/visitor/requests", {"text": "May we see the club?"})
    assert made.status_code == 201, made.text
    return f"{PATH}/{made.json['id']}"


def test_what_came_through_a_link_to_one_challenge_is_about_that(
    client: Client, challenge: str, owner: str
) -> None:
    of_one, of_two = visited(client, challenge), visited(client, challenge, make_challenge(client))

    accepted = client.post(of_one + "/accept", {"owner": owner})
    refused = client.post(of_two + "/accept", {"owner": owner})

    assert (accepted.status_code, accepted.json["challenge"]) == (201, challenge)
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/challenge")


def test_one_is_read_below_its_school_too(client: Client, challenge: str) -> None:
    path = asked(client)
    make_school(client, "900002")

    assert client.get(path).json == client.get(by_id(path)).json
    assert client.get(path + "/history").json == client.get(by_id(path) + "/history").json
    assert client.get(path.replace("900001", "900002")).status_code == 404


def test_the_list_says_what_has_changed_since(client: Client, challenge: str, clock: Clock) -> None:
    path = asked(client)
    then = clock.advance(hours=1).isoformat()
    clock.advance(hours=1)
    client.post(path + "/decline", {"note": "No driver."})
    new = asked(client).rsplit("/", 1)[1]

    changes = client.get(PATH, query_string={"compare_to": then}).json["changes"]

    assert changes["added"] == [new] and changes["gone"] == []
    assert [(each["field"], each["new"]) for each in changes["changed"]] == [
        ("status", "declined"),
        ("note", "No driver."),
    ]


def test_a_request_of_a_challenge_that_was_deleted_needs_another(
    client: Client, challenge: str, owner: str
) -> None:
    path = asked(client, challenge=challenge)
    client.delete(f"/v1/challenges/{challenge}", headers=AT_ONCE)

    answer = client.post(path + "/accept", {"owner": owner})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/challenge")


ACCEPT, DECLINE = "accept", "decline"


@pytest.mark.parametrize(
    ("calls", "statuses", "ends"),
    [
        ([ACCEPT], [201], "accepted"),
        ([DECLINE], [200], "declined"),
        ([ACCEPT, ACCEPT], [201, 409], "accepted"),
        ([ACCEPT, DECLINE], [201, 409], "accepted"),
        ([DECLINE, DECLINE], [200, 409], "declined"),
        ([DECLINE, ACCEPT], [200, 201], "accepted"),
    ],
)
def test_each_is_seen_to_once(
    client: Client, challenge: str, owner: str, calls: list[str], statuses: list[int], ends: str
) -> None:
    path = asked(client, challenge=challenge)
    bodies = {ACCEPT: {"owner": owner}, DECLINE: {"note": "No driver."}}

    answers = [client.post(f"{path}/{call}", bodies[call]) for call in calls]

    assert [answer.status_code for answer in answers] == statuses
    held = client.get(by_id(path)).json
    assert held["status"] == ends
    assert len(client.get("/v1/actions").json["items"]) == (ends == "accepted")
    if ends == "accepted" and answers[-1].status_code == 409:
        assert answers[-1].json["action"] == held["action"]
        assert held["action"] in answers[-1].json["detail"]


@pytest.mark.parametrize("body", [{}, {"note": None}, {"note": " "}])
def test_declining_needs_a_note(client: Client, challenge: str, body: dict[str, Any]) -> None:
    path = asked(client)

    answer = client.post(path + "/decline", body)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/note")


def test_a_declined_one_says_why_and_its_history_who_and_when(client: Client, challenge: str) -> None:
    path = asked(client)

    answer = client.post(path + "/decline", {"note": "No driver."})

    assert (answer.json["status"], answer.json["note"]) == ("declined", "No driver.")
    changes = client.get(by_id(path) + "/history").json["items"]
    said = [(change["who"], change["field"], change["old"], change["new"]) for change in changes[-2:]]
    assert sorted(said) == [("test", "note", None, "No driver."), ("test", "status", "open", "declined")]


def test_the_list_is_narrowed_by_status_now_and_as_it_stood(
    client: Client, challenge: str, clock: Any
) -> None:
    first, second = asked(client, text="one"), asked(client, text="two")
    clock.advance(hours=1)
    client.post(first + "/decline", {"note": "No."})

    def texts(query: str) -> list[str]:
        return [one["text"] for one in client.get(PATH + query).json["items"]]

    assert (texts(""), texts("?status=open"), texts("?status=declined")) == (["one", "two"], ["two"], ["one"])
    assert texts("?status=open&as_of=2026-11-20T09:30:00Z") == ["one", "two"]
    assert client.get(PATH + "?status=lost").status_code == 422
    assert client.get(PATH + "?limit=1").json["next"]
    assert second


def test_a_key_sees_requests_of_its_own_schools_alone(app: Flask, client: Client, challenge: str) -> None:
    make_school(client, "900002")
    path = asked(client)
    other = make_key(app, schools=["900002"])
    id = path.rsplit("/", 1)[1]

    assert other.get(PATH).status_code == other.get(by_id(path)).status_code == 404
    assert other.post(f"/v1/schools/900002/requests/{id}/decline", {"note": "x"}).status_code == 404
    assert client.post(f"/v1/schools/900002/requests/{id}/decline", {"note": "x"}).status_code == 404
    assert make_key(app, ["tracker:read"]).post(path + "/decline", {"note": "x"}).status_code == 403
