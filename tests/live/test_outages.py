"""What the database can't do just now is answered 503, stores nothing, and mends itself once it can."""

import resource
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from services import audit
from tests.live.server import BETWEEN_LOOKS, Answer, Server, empty_database, made, opened

PUPILS = [f"P{number:03}" for number in range(100)]


def administration(url: str) -> psycopg.Connection[Any]:
    """A connection to the server of a database, at another of its databases."""
    return psycopg.connect(
        make_url(url).set(database="postgres").render_as_string(hide_password=False), autocommit=True
    )


@pytest.fixture
def name(server: Server) -> str:
    """The name of the server's PostgreSQL database; there is nothing here for SQLite, which is a file."""
    if server.url.startswith("sqlite"):
        pytest.skip("a file has no connections to end")
    return str(make_url(server.url).database)


def end_connections(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def test_a_database_that_drops_its_connections_is_back_at_once(
    server: Server, school: str, name: str
) -> None:
    statuses: list[int] = []
    strange: list[Answer | OSError] = []
    acknowledged: dict[str, str] = {}

    def push(client: int) -> None:
        for number in range(40):
            path = f"{school}/registers/2026-{client + 3:02}-{number % 28 + 1:02}/{'AM' if number < 28 else 'PM'}"
            code = "I/"[number % 2] if number < 28 else "I"
            while True:
                try:
                    answer = server.call("PUT", path, {"marks": {"P001": code, f"C{client}": "I"}})
                except OSError as error:
                    strange.append(error)
                    return
                statuses.append(answer.status)
                if answer.status == 200:
                    acknowledged[path] = code
                    break
                if answer.status != 503 or int(answer.headers.get("retry-after", 0)) <= 0:
                    strange.append(answer)
                    return

    clients = [threading.Thread(target=push, args=(n,)) for n in range(3)]
    with administration(server.url) as connection:
        for client in clients:
            client.start()
        while any(client.is_alive() for client in clients):
            end_connections(connection, name)
            time.sleep(BETWEEN_LOOKS * 20)
        for client in clients:
            client.join()

    assert not strange, server.log()
    assert len(acknowledged) == 120
    assert 503 in statuses
    for path, code in acknowledged.items():
        assert _until_there(server, path).json["marks"]["P001"] == code


def test_a_database_that_is_away_is_waited_for(server: Server, school: str, name: str) -> None:
    path = f"{school}/registers/2026-09-01/AM"
    row = {"pupil": "P001", "date": "2026-09-02", "session": "AM", "code": "/"}
    with administration(server.url) as connection:
        allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
        connection.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        try:
            end_connections(connection, name)
            for answer in (
                server.call("PUT", path, {"marks": {"P001": "/"}}),
                server.call("GET", path),
                server.call("POST", f"{school}/marks", [row], Idempotency_Key="away"),
                server.call("GET", "/readyz"),
            ):
                assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
                assert int(answer.headers["retry-after"]) > 0
                assert name.encode() not in answer.body
            assert server.call("GET", "/healthz").status == 200
        finally:
            connection.execute(allow.format(sql.Identifier(name), sql.SQL("true")))

    server.wait_until(200)
    assert server.call("GET", path).status == 404
    assert server.call("PUT", path, {"marks": {"P001": "/"}}).json["created"] == 1
    assert server.call("POST", f"{school}/marks", [row], Idempotency_Key="away").json["created"] == 1


def test_a_full_disk_stores_nothing_by_half_and_works_again_with_room(tmp_path: Path) -> None:
    with empty_database("sqlite", tmp_path, "", "") as url:
        server = made(url, tmp_path, "900001", settings={"WORKERS": "1"})
        size = (tmp_path / "headway.db").stat().st_size
        server.limit_of_files = size + (300 << 10)
        acknowledged: dict[str, str] = {}
        refused: list[str] = []
        try:
            server.start()
            for number in range(600):
                answer = push_register(server, number, acknowledged)
                if answer.status != 200:
                    refused.append(path_of(number))
                    assert (answer.status, answer.headers["content-type"]) == (
                        503,
                        "application/problem+json",
                    )
                    assert int(answer.headers["retry-after"]) > 0
                if len(refused) == 5:
                    break
            assert len(refused) == 5
            assert acknowledged
            assert server.call("GET", "/healthz").status == 200
            assert_held(server, acknowledged, refused)

            for pid in server.processes():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            for number in range(600, 620):
                assert push_register(server, number, acknowledged).status == 200
            assert_held(server, acknowledged, refused)
        finally:
            server.stop()
        with opened(url) as app, app.extensions["headway"].tools.database.reading() as connection:
            assert audit.first_broken(connection, 1) is None
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def path_of(number: int) -> str:
    day, session = number // 2, "AP"[number % 2] + "M"
    date = f"{2020 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02}"
    return f"/v1/schools/900001/registers/{date}/{session}"


def push_register(server: Server, number: int, acknowledged: dict[str, str]) -> Any:
    code = "IB"[number // 3 % 2]
    answer = server.call("PUT", path_of(number), {"marks": dict.fromkeys(PUPILS, code)})
    if answer.status == 200:
        acknowledged[path_of(number)] = code
    return answer


def assert_held(server: Server, acknowledged: dict[str, str], refused: list[str]) -> None:
    with server.connection() as connection:
        for path, code in acknowledged.items():
            held = server.ask(connection, "GET", path)
            assert (held.status, held.json["marks"]) == (200, dict.fromkeys(PUPILS, code))
        for path in refused:
            assert server.ask(connection, "GET", path).status == 404


def _until_there(server: Server, path: str) -> Any:
    answer = server.call("GET", path)
    while answer.status == 503:  # a connection that was ended may be found out only now
        answer = server.call("GET", path)
    return answer
