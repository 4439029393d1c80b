"""What a push writes, as the database itself counts it."""

from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask

from tests.make import Client, make_school

URN = "900001"
REGISTER = f"/v1/schools/{URN}/registers/2026-11-20/AM"
ROWS = [
    {"pupil": f"P{pupil:03}", "date": f"2026-11-{day:02}", "session": session, "code": "I"}
    for pupil in range(30)
    for day in (17, 18, 19)
    for session in ("AM", "PM")
]
KEPT_OF_A_PUSH = 2
"""Its entry in the audit log, which is the receipt, and the ledger that the entry moves."""


class Counters:
    """Rows inserted, updated and deleted since the last look, by table where the database tells tables apart."""

    def __init__(self, app: Flask) -> None:
        self.database = app.extensions["headway"].tools.database
        self.before = self._now()

    def since(self) -> dict[str, int]:
        """What was written since; then counted from here."""
        now = self._now()
        moved = {name: now[name] - self.before.get(name, 0) for name in now}
        self.before = now
        return {name: count for name, count in moved.items() if count}

    def _now(self) -> dict[str, int]:
        engine = self.database.engine
        with ExitStack() as opened:
            all_there_are = [
                opened.enter_context(engine.connect()) for _ in range(max(1, engine.pool.checkedin()))
            ]
            drivers: list[Any] = [connection.connection.dbapi_connection for connection in all_there_are]
            if self.database.is_sqlite:
                return {"rows": sum(driver.total_changes for driver in drivers)}
            for driver in drivers:
                driver.execute("SELECT pg_stat_force_next_flush()")
                driver.commit()
            drivers[0].execute("SELECT pg_stat_clear_snapshot()")
            told = (
                drivers[0]
                .execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables")
                .fetchall()
            )
            drivers[0].commit()
        return dict(told)


@pytest.fixture
def pushed(client: Client) -> Client:
    make_school(client, URN)
    client.put(REGISTER, {"marks": {f"P{pupil:03}": "/" for pupil in range(30)}})
    assert client.post(f"/v1/schools/{URN}/marks", ROWS).json["created"] == len(ROWS)
    return client


def test_the_counters_see_a_mark_that_moves(app: Flask, pushed: Client) -> None:
    counters = Counters(app)

    pushed.patch(REGISTER, {"marks": {"P001": "I"}})

    written = counters.since()
    if counters.database.is_sqlite:
        assert written == {"rows": KEPT_OF_A_PUSH + 2}
    else:
        assert written == {"ledgers": 1, "audit_entries": 1, "registers": 1, "register_revisions": 1}


@pytest.mark.parametrize("whole", [True, False])
def test_a_repeat_push_writes_no_mark(app: Flask, pushed: Client, *, whole: bool) -> None:
    counters = Counters(app)

    if whole:
        receipt = pushed.put(REGISTER, {"marks": {f"P{pupil:03}": "/" for pupil in range(30)}}).json
    else:
        receipt = pushed.post(f"/v1/schools/{URN}/marks", ROWS).json

    assert receipt["unchanged"] == receipt["received"] > 0
    written = counters.since()
    if counters.database.is_sqlite:
        assert written == {"rows": KEPT_OF_A_PUSH}
    else:
        assert written == {"ledgers": 1, "audit_entries": 1}
