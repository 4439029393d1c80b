"""`/v1/actions/{id}/effect`."""

from typing import Any

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import URN, Client, make_action, make_challenge, make_key, make_school

START = "2026-09-09"
AT_ONCE = {"If-Match": "*"}


@pytest.fixture
def school(client: Client) -> str:
    """Twelve pupils, P0 to P5 with the Pupil Premium, who miss Monday and Tuesday mornings until a Wednesday."""
    make_school(client)
    pupils = [
        {"pupil": f"P{n}", "from": "2026-09-01", "cohorts": {"pupil_premium": n < 6, "looked_after": n < 3}}
        for n in range(12)
    ]
    assert client.put(f"/v1/schools/{URN}/roll", {"pupils": pupils}).status_code == 200
    for day in ("2026-09-07", "2026-09-08"):
        push(client, day, "IIIIII//////")
    for day in ("2026-09-09", "2026-09-10", "2026-09-11"):
        push(client, day, "I///////////")
    return URN


def push(client: Client, day: str, codes: str) -> None:
    marks = {f"P{number}": code for number, code in enumerate(codes)}
    answer = client.put(f"/v1/schools/{URN}/registers/{day}/AM?force=true", {"marks": marks})
    assert answer.status_code == 200, answer.text


def act(client: Client, *, challenge: dict[str, Any] | None = None, **fields: Any) -> str:
    """An action for pupils with the Pupil Premium that started on the Wednesday."""
    given = {"start_on": START, "cohorts": ["pupil_premium:true"]} | fields
    return make_action(client, make_challenge(client, **challenge or {}), **given)


def effect(client: Client, action: str, query: str = "measure=absence") -> Any:
    answer = client.get(f"/v1/actions/{action}/effect?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json


def test_the_cohort_and_the_rest_before_and_after(client: Client, school: str) -> None:
    found = effect(client, act(client))

    assert (found["measure"], found["cohort"], found["days"]) == ("absence", "pupil_premium:true", 2)
    assert found["before"] == {"from": "2026-09-07", "to": "2026-09-08"}
    assert found["after"] == {"from": "2026-09-09", "to": "2026-09-10"}
    cohort, rest = found["of_cohort"], found["of_rest"]
    assert cohort["before"].items() >= {"value": 100, "numerator": 12, "denominator": 12, "pupils": 6}.items()
    assert cohort["after"].items() >= {"value": 16.67, "numerator": 2, "denominator": 12, "pupils": 6}.items()
    assert (cohort["change"]["value"], rest["change"]["value"]) == (-83.33, 0)
    assert found["difference_of_changes"]["value"] == -83.33
    assert cohort["after"]["lower"] < 16.67 < cohort["after"]["upper"]
    assert (found["too_few_to_say"], found["because"]) == (False, None)
    assert "timing is not cause" in found["cautions"][0]
    assert "Wilson" in found["method"]


def test_the_figures_are_those_that_attendance_answers_with(client: Client, school: str) -> None:
    found = effect(client, act(client), "")

    for side in ("before", "after"):
        window = f"from={found[side]['from']}&to={found[side]['to']}"
        (group,) = client.get(f"/v1/schools/{URN}/attendance?{window}&cohort=pupil_premium:true").json[
            "groups"
        ]
        shown = found["of_cohort"][side]
        assert shown["value"] == group["rates"]["attendance"]
        assert (shown["numerator"], shown["denominator"]) == (
            group["attendance_sessions"],
            group["possible_sessions"],
        )


def test_the_challenges_cohort_is_taken_where_the_action_names_none(client: Client, school: str) -> None:
    action = act(client, cohorts=[], challenge={"cohorts": ["pupil_premium:true", "pupil_premium:false"]})

    assert effect(client, action)["cohort"] == "pupil_premium:true"
    assert effect(client, action, "cohort=pupil_premium:false")["cohort"] == "pupil_premium:false"


@pytest.mark.parametrize(
    ("query", "cohorts", "pointer", "words"),
    [
        pytest.param("", [], "/query/cohort", "neither the action", id="no cohort anywhere"),
        pytest.param(
            "cohort=sex:F", ["pupil_premium:true"], "/query/cohort", "pupil_premium:true", id="another"
        ),
        pytest.param("cohort=x", ["pupil_premium:true"], "/query/cohort", "characteristic", id="none at all"),
        pytest.param("measure=joy", ["sex:F"], "/query/measure", "severe_absence", id="no such measure"),
        pytest.param("days=0", ["sex:F"], "/query/days", "", id="no days"),
        pytest.param("days=96", ["sex:F"], "/query/days", "", id="more than half a year"),
    ],
)
def test_what_is_wrong_is_pointed_at(
    client: Client, school: str, query: str, cohorts: list[str], pointer: str, words: str
) -> None:
    answer = client.get(f"/v1/actions/{act(client, cohorts=cohorts)}/effect?{query}")

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert words in answer.json["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("start", "because"),
    [
        pytest.param(None, "start_on", id="no start"),
        pytest.param("2026-11-21", "still to come", id="tomorrow"),
        pytest.param("2026-09-01", "before the action started", id="nothing before"),
        pytest.param("2026-11-02", "since the action started", id="nothing after"),
    ],
)
def test_where_there_is_nothing_to_compare_it_says_why(
    client: Client, school: str, start: str | None, because: str
) -> None:
    found = effect(client, act(client, start_on=start))

    assert (found["too_few_to_say"], found["days"], found["before"]) == (True, 0, None)
    assert because in found["because"]
    assert found["of_cohort"] == {"before": None, "after": None, "change": None}
    assert found["cautions"]


def test_fewer_than_five_pupils_are_withheld_whoever_asks(client: Client, school: str) -> None:
    found = effect(client, act(client, cohorts=["looked_after:true"]))

    assert (found["too_few_to_say"], found["difference_of_changes"]) == (True, None)
    assert found["of_cohort"] == found["of_rest"] == {"before": None, "after": None, "change": None}
    assert "fewer than 5 pupils" in found["because"]


@pytest.mark.parametrize(
    ("fields", "query", "days"),
    [
        pytest.param({"due_on": "2026-09-09"}, "", 1, id="until it was due"),
        pytest.param({"due_on": "2026-12-18"}, "", 2, id="until today where it is due later"),
        pytest.param({"due_on": "2026-09-09"}, "days=2", 2, id="as many days as are asked for"),
        pytest.param({}, "days=1", 1, id="fewer"),
        pytest.param({}, "days=95", 2, id="no more than both sides hold"),
    ],
)
def test_the_time_after_ends_with_the_action(
    client: Client, school: str, fields: dict[str, Any], query: str, days: int
) -> None:
    assert effect(client, act(client, **fields), query)["days"] == days


def test_the_time_after_ends_on_the_day_when_it_was_done(client: Client, school: str) -> None:
    action = act(client, status="in_progress", due_on="2026-12-18")
    client.post(f"/v1/actions/{action}/updates", {"on": "2026-09-09", "status": "done", "note": "x"})

    assert effect(client, action)["days"] == 1


def test_it_is_answered_as_it_stood(client: Client, clock: Clock, school: str) -> None:
    action = act(client)
    clock.advance(days=1)
    push(client, "2026-09-07", "////////////")
    client.patch(f"/v1/actions/{action}", {"start_on": "2026-09-10"}, headers=AT_ONCE)

    then = effect(client, action, "measure=absence&as_of=2026-11-20T12:00:00Z")

    assert (then["start_on"], then["of_cohort"]["before"]["numerator"]) == (START, 12)
    assert effect(client, action)["start_on"] == "2026-09-10"
    assert client.get(f"/v1/actions/{action}/effect?as_of=2026-01-01T00:00:00Z").status_code == 404


def test_it_is_compared_with_an_earlier_time(client: Client, clock: Clock, school: str) -> None:
    action = act(client)
    clock.advance(days=1)
    push(client, "2026-09-07", "////////////")

    changes = effect(client, action, "measure=absence&compare_to=2026-11-20T12:00:00Z")["changes"]
    before_it_was_there = effect(client, action, "compare_to=2026-11-20T08:00:00Z")["changes"]

    assert [change["field"] for change in changes["changed"]] == ["of_cohort", "difference_of_changes"]
    old, new = changes["changed"][0]["old"], changes["changed"][0]["new"]
    assert (old["before"]["numerator"], new["before"]["numerator"]) == (12, 6)
    assert (before_it_was_there["added"], before_it_was_there["changed"]) == ([action], [])


def test_only_those_who_may_see_the_action_see_it(app: Flask, client: Client, school: str) -> None:
    action = act(client)
    make_school(client, "900002")

    assert make_key(app, ["tracker:read"], ["900002"]).get(f"/v1/actions/{action}/effect").status_code == 404
    assert make_key(app, ["attendance:read"]).get(f"/v1/actions/{action}/effect").status_code == 403
    assert make_key(app, ["tracker:read"], [URN]).get(f"/v1/actions/{action}/effect").status_code == 200
    client.delete(f"/v1/actions/{action}", headers=AT_ONCE)
    assert client.get(f"/v1/actions/{action}/effect").status_code == 404
