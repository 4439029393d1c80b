"""`/v1/schools/{urn}/session-counts/{date}/{session}`, and what attendance makes of the counts."""

from typing import Any

import pytest
from flask import Flask

from tests.api.attendance.drawn import by, group, groups
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

MORNING = "/v1/schools/900001/session-counts/2026-11-20/AM"
AFTERNOON = "/v1/schools/900001/session-counts/2026-11-20/PM"


@pytest.fixture
def school(client: Client) -> str:
    return make_school(client)


def put(client: Client, path: str = MORNING, **counts: Any) -> Any:
    return client.put(path, {"counts": counts})


def test_counts_come_back_as_they_were_pushed(client: Client, school: str) -> None:
    first = client.put(MORNING, {"counts": {"/": 350, "I": 12, "-": 7}})

    assert first.status_code == 201
    held = client.get(MORNING)
    assert held.json == first.json
    assert held.headers["ETag"] == first.headers["ETag"]
    assert (held.json["counts"], held.json["year_group"], held.json["revision"]) == (
        {"/": 350, "I": 12}, None, 1
    )  # fmt: skip


def test_the_same_again_moves_nothing(client: Client, school: str, clock: Clock) -> None:
    first = put(client, I=12, L=3)
    clock.advance(hours=1)

    again = put(client, L=3, I=12)

    assert (again.status_code, again.json) == (200, first.json)


def test_a_correction_is_another_version(client: Client, school: str, clock: Clock) -> None:
    put(client, I=12)
    before = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)

    changed = put(client, I=11)

    assert (changed.status_code, changed.json["revision"]) == (200, 2)
    assert client.get(f"{MORNING}?as_of={before}").json["counts"] == {"I": 12}
    assert client.get(f"{MORNING}?as_of=2026-11-20T08:00:00Z").status_code == 404
    assert group(client)["codes"] == {"I": 11}
    assert group(client, f"as_of={before}")["codes"] == {"I": 12}


def test_what_was_taken_away_is_gone_but_for_as_of(client: Client, school: str, clock: Clock) -> None:
    put(client, I=12)
    before = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)

    assert client.delete(MORNING).status_code == 204

    assert client.get(MORNING).status_code == 404
    assert client.delete(MORNING).status_code == 404
    assert client.get(f"{MORNING}?as_of={before}").json["counts"] == {"I": 12}
    assert group(client)["codes"] == {}
    again = put(client, I=12)
    assert (again.status_code, again.json["revision"]) == (201, 2)


def test_a_year_groups_counts_stand_beside_the_whole_schools(client: Client, school: str) -> None:
    put(client, I=12)
    put(client, f"{MORNING}?year_group=7", I=3)

    assert client.get(MORNING).json["counts"] == {"I": 12}
    seventh = client.get(f"{MORNING}?year_group=7").json
    assert (seventh["counts"], seventh["year_group"]) == ({"I": 3}, "7")
    assert client.delete(f"{MORNING}?year_group=7").status_code == 204
    assert client.get(MORNING).status_code == 200


@pytest.mark.parametrize(
    ("path", "counts", "pointer", "says"),
    [
        (MORNING, {"QQ": 1}, "/counts/QQ", "no attendance code"),
        (MORNING, {"I": 12, "\\": 1}, "/counts/\\", "morning"),
        (AFTERNOON, {"/": 1}, "/counts/~1", "afternoon"),
        (MORNING, {"H": 1}, "/counts/H", "not valid on"),
        (MORNING, {"I": -1}, "/counts/I", "from 0 to 100000"),
        (MORNING, {"I": 100_001}, "/counts/I", "from 0 to 100000"),
        (MORNING, {"I": 1.5}, "/counts/I", "whole number"),
        (MORNING, {"I": True}, "/counts/I", "whole number"),
        (MORNING, {"I": None}, "/counts/I", "whole number"),
        (MORNING, {"I": "12"}, "/counts/I", "whole number"),
        (MORNING, {"-": 12}, "/counts", "at least one code"),
        (MORNING, {}, "/counts", "at least one code"),
        (MORNING, [], "/counts", "mapping"),
        (MORNING + "?year_group=70", {"I": 1}, "/query/year_group", "one of"),
        ("/v1/schools/900001/session-counts/2026-11-22/AM", {"I": 1}, "/path/date", "past tomorrow"),
        ("/v1/schools/900001/session-counts/20261120/AM", {"I": 1}, "/path/date", "2026-11-20"),
        ("/v1/schools/900001/session-counts/2026-11-20/am", {"I": 1}, "/path/session", "AM or PM"),
    ],
)
def test_what_is_no_count(
    client: Client, school: str, path: str, counts: Any, pointer: str, says: str
) -> None:
    answer = client.put(path, {"counts": counts})

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]
    assert says in answer.json["errors"][0]["detail"]
    assert groups(client)[0]["possible_sessions"] == 0


def test_every_code_at_fault_is_named(client: Client, school: str) -> None:
    answer = client.put(MORNING, {"counts": {"QQ": 1, "I": -1, "/": 5}})

    assert {fault["pointer"] for fault in answer.json["errors"]} == {"/counts/QQ", "/counts/I"}


def test_own_codes_are_counted_as_what_they_stand_for(client: Client, school: str) -> None:
    refused = put(client, XA=2, C=1)
    client.put("/v1/schools/900001/code-map", {"map": {"XA": "C", "X/B": "C", "PM": "\\"}})

    made = client.put(MORNING, {"counts": {"XA": 2, "C": 1, "X/B": 4, "/": 9}})

    assert (refused.status_code, made.status_code) == (422, 201)
    assert client.get(MORNING).json["counts"] == {"C": 7, "/": 9}
    assert put(client, **{"/": 9, "C": 7}).json["revision"] == 1


def test_an_own_code_at_fault_is_named_as_it_was_written(client: Client, school: str) -> None:
    client.put("/v1/schools/900001/code-map", {"map": {"X/B": "C", "X/C": "C", "PM": "\\"}})

    answer = client.put(MORNING, {"counts": {"X/B": 100_000, "X/C": 1, "PM": 3, "ZZ": 1}})

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == [
        "/counts/PM", "/counts/X~1C", "/counts/ZZ",
    ]  # fmt: skip


def test_tomorrow_may_be_counted(client: Client, school: str) -> None:
    assert put(client, "/v1/schools/900001/session-counts/2026-11-21/AM", I=1).status_code == 201


def test_who_may(app: Flask, client: Client, school: str) -> None:
    put(client, I=1)
    reads, writes = make_key(app, ["attendance:read"]), make_key(app, ["attendance:write"])

    assert reads.get(MORNING).status_code == 403
    assert make_key(app, ["pupils:read"]).get(MORNING).status_code == 200
    assert make_key(app, ["pupils:read"]).delete(MORNING).status_code == 403
    assert put(make_key(app, ["pupils:read"]), I=2).status_code == 403
    assert (writes.get(MORNING).status_code, put(writes, I=2).status_code) == (200, 200)
    assert put(make_key(app, ["attendance:write"], ["900002"]), I=2).status_code == 404


def test_counts_give_sessions_and_rates_but_no_pupils(client: Client, school: str) -> None:
    client.put(MORNING, {"counts": {"/": 80, "L": 5, "I": 10, "O": 5, "X": 9}})

    found = group(client)

    assert (found["possible_sessions"], found["attendance_sessions"]) == (100, 85)
    assert found["rates"]["absence"] == 15
    assert found["pupils"] is None
    assert found["persistent_absence"] == found["severe_absence"] == {"pupils": None, "rate": None}


def test_a_year_groups_count_goes_before_the_whole_schools(client: Client, school: str) -> None:
    put(client, I=99)
    put(client, f"{MORNING}?year_group=7", I=3)
    put(client, f"{MORNING}?year_group=8", I=4)
    put(client, AFTERNOON, I=50)

    assert group(client)["codes"] == {"I": 57}
    assert by(client, "by=year_group", "possible_sessions") == {"7": 3, "8": 4, None: 50}
    assert group(client, "cohort=year_group:7")["possible_sessions"] == 3
    assert group(client, "cohort=sex:F")["possible_sessions"] == 0


def test_a_register_goes_before_any_count(client: Client, school: str) -> None:
    client.put(MORNING, {"counts": {"/": 350}})
    client.put("/v1/schools/900001/registers/2026-11-20/AM", {"marks": {"P1": "I"}})
    client.put(AFTERNOON, {"counts": {"\\": 340}})

    assert by(client, "by=session", "codes") == {"AM": {"I": 1}, "PM": {"\\": 340}}
    assert by(client, "by=session", "pupils") == {"AM": 1, "PM": None}
