"""`/v1/schools/{urn}/attendance/pupils`: each pupil's counts, flags, and the way to each flag."""

import pytest
from flask import Flask

from tests.api.attendance.drawn import push_drawn, push_roll
from tests.make import Client, make_key, make_school

PATH = "/v1/schools/900001/attendance/pupils"

TWO_WEEKS = r"""
    P1  /\ /\ /\ /\ /\ /\ /\ /\ /\ /\
    P2  /\ /\ /\ /\ /\ /\ /\ /\ /\ /I
    P3  /\ /\ /\ /\ /\ /\ /\ /\ /\ II
    P4  GG GG GG GG GG /\ /\ /\ /\ /\
    P5  XX XX XX XX XX XX XX XX XX XX
"""


@pytest.fixture
def school(client: Client) -> str:
    return make_school(client)


def flagged(client: Client, query: str = "") -> list[str]:
    return [one["pupil"] for one in client.get(f"{PATH}?{query}").json["items"]]


def test_counts_flags_and_sessions_until_each(client: Client, school: str) -> None:
    """P2 missed 1 of 20: missing 2 more makes 3 of 22. P3 missed 2 of 20, which is the threshold itself."""
    push_drawn(client, TWO_WEEKS)

    found = client.get(PATH).json["items"]

    assert [one["pupil"] for one in found] == ["P1", "P2", "P3", "P4"], "P5 had no possible session"
    assert [one["flags"] for one in found] == [
        [],
        ["at_risk"],
        ["persistent"],
        ["persistent", "severe", "penalty_notice_watch"],
    ]
    assert [one["sessions_until"] for one in found] == [
        {"persistent": 3, "severe": 20, "penalty_notice_watch": 10},
        {"persistent": 2, "severe": 18, "penalty_notice_watch": 10},
        {"persistent": 0, "severe": 16, "penalty_notice_watch": 10},
        {"persistent": 0, "severe": 0, "penalty_notice_watch": 0},
    ]


def test_all_that_is_said_of_one_pupil(client: Client, school: str) -> None:
    push_drawn(client, r"P1 /U LI VG")

    (found,) = client.get(f"{PATH}?places=1").json["items"]

    assert found == {
        "pupil": "P1",
        "possible_sessions": 6,
        "attendance_sessions": 3,
        "present_sessions": 2,
        "approved_educational_activity_sessions": 1,
        "authorised_absence_sessions": 1,
        "unauthorised_absence_sessions": 2,
        "absence_sessions": 3,
        "late_before_close_sessions": 1,
        "late_after_close_sessions": 1,
        "late_sessions": 2,
        "penalty_notice_sessions": 2,
        "codes": {"/": 1, "L": 1, "V": 1, "I": 1, "G": 1, "U": 1},
        "rates": {
            "attendance": 50,
            "absence": 50,
            "authorised_absence": 16.7,
            "unauthorised_absence": 33.3,
            "late": 33.3,
        },
        "flags": ["persistent", "severe"],
        "sessions_until": {"persistent": 0, "severe": 0, "penalty_notice_watch": 8},
    }


@pytest.mark.parametrize(
    ("flag", "expected"),
    [("persistent", ["P3", "P4"]), ("severe", ["P4"]), ("penalty_notice_watch", ["P4"]), ("at_risk", ["P2"])],
)
def test_only_those_with_a_flag(client: Client, school: str, flag: str, expected: list[str]) -> None:
    push_drawn(client, TWO_WEEKS)

    assert flagged(client, f"flag={flag}") == expected


def test_a_window_and_a_cohort(client: Client, school: str) -> None:
    push_roll(client, P3={"year_group": "7"}, P4={"year_group": "7"})
    push_drawn(client, TWO_WEEKS)

    assert flagged(client, "cohort=year_group:7") == ["P3", "P4"]
    assert flagged(client, "flag=persistent&to=2026-09-11") == ["P4"]


def test_pages_by_reference(client: Client, school: str) -> None:
    push_drawn(client, TWO_WEEKS)
    seen, path = [], f"{PATH}?limit=3"

    while path:
        page = client.get(path)
        seen.append([one["pupil"] for one in page.json["items"]])
        path = page.headers.get("Link", "")[1:].partition(">")[0]

    assert seen == [["P1", "P2", "P3"], ["P4"]]
    assert page.json["next"] is None


def test_what_cannot_be_asked(client: Client, school: str) -> None:
    assert client.get(f"{PATH}?flag=naughty").json["errors"][0]["pointer"] == "/query/flag"
    assert client.get(f"{PATH}?by=week").json["errors"][0]["pointer"] == "/query/by"
    assert client.get(f"{PATH}?from=2026-11-21").json["errors"][0]["pointer"] == "/query/from"


def test_it_needs_a_key_that_may_see_pupils(app: Flask, client: Client, school: str) -> None:
    assert make_key(app, ["attendance:read", "attendance:write"]).get(PATH).status_code == 403
    assert make_key(app, ["pupils:read"]).get(PATH).status_code == 200
    assert make_key(app, ["pupils:read"], ["900002"]).get(PATH).status_code == 404
