"""Marks in bulk: about 10,000 rows a request, over two connections, in each form of a body."""

from collections.abc import Iterator
from pathlib import Path

from bench.client import request, shared_out, time_of
from bench.limit import RowPerMark, commits_of
from bench.made import BULK, School, copy_lines
from bench.results import Result, rate
from bench.servers import PostgreSQL, serving

SESSIONS_A_REQUEST = 26
"""Of 380 pupils: 9,880 rows."""


def measure_bulk(folder: Path, postgresql: PostgreSQL, limit: RowPerMark, *, quick: bool) -> Iterator[Result]:
    """Each form with schools of its own, so that every mark is a first one."""
    requests_a_school = 3 if quick else 8
    with serving(folder, postgresql.new_database()) as headway:
        print(f"Bulk on PostgreSQL: {headway.durability}; its limit: {limit.durability}")
        for number, (name, (media_type, body_of)) in enumerate(BULK.items()):
            schools = [
                School(1000 * (number + 1) + each, sessions=1 + requests_a_school * SESSIONS_A_REQUEST)
                for each in range(8 if quick else 16)
            ]
            headway.add_schools(schools)
            pieces = [
                (school, range(start, start + SESSIONS_A_REQUEST))
                for start in range(1, schools[0].sessions, SESSIONS_A_REQUEST)
                for school in schools
            ]
            for school in schools:  # gives the pupils their places, once
                headway.ask("POST", f"/v1/schools/{school.urn}/marks", body_of(school, range(1)), media_type)
            requests = [
                request(
                    "POST",
                    f"/v1/schools/{school.urn}/marks",
                    headway.token,
                    body_of(school, sessions),
                    media_type,
                )
                for school, sessions in pieces
            ]
            commits = commits_of([copy_lines(school, sessions) for school, sessions in pieces])
            connections = headway.connections(2)
            shares = shared_out(requests, 2)
            timing, measured_limit = limit.around(commits, lambda c=connections, s=shares: time_of(c, s))  # type: ignore[misc]
            for connection in connections:
                connection.close()
            speed = sum(len(sessions) * school.pupils for school, sessions in pieces) / timing.seconds
            each = f"p50 {timing.milliseconds(50):.0f} ms, p99 {timing.milliseconds(99):.0f} ms"
            yield Result(
                f"Bulk, {name}",
                f"{rate(speed)}, {each}",
                rate(measured_limit.rate),
                speed / measured_limit.rate,
                at_least=0.8,
            )
