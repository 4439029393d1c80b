"""The invented school: nobody real in it, and every call of it is one that the API takes."""

from datetime import date

import pytest
from flask import Flask

import demonstration
from tests.conftest import Clock
from tests.make import Client


def load(client: Client, today: date) -> None:
    ids: dict[str, str] = {}
    for call in demonstration.calls(today):
        path, body = call.filled(ids)
        answer = client(call.method, path, json=body)
        assert answer.status_code < 300, (path, answer.text)
        assert not (answer.json or {}).get("rejected"), answer.json
        if call.remember:
            ids[call.remember] = answer.json["id"]


@pytest.mark.parametrize("today", ["2027-09-20", "2027-08-15"])
def test_it_can_be_made_on_any_day_of_the_year(app: Flask, client: Client, clock: Clock, today: str) -> None:
    clock.set(f"{today}T10:00:00+00:00")

    load(client, date.fromisoformat(today))

    report = client.get(f"/v1/schools/{demonstration.URN}/progress").json
    assert [challenge["kind"] for challenge in report["challenges"]] == [
        "attendance",
        "recruitment",
        "inclusion",
    ]
    for challenge in report["challenges"]:
        assert challenge["actions"] and challenge["evidence"] and challenge["indicators"]
        assert all(action["owner"] for action in challenge["actions"])
        assert all(indicator["latest"] is not None for indicator in challenge["indicators"])


def test_its_figures_look_like_those_of_a_school(app: Flask, client: Client, clock: Clock) -> None:
    clock.set("2026-11-24T10:00:00+00:00")
    load(client, date(2026, 11, 24))
    root = f"/v1/schools/{demonstration.URN}/attendance"

    [whole] = client.get(root).json["groups"]
    days = {
        group["key"]["weekday"]: group["rates"]["absence"]
        for group in client.get(f"{root}?by=weekday").json["groups"]
    }

    assert 90 < whole["rates"]["attendance"] < 96
    assert whole["late_sessions"] > 0
    assert days["friday"] == max(days.values())


def test_the_same_school_comes_out_each_time() -> None:
    first, second = [[call.body for call in demonstration.calls(date(2026, 11, 24))] for _ in range(2)]

    assert first[:5] == second[:5]
