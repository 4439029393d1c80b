"""A school's own codes, and what they stand for."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import URN, Client, make_key, make_school

PATH = f"/v1/schools/{URN}/code-map"
REGISTER = f"/v1/schools/{URN}/registers/2026-11-20/AM"


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def rows(*codes: str) -> list[dict[str, str]]:
    return [
        {"pupil": f"P{number}", "date": "2026-11-20", "session": "AM", "code": code}
        for number, code in enumerate(codes)
    ]


def test_own_codes_are_taken_as_what_they_stand_for(client: Client) -> None:
    before = client.post(f"/v1/schools/{URN}/marks", rows("XA", "/")).json
    made = client.put(PATH, {"map": {"XA": "C", "Ill": "I"}})
    after = client.post(f"/v1/schools/{URN}/marks", rows("XA", "/", "Ill", "ZZ")).json

    assert (before["rejected"], made.status_code) == (1, 201)
    assert (after["created"], after["unchanged"], after["rejected"]) == (2, 1, 1)
    assert client.get(REGISTER).json["marks"] == {"P0": "C", "P1": "/", "P2": "I"}


def test_they_are_taken_in_a_register_too(client: Client) -> None:
    client.put(PATH, {"map": {"XA": "C"}})

    assert client.put(REGISTER, {"marks": {"P0": "XA", "P1": "C"}}).json["created"] == 2
    assert client.put(REGISTER, {"marks": {"P0": "C", "P1": "XA"}}).json["unchanged"] == 2


def test_a_code_stands_for_one_that_is_valid_on_the_day(client: Client) -> None:
    client.put(PATH, {"map": {"PM": "\\"}})
    receipt = client.post(f"/v1/schools/{URN}/marks", rows("PM"))

    assert receipt.status_code == 422, receipt.text
    assert receipt.json["rejected"] == 1


def test_the_map_has_its_history(client: Client, clock: Clock) -> None:
    client.put(PATH, {"map": {"XA": "C"}})
    then = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(minutes=1)
    same = client.put(PATH, {"map": {"XA": "C"}})
    changed = client.put(PATH, {"map": {"XA": "M"}})

    assert (same.status_code, same.json["revision"], changed.json["revision"]) == (200, 1, 2)
    assert client.get(PATH).json["map"] == {"XA": "M"}
    assert client.get(f"{PATH}?as_of={then}").json["map"] == {"XA": "C"}


@pytest.mark.parametrize(
    ("map", "pointer"),
    [
        pytest.param({"I": "C"}, "/map/I", id="a national code"),
        pytest.param({"-": "C"}, "/map/-", id="no mark"),
        pytest.param({"XA": "ZZ"}, "/map/XA", id="stands for no code"),
        pytest.param({"XA": 1}, "/map/XA", id="no text"),
        pytest.param("XA", "/map", id="no map"),
    ],
)
def test_a_map_that_cannot_be_is_refused(client: Client, map: Any, pointer: str) -> None:
    answer = client.put(PATH, {"map": map})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert client.get(PATH).status_code == 404


def test_it_is_the_integrators(app: Flask, client: Client) -> None:
    assert make_key(app, scopes=["attendance:read"]).get(PATH).status_code == 403
    assert make_key(app, schools=["900002"]).get(PATH).status_code == 404
