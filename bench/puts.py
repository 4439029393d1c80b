"""Registers by PUT: a school year of several schools, day by day, and what it takes in the database."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psycopg

from bench.client import Timing, request, shared_out, time_of
from bench.limit import Limit, RowPerMark, commits_of
from bench.made import School, copy_lines, register_body
from bench.results import Result, rate
from bench.servers import Headway, PostgreSQL, serving, sqlite_in

TABLES = ("registers", "register_revisions", "import_faults", "audit_entries", "ledgers")
"""Marks, receipts and audit, their indexes too; a receipt is its push's entry in the audit log."""

PUT_AT_LEAST = 0.6
BYTES_AT_MOST, CORRECTED_BYTES_AT_MOST = 2.2, 4.0
"""Of a mark, over a whole year."""
AGAIN_AT_MOST = 1.0
"""Of the time that the first push took."""


def measure_puts(folder: Path, postgresql: PostgreSQL, limit: RowPerMark, *, quick: bool) -> Iterator[Result]:
    """4 and 16 connections on PostgreSQL, 4 on SQLite; the bytes of both where a whole year was pushed."""
    sessions = 60 if quick else 380
    few = [School(number, sessions=sessions) for number in range(8)]
    many = [School(number, sessions=sessions // 3) for number in range(100, 116)]
    others = [School(number, sessions=sessions // 3) for number in range(200, 208)]
    with serving(folder, postgresql.new_database()) as headway:
        print(f"PUT on PostgreSQL: {headway.durability}; its limit: {limit.durability}")
        headway.add_schools([*few, *many, *others])
        yield _against_limit("PUT, 4 connections", headway, limit, few, 4, at_least=PUT_AT_LEAST)
        yield _bytes("PUT, PostgreSQL", bytes_in_postgresql(headway.url), few, BYTES_AT_MOST)
        _correct(headway, few)
        corrected = bytes_in_postgresql(headway.url)
        yield _bytes("2 % corrected, PostgreSQL", corrected, few, CORRECTED_BYTES_AT_MOST)
        yield _against_limit("PUT, 16 connections", headway, limit, many, 16, at_least=PUT_AT_LEAST)
        yield _again(headway, others)
    with serving(folder, sqlite_in(folder)) as headway:
        print(f"PUT on SQLite: {headway.durability}")
        headway.add_schools(few)
        before = _bytes_in_sqlite(headway.url)
        yield _against_limit("PUT, 4 connections, SQLite", headway, limit, few, 4)
        yield _bytes("PUT, SQLite", _bytes_in_sqlite(headway.url) - before, few, BYTES_AT_MOST)


def first_registers(headway: Headway, schools: Sequence[School]) -> None:
    """The first register of each school's year gives its pupils their places, once; it isn't timed."""
    for school in schools:
        headway.ask("PUT", path_of(school, 0), register_body(school, 0))


def path_of(school: School, session: int) -> str:
    """The address of a register."""
    day, half = school.slots[session]
    return f"/v1/schools/{school.urn}/registers/{day}/{half}"


def put_of(headway: Headway, school: School, session: int) -> bytes:
    """The whole request that pushes a register."""
    return request("PUT", path_of(school, session), headway.token, register_body(school, session))


def _against_limit(
    what: str,
    headway: Headway,
    limit: RowPerMark,
    schools: Sequence[School],
    connections: int,
    at_least: float | None = None,
) -> Result:
    first_registers(headway, schools)
    sessions = range(1, schools[0].sessions)
    # Each school comes over one connection, as from its own MIS; all go through the year day by day.
    shares = [
        [put_of(headway, school, session) for session in sessions for school in schools[number::connections]]
        for number in range(connections)
    ]
    commits = commits_of(
        [copy_lines(school, range(session, session + 1)) for session in sessions for school in schools]
    )
    opened = headway.connections(connections)
    timing, measured_limit = limit.around(commits, lambda: time_of(opened, shares))
    for connection in opened:
        connection.close()
    return _result(what, timing, measured_limit, sum(map(len, shares)) * schools[0].pupils, at_least)


def _result(what: str, timing: Timing, limit: Limit, marks: int, at_least: float | None) -> Result:
    speed = marks / timing.seconds
    each = f"p50 {timing.milliseconds(50):.1f} ms, p99 {timing.milliseconds(99):.1f} ms"
    requests = timing.each.size / timing.seconds
    return Result(
        what,
        f"{rate(speed)}, {requests:.0f} requests/s, {each}",
        rate(limit.rate),
        speed / limit.rate,
        at_least=at_least,
    )


def _again(headway: Headway, schools: Sequence[School]) -> Result:
    """Registers pushed and pushed again, a few sessions at a time, so that both meet the machine as it is just then."""
    first_registers(headway, schools)
    opened = headway.connections(4)
    first, again = [], []
    for start in range(1, schools[0].sessions, 6):
        few = range(start, min(start + 6, schools[0].sessions))
        pushes = shared_out([put_of(headway, school, session) for session in few for school in schools], 4)
        first.append(time_of(opened, pushes).seconds)
        again.append(time_of(opened, pushes).seconds)
    for connection in opened:
        connection.close()
    return Result(
        "The same PUT again ÷ the first",
        f"{sum(again):.2f} s and {sum(first):.2f} s",
        ratio=sum(again) / sum(first),
        at_most=AGAIN_AT_MOST,
    )


def _correct(headway: Headway, schools: Sequence[School]) -> None:
    """Push each register of the year again with 2 % of its marks corrected; it isn't timed."""
    corrected = [replace(school, corrected=True) for school in schools]
    again = [
        put_of(headway, school, session) for session in range(schools[0].sessions) for school in corrected
    ]
    opened = headway.connections(4)
    time_of(opened, shared_out(again, 4))
    for connection in opened:
        connection.close()


def _bytes(what: str, size: int, schools: Sequence[School], at_most: float) -> Result:
    marks = sum(school.sessions * school.pupils for school in schools)
    whole_year = schools[0].sessions == 380
    return Result(
        f"Bytes a mark, {what}",
        f"{size / 1024:,.0f} KiB for {marks:,} marks" + ("" if whole_year else " (not a whole year)"),
        ratio=size / marks,
        unit=" B",
        at_most=at_most if whole_year else None,
    )


def bytes_in_postgresql(url: str) -> int:
    """What registers take there at this moment."""
    with psycopg.connect(url) as connection:
        return sum(_size(connection, table) for table in TABLES)


def _size(connection: psycopg.Connection, table: str) -> int:
    found = connection.execute("SELECT pg_total_relation_size(%s)", [table]).fetchone()
    return int(found[0]) if found else 0


def _bytes_in_sqlite(url: str) -> int:
    path = Path(url.removeprefix("sqlite:///"))
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    return path.stat().st_size
