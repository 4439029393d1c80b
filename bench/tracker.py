"""Lists and reports of a big tracker over HTTP: 10,000 actions, 100,000 updates, 50,000 pieces of evidence."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.client import request, time_of
from bench.limit import RowPerMark
from bench.made_tracker import Size, fill
from bench.results import Result
from bench.servers import Headway, PostgreSQL, serving, sqlite_in

PAGE_AT_MOST, REPORT_AT_MOST, AS_OF_AT_MOST = 30.0, 60.0, 2.0
"""Milliseconds p99; and as of a past time, times the same now."""

LISTS = {
    "50 actions": "/v1/actions?school={urn}",
    "200 actions": "/v1/actions?school={urn}&limit=200",
    "actions that are overdue": "/v1/actions?school={urn}&health=overdue",
    "actions by due date": "/v1/actions?sort=due_on",
    "actions with a word": "/v1/actions?q=phonics",
    "challenges": "/v1/challenges?school={urn}",
    "50 of all evidence": "/v1/evidence",
    "200 pieces of evidence": "/v1/evidence?school={urn}&limit=200",
    "200 updates": "/v1/actions/{action}/updates?limit=200",
    "all actions by health": "/v1/actions?sort=health",
    "all actions that are overdue": "/v1/actions?health=overdue",
    "200 actions, the last due first": "/v1/actions?sort=-due_on&limit=200",
    "200 actions with two words": "/v1/actions?q=phonics%20seen&limit=200",
    "evidence with a word": "/v1/evidence?q=shows",
    "evidence, the newest first": "/v1/evidence?sort=-captured_on",
}

AFTER_A_WRITE = {
    "actions that are overdue": ("/v1/actions?school={urn}&health=overdue", PAGE_AT_MOST),
    "challenges": ("/v1/challenges?school={urn}", PAGE_AT_MOST),
    "A school's report": ("/v1/schools/{urn}/progress", REPORT_AT_MOST),
}
"""What is read right after an update of one action, with the most that it may take."""


def measure_tracker(folder: Path, postgresql: PostgreSQL, _: RowPerMark, *, quick: bool) -> Iterator[Result]:
    """Each on both databases."""
    size = Size(3, 1_000, 10_000, 5_000) if quick else Size()
    times = 60 if quick else 200
    for database, url in (("PostgreSQL", postgresql.new_database()), ("SQLite", sqlite_in(folder))):
        with serving(folder, url) as headway:
            for number in range(size.schools):
                body = b'{"name": "Example School", "phase": "secondary"}'
                headway.ask("PUT", f"/v1/schools/{901_000 + number}", body)
        fill(url, size)
        with serving(folder, url) as headway:
            yield from _measured(headway, database, times)


def _measured(headway: Headway, database: str, times: int) -> Iterator[Result]:
    urn = "901001"
    action = json.loads(headway.ask("GET", f"/v1/actions?school={urn}&limit=1"))["items"][0]["id"]
    for name, path in LISTS.items():
        yield _page(headway, f"{name}, {database}", path.format(urn=urn, action=action), times, PAGE_AT_MOST)
    for name, (path, at_most) in AFTER_A_WRITE.items():
        what = f"{name}, after a write, {database}"
        yield _after_a_write(headway, what, path.format(urn=urn), action, times // 4, at_most)
    report = f"/v1/schools/{urn}/progress"
    now = _page(headway, f"A school's report, {database}", report, times, REPORT_AT_MOST)
    then = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    before = _page(headway, f"The same as of a time, {database}", f"{report}?as_of={then}", times, None)
    yield now
    yield Result(
        before.what, before.measured, ratio=(before.ratio or 0) / (now.ratio or 1), at_most=AS_OF_AT_MOST
    )


def _page(headway: Headway, what: str, path: str, times: int, at_most: float | None) -> Result:
    [opened] = headway.connections(1)
    asked = request("GET", path, headway.token)
    time_of([opened], [[asked] * 5])
    timing = time_of([opened], [[asked] * times])
    opened.close()
    return _result(what, timing.each, at_most)


def _after_a_write(headway: Headway, what: str, path: str, action: str, times: int, at_most: float) -> Result:
    update = request("POST", f"/v1/actions/{action}/updates", headway.token, b'{"note": "Seen"}')
    [opened] = headway.connections(1)
    asked = request("GET", path, headway.token)
    time_of([opened], [[asked, update] * 3])
    timing = time_of([opened], [[update, asked] * times])
    opened.close()
    return _result(what, timing.each[1::2], at_most)


def _result(what: str, seconds: npt.NDArray[np.float64], at_most: float | None) -> Result:
    p50, p99 = (float(np.percentile(seconds, part)) * 1000 for part in (50, 99))
    return Result(what, f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", ratio=p99, unit=" ms", at_most=at_most)
