"""Figures of the academic year to date, as indicators and reports take them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from commands import COMMAND_LINE
from domain.errors import Invalid
from services.attendance.figures import Figure, FigureRequest, measures_to_date
from services.schools.schools import get_school
from services.unit_of_work import UnitOfWork, unit_of_work
from tests.conftest import Clock
from tests.make import Client, make_school

SEPTEMBER, TODAY = date(2026, 9, 1), date(2026, 11, 20)


@pytest.fixture
def school(client: Client) -> str:
    """Ten pupils, of whom P0 to P5 attract the Pupil Premium."""
    urn = make_school(client)
    pupils = [
        {"pupil": f"P{n}", "from": "2026-09-01", "cohorts": {"pupil_premium": n < 6, "looked_after": n < 3}}
        for n in range(10)
    ]
    assert client.put(f"/v1/schools/{urn}/roll", {"pupils": pupils}).status_code == 200
    return urn


def push(client: Client, day: str, session: str, codes: str) -> None:
    """The register of a session, a code for each pupil from P0 on."""
    marks = {f"P{number}": code for number, code in enumerate(codes)}
    answer = client.put(f"/v1/schools/900001/registers/{day}/{session}?force=true", {"marks": marks})
    assert answer.status_code == 200, answer.text


@pytest.fixture
def work(app: Flask) -> Iterator[UnitOfWork]:
    with unit_of_work(app.extensions["headway"].tools, COMMAND_LINE, writes=False) as work:
        yield work


def figure(app: Flask, measure: str, cohort: str | None = None, on: date = TODAY, **given: Any) -> Figure:
    with unit_of_work(app.extensions["headway"].tools, COMMAND_LINE, writes=False) as work:
        asked = [FigureRequest(measure, cohort, on)]
        return measures_to_date(work, get_school(work, "900001").id, asked, **given)[0]


def test_attendance_of_the_year_to_date(app: Flask, client: Client, school: str) -> None:
    push(client, "2026-11-20", "AM", "//////IIII")

    assert figure(app, "attendance") == Figure(Decimal(60), 6, 10, SEPTEMBER, TODAY)


def test_the_window_ends_on_the_day_asked_for(app: Flask, client: Client, school: str) -> None:
    push(client, "2026-11-19", "AM", "//////////")
    push(client, "2026-11-20", "AM", "IIIIIIIIII")

    assert figure(app, "absence", on=date(2026, 11, 19)).value == 0
    assert figure(app, "absence").value == 50


def test_a_cohort(app: Flask, client: Client, school: str) -> None:
    """P0 to P5 have the Pupil Premium; but four others are left out, which would give those away."""
    push(client, "2026-11-20", "AM", "/////IIIII")

    left_out = figure(app, "absence", "pupil_premium:true")
    assert (left_out.value, left_out.null_because) == (None, "withheld: fewer than 5 pupils")
    client.patch(
        "/v1/schools/900001/roll",
        {"pupils": [{"pupil": "P10", "from": "2026-09-01", "cohorts": {"pupil_premium": False}}]},
    )
    push(client, "2026-11-20", "AM", "/////IIIII/")
    assert figure(app, "absence", "pupil_premium:true") == Figure(Decimal("16.67"), 1, 6, SEPTEMBER, TODAY)


def test_a_cohort_of_three_is_withheld(app: Flask, client: Client, school: str) -> None:
    push(client, "2026-11-20", "AM", "//////////")

    assert figure(app, "attendance", "looked_after:true") == Figure(
        None, None, None, SEPTEMBER, TODAY, "withheld: fewer than 5 pupils"
    )


@pytest.mark.parametrize(
    ("codes", "value"),
    [("//////////", 0), ("I/////////", None), ("IIIII/////", 50), ("IIIIIIIII/", None), ("IIIIIIIIII", 100)],
)
def test_persistent_absence_of_one_to_four_or_all_but_them_is_withheld(
    app: Flask, client: Client, school: str, codes: str, value: int | None
) -> None:
    push(client, "2026-11-20", "AM", codes)

    assert figure(app, "persistent_absence").value == value


def test_a_code_with_one_to_four_sessions_is_withheld(app: Flask, client: Client, school: str) -> None:
    push(client, "2026-11-20", "AM", "IIIIILL///")

    assert figure(app, "illness").value == 50
    assert figure(app, "late").null_because == "withheld: fewer than 5 sessions"


def test_before_the_first_register_there_is_no_figure(app: Flask, client: Client, school: str) -> None:
    assert figure(app, "attendance") == Figure(None, None, None, SEPTEMBER, TODAY, "no register yet")


def test_what_was_held_at_a_time(app: Flask, client: Client, school: str, clock: Clock) -> None:
    push(client, "2026-11-20", "AM", "NNNNN/////")
    before = clock.advance(minutes=5)
    clock.advance(hours=1)
    push(client, "2026-11-20", "AM", "//////////")

    assert figure(app, "absence", as_of=before).value == 50
    assert figure(app, "absence").value == 0


def test_session_counts_say_nothing_of_persistent_absence(app: Flask, client: Client, school: str) -> None:
    client.put(f"/v1/schools/{school}/session-counts/2026-11-20/AM", {"counts": {"/": 90, "I": 10}})

    assert figure(app, "absence").value == 10
    assert figure(app, "persistent_absence").null_because == (
        "only counts of sessions are held, not whose they are"
    )


def test_several_at_once_are_what_each_is_alone(
    app: Flask, client: Client, school: str, work: UnitOfWork
) -> None:
    push(client, "2026-09-02", "AM", "IIIII/////")
    push(client, "2026-11-20", "AM", "LLLLL/////")
    requests = [
        FigureRequest("attendance", None, TODAY),
        FigureRequest("late", None, TODAY),
        FigureRequest("attendance", None, date(2026, 10, 1)),
        FigureRequest("attendance", "pupil_premium:true", TODAY),
        FigureRequest("attendance", None, date(2026, 7, 1)),
    ]

    together = measures_to_date(work, get_school(work, "900001").id, requests)

    assert together == [figure(app, one.measure, one.cohort, one.on) for one in requests]


def test_a_measure_that_there_is_not(app: Flask, client: Client, school: str) -> None:
    with pytest.raises(Invalid, match="no such measure"):
        figure(app, "happiness")
