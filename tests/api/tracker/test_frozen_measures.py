"""Evidence of the kind measure: figures that the server takes once, of a measure or of an indicator."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import URN, Client, make_action, make_challenge, make_key, make_school

AT_ONCE = {"If-Match": "*"}
OTHER = "900002"


@pytest.fixture
def challenge(client: Client) -> str:
    make_school(client)
    return make_challenge(client)


def register(client: Client, *, present: int, absent: int, day: str = "2026-11-02", urn: str = URN) -> None:
    codes = ["/"] * present + ["I"] * absent
    marks = {f"P{number:03}": code for number, code in enumerate(codes)}
    answer = client.put(f"/v1/schools/{urn}/registers/{day}/AM?force=true", {"marks": marks})
    assert answer.status_code == 200, answer.text


def roll(client: Client, supported: int, others: int) -> None:
    """Pupils of whom the first ones have the premium."""
    pupils = [
        {"pupil": f"P{n:03}", "from": "2026-09-01", "cohorts": {"pupil_premium": n < supported}}
        for n in range(supported + others)
    ]
    answer = client.put(f"/v1/schools/{URN}/roll?force=true", {"pupils": pupils})
    assert answer.status_code == 200, answer.text


def about(*things: tuple[str, str]) -> list[dict[str, str]]:
    return [{"type": type, "id": id} for type, id in things]


def measured(client: Client, **fields: Any) -> Any:
    given = {"title": "Attendance this autumn", "kind": "measure", "figures": {"measure": "attendance"}}
    return client.post("/v1/evidence", given | fields)


def pointer(answer: Any) -> str:
    assert answer.status_code == 422, answer.text
    return str(answer.json["errors"][0]["pointer"])


def test_a_measure_is_taken_by_the_server_with_all_that_it_is_made_of(client: Client, challenge: str) -> None:
    register(client, present=8, absent=2)

    made = measured(client, about=about(("challenge", challenge)))

    assert made.status_code == 201, made.text
    figures = made.json["figures"]
    assert figures.pop("source").startswith("the registers held here; ")
    assert figures == {
        "measure": "attendance",
        "title": "Attendance",
        "cohort": None,
        "from": "2026-09-01",
        "to": "2026-11-20",
        "value": 80,
        "numerator": 8,
        "denominator": 10,
        "unit": "%",
        "null_because": None,
        "taken_at": "2026-11-20T09:00:00Z",
    }
    assert made.json["speaks_for"] == {"from": "2026-09-01", "to": "2026-11-20"}
    assert made.json["schools"] == [URN]
    assert client.get(f"/v1/evidence/{made.json['id']}").json == made.json


def test_a_measure_may_be_of_an_earlier_day_and_of_a_cohort(client: Client, challenge: str) -> None:
    roll(client, 6, 6)
    register(client, present=3, absent=9)
    register(client, present=12, absent=0, day="2026-11-03")
    asked = {"measure": "attendance", "cohort": "pupil_premium:true", "on": "2026-11-02"}

    made = measured(client, about=about(("challenge", challenge)), figures=asked).json

    assert (made["figures"]["value"], made["figures"]["numerator"], made["figures"]["denominator"]) == (
        50,
        3,
        6,
    )
    assert (made["figures"]["cohort"], made["figures"]["to"]) == ("pupil_premium:true", "2026-11-02")
    assert made["cohorts"] == ["pupil_premium:true"]


def test_few_pupils_are_withheld_whoever_asks(client: Client, challenge: str) -> None:
    roll(client, 4, 20)
    register(client, present=20, absent=4)
    asked = {"measure": "attendance", "cohort": "pupil_premium:true"}

    figures = measured(client, about=about(("challenge", challenge)), figures=asked).json["figures"]

    assert (figures["value"], figures["numerator"], figures["denominator"]) == (None, None, None)
    assert "fewer than 5" in figures["null_because"]


def test_frozen_figures_stay_what_they_were(client: Client, clock: Clock, challenge: str) -> None:
    register(client, present=8, absent=2)
    made = measured(client, about=about(("challenge", challenge))).json
    path = f"/v1/evidence/{made['id']}"
    clock.advance(hours=1)
    register(client, present=10, absent=0)

    assert client.get(path).json["figures"] == made["figures"]
    assert pointer(client.patch(path, {"figures": {"measure": "absence"}}, headers=AT_ONCE)) == "/figures"
    assert pointer(client.patch(path, {"figures": None}, headers=AT_ONCE)) == "/figures"
    assert pointer(client.patch(path, {"kind": "note", "text": "x"}, headers=AT_ONCE)) == "/kind"
    renamed = client.patch(path, {"title": "Autumn", "kind": "measure"}, headers=AT_ONCE)
    assert (renamed.status_code, renamed.json["figures"]) == (200, made["figures"])


def test_nothing_becomes_a_measure_afterwards(client: Client, challenge: str) -> None:
    note = client.post("/v1/evidence", {"title": "A note", "kind": "note", "text": "x"}).json["id"]
    path = f"/v1/evidence/{note}"

    assert pointer(client.patch(path, {"kind": "measure"}, headers=AT_ONCE)) == "/kind"
    assert pointer(client.patch(path, {"figures": {"measure": "attendance"}}, headers=AT_ONCE)) == "/figures"


@pytest.mark.parametrize(
    ("figures", "at"),
    [
        pytest.param({"measure": "happiness"}, "/figures/measure", id="a measure that there isn't"),
        pytest.param({"measure": "attendance", "cohort": "house:red"}, "/figures/cohort", id="no cohort"),
        pytest.param({"measure": "attendance", "on": "2026-11-21"}, "/figures/on", id="a day to come"),
        pytest.param({"cohort": "pupil_premium:true"}, "/figures/measure", id="no measure"),
        pytest.param({"measure": "attendance", "value": 99}, "/figures/value", id="a figure of one's own"),
        pytest.param(None, "/figures", id="no figures"),
    ],
)
def test_what_is_wrong_is_pointed_at(client: Client, challenge: str, figures: Any, at: str) -> None:
    answer = measured(client, about=about(("challenge", challenge)), figures=figures)

    assert pointer(answer) == at
    if at == "/figures/measure" and "measure" in figures:
        assert "there are: attendance" in answer.json["detail"]


def test_the_school_is_that_of_what_it_is_about_or_the_one_named(
    app: Flask, client: Client, challenge: str
) -> None:
    make_school(client, OTHER)
    register(client, present=8, absent=2)
    register(client, present=6, absent=4, urn=OTHER)
    theirs = make_challenge(client, school=OTHER)
    both = about(("challenge", challenge), ("challenge", theirs))

    assert pointer(measured(client)) == "/school"
    assert pointer(measured(client, about=both)) == "/school"
    assert pointer(measured(client, about=about(("challenge", challenge)), school=OTHER)) == "/school"
    assert pointer(measured(client, school="999999")) == "/school"
    alone = measured(client, school=OTHER).json
    assert (alone["schools"], alone["figures"]["value"]) == ([OTHER], 60)
    one_of_both = measured(client, about=both, school=URN).json
    assert (one_of_both["schools"], one_of_both["figures"]["value"]) == ([URN, OTHER], 80)
    narrow = make_key(app, schools=[URN])
    unseen, absent = measured(narrow, school=OTHER), measured(narrow, school="999999")
    assert unseen.json["errors"] == absent.json["errors"]


def test_an_indicator_is_frozen_with_one_call(client: Client, clock: Clock, challenge: str) -> None:
    register(client, present=8, absent=2)
    given = {"measure": "attendance", "baseline_on": "2026-11-02", "target": 96, "direction": "up"}
    indicator = client.post(
        f"/v1/challenges/{challenge}/indicators", given | {"target_on": "2027-07-16"}
    ).json
    register(client, present=10, absent=0, day="2026-11-03")
    read = client.get(f"/v1/indicators/{indicator['id']}").json

    made = client.post(f"/v1/indicators/{indicator['id']}/freeze")

    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"/v1/evidence/{made.json['id']}"
    figures = made.json["figures"]
    for name in ("baseline", "baseline_on", "target", "target_on", "latest", "latest_on", "expected_today"):
        assert figures[name] == read[name]
    assert (figures["indicator"], figures["on_trajectory"], figures["direction"]) == (
        indicator["id"],
        True,
        "up",
    )
    assert (figures["value"], figures["numerator"], figures["denominator"], figures["unit"]) == (
        90,
        18,
        20,
        "%",
    )
    assert (made.json["kind"], made.json["about"]) == ("measure", about(("challenge", challenge)))
    assert made.json["title"] == "Attendance on 2026-11-20"
    clock.advance(days=1)
    register(client, present=0, absent=10, day="2026-11-03")
    assert client.get(f"/v1/evidence/{made.json['id']}").json["figures"] == figures


def test_a_custom_indicator_is_frozen_too(client: Client, challenge: str) -> None:
    custom = {
        "measure": "custom",
        "title": "Pupils at the club",
        "unit": "pupils",
        "points": [{"on": "2026-09-14", "value": 8}, {"on": "2026-11-02", "value": 12.5}],
        "target": 20,
        "target_on": "2027-07-16",
        "direction": "up",
    }
    indicator = client.post(f"/v1/challenges/{challenge}/indicators", custom).json["id"]

    figures = client.post(f"/v1/indicators/{indicator}/freeze", {}).json["figures"]

    assert (figures["measure"], figures["title"], figures["unit"]) == (
        "custom",
        "Pupils at the club",
        "pupils",
    )
    assert (figures["value"], figures["baseline"], figures["to"]) == (12.5, 8, "2026-11-02")
    assert figures["numerator"] is None


def test_what_is_frozen_may_be_about_more_and_be_called_otherwise(client: Client, challenge: str) -> None:
    indicator = client.post(f"/v1/challenges/{challenge}/indicators", {"measure": "attendance"}).json["id"]
    things = about(("action", make_action(client, challenge)), ("challenge", challenge))
    freeze = f"/v1/indicators/{indicator}/freeze"

    made = client.post(freeze, {"title": "Half term", "about": things}).json

    assert made["title"] == "Half term"
    assert made["about"] == [things[1], things[0]]
    assert made["figures"]["null_because"]
    assert pointer(client.post(freeze, {"about": [things[1], *about(("action", "x"))]})) == "/about/1/id"
    assert pointer(client.post(freeze, {"figures": {}})) == "/figures"


def test_freezing_twice_under_one_key_is_freezing_once(client: Client, challenge: str) -> None:
    indicator = client.post(f"/v1/challenges/{challenge}/indicators", {"measure": "attendance"}).json["id"]
    key = {"Idempotency-Key": "autumn"}

    first = client.post(f"/v1/indicators/{indicator}/freeze", headers=key)
    again = client.post(f"/v1/indicators/{indicator}/freeze", headers=key)

    assert again.json == first.json
    assert len(client.get("/v1/evidence").json["items"]) == 1


def test_who_may_not_see_an_indicator_may_not_freeze_it(app: Flask, client: Client, challenge: str) -> None:
    make_school(client, OTHER)
    indicator = client.post(f"/v1/challenges/{challenge}/indicators", {"measure": "attendance"}).json["id"]

    stranger = make_key(app, schools=[OTHER])
    reader = make_key(app, scopes=["tracker:read"])
    assert stranger.post(f"/v1/indicators/{indicator}/freeze").status_code == 404
    assert reader.post(f"/v1/indicators/{indicator}/freeze").status_code == 403


def test_a_report_shows_what_was_frozen(client: Client, clock: Clock, challenge: str) -> None:
    register(client, present=8, absent=2)
    made = measured(client, about=about(("challenge", challenge))).json
    then = clock.advance(hours=1).isoformat().replace("+00:00", "Z")

    for at in ("", f"?as_of={then}"):
        [told] = client.get(f"/v1/schools/{URN}/progress{at}").json["challenges"]
        [piece] = told["evidence"]
        assert (piece["kind"], piece["figures"]) == ("measure", made["figures"])
