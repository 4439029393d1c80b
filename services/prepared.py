"""Statements of the hot path: built by SQLAlchemy once, then handed to the driver as they are.

A register's push runs a handful of small statements, and what SQLAlchemy does round each (finding its compiled form,
making a result, converting every value) costs more than the driver's own work. These go past it. The price is that
values aren't converted: times are microseconds, and what comes back are plain tuples.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable


class Prepared:
    """One statement, compiled for each kind of database the first time that it is run there."""

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._compiled: dict[str, tuple[str, list[str] | None]] = {}

    def one_or_none(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row of the answer, None where there is none."""
        row: tuple[Any, ...] | None = self._run(connection, [values], self._own_cursor(connection)).fetchone()
        return row

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Every row of the answer."""
        rows: list[tuple[Any, ...]] = self._run(connection, [values]).fetchall()
        return rows

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each row of values; nothing comes back."""
        self._run(connection, rows)

    def count(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run it; how many rows it changed."""
        changed: int = self._run(connection, [values]).rowcount
        return changed

    def _run(self, connection: Connection, rows: Sequence[Mapping[str, Any]], cursor: Any = None) -> Any:
        text, order = self._for(connection)
        given = rows if order is None else [[row[name] for name in order] for row in rows]
        cursor = _cursor(connection) if cursor is None else cursor
        try:
            if len(given) == 1:
                cursor.execute(text, given[0])
            else:
                cursor.executemany(text, given)
        except connection.dialect.loaded_dbapi.Error as error:
            if connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor):
                connection.invalidate(error)
            raise
        return cursor

    def _own_cursor(self, connection: Connection) -> Any:
        """A cursor of this statement alone: one that runs the same again keeps how its values are read and written.

        What it answered last is held until it runs again, so it is only for answers of a row. SQLite needs each closed.
        """
        if connection.dialect.name != "postgresql":
            return None
        kept = connection.connection.info
        cursor = kept.get(self)
        if cursor is None:
            cursor = kept[self] = _cursor(connection)
        return cursor

    def _for(self, connection: Connection) -> tuple[str, list[str] | None]:
        """The text in the database's own dialect, and the order of its values where they go by position."""
        kind = connection.dialect.name
        if kind not in self._compiled:
            compiled: Any = self.statement.compile(dialect=connection.dialect)  # type: ignore[attr-defined]
            order = list(compiled.positiontup) if compiled.positional else None
            self._compiled[kind] = compiled.string, order
        return self._compiled[kind]


def _cursor(connection: Connection) -> Any:
    if connection.dialect.name == "postgresql":
        # As bytes, not in hexadecimal digits: half as much to send, and nothing to turn back.
        return connection.connection.cursor(binary=True)
    return connection.connection.cursor()
