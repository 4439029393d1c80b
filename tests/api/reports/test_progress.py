"""`…/progress`: how each challenge is being addressed, and what is missing."""

import csv
import io

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import URN, Client, make_action, make_challenge, make_key, make_person, make_school

PROGRESS = f"/v1/schools/{URN}/progress"


@pytest.fixture
def challenge(client: Client) -> str:
    make_school(client, trust_uid="T1", trust_name="Example Trust")
    return make_challenge(client, kind="attendance", title="Mondays")


def test_a_report_tells_of_each_challenge_with_what_is_missing_and_the_call_that_fills_it(
    client: Client, challenge: str
) -> None:
    report = client.get(PROGRESS).json

    assert report["school"]["urn"] == URN
    [told] = report["challenges"]
    assert told["title"] == "Mondays"
    gap = next(gap for gap in told["gaps"] if gap["id"] == "no_action")
    assert (gap["fill"]["method"], gap["fill"]["path"]) == ("POST", f"/v1/challenges/{challenge}/actions")
    assert report["clarity"] == told["clarity"]


@pytest.mark.parametrize("query", ["", "?kind=attendance", "?format=json&from=2026-11-01"])
def test_a_report_says_of_an_action_what_lists_say_whatever_it_waits_for(
    client: Client, challenge: str, query: str
) -> None:
    other = make_challenge(client, kind="curriculum", title="Reading")
    late = make_action(client, other, title="Books", due_on="2026-11-02")
    waiting = make_action(client, challenge, depends_on=[late])

    listed = client.get(f"/v1/actions/{waiting}").json
    assert listed["health_reason"].startswith("waits for “Books”, which is overdue")
    for path in (f"{PROGRESS}{query}", f"/v1/challenges/{challenge}/progress"):
        [told] = client.get(path).json["challenges"][0]["actions"]
        assert (told["health"], told["health_reason"]) == (listed["health"], listed["health_reason"])


def test_the_call_that_fills_a_gap_is_one_that_the_api_takes(client: Client, challenge: str) -> None:
    owner = make_person(client)
    [told] = client.get(PROGRESS).json["challenges"]
    answered = told["clarity"]["answered"]

    gap = next(gap for gap in told["gaps"] if gap["id"] == "no_action")
    filled = {"title": "Calls before ten", "owner": owner, "start_on": "2026-11-02", "due_on": "2027-07-09"}
    answer = client(gap["fill"]["method"], gap["fill"]["path"], json=gap["fill"].get("body", {}) | filled)

    assert answer.status_code == 201, answer.text
    [told] = client.get(PROGRESS).json["challenges"]
    assert told["clarity"]["answered"] > answered
    assert told["actions"][0]["owner"]["id"] == owner


def test_the_same_as_csv_by_format_or_by_accept(client: Client, challenge: str) -> None:
    make_action(client, challenge, title="=Calls")

    by_format = client.get(PROGRESS + "?format=csv")
    by_accept = client.get(PROGRESS, headers={"Accept": "text/csv"})

    assert by_format.content_type == by_accept.content_type == "text/csv; charset=utf-8"
    assert by_format.data == by_accept.data
    [row] = csv.DictReader(io.StringIO(by_format.text))
    assert (row["challenge"], row["action"]) == ("Mondays", "'=Calls")


def test_a_report_as_it_stood(client: Client, challenge: str, clock: Clock) -> None:
    before = clock.advance(days=1).isoformat()
    clock.advance(days=1)
    make_action(client, challenge)

    assert client.get(PROGRESS, query_string={"as_of": before}).json["challenges"][0]["actions"] == []
    assert len(client.get(PROGRESS).json["challenges"][0]["actions"]) == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [("kind=attendance", 1), ("kind=inclusion", 0), ("area=ofsted2025.inclusion", 0)],
)
def test_a_report_is_narrowed(client: Client, challenge: str, query: str, count: int) -> None:
    assert len(client.get(f"{PROGRESS}?{query}").json["challenges"]) == count


def test_a_report_of_what_somebody_has_a_part_in(client: Client, challenge: str) -> None:
    owner, other = make_person(client), make_person(client)
    make_action(client, challenge, owner=owner)

    assert len(client.get(f"{PROGRESS}?owner={owner}").json["challenges"]) == 1
    assert client.get(f"{PROGRESS}?owner={other}").json["challenges"] == []


def test_a_trust_and_a_challenge_have_reports_too(client: Client, challenge: str) -> None:
    trust = client.get("/v1/trusts/T1/progress").json
    alone = client.get(f"/v1/challenges/{challenge}/progress").json

    assert trust["trust"]["uid"] == "T1"
    assert trust["challenges"] == alone["challenges"] == client.get(PROGRESS).json["challenges"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (PROGRESS + "?format=docx", 422),
        (PROGRESS + "?area=nowhere", 422),
        (PROGRESS + "?from=2026-11-20&to=2026-11-01", 422),
        (PROGRESS + "?owner=0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11&format=docx", 404),
        ("/v1/schools/900009/progress", 404),
        ("/v1/trusts/T9/progress", 404),
    ],
)
def test_what_cannot_be_reported_is_refused(client: Client, challenge: str, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_a_trust_that_the_key_sees_in_part_only_is_not_found(
    app: Flask, client: Client, challenge: str
) -> None:
    make_school(client, "900002", trust_uid="T1")

    assert make_key(app, schools=[URN]).get("/v1/trusts/T1/progress").status_code == 404


def test_a_report_holds_nothing_about_one_pupil(client: Client, challenge: str) -> None:
    client.put(f"/v1/schools/{URN}/registers/2026-11-20/AM", {"marks": {"PUPIL-4711": "I"}})
    client.post(f"/v1/challenges/{challenge}/indicators", {"measure": "absence", "baseline_on": "2026-11-20"})

    answer = client.get(PROGRESS)

    assert "PUPIL-4711" not in answer.text
    [indicator] = answer.json["challenges"][0]["indicators"]
    assert indicator["latest"] is None  # one pupil's absence is nobody else's business


def test_every_decimal_of_a_report_is_exact(client: Client, challenge: str) -> None:
    body = {
        "measure": "custom", "title": "Posts open", "unit": "posts", "baseline_on": "2026-09-14", "target": 0.1,
        "target_on": "2027-07-09", "direction": "down", "points": [{"on": "2026-09-14", "value": 0.3}],
    }  # fmt: skip
    client.post(f"/v1/challenges/{challenge}/indicators", body)

    assert '"target":0.1,' in client.get(PROGRESS).text
