"""A page of thousands is read in order from an index: neither database sorts all there are."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from services.database import Database
from tests.make import Client, make_action, make_challenge, make_school

SORTED = (
    "/v1/actions?sort=due_on",
    "/v1/actions?sort=-due_on",
    "/v1/actions?sort=updated_at",
    "/v1/actions?sort=-updated_at",
    "/v1/evidence?sort=title",
    "/v1/evidence?sort=-title",
    "/v1/evidence?sort=kind",
    "/v1/evidence?sort=-captured_on",
    "/v1/evidence?sort=captured_on",
    "/v1/evidence?sort=-created_at",
    "/v1/evidence?sort=updated_at",
)


@pytest.mark.parametrize("path", SORTED)
def test_nothing_is_sorted_for_a_page(app: Flask, client: Client, path: str) -> None:
    make_school(client)
    challenge = make_challenge(client)
    for number in range(3):
        make_action(client, challenge, due_on=f"2026-12-0{number + 1}" if number else None)
        client.post("/v1/evidence", {"title": f"Piece {number}", "kind": "note", "text": "x"})
    database = app.extensions["headway"].tools.database

    first, plans = asked(database, client, f"{path}&limit=1")
    second, more = asked(database, client, f"{path}&limit=1&cursor={first['next']}")

    assert [len(page["items"]) for page in (first, second)] == [1, 1]
    assert first["items"] != second["items"]
    for plan in plans + more:
        assert "Sort" not in plan and "TEMP B-TREE" not in plan, plan


def asked(database: Database, client: Client, path: str) -> tuple[Any, list[str]]:
    """The answer, and how the database would find each ordered selection that is made for it."""
    plans: list[str] = []

    def on_execute(connection: Connection, cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if "ORDER BY" not in statement or "LIMIT" not in statement:
            return
        other = cursor.connection.cursor()
        if not database.is_sqlite:  # of a few rows it would otherwise not ask an index
            other.execute("SET LOCAL enable_seqscan = off")
            other.execute("SET LOCAL enable_sort = off")
        other.execute(f"EXPLAIN {'QUERY PLAN' if database.is_sqlite else ''} {statement}", given)
        plans.append("\n".join(str(row) for row in other.fetchall()))

    event.listen(database.engine, "before_cursor_execute", on_execute)
    try:
        answer = client.get(path)
    finally:
        event.remove(database.engine, "before_cursor_execute", on_execute)
    assert answer.status_code == 200 and plans
    return answer.json, plans
