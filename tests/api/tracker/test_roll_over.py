"""`/v1/schools/{urn}/roll-over`."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import URN, Client, make_action, make_challenge, make_key, make_school

PATH = f"/v1/schools/{URN}/roll-over"
AT_ONCE = {"If-Match": "*"}


def roll_over(client: Client, **body: Any) -> Any:
    answer = client.post(PATH, body)
    assert answer.status_code == 200, answer.text
    return answer.json


def years(client: Client, challenge: str) -> list[str]:
    found: list[str] = client.get(f"/v1/challenges/{challenge}").json["academic_years"]
    return found


def test_an_open_challenge_goes_on_with_its_id_and_its_thread(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    action = make_action(client, challenge)
    before = client.get(f"/v1/challenges/{challenge}").json

    found = roll_over(client)

    after = client.get(f"/v1/challenges/{challenge}").json
    assert (found["into"], [one["challenge"] for one in found["carried"]]) == ("2027/28", [challenge])
    assert after["academic_years"] == ["2026/27", "2027/28"]
    assert after["counts"] == before["counts"]
    assert client.get(f"/v1/actions/{action}").json["challenge"] == challenge


def test_it_is_in_the_history(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    roll_over(client)

    last = client.get(f"/v1/challenges/{challenge}/history").json["items"][-1]
    assert (last["field"], last["old"], last["new"]) == (
        "academic_years",
        ["2026/27"],
        ["2026/27", "2027/28"],
    )


def test_doing_it_again_changes_nothing(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    once = roll_over(client)

    assert roll_over(client) == once
    assert client.get(f"/v1/challenges/{challenge}").json["revision"] == 2


def test_a_body_may_be_left_out(client: Client) -> None:
    make_school(client)
    make_challenge(client)

    assert client.post(PATH).json["into"] == "2027/28"


def test_after_the_summer_it_is_the_year_that_has_begun(client: Client, clock: Clock) -> None:
    make_school(client)
    old = make_challenge(client)
    clock.set("2027-09-02T09:00:00+00:00")
    new = make_challenge(client, title="New")

    assert roll_over(client)["into"] == "2027/28"
    assert (years(client, old), years(client, new)) == (["2026/27", "2027/28"], ["2027/28"])


def test_into_the_year_that_is_named(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client, opened_on="2025-10-01")

    assert roll_over(client, into="2027-28")["into"] == "2027/28"
    assert roll_over(client, into="2026/27")["into"] == "2026/27"
    assert years(client, challenge) == ["2025/26", "2026/27", "2027/28"]


@pytest.mark.parametrize("into", ["2025/26", "2028/29", "2027/29", "next", "", 2027, None])
def test_any_other_year_is_refused(client: Client, into: Any) -> None:
    make_school(client)
    challenge = make_challenge(client)

    answer = client.post(PATH, {"into": into})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/into")
    assert years(client, challenge) == ["2026/27"]


def test_what_is_closed_or_deleted_stays_where_it_was(client: Client) -> None:
    make_school(client)
    closed = make_challenge(client, closed_on="2026-11-20")
    deleted = make_challenge(client)
    client.delete(f"/v1/challenges/{deleted}", headers=AT_ONCE)

    found = roll_over(client)

    assert (found["carried"], found["left"]) == ([], 1)
    assert years(client, closed) == ["2026/27"]


def test_it_tells_what_is_still_to_do_and_which_targets_are_past(client: Client) -> None:
    make_school(client)
    challenge = make_challenge(client)
    make_action(client, challenge, due_on="2026-11-19")
    make_action(client, challenge, due_on="2026-11-20")
    make_action(client, challenge, due_on="2026-11-19", status="done")
    indicators = {}
    for title, day in {"past": "2027-08-31", "later": "2027-09-01", "open": None}.items():
        target = {"target": 5, "target_on": day, "direction": "up"} if day else {}
        path = f"/v1/challenges/{challenge}/indicators"
        answer = client.post(path, {"measure": "custom", "title": title} | target)
        indicators[title] = answer.json["id"]

    (carried,) = roll_over(client)["carried"]

    assert (carried["title"], carried["open_actions"], carried["overdue_actions"]) == (
        "Absence on Mondays",
        2,
        1,
    )
    assert carried["indicators_to_renew"] == [
        {"id": indicators["past"], "title": "past", "target_on": "2027-08-31"}
    ]


def test_other_schools_stay_as_they_are(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    other = make_challenge(client, school="900002")
    roll_over(client)

    assert years(client, other) == ["2026/27"]
    assert make_key(app, schools=["900002"]).post(PATH, {}).status_code == 404
    assert make_key(app, ["tracker:read"]).post(PATH, {}).status_code == 403
