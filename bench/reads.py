"""Attendance read back over HTTP, beside the SQL `GROUP BY` over a row per mark."""

import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import mean, median

import psycopg

from bench.bulk import push_year
from bench.client import Timing, request, time_of
from bench.limit import RowPerMark, commits_of
from bench.made import School, copy_lines
from bench.results import Result
from bench.servers import Headway, PostgreSQL, serving

GROUP_BY = b"SELECT code, count(*) FROM marks WHERE school = %s GROUP BY code"
WHOLE_AT_MOST = 0.10
"""Of the time of the `GROUP BY`."""
WEEKS_AT_MOST = 10.0
"""Milliseconds, p99."""


def measure_reads(
    folder: Path, postgresql: PostgreSQL, limit: RowPerMark, *, quick: bool
) -> Iterator[Result]:
    """A school's year, whole against its GROUP BY, and by week for 1,000 pupils."""
    school, large = School(7000), School(7001, pupils=1000)
    beside = [School(7100 + number) for number in range(3 if quick else 9)]
    limit.load(
        commits_of(
            [
                copy_lines(each, range(start, min(start + 26, 380)))
                for each in [school, *beside]
                for start in range(0, 380, 26)
            ]
        )
    )
    with serving(folder, postgresql.new_database()) as headway:
        headway.add_schools([school, large])
        push_year(headway, school)
        push_year(headway, large)
        yield from _whole(headway, limit, school, times=100 if quick else 300)
        yield from _by_week(headway, large, times=100 if quick else 300)


def _whole(headway: Headway, limit: RowPerMark, school: School, times: int) -> Iterator[Result]:
    with psycopg.connect(limit.url, autocommit=True) as connection:
        connection.execute(b"VACUUM ANALYZE marks")
        expected: dict[str, int] = dict(connection.execute(GROUP_BY, [school.number]).fetchall())
        counted = json.loads(headway.ask("GET", _path(school)))["groups"][0]["codes"]
        if counted != expected:
            raise RuntimeError(f"the counts differ: {counted} over HTTP, {expected} by SQL")
        before = _group_by(connection, school)
        again = _time(headway, _asked_again(headway, school, "", times))
        anew = _time(headway, _asked_anew(headway, school, "", times))
        grouped = mean([before, _group_by(connection, school)])
    for name, timing in ("again", again), ("added up anew", anew):
        yield Result(
            f"A school's year read whole, {name}",
            f"p50 {timing.milliseconds(50):.1f} ms, p99 {timing.milliseconds(99):.1f} ms",
            f"GROUP BY {grouped * 1000:.1f} ms",
            timing.milliseconds(50) / 1000 / grouped,
            at_most=WHOLE_AT_MOST,
        )


def _by_week(headway: Headway, school: School, times: int) -> Iterator[Result]:
    again = _time(headway, _asked_again(headway, school, "&by=week", times))
    anew = _time(headway, _asked_anew(headway, school, "&by=week", times))
    for name, timing in ("again", again), ("added up anew", anew):
        yield Result(
            f"By week, 1,000 pupils, p99, {name}",
            f"p50 {timing.milliseconds(50):.1f} ms over {times} requests",
            ratio=timing.milliseconds(99),
            unit=" ms",
            at_most=WEEKS_AT_MOST,
        )


def _time(headway: Headway, asked: list[bytes]) -> Timing:
    [opened] = headway.connections(1)
    timing = time_of([opened], [asked])
    opened.close()
    return timing


def _asked_again(headway: Headway, school: School, further: str, times: int) -> list[bytes]:
    return [request("GET", _path(school) + further, headway.token)] * times


def _asked_anew(headway: Headway, school: School, further: str, times: int) -> list[bytes]:
    """The same sessions, asked for with another window each time, so that no sum is kept of the last one."""
    return [
        request("GET", _path(school, earlier=days) + further, headway.token) for days in range(1, times + 1)
    ]


def _path(school: School, *, earlier: int = 0) -> str:
    first, last = date.fromisoformat(school.slots[0][0]) - timedelta(days=earlier), school.slots[-1][0]
    return f"/v1/schools/{school.urn}/attendance?from={first}&to={last}"


def _group_by(connection: psycopg.Connection, school: School) -> float:
    """Seconds, the median of many."""
    taken = []
    for _ in range(15):
        began = time.perf_counter()
        connection.execute(GROUP_BY, [school.number]).fetchall()
        taken.append(time.perf_counter() - began)
    return median(taken)
