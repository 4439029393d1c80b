"""Places are put together once for each state of a roll; another process, or this one later, has them with one read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from commands import COMMAND_LINE
from models import KeptPlaces
from services.attendance import places
from services.attendance.places import Places, Spells, forget_places, places_in
from services.schools.schools import get_school
from services.unit_of_work import UnitOfWork, unit_of_work
from tests.conftest import empty
from tests.make import URN, Client, make_key, make_school

ROLL = f"/v1/schools/{URN}/roll?on=2026-09-01"
REGISTERS = f"/v1/schools/{URN}/registers"
YEAR = 2026


@pytest.fixture
def school(client: Client) -> Client:
    make_school(client)
    enrol(client, "P1", "P2")
    push(client, "2026-11-17/AM", P1="/", P2="/")
    return client


def enrol(client: Client, *pupils: str) -> None:
    rows = [{"pupil": pupil, "from": "2026-09-01"} for pupil in pupils]
    assert client.put(f"{ROLL}&force=true", {"pupils": rows}).status_code == 200


def push(client: Client, session: str, **marks: str) -> dict[str, Any]:
    answer = client.put(f"{REGISTERS}/{session}", {"marks": marks})
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


@contextmanager
def working(app: Flask) -> Iterator[UnitOfWork]:
    with unit_of_work(app.extensions["headway"].tools, COMMAND_LINE, writes=True) as work:
        yield work


@contextmanager
def nothing_put_together() -> Iterator[None]:
    """Within, the rows of the roll can't be read for places."""
    with pytest.MonkeyPatch.context() as patched:
        patched.delattr(places, "_read_rows")
        yield


def test_a_process_that_has_forgotten_a_school_needs_none_of_its_rolls_rows(school: Client) -> None:
    forget_places()
    with nothing_put_together():
        receipt = push(school, "2026-11-18/AM", P1="/", P2="I")

    assert receipt["created"] == 2
    assert school.get(f"{REGISTERS}/2026-11-18/AM").json["marks"] == {"P1": "/", "P2": "I"}


@pytest.mark.parametrize("forgets", [True, False])
def test_places_of_an_earlier_roll_are_used_no_more(school: Client, forgets: bool) -> None:
    enrol(school, "P0", "P1", "P2")
    if forgets:
        forget_places()

    receipt = push(school, "2026-11-18/AM", P0="I", P1="/", P2="/")

    assert (receipt["created"], receipt["unlisted"], receipt["off_roll"]) == (3, 0, 0)
    assert school.get(f"{REGISTERS}/2026-11-18/AM").json["marks"] == {"P0": "I", "P1": "/", "P2": "/"}


def test_what_is_kept_under_another_state_of_the_roll_is_passed_over(app: Flask, school: Client) -> None:
    with working(app) as work:
        packed = work.connection.scalar(select(KeptPlaces.packed))
        work.connection.execute(update(KeptPlaces).values(roll_revision=1, packed=b"no places at all"))
        work.connection.commit()
    forget_places()

    push(school, "2026-11-18/AM", P1="/", P2="/")

    with working(app) as work:
        assert work.connection.scalar(select(KeptPlaces.packed)) == packed


def test_a_trial_keeps_nothing(app: Flask, client: Client) -> None:
    make_school(client)
    enrol(client, "P1")
    client.put(f"{REGISTERS}/2026-11-17/AM?dry_run=true", {"marks": {"P1": "/"}})

    with working(app) as work:
        assert work.connection.scalars(select(KeptPlaces.packed)).all() == []


@settings(max_examples=15)
@given(
    listed=st.lists(st.tuples(st.integers(0, 5), st.booleans()), unique_by=lambda one: one[0]),
    marked=st.lists(st.integers(3, 8), unique=True, min_size=1),
)
def test_what_is_kept_says_what_the_rows_say(
    app: Flask, listed: list[tuple[int, bool]], marked: list[int]
) -> None:
    client = _empty_school(app)
    rows = [
        {"pupil": f"P{number}", "aliases": [f"A{number}"] if named_twice else [], "from": "2026-09-01"}
        for number, named_twice in listed
    ]
    client.put(ROLL, {"pupils": rows})
    push(client, "2026-11-17/AM", **{f"P{number}": "I" for number in marked})
    forget_places()

    with nothing_put_together(), working(app) as work:
        kept = _told(places_in(work, work.ledger(get_school(work, URN).id), YEAR))
    with working(app) as work:
        put_together = _told(places._read_rows(work, work.ledger(get_school(work, URN).id), YEAR))

    assert kept == put_together


@pytest.mark.parametrize("query", ["", "?atomic=true"])
def test_a_push_over_two_years_keeps_nothing_that_its_second_year_makes_untrue(
    app: Flask, school: Client, query: str
) -> None:
    rows = [
        {"pupil": "P9", "date": "2026-06-15", "session": "AM", "code": "/"},
        {"pupil": "P1", "date": "2026-06-15", "session": "AM", "code": "/"},
        {"pupil": "P8", "date": "2026-11-17", "session": "AM", "code": "/"},
    ]
    assert school.post(f"/v1/schools/{URN}/marks{query}", rows).json["created"] == 3
    forget_places()

    for year in YEAR - 1, YEAR:
        _kept_is_true(app, year)


def test_what_an_atomic_push_adds_is_not_kept_when_it_is_refused(app: Flask, school: Client) -> None:
    rows = [
        {"pupil": "P9", "date": "2026-11-18", "session": "AM", "code": "/"},
        {"pupil": "P1", "date": "2026-11-18", "session": "AM", "code": "?"},
    ]
    assert school.post(f"/v1/schools/{URN}/marks?atomic=true", rows).status_code == 422
    forget_places()

    _kept_is_true(app, YEAR)
    assert push(school, "2026-11-18/AM", P1="/", P2="/", P9="/")["unlisted"] == 1


def _kept_is_true(app: Flask, year: int) -> None:
    with working(app) as work:
        ledger = work.ledger(get_school(work, URN).id)
        kept = places._read_kept(work, ledger, year)
        assert kept is None or _told(kept) == _told(places._read_rows(work, ledger, year))


def _empty_school(app: Flask) -> Client:
    empty(app)
    client = make_key(app)
    make_school(client)
    return client


def _told(found: Places) -> tuple[Any, ...]:
    spells = zip(*(column.tolist() for column in found.spells.columns), strict=True)
    return found.pupil_of, found.place_of, found.width, found.unlisted, sorted(spells)


@settings(max_examples=100)
@given(
    spells=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 6), st.integers(1, 8)), max_size=6),
    days=st.lists(st.integers(1, 8), min_size=1),
)
def test_who_are_all_on_roll_are_there_day_by_day(
    spells: list[tuple[int, int, int]], days: list[int]
) -> None:
    columns = [np.array([spell[number] for spell in spells], np.int32) for number in range(3)]
    none = np.zeros(len(spells), np.int64)
    found = Places(
        list("abcd"),
        np.arange(4),
        np.arange(4, dtype=np.int32),
        Spells(none, none, *columns, none.astype(np.bool_)),
    )

    if found.all_on_roll(min(days), max(days)):
        assert found.on_roll(np.array(days, np.int32), found.width).all()
    if len({place for place, *_ in spells}) == len(spells) == 4:  # one spell each
        first, last = max(spell[1] for spell in spells), min(spell[2] for spell in spells)
        assert found.all_on_roll(min(days), max(days)) == (first <= min(days) and max(days) <= last)
