"""50 schools' year read whole, 19 million marks, beside the SQL `GROUP BY` over a row per mark."""

import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import mean, median

import psycopg

from bench.bulk import push_year
from bench.client import request, time_of
from bench.limit import RowPerMark
from bench.made import School, copy_lines
from bench.results import Result
from bench.servers import Headway, PostgreSQL, serving

GROUP_BY = b"SELECT code, count(*) FROM marks GROUP BY code"
SCHOOLS, SCHOOLS_IF_QUICK, PUPILS = 50, 3, 1000
SESSIONS_A_COMMIT = 10
TIMES = 30
AT_MOST = 0.08
"""Of the time of the `GROUP BY`."""


def measure_whole(
    folder: Path, postgresql: PostgreSQL, limit: RowPerMark, *, quick: bool
) -> Iterator[Result]:
    """All schools' year together, added up anew each time."""
    schools = [School(number, PUPILS) for number in range(SCHOOLS_IF_QUICK if quick else SCHOOLS)]
    limit.load([])
    for school in schools:  # one after the other, so that no more than one school's lines are in memory
        limit.add(_lines(school))
    with serving(folder, postgresql.new_database()) as headway:
        headway.add_schools(schools)
        for school in schools:
            push_year(headway, school)
        yield _whole(headway, limit, schools)


def _lines(school: School) -> Iterator[bytes]:
    for start in range(0, school.sessions, SESSIONS_A_COMMIT):
        yield copy_lines(school, range(start, start + SESSIONS_A_COMMIT))


def _whole(headway: Headway, limit: RowPerMark, schools: list[School]) -> Result:
    with psycopg.connect(limit.url, autocommit=True) as connection:
        connection.execute(b"VACUUM ANALYZE marks")
        expected: dict[str, int] = dict(connection.execute(GROUP_BY).fetchall())
        counted = json.loads(headway.ask("GET", _path(schools, 0)))["groups"][0]["codes"]
        if counted != expected:
            raise RuntimeError(f"the counts differ: {counted} over HTTP, {expected} by SQL")
        before = _group_by(connection)
        [opened] = headway.connections(1)
        asked = [request("GET", _path(schools, days), headway.token) for days in range(1, TIMES + 1)]
        timing = time_of([opened], [asked])
        opened.close()
        grouped = mean([before, _group_by(connection)])
    return Result(
        f"{len(schools)} schools of {PUPILS:,} pupils, a year",
        f"{sum(expected.values()):,} marks; p50 {timing.milliseconds(50):.1f} ms",
        f"GROUP BY {grouped * 1000:,.0f} ms",
        timing.milliseconds(50) / 1000 / grouped,
        at_most=AT_MOST,
    )


def _path(schools: list[School], earlier: int) -> str:
    """With another window each time, so that no sum is kept of the last one."""
    first, last = (
        date.fromisoformat(schools[0].slots[0][0]) - timedelta(days=earlier),
        schools[0].slots[-1][0],
    )
    return f"/v1/attendance?from={first}&to={last}"


def _group_by(connection: psycopg.Connection) -> float:
    """Seconds, the median of some."""
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        connection.execute(GROUP_BY).fetchall()
        taken.append(time.perf_counter() - began)
    return median(taken)
