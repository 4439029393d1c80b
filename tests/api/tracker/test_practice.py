"""`/v1/schools/{urn}/practice`, `/v1/practices/{id}` and the coverage of chosen days."""

from typing import Any

import pytest
from flask import Flask

from domain.frameworks import AREAS
from tests.conftest import Clock
from tests.make import URN, Client, make_challenge, make_key, make_person, make_school

AT_ONCE = {"If-Match": "*"}
PATH = f"/v1/schools/{URN}/practice"
COVERAGE = f"{PATH}/coverage"
INCLUSION, ACHIEVEMENT = "ofsted2025.inclusion", "ofsted2025.achievement"
USUAL = {"title": "Reading", "weekday": "tuesday", "from": "08:15", "to": "08:45", "areas": [INCLUSION]}
CALENDAR = {
    "terms": [{"name": "Autumn 2", "half_term": 2, "from": "2026-11-02", "to": "2026-12-18"}],
    "closures": [
        {"date": "2026-12-01", "reason": "Training"},
        {"date": "2026-12-08", "session": "AM", "reason": "Boiler"},
    ],
}


def make_practice(client: Client, **fields: Any) -> str:
    """A practice of the usual school; answers the id."""
    answer = client.post(PATH, USUAL | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def coverage(client: Client, *dates: str, **query: str) -> Any:
    """The answer for these dates."""
    answer = client.get(COVERAGE, query_string=({"dates": ",".join(dates)} if dates else {}) | query)
    assert answer.status_code == 200, answer.text
    return answer.json


def row_of(day: Any, area: str) -> dict[str, list[str]]:
    """Cohort → titles, in one row of a day's table."""
    (row,) = [row for row in day["rows"] if row["area"] == area]
    return {cell["cohort"]: [practice["title"] for practice in cell["practices"]] for cell in row["cells"]}


def test_a_practice_is_written_down_and_read_as_it_was_given(client: Client) -> None:
    make_school(client)
    given = USUAL | {
        "place": "Library",
        "lead": make_person(client),
        "cohorts": ["pupil_premium:true"],
        "until": "2027-07-16",
    }

    made = client.post(PATH, given)

    assert made.status_code == 201
    assert made.json.items() >= given.items()
    assert made.headers["Location"] == f"/v1/practices/{made.json['id']}"
    assert client.get(made.headers["Location"]).json == made.json
    assert client.get(f"{PATH}/{made.json['id']}").json == made.json
    assert client.get(PATH).json == {"items": [made.json], "next": None}


@pytest.mark.parametrize("path", ["/v1/practices", PATH])
def test_a_practice_is_changed_hidden_and_brought_back_by_either_path(client: Client, path: str) -> None:
    make_school(client)
    one = f"{path}/{make_practice(client)}"

    assert client.patch(one, {"to": "09:00"}).status_code == 428
    assert client.patch(one, {"to": "09:00"}, headers={"If-Match": '"7.a"'}).status_code == 412
    assert client.patch(one, {"to": "09:00"}, headers=AT_ONCE).json["to"] == "09:00"
    assert client.delete(one, headers=AT_ONCE).status_code == 204
    assert client.get(one).status_code == 404
    assert client.post(f"{one}/restore").json["to"] == "09:00"
    told = [(each["field"], each["old"], each["new"]) for each in client.get(f"{one}/history").json["items"]]
    assert ("to", "08:45", "09:00") in told


def test_it_is_read_as_it_stood(client: Client, clock: Clock) -> None:
    make_school(client)
    one = f"/v1/practices/{make_practice(client)}"
    before = clock.advance(hours=1).isoformat()
    clock.advance(hours=1)
    client.patch(one, {"from": "08:00"}, headers=AT_ONCE)

    then = client.get(one, query_string={"as_of": before}).json

    assert (then["from"], client.get(one).json["from"]) == ("08:15", "08:00")
    assert client.get(PATH, query_string={"as_of": before}).json["items"] == [then]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"weekday": "Tuesday"}, "/weekday", id="a weekday in capitals"),
        pytest.param({"from": "8:15"}, "/from", id="a time without its nought"),
        pytest.param({"from": "24:00"}, "/from", id="no time of day"),
        pytest.param({"to": 845}, "/to", id="a number"),
        pytest.param({"to": "08:15"}, "/to", id="no time at all"),
        pytest.param({"from": "09:15"}, "/to", id="backwards"),
        pytest.param({"areas": ["x"]}, "/areas/0", id="no area"),
        pytest.param({"cohorts": ["x:1"]}, "/cohorts/0", id="no cohort"),
        pytest.param({"lead": "x"}, "/lead", id="nobody"),
        pytest.param({"until": "soon"}, "/until", id="no day"),
        pytest.param({"grade": "Good"}, "/grade", id="a grade"),
        pytest.param({"title": None}, "/title", id="no title"),
    ],
)
def test_what_is_wrong_is_pointed_at(client: Client, fields: dict[str, Any], pointer: str) -> None:
    make_school(client)

    answer = client.post(PATH, USUAL | fields)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert client.get(PATH).json["items"] == []


def test_a_change_of_one_time_is_checked_with_the_other(client: Client) -> None:
    make_school(client)

    answer = client.patch(f"/v1/practices/{make_practice(client)}", {"from": "08:45"}, headers=AT_ONCE)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/to")


def test_another_schools_practice_is_not_found_under_this_one(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    id = make_practice(client)
    other = make_key(app, schools=["900002"])

    assert client.get(f"/v1/schools/900002/practice/{id}").status_code == 404
    assert other.get(f"/v1/practices/{id}").status_code == 404
    assert other.get(PATH).status_code == 404
    assert other.get(COVERAGE).status_code == 404
    assert other.post(PATH, {"nonsense": 1}).status_code == 404


def test_the_usual_days_are_the_coming_tuesday_and_wednesday_by_the_schools_clock(
    client: Client, clock: Clock
) -> None:
    make_school(client)
    clock.set("2026-06-29T23:30:00+00:00")  # already Tuesday in England

    assert [day["date"] for day in coverage(client)["dates"]] == ["2026-07-07", "2026-07-08"]


def test_the_table_has_a_row_for_each_area_and_a_column_for_everyone_and_each_group_of_open_challenges(
    client: Client,
) -> None:
    make_school(client)
    challenge = make_challenge(client, cohorts=["sen_provision:K,E", "pupil_premium:true"])
    twice = make_challenge(client, cohorts=["sen_provision:E,K"])
    make_challenge(client, cohorts=["sex:F"], opened_on="2026-09-01", closed_on="2026-10-01")

    answer = coverage(client, "2026-12-01")

    assert answer["columns"] == [
        {"cohort": "everyone", "label": "Everyone", "challenges": []},
        {
            "cohort": "sen_provision:K,E",
            "label": "SEN support or Education, health and care plan",
            "challenges": [challenge, twice],
        },
        {"cohort": "pupil_premium:true", "label": "Pupil Premium", "challenges": [challenge]},
    ]
    (day,) = answer["dates"]
    now = [area for area in AREAS.values() if area.valid_to is None]
    assert [row["area"] for row in day["rows"]] == [area.id for area in now]
    assert [row["condition"] for row in day["rows"]] == [area.condition for area in now]
    assert len(day["holes"]) == 3 * len(now), "where nothing runs, every cell is a hole"


def test_a_practice_fills_its_cells_and_the_others_are_holes(client: Client) -> None:
    make_school(client)
    make_challenge(client, cohorts=["pupil_premium:true"])
    make_practice(client, title="For all")
    make_practice(
        client, title="For some", areas=[ACHIEVEMENT], cohorts=["pupil_premium:true"], **{"from": "07:50"}
    )
    make_practice(client, title="On Wednesdays", weekday="wednesday")

    (day,) = coverage(client, "2026-12-01")["dates"]

    assert row_of(day, INCLUSION) == {"everyone": ["For all"], "pupil_premium:true": ["For all"]}
    assert row_of(day, ACHIEVEMENT) == {"everyone": [], "pupil_premium:true": ["For some"]}
    holes = {(hole["area"], hole["cohort"]) for hole in day["holes"]}
    assert (ACHIEVEMENT, "everyone") in holes
    assert (ACHIEVEMENT, "pupil_premium:true") not in holes
    assert not [hole for hole in holes if hole[0] == INCLUSION]
    assert [practice["title"] for practice in day["practices"]] == ["For some", "For all"]
    assert day["not_in_table"] == []


def test_what_runs_and_fits_no_cell_is_told(client: Client) -> None:
    make_school(client)
    without = make_practice(client, areas=[])
    unasked = make_practice(client, cohorts=["sex:F"])

    (day,) = coverage(client, "2026-12-01")["dates"]

    assert day["not_in_table"] == [without, unasked]


def test_a_closed_day_says_why_and_expects_nothing(client: Client) -> None:
    make_school(client)
    client.put(f"/v1/schools/{URN}/calendar/2026-27", CALENDAR)
    make_practice(client)

    closed, half, holiday, ordinary = coverage(
        client, "2026-12-01", "2026-12-08", "2026-12-22", "2026-11-24"
    )["dates"]

    assert (closed["closed"], closed["reason"]) == (True, "Training")
    assert (closed["practices"], closed["rows"], closed["holes"]) == ([], [], [])
    assert (half["closed"], half["closed_sessions"], half["practices"]) == (False, ["AM"], [])
    assert (holiday["closed"], holiday["reason"]) == (True, "outside the half terms of 2026/27")
    assert (ordinary["closed"], ordinary["reason"], ordinary["assumed_open"]) == (False, None, False)
    assert len(ordinary["practices"]) == 1


def test_without_a_calendar_the_school_is_taken_to_be_open_and_that_is_said(client: Client) -> None:
    make_school(client)
    make_practice(client)

    (day,) = coverage(client, "2026-12-01")["dates"]

    assert (day["closed"], day["assumed_open"], len(day["practices"])) == (False, True, 1)
    assert "2026/27" in day["reason"]


def test_coverage_is_read_as_it_stood(client: Client, clock: Clock) -> None:
    make_school(client)
    client.put(f"/v1/schools/{URN}/calendar/2026-27", CALENDAR)
    make_challenge(client, cohorts=["pupil_premium:true"])
    id = make_practice(client)
    before = clock.advance(hours=1).isoformat()
    clock.advance(days=7)
    client.delete(f"/v1/practices/{id}", headers=AT_ONCE)
    client.put(f"/v1/schools/{URN}/calendar/2026-27", CALENDAR | {"closures": []})
    make_challenge(client, cohorts=["sex:F"])

    then = coverage(client, "2026-11-24", "2026-12-01", as_of=before)

    assert [column["cohort"] for column in then["columns"]] == ["everyone", "pupil_premium:true"]
    assert row_of(then["dates"][0], INCLUSION)["everyone"] == ["Reading"]
    assert then["dates"][1]["reason"] == "Training"
    assert coverage(client, "2026-12-01")["dates"][0]["practices"] == []
    assert [day["date"] for day in coverage(client, as_of=before)["dates"]] == ["2026-11-24", "2026-11-25"]


def test_coverage_says_what_came_into_a_cell_since_an_earlier_time(client: Client, clock: Clock) -> None:
    make_school(client)
    reading = make_practice(client)
    before = clock.advance(hours=1).isoformat()
    clock.advance(days=1)
    running = make_practice(client, title="Running")
    make_challenge(client, cohorts=["sex:F"])

    changes = coverage(client, "2026-12-01", compare_to=before)["changes"]

    cell = f"2026-12-01 {INCLUSION} everyone"
    assert changes["changed"] == [
        {"id": cell, "field": "practices", "old": [reading], "new": [reading, running]}
    ]
    assert f"2026-12-01 {INCLUSION} sex:F" in changes["added"] and changes["gone"] == []
    assert "changes" not in coverage(client, "2026-12-01")
    refused = client.get(COVERAGE, query_string={"as_of": before, "compare_to": before})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/query/compare_to")


def test_a_day_under_an_older_framework_has_its_areas(client: Client) -> None:
    make_school(client)
    make_practice(client, areas=["eif2019.quality-of-education.impact"])

    (day,) = coverage(client, "2025-11-04")["dates"]

    assert day["framework"] == "ofsted-eif-2019"
    assert row_of(day, "eif2019.quality-of-education")["everyone"] == ["Reading"]


@pytest.mark.parametrize(
    "dates",
    [
        pytest.param("", id="none"),
        pytest.param("2026-12-01,", id="a comma too many"),
        pytest.param("2026-12-32", id="no day"),
        pytest.param("01/12/2026", id="written otherwise"),
        pytest.param("tuesday", id="a word"),
        pytest.param(",".join(f"2026-12-{day:02}" for day in range(1, 12)), id="eleven"),
    ],
)
def test_dates_that_are_not_days_are_refused(client: Client, dates: str) -> None:
    make_school(client)

    answer = client.get(COVERAGE, query_string={"dates": dates})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/query/dates")


def test_the_same_day_twice_is_shown_once(client: Client) -> None:
    make_school(client)

    assert len(coverage(client, "2026-12-01", "2026-12-01")["dates"]) == 1
