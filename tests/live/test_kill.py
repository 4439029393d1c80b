"""A server that is killed while registers arrive has every one that it acknowledged afterwards."""

import threading
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.client import HTTPException

from sqlalchemy import text

from services import audit
from tests.live.server import Server, opened

PUPILS = 60
ENOUGH = 80


@dataclass
class Sent:
    """What the clients sent to two schools, and which of it was acknowledged."""

    schools: tuple[str, str]
    tried: dict[str, dict[str, str]] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    enough: threading.Event = field(default_factory=threading.Event)

    def send_until_it_fails(self, server: Server, client: int) -> None:
        """Push one register after the other, until the server is gone."""
        try:
            with server.connection() as connection:
                for number in range(2000):
                    path, marks = register(self.schools[number % 2], client, number)
                    self.tried[path] = marks
                    answer = server.ask(connection, "PUT", path, {"marks": marks})
                    assert answer.status == 200, answer.body
                    self.acknowledged[path] = answer.json["import_id"]
                    if len(self.acknowledged) >= ENOUGH:
                        self.enough.set()
        except (OSError, HTTPException):
            self.enough.set()


def register(school: str, client: int, number: int) -> tuple[str, dict[str, str]]:
    """A register that no other client sends, with marks that tell it from every other."""
    day = date(2026, 9, 1) - timedelta(days=(number * 4 + client) // 2)
    session, present = ("PM", "\\") if client % 2 else ("AM", "/")
    path = f"{school}/registers/{day}/{session}"
    marks = {
        f"P{pupil:03}": "I" if (number >> (pupil % 11)) & 1 else present
        for pupil in range(PUPILS + number % 5)
    }
    return path, marks


def test_every_register_that_was_acknowledged_is_there_after_a_kill(
    server: Server, school: str, other_school: str
) -> None:
    sent = Sent((school, other_school))
    clients = [threading.Thread(target=sent.send_until_it_fails, args=(server, n)) for n in range(4)]
    for client in clients:
        client.start()
    try:
        assert sent.enough.wait(60)
    finally:
        server.kill()
        for client in clients:
            client.join()
        server.start()
    assert len(sent.acknowledged) >= ENOUGH

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
        for path in sent.tried.keys() - sent.acknowledged.keys():
            assert server.ask(connection, "PUT", path, {"marks": sent.tried[path]}).status == 200
    assert_chains_hold(server)


def assert_chains_hold(server: Server) -> None:
    """Every school's audit log holds together, whatever other tests did to this server before."""
    with opened(server.url) as app, app.extensions["headway"].tools.database.reading() as connection:
        schools = [0, *connection.scalars(text("SELECT id FROM schools"))]
        broken = {school: audit.first_broken(connection, school) for school in schools}
    assert broken == dict.fromkeys(schools)
