"""Every move of an action over HTTP, permitted and refused, by either way; whatever is done, nothing said is lost."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.make import Client, make_action, make_challenge, make_school

AT_ONCE = {"If-Match": "*"}

STATUSES = ("planned", "in_progress", "blocked", "done", "stopped")

DRAWN = {
    # from          planned  in_progress  blocked  done   stopped
    "planned":      (" ",    "yes",       "409",   "409", "note"),
    "in_progress":  ("409",  " ",         "yes",   "yes", "note"),
    "blocked":      ("409",  "yes",       " ",     "yes", "note"),
    "done":         ("409",  "note",      "409",   " ",   "409"),
    "stopped":      ("409",  "note",      "409",   "409", " "),
}  # fmt: skip
"""yes: it moves; note: only with a note, 422 without; 409: never; blank: no move at all, and no harm."""

WAY_THERE = {
    "planned": (),
    "in_progress": ("in_progress",),
    "blocked": ("in_progress", "blocked"),
    "done": ("in_progress", "done"),
    "stopped": ("stopped",),
}

CASES = [(old, new, drawn) for old, row in DRAWN.items() for new, drawn in zip(STATUSES, row, strict=True)]


@pytest.fixture
def challenge(client: Client) -> str:
    make_school(client)
    return make_challenge(client)


def standing_at(client: Client, challenge: str, status: str) -> str:
    action = make_action(client, challenge)
    for step in WAY_THERE[status]:
        assert client.post(f"/v1/actions/{action}/updates", {"status": step, "note": "x"}).status_code == 201
    return action


@pytest.mark.parametrize("by", ["update", "patch"])
@pytest.mark.parametrize("note", [None, "why"])
@pytest.mark.parametrize(("old", "new", "drawn"), CASES)
def test_each_move_is_as_drawn(
    client: Client, challenge: str, old: str, new: str, drawn: str, note: str | None, by: str
) -> None:
    action = standing_at(client, challenge, old)
    said = {"status": new} | ({"note": note} if note else {})

    if by == "update":
        answer = client.post(f"/v1/actions/{action}/updates", said)
    else:
        answer = client.patch(f"/v1/actions/{action}", said, headers=AT_ONCE)

    read = client.get(f"/v1/actions/{action}").json
    if drawn == "409":
        assert (answer.status_code, read["status"]) == (409, old)
        assert answer.json["next_moves"] == read["next_moves"]
    elif drawn == "note" and note is None:
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/note")
        assert read["status"] == old
    elif drawn == " " and by == "patch" and note is not None:
        assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/note")
    else:
        assert answer.status_code == (201 if by == "update" else 200), answer.text
        assert read["status"] == new


updates = st.fixed_dictionaries(
    {"note": st.sampled_from(["begun", "so far", "stuck"])},
    optional={
        "status": st.sampled_from(STATUSES),
        "progress": st.integers(-5, 130),
        "on": st.sampled_from(["2026-09-01", "2026-11-02", "2026-11-19"]),
    },
)
patches = st.fixed_dictionaries(
    {}, optional={"status": st.sampled_from(STATUSES), "note": st.just("why"), "title": st.sampled_from("ab")}
)
steps = st.lists(
    st.tuples(st.just("update"), updates)
    | st.tuples(st.just("patch"), patches)
    | st.tuples(st.sampled_from(["milestone", "delete", "restore"]), st.just({})),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=steps)
def test_no_sequence_of_calls_loses_an_update_or_passes_a_hundred(
    app: Flask, client: Client, taken: list[tuple[str, dict[str, Any]]]
) -> None:
    make_school(client)
    action = make_action(client, make_challenge(client))
    path = f"/v1/actions/{action}"
    said: list[str] = []
    status, hidden = "planned", False
    for call, body in taken:
        if call == "update":
            answer = client.post(f"{path}/updates", body)
            if answer.status_code == 201:
                said.append(answer.json["id"])
                status = body.get("status", status)
        elif call == "patch":
            answer = client.patch(path, body, headers=AT_ONCE)
            if answer.status_code == 200 and body.get("status", status) != status:
                status = body["status"]
                said.append("by patch")
        elif call == "milestone":
            answer = client.post(f"{path}/milestones", {"title": "x", "done_on": "2026-11-02"})
        elif call == "delete":
            answer = client.delete(path, headers=AT_ONCE)
            hidden = True
        else:
            answer = client.post(f"{path}/restore")
            hidden = False
        assert answer.status_code < 500, answer.text
        assert (answer.status_code == 404) <= hidden, (call, answer.text)
    client.post(f"{path}/restore")

    read = client.get(path).json
    held = [update["id"] for update in client.get(f"{path}/updates?limit=200").json["items"]]

    assert [id if id in said else "by patch" for id in held] == said
    assert read["status"] == status
    assert read["progress"] is None or 0 <= read["progress"] <= 100
