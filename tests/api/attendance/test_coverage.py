"""`/v1/schools/{urn}/coverage`: which sessions of the calendar nobody has answered for."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.api.attendance.drawn import push_drawn, push_roll
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

WEEK = "from=2026-09-07&to=2026-09-11"
AUTUMN = {"name": "Autumn 1", "half_term": 1, "from": "2026-09-02", "to": "2026-10-23"}


@pytest.fixture
def school(client: Client) -> str:
    """A school with a calendar, whose Wednesday afternoon is closed."""
    urn = make_school(client)
    put_calendar(client, closures=[{"date": "2026-09-09", "session": "PM", "reason": "Training"}])
    return urn


def put_calendar(client: Client, year: str = "2026-27", **given: Any) -> None:
    body = {"terms": [AUTUMN], "closures": []} | given
    answer = client.put(f"/v1/schools/900001/calendar/{year}", body)
    assert answer.status_code in (200, 201), answer.text


def coverage(client: Client, query: str = WEEK) -> dict[str, Any]:
    answer = client.get(f"/v1/schools/900001/coverage?{query}")
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json
    assert said["sessions"] == said["complete"] + len(said["missing"]) + len(said["incomplete"]), said
    return said


def session(day: str, which: str, **more: int) -> dict[str, Any]:
    return {"date": day, "session": which} | more


def test_a_session_of_the_calendar_without_a_register_is_missing(client: Client, school: str) -> None:
    push_drawn(client, "P1 /\\ /\\ /-")

    said = coverage(client)

    assert (said["sessions"], said["complete"], said["incomplete"]) == (9, 5, [])
    assert said["missing"] == [
        session("2026-09-10", "AM"), session("2026-09-10", "PM"),
        session("2026-09-11", "AM"), session("2026-09-11", "PM"),
    ]  # fmt: skip


def test_a_register_is_incomplete_where_somebody_on_roll_that_day_has_no_mark(
    client: Client, school: str
) -> None:
    push_roll(
        client,
        P1={},
        P2={},
        P3={"from": "2026-09-08"},
        P4={"to": "2026-09-07"},
    )
    push_drawn(client, "P1 /\\ /\\ /- /\\ /\\\nP2 /\\ /- /- /\\ /\\\nP4 /- -- -- -- --")

    said = coverage(client)

    assert said["missing"] == []
    assert said["incomplete"] == [
        session("2026-09-07", "PM", marked=2, on_roll=3),
        session("2026-09-08", "AM", marked=2, on_roll=3),
        session("2026-09-08", "PM", marked=1, on_roll=3),
        session("2026-09-09", "AM", marked=2, on_roll=3),
        session("2026-09-10", "AM", marked=2, on_roll=3),
        session("2026-09-10", "PM", marked=2, on_roll=3),
        session("2026-09-11", "AM", marked=2, on_roll=3),
        session("2026-09-11", "PM", marked=2, on_roll=3),
    ]


def test_marks_of_who_is_not_on_roll_fill_no_gap(client: Client, school: str) -> None:
    push_roll(client, P1={}, P2={"from": "2026-09-09"})
    push_drawn(client, "P2 /-")

    said = coverage(client, "from=2026-09-07&to=2026-09-07")

    assert said["incomplete"] == [session("2026-09-07", "AM", marked=0, on_roll=1)]


def test_session_counts_stand_for_a_register(client: Client, school: str) -> None:
    client.put("/v1/schools/900001/session-counts/2026-09-07/AM", {"counts": {"/": 80, "N": 2}})
    client.put("/v1/schools/900001/session-counts/2026-09-07/PM?year_group=7", {"counts": {"\\": 40}})

    said = coverage(client, "from=2026-09-07&to=2026-09-07")

    assert (said["sessions"], said["complete"]) == (2, 2)
    assert said["unresolved"] == [session("2026-09-07", "AM", marks=2)]


@pytest.mark.parametrize(
    ("today", "named", "before"),
    [
        pytest.param("2026-09-14", False, "2026-09-07", id="the fifth school day after is today"),
        pytest.param("2026-09-15", True, "2026-09-08", id="five school days lie between"),
        pytest.param("2026-09-19", True, "2026-09-14", id="the week after, on a Saturday"),
    ],
)
def test_a_mark_n_is_unresolved_once_five_full_school_days_have_passed(
    client: Client, school: str, clock: Clock, today: str, named: bool, before: str
) -> None:
    clock.set(f"{today}T09:00:00Z")
    push_drawn(client, "P1 N\\\nP2 NN\nP3 /N")

    said = coverage(client, "from=2026-09-07&to=2026-09-07")

    both = [session("2026-09-07", "AM", marks=2), session("2026-09-07", "PM", marks=2)]
    assert said["unresolved"] == (both if named else [])
    assert said["unresolved_before"] == before
    assert said["complete"] == 2


def test_days_without_a_session_are_no_school_days(client: Client, school: str, clock: Clock) -> None:
    put_calendar(client, closures=[{"date": "2026-09-10", "reason": "Storm"}])
    clock.set("2026-09-15T09:00:00Z")
    push_drawn(client, "P1 N\\")

    assert coverage(client)["unresolved"] == []
    clock.set("2026-09-16T09:00:00Z")
    assert coverage(client)["unresolved"] == [session("2026-09-07", "AM", marks=1)]


def test_an_n_that_was_answered_or_is_of_who_had_left_is_resolved(client: Client, school: str) -> None:
    push_roll(client, P1={}, P2={"to": "2026-09-06"})
    push_drawn(client, "P1 NN\nP2 NN")
    push_drawn(client, "P1 IN")

    assert coverage(client)["unresolved"] == [session("2026-09-07", "PM", marks=1)]


def test_todays_sessions_are_missing_from_tomorrow_on(client: Client, school: str, clock: Clock) -> None:
    clock.set("2026-09-08T12:00:00Z")
    push_drawn(client, "P1 /\\ /-\nP2 /\\ --")

    said = coverage(client)

    assert (said["sessions"], said["complete"], said["missing"]) == (3, 2, [])
    assert said["incomplete"] == [session("2026-09-08", "AM", marked=1, on_roll=2)]
    clock.set("2026-09-09T00:00:00Z")
    assert coverage(client)["missing"] == [session("2026-09-08", "PM")]


def test_nothing_is_due_in_a_window_that_is_still_to_come(client: Client, school: str, clock: Clock) -> None:
    clock.set("2026-09-04T09:00:00Z")

    said = coverage(client)

    assert (said["sessions"], said["missing"], said["without_calendar"]) == (0, [], [])


def test_what_is_held_outside_the_calendar_is_named(client: Client, school: str) -> None:
    push_drawn(client, "P1 /\\ /\\ /\\ /\\ /\\")
    client.post(
        "/v1/schools/900001/marks",
        [{"pupil": "P1", "date": "2026-09-12", "session": "AM", "code": "/"}],
    )
    client.put("/v1/schools/900001/session-counts/2026-09-13/AM", {"counts": {"/": 8}})

    said = coverage(client, "from=2026-09-07&to=2026-09-13")

    assert said["outside_calendar"] == [
        session("2026-09-09", "PM", marks=1),
        session("2026-09-12", "AM", marks=1),
        session("2026-09-13", "AM", marks=8),
    ]
    assert (said["sessions"], said["complete"]) == (9, 9)


def test_parts_of_the_window_without_a_calendar_are_named_and_no_error(client: Client) -> None:
    make_school(client)
    push_drawn(client, "P1 NN")

    said = coverage(client, "from=2025-07-01&to=2026-09-11")

    assert said["without_calendar"] == [
        {"academic_year": "2024/25", "from": "2025-07-01", "to": "2025-08-31"},
        {"academic_year": "2025/26", "from": "2025-09-01", "to": "2026-08-31"},
        {"academic_year": "2026/27", "from": "2026-09-01", "to": "2026-09-11"},
    ]
    assert (said["sessions"], said["missing"], said["outside_calendar"]) == (0, [], [])
    assert said["unresolved"] == [session("2026-09-07", "AM", marks=1), session("2026-09-07", "PM", marks=1)]


def test_a_window_that_ends_with_the_calendar_of_all_is_answered(client: Client) -> None:
    make_school(client)

    said = coverage(client, "to=9999-12-31")

    assert [(part["from"], part["to"]) for part in said["without_calendar"]] == [
        ("9998-09-01", "9999-08-31"),
        ("9999-09-01", "9999-12-31"),
    ]


def test_without_a_window_it_is_the_academic_year_to_date(client: Client, school: str) -> None:
    said = coverage(client, "")

    assert (said["from"], said["to"]) == ("2026-09-01", "2026-11-20")
    assert said["sessions"] == len(said["missing"]) == 75


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=2026-09-11&to=2026-09-07", "/query/from"),
        ("from=2006-09-11&to=2026-09-07", "/query/from"),
        ("from=20260911", "/query/from"),
        ("since=2026-09-07", "/query/since"),
    ],
)
def test_a_window_that_cannot_be_asked_for(client: Client, school: str, query: str, pointer: str) -> None:
    answer = client.get(f"/v1/schools/900001/coverage?{query}")

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_who_may_ask(app: Flask, client: Client, school: str) -> None:
    path = f"/v1/schools/900001/coverage?{WEEK}"

    assert make_key(app, ["attendance:write"], ["900001"]).get(path).status_code == 200
    assert make_key(app, ["attendance:read", "pupils:read"]).get(path).status_code == 403
    assert make_key(app, ["attendance:write"], ["900002"]).get(path).status_code == 404


def test_a_pupil_who_was_joined_to_another_is_one_pupil(client: Client, school: str) -> None:
    push_drawn(client, "P1 /\\ -- /- /\\ /\\\nU1 -- /\\ -- -- --")
    push_roll(client, P1={"aliases": ["U1"]})

    said = coverage(client)

    assert (said["complete"], said["incomplete"]) == (9, [])


def test_a_longer_window_takes_no_more_statements(app: Flask, client: Client, school: str) -> None:
    day = date(2026, 9, 2)
    rows = [
        {"pupil": f"P{n}", "date": (day + timedelta(days=d)).isoformat(), "session": "AM", "code": "N"}
        for d in range(40)
        for n in range(20)
    ]
    client.post("/v1/schools/900001/marks", rows)
    coverage(client)
    seen: list[str] = []
    engine = app.extensions["headway"].tools.database.engine

    def note(*given: Any) -> None:
        seen.append(given[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        coverage(client, "from=2026-09-07&to=2026-09-07")
        of_day = len(seen)
        coverage(client, "")
    finally:
        event.remove(engine, "before_cursor_execute", note)

    assert len(seen) == 2 * of_day
