"""Leaders' reads while bulk pushes of other schools go in without a break."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from bench.bulk import push_year
from bench.client import Timing, pushing, request, time_of
from bench.limit import RowPerMark
from bench.made import BULK, School
from bench.made_tracker import Size, fill
from bench.results import Result, rate
from bench.servers import Headway, PostgreSQL, serving

READERS = 2
P99_AT_MOST = 50.0
"""Milliseconds."""
WARMING = 5
"""So often readers come and ask before it counts: over new connections, so that each process has met them."""
PUSHES = {"JSON": 10, "NDJSON": 10, "CSV": 10, "CSV, large": 100}
"""A connection for each: its registers a request, of 1,000 pupils."""
SESSIONS = 200
READS = {
    "a school's attendance by week": "/v1/schools/{urn}/attendance?by=week&from={first}&to={last}",
    "a list of actions": "/v1/actions?school={urn}",
    "a progress report": "/v1/schools/{urn}/progress",
}


def measure_overload(folder: Path, postgresql: PostgreSQL, _: RowPerMark, *, quick: bool) -> Iterator[Result]:
    """The same reads alone, then beside the pushes."""
    led = [School(number) for number in range(4)]
    pushed = {form: School(100 + number, 1000, SESSIONS) for number, form in enumerate(PUSHES)}
    url = postgresql.new_database()
    with serving(folder, url) as headway:
        headway.add_schools([*led, *pushed.values()])
    fill(url, Size(len(led), actions=1_000, updates=10_000, evidence=1_000))
    with serving(folder, url) as headway:
        for school in led:
            push_year(headway, school)
        rounds = 60 if quick else 300
        for _round in range(WARMING):
            _read(headway, led, 2 * len(led))
        alone = _read(headway, led, rounds)
        bodies = [list(_pushes(headway, form, school)) for form, school in pushed.items()]
        with pushing(headway.connections(len(bodies)), bodies) as pushes:
            beside = _read(headway, led, rounds)
        yield from _results(alone, beside)
        rows = sum(
            count * PUSHES[form] * school.pupils
            for count, (form, school) in zip(pushes.taken, pushed.items(), strict=True)
        )
        yield Result(
            "Bulk pushes meanwhile",
            f"{rate(rows / pushes.seconds)}, {pushes.refused} refused; {sum(pushes.taken)} requests",
        )


def _results(alone: Timing, beside: Timing) -> Iterator[Result]:
    yield _result("Reads alone", alone)
    yield _result("Reads beside bulk pushes", beside, at_most=P99_AT_MOST)
    for number, what in enumerate(READS):
        one = Timing(beside.seconds, beside.each[number :: len(READS)])
        yield _result(f"Reads beside bulk pushes: {what}", one)
    yield Result("Reads refused", f"of {beside.each.size:,}", ratio=float(beside.refused), at_most=0)


def _result(what: str, timing: Timing, at_most: float | None = None) -> Result:
    measured = f"p50 {timing.milliseconds(50):.1f} ms, p99 of {timing.each.size:,}"
    return Result(what, measured, ratio=timing.milliseconds(99), unit=" ms", at_most=at_most)


def _read(headway: Headway, schools: Sequence[School], rounds: int) -> Timing:
    """Each reader asks for each of the reads in turn, of one school after the other."""
    opened = headway.connections(READERS)
    shares = [
        [
            request("GET", _filled(path, schools[number % len(schools)], number), headway.token)
            for number in range(reader, rounds * READERS, READERS)
            for path in READS.values()
        ]
        for reader in range(READERS)
    ]
    timing = time_of(opened, shares)
    for connection in opened:
        connection.close()
    return timing


def _filled(path: str, school: School, number: int) -> str:
    """With another window each time, so that no sum is kept of the last one."""
    first = date.fromisoformat(school.slots[0][0]) - timedelta(days=number)
    return path.format(urn=school.urn, first=first, last=school.slots[-1][0])


def _pushes(headway: Headway, form: str, school: School) -> Iterator[bytes]:
    """A year's marks, then the same with corrections: sent over and over, each request has something to write."""
    media_type, body_of = BULK[form.partition(",")[0]]
    path = f"/v1/schools/{school.urn}/marks"
    for corrected in False, True:
        as_it_is = School(school.number, school.pupils, school.sessions, corrected)
        for start in range(0, school.sessions, PUSHES[form]):
            body = body_of(as_it_is, range(start, start + PUSHES[form]))
            yield request("POST", path, headway.token, body, media_type)
