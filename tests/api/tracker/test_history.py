"""Deleting, restoring, history and reading as of a time: alike for every resource of the tracker."""

from collections.abc import Callable

import pytest

from tests.conftest import Clock
from tests.make import Client, make_action, make_challenge, make_person, make_school

AT_ONCE = {"If-Match": "*"}


def _milestone(client: Client) -> str:
    action = make_action(client, make_challenge(client))
    return f"/v1/milestones/{client.post(f'/v1/actions/{action}/milestones', {'title': 'Old'}).json['id']}"


def _indicator(client: Client) -> str:
    path = f"/v1/challenges/{make_challenge(client)}/indicators"
    return f"/v1/indicators/{client.post(path, {'measure': 'custom', 'title': 'Old'}).json['id']}"


def _review(client: Client) -> str:
    path = f"/v1/challenges/{make_challenge(client)}/reviews"
    made = client.post(path, {"held_on": "2026-11-16", "what_we_saw": "Old"})
    return f"/v1/reviews/{made.json['id']}"


def _evidence(client: Client) -> str:
    given = {"title": "Old", "kind": "note", "text": "x"}
    about = [{"type": "challenge", "id": make_challenge(client)}]
    return f"/v1/evidence/{client.post('/v1/evidence', given | {'about': about}).json['id']}"


RESOURCES = [
    pytest.param(lambda client: f"/v1/people/{make_person(client, name='Old')}", "name", id="person"),
    pytest.param(
        lambda client: f"/v1/challenges/{make_challenge(client, title='Old')}", "title", id="challenge"
    ),
    pytest.param(
        lambda client: f"/v1/actions/{make_action(client, make_challenge(client), title='Old')}",
        "title",
        id="action",
    ),
    pytest.param(_milestone, "title", id="milestone"),
    pytest.param(_indicator, "title", id="indicator"),
    pytest.param(_review, "what_we_saw", id="review"),
    pytest.param(_evidence, "title", id="evidence"),
]


@pytest.mark.parametrize(("make", "field"), RESOURCES)
def test_what_was_deleted_is_gone_until_it_is_restored(
    client: Client, clock: Clock, make: Callable[[Client], str], field: str
) -> None:
    make_school(client)
    path = make(client)
    clock.advance(hours=1)
    while_there = clock.time.isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)

    assert client.delete(path, headers=AT_ONCE).status_code == 204
    assert client.get(path).status_code == 404
    assert client.patch(path, {field: "New"}, headers=AT_ONCE).status_code == 404
    assert client.get(f"{path}?as_of={while_there}").json[field] == "Old"

    clock.advance(hours=1)
    restored = client.post(f"{path}/restore")

    assert (restored.status_code, restored.json["revision"]) == (200, 3)
    assert client.get(path).json[field] == "Old"
    assert [
        (change["field"], change["old"], change["new"])
        for change in client.get(f"{path}/history").json["items"]
        if change["field"] == "deleted"
    ] == [("deleted", None, True), ("deleted", True, False)]


@pytest.mark.parametrize(("make", "field"), RESOURCES)
def test_history_tells_who_changed_what_and_as_of_gives_it_back(
    client: Client, clock: Clock, make: Callable[[Client], str], field: str
) -> None:
    make_school(client)
    path = make(client)
    clock.advance(hours=1)
    before = clock.time.isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    changed = client.patch(path, {field: "New"}, headers=AT_ONCE)
    assert changed.status_code == 200, changed.text

    last = client.get(f"{path}/history").json["items"][-1]

    assert last == {"who": "test", "when": "2026-11-20T11:00:00Z", "field": field, "old": "Old", "new": "New"}
    then = client.get(f"{path}?as_of={before}")
    assert (then.json[field], then.json["revision"]) == ("Old", 1)
    assert then.headers["ETag"].startswith('"1.')
    assert client.get(f"{path}?as_of=2026-11-19T00:00:00Z").status_code == 404


@pytest.mark.parametrize(("make", "field"), RESOURCES)
def test_a_change_names_the_revision_that_it_was_made_on(
    client: Client, make: Callable[[Client], str], field: str
) -> None:
    make_school(client)
    path = make(client)
    tag = client.get(path).headers["ETag"]

    assert client.patch(path, {field: "New"}).status_code == 428
    assert client.delete(path).status_code == 428
    assert client.patch(path, {field: "New"}, headers={"If-Match": f"W/{tag}"}).status_code == 200

    stale = client.patch(path, {field: "Newer"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert [(change["field"], change["old"], change["new"]) for change in stale.json["changes"]] == [
        (field, "Old", "New")
    ]
    assert client.delete(path, headers={"If-Match": tag}).status_code == 412


def test_a_change_that_changes_nothing_moves_no_revision(client: Client) -> None:
    make_school(client)
    path = f"/v1/challenges/{make_challenge(client, cohorts=['year_group:9'])}"
    before = client.get(path)

    same = client.patch(path, {"cohorts": ["year_group:9"]}, headers=AT_ONCE)

    assert same.headers["ETag"] == before.headers["ETag"]
    assert same.json == before.json


def test_what_is_below_a_deleted_challenge_goes_and_comes_with_it(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    action = make_action(client, challenge)
    milestone = client.post(f"/v1/actions/{action}/milestones", {"title": "Kitchen"}).json["id"]
    paths = [f"/v1/actions/{action}", f"/v1/milestones/{milestone}", f"/v1/actions/{action}/milestones"]

    client.delete(f"/v1/challenges/{challenge}", headers=AT_ONCE)
    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert client.get("/v1/actions").json["items"] == []
    assert client.post(f"/v1/actions/{action}/restore").status_code == 409

    client.post(f"/v1/challenges/{challenge}/restore")
    assert [client.get(path).status_code for path in paths] == [200, 200, 200]


def test_a_list_below_gives_what_was_there_then(client: Client, clock: Clock) -> None:
    make_school(client)
    challenge = make_challenge(client)
    first = make_action(client, challenge, title="First", status="in_progress")
    client.post(f"/v1/actions/{first}/updates", {"progress": 20})
    clock.advance(hours=1)
    then = clock.time.isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    make_action(client, challenge, title="Second")
    client.post(f"/v1/actions/{first}/updates", {"progress": 60})
    client.delete(f"/v1/actions/{first}", headers=AT_ONCE)

    now = client.get(f"/v1/challenges/{challenge}/actions").json["items"]
    stood = client.get(f"/v1/challenges/{challenge}/actions?as_of={then}").json["items"]

    assert [item["title"] for item in now] == ["Second"]
    assert [(item["title"], item["progress"]) for item in stood] == [("First", 20)]
    assert client.get(f"/v1/challenges/{challenge}?as_of={then}").json["counts"]["actions"] == 1
    assert client.get(f"/v1/challenges/{challenge}/actions?as_of=2026-11-01T00:00:00Z").status_code == 404


def test_a_read_as_of_now_is_the_read_of_now(client: Client, clock: Clock) -> None:
    make_school(client)
    challenge = make_challenge(client, lead=make_person(client))
    action = make_action(client, challenge, due_on="2027-01-15", cost=12.50, repeats="termly")
    client.post(f"/v1/actions/{action}/updates", {"status": "in_progress", "progress": 10})
    about = [{"type": "action", "id": action}]
    client.post("/v1/evidence", {"title": "x", "kind": "note", "text": "x", "about": about})
    points = [{"on": "2026-09-14", "value": 90}, {"on": "2026-11-02", "value": 91.5}]
    client.post(
        f"/v1/challenges/{challenge}/indicators",
        {
            "measure": "custom",
            "title": "x",
            "points": points,
            "target": 95,
            "target_on": "2027-07-16",
            "direction": "up",
        },
    )
    clock.advance(minutes=1)
    now = clock.time.isoformat().replace("+00:00", "Z")

    paths = ["/v1/challenges", "/v1/actions", "/v1/people", "/v1/evidence"]
    paths += [f"/v1/challenges/{challenge}", f"/v1/actions/{action}", f"/v1/actions/{action}/updates"]
    paths += [f"/v1/challenges/{challenge}/indicators"]
    for path in paths:
        assert client.get(f"{path}?as_of={now}").text == client.get(path).text


def test_every_write_is_in_the_audit_log_of_its_school(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    client.patch(f"/v1/challenges/{challenge}", {"title": "New"}, headers=AT_ONCE)
    client.delete(f"/v1/challenges/{challenge}", headers=AT_ONCE)
    client.post(f"/v1/challenges/{challenge}/restore")

    whens = [change["when"] for change in client.get(f"/v1/challenges/{challenge}/history").json["items"]]

    assert whens == sorted(whens)
    assert len(set(whens)) == 4
