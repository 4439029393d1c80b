"""A list of the tracker costs the same number of SQL statements however long it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from services.tracker.standing import forget_standing
from tests.make import Client, make_action, make_challenge, make_key, make_person, make_school


@pytest.mark.parametrize("as_of", ["", "?as_of=2026-11-21T00:00:00Z"])
@pytest.mark.parametrize("path", ["/v1/challenges", "/v1/actions", "/v1/people", "/v1/evidence"])
def test_a_longer_list_takes_no_more_statements(app: Flask, client: Client, path: str, as_of: str) -> None:
    make_school(client)
    narrow = make_key(app, schools=["900001"])
    _thread(client)
    narrow.get(path + as_of)  # what an application keeps of the roll is read once
    forget_standing()
    with counted(app) as few:
        short = narrow.get(path + as_of).json["items"]
    for _ in range(3):
        _thread(client)
    forget_standing()
    with counted(app) as many:
        long = narrow.get(path + as_of).json["items"]

    with counted(app) as again:
        assert narrow.get(path + as_of).json["items"] == long

    assert len(long) == 4 * len(short)
    assert len(many) == len(few), "\n".join(many)
    assert len(again) <= len(many)


def _thread(client: Client) -> None:
    """A challenge with something of everything below it."""
    challenge = make_challenge(client, lead=make_person(client))
    awaited = make_action(client, challenge)
    action = make_action(client, challenge, depends_on=[awaited])
    client.post(f"/v1/actions/{action}/updates", {"note": "x"})
    client.post(f"/v1/actions/{action}/milestones", {"title": "x"})
    client.post(f"/v1/challenges/{challenge}/reviews", {"held_on": "2026-11-16"})
    client.post(f"/v1/challenges/{challenge}/indicators", {"measure": "custom", "title": "x"})
    client.post(f"/v1/challenges/{challenge}/indicators", {"measure": "attendance"})
    about = [{"type": "challenge", "id": challenge}, {"type": "action", "id": action}]
    client.post("/v1/evidence", {"title": "x", "kind": "note", "text": "x", "about": about})


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    engine = app.extensions["headway"].tools.database.engine
    seen: list[str] = []

    def on_execute(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", on_execute)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", on_execute)
