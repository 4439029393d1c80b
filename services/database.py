"""The database: SQLite or PostgreSQL, opened the same way, with full durability on both.

This is the one file that knows which of the two it is.
"""

import fcntl
import os
import select
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NoReturn

import psycopg
from psycopg.types.string import TextLoader
from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event, make_url
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InvalidatePoolError,
    InvalidRequestError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.errors import Conflict, Unavailable

SECONDS_TO_WAIT_FOR_A_LOCK = 30

READING, WRITING = "reading", "writing"
BEGIN = {
    # A writer takes SQLite's lock at once: a reader that turns writer later can't, once another has written.
    "sqlite": {READING: "BEGIN", WRITING: "BEGIN IMMEDIATE"},
    "postgresql": {READING: "BEGIN ISOLATION LEVEL REPEATABLE READ", WRITING: "BEGIN"},
}
"""How each kind of transaction begins; outside of one, each statement is its own."""

OF_THE_DRIVERS = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    sqlite3.OperationalError,
    sqlite3.InterfaceError,
)
"""What `services/prepared.py` meets without SQLAlchemy round it."""

NOT_AS_IT_SHOULD_BE = (IntegrityError, psycopg.IntegrityError, sqlite3.IntegrityError)

OF_DATABASES = (DBAPIError, PoolTimeout, psycopg.NotSupportedError, *NOT_AS_IT_SHOULD_BE, *OF_THE_DRIVERS)


class Database:
    """An engine, and the two kinds of transaction that Headway knows: reading and writing."""

    def __init__(self, url: str, *, connections: int) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = (
            _sqlite_engine(url, connections) if self.is_sqlite else _postgresql_engine(url, connections)
        )
        self._write_gate = _Gate(make_url(url).database) if self.is_sqlite else nullcontext()

    @contextmanager
    def looking_up(self) -> Iterator[Connection]:
        """A connection for a few single statements, each its own transaction."""
        try:
            with self._connection() as connection:
                yield connection
        except OF_DATABASES as error:
            _raise_in_our_words(error)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the database as it stood at its start, and writes nothing."""
        with self.looking_up() as connection:
            self.begin_reading(connection)
            yield connection

    def begin_reading(self, connection: Connection) -> None:
        """Let all that is read from now on be of one state; the transaction ends when the connection is given back."""
        if connection.in_transaction():  # SQLAlchemy's word for having read anything: nothing was begun
            connection.rollback()
        _begin(connection, READING)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write. It is rolled back unless it was committed by whoever opened it."""
        with translated(), self._write_gate, self._connection() as connection:
            transaction = _begin(connection, WRITING)
            try:
                yield connection
            finally:
                if transaction.is_active:
                    transaction.rollback()

    @contextmanager
    def in_one_trip(self, connection: Connection) -> Iterator[None]:
        """Statements within that nothing is asked of go to PostgreSQL together; SQLite has no trips to save."""
        if self.is_sqlite:
            yield
            return
        driver: Any = connection.connection.dbapi_connection
        try:
            with driver.pipeline():
                yield
        except BaseException:
            # A COMMIT that went along counts as done for SQLAlchemy, which then wouldn't take anything back.
            if not driver.closed:
                driver.rollback()
            raise

    def settings_of_durability(self) -> dict[str, str]:
        """What the database itself says of how it keeps an acknowledged write, asked on a live connection."""
        asked = (
            ["journal_mode", "synchronous", "foreign_keys"]
            if self.is_sqlite
            else ["fsync", "synchronous_commit"]
        )
        ask = "PRAGMA {}" if self.is_sqlite else "SHOW {}"
        with self.looking_up() as connection:
            return {name: str(connection.exec_driver_sql(ask.format(name)).scalar()) for name in asked}

    def _connection(self) -> Connection:
        try:
            return self.engine.connect()
        except InvalidRequestError as error:  # the pool's word where a new connection was ended at once, too
            raise Unavailable(
                "the database ends its connections; nothing was stored; try again shortly"
            ) from error

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def _begin(connection: Connection, kind: str) -> RootTransaction:
    transaction = connection.begin()
    connection.exec_driver_sql(BEGIN[connection.dialect.name][kind])
    return transaction


class _Gate:
    """Where the writers of a SQLite file queue, threads and processes alike, because it has one writer at a time.

    Its own lock is waited for by asking again and again, ever less often, so that some wait long and others not at all.
    A lock on a file beside it is handed on at once, and is gone with the process that held it.
    """

    def __init__(self, path: str | None) -> None:
        self._threads = threading.Lock()
        self._path = f"{path}-writer" if path else os.devnull
        self._file: int | None = None

    def __enter__(self) -> None:
        self._threads.acquire()
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        assert self._file is not None  # noqa: S101  opened on entering
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


@contextmanager
def translated() -> Iterator[None]:
    """Says in our words what a database can't do just now, so that nothing above needs its errors."""
    try:
        yield
    except OF_DATABASES as error:
        _raise_in_our_words(error)


def _raise_in_our_words(error: Exception) -> NoReturn:
    if isinstance(error, NOT_AS_IT_SHOULD_BE):
        raise Conflict(
            "somebody else wrote this at the same moment; nothing was stored; send it again"
        ) from error
    refused = isinstance(error, (OperationalError, InterfaceError, PoolTimeout, *OF_THE_DRIVERS))
    if refused or _outdated(error):
        raise Unavailable(
            "the database can't take this just now; nothing was stored; try again shortly"
        ) from error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        raise Unavailable("the database went away; nothing was stored; try again shortly") from error
    raise error


def _outdated(error: BaseException) -> bool:
    """Whether a statement that a connection keeps prepared answers otherwise since a migration changed a column."""
    return (
        isinstance(error, psycopg.errors.FeatureNotSupported)
        and error.diag.source_function == "RevalidateCachedQuery"
    )


def _postgresql_engine(url: str, connections: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=SECONDS_TO_WAIT_FOR_A_LOCK,
        pool_use_lifo=True,
        pool_reset_on_return=None,  # the driver begins nothing by itself, and SQLAlchemy ends what it began
        connect_args={
            "connect_timeout": 5,
            "options": f"-c lock_timeout={SECONDS_TO_WAIT_FOR_A_LOCK}s -c timezone=UTC",
        },
    )

    dialect: Any = engine.dialect
    lost = dialect.is_disconnect

    def is_of_no_use(error: BaseException, *where: Any) -> bool:
        # PostgreSQL would refuse an outdated statement for as long as the connection lives.
        return _outdated(error) or bool(lost(error, *where))

    dialect.is_disconnect = is_of_no_use

    @event.listens_for(engine, "checkout")
    def on_checkout(connection: Any, _: Any, __: Any) -> None:
        # An idle connection has nothing to read, unless the server has said goodbye while nobody listened: then all
        # that are idle are given up and this request gets a new one, instead of each of them failing a request.
        if connection.closed or _has_something_to_say(connection.fileno()):
            raise InvalidatePoolError("the server ended the connection")

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        connection.autocommit = True  # transactions are begun below, not by the driver
        connection.adapters.register_loader("uuid", TextLoader)  # ids are texts throughout
        # A server may be set to answer before its log is on disk; an acknowledged register must outlive a power cut.
        if connection.execute("SHOW synchronous_commit").fetchone()[0] == "off":
            connection.execute("SET synchronous_commit = on")

    return engine


def _has_something_to_say(descriptor: int) -> bool:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(0))


def _sqlite_engine(url: str, connections: int) -> Engine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # pupils are in it
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=SECONDS_TO_WAIT_FOR_A_LOCK,
        connect_args={"timeout": SECONDS_TO_WAIT_FOR_A_LOCK, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, not guessed by the driver
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
