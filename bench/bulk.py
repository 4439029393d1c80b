"""Marks in bulk: about 10,000 rows a request, over two connections, in each form of a body."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from bench.client import request, shared_out, time_of
from bench.limit import RowPerMark, commits_of
from bench.made import BULK, School, copy_lines
from bench.results import Result, rate
from bench.servers import Headway, PostgreSQL, serving

SESSIONS_A_REQUEST = 26
"""Of 380 pupils: 9,880 rows."""


def measure_bulk(folder: Path, postgresql: PostgreSQL, limit: RowPerMark, *, quick: bool) -> Iterator[Result]:
    """Each form with schools of its own, so that every mark is a first one."""
    sessions = 1 + (3 if quick else 8) * SESSIONS_A_REQUEST
    with serving(folder, postgresql.new_database()) as headway:
        print(f"Bulk on PostgreSQL: {headway.durability}; its limit: {limit.durability}")
        for number, form in enumerate(BULK, start=1):
            schools = [School(1000 * number + each, sessions=sessions) for each in range(8 if quick else 16)]
            headway.add_schools(schools)
            yield _against_limit(headway, limit, schools, form)


def push_year(headway: Headway, school: School, *, until: int | None = None) -> None:
    """Fill a school's registers before something else is measured."""
    for sessions in _pieces(0, until or school.sessions):
        headway.ask("POST", _path(school), *_body(school, sessions, "CSV"))


def _against_limit(headway: Headway, limit: RowPerMark, schools: Sequence[School], form: str) -> Result:
    for school in schools:  # the first register of the year gives the pupils their places; it isn't timed
        headway.ask("POST", _path(school), *_body(school, range(1), form))
    pieces = [(school, sessions) for sessions in _pieces(1, schools[0].sessions) for school in schools]
    requests = [
        request("POST", _path(school), headway.token, *_body(school, sessions, form))
        for school, sessions in pieces
    ]
    commits = commits_of([copy_lines(school, sessions) for school, sessions in pieces])
    connections = headway.connections(2)
    timing, measured_limit = limit.around(commits, partial(time_of, connections, shared_out(requests, 2)))
    for connection in connections:
        connection.close()
    speed = sum(len(sessions) * school.pupils for school, sessions in pieces) / timing.seconds
    return Result(
        f"Bulk, {form}",
        f"{rate(speed)}, p50 {timing.milliseconds(50):.0f} ms, p99 {timing.milliseconds(99):.0f} ms",
        rate(measured_limit.rate),
        speed / measured_limit.rate,
        at_least=1.0,
    )


def _pieces(first: int, last: int) -> list[range]:
    return [
        range(start, min(start + SESSIONS_A_REQUEST, last))
        for start in range(first, last, SESSIONS_A_REQUEST)
    ]


def _path(school: School) -> str:
    return f"/v1/schools/{school.urn}/marks"


def _body(school: School, sessions: range, form: str) -> tuple[bytes, str]:
    media_type, body_of = BULK[form]
    return body_of(school, sessions), media_type
