"""`/v1/indicators` and `/v1/challenges/{id}/indicators`."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from services.attendance.counting import forget_sums
from tests.api.tracker.test_statements import counted
from tests.conftest import Clock
from tests.make import URN, Client, make_challenge, make_key, make_school

AT_ONCE = {"If-Match": "*"}

CUSTOM = {
    "measure": "custom",
    "title": "Pupils at the breakfast club",
    "unit": "pupils",
    "points": [{"on": "2026-11-02", "value": 12}, {"on": "2026-09-14", "value": 8}],
    "target": 20,
    "target_on": "2027-07-16",
    "direction": "up",
}


@pytest.fixture
def path(client: Client) -> str:
    make_school(client)
    return f"/v1/challenges/{make_challenge(client)}/indicators"


def test_a_custom_indicator_starts_at_its_first_point(client: Client, path: str) -> None:
    made = client.post(path, CUSTOM)

    assert made.status_code == 201, made.text
    assert (made.json["baseline"], made.json["baseline_on"]) == (8, "2026-09-14")
    assert (made.json["latest"], made.json["latest_on"]) == (12, "2026-11-02")
    # 67 of 305 days from 8 to 20
    assert (made.json["expected_today"], made.json["on_trajectory"]) == (10.64, True)
    assert [point["on"] for point in made.json["points"]] == ["2026-09-14", "2026-11-02"]


@pytest.mark.parametrize(
    ("fields", "baseline"),
    [
        pytest.param({"baseline_on": "2026-11-02"}, 12, id="the point of the day"),
        pytest.param({"baseline_on": "2026-11-01"}, 8, id="the last point before the day"),
        pytest.param({"baseline_on": "2026-09-01"}, None, id="no point until the day"),
        pytest.param({"baseline_on": "2026-11-02", "baseline": 9.5}, 9.5, id="the one that is given"),
    ],
)
def test_a_custom_baseline_is_the_point_at_or_before_its_day(
    client: Client, path: str, fields: dict[str, Any], baseline: float | None
) -> None:
    assert client.post(path, CUSTOM | fields).json["baseline"] == baseline


def test_a_custom_baseline_follows_its_points_unless_it_was_given(client: Client, path: str) -> None:
    taken = client.post(path, CUSTOM).json["id"]
    given = client.post(path, CUSTOM | {"baseline": 9}).json["id"]
    points = {"points": [{"on": "2026-09-14", "value": 7}]}

    assert client.patch(f"/v1/indicators/{taken}", points, headers=AT_ONCE).json["baseline"] == 7
    assert client.patch(f"/v1/indicators/{given}", points, headers=AT_ONCE).json["baseline"] == 9


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"direction": None}, "/direction", id="a target without a direction"),
        pytest.param({"measure": "happiness"}, "/measure", id="a measure there isn't"),
        pytest.param({"title": None}, "/title", id="a custom one without a title"),
        pytest.param({"baseline_on": "2026-11-21"}, "/baseline_on", id="a baseline in the future"),
        pytest.param({"target_on": "2026-09-13"}, "/target_on", id="a target before the baseline"),
        pytest.param({"target": None}, "/target", id="a day for no target"),
        pytest.param({"filter": "house:red"}, "/filter", id="a filter that can't be read"),
        pytest.param({"target": "20"}, "/target", id="a text for a number"),
        pytest.param({"points": [{"on": "2026-09-14", "value": 1}] * 2}, "/points", id="two of one day"),
    ],
)
def test_what_is_wrong_is_pointed_at(client: Client, path: str, fields: dict[str, Any], pointer: str) -> None:
    answer = client.post(path, CUSTOM | fields)

    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"baseline": 90}, "/baseline", id="a baseline, which is taken from the registers"),
        pytest.param({"points": CUSTOM["points"]}, "/points", id="points, which come from the registers"),
    ],
)
def test_figures_of_a_measure_are_not_taken_from_a_body(
    client: Client, path: str, fields: dict[str, Any], pointer: str
) -> None:
    answer = client.post(path, {"measure": "attendance"} | fields)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_an_indicator_of_a_measure_reads_the_year_to_date(client: Client, path: str) -> None:
    _register(client, "2026-11-02", "AM", present=8, absent=2)
    _register(client, "2026-11-03", "AM", present=10, absent=0)
    given = {"measure": "attendance", "target": 96, "target_on": "2027-07-16", "direction": "up"}

    made = client.post(path, given | {"baseline_on": "2026-11-02"}).json

    assert (made["title"], made["unit"]) == ("Attendance", "%")
    assert (made["baseline"], made["baseline_on"]) == (80, "2026-11-02")
    assert (made["latest"], made["latest_on"], made["null_because"]) == (90, "2026-11-20", None)
    assert made["on_trajectory"] is True


def test_the_baseline_of_a_measure_is_taken_once(client: Client, path: str) -> None:
    _register(client, "2026-11-02", "AM", present=8, absent=2)
    made = client.post(path, {"measure": "attendance", "baseline_on": "2026-11-02"}).json
    _register(client, "2026-11-02", "AM", present=9, absent=1)
    one = f"/v1/indicators/{made['id']}"

    renamed = client.patch(one, {"title": "New"}, headers=AT_ONCE).json
    again = client.patch(one, {"baseline_on": "2026-11-03"}, headers=AT_ONCE).json

    assert (renamed["baseline"], renamed["latest"]) == (80, 90)
    assert again["baseline"] == 90


def test_an_indicator_stands_as_it_stood_before_a_correction(client: Client, path: str, clock: Clock) -> None:
    _register(client, "2026-11-02", "AM", present=8, absent=2)
    one = f"/v1/indicators/{client.post(path, {'measure': 'attendance'}).json['id']}"
    then = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    _register(client, "2026-11-02", "AM", present=10, absent=0)

    assert client.get(one).json["latest"] == 100
    assert client.get(f"{one}?as_of={then}").json["latest"] == 80


def test_few_pupils_are_withheld_and_it_says_so(client: Client, path: str) -> None:
    _register(client, "2026-11-02", "AM", present=3, absent=1)

    made = client.post(path, {"measure": "attendance"}).json

    assert (made["baseline"], made["latest"], made["latest_on"]) == (None, None, None)
    assert "fewer than 5" in made["null_because"]


def test_without_a_register_there_is_no_figure(client: Client, path: str) -> None:
    made = client.post(path, {"measure": "persistent_absence"}).json

    assert (made["latest"], made["on_trajectory"]) == (None, None)
    assert made["null_because"]


def test_an_indicator_off_its_line_puts_the_challenge_at_risk(client: Client, path: str) -> None:
    client.post(path, CUSTOM | {"points": CUSTOM["points"][1:]})

    challenge = client.get(path.removesuffix("/indicators")).json

    assert challenge["health"] == "at_risk"
    assert "Pupils at the breakfast club" in challenge["health_reason"]


def test_points_are_pushed_one_for_a_day_and_the_baseline_follows(client: Client, path: str) -> None:
    made = client.post(path, CUSTOM).json
    pushed = {"points": [{"on": "2026-11-19", "value": 15.5}, {"on": "2026-09-14", "value": 9}]}

    answer = client.post(f"/v1/indicators/{made['id']}/points", pushed)

    assert answer.status_code == 200, answer.text
    values = [(point["on"], point["value"]) for point in answer.json["points"]]
    assert values == [("2026-09-14", 9), ("2026-11-02", 12), ("2026-11-19", 15.5)]
    assert (answer.json["baseline"], answer.json["latest"]) == (9, 15.5)
    assert answer.json["revision"] == made["revision"] + 1


def test_the_same_points_again_change_nothing(client: Client, path: str) -> None:
    made = client.post(path, CUSTOM).json
    one = f"/v1/indicators/{made['id']}"

    again = client.post(f"{one}/points", {"points": [{"on": "2026-11-02", "value": 12.0}]}).json

    assert again["revision"] == made["revision"]
    assert client.get(one).json["updated_at"] == made["updated_at"]


@pytest.mark.parametrize(
    ("points", "pointer"),
    [
        pytest.param(
            [{"on": "2026-11-20", "value": 1}, {"on": "2026-11-21", "value": 1}],
            "/points/1/on",
            id="tomorrow",
        ),
        pytest.param([{"on": "2026-11-19", "value": 1}] * 2, "/points/1/on", id="two of one day"),
        pytest.param([{"on": "2026-11-19", "value": "1"}], "/points/0/value", id="a text"),
        pytest.param([{"on": "2026-11-19"}], "/points/0/value", id="no value"),
        pytest.param([], "/points", id="none"),
    ],
)
def test_points_that_are_wrong_are_pointed_at(client: Client, path: str, points: Any, pointer: str) -> None:
    one = f"/v1/indicators/{client.post(path, CUSTOM).json['id']}"

    answer = client.post(f"{one}/points", {"points": points})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert len(client.get(one).json["points"]) == 2


def test_a_point_may_come_alone(client: Client, path: str) -> None:
    one = f"/v1/indicators/{client.post(path, CUSTOM).json['id']}"

    answer = client.post(f"{one}/points", {"on": "2026-11-19", "value": 15.5})

    assert answer.status_code == 200, answer.text
    assert answer.json["points"][-1] == {"on": "2026-11-19", "value": 15.5}
    assert answer.json["latest"] == 15.5


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/points"),
        ({"on": "2026-11-19"}, "/value"),
        ({"value": 15.5}, "/on"),
        ({"on": "2027-11-19", "value": 15.5}, "/on"),
        ({"on": "2026-11-19", "value": None}, "/value"),
        ({"on": "2026-11-19", "value": 15.5, "points": CUSTOM["points"]}, "/on"),
    ],
)
def test_a_point_alone_that_is_wrong_is_pointed_at(
    client: Client, path: str, body: Any, pointer: str
) -> None:
    one = f"/v1/indicators/{client.post(path, CUSTOM).json['id']}"

    answer = client.post(f"{one}/points", body)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_an_indicator_keeps_a_thousand_points_and_no_more(client: Client, path: str) -> None:
    first = date(2026, 11, 20)
    days = [(first - timedelta(days=back)).isoformat() for back in range(1_001)]
    points = [{"on": day, "value": 1} for day in days]
    one = f"/v1/indicators/{client.post(path, CUSTOM | {'points': points[1:]}).json['id']}"

    another = client.post(f"{one}/points", {"points": points[:1]})
    one_of_them = client.post(f"{one}/points", {"points": [points[1] | {"value": 2}]})

    assert (another.status_code, another.json["errors"][0]["pointer"]) == (422, "/points")
    assert (one_of_them.status_code, one_of_them.json["latest"]) == (200, 2)


def test_a_measure_takes_no_points(client: Client, path: str) -> None:
    one = client.post(path, {"measure": "attendance"}).json["id"]

    answer = client.post(f"/v1/indicators/{one}/points", {"points": [{"on": "2026-11-19", "value": 1}]})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/points")


def test_points_need_the_scope_and_the_school(app: Flask, client: Client, path: str) -> None:
    points = f"/v1/indicators/{client.post(path, CUSTOM).json['id']}/points"
    given = {"points": [{"on": "2026-11-19", "value": 1}]}

    assert make_key(app, ["tracker:read"]).post(points, given).status_code == 403
    assert make_key(app, ["tracker:write"], ["900002"]).post(points, given).status_code == 404


def test_the_history_of_a_custom_indicator_is_its_points_beside_the_line(client: Client, path: str) -> None:
    one = client.post(path, CUSTOM).json["id"]

    # 49 of 305 days from 8 to 20
    assert client.get(f"/v1/indicators/{one}").json["history"] == [
        {"on": "2026-09-14", "value": 8, "expected": 8, "null_because": None},
        {"on": "2026-11-02", "value": 12, "expected": 9.93, "null_because": None},
    ]


def test_the_history_of_a_measure_is_what_attendance_says_of_each_month(client: Client, path: str) -> None:
    for day, absent in [("2026-09-15", 1), ("2026-10-05", 4), ("2026-10-30", 0), ("2026-11-03", 3)]:
        _register(client, day, "AM", present=10 - absent, absent=absent)
    given = {"measure": "attendance", "baseline_on": "2026-09-16", "direction": "up"}
    one = client.post(path, given).json["id"]

    drawn = client.get(f"/v1/indicators/{one}").json["history"]

    assert [point["on"] for point in drawn] == ["2026-09-30", "2026-10-31", "2026-11-20"]
    for point in drawn:
        answer = client.get(f"/v1/schools/{URN}/attendance?to={point['on']}&suppress=5").json
        assert point["value"] == answer["groups"][0]["rates"]["attendance"]
        assert (point["expected"], point["null_because"]) == (None, None)  # no target


def test_each_figure_stands_beside_the_line_of_its_own_day(client: Client, path: str) -> None:
    _register(client, "2026-09-15", "AM", present=8, absent=2)
    given = {"measure": "attendance", "baseline_on": "2026-09-20", "direction": "up"}
    target = {"target": 90, "target_on": "2026-11-09"}  # 50 days from 80 to 90
    one = client.post(path, given | target).json["id"]

    drawn = client.get(f"/v1/indicators/{one}").json["history"]

    assert [point["expected"] for point in drawn] == [82, 88.2, 90]


def test_the_history_is_told_as_it_was_held(client: Client, path: str, clock: Clock) -> None:
    _register(client, "2026-10-05", "AM", present=8, absent=2)
    one = client.post(path, {"measure": "attendance", "baseline_on": "2026-10-05"}).json["id"]
    then = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(days=30)
    _register(client, "2026-10-05", "AM", present=9, absent=1)

    now = client.get(f"/v1/indicators/{one}").json["history"]
    stood = client.get(f"/v1/indicators/{one}?as_of={then}").json["history"]

    assert [(point["on"], point["value"]) for point in stood] == [("2026-10-31", 80), ("2026-11-20", 80)]
    assert [point["on"] for point in now] == ["2026-10-31", "2026-11-30", "2026-12-20"]
    assert {point["value"] for point in now} == {90}


def test_a_figure_of_few_pupils_is_withheld_in_the_history_too(client: Client, path: str) -> None:
    _register(client, "2026-10-05", "AM", present=3, absent=1)
    _register(client, "2026-11-03", "AM", present=8, absent=2)
    one = client.post(path, {"measure": "attendance", "baseline_on": "2026-10-05"}).json["id"]

    october, today = client.get(f"/v1/indicators/{one}").json["history"]

    assert (october["value"], today["value"]) == (None, 78.57)
    assert "fewer than 5" in october["null_because"]


def test_only_the_read_of_one_has_the_history(client: Client, path: str) -> None:
    made = client.post(path, {"measure": "attendance"}).json
    challenge = path.removesuffix("/indicators")

    assert "history" not in made
    assert "history" not in client.get(path).json["items"][0]
    assert "history" not in client.get(f"{challenge}?expand=indicators").json["indicators"][0]
    assert "history" not in client.get(f"{challenge}/progress").json["challenges"][0]["indicators"][0]


def test_a_long_history_reads_the_school_once(app: Flask, client: Client, path: str) -> None:
    _register(client, "2026-10-05", "AM", present=8, absent=2)
    long, short = (
        client.post(path, {"measure": "attendance", "filter": "pupil_premium:true", "baseline_on": day}).json[
            "id"
        ]
        for day in ("2025-01-05", "2026-11-20")
    )
    lengths, costs = [], []
    for id in (short, short, long):  # what an application keeps of the roll is read the first time
        forget_sums()
        with counted(app) as statements:
            lengths.append(len(client.get(f"/v1/indicators/{id}").json["history"]))
        costs.append(len(statements))

    assert lengths == [1, 1, 23]
    assert costs[1] == costs[2]


def test_a_comparison_tells_of_the_latest_figure_and_not_of_the_history(
    client: Client, path: str, clock: Clock
) -> None:
    one = client.post(path, CUSTOM).json["id"]
    then = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    client.post(f"/v1/indicators/{one}/points", {"points": [{"on": "2026-11-19", "value": 15}]})

    changed = client.get(f"/v1/indicators/{one}?compare_to={then}").json["changes"]["changed"]

    assert {change["field"] for change in changed} == {"points", "latest", "latest_on"}


def _register(client: Client, day: str, session: str, *, present: int, absent: int) -> None:
    codes = ["/"] * present + ["I"] * absent
    marks = {f"P{number:03}": code for number, code in enumerate(codes)}
    answer = client.put(f"/v1/schools/{URN}/registers/{day}/{session}?force=true", {"marks": marks})
    assert answer.status_code == 200, answer.text
