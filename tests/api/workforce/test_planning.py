"""Retention risk, the year's cycle, and the resignation dates that a school may put in place."""

from typing import Any

import pytest
from flask import Flask

from tests.api.workforce.made import (
    LEAVERS,
    SNAPSHOT,
    VACANCIES,
    WORKFORCE,
    leaver,
    made,
    snapshot,
    told,
    vacancy,
)
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

RISK = f"{WORKFORCE}/risk"
CALENDAR = f"{WORKFORCE}/calendar"
DATES = f"{WORKFORCE}/resignation-dates"

OWN = {"staff": "teacher", "term": "autumn", "leaves_on": "12-31", "resign_by": "10-15"}


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def five_years(client: Client, *, leavers: int = 6) -> None:
    """Five years with 40 teachers each, of whom so many left each summer."""
    for year in range(2021, 2027):
        body = snapshot(teachers_fte=38, qualified_teachers_fte=38, teachers_headcount=40)
        client.put(f"{WORKFORCE}/{year}-11-05", body)
    rows = [leaver(left_on=f"{year}-08-31", subject="Physics") for year in range(2022, 2027)] * leavers
    assert client.post(f"{LEAVERS}/import", rows).json["created"] == 5 * leavers


def test_expected_leavers_have_an_interval_and_a_method(client: Client) -> None:
    five_years(client)

    found = client.get(RISK).json

    assert (found["academic_year"], found["teachers"], found["teacher_years"]) == ("2026/27", 40, 200)
    assert (found["everyone"]["expected"], found["everyone"]["leavers"]) == (6, 30)
    assert found["everyone"]["low"] <= 6 <= found["everyone"]["high"]
    assert [(row["role"], row["subject"]) for row in found["rows"]] == [("Teacher", "Physics")]
    assert "beta-binomial" in found["method"].lower()


def test_no_breakdown_of_leavers_tells_few_of_them_beside_another(client: Client, app: Flask) -> None:
    five_years(client)
    few = [leaver(left_on=f"{year}-08-31", subject=None) for year in (2022, 2023, 2024)]
    more = [leaver(left_on=f"{2022 + number % 5}-08-31", role="Head of year") for number in range(8)]
    assert client.post(f"{LEAVERS}/import", few + more).status_code == 200
    reader = make_key(app, ["workforce:read"])

    def leavers(by: str) -> dict[tuple[str | None, str | None], int | None]:
        rows = reader.get(f"{RISK}?by={by}").json["rows"]
        return {(row["role"], row["subject"]): row["leavers"] for row in rows}

    # All 33 teachers less the 30 of physics would be the 3 others.
    assert leavers("role,subject")["Teacher", "Physics"] == leavers("subject,role")["Teacher", "Physics"]
    assert not (leavers("role")["Teacher", None] and leavers("role,subject")["Teacher", "Physics"])
    assert leavers("role,subject")["Teacher", None] is None


def test_long_before_any_record_there_are_too_few_to_say(client: Client) -> None:
    five_years(client)
    assert client.get(f"{RISK}?as_of=0001-01-01T00:00:00Z").json["everyone"]["expected"] is None
    assert client.get(f"{CALENDAR}?as_of=0001-01-01T00:00:00Z").status_code == 200
    assert client.get(f"{WORKFORCE}/measures?as_of=0001-01-01T00:00:00Z").status_code == 200


def test_beside_the_risk_stands_by_when_teachers_resign(client: Client) -> None:
    told_of = client.get(f"{RISK}?academic_year=2026/27").json["resignation_dates"]
    assert [(one["resign_by"], one["leaves_on"], one["term"]) for one in told_of] == [
        ("2026-10-31", "2026-12-31", "autumn"),
        ("2027-02-28", "2027-04-30", "spring"),
        ("2027-05-31", "2027-08-31", "summer"),
    ]
    client.put(DATES, {"resignation_dates": [OWN]})
    assert [one["resign_by"] for one in client.get(RISK).json["resignation_dates"]] == ["2026-10-15"]


def test_too_few_to_say(client: Client) -> None:
    client.put(SNAPSHOT, snapshot())

    found = client.get(RISK).json["everyone"]

    assert found["expected"] is None
    assert "too few to say" in found["null_because"]


def test_risk_by_role_alone_and_of_another_year(client: Client) -> None:
    five_years(client)

    assert [row["subject"] for row in client.get(f"{RISK}?by=role").json["rows"]] == [None]
    assert client.get(f"{RISK}?academic_year=2025-26").json["teacher_years"] == 160
    assert "/query/by" in told(client.get(f"{RISK}?by=age"))
    assert "/query/academic_year" in told(client.get(f"{RISK}?academic_year=2026"))


def test_few_leavers_are_withheld_from_who_only_reads(app: Flask, client: Client) -> None:
    five_years(client, leavers=1)
    client.post(f"{LEAVERS}/import", [leaver(left_on="2026-08-31", subject="Music")])
    reads = make_key(app, ["workforce:read"])

    found = reads.get(RISK).json

    assert found["years"] == []
    assert all(row["leavers"] is None for row in found["rows"])
    assert len(client.get(RISK).json["years"]) == 5


def entries(client: Client, query: str = "", kind: str | None = None) -> list[Any]:
    found = client.get(f"{CALENDAR}?{query}").json["entries"]
    return [(entry["on"], entry["title"]) for entry in found if kind in (None, entry["kind"])]


def test_the_cycle_of_the_year(client: Client) -> None:
    made(client, VACANCIES, vacancy(advertised_on="2026-10-01", closes_on="2026-10-16"))

    assert ("2026-11-05", "School workforce census day") in entries(client, kind="census_day")
    assert ("2026-10-16", "Advert closes: Teacher, Mathematics") in entries(client, kind="advert_closes")
    teachers = [on for on, title in entries(client, kind="resignation_date") if title.startswith("Teachers")]
    assert teachers == ["2026-10-31", "2027-02-28", "2027-05-31"]
    assert entries(client, "from=2026-11-01&to=2026-11-30") == [("2026-11-05", "School workforce census day")]


@pytest.mark.parametrize(
    ("query", "headers"), [("?format=ics", {}), ("", {"Accept": "text/calendar"})], ids=["format", "Accept"]
)
def test_the_cycle_as_an_icalendar_file(client: Client, query: str, headers: dict[str, str]) -> None:
    answer = client.get(CALENDAR + query, headers=headers)

    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.text.startswith("BEGIN:VCALENDAR\r\n")
    assert "DTSTART;VALUE=DATE:20261105\r\n" in answer.text


def test_the_tag_of_the_usual_dates_makes_the_first_of_its_own(client: Client) -> None:
    usual = client.get(DATES).headers["ETag"]

    answers = [
        client.put(DATES, {"resignation_dates": [OWN | {"resign_by": day}]}, headers={"If-Match": usual})
        for day in ("10-15", "10-16")
    ]

    assert [answer.status_code for answer in answers] == [201, 412]


def test_a_school_has_its_own_resignation_dates(client: Client, clock: Clock) -> None:
    usual = client.get(DATES).json
    assert (usual["own"], len(usual["resignation_dates"])) == (False, 6)
    before = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)

    answer = client.put(DATES, {"resignation_dates": [OWN]})

    assert (answer.status_code, answer.json["own"], answer.json["resignation_dates"]) == (201, True, [OWN])
    assert client.get(DATES).headers["ETag"] == answer.headers["ETag"]
    assert [on for on, _ in entries(client, kind="resignation_date")] == ["2026-10-15"]
    assert len(entries(client, f"as_of={before}", kind="resignation_date")) == 6
    assert client.delete(DATES).status_code == 204
    assert client.get(DATES).json == usual


def test_resignation_dates_that_can_t_be(client: Client) -> None:
    wrong = [OWN | {"resign_by": "13-01"}, OWN | {"staff": "cook"}]

    faults = told(client.put(DATES, {"resignation_dates": wrong}))

    assert set(faults) == {"/resignation_dates/0/resign_by", "/resignation_dates/1/staff"}
    assert client.get(DATES).json["own"] is False


def test_who_may(app: Flask, client: Client) -> None:
    reads = make_key(app, ["workforce:read"])

    for path in (RISK, CALENDAR, DATES):
        assert reads.get(path).status_code == 200
        assert make_key(app, ["tracker:read"]).get(path).status_code == 403
        assert make_key(app, ["workforce:read"], ["900002"]).get(path).status_code == 404
    assert reads.put(DATES, {"resignation_dates": [OWN]}).status_code == 403


def test_what_the_dates_were_stays_readable(client: Client) -> None:
    assert client.get(f"{DATES}/history").json == {"items": [], "next": None}
    client.put(DATES, {"resignation_dates": [OWN]})
    client.put(DATES, {"resignation_dates": [OWN | {"resign_by": "10-20"}]})
    client.delete(DATES)

    changes = client.get(f"{DATES}/history").json["items"]

    assert [(change["revision"], change["field"]) for change in changes] == [
        (1, "resignation_dates"), (2, "resignation_dates"), (3, "deleted"),
    ]  # fmt: skip
    assert changes[1]["old"][0]["resign_by"] == "10-15"
    assert client.get(DATES).json["own"] is False
