"""Rows that the Department published, pushed as a school would push them, come back with the published figures."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import msgspec
import pytest

from tests.domain.attendance.test_published_figures import (
    RATES,
    REASONS,
    RETIRED,
    Row,
    code_counts,
    published,
    remainder,
)
from tests.make import Client, make_school

WINDOW = "from=2025-09-08&to=2026-07-10&places=15"
PATH = "/v1/schools/900001/attendance"
MOST_A_SESSION = 100_000
PUPILS = 600

FIGURES = {
    "possible_sessions": "possible_sessions",
    "attendance_sessions": "overall_attendance",
    "present_sessions": "present_sessions",
    "approved_educational_activity_sessions": "approved_educational_activity",
    "absence_sessions": "overall_absence",
    "authorised_absence_sessions": "authorised_absence",
    "unauthorised_absence_sessions": "unauthorised_absence",
    "late_sessions": "late_sessions",
}

CODE_OF_RATE = {
    column: code for column, reason in RATES.items() for code in REASONS if REASONS[code] == reason
}


def row_of(authority: str, phase: str) -> Row:
    """A row that its codes explain to the last session: nothing authorised without a reason, no withdrawn code."""
    (row,) = [row for row in published() if (row["la_name"], row["education_phase"]) == (authority, phase)]
    assert remainder(row) == 0 and not any(code_counts(row)[code] for code in RETIRED)
    return row


def school_days() -> Iterator[date]:
    """Weekdays from the start of the Department's window."""
    day = date(2025, 9, 8)
    while day <= date(2026, 7, 10):
        if day.weekday() < 5:
            yield day
        day += timedelta(days=1)


def check_figures(client: Client, row: Row) -> None:
    answer = exact(client, PATH, WINDOW)
    (group,) = answer["groups"]
    assert {name: group[name] for name in FIGURES} == {
        name: int(row[column]) for name, column in FIGURES.items()
    }
    assert group["codes"] == {code: count for code, count in code_counts(row).items() if count}
    by_code = {one["key"]["code"]: one for one in exact(client, PATH, WINDOW + "&by=code")["groups"]}
    shown = {
        "attendance_perc": group["rates"]["attendance"],
        "overall_absence_perc": group["rates"]["absence"],
    }
    shown |= {f"{name}_perc": group["rates"][name] for name in ("authorised_absence", "unauthorised_absence")}
    for column in RATES:
        if column in CODE_OF_RATE:
            code = by_code.get(CODE_OF_RATE[column])
            shown[column] = code["rate"] if code else 0
    assert shown.keys() == RATES.keys()
    for column, value in shown.items():
        assert abs(Decimal(str(value)) - Decimal(row[column])) < Decimal("1e-7"), column


def exact(client: Client, path: str, query: str) -> Any:
    """The body of an answer, its numbers with all their digits."""
    return msgspec.json.Decoder(float_hook=Decimal).decode(client.get(f"{path}?{query}").data)


def spread(counts: dict[str, int]) -> Iterator[tuple[str, dict[str, int]]]:
    """Sessions, as path and counts: morning marks in the mornings, and never more of a code than a session takes."""
    left = dict(counts)
    for day in school_days():
        for session, other in (("AM", "\\"), ("PM", "/")):
            taken = {code: min(n, MOST_A_SESSION) for code, n in left.items() if n and code != other}
            left = {code: n - taken.get(code, 0) for code, n in left.items()}
            if taken:
                yield f"/v1/schools/900001/session-counts/{day}/{session}", taken
    assert not any(left.values())


@pytest.mark.parametrize(
    ("authority", "phase"),
    [
        ("Bracknell Forest", "Special"),
        ("Portsmouth", "Special"),
        ("Islington", "Secondary"),
        ("Somerset", "Secondary"),
    ],
)
def test_as_counts_of_sessions(client: Client, authority: str, phase: str) -> None:
    make_school(client)
    row = row_of(authority, phase)

    for path, counts in spread(code_counts(row)):
        assert client.put(path, {"counts": counts}).status_code == 201

    check_figures(client, row)


def registers(counts: dict[str, int]) -> Iterator[tuple[date, str, list[str]]]:
    """Registers of PUPILS places that hold each code as often as the row says; the last ones aren't full."""
    either = [code for code, n in counts.items() if code not in ("/", "\\") for _ in range(n)]
    half = (len(either) + counts["\\"] - counts["/"]) // 2
    mornings = either[:half] + ["/"] * counts["/"]
    afternoons = either[half:] + ["\\"] * counts["\\"]
    pieces = [
        [codes[start : start + PUPILS] for start in range(0, len(codes), PUPILS)]
        for codes in (mornings, afternoons)
    ]
    for day, *both in zip(
        school_days(), *zip(*zip_longest(*pieces, fillvalue=[]), strict=True), strict=False
    ):
        for session, codes in zip(("AM", "PM"), both, strict=True):
            yield day, session, codes


def persistent_and_severe(counts: dict[str, int]) -> tuple[int, int]:
    """The two counts of pupils, the slow way."""
    absences = {"I", "M", "R", "S", "T", "E", "C", "C1", "J1", "C2", "G", "U", "O", "N"}
    tally = [[0, 0] for _ in range(PUPILS)]
    for _, _, codes in registers(counts):
        for place, code in enumerate(codes):
            tally[place][0] += 1
            tally[place][1] += code in absences
    return (
        sum(10 * missed >= possible > 0 for possible, missed in tally),
        sum(2 * missed >= possible > 0 for possible, missed in tally),
    )


@pytest.mark.parametrize(
    ("authority", "by"), [("Bracknell Forest", "register"), ("Kensington and Chelsea", "rows")]
)
def test_as_marks_of_pupils(client: Client, authority: str, by: str) -> None:
    make_school(client)
    row = row_of(authority, "Special")
    counts = code_counts(row)
    client.put(
        "/v1/schools/900001/roll?on=2025-09-01",
        {"pupils": [{"pupil": f"P{place}", "from": "2025-09-01"} for place in range(PUPILS)]},
    )

    if by == "register":
        for day, session, codes in registers(counts):
            marks = {f"P{place}": code for place, code in enumerate(codes)}
            path = f"/v1/schools/900001/registers/{day}/{session}"
            assert client.put(path, {"marks": marks}).status_code == 200
    else:
        rows = [
            {"pupil": f"P{place}", "date": str(day), "session": session, "code": code}
            for day, session, codes in registers(counts)
            for place, code in enumerate(codes)
        ]
        assert client.post("/v1/schools/900001/marks", rows).json["created"] == int(row["possible_sessions"])

    check_figures(client, row)
    (group,) = client.get(f"{PATH}?{WINDOW}").json["groups"]
    flagged = (group["persistent_absence"]["pupils"], group["severe_absence"]["pupils"])
    assert flagged == persistent_and_severe(counts)
    assert group["pupils"] == PUPILS
