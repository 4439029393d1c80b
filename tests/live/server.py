"""A real server: the production command in a process of its own, on a free port, and clients that talk to it."""

import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy.engine import make_url

import app as application
import migrations
from app import create_app
from services.access.installation import settle_secret
from settings import Settings
from tests.make import make_key, make_school

ROOT = Path(application.__file__).parent
SECRET = "a secret that only the live tests know, long enough"
SECONDS_TO_START = 60
SECONDS_TO_ANSWER = 30
BETWEEN_LOOKS = 0.005


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """One server; `start` returns once it is ready."""

    url: str
    folder: Path
    token: str
    settings: Mapping[str, str] = field(default_factory=dict)
    limit_of_files: int | None = None
    """Past so many bytes no file of the server grows: what a full disk is to it."""
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        self.port = self.port or free_port()
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        said = {
            "DATABASE_URL": self.url,
            "PORT": str(self.port),
            "HEADWAY_INSTANCE": str(self.folder),
            "HEADWAY_SECRET": SECRET,
            "HEADWAY_LOG_LEVEL": "warning",
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "app", "serve"],
                cwd=ROOT,
                env=kept | said | dict(self.settings),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=self._limit,
            )
        self.wait_until(200)
        return self

    def wait_until(self, status: int, path: str = "/readyz") -> None:
        """Ask until the answer is the one that is waited for."""
        end = time.monotonic() + SECONDS_TO_START
        found: Any = None
        while time.monotonic() < end:
            assert self.process is not None
            assert self.process.poll() is None, self.log()
            try:
                found = self.call("GET", path).status
            except OSError as error:
                found = error
            if found == status:
                return
            time.sleep(BETWEEN_LOOKS)
        raise AssertionError(f"{path} is {found} and never became {status}\n{self.log()}")

    def kill(self) -> None:
        """End the server and all its processes at once, without a word of warning."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the server to end, and make sure that it did."""
        self._signal(signal.SIGTERM)

    def processes(self) -> list[int]:
        """The ids of the server's processes, the first one among them."""
        assert self.process is not None
        return [pid for pid in _all_processes() if _group_of(pid) == self.process.pid]

    def most_memory(self) -> int:
        """The most bytes that any of its processes ever had in memory."""
        return max(_field_of_status(pid, "VmHWM") for pid in self.processes())

    def log(self) -> str:
        """What the server wrote so far."""
        return (self.folder / "server.log").read_text()

    def call(self, method: str, path: str, value: Any = None, **headers: str) -> Answer:
        """One request over a connection of its own."""
        with self.connection() as connection:
            return self.ask(connection, method, path, value, **headers)

    def ask(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        value: Any = None,
        **headers: str,
    ) -> Answer:
        """One request over a connection that is kept; a value goes as JSON, bytes and iterables as they are."""
        said = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): text for name, text in headers.items()
        }
        if value is not None and not isinstance(value, bytes) and not hasattr(value, "__next__"):
            value, said = json.dumps(value).encode(), {"Content-Type": "application/json"} | said
        connection.request(method, path, value, said, encode_chunked=hasattr(value, "__next__"))
        return answer_of(connection.getresponse())

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPConnection]:
        """A connection for some requests, one after the other."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_TO_ANSWER)
        try:
            yield connection
        finally:
            connection.close()

    def _limit(self) -> None:
        if self.limit_of_files is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.limit_of_files, resource.RLIM_INFINITY))

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(self.process.pid, number)
            self.process.wait(SECONDS_TO_ANSWER)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        end = time.monotonic() + SECONDS_TO_ANSWER
        while self.processes() and time.monotonic() < end:
            time.sleep(BETWEEN_LOOKS)
        self.process = None


def answer_of(response: http.client.HTTPResponse) -> Answer:
    """The whole of an answer; one that is cut short raises."""
    return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


@contextmanager
def opened(url: str) -> Iterator[Flask]:
    """The application in this process, on a database that is brought up to date."""
    app = create_app(Settings(database_url=url, secret=SECRET, log_level="error"))
    database = app.extensions["headway"].tools.database
    with database.writing() as connection:
        migrations.upgrade(connection)
        settle_secret(connection, SECRET.encode())
        connection.commit()
    yield app
    database.close()


def made(url: str, folder: Path, *schools: str, **given: Any) -> Server:
    """A server that isn't started yet, on a database with these schools, and a key for all of them."""
    with opened(url) as app:
        client = make_key(app)
        for urn in schools:
            make_school(client, urn)
    assert client.token is not None
    return Server(url, folder, client.token, **given)


@contextmanager
def empty_database(kind: str, folder: Path, server: str, name: str) -> Iterator[str]:
    """The address of a new database: a SQLite file in the folder, or one on the PostgreSQL server of that address."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'headway.db'}"
        return
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _all_processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _group_of(pid: int) -> int | None:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[2])
    except (FileNotFoundError, ProcessLookupError):
        return None


def _field_of_status(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return 0
