"""`/v1/indicators` and `/v1/challenges/{id}/indicators`."""

from typing import Any

import pytest

from tests.conftest import Clock
from tests.make import URN, Client, make_challenge, make_school

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


def _register(client: Client, day: str, session: str, *, present: int, absent: int) -> None:
    codes = ["/"] * present + ["I"] * absent
    marks = {f"P{number:03}": code for number, code in enumerate(codes)}
    answer = client.put(f"/v1/schools/{URN}/registers/{day}/{session}?force=true", {"marks": marks})
    assert answer.status_code == 200, answer.text
