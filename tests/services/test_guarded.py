"""Registers are written without a lock where nobody else writes in their school, and exactly all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, insert, select, update

from models import ApiKey, AuditEntry, Register, RegisterRevision
from services import unit_of_work as units
from services.prepared import Prepared
from tests.make import Client, make_key, make_school

URN = "900001"
PATH = f"/v1/schools/{URN}/registers/2026-11-20"


@pytest.fixture
def school(client: Client) -> Client:
    make_school(client, URN)
    client.put(f"{PATH}/AM", {"marks": {"P001": "/", "P002": "/"}})  # both are known from here on
    return client


@contextmanager
def locks_taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How often a school's ledger was locked within."""
    taken: list[int] = []
    real = units.audit.lock_ledger

    def lock(connection: Any, school_id: int) -> Any:
        taken.append(school_id)
        return real(connection, school_id)

    with monkeypatch.context() as patched:
        patched.setattr(units.audit, "lock_ledger", lock)
        yield taken


def rows_of(app: Flask, table: Any) -> int:
    with app.extensions["headway"].tools.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        ({"P001": "/", "P002": "I"}, {"updated": 1, "unchanged": 1}),
        ({"P001": "/", "P002": "/"}, {"unchanged": 2}),
        ({"P001": "/", "P002": ""}, {"unchanged": 1, "deleted": 1}),
    ],
)
def test_a_register_of_known_pupils_needs_no_lock(
    school: Client, monkeypatch: pytest.MonkeyPatch, marks: dict[str, Any], told: dict[str, Any]
) -> None:
    with locks_taken(monkeypatch) as taken:
        receipt = school.put(f"{PATH}/AM?force=true", {"marks": marks}).json
        school.put(f"{PATH}/PM", {"marks": {"P001": "\\", "P002": "I"}})

    assert not taken
    assert {name: count for name, count in receipt.items() if name in told} == told
    assert school.get(f"{PATH}/AM").json["marks"] == {name: code for name, code in marks.items() if code}
    assert school.get(f"{PATH}/PM").json["marks"] == {"P001": "\\", "P002": "I"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"marks": {"P001": "/", "P002": "/", "P003": "/"}}, 200),  # somebody new
        ({"marks": {"P001": "/", "P002": "?"}}, 207),  # a mark that is refused
        ({"marks": {"P001": "/"}}, 409),  # half of the marks would go
    ],
)
def test_what_is_more_than_a_register_is_done_with_the_lock(
    school: Client, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any], status: int
) -> None:
    with locks_taken(monkeypatch) as taken:
        assert school.put(f"{PATH}/AM", body).status_code == status

    assert len(taken) == 1


def test_a_register_whose_school_was_written_in_meanwhile_is_worked_out_anew(
    app: Flask, school: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = units.write_if_unmoved
    entries = rows_of(app, AuditEntry)
    others: list[int] = []

    def overtaken(*given: Any) -> bool:
        if not others:
            others.append(0)
            others.append(school.put(f"{PATH}/AM", {"marks": {"P001": "I", "P002": "/"}}).status_code)
        return real(*given)

    monkeypatch.setattr(units, "write_if_unmoved", overtaken)
    receipt = school.put(f"{PATH}/AM", {"marks": {"P001": "B", "P002": "/"}}).json

    assert others == [0, 200]
    assert (receipt["updated"], receipt["unchanged"]) == (1, 1)
    changes = school.get(f"/v1/schools/{URN}/marks/changes?from=2026-11-20&to=2026-11-20").json["items"]
    assert [(change["old"], change["new"]) for change in changes] == [("/", "I"), ("I", "B")]
    assert school.get(f"{PATH}/AM").json["revision"] == 3
    assert rows_of(app, AuditEntry) == entries + 2
    assert rows_of(app, RegisterRevision) == 2


def test_a_dry_run_writes_nothing_without_a_lock_either(app: Flask, school: Client) -> None:
    before = rows_of(app, AuditEntry), rows_of(app, Register), rows_of(app, RegisterRevision)

    receipt = school.put(f"{PATH}/AM?dry_run=true", {"marks": {"P001": "I", "P002": "/"}}).json

    assert receipt["updated"] == 1
    assert (rows_of(app, AuditEntry), rows_of(app, Register), rows_of(app, RegisterRevision)) == before


def test_a_register_that_fails_while_it_is_written_leaves_nothing(app: Flask, school: Client) -> None:
    database = app.extensions["headway"].tools.database
    with database.writing() as connection:
        columns = [
            column for column in AuditEntry.__table__.columns if column is not AuditEntry.__table__.c.sequence
        ]
        last = select(*columns, AuditEntry.sequence + 1).order_by(AuditEntry.sequence.desc()).limit(1)
        connection.execute(insert(AuditEntry).from_select([*(c.name for c in columns), "sequence"], last))
        connection.commit()
    entries = rows_of(app, AuditEntry)

    for _ in range(3):
        answer = school.put(f"{PATH}/AM", {"marks": {"P001": "I", "P002": "/"}})
        assert answer.status_code == 409, answer.text

    assert rows_of(app, AuditEntry) == entries
    assert rows_of(app, RegisterRevision) == 0
    assert school.get(f"{PATH}/AM").json["marks"] == {"P001": "/", "P002": "/"}


def test_a_register_of_known_pupils_takes_two_trips(
    app: Flask, school: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = app.extensions["headway"].tools.database
    if database.is_sqlite:
        pytest.skip("a file is no trip away")
    school.put(f"{PATH}/PM", {"marks": {"P001": "\\", "P002": "\\"}})  # now the roll is in memory
    run: list[str] = []
    real = Prepared._run

    def prepared(statement: Prepared, *given: Any) -> Any:
        run.append(str(statement.statement))
        return real(statement, *given)

    def others(_: Any, __: Any, statement: str, *___: Any) -> None:
        run.append(statement)

    monkeypatch.setattr(Prepared, "_run", prepared)
    event.listen(database.engine, "before_cursor_execute", others)
    school.put(f"{PATH}/PM", {"marks": {"P001": "\\", "P002": "I"}})
    event.remove(database.engine, "before_cursor_execute", others)

    assert len(run) == 2, run  # the key with ledger and register; everything that is written


def test_a_key_that_was_revoked_pushes_no_register_that_it_pushed_before(app: Flask, school: Client) -> None:
    mine = make_key(app, name="mine")
    assert mine.put(f"{PATH}/AM", {"marks": {"P001": "/", "P002": "/"}}).status_code == 200
    with app.extensions["headway"].tools.database.writing() as connection:
        connection.execute(update(ApiKey).where(ApiKey.name == "mine").values(revoked_at=ApiKey.created_at))
        connection.commit()

    answer = mine.put(f"{PATH}/AM", {"marks": {"P001": "I", "P002": "/"}})

    assert answer.status_code == 401
    assert school.get(f"{PATH}/AM").json["marks"] == {"P001": "/", "P002": "/"}


@pytest.mark.parametrize(
    ("path", "scopes", "schools", "status"),
    [
        (f"{PATH}/AM", ["attendance:read"], ["900001"], 403),
        (f"{PATH}/AM", ["attendance:write"], ["900002"], 404),
        (f"{PATH}/XM", ["attendance:write"], ["900001"], 422),
        (f"{PATH}/XM", ["attendance:read"], ["900001"], 403),
        (f"{PATH}/XM", ["attendance:write"], ["900002"], 404),
    ],
)
def test_what_is_read_along_with_a_key_is_refused_as_ever(
    app: Flask, school: Client, path: str, scopes: list[str], schools: list[str], status: int
) -> None:
    other = make_key(app, schools=schools, scopes=scopes)

    assert other.put(path, {"marks": {"P001": "I", "P002": "I"}}).status_code == status
    assert school.get(f"{PATH}/AM").json["marks"] == {"P001": "/", "P002": "/"}
