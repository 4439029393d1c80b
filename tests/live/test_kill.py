"""A server that is killed while registers arrive has every one that it acknowledged afterwards."""

import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any

from services import audit
from tests.live.server import Server, made, opened

SCHOOLS = ("900001", "900002")
PUPILS = 60
ENOUGH = 80


@dataclass
class Sent:
    """What the clients sent, and which of it was acknowledged."""

    tried: dict[str, dict[str, str]] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    enough: threading.Event = field(default_factory=threading.Event)

    def send_until_it_fails(self, server: Server, client: int) -> None:
        """Push one register after the other, until the server is gone."""
        try:
            with server.connection() as connection:
                for number in range(2000):
                    path, marks = register(client, number)
                    self.tried[path] = marks
                    answer = server.ask(connection, "PUT", path, {"marks": marks})
                    assert answer.status == 200, answer.body
                    self.acknowledged[path] = answer.json["import_id"]
                    if len(self.acknowledged) >= ENOUGH:
                        self.enough.set()
        except (OSError, HTTPException):
            self.enough.set()


def register(client: int, number: int) -> tuple[str, dict[str, str]]:
    """A register that no other client sends, with marks that tell it from every other."""
    day = date(2026, 9, 1) - timedelta(days=(number * 4 + client) // 2)
    session, present = ("PM", "\\") if client % 2 else ("AM", "/")
    path = f"/v1/schools/{SCHOOLS[number % 2]}/registers/{day}/{session}"
    marks = {
        f"P{pupil:03}": "I" if (number >> (pupil % 11)) & 1 else present
        for pupil in range(PUPILS + number % 5)
    }
    return path, marks


def test_every_register_that_was_acknowledged_is_there_after_a_kill(
    new_database: str, tmp_path: Path
) -> None:
    server = made(new_database, tmp_path, *SCHOOLS).start()
    sent = Sent()
    clients = [threading.Thread(target=sent.send_until_it_fails, args=(server, n)) for n in range(4)]
    try:
        for client in clients:
            client.start()
        assert sent.enough.wait(60)
        server.kill()
    finally:
        server.kill()
        for client in clients:
            client.join()
    assert len(sent.acknowledged) >= ENOUGH

    try:
        server.start()
        with server.connection() as connection:
            for path, marks in sent.tried.items():
                held = server.ask(connection, "GET", path)
                if path in sent.acknowledged or held.status == 200:
                    assert (held.status, held.json["marks"]) == (200, marks), path
                    assert held.json["revision"] == 1
                else:
                    assert held.status == 404
            for receipt in sent.acknowledged.values():
                assert server.ask(connection, "GET", f"/v1/imports/{receipt}").json["status"] == 200
        # Whatever was in flight is taken in again as if nothing had been.
        for path, marks in sent.tried.items():
            if path not in sent.acknowledged:
                assert server.call("PUT", path, {"marks": marks}).status == 200
    finally:
        server.stop()
    assert_chains_hold(new_database)


def assert_chains_hold(url: str) -> None:
    """Every school's audit log holds together."""
    with opened(url) as app, app.extensions["headway"].tools.database.reading() as connection:
        broken: list[Any] = [audit.first_broken(connection, school) for school in (0, 1, 2)]
    assert broken == [None, None, None]
