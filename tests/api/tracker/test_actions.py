"""`/v1/actions`, their moves, milestones and updates."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import URN, Client, make_action, make_challenge, make_key, make_person, make_school

AT_ONCE = {"If-Match": "*"}


@pytest.fixture
def challenge(client: Client) -> str:
    make_school(client)
    return make_challenge(client)


def test_an_action_is_recorded_and_read_as_it_was_given(client: Client, challenge: str) -> None:
    given = {
        "title": "Breakfast club",
        "intent": "A reason to be early",
        "owner": make_person(client),
        "supporters": [make_person(client)],
        "start_on": "2026-11-02",
        "due_on": "2027-02-12",
        "success_criteria": [{"text": "No Monday under 92 %", "met": "not_yet"}],
        "cohorts": ["year_group:9"],
        "repeats": 14,
    }

    body = json.dumps(given | {"cost": 0}).replace('"cost": 0', '"cost": 450.50')
    made = client("POST", f"/v1/challenges/{challenge}/actions", data=body, content_type="application/json")
    read = client.get(f"/v1/actions/{made.json['id']}")

    assert made.status_code == 201
    assert read.json.items() >= given.items()
    assert '"cost":450.50' in read.text
    assert (read.json["school"], read.json["challenge"]) == ("900001", challenge)
    assert (read.json["status"], read.json["progress"]) == ("planned", None)
    assert read.json["next_moves"] == ["in_progress", "stopped"]
    assert client.get(f"/v1/challenges/{challenge}/actions").json["items"] == [read.json]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"owner": None}, "/owner", id="nobody owns it"),
        pytest.param({"owner": "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"}, "/owner", id="an owner there isn't"),
        pytest.param({"supporters": ["x"]}, "/supporters/0", id="a supporter there isn't"),
        pytest.param(
            {"start_on": "2026-11-20", "due_on": "2026-11-19"}, "/due_on", id="due before it starts"
        ),
        pytest.param({"cohorts": ["house:red"]}, "/cohorts/0", id="a characteristic there isn't"),
        pytest.param({"repeats": "daily"}, "/repeats", id="a repeat there isn't"),
        pytest.param({"cost": -1}, "/cost", id="a cost under nothing"),
        pytest.param({"depends_on": ["x"]}, "/depends_on/0", id="waits for what there isn't"),
        pytest.param(
            {"success_criteria": [{"text": "x", "met": "yes"}]}, "/success_criteria/0/met", id="met"
        ),
        pytest.param({"status": "late"}, "/status", id="a status there isn't"),
    ],
)
def test_what_is_wrong_is_pointed_at(
    client: Client, challenge: str, fields: dict[str, Any], pointer: str
) -> None:
    given = {"title": "Breakfast club", "owner": make_person(client)} | fields

    answer = client.post(f"/v1/challenges/{challenge}/actions", given)

    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_who_sends_an_action_as_it_was_read_is_not_refused_what_has_gone_since(
    client: Client, challenge: str
) -> None:
    left, gone = make_person(client), make_person(client)
    awaited = make_action(client, challenge)
    action = make_action(client, challenge, owner=left, supporters=[gone], depends_on=[awaited])
    path = f"/v1/actions/{action}"
    client.patch(f"/v1/people/{left}", {"active": False}, headers=AT_ONCE)
    client.delete(f"/v1/people/{gone}", headers=AT_ONCE)
    client.delete(f"/v1/actions/{awaited}", headers=AT_ONCE)
    read = client.get(path).json

    again = {name: read[name] for name in ("owner", "supporters", "depends_on")} | {"title": "Lunch club"}
    kept = client.patch(path, again, headers=AT_ONCE)
    anew = client.patch(path, {"owner": gone, "supporters": [left, gone, "x"]}, headers=AT_ONCE)

    assert (kept.status_code, kept.json["title"], kept.json["depends_on"]) == (200, "Lunch club", [awaited])
    assert [fault["pointer"] for fault in anew.json["errors"]] == ["/owner", "/supporters/2"]


@pytest.mark.parametrize("slip", ["0206-11-20", "9999-12-31"])
def test_a_day_far_from_all_schools_years_is_a_slip_and_no_read_suffers_from_it(
    client: Client, challenge: str, slip: str
) -> None:
    owner = make_person(client)
    action = make_action(client, challenge, owner=owner, repeats=3660)
    about, figures = {"title": "x", "kind": "note", "text": "x"}, {"measure": "absence"}
    for path, body, pointer in [
        ("/v1/challenges", {"school": URN, "kind": "wellbeing", "title": "x", "opened_on": slip}, "/opened_on"),
        (f"/v1/challenges/{challenge}/actions", {"title": "x", "owner": owner, "start_on": slip}, "/start_on"),
        (f"/v1/actions/{action}/milestones", {"title": "x", "due_on": slip}, "/due_on"),
        (f"/v1/actions/{action}/updates", {"status": "in_progress", "on": slip}, "/on"),
        (f"/v1/challenges/{challenge}/indicators", figures | {"baseline_on": slip}, "/baseline_on"),
        (f"/v1/challenges/{challenge}/reviews", {"held_on": slip}, "/held_on"),
        ("/v1/evidence", about | {"captured_on": slip}, "/captured_on"),
        ("/v1/evidence", about | {"speaks_for": {"from": slip}}, "/speaks_for/from"),
        (f"/v1/challenges/{challenge}/apply-template", {"template": "attendance", "start_on": slip}, "/start_on"),
    ]:  # fmt: skip
        answer = client.post(path, body)
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer), answer.text
        assert answer.json["errors"][0]["detail"] == "a day from 1900 to 2199"

    for edge in ("1900-01-01", "2199-12-31"):
        client.post(f"/v1/actions/{action}/updates", {"status": "in_progress", "note": "x"})
        made = client.post(f"/v1/actions/{action}/updates", {"status": "done", "on": edge})
        assert made.status_code == 201, made.text
        for path in (f"/v1/schools/{URN}/progress", "/v1/actions", f"/v1/actions?due_before={slip}"):
            assert client.get(path).status_code == 200
    assert client.get(f"/v1/schools/{URN}/progress?as_of=0001-01-01T00:00:00Z").status_code == 200


def test_what_is_told_says_what_would_be_right(client: Client, challenge: str) -> None:
    def told(**fields: Any) -> str:
        given = {"title": "Breakfast club"} | fields
        answer = client.post(f"/v1/challenges/{challenge}/actions", given)
        assert answer.status_code == 422, answer.text
        return str(answer.json["errors"][0]["detail"])

    owner = make_person(client)
    assert told(owner=owner, success_criteria=["x"]) == "must be a JSON object"
    assert "GET /v1/people" in told(owner="x")
    assert "GET /v1/actions" in told(owner=owner, depends_on=["x"])


def test_actions_that_wait_for_each_other_in_a_circle_are_refused(client: Client, challenge: str) -> None:
    first = make_action(client, challenge)
    second = make_action(client, challenge, depends_on=[first])
    third = make_action(client, challenge, depends_on=[second])

    circle = client.patch(f"/v1/actions/{first}", {"depends_on": [third]}, headers=AT_ONCE)
    itself = client.patch(f"/v1/actions/{first}", {"depends_on": [first]}, headers=AT_ONCE)

    assert [circle.status_code, itself.status_code] == [422, 422]
    assert circle.json["errors"][0]["pointer"] == "/depends_on/0"


def test_waiting_for_an_overdue_action_of_another_challenge_puts_one_at_risk(
    client: Client, challenge: str
) -> None:
    late = make_action(client, make_challenge(client), due_on="2026-11-01")
    waiting = make_action(client, challenge, depends_on=[late])

    answer = client.get(f"/v1/actions/{waiting}").json

    assert answer["health"] == "at_risk"
    assert "waits for" in answer["health_reason"]


def test_a_changed_list_is_given_whole(client: Client, challenge: str) -> None:
    action = make_action(client, challenge, success_criteria=[{"text": "x", "met": "met"}])
    path = f"/v1/actions/{action}"

    part = client.patch(path, {"success_criteria": [{"met": "partly"}]}, headers=AT_ONCE)
    whole = client.patch(path, {"success_criteria": [{"text": "y"}]}, headers=AT_ONCE)

    assert (part.status_code, part.json["errors"][0]["pointer"]) == (422, "/success_criteria/0/text")
    assert whole.json["success_criteria"] == [{"text": "y", "met": "not_yet"}]


def test_an_action_waits_for_none_that_the_key_may_not_see(
    app: Flask, client: Client, challenge: str
) -> None:
    make_school(client, "900002")
    theirs = make_action(client, make_challenge(client, school="900002"))
    narrow = make_key(app, schools=["900001"])
    path = f"/v1/actions/{make_action(client, challenge)}"

    unseen = narrow.patch(path, {"depends_on": [theirs]}, headers=AT_ONCE)
    absent = narrow.patch(path, {"depends_on": [challenge]}, headers=AT_ONCE)

    assert unseen.status_code == absent.status_code == 422
    assert unseen.json["errors"] == absent.json["errors"]


def test_of_two_changes_at_the_same_moment_one_is_told_of_the_other(client: Client, challenge: str) -> None:
    path = f"/v1/actions/{make_action(client, challenge)}"
    tag = client.get(path).headers["ETag"]

    def rename(number: int) -> int:
        own = Client(client.app, client.token)
        return own.patch(path, {"title": f"Title {number}"}, headers={"If-Match": tag}).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(rename, range(4)))

    assert answers == [200, 412, 412, 412]
    assert client.get(path).json["revision"] == 2


def test_a_move_by_patch_makes_one_update(client: Client, challenge: str) -> None:
    action = make_action(client, challenge)

    moved = client.patch(
        f"/v1/actions/{action}", {"status": "in_progress", "note": "Begun."}, headers=AT_ONCE
    )
    updates = client.get(f"/v1/actions/{action}/updates").json["items"]

    assert moved.json["status"] == "in_progress"
    assert moved.json["next_moves"] == ["blocked", "done", "stopped"]
    assert [(update["status"], update["note"], update["on"]) for update in updates] == [
        ("in_progress", "Begun.", "2026-11-20")
    ]


def test_a_move_by_update_moves_the_action(client: Client, challenge: str) -> None:
    action = make_action(client, challenge, status="in_progress")

    made = client.post(f"/v1/actions/{action}/updates", {"status": "done", "note": "Finished."})
    read = client.get(f"/v1/actions/{action}").json

    assert made.status_code == 201
    assert (read["status"], read["progress"], read["health"], read["revision"]) == ("done", 100, "done", 2)


@pytest.mark.parametrize("by", ["patch", "update"])
def test_a_move_that_is_not_possible_names_those_that_are(client: Client, challenge: str, by: str) -> None:
    action = make_action(client, challenge)
    body = {"status": "done", "note": "Skipped all of it."}

    if by == "patch":
        answer = client.patch(f"/v1/actions/{action}", body, headers=AT_ONCE)
    else:
        answer = client.post(f"/v1/actions/{action}/updates", body)

    assert (answer.status_code, answer.json["next_moves"]) == (409, ["in_progress", "stopped"])
    assert client.get(f"/v1/actions/{action}/updates").json["items"] == []


def test_stopping_and_reopening_need_a_note(client: Client, challenge: str) -> None:
    path = f"/v1/actions/{make_action(client, challenge)}"

    def move(**body: str) -> tuple[int, Any]:
        answer = client.patch(path, body, headers=AT_ONCE)
        return answer.status_code, answer.json.get("errors", [{}])[0].get("pointer")

    assert move(status="stopped") == (422, "/note")
    assert move(status="stopped", note="No kitchen.") == (200, None)
    assert move(status="in_progress") == (422, "/note")
    assert move(status="in_progress", note="A kitchen was found.") == (200, None)


def test_an_update_says_how_far_it_is(client: Client, challenge: str) -> None:
    action = make_action(client, challenge, status="in_progress")
    first = client.post(f"/v1/actions/{action}/updates", {"on": "2026-11-18", "progress": 70}).json["id"]

    client.post(f"/v1/actions/{action}/updates", {"on": "2026-11-18", "progress": 40, "corrects": first})

    assert client.get(f"/v1/actions/{action}").json["progress"] == 40
    assert len(client.get(f"/v1/actions/{action}/updates").json["items"]) == 2


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"progress": 101}, "/progress", id="over a hundred"),
        pytest.param({"progress": -1}, "/progress", id="under nought"),
        pytest.param({}, "/note", id="an update that says nothing"),
        pytest.param({"note": "x", "by": "x"}, "/by", id="by nobody known"),
        pytest.param({"note": "x", "corrects": "x"}, "/corrects", id="corrects what there isn't"),
    ],
)
def test_what_is_wrong_in_an_update_is_pointed_at(
    client: Client, challenge: str, fields: dict[str, Any], pointer: str
) -> None:
    answer = client.post(f"/v1/actions/{make_action(client, challenge)}/updates", fields)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_an_update_corrects_one_of_its_own_action_only(client: Client, challenge: str) -> None:
    one, other = make_action(client, challenge), make_action(client, challenge)
    said = client.post(f"/v1/actions/{one}/updates", {"note": "x"}).json["id"]

    answer = client.post(f"/v1/actions/{other}/updates", {"note": "y", "corrects": said})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/corrects")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_an_update_is_never_edited(client: Client, challenge: str, method: str) -> None:
    action = make_action(client, challenge)
    update = client.post(f"/v1/actions/{action}/updates", {"note": "x"}).json["id"]

    assert client(method, f"/v1/updates/{update}", json={"note": "y"}).status_code == 405
    assert client.get(f"/v1/updates/{update}").json["note"] == "x"


def test_an_update_is_by_the_person_of_the_key(app: Flask, client: Client, challenge: str) -> None:
    ada = make_person(client)
    as_ada = make_key(app, person=ada)
    action = make_action(client, challenge)

    update = as_ada.post(f"/v1/actions/{action}/updates", {"note": "x"}).json

    assert (update["by"], update["created_by"]) == (ada, ada)


def test_progress_is_the_share_of_milestones_done(client: Client, challenge: str) -> None:
    action = make_action(client, challenge, status="in_progress", start_on="2026-11-16")
    made = [
        client.post(f"/v1/actions/{action}/milestones", {"title": title}).json["id"]
        for title in ("Kitchen", "Staff", "Letter")
    ]

    client.patch(f"/v1/milestones/{made[0]}", {"done_on": "2026-11-19"}, headers=AT_ONCE)
    assert client.get(f"/v1/actions/{action}").json["progress"] == 33

    client.delete(f"/v1/milestones/{made[1]}", headers=AT_ONCE)
    assert client.get(f"/v1/actions/{action}").json["progress"] == 50


def test_the_list_of_actions_is_filtered_by_field(client: Client, challenge: str) -> None:
    make_school(client, "900002")
    elsewhere = make_challenge(client, school="900002")
    ada = make_person(client)
    owned = make_action(client, challenge, owner=ada)
    begun = make_action(client, challenge, status="in_progress")
    other = make_action(client, elsewhere)

    def ids(query: str) -> list[str]:
        return [item["id"] for item in client.get(f"/v1/actions?{query}").json["items"]]

    for at in ("", "&as_of=2026-11-21T00:00:00Z"):
        assert ids("limit=200" + at) == [owned, begun, other]
        assert ids("school=900002" + at) == [other]
        assert ids(f"owner={ada}{at}") == [owned]
        assert ids("status=in_progress" + at) == [begun]
        assert ids(f"challenge={challenge}{at}") == [owned, begun]


def test_health_is_judged_on_the_day_that_is_asked_for(client: Client, challenge: str, clock: Clock) -> None:
    action = make_action(client, challenge, due_on="2026-12-18")
    then = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(days=60)

    assert client.get(f"/v1/actions/{action}").json["health"] == "overdue"
    assert client.get(f"/v1/actions/{action}?as_of={then}").json["health"] == "on_track"


@pytest.mark.parametrize("if_match", ['"some-other-tag"', '"0.0"', "stale", '"9.a", "8.b"'])
def test_a_tag_that_names_no_revision_held_is_stale(client: Client, challenge: str, if_match: str) -> None:
    path = f"/v1/actions/{make_action(client, challenge)}"

    answer = client.patch(path, {"title": "New"}, headers={"If-Match": if_match})

    assert (answer.status_code, answer.json["revision"]) == (412, 1)


def test_one_of_several_tags_is_enough(client: Client, challenge: str) -> None:
    path = f"/v1/actions/{make_action(client, challenge)}"
    tag = client.get(path).headers["ETag"]

    answer = client.patch(path, {"title": "New"}, headers={"If-Match": f'"9.other", W/{tag}'})

    assert answer.status_code == 200
