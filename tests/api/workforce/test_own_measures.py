"""Measures that a school defines for itself, their points, and indicators that follow them."""

from typing import Any

import pytest
from flask import Flask

from tests.api.workforce.made import SCHOOL, made, told
from tests.api.workforce.test_imports import counts
from tests.conftest import Clock
from tests.make import Client, make_action, make_challenge, make_key, make_school

CLUBS = f"{SCHOOL}/own-measures/club_places"
POINTS = f"{CLUBS}/points"
PARTS = ("on", "value", "numerator", "denominator")


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def clubs(**fields: Any) -> dict[str, Any]:
    parts = {"numerator": "places taken", "denominator": "places offered"}
    return {"title": "Club places", "unit": "%", "direction": "up", "pushed_by": "clubs"} | parts | fields


def push(client: Client, table: str, query: str = "") -> Any:
    return client.post(POINTS + query, data=table.encode(), content_type="text/csv")


def test_a_school_defines_its_own_measure(client: Client) -> None:
    answer = client.put(CLUBS, clubs())

    assert answer.status_code == 201
    assert clubs().items() <= client.get(CLUBS).json.items()
    assert client.get(CLUBS).json["name"] == "club_places"
    assert [item["name"] for item in client.get(f"{SCHOOL}/own-measures").json["items"]] == ["club_places"]
    assert client.put(CLUBS, clubs(title="Places")).json["revision"] == 2
    assert client.get(f"{CLUBS}/history").json["items"][-1]["field"] == "title"


def test_points_are_pushed_as_csv_and_as_json(client: Client) -> None:
    client.put(CLUBS, clubs())
    table = (
        "date,numerator,denominator\n06/11/2026,30,40\n2026-11-13,45,60\n2026-11-14,-1,60\n2026-11-15,1,\n"
    )

    assert counts(push(client, table)) == {"created": 2, "rejected": 2}
    assert counts(push(client, table)) == {"unchanged": 2, "rejected": 2}
    assert counts(client.post(POINTS, [{"on": "2026-11-13", "value": 80}])) == {"updated": 1}
    assert counts(push(client, "on,value\n2026-11-20,5\n", "?dry_run=true")) == {"created": 1}
    told = [[item[name] for name in PARTS] for item in client.get(POINTS).json["items"]]
    assert told == [["2026-11-06", None, 30, 40], ["2026-11-13", 80, None, None]]


def test_an_indicator_follows_it_like_any_measure(client: Client, clock: Clock) -> None:
    client.put(CLUBS, clubs())
    push(client, "on,numerator,denominator\n2026-11-06,30,40\n")
    challenge = make_challenge(client, kind="inclusion")
    path = f"/v1/challenges/{challenge}/indicators"

    held = made(
        client,
        path,
        {"measure": "own:club_places", "direction": "up", "target": 90, "target_on": "2027-07-16"},
    )

    assert (held["title"], held["unit"], held["baseline"], held["latest"]) == ("Club places", "%", 75, 75)
    clock.advance(days=30)
    push(client, "on,numerator,denominator\n2026-12-11,50,60\n")
    later = client.get(f"/v1/indicators/{held['id']}").json
    assert (later["baseline"], later["latest"], later["on_trajectory"]) == (75, 83.33, True)
    assert later["history"][-1]["value"] == 83.33
    report = client.get(f"{SCHOOL}/progress").json["challenges"][0]["indicators"][0]
    assert (report["measure"], report["latest"]) == ("own:club_places", 83.33)
    body = {
        "title": "Clubs",
        "kind": "measure",
        "figures": {"measure": "own:club_places"},
        "about": [{"type": "challenge", "id": challenge}],
    }
    assert made(client, "/v1/evidence", body)["figures"]["source"].endswith("pushed by clubs")
    client.delete(CLUBS)
    assert "no such measure" in client.get(f"/v1/indicators/{held['id']}").json["null_because"]


def test_what_can_t_be(client: Client) -> None:
    assert "/direction" in told(client.put(CLUBS, clubs(direction="sideways")))
    assert "/denominator" in told(client.put(CLUBS, clubs(denominator=None)))
    assert "/path/name" in told(client.put(f"{SCHOOL}/own-measures/Club", clubs()))
    assert client.post(POINTS, [{"on": "2026-11-13", "value": 1}]).status_code == 404
    client.put(CLUBS, clubs())
    assert counts(client.post(POINTS, [{"on": "2026-11-13"}])) == {"rejected": 1}
    path = f"/v1/challenges/{make_challenge(client)}/indicators"
    assert "/measure" in told(client.post(path, {"measure": "own:bake_sales"}))
    assert "/filter" in told(client.post(path, {"measure": "own:club_places", "filter": "year_group:7"}))


def test_nothing_to_divide_by_gives_null(client: Client) -> None:
    client.put(CLUBS, clubs())
    push(client, "on,numerator,denominator\n2026-11-06,0,0\n")

    held = made(client, f"/v1/challenges/{make_challenge(client)}/indicators", {"measure": "own:club_places"})

    assert (held["latest"], held["null_because"]) == (None, "there is nothing to divide by")


def test_who_may(app: Flask, client: Client) -> None:
    client.put(CLUBS, clubs())
    reads, elsewhere = make_key(app, ["tracker:read"]), make_key(app, ["tracker:write"], ["900002"])

    assert reads.get(CLUBS).status_code == reads.get(POINTS).status_code == 200
    assert reads.put(CLUBS, clubs()).status_code == 403
    assert make_key(app, ["workforce:write"]).put(CLUBS, clubs()).status_code == 403
    assert elsewhere.get(POINTS).status_code == elsewhere.put(CLUBS, clubs()).status_code == 404


def test_who_pushes_points_reads_their_receipts(app: Flask, client: Client) -> None:
    client.put(CLUBS, clubs())
    pushes = make_key(app, ["tracker:write"])
    answer = pushes.post(POINTS, [{"on": "2026-11-13", "value": 1}, {"on": "2026-11-14"}])
    other = client.post(f"{SCHOOL}/vacancies/import", [{"role": "x"}]).json["import_id"]

    receipt = f"/v1/imports/{answer.json['import_id']}"
    assert pushes.get(receipt).json["created"] == 1
    assert pushes.get(f"{receipt}/errors").json["items"][0]["row"] == 2
    assert client.get("/v1/imports?kind=own_points").json["items"][0]["who"] == "test"
    assert pushes.get(f"/v1/imports/{other}").status_code == 404
    assert make_key(app, ["tracker:write"], ["900002"]).get(receipt).status_code == 404
    assert make_key(app, ["tracker:read"]).get(receipt).status_code == 403


def test_without_points_the_gap_names_the_call_that_pushes_them(client: Client) -> None:
    client.put(CLUBS, clubs())
    challenge = make_challenge(client, kind="inclusion")
    made(client, f"/v1/challenges/{challenge}/indicators", {"measure": "own:club_places"})

    gaps = client.get(f"{SCHOOL}/progress").json["challenges"][0]["gaps"]

    missing = next(gap for gap in gaps if gap["id"] == "no_measure")
    assert (missing["fill"]["method"], missing["fill"]["path"]) == ("POST", POINTS)


def effect(client: Client, action: str, query: str) -> dict[str, Any]:
    answer = client.get(f"/v1/actions/{action}/effect?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_an_actions_effect_is_seen_in_its_points(client: Client) -> None:
    client.put(CLUBS, clubs())
    push(
        client,
        "on,numerator,denominator\n2026-08-30,40,40\n2026-09-01,10,40\n2026-09-08,20,60\n2026-09-09,30,40\n"
        "2026-09-16,50,60\n",
    )
    action = make_action(client, make_challenge(client, kind="inclusion"), start_on="2026-09-09")

    found = effect(client, action, "measure=own:club_places")

    assert found["of_school"] == {
        "before": {"value": 30, "numerator": 30, "denominator": 100},
        "after": {"value": 80, "numerator": 80, "denominator": 100},
        "change": {"value": 50},
    }
    assert (found["points"], found["cohort"], found["of_rest"]["before"]) == (2, None, None)
    assert (found["before"]["from"], found["after"]["to"]) == ("2026-09-01", "2026-09-16")
    assert "of the whole school" in found["because"]
    assert "timing is not cause" in found["cautions"][0]
    assert effect(client, action, "measure=own:club_places&days=1")["of_school"]["change"]["value"] == 41.67


def test_what_can_not_be_asked_of_an_effect(client: Client) -> None:
    client.put(CLUBS, clubs())
    challenge = make_challenge(client, kind="inclusion")
    path = f"/v1/actions/{make_action(client, challenge, start_on='2026-09-09')}/effect"

    assert "/query/measure" in told(client.get(f"{path}?measure=own:bake_sales"))
    assert "/query/cohort" in told(client.get(f"{path}?measure=own:club_places&cohort=year_group:7"))
    unstarted = make_action(client, challenge)
    assert "start_on" in effect(client, unstarted, "measure=own:club_places")["because"]
    nothing = effect(client, make_action(client, challenge, start_on="2026-09-09"), "measure=own:club_places")
    assert "no point before" in nothing["because"]


@pytest.mark.parametrize(
    "body",
    [
        {"on": "2026-11-13", "value": 80},
        {"points": [{"on": "2026-11-13", "value": 80}]},
        {"data": [{"on": "2026-11-13", "value": 80}]},
        [{"on": "2026-11-13", "value": 80}],
    ],
    ids=["alone", "points", "data", "array"],
)
def test_points_come_alone_or_several_at_once(client: Client, body: Any) -> None:
    client.put(CLUBS, clubs())

    assert counts(client.post(POINTS, body)) == {"created": 1}
    assert client.get(f"{POINTS}/2026-11-13").json["value"] == 80


def test_a_point_is_set_read_and_taken_away_by_its_day(client: Client, clock: Clock) -> None:
    client.put(CLUBS, clubs())
    point = f"{POINTS}/2026-11-13"

    made = client.put(point, {"value": 70})
    before = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)

    assert (made.status_code, made.json["on"], made.json["revision"]) == (201, "2026-11-13", 1)
    assert client.put(point, {"numerator": 45, "denominator": 60}).json["value"] is None
    assert client.get(f"{point}?as_of={before}").json["value"] == 70
    assert client.get(f"{point}/history").json["items"][0]["field"] == "value"
    assert client.delete(point).status_code == 204
    assert client.get(point).status_code == 404
    assert client.get(POINTS).json["items"] == []
    assert [item["value"] for item in client.get(f"{POINTS}?as_of={before}").json["items"]] == [70]


def test_a_point_that_can_not_be(client: Client) -> None:
    assert client.put(f"{POINTS}/2026-11-13", {"value": 1}).status_code == 404
    client.put(CLUBS, clubs())

    assert "/value" in told(client.put(f"{POINTS}/2026-11-13", {}))
    assert "/value" in told(
        client.put(f"{POINTS}/2026-11-13", {"value": 1, "numerator": 2, "denominator": 3})
    )
    assert "/denominator" in told(client.put(f"{POINTS}/2026-11-13", {"numerator": 2, "denominator": -3}))
    assert "/path/date" in told(client.put(f"{POINTS}/13-11-2026", {"value": 1}))
    assert "/on" in told(client.put(f"{POINTS}/2026-11-13", {"on": "2026-11-14", "value": 1}))
    assert client.post(POINTS, {"on": "2026-11-13", "value": "lots"}).status_code == 422
    assert client.post(POINTS, {}).status_code == 400


def test_it_may_be_named_with_or_without_what_tells_it_apart(client: Client) -> None:
    assert client.put(CLUBS, clubs()).json["measure"] == "own:club_places"
    client.post(POINTS, {"on": "2026-11-13", "value": 80})
    challenge = make_challenge(client, kind="inclusion")
    about = [{"type": "challenge", "id": challenge}]

    held = made(client, f"/v1/challenges/{challenge}/indicators", {"measure": "club_places"})

    assert (held["measure"], held["latest"]) == ("own:club_places", 80)
    body = {"title": "Clubs", "kind": "measure", "figures": {"measure": "club_places"}, "about": about}
    assert made(client, "/v1/evidence", body)["figures"]["measure"] == "own:club_places"
    action = make_action(client, challenge, start_on="2026-11-01")
    assert effect(client, action, "measure=club_places")["measure"] == "own:club_places"


def test_what_is_frozen_of_an_indicator_stays_as_it_was(client: Client) -> None:
    client.put(CLUBS, clubs())
    client.post(POINTS, {"on": "2026-11-13", "numerator": 30, "denominator": 40})
    challenge = make_challenge(client, kind="inclusion")
    held = made(client, f"/v1/challenges/{challenge}/indicators", {"measure": "own:club_places"})

    frozen = made(client, f"/v1/indicators/{held['id']}/freeze", {})
    client.post(POINTS, {"on": "2026-11-13", "numerator": 10, "denominator": 40})

    figures = client.get(f"/v1/evidence/{frozen['id']}").json["figures"]
    assert (figures["value"], figures["numerator"], figures["denominator"]) == (75, 30, 40)
    assert client.get(f"/v1/indicators/{held['id']}").json["latest"] == 25
