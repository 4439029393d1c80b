"""Ten years of the workforce of a school with 200 teachers, read back over HTTP: again, and right after a write."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.client import request, time_of
from bench.limit import RowPerMark
from bench.results import Result
from bench.servers import Headway, PostgreSQL, serving, sqlite_in

AT_MOST = 30.0
"""Milliseconds, p99."""

URN = "902001"
YEARS = range(2016, 2026)
SUBJECTS = ("Mathematics", "English", "Physics", "Chemistry", "History", "Art", "French", "Music")
OF_A_YEAR = 30
"""Vacancies, and leavers, of each year: of 200 teachers about one in seven goes."""

READS = {
    "All measures of ten years": "/workforce/measures?from=2016-09-01&to=2026-08-31",
    "All measures of a year": "/workforce/measures?from=2025-09-01&to=2026-08-31",
    "Measures of one subject": "/workforce/measures?subject=Physics&from=2016-09-01&to=2026-08-31",
    "Retention risk": "/workforce/risk?academic_year=2026-27",
    "Calendar": "/workforce/calendar?from=2016-09-01&to=2026-08-31",
    "Calendar as ICS": "/workforce/calendar?from=2025-09-01&to=2026-08-31&format=ics",
    "200 vacancies": "/vacancies?limit=200",
    "Vacancies of one subject": "/vacancies?limit=200&subject=physics",
    "200 leavers": "/leavers?limit=200",
    "Snapshots": "/workforce?limit=200",
    "Staff surveys": "/staff-surveys?limit=200",
    "200 points of an own measure": "/own-measures/incidents/points?limit=200",
}


def measure_workforce(
    folder: Path, postgresql: PostgreSQL, _: RowPerMark, *, quick: bool
) -> Iterator[Result]:
    """Each read on both databases."""
    times = 100 if quick else 400
    for database, url in (("PostgreSQL", postgresql.new_database()), ("SQLite", sqlite_in(folder))):
        with serving(folder, url) as headway:
            _fill(headway)
            for name, path in READS.items():
                yield _again(headway, f"{name}, {database}", path, times)
            yield _after_a_write(headway, database, times // 4)


def _again(headway: Headway, what: str, path: str, times: int) -> Result:
    [opened] = headway.connections(1)
    asked = request("GET", f"/v1/schools/{URN}{path}", headway.token)
    time_of([opened], [[asked] * 5])
    timing = time_of([opened], [[asked] * times])
    opened.close()
    return _result(what, timing.each)


def _after_a_write(headway: Headway, database: str, times: int) -> Result:
    """What was read is kept in memory as long as nothing of the school is written: here something always is."""
    at = f"/v1/schools/{URN}"
    found = json.loads(headway.ask("GET", f"{at}/vacancies?limit=1"))["items"][0]["id"]
    read = request("GET", at + READS["All measures of ten years"], headway.token)
    [opened] = headway.connections(1)
    each = []
    for number in range(times):
        body = json.dumps({"cost": 1000 + number}).encode()
        headway.ask("PATCH", f"{at}/vacancies/{found}", body)
        each.append(time_of([opened], [[read]]).each[0])
    opened.close()
    return _result(f"All measures of ten years, after a write, {database}", np.array(each))


def _result(what: str, seconds: Any) -> Result:
    milliseconds = np.asarray(seconds) * 1000
    return Result(
        f"{what}, p99",
        f"p50 {np.percentile(milliseconds, 50):.1f} ms over {len(milliseconds)} requests",
        ratio=float(np.percentile(milliseconds, 99)),
        unit=" ms",
        at_most=AT_MOST,
    )


def _fill(headway: Headway) -> None:
    at = f"/v1/schools/{URN}"
    headway.ask("PUT", at, b'{"name": "Example School", "phase": "secondary"}')
    for path, rows in _rows().items():
        told = json.loads(headway.ask("POST", f"{at}/{path}", json.dumps(rows).encode()))
        if told["rejected"]:
            raise RuntimeError(f"{path}: {told['errors'][:3]}")
    measure = b'{"title": "Incidents", "direction": "down", "pushed_by": "the behaviour log"}'
    headway.ask("PUT", f"{at}/own-measures/incidents", measure)
    points = [{"on": f"{year}-{month:02}-{day:02}", "value": day + month}
              for year in YEARS for month in range(1, 13) for day in (7, 14, 21, 28)]  # fmt: skip
    headway.ask("POST", f"{at}/own-measures/incidents/points", json.dumps(points).encode())


def _rows() -> dict[str, list[dict[str, Any]]]:
    return {
        "workforce/import": [_snapshot(year) for year in YEARS],
        "vacancies/import": [_vacancy(year, number) for year in YEARS for number in range(OF_A_YEAR)],
        "leavers/import": [_leaver(year, number) for year in YEARS for number in range(OF_A_YEAR)],
        "staff-absence/import": [
            {"academic_year": f"{year}-{(year + 1) % 100:02}", "teachers_with_absence": 120,
             "days_lost": 900.5, "teachers": 215}
            for year in YEARS
        ],
        "staff-surveys/import": [
            {"date": f"{year + 1}-06-15", "question": f"question_{question}", "answer": answer, "count": 30}
            for year in YEARS for question in range(40) for answer in ("agree", "neither", "disagree")
        ],
    }  # fmt: skip


def _snapshot(year: int) -> dict[str, Any]:
    posts = [{"role": "Teacher", "subject": subject, "count": 1} for subject in SUBJECTS[:3]]
    return {
        "date": f"{year}-11-05", "teachers_fte": 186.4, "qualified_teachers_fte": 178.2, "teachers_headcount": 200,
        "teaching_assistants_fte": 48.5, "other_staff_fte": 60, "pupils_fte": 3100, "vacancies": posts,
        "temporarily_filled": posts[:1],
    }  # fmt: skip


def _vacancy(year: int, number: int) -> dict[str, Any]:
    month = 1 + number % 6
    adverts = [
        {"on": f"{year + 1}-{month:02}-{day:02}", "closes_on": f"{year + 1}-{month:02}-{day + 7:02}",
         "applications": 4}
        for day in (5, 16)[: 1 + number % 2]
    ]  # fmt: skip
    return {
        "role": "Teacher", "subject": SUBJECTS[number % 8], "fte": 1, "opened_on": f"{year + 1}-{month:02}-01",
        "adverts": adverts, "shortlisted": 3, "interviewed": 2, "accepted_on": f"{year + 1}-{month:02}-28",
        "start_on": f"{year + 1}-09-01", "outcome": "filled", "cost": 950, "reference": f"V-{year}-{number}",
    }  # fmt: skip


def _leaver(year: int, number: int) -> dict[str, Any]:
    where = ("moved_school", "left_state_sector", "retired", "other", "unknown")[number % 5]
    return {
        "role": "Teacher", "subject": SUBJECTS[number % 8], "fte": 0.8, "left_on": f"{year + 1}-08-31",
        "destination": where, "years_in_post": number % 12, "reference": f"L-{year}-{number}",
    }  # fmt: skip
