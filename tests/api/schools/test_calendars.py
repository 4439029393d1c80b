"""`/v1/schools/{urn}/calendar/{academic_year}`."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from models import AuditEntry, Calendar
from services.schools.calendars import load_calendars
from services.unit_of_work import unit_of_work
from tests.conftest import Clock
from tests.make import URN, Client, make_key, make_school

PATH = f"/v1/schools/{URN}/calendar/2026-27"


def make_body(**changed):
    terms = [
        {"name": "Autumn 1", "half_term": 1, "from": "2026-09-02", "to": "2026-10-23"},
        {"name": "Autumn 2", "half_term": 2, "from": "2026-11-02", "to": "2026-12-18"},
    ]
    closures = [
        {"date": "2026-09-02", "reason": "Staff training"},
        {"date": "2026-12-18", "session": "PM", "reason": "End of term"},
    ]
    return {"terms": terms, "closures": closures} | changed


def rows_of(app: Flask, model) -> int:
    with app.extensions["headway"].tools.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(model))


def test_what_was_put_is_got(client: Client) -> None:
    make_school(client)

    put, got = client.put(PATH, make_body()), client.get(PATH)

    assert put.status_code == 201
    assert got.json == put.json
    assert {name: got.json[name] for name in ("terms", "closures")} == make_body()
    assert (got.json["academic_year"], got.json["revision"]) == ("2026/27", 1)
    assert got.headers["ETag"].startswith('"1.')


def test_the_same_again_moves_nothing(app: Flask, client: Client, clock: Clock) -> None:
    make_school(client)
    first = client.put(PATH, make_body())
    entries = rows_of(app, AuditEntry)
    clock.advance(hours=1)
    body = make_body()
    body["terms"].reverse()

    again = client.put(PATH, body)

    assert again.status_code == 200
    assert again.json == first.json
    assert rows_of(app, Calendar) == 1
    assert rows_of(app, AuditEntry) == entries


def test_an_earlier_version_is_found_by_its_time(client: Client, clock: Clock) -> None:
    make_school(client)
    clock.set("2026-11-21T08:00:00+00:00")
    client.put(PATH, make_body())
    clock.set("2026-11-23T08:00:00+00:00")
    client.put(PATH, make_body(closures=[]))

    then = client.get(PATH + "?as_of=2026-11-22T12:00:00Z")

    assert (then.json["revision"], len(then.json["closures"])) == (1, 2)
    assert (client.get(PATH).json["revision"], client.get(PATH).json["closures"]) == (2, [])
    assert client.get(PATH + "?as_of=2026-11-20T12:00:00Z").status_code == 404


def test_a_window_over_two_years_loads_both_calendars(app: Flask, client: Client) -> None:
    make_school(client)
    client.put(PATH, make_body())
    last_year = {"name": "Summer 2", "half_term": 6, "from": "2026-06-08", "to": "2026-07-21"}
    client.put(f"/v1/schools/{URN}/calendar/2025-26", {"terms": [last_year]})

    def years(first: date, last: date) -> list[str]:
        with unit_of_work(app.extensions["headway"].tools, None, writes=False) as work:  # type: ignore[arg-type]
            school = work.connection.scalar(select(Calendar.school_id))
            return [one.academic_year for one in load_calendars(work, school, first, last, None)]

    assert years(date(2026, 7, 1), date(2026, 9, 30)) == ["2025/26", "2026/27"]
    assert years(date(2026, 9, 1), date(2026, 9, 30)) == ["2026/27"]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        pytest.param({"term": {"to": "2026-08-30"}}, "/terms/0/to", id="a term that ends before it begins"),
        pytest.param({"term": {"half_term": 2}}, "/terms/1/half_term", id="a half term twice"),
        pytest.param({"term": {"half_term": 7}}, "/terms/0/half_term", id="no such half term"),
        pytest.param({"term": {"from": "20260902"}}, "/terms/0/from", id="a date in another form"),
        pytest.param({"term": {"from": "2026-02-30"}}, "/terms/0/from", id="no day"),
        pytest.param({"term": {"weeks": 7}}, "/terms/0/weeks", id="an unknown field"),
        pytest.param(
            {"closures": [{"date": "2025-09-02", "reason": "Snow"}]}, "/closures/0/date", id="another year"
        ),
    ],
)
def test_what_cannot_be_right_is_refused_where_it_stands(client: Client, changed, pointer) -> None:
    make_school(client)
    body = make_body()
    body["terms"][0] |= changed.get("term", {})

    answer = client.put(PATH, body | {name: value for name, value in changed.items() if name != "term"})

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert client.get(PATH).status_code == 404


@pytest.mark.parametrize("year", ["2026", "2026-28", "26-27"])
def test_what_is_no_academic_year_is_not_found(client: Client, year: str) -> None:
    make_school(client)

    assert client.put(f"/v1/schools/{URN}/calendar/{year}", make_body()).status_code == 404


def test_reading_takes_either_scope_and_writing_only_its_own(app: Flask, client: Client) -> None:
    make_school(client)
    reader, writer = make_key(app, ["attendance:read"]), make_key(app, ["attendance:write"])

    assert reader.put(PATH, make_body()).status_code == 403
    assert writer.put(PATH, make_body()).status_code == 201
    assert [key.get(PATH).status_code for key in (reader, writer)] == [200, 200]
    assert make_key(app, ["pupils:read"]).get(PATH).status_code == 403
