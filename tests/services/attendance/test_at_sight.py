"""What is taken at sight comes to what a second look comes to: two schools, told the same, each in one way."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from services.attendance import register_push
from tests.make import URN, Client, make_key, make_school

ROLL = [
    {"pupil": "R1", "from": "2026-09-01", "aliases": ["also-R1"]},
    {"pupil": "R2", "from": "2026-09-01"},
    {"pupil": "R3", "from": "2026-09-01", "to": "2026-11-17"},
]
TIMES = [f"2026-11-18T08:0{minute}:00Z" for minute in range(3)]

_urns = itertools.count(940000)

marks = st.dictionaries(
    st.sampled_from(["R1", "R2", "R3", "M1"] * 2 + ["also-R1", "new"]),
    st.sampled_from(["/", "I", "L", "N", "", "-", None] * 3 + ["\\", "own", "X"]),
    max_size=6,
)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    body: dict[str, Any] = {"marks": draw(marks)}
    if body["marks"] and draw(st.booleans()):
        late = st.sampled_from(sorted(body["marks"]))
        body["minutes_late"] = draw(st.dictionaries(late, st.sampled_from([0, 5, 12]), max_size=2))
    if draw(st.booleans()):
        body["source_updated_at"] = draw(st.sampled_from(TIMES))
    return body


calls = st.tuples(
    st.sampled_from(["PUT", "PATCH"]),
    st.sampled_from(["2026-11-18/AM", "2026-11-18/AM", "2026-11-18/PM", "2026-11-16/AM", "2026-11-22/AM"]),
    st.sampled_from(["", "", "?force=true", "?force=true&strict_roll=true", "?force=true&dry_run=true"]),
    bodies(),
)


@contextmanager
def looked_at_again() -> Iterator[None]:
    """Within, nothing is taken at sight."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(register_push, "push_at_sight", lambda *_: None)
        yield


def told(answer: Any) -> tuple[int, dict[str, Any]]:
    """An answer without what is its own each time."""
    own = ("import_id", "updated_at", "instance")
    return answer.status_code, {name: value for name, value in answer.json.items() if name not in own}


def begun(client: Client) -> str:
    school = "/v1/schools/" + make_school(client, str(next(_urns)))
    assert client.put(school + "/roll?on=2026-09-01", {"pupils": ROLL}).status_code == 200
    first = {"marks": {"R1": "/", "R2": "/", "R3": "I", "M1": "/"}}
    assert client.put(school + "/registers/2026-11-17/AM", first).status_code == 200
    return school


@given(calls=st.lists(calls, min_size=1, max_size=5))
@settings(max_examples=50)
def test_it_comes_to_the_same_as_a_second_look(
    app: Flask, calls: list[tuple[str, str, str, dict[str, Any]]]
) -> None:
    client = make_key(app)
    one, other = begun(client), begun(client)
    for method, session, query, body in calls:
        at = f"/registers/{session}"
        at_sight = told(client(method, f"{one}{at}{query}", json=body))
        with looked_at_again():
            assert at_sight == told(client(method, f"{other}{at}{query}", json=body))
        assert told(client.get(one + at)) == told(client.get(other + at))
    for what in ("/roll", "/coverage?from=2026-11-16&to=2026-11-22"):
        assert told(client.get(one + what)) == told(client.get(other + what))


@pytest.mark.parametrize(
    "body",
    [
        {"marks": {"P1": "/", "P2": "I", "P3": "-"}},
        {"marks": {"P3": "/", "P1": "L"}, "minutes_late": {"P1": 5}},
        {"marks": {"P2": None}, "source_updated_at": "2026-11-18T08:55:00Z"},
    ],
)
def test_most_registers_of_a_morning_are_taken_at_sight(client: Client, body: dict[str, Any]) -> None:
    make_school(client)
    registers = f"/v1/schools/{URN}/registers"
    roll = [{"pupil": pupil, "from": "2026-09-01"} for pupil in ("P1", "P2", "P3")]
    client.put(f"/v1/schools/{URN}/roll?on=2026-09-01", {"pupils": roll})
    client.put(f"{registers}/2026-11-17/AM", {"marks": {"P1": "/", "P2": "/", "P3": "/"}})

    with pytest.MonkeyPatch.context() as patched:
        patched.delattr(register_push, "push_marks")
        first = client.put(f"{registers}/2026-11-18/AM", body)
        again = client.put(f"{registers}/2026-11-18/AM", body)

    assert first.status_code == 200, first.text
    assert again.json["unchanged"] == len(body["marks"])
