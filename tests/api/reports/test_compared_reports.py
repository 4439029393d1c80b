"""`…/progress?compare_to=`: what has changed since, tracker and figures in one answer."""

from typing import Any

import pytest

from tests.conftest import Clock
from tests.make import URN, Client, make_action, make_challenge, make_person, make_school

PROGRESS = f"/v1/schools/{URN}/progress"
AT_ONCE = {"If-Match": "*"}


@pytest.fixture
def challenge(client: Client) -> str:
    make_school(client, trust_uid="T1", trust_name="Example Trust")
    return make_challenge(client, title="Mondays")


@pytest.fixture
def since(client: Client, clock: Clock, challenge: str) -> str:
    """The last governors' meeting; a day has passed since."""
    then = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(days=1)
    return then


def test_what_came_what_is_otherwise_and_what_is_gone(client: Client, clock: Clock, challenge: str) -> None:
    owner = make_person(client)
    kept, dropped = make_action(client, challenge, owner=owner), make_action(client, challenge, owner=owner)
    then = clock.advance(hours=1).isoformat()
    clock.advance(days=1)
    client.post(f"/v1/actions/{kept}/updates", {"note": "Half way", "progress": 50})
    client.delete(f"/v1/actions/{dropped}", headers=AT_ONCE)
    milestone = client.post(f"/v1/actions/{kept}/milestones", {"title": "Letter sent"}).json["id"]

    changes = client.get(PROGRESS, query_string={"compare_to": then}).json["changes"]

    assert changes["since"] == "2026-11-20T10:00:00Z"
    assert changes["added"] == [{"type": "milestone", "id": milestone, "title": "Letter sent"}]
    assert changes["gone"] == [{"type": "action", "id": dropped, "title": "Breakfast club"}]
    told = {(one["type"], one["id"], one["field"]): (one["old"], one["new"]) for one in changes["changed"]}
    assert told["action", kept, "progress"] == (None, 50)
    assert told["action", kept, "latest_update"][1]["note"] == "Half way"


def test_figures_are_compared_in_the_same_answer(client: Client, clock: Clock, challenge: str) -> None:
    _register(client, "2026-11-02", present=8, absent=2)
    given = {"measure": "attendance", "baseline_on": "2026-11-02", "target": 85, "target_on": "2026-11-03"}
    indicator = client.post(f"/v1/challenges/{challenge}/indicators", given | {"direction": "up"}).json["id"]
    then = clock.advance(hours=1).isoformat()
    clock.advance(days=1)
    _register(client, "2026-11-03", present=10, absent=0)

    changed = client.get(PROGRESS, query_string={"compare_to": then}).json["changes"]["changed"]

    told = {(one["id"], one["field"]): (one["old"], one["new"]) for one in changed}
    assert told[indicator, "latest"] == (80, 90)
    assert told[indicator, "on_trajectory"] == (False, True)


def test_both_times_may_be_past(client: Client, clock: Clock, challenge: str, since: str) -> None:
    make_action(client, challenge)
    until = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    make_action(client, challenge)

    changes = client.get(f"{PROGRESS}?compare_to={since}&as_of={until}").json["changes"]

    assert [one["type"] for one in changes["added"]] == ["action"]


def test_nothing_has_changed_since_nothing_was_written(client: Client, since: str) -> None:
    changes = client.get(f"{PROGRESS}?compare_to={since}").json["changes"]

    assert changes == {"since": since, "added": [], "changed": [], "gone": []}


@pytest.mark.parametrize("path", [PROGRESS, "/v1/trusts/T1/progress", "/v1/challenges/{challenge}/progress"])
def test_each_report_is_compared_and_kept_apart_from_the_plain_one(
    client: Client, challenge: str, since: str, path: str
) -> None:
    action = make_action(client, challenge)
    report = path.format(challenge=challenge)

    assert "changes" not in client.get(report).json
    compared = client.get(f"{report}?compare_to={since}").json
    earlier = client.get(f"{report}?compare_to=2026-11-20T08:00:00Z").json
    assert "changes" not in client.get(report).json

    assert [one["id"] for one in compared["changes"]["added"]] == [action]
    assert [one["id"] for one in earlier["changes"]["added"]] == [challenge, action]


def test_the_csv_keeps_its_columns(client: Client, since: str) -> None:
    assert (
        client.get(f"{PROGRESS}?format=csv&compare_to={since}").data
        == client.get(f"{PROGRESS}?format=csv").data
    )


@pytest.mark.parametrize("as_of", ["2026-11-20T10:00:00Z", "2026-11-19T10:00:00Z"])
@pytest.mark.parametrize("path", [PROGRESS, "/v1/trusts/T1/progress", "/v1/challenges/{challenge}/progress"])
def test_a_time_that_is_not_earlier_is_refused(client: Client, challenge: str, path: str, as_of: str) -> None:
    query: dict[str, Any] = {"compare_to": "2026-11-20T10:00:00Z", "as_of": as_of}
    answer = client.get(path.format(challenge=challenge), query_string=query)

    if answer.status_code == 404:  # the challenge wasn't there then, and what is named comes first
        assert path.startswith("/v1/challenges") and as_of.startswith("2026-11-19")
    else:
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/query/compare_to")


def _register(client: Client, day: str, *, present: int, absent: int) -> None:
    codes = ["/"] * present + ["I"] * absent
    marks = {f"P{number:03}": code for number, code in enumerate(codes)}
    answer = client.put(f"/v1/schools/{URN}/registers/{day}/AM?force=true", {"marks": marks})
    assert answer.status_code == 200, answer.text
