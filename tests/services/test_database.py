"""Durability, as live connections say it themselves."""

import fcntl
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import event, text

from domain.errors import Unavailable
from services.database import Database
from services.prepared import Prepared

SQLITE_FULL = "2"

SELECTION = text("SELECT word FROM narrow")
PREPARED = Prepared(SELECTION)
OFTEN_ENOUGH_TO_BE_KEPT = 10


def test_an_acknowledged_write_is_on_disk(app: Flask) -> None:
    database = app.extensions["headway"].tools.database

    said = database.settings_of_durability()

    if database.is_sqlite:
        assert said == {"journal_mode": "wal", "synchronous": SQLITE_FULL, "foreign_keys": "1"}
    else:
        assert said == {"fsync": "on", "synchronous_commit": "on"}


def test_every_connection_and_transaction_has_the_same_durability(app: Flask) -> None:
    database = app.extensions["headway"].tools.database
    names = ["synchronous", "foreign_keys"] if database.is_sqlite else ["synchronous_commit"]
    ask = "PRAGMA {}" if database.is_sqlite else "SHOW {}"
    expected = [SQLITE_FULL, "1"] if database.is_sqlite else ["on"]

    with database.writing() as writing, database.reading() as reading, database.looking_up() as looking:
        for connection in (writing, reading, looking):
            assert [str(connection.exec_driver_sql(ask.format(n)).scalar()) for n in names] == expected


def test_a_server_set_to_answer_early_is_overruled(app: Flask, database_url: str) -> None:
    kept = app.extensions["headway"].tools.database
    if kept.is_sqlite:
        pytest.skip("SQLite has no such setting of the server")
    with kept.looking_up() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar()
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        try:
            database = Database(kept.url, connections=1)
            assert database.settings_of_durability()["synchronous_commit"] == "on"
            with database.writing() as writing:
                assert writing.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
            database.close()
        finally:
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" RESET synchronous_commit')


def test_connections_that_end_as_soon_as_they_are_made_are_told_as_unavailable(postgresql_url: str) -> None:
    database, kept = Database(postgresql_url, connections=1), Database(postgresql_url, connections=1)

    def end(connection: psycopg.Connection[Any], _: Any) -> None:
        backend = connection.info.backend_pid
        with kept.looking_up() as other:
            other.exec_driver_sql("SELECT pg_terminate_backend(%s, 5000)", (backend,))

    event.listen(database.engine, "connect", end)
    for opened in (database.looking_up, database.reading, database.writing):
        with pytest.raises(Unavailable, match="ends its connections"), opened():
            pass

    event.remove(database.engine, "connect", end)
    with database.looking_up() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    database.close()
    kept.close()


@pytest.mark.parametrize("ask", [PREPARED.all, lambda connection, _: connection.execute(SELECTION).all()])
def test_a_column_that_changes_under_a_kept_statement_fails_it_once(postgresql_url: str, ask: Any) -> None:
    database, migrating = Database(postgresql_url, connections=1), Database(postgresql_url, connections=1)
    with migrating.looking_up() as other:
        other.exec_driver_sql("CREATE TABLE narrow (word varchar(5))")
        try:
            with database.looking_up() as connection:
                for _ in range(OFTEN_ENOUGH_TO_BE_KEPT):
                    assert ask(connection, {}) == []

            other.exec_driver_sql("ALTER TABLE narrow ALTER COLUMN word TYPE varchar(9)")

            with pytest.raises(Unavailable), database.looking_up() as connection:
                ask(connection, {})
            with database.looking_up() as connection:
                assert ask(connection, {}) == []
        finally:
            other.exec_driver_sql("DROP TABLE narrow")
            database.close()
    migrating.close()


def test_a_write_that_is_not_committed_is_taken_back(app: Flask) -> None:
    database = app.extensions["headway"].tools.database
    with database.writing() as connection:
        connection.execute(text("UPDATE ledgers SET sequence = 7"))
    with database.reading() as connection:
        assert connection.execute(text("SELECT sequence FROM ledgers")).scalar() == 0


@pytest.mark.parametrize("fails", [True, False])
@pytest.mark.parametrize("kind", ["looking_up", "reading", "writing"])
def test_a_connection_comes_back_outside_of_any_transaction(app: Flask, kind: str, fails: bool) -> None:
    database = app.extensions["headway"].tools.database
    with suppress(ZeroDivisionError), getattr(database, kind)() as connection:
        connection.execute(text("SELECT 1"))
        driver = connection.connection.dbapi_connection
        assert 1 / (not fails)

    if database.is_sqlite:
        assert not driver.in_transaction
    else:
        assert driver.info.transaction_status == TransactionStatus.IDLE


def test_a_reader_sees_one_state_from_beginning_to_end(app: Flask) -> None:
    database = app.extensions["headway"].tools.database
    ask = text("SELECT sequence FROM ledgers")
    with database.reading() as reading:
        assert reading.execute(ask).scalar() == 0
        with database.writing() as writing:
            writing.execute(text("UPDATE ledgers SET sequence = 7"))
            writing.commit()
        assert reading.execute(ask).scalar() == 0
    with database.reading() as reading:
        assert reading.execute(ask).scalar() == 7


def test_what_was_looked_up_before_doesnt_keep_a_reader_from_seeing_one_state(app: Flask) -> None:
    database = app.extensions["headway"].tools.database
    ask = text("SELECT sequence FROM ledgers")
    with database.looking_up() as connection:
        assert connection.execute(ask).scalar() == 0
        database.begin_reading(connection)
        assert connection.execute(ask).scalar() == 0
        with database.writing() as writing:
            writing.execute(text("UPDATE ledgers SET sequence = 7"))
            writing.commit()
        assert connection.execute(ask).scalar() == 0


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/made/headway.db", connections=1)
    with database.writing():
        pass
    database.close()

    assert (tmp_path / "made").stat().st_mode & 0o077 == 0


def test_writers_of_a_file_queue_across_processes(tmp_path: Path) -> None:
    """Two that know nothing of each other stand for two processes: a lock belongs to whoever opened the file."""
    one, other = (Database(f"sqlite:///{tmp_path}/headway.db", connections=2) for _ in range(2))
    came: list[str] = []
    waiting = threading.Event()

    def write() -> None:
        waiting.set()
        with other.writing():
            came.append("other")

    thread = threading.Thread(target=write)
    with one.writing():
        thread.start()
        waiting.wait()
        with pytest.raises(BlockingIOError), (tmp_path / "headway.db-writer").open() as gate:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        came.append("one")
    thread.join()

    assert came == ["one", "other"]
    one.close()
    other.close()
