"""The limit: how fast PostgreSQL takes the same marks by COPY into a table with a row for each."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import psycopg

Measured = TypeVar("Measured")

ROWS_A_COMMIT = 10_000

TABLE = b"""
CREATE TABLE marks (
    school integer NOT NULL, pupil integer NOT NULL, date date NOT NULL, session smallint NOT NULL, code text NOT NULL,
    PRIMARY KEY (school, pupil, date, session)
)"""
COPY = b"COPY marks (school, pupil, date, session, code) FROM STDIN"


@dataclass(frozen=True)
class Limit:
    """Marks a second, right before and right after what it is the limit of."""

    before: float
    after: float

    @property
    def rate(self) -> float:
        """The mean of the two."""
        return (self.before + self.after) / 2


class RowPerMark:
    """A database with the table of a row per mark."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def durability(self) -> str:
        """What the server says of itself on a live connection of this side."""
        with psycopg.connect(self.url) as connection:
            return ", ".join(
                f"{name}={connection.execute(f'SHOW {name}'.encode()).fetchone()[0]}"  # type: ignore[index]
                for name in ("fsync", "synchronous_commit")
            )

    def rate(self, commits: Sequence[bytes]) -> float:
        """Marks a second by COPY into an empty table; each of `commits` is the lines of one transaction."""
        self.load([])
        began = time.perf_counter()
        with psycopg.connect(self.url) as connection:
            for lines in commits:
                _copy(connection, lines)
        return sum(lines.count(b"\n") for lines in commits) / (time.perf_counter() - began)

    def load(self, commits: Sequence[bytes]) -> None:
        """Make the table anew and fill it."""
        with psycopg.connect(self.url) as connection:
            connection.execute(b"DROP TABLE IF EXISTS marks")
            connection.execute(TABLE)
            connection.commit()
        self.add(commits)

    def add(self, commits: Iterable[bytes]) -> None:
        """Put more into it."""
        with psycopg.connect(self.url) as connection:
            for lines in commits:
                _copy(connection, lines)

    def around(self, commits: Sequence[bytes], measure: Callable[[], Measured]) -> tuple[Measured, Limit]:
        """Measure something between two measurements of its limit."""
        before = self.rate(commits)
        measured = measure()
        return measured, Limit(before, self.rate(commits))


def commits_of(pieces: Sequence[bytes]) -> list[bytes]:
    """Pieces of lines joined until each has about the rows of one commit."""
    commits: list[bytes] = []
    held: list[bytes] = []
    rows = 0
    for piece in pieces:
        held.append(piece)
        rows += piece.count(b"\n")
        if rows >= ROWS_A_COMMIT * 0.97:
            commits.append(b"".join(held))
            held, rows = [], 0
    return [*commits, b"".join(held)] if held else commits


def _copy(connection: psycopg.Connection, lines: bytes) -> None:
    with connection.cursor().copy(COPY) as copy:
        copy.write(lines)
    connection.commit()
