"""Writes of one school that take effect only if nobody wrote in it since its ledger was read.

An ordinary write locks the school's ledger first and keeps it locked while it works: several trips to the database. A
register that changes nothing but itself doesn't need that: it reads, works out what it comes to, and then moves the
ledger from the state that it read, and writes along with it, in one statement that is its own transaction. Where the
ledger has moved meanwhile, the statement finds nothing to move and writes nothing; the work is then done once more,
with the lock (`UnitOfWork.needs_lock`).
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    Insert,
    bindparam,
    exists,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql import visitors

from models import AuditEntry, Ledger
from models.base import microseconds
from services.audit import OpenLedger
from services.database import Database
from services.prepared import Prepared

Later = Sequence[tuple[Prepared, Sequence[Mapping[str, Any]]]]

_move = (
    update(Ledger)
    .where(
        Ledger.school_id == bindparam("ledger_of"),
        Ledger.sequence == bindparam("sequence_read"),
        Ledger.roll_revision == bindparam("roll_revision_read"),
    )
    .values(
        sequence=bindparam("sequence_then"), head=bindparam("head_then"), last_at=bindparam("last_at_then")
    )
)
_moving = Prepared(_move)
_entry = Prepared(insert(AuditEntry))


def write_if_unmoved(database: Database, connection: Connection, ledger: OpenLedger, later: Later) -> bool:
    """Write the ledger's one entry and what was left for later, a row each; False where the ledger had moved.

    Where something is to be written in other than one row, it also answers False: that is work for a lock.
    `connection` is outside of any transaction. What is written is durable when this answers True.
    """
    move = {
        "ledger_of": ledger.school_id,
        "sequence_read": ledger.sequence - len(ledger.entries),
        "roll_revision_read": ledger.roll_revision,
        "sequence_then": ledger.sequence,
        "head_then": ledger.head,
        "last_at_then": microseconds(ledger.now),
    }
    entries = [entry | {"at": microseconds(entry["at"])} for entry in ledger.entries]
    writes = [*later, (_entry, entries)]
    if any(len(rows) != 1 for _, rows in writes):
        return False
    if database.is_sqlite:
        return _in_a_transaction(database, move, writes)
    given = dict(move)
    for number, (_, rows) in enumerate(writes):
        given |= {f"{name}_{number}": value for name, value in rows[0].items()}
    statement = _in_one_statement(tuple(statement for statement, _ in writes))
    return statement.one_or_none(connection, given) is not None


def _in_a_transaction(database: Database, move: Mapping[str, Any], writes: Later) -> bool:
    with database.writing() as connection:
        if _moving.count(connection, move) == 0:
            return False
        for statement, rows in writes:
            statement.run(connection, rows)
        connection.commit()
        return True


@lru_cache(maxsize=64)
def _in_one_statement(statements: tuple[Prepared, ...]) -> Prepared:
    """The ledger's move, and each statement for one row, hung upon it; answers a row where the ledger moved.

    The values of the statement at place 2 are named with `_2` behind.
    """
    moved = _move.returning(Ledger.school_id).cte("moved")
    hung = [
        _hung_upon(moved, statement.statement, number).cte(f"written_{number}")
        for number, statement in enumerate(statements)
    ]
    return Prepared(select(moved.c.school_id).add_cte(*hung))


def _hung_upon(moved: Any, statement: Executable, number: int) -> Any:
    """The statement as it is where the ledger moved, its values named with their number behind."""
    if isinstance(statement, Insert):
        columns = statement.table.columns
        values = [bindparam(f"{column.name}_{number}", type_=column.type) for column in columns]
        row = select(*values).where(exists().select_from(moved))
        return insert(statement.table).from_select(list(columns), row).returning(literal_column("1"))

    def name_anew(value: Any) -> None:
        value.key = f"{value.key}_{number}"

    renamed: Any = visitors.cloned_traverse(statement, {}, {"bindparam": name_anew})  # type: ignore[call-overload]
    return renamed.where(exists().select_from(moved)).returning(literal_column("1"))
