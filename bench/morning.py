"""Nine in the morning: a register of each school, pushed at once by all of them, and again with corrections.

The schools have the sizes that England's have: `bench/data` says how many there are of each phase in each authority,
and how many are enrolled there. `FULL=1` in the environment takes as many as there are in England.
"""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from bench.client import Timing, request, time_of
from bench.limit import Limit, RowPerMark, commits_of
from bench.made import FIRST_DAY, School, copy_lines, roll_body
from bench.puts import bytes_in_postgresql, put_of
from bench.results import Result, rate
from bench.servers import Headway, PostgreSQL, serving

ENROLMENTS = Path(__file__).with_name("data") / "enrolments.csv"
ENGLAND = 22_000
SCHOOLS, SCHOOLS_IF_QUICK = 2_000, 200
CONNECTIONS = 4, 16
YESTERDAY = range(2)
"""Its two registers, by their place in the year: pupils have their places from then, and the server is warm."""
SESSIONS = len(YESTERDAY) + len(CONNECTIONS)
MORNING_AT_MOST, P99_AT_MOST = 30.0, 20.0
"""Seconds for all of England; milliseconds for a register at 4 connections."""


Requests = Callable[[Iterable[School]], Iterable[bytes]]


@dataclass(frozen=True)
class Kind:
    """Schools of one phase in one authority."""

    phase: str
    schools: int
    pupils: int
    """Of a school, on average."""


def measure_morning(
    folder: Path, postgresql: PostgreSQL, limit: RowPerMark, *, quick: bool, schools: int | None = None
) -> Iterator[Result]:
    """A session for each number of connections, first pushed, then corrected."""
    usual = SCHOOLS_IF_QUICK if quick else SCHOOLS
    kinds = kinds_of(schools or (ENGLAND if os.environ.get("FULL") == "1" else usual))
    with serving(folder, postgresql.new_database()) as headway:
        pupils = sum(kind.pupils for kind in kinds)
        print(
            f"{len(kinds):,} schools, {pupils:,} pupils: {headway.durability}; its limit: {limit.durability}"
        )
        prepared = _over(headway, kinds, 4, partial(_arrivals, headway, kinds))
        print(
            f"Schools, rolls and yesterday's registers were pushed in {prepared.seconds:.0f} s, which isn't measured."
        )
        for session, connections in enumerate(CONNECTIONS, start=len(YESTERDAY)):
            yield from _morning(headway, limit, kinds, session, connections)


def kinds_of(count: int) -> list[Kind]:
    """The kind of each of so many schools, drawn evenly from those that there are in England."""
    with ENROLMENTS.open(encoding="utf-8") as lines:
        kinds = [
            Kind(row["phase"], schools := int(row["schools"]), round(int(row["enrolments"]) / schools))
            for row in csv.DictReader(lines)
        ]
    up_to = np.cumsum([kind.schools for kind in kinds])
    places = (np.arange(count) + 0.5) * up_to[-1] / count
    return [kinds[index] for index in np.searchsorted(up_to, places, side="right").tolist()]


def _morning(
    headway: Headway, limit: RowPerMark, kinds: Sequence[Kind], session: int, connections: int
) -> Iterator[Result]:
    for corrected in False, True:
        what = f"Morning{', 2 % corrected' if corrected else ''}, {connections} connections"
        slot = range(session, session + 1)
        commits = commits_of([copy_lines(school, slot) for school in _schools(kinds, corrected)])
        pushing = partial(
            _over, headway, kinds, connections, partial(_registers, headway, session), corrected
        )
        before = bytes_in_postgresql(headway.url)
        timing, measured = limit.around(commits, pushing)
        marks = sum(kind.pupils for kind in kinds)
        yield _against_limit(what, timing, measured, marks)
        yield Result(
            f"{what}: all of England",
            f"{len(kinds):,} registers in {timing.seconds:.1f} s",
            ratio=timing.seconds * ENGLAND / len(kinds),
            unit=" s",
            at_most=MORNING_AT_MOST,
        )
        yield Result(
            f"{what}: p99 of a register",
            f"p50 {timing.milliseconds(50):.1f} ms, {timing.refused} refused",
            ratio=timing.milliseconds(99),
            unit=" ms",
            at_most=P99_AT_MOST if connections == 4 else None,
        )
        added = bytes_in_postgresql(headway.url) - before
        yield Result(f"{what}: bytes a mark", f"{added / 1024:,.0f} KiB", ratio=added / marks, unit=" B")


def _against_limit(what: str, timing: Timing, limit: Limit, marks: int) -> Result:
    speed = marks / timing.seconds
    registers = f"{timing.each.size / timing.seconds:,.0f} registers/s"
    return Result(what, f"{rate(speed)}, {registers}", rate(limit.rate), speed / limit.rate)


def _over(
    headway: Headway, kinds: Sequence[Kind], connections: int, requests: Requests, corrected: bool = False
) -> Timing:
    """Each connection has its share of the schools; its own process makes the requests."""
    opened = headway.connections(connections)
    schools = (_schools(kinds, corrected, number, connections) for number in range(connections))
    timing = time_of(opened, [partial(requests, share) for share in schools])
    for connection in opened:
        connection.close()
    return timing


def _schools(
    kinds: Sequence[Kind], corrected: bool = False, first: int = 0, step: int = 1
) -> Iterator[School]:
    """Each made when its turn comes: all at once would take more memory than all their bodies."""
    for number in range(first, len(kinds), step):
        yield School(number, kinds[number].pupils, SESSIONS, corrected)


def _arrivals(headway: Headway, kinds: Sequence[Kind], schools: Iterable[School]) -> Iterator[bytes]:
    """What comes before the morning: each school, its roll, and yesterday's registers."""
    for school in schools:
        path = f"/v1/schools/{school.urn}"
        body = json.dumps({"name": "Example School", "phase": kinds[school.number].phase}).encode()
        yield request("PUT", path, headway.token, body)
        yield request("PUT", f"{path}/roll?on={FIRST_DAY}", headway.token, roll_body(school))
        yield from (put_of(headway, school, session) for session in YESTERDAY)


def _registers(headway: Headway, session: int, schools: Iterable[School]) -> list[bytes]:
    return [put_of(headway, school, session) for school in schools]
