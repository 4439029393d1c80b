"""What was deleted is 404 before anything is said of the query; with `as_of` it may be found as it stood."""

from typing import Any

import pytest

from tests.make import URN, Client, make_action, make_challenge, make_person, make_school

AT_ONCE = {"If-Match": "*"}
BEFORE = "2026-11-20T08:00:00Z"

BELOW = {
    "milestone": ("actions/{action}/milestones", "milestones", {"title": "x"}),
    "indicator": ("challenges/{challenge}/indicators", "indicators", {"measure": "custom", "title": "x"}),
    "review": ("challenges/{challenge}/reviews", "reviews", {"held_on": "2026-11-16"}),
    "comment": ("challenges/{challenge}/comments", "comments", {"text": "x"}),
    "practice": (f"schools/{URN}/practice", "practices", {}),
    "template": ("templates", "templates", {"school": URN, "based_on": "attendance"}),
    "view": ("views", "views", {"name": "x", "of": "actions", "query": {}}),
}
PRACTICE = {"title": "x", "weekday": "monday", "from": "08:00", "to": "08:30", "areas": [], "cohorts": []}

READS = [
    pytest.param(kind, suffix, id=f"{kind} {suffix}".strip())
    for kind, suffixes in {
        "person": ("",),
        "challenge": ("", "/actions", "/indicators", "/progress"),
        "action": ("", "/milestones", "/updates", "/comments", "/effect"),
        "evidence": ("", "/file", "/files"),
        "strand position": ("",),
        **dict.fromkeys(BELOW, ("",)),
    }.items()
    for suffix in suffixes
]


@pytest.mark.parametrize(("kind", "suffix"), READS)
def test_what_was_deleted_is_not_found_even_where_the_query_is_bad(
    client: Client, kind: str, suffix: str
) -> None:
    make_school(client)
    path = _made(client, kind)
    assert client.delete(path, headers=AT_ONCE).status_code == 204

    assert client.get(path + suffix).status_code == 404
    assert client.get(f"{path}{suffix}?nonsense=1").status_code == 404
    assert client.get(f"{path}{suffix}?compare_to={BEFORE}&nonsense=1").status_code == 404
    assert client.get(f"{path}{suffix}?as_of={BEFORE}&nonsense=1").status_code == 422


@pytest.mark.parametrize("suffix", ["", "/milestones"])
def test_what_lies_below_something_deleted_is_as_little_there(client: Client, suffix: str) -> None:
    make_school(client)
    challenge = make_challenge(client)
    action = f"/v1/actions/{make_action(client, challenge)}{suffix}"
    client.delete(f"/v1/challenges/{challenge}", headers=AT_ONCE)

    assert client.get(f"{action}?nonsense=1").status_code == 404


def test_its_history_stays(client: Client) -> None:
    make_school(client)
    path = _made(client, "challenge")
    client.delete(path, headers=AT_ONCE)

    assert client.get(f"{path}/history").status_code == 200


def _made(client: Client, kind: str) -> str:
    """The path of a new one."""
    if kind == "person":
        return f"/v1/people/{make_person(client)}"
    challenge = make_challenge(client)
    if kind == "challenge":
        return f"/v1/challenges/{challenge}"
    action = make_action(client, challenge)
    if kind == "action":
        return f"/v1/actions/{action}"
    if kind == "strand position":
        path = f"/v1/schools/{URN}/areas/ofsted2025.inclusion"
        _good(client.put(path, {"where_we_are": "x"}))
        return path
    if kind == "evidence":
        about = [{"type": "challenge", "id": challenge}]
        given = {"title": "x", "kind": "note", "text": "x", "about": about}
        return f"/v1/evidence/{_good(client.post('/v1/evidence', given))}"
    above, many, fields = BELOW[kind]
    given = PRACTICE if kind == "practice" else fields
    made = client.post("/v1/" + above.format(challenge=challenge, action=action), given)
    return f"/v1/{many}/{_good(made)}"


def _good(answer: Any) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])
