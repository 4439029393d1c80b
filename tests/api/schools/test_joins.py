"""Marks may come before the roll: when it says that two references are one pupil, their marks are joined."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from models import Place, Pupil, Register, RegisterRevision
from tests.conftest import Clock
from tests.make import URN, Client, make_school

SCHOOL = f"/v1/schools/{URN}"
ONE = {"pupil": "P1", "aliases": ["mis-1"], "from": "2026-09-01"}


def mark(client: Client, day: str, session: str, marks: dict[str, str], **more: Any) -> None:
    answer = client.patch(f"{SCHOOL}/registers/{day}/{session}", {"marks": marks} | more)
    assert answer.status_code == 200, answer.text


def register(client: Client, day: str, session: str, query: str = "") -> Any:
    return client.get(f"{SCHOOL}/registers/{day}/{session}{query}").json


def push_roll(client: Client, *pupils: dict[str, Any]) -> Any:
    return client.patch(f"{SCHOOL}/roll", {"pupils": list(pupils)})


def everything(app: Flask) -> list[Any]:
    with app.extensions["headway"].tools.database.reading() as connection:
        return [
            connection.execute(select(*table.__table__.columns)).all()
            for table in (Pupil, Place, Register, RegisterRevision)
        ]


def test_the_marks_of_both_are_the_marks_of_one(client: Client) -> None:
    make_school(client)
    mark(client, "2026-11-16", "AM", {"P1": "/", "P2": "I"})
    mark(client, "2026-11-17", "AM", {"mis-1": "L", "P2": "/"}, minutes_late={"mis-1": 12})
    mark(client, "2026-11-18", "AM", {"P1": "/", "mis-1": "/"})

    answer = push_roll(client, ONE)

    assert (answer.status_code, answer.json["joined"]) == (200, 1)
    assert register(client, "2026-11-16", "AM")["marks"] == {"P1": "/", "P2": "I"}
    assert register(client, "2026-11-17", "AM")["marks"] == {"P1": "L", "P2": "/"}
    assert register(client, "2026-11-17", "AM")["minutes_late"] == {"P1": 12}
    assert register(client, "2026-11-18", "AM")["marks"] == {"P1": "/"}


def test_what_was_told_of_one_of_two_marks_that_agree_stays_told(client: Client) -> None:
    make_school(client)
    mark(
        client,
        "2026-11-17",
        "AM",
        {"P1": "L"},
        minutes_late={"P1": 12},
        source_updated_at="2026-11-17T09:30:00Z",
    )
    mark(client, "2026-11-17", "AM", {"mis-1": "L"})
    push_roll(client, ONE)

    mark(client, "2026-11-17", "AM", {"P1": "/"}, source_updated_at="2026-11-17T09:00:00Z")

    held = register(client, "2026-11-17", "AM")
    assert (held["marks"], held["minutes_late"]) == ({"P1": "L"}, {"P1": 12})


def test_before_the_join_they_stand_apart_and_no_mark_has_changed(client: Client, clock: Clock) -> None:
    make_school(client)
    mark(client, "2026-11-16", "AM", {"P1": "/"})
    mark(client, "2026-11-17", "AM", {"mis-1": "L"})
    then = clock.advance(minutes=1)
    clock.advance(minutes=1)
    push_roll(client, ONE)

    as_of = f"?as_of={then:%Y-%m-%dT%H:%M:%SZ}"
    changes = client.get(f"{SCHOOL}/marks/changes?from=2026-09-01&to=2026-12-31").json["items"]

    assert register(client, "2026-11-17", "AM", as_of)["marks"] == {"mis-1": "L"}
    assert changes == []


def test_marks_that_disagree_are_a_conflict_that_names_both_and_the_session(
    app: Flask, client: Client
) -> None:
    make_school(client)
    mark(client, "2026-11-16", "AM", {"P1": "/", "mis-1": "/"})
    mark(client, "2026-11-16", "PM", {"P1": "\\", "mis-1": "I"})
    before = everything(app)

    answer = push_roll(client, ONE, {"pupil": "P9", "from": "2026-09-01"})

    assert answer.status_code == 409
    assert all(part in answer.json["detail"] for part in ("P1", "mis-1", "2026-11-16 PM"))
    assert everything(app) == before


def test_a_pupil_with_no_place_in_that_year_is_given_one(client: Client) -> None:
    make_school(client)
    push_roll(client, {"pupil": "P1", "from": "2026-09-01"})
    mark(client, "2026-11-16", "AM", {"mis-1": "I"})

    assert push_roll(client, ONE).json["joined"] == 1
    assert register(client, "2026-11-16", "AM")["marks"] == {"P1": "I"}


def test_a_later_push_by_either_reference_finds_the_one_pupil(client: Client) -> None:
    make_school(client)
    mark(client, "2026-11-16", "AM", {"P1": "/", "mis-1": "/"})
    push_roll(client, ONE)
    mark(client, "2026-11-17", "AM", {"mis-1": "I"})

    assert register(client, "2026-11-17", "AM")["marks"] == {"P1": "I"}


def test_three_become_one(client: Client) -> None:
    make_school(client)
    for number, reference in enumerate(("P1", "mis-1", "old-1")):
        mark(client, f"2026-11-1{6 + number}", "AM", {reference: "I"})

    assert push_roll(client, ONE | {"aliases": ["mis-1", "old-1"]}).json["joined"] == 2
    assert [register(client, f"2026-11-{day}", "AM")["marks"] for day in (16, 17, 18)] == [{"P1": "I"}] * 3


def test_two_who_were_taken_off_can_be_one(client: Client) -> None:
    make_school(client)
    later = [{"pupil": reference, "from": "2027-01-04"} for reference in ("P1", "mis-1")]
    push_roll(client, *later)
    client.put(f"{SCHOOL}/roll?force=true", {"pupils": []})

    assert push_roll(client, ONE).json["joined"] == 1
