"""The audit log: a chain that holds, and that says where it was broken behind the product's back."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from models import AuditEntry
from services import audit
from tests.make import Client, make_school


@pytest.fixture
def chain(client: Client) -> int:
    """Five entries of one school; answers its number in the database."""
    make_school(client)
    make_school(client, "900002")
    for day in range(16, 20):
        client.put(f"/v1/schools/900001/registers/2026-11-{day}/AM", {"marks": {"P001": "/"}})
    with client.app.extensions["headway"].tools.database.reading() as connection:
        return int(connection.execute(text("SELECT id FROM schools WHERE urn = '900001'")).scalar_one())


def first_broken(app: Flask, school: int) -> int | None:
    with app.extensions["headway"].tools.database.reading() as connection:
        return audit.first_broken(connection, school)


def rewrite(app: Flask, statement: str, **values: Any) -> None:
    with app.extensions["headway"].tools.database.writing() as connection:
        assert connection.execute(text(statement), values).rowcount == 1
        connection.commit()


def test_it_holds_as_it_was_written(app: Flask, chain: int) -> None:
    with app.extensions["headway"].tools.database.reading() as connection:
        schools = [0, *connection.scalars(text("SELECT id FROM schools"))]
        assert [audit.first_broken(connection, school) for school in schools] == [None] * 3
        count = connection.scalar(
            text("SELECT count(*) FROM audit_entries WHERE school_id = :s"), {"s": chain}
        )
    assert count == 5


@pytest.mark.parametrize(
    "change",
    [
        "at = at + 1",
        "who = 'nobody'",
        "verb = 'other'",
        "kind = 'other'",
        "subject = 'other'",
        "revision = 7",
        "content = '{}'",
        "digest = hash",
        "hash = digest",
    ],
)
def test_an_entry_that_was_rewritten_is_named(app: Flask, chain: int, change: str) -> None:
    rewrite(app, f"UPDATE audit_entries SET {change} WHERE school_id = :s AND sequence = 3", s=chain)

    assert first_broken(app, chain) == 3


@pytest.mark.parametrize("sequence", [1, 3, 5])
def test_an_entry_that_was_taken_out_is_missed(app: Flask, chain: int, sequence: int) -> None:
    rewrite(app, "DELETE FROM audit_entries WHERE school_id = :s AND sequence = :n", s=chain, n=sequence)

    assert first_broken(app, chain) == sequence


def test_a_newest_entry_that_was_hashed_anew_is_not_the_one_that_the_ledger_knows(
    app: Flask, chain: int
) -> None:
    with app.extensions["headway"].tools.database.writing() as connection:
        rows = select(AuditEntry.__table__).where(AuditEntry.school_id == chain)
        held = {row["sequence"]: dict(row) for row in connection.execute(rows).mappings()}
        forged = audit.entry_hash(held[4]["hash"], held[5] | {"who": "nobody"})
        connection.execute(
            update(AuditEntry)
            .where(AuditEntry.school_id == chain, AuditEntry.sequence == 5)
            .values(who="nobody", hash=forged)
        )
        connection.commit()

    assert first_broken(app, chain) == 5


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        pytest.param("UPDATE ledgers SET head = :other WHERE school_id = :s", 5, id="another head"),
        pytest.param(
            "UPDATE ledgers SET sequence = 3, head = :other WHERE school_id = :s", 4, id="two entries less"
        ),
        pytest.param("UPDATE ledgers SET sequence = 7 WHERE school_id = :s", 6, id="two entries more"),
        pytest.param("DELETE FROM ledgers WHERE school_id = :s", 5, id="no ledger at all"),
    ],
)
def test_a_ledger_that_was_rewritten_is_found_out(app: Flask, chain: int, change: str, broken: int) -> None:
    other = {"other": bytes(32)} if ":other" in change else {}
    rewrite(app, change, s=chain, **other)

    assert first_broken(app, chain) == broken


@pytest.mark.parametrize("change", ["at = 'noon'", "at = at + 0.5", "content = 7", "digest = 'x'", "who = 5"])
def test_a_value_of_a_type_that_we_never_write_breaks_the_chain_and_no_request(
    app: Flask, chain: int, change: str
) -> None:
    if not app.extensions["headway"].tools.database.is_sqlite:
        pytest.skip("PostgreSQL takes none of these")
    rewrite(app, f"UPDATE audit_entries SET {change} WHERE school_id = :s AND sequence = 3", s=chain)

    assert first_broken(app, chain) == 3


def test_a_long_chain_is_read_in_pieces(app: Flask, chain: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "ROWS_AT_A_TIME", 2)
    rewrite(app, "UPDATE audit_entries SET who = 'nobody' WHERE school_id = :s AND sequence = 5", s=chain)

    assert first_broken(app, chain) == 5


def test_an_entry_of_another_school_does_not_fit_in(app: Flask, chain: int) -> None:
    rewrite(
        app,
        "UPDATE audit_entries SET school_id = :s, sequence = 6 WHERE school_id <> :s AND school_id <> 0",
        s=chain,
    )

    assert first_broken(app, chain) == 6


def test_a_content_may_be_erased_and_the_chain_still_holds(app: Flask, chain: int) -> None:
    rewrite(app, "UPDATE audit_entries SET content = NULL WHERE school_id = :s AND sequence = 3", s=chain)

    assert first_broken(app, chain) is None


def test_what_was_refused_or_tried_is_no_entry(app: Flask, client: Client, chain: int) -> None:
    path = "/v1/schools/900001/registers/2026-11-20/AM"
    client.put(path + "?dry_run=true", {"marks": {"P001": "/"}})
    client.put(path, {"marks": 5})
    client.put("/v1/schools/900001/registers/2026-11-16/AM", {"marks": {}})

    assert first_broken(app, chain) is None
    with app.extensions["headway"].tools.database.reading() as connection:
        newest = text("SELECT max(sequence) FROM audit_entries WHERE school_id = :s")
        assert connection.scalar(newest, {"s": chain}) == 5
