"""The roll as arrays, as it is and as it was, and what of it stays in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import numpy as np
from flask import Flask
from sqlalchemy import event, select

from api.http.auth import NOBODY
from domain.attendance.school import OPEN_END
from domain.histories import value_on
from models import School
from services.schools import roll_store
from services.schools.roll_store import HeldRoll, load_pupils, load_roll
from services.unit_of_work import UnitOfWork, unit_of_work
from tests.conftest import Clock
from tests.make import URN, Client, make_school

ROLL = f"/v1/schools/{URN}/roll"
SEPTEMBER, NOVEMBER = date(2026, 9, 1).toordinal(), date(2026, 11, 2).toordinal()


@contextmanager
def reading(app: Flask) -> Iterator[UnitOfWork]:
    with unit_of_work(app.extensions["headway"].tools, NOBODY, writes=False) as work:
        yield work


def held(app: Flask, as_of: datetime | None = None) -> HeldRoll:
    with reading(app) as work:
        return load_roll(work, school_id(work), as_of)


def school_id(work: UnitOfWork) -> int:
    return work.connection.scalars(select(School.id).where(School.urn == URN)).one()


def push(client: Client, *pupils: dict[str, Any], on: str = "2026-09-01", method: str = "PATCH") -> None:
    rows = [{"from": "2026-09-01"} | pupil for pupil in pupils]
    answer = client(method, f"{ROLL}?on={on}&force=true", json={"pupils": rows})
    assert answer.status_code == 200, answer.text


def test_pupils_spells_and_characteristics_come_as_arrays(app: Flask, client: Client) -> None:
    make_school(client)
    push(client, {"pupil": "P1", "cohorts": {"sen_provision": "K"}}, {"pupil": "P2", "to": "2026-11-01"})
    push(client, {"pupil": "P1", "cohorts": {"sen_provision": None}}, on="2026-11-02")

    found = held(app)

    assert list(found.roll.references) == ["P1", "P2"]
    assert found.pupils.dtype == np.int64
    spells = found.roll.spells
    assert (spells.pupil.tolist(), spells.first.tolist()) == ([0, 1], [SEPTEMBER, SEPTEMBER])
    assert spells.last.tolist() == [OPEN_END, NOVEMBER - 1]
    said = found.roll.characteristics["sen_provision"]
    assert said.values == ("N", "K", "E")
    assert (said.pupil.tolist(), said.since.tolist()) == ([0, 0], [0, NOVEMBER])
    assert said.value.tolist() == [said.values.index("K"), -1]


def test_the_arrays_say_of_every_day_what_the_pupils_say(app: Flask, client: Client) -> None:
    make_school(client)
    for on, shift in (("2026-09-01", 0), ("2026-10-01", 1), ("2026-11-02", 3)):
        pupils = [
            {
                "pupil": f"P{number}",
                "year_group": 7 + (number * shift) % 5,
                "cohorts": {"fsm6": number % 2 == shift % 2},
            }
            for number in range(12)
        ]
        push(client, *pupils, on=on)

    with reading(app) as work:
        arrays = load_roll(work, school_id(work), None)
        pupils_held = load_pupils(work, school_id(work), None).pupils
    for day in (date(2026, 9, 1), date(2026, 10, 31), date(2026, 11, 2)):
        for index, one in enumerate(pupils_held):
            assert arrays.pupils[index] == one.pupil
            for name in ("year_group", "fsm6"):
                assert _said(arrays, name, index, day) == value_on(one.values[name], day)


def _said(arrays: HeldRoll, name: str, index: int, day: date) -> str | None:
    said = arrays.roll.characteristics[name]
    entries = [
        value
        for pupil, since, value in zip(said.pupil, said.since, said.value, strict=True)
        if pupil == index and since <= day.toordinal()
    ]
    return None if entries[-1] == -1 else said.values[entries[-1]]


def test_a_school_without_pupils_has_an_empty_roll(app: Flask, client: Client) -> None:
    make_school(client)

    found = held(app)

    assert (len(found.roll.references), len(found.pupils), len(found.roll.spells.pupil)) == (0, 0, 0)


def test_a_roll_is_read_again_only_when_it_has_moved(app: Flask, client: Client) -> None:
    make_school(client)
    push(client, {"pupil": "P1"})

    first, again = held(app), held(app)
    client.put(f"/v1/schools/{URN}/code-map", {"map": {"XA": "C"}})
    after_another_write = held(app)
    push(client, {"pupil": "P2"})

    assert first is again is after_another_write
    assert list(held(app).roll.references) == ["P1", "P2"]


def test_a_writing_transaction_leaves_nothing_in_memory(app: Flask, client: Client) -> None:
    make_school(client)
    push(client, {"pupil": "P1"})

    with unit_of_work(app.extensions["headway"].tools, NOBODY, writes=True) as work:
        in_writing = load_roll(work, school_id(work), None)

    assert held(app) is not in_writing


def test_what_is_in_memory_is_bounded(app: Flask, client: Client, monkeypatch: Any) -> None:
    make_school(client)
    push(client, {"pupil": "P1"}, {"pupil": "P2"})
    monkeypatch.setattr(roll_store._memory, "most", 1)

    assert held(app) is not held(app)
    assert roll_store._memory._weight == 0


def test_as_of_a_pupil_joined_later_still_stands_apart(app: Flask, client: Client, clock: Clock) -> None:
    make_school(client)
    push(client, {"pupil": "P1"}, {"pupil": "P2", "cohorts": {"fsm6": True}})
    then = clock.advance(minutes=1)
    clock.advance(minutes=1)
    push(client, {"pupil": "P1", "aliases": ["P2"]})

    now, before = held(app), held(app, then)

    assert list(now.roll.references) == ["P1"]
    assert list(before.roll.references) == ["P1", "P2"]
    assert before.roll.spells.pupil.tolist() == [0, 1]
    assert before.roll.characteristics["fsm6"].pupil.tolist() == [1]


def test_a_roll_takes_a_handful_of_statements(app: Flask, client: Client) -> None:
    make_school(client)
    push(client, *({"pupil": f"P{number}", "cohorts": {"sex": "F"}} for number in range(50)))
    seen: list[str] = []
    with reading(app) as work:
        school = school_id(work)
        event.listen(work.connection, "before_cursor_execute", lambda *given: seen.append(given[2]))
        load_roll(work, school, None)

    assert len(seen) <= 5
