"""A school's own limits, and actions that repeat."""

from typing import Any

import pytest

from tests.conftest import Clock
from tests.make import URN, Client, make_action, make_challenge, make_school

PATH = f"/v1/schools/{URN}/health-limits"
AT_ONCE = {"If-Match": "*"}


@pytest.fixture
def challenge(client: Client) -> str:
    make_school(client)
    return make_challenge(client)


def health(client: Client, action: str, query: str = "") -> tuple[Any, str]:
    answer = client.get(f"/v1/actions/{action}{query}").json
    return answer["health"], answer["health_reason"]


def test_without_a_word_the_usual_limits_hold(client: Client, challenge: str) -> None:
    answer = client.get(PATH)

    assert answer.json == {
        "school": URN,
        "revision": 0,
        "own": [],
        "stalled_after_days": 28,
        "due_soon_days": 14,
        "due_soon_progress": 75,
        "late_start_days": 14,
    }


def test_a_school_s_own_limits_judge_its_actions(client: Client, challenge: str, clock: Clock) -> None:
    action = make_action(client, challenge, status="in_progress", start_on="2026-11-09", due_on="2026-12-18")
    before = health(client, action)
    then = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(minutes=1)

    first = client.put(PATH, {"stalled_after_days": 7})

    assert (before[0], first.status_code) == ("on_track", 201)
    assert (first.json["own"], first.json["due_soon_days"]) == (["stalled_after_days"], 14)
    assert health(client, action) == ("stalled", "no update for 11 days")
    assert health(client, action, f"?as_of={then}")[0] == "on_track"
    assert client.get(f"{PATH}?as_of={then}").json["own"] == []
    report = client.get(f"/v1/schools/{URN}/progress").json
    assert report["challenges"][0]["actions"][0]["health"] == "stalled"
    assert client.get("/v1/actions?health=stalled").json["items"][0]["id"] == action


def test_limits_are_changed_as_any_resource_is(client: Client, challenge: str) -> None:
    first = client.put(PATH, {"stalled_after_days": 7})

    assert client.put(PATH, {}).status_code == 428
    assert client.put(PATH, {"due_soon_days": 3}, headers={"If-Match": '"9.x"'}).status_code == 412
    changed = client.put(PATH, {"due_soon_days": 3}, headers={"If-Match": first.headers["ETag"]})
    assert (changed.status_code, changed.json["own"]) == (200, ["due_soon_days"])


def test_the_tag_of_the_usual_limits_makes_the_first(client: Client, challenge: str) -> None:
    usual = client.get(PATH).headers["ETag"]

    first = client.put(PATH, {"stalled_after_days": 7}, headers={"If-Match": usual})
    late = client.put(PATH, {"stalled_after_days": 8}, headers={"If-Match": usual})

    assert (first.status_code, late.status_code) == (201, 412)
    assert [change["field"] for change in late.json["changes"]] == ["school", "limits"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"stalled_after_days": 0}, "/stalled_after_days"),
        ({"due_soon_progress": 101}, "/due_soon_progress"),
        ({"late_start_days": "soon"}, "/late_start_days"),
        ({"patience": 3}, "/patience"),
    ],
)
def test_limits_that_cannot_be_are_refused(
    client: Client, challenge: str, body: dict[str, Any], pointer: str
) -> None:
    answer = client.put(PATH, body)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert client.get("/v1/schools/900009/health-limits").status_code == 404


def test_what_repeats_is_due_again_counted_from_the_last_time(
    client: Client, challenge: str, clock: Clock
) -> None:
    action = make_action(client, challenge, status="in_progress", repeats=7)
    never = client.get(f"/v1/actions/{action}").json["next_due_on"]
    client.post(f"/v1/actions/{action}/updates", {"status": "done", "on": "2026-11-18"})

    assert never is None
    assert client.get(f"/v1/actions/{action}").json["next_due_on"] == "2026-11-25"
    assert health(client, action)[0] == "done"

    clock.advance(days=8)
    assert health(client, action)[0] == "overdue"
    assert client.get(f"/v1/challenges/{challenge}").json["counts"]["overdue_actions"] == 1

    client.post(f"/v1/actions/{action}/updates", {"status": "done"})
    assert health(client, action)[0] == "done"
    assert client.get(f"/v1/actions/{action}").json["next_due_on"] == "2026-12-05"


def test_half_terms_are_those_of_the_school_s_calendar(client: Client, challenge: str) -> None:
    terms = [
        {"name": "Autumn 2", "half_term": 2, "from": "2026-11-02", "to": "2026-12-18"},
        {"name": "Spring 1", "half_term": 3, "from": "2027-01-04", "to": "2027-02-12"},
    ]
    client.put(f"/v1/schools/{URN}/calendar/2026-27", {"terms": terms, "closures": []})
    action = make_action(client, challenge, status="in_progress", repeats="half_termly")
    client.post(f"/v1/actions/{action}/updates", {"status": "done", "on": "2026-11-18"})

    assert client.get(f"/v1/actions/{action}").json["next_due_on"] == "2027-02-12"


def test_a_corrected_update_is_not_the_last_time(client: Client, challenge: str) -> None:
    action = make_action(client, challenge, status="in_progress", repeats=7)
    said = client.post(f"/v1/actions/{action}/updates", {"status": "done", "on": "2026-11-18"}).json
    correction = {"corrects": said["id"], "status": "done", "on": "2026-11-16"}
    client.post(f"/v1/actions/{action}/updates", correction)

    assert client.get(f"/v1/actions/{action}").json["next_due_on"] == "2026-11-23"
