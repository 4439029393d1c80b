"""More than a server can do at once is refused at once; what was taken on is answered; readers aren't refused."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.live.conftest import name_of_database
from tests.live.server import Answer, Server, empty_database, made

SCHOOL = "/v1/schools/900001"
IN_HAND, AT_ONCE, ASKED = 6, 2, 16


@pytest.fixture(params=["sqlite", "postgresql"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server of one process that takes on little."""
    address = str(request.getfixturevalue("postgresql_url")) if request.param == "postgresql" else ""
    settings = {"WORKERS": "1", "HEADWAY_IN_HAND": str(IN_HAND), "HEADWAY_THREADS": str(AT_ONCE)}
    with empty_database(request.param, tmp_path, address, name_of_database()) as url:
        server = made(url, tmp_path, "900001", settings=settings)
        try:
            yield server.start()
        finally:
            server.stop()


@contextmanager
def nobody_writes(server: Server) -> Iterator[None]:
    """Within, every write in the school waits."""
    if server.url.startswith("sqlite"):
        held = sqlite3.connect(str(make_url(server.url).database), isolation_level=None)
        held.execute("BEGIN IMMEDIATE")
        yield
        held.execute("ROLLBACK")
        held.close()
        return
    with psycopg.connect(server.url) as connection:
        connection.execute("SELECT * FROM ledgers FOR UPDATE")
        yield


def asked_together(
    server: Server, method: str, paths: list[str], body: object
) -> tuple[list[threading.Thread], list[Answer]]:
    answers: list[Answer] = []

    def ask(path: str) -> None:
        answers.append(server.call(method, path, body))

    threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    return threads, answers


def until(answers: list[Answer], count: int) -> None:
    """Wait until so many were answered."""
    looks = threading.Event()
    for _ in range(20_000):
        if len(answers) >= count:
            return
        looks.wait(0.001)
    raise AssertionError(f"{len(answers)} of {count} were answered")


def test_registers_past_the_bound_are_refused_at_once(small: Server) -> None:
    days = [f"{SCHOOL}/registers/2026-10-{day:02}/AM" for day in range(1, ASKED + 1)]
    small.call("PUT", f"{SCHOOL}/registers/2026-11-20/AM", {"marks": {"P001": "/"}})

    with nobody_writes(small):
        threads, answers = asked_together(small, "PUT", days, {"marks": {"P001": "/"}})
        until(answers, ASKED - IN_HAND)
        refused = list(answers)
        assert len(refused) == ASKED - IN_HAND
    for thread in threads:
        thread.join()

    for answer in refused:
        assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
        assert int(answer.headers["retry-after"]) > 0
    assert sorted(answer.status for answer in answers) == [200] * IN_HAND + [503] * (ASKED - IN_HAND)
    assert sum(small.call("GET", day).status == 200 for day in days) == IN_HAND


def test_readers_are_answered_while_bulk_pushes_wait(small: Server) -> None:
    row = {"pupil": "P001", "date": "2026-11-20", "session": "AM", "code": "/"}
    with nobody_writes(small):
        threads, answers = asked_together(small, "POST", [f"{SCHOOL}/marks"] * ASKED, [row])
        until(answers, ASKED - IN_HAND // 2)
        for _ in range(5):
            assert small.call("GET", SCHOOL).status == 200
            assert small.call("GET", f"{SCHOOL}/attendance").status == 200
        assert {answer.status for answer in answers} == {503}
    for thread in threads:
        thread.join()

    assert sorted(answer.status for answer in answers) == [200] * (IN_HAND // 2) + [503] * (
        ASKED - IN_HAND // 2
    )
