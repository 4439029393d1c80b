"""`…/attendance?compare_to=`: what has changed in the figures since an earlier time."""

import json

import pytest
from flask import Flask

from tests.conftest import Clock
from tests.make import URN, Client, make_key, make_school

WINDOW = "from=2026-09-01&to=2026-11-20"
PATHS = [f"/v1/schools/{URN}/attendance", "/v1/trusts/T1/attendance", f"/v1/attendance?school={URN}"]


@pytest.fixture(autouse=True)
def _school(client: Client) -> None:
    make_school(client, trust_uid="T1", trust_name="Example Trust")


@pytest.mark.parametrize("path", PATHS)
def test_groups_that_came_and_figures_that_moved(client: Client, clock: Clock, path: str) -> None:
    _register(client, "2026-10-05", present=8, absent=2)
    then = _later(clock)
    _register(client, "2026-10-05", present=9, absent=1)
    _register(client, "2026-11-02", present=10, absent=0)
    asked = f"{path}{'&' if '?' in path else '?'}{WINDOW}&by=month"

    answer = client.get(f"{asked}&compare_to={then}").json

    changes = answer["changes"]
    assert (changes["since"], changes["added"], changes["gone"]) == (then, [{"month": "2026-11"}], [])
    assert {json.dumps(one["key"]) for one in changes["changed"]} == {'{"month": "2026-10"}'}
    told = {one["field"]: (one["old"], one["new"]) for one in changes["changed"]}
    assert told["rates.attendance"] == (80, 90)
    assert told["codes.I"] == (2, 1)
    assert "possible_sessions" not in told
    assert {name: value for name, value in answer.items() if name not in ("changes", "generated_at")} == {
        name: value for name, value in client.get(asked).json.items() if name != "generated_at"
    }


def test_each_change_is_between_the_figures_of_both_times(client: Client, clock: Clock) -> None:
    _register(client, "2026-10-05", present=8, absent=2)
    then = _later(clock)
    _register(client, "2026-10-06", present=7, absent=3)
    path = f"{PATHS[0]}?{WINDOW}"

    [before], [after] = (client.get(path + at).json["groups"] for at in (f"&as_of={then}", ""))
    changed = client.get(f"{path}&compare_to={then}").json["changes"]["changed"]

    for one in changed:
        assert (one["old"], one["new"]) == (_within(before, one["field"]), _within(after, one["field"]))
        assert one["old"] != one["new"]
    assert {"rates.attendance", "possible_sessions", "codes./", "persistent_absence.pupils"} <= {
        one["field"] for one in changed
    }


def test_both_times_may_be_past(client: Client, clock: Clock) -> None:
    _register(client, "2026-10-05", present=8, absent=2)
    first = _later(clock)
    _register(client, "2026-10-05", present=9, absent=1)
    second = _later(clock)
    _register(client, "2026-10-05", present=10, absent=0)

    changes = client.get(f"{PATHS[0]}?{WINDOW}&as_of={second}&compare_to={first}").json["changes"]

    told = {one["field"]: (one["old"], one["new"]) for one in changes["changed"]}
    assert told["rates.attendance"] == (80, 90)


def test_what_is_withheld_at_either_time_is_not_told(app: Flask, client: Client, clock: Clock) -> None:
    _register(client, "2026-10-05", present=3, absent=1)  # four pupils, who are withheld
    then = _later(clock)
    _register(client, "2026-10-06", present=9, absent=3)
    narrow = make_key(app, ["attendance:read"])

    changes = narrow.get(f"{PATHS[0]}?{WINDOW}&compare_to={then}").json["changes"]

    told = {one["field"]: (one["old"], one["new"]) for one in changes["changed"]}
    assert told["suppressed"] == (True, False)
    assert {old for field, (old, _) in told.items() if not field.endswith("suppressed")} == {None}
    shown = narrow.get(f"{PATHS[0]}?{WINDOW}").json["groups"][0]
    for field, (_, new) in told.items():
        assert new == _within(shown, field)


@pytest.mark.parametrize("path", PATHS)
def test_a_time_that_is_not_earlier_is_refused(client: Client, path: str) -> None:
    then = "2026-11-19T10:00:00Z"
    answer = client.get(f"{path}{'&' if '?' in path else '?'}as_of={then}&compare_to={then}")

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/query/compare_to")


def test_the_window_of_a_past_read_ends_on_its_own_day(client: Client, clock: Clock) -> None:
    _register(client, "2026-10-05", present=8, absent=2)
    then = _later(clock)
    clock.set("2027-09-10T09:00:00+00:00")

    stood = client.get(f"{PATHS[0]}?as_of={then}").json

    assert (stood["from"], stood["to"]) == ("2026-09-01", "2026-11-20")
    assert stood["groups"][0]["rates"]["attendance"] == 80


def _later(clock: Clock) -> str:
    """A time between what is written before and after."""
    then = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    return then


def _within(group: dict[str, object], field: str) -> object:
    outer, _, inner = field.partition(".")
    value = group[outer]
    return (
        value
        if not inner or not isinstance(value, dict)
        else value.get(inner, False if inner == "suppressed" else 0)
    )


def _register(client: Client, day: str, *, present: int, absent: int) -> None:
    codes = ["/"] * present + ["I"] * absent
    marks = {f"P{number:03}": code for number, code in enumerate(codes)}
    answer = client.put(f"/v1/schools/{URN}/registers/{day}/AM?force=true", {"marks": marks})
    assert answer.status_code == 200, answer.text
