"""`/v1/schools/{urn}/attendance`: small registers drawn in text, and what comes of them, counted by hand."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.api.attendance.drawn import by, group, groups, push_drawn, push_roll
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

PATH = "/v1/schools/900001/attendance"

TERMS = {
    "terms": [
        {"name": "Autumn 1", "half_term": 1, "from": "2026-09-02", "to": "2026-10-23"},
        {"name": "Autumn 2", "half_term": 2, "from": "2026-11-02", "to": "2026-12-18"},
    ]
}

TWO_DAYS = r"""
    P1  /\  /\
    P2  LU  II
    P3  VB  (C2)G
    P4  X#  -\
"""


@pytest.fixture
def school(client: Client) -> str:
    return make_school(client)


def test_every_figure_of_one_group(client: Client, school: str) -> None:
    push_drawn(client, TWO_DAYS)

    answer = client.get(f"{PATH}?from=2026-09-01&to=2026-11-20").json

    assert answer == {
        "scope": {"schools": 1},
        "from": "2026-09-01",
        "to": "2026-11-20",
        "data_through": "2026-09-08",
        "generated_at": "2026-11-20T09:00:00Z",
        "groups": [
            {
                "key": {},
                "pupils": 4,
                "possible_sessions": 13,
                "attendance_sessions": 8,
                "present_sessions": 6,
                "approved_educational_activity_sessions": 2,
                "authorised_absence_sessions": 3,
                "unauthorised_absence_sessions": 2,
                "absence_sessions": 5,
                "late_before_close_sessions": 1,
                "late_after_close_sessions": 1,
                "late_sessions": 2,
                "codes": {
                    "/": 2, "\\": 3, "L": 1, "V": 1, "B": 1, "X": 1, "C2": 1, "I": 2, "G": 1, "U": 1, "#": 1
                },
                "rates": {
                    "attendance": 61.54,
                    "absence": 38.46,
                    "authorised_absence": 23.08,
                    "unauthorised_absence": 15.38,
                    "late": 15.38,
                },
                "persistent_absence": {"pupils": 2, "rate": 50},
                "severe_absence": {"pupils": 2, "rate": 50},
                "suppressed": False,
            }
        ],
    }  # fmt: skip


def test_without_a_window_it_is_the_academic_year_to_today(client: Client, school: str, clock: Clock) -> None:
    clock.set("2027-01-04T00:30:00Z")

    answer = client.get(PATH).json

    assert (answer["from"], answer["to"]) == ("2026-09-01", "2027-01-04")


def test_the_start_of_the_window_follows_its_end(client: Client, school: str) -> None:
    assert client.get(f"{PATH}?to=2026-07-01").json["from"] == "2025-09-01"


def test_both_days_of_the_window_count(client: Client, school: str) -> None:
    push_drawn(client, r"P1 /\ II /\ II /\ ")

    assert group(client, "from=2026-09-08&to=2026-09-10")["codes"] == {"/": 1, "\\": 1, "I": 4}


def test_nothing_held_gives_null_rates(client: Client, school: str) -> None:
    answer = client.get(PATH).json

    assert answer["data_through"] is None
    (one,) = answer["groups"]
    assert (one["pupils"], one["possible_sessions"], one["codes"]) == (0, 0, {})
    assert one["rates"]["attendance"] is None
    assert one["persistent_absence"] == {"pupils": 0, "rate": None}


@pytest.mark.parametrize(
    ("places", "written"), [("0", "67"), ("2", "66.67"), ("15", "66.666666666666667")], ids=str
)
def test_rates_are_exact_to_the_places_asked_for(
    client: Client, school: str, places: str, written: str
) -> None:
    push_drawn(client, r"P1 /\ I-")

    assert f'"attendance":{written},' in client.get(f"{PATH}?places={places}").text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("day", {"2026-09-07": 4, "2026-09-08": 2, "2026-10-05": 2, "2026-11-02": 1}),
        ("week", {"2026-W37": 6, "2026-W41": 2, "2026-W45": 1}),
        ("month", {"2026-09": 6, "2026-10": 2, "2026-11": 1}),
        ("half_term", {"2026/27-1": 8, "2026/27-2": 1}),
        ("term", {"2026/27-autumn": 9}),
        ("weekday", {"monday": 7, "tuesday": 2}),
        ("session", {"AM": 5, "PM": 4}),
        ("school", {"900001": 9}),
        ("year_group", {"7": 6, "8": 2, None: 1}),
        ("sen_provision", {"K": 6, "E": 2, None: 1}),
        ("pupil_premium", {"true": 6, None: 3}),
        ("week,session", {("2026-W37", "AM"): 3, ("2026-W37", "PM"): 3, ("2026-W41", "AM"): 1,
                          ("2026-W41", "PM"): 1, ("2026-W45", "AM"): 1}),
        ("year_group,month", {("7", "2026-09"): 4, ("7", "2026-10"): 2, ("8", "2026-09"): 2,
                              (None, "2026-11"): 1}),
    ],
)  # fmt: skip
def test_possible_sessions_by_every_kind_of_group(
    client: Client, school: str, name: str, expected: dict[Any, int]
) -> None:
    """P1 is in year 7, P2 in year 8, and of P3 the roll says nothing; W37 is the week of 7 September."""
    client.put("/v1/schools/900001/calendar/2026-27", TERMS)
    push_roll(
        client,
        P1={"year_group": "7", "sen_provision": "K", "pupil_premium": True},
        P2={"year_group": "8", "sen_provision": "E"},
    )
    push_drawn(client, "P1 /\\ /I\nP2 /\\")
    push_drawn(client, r"P1 /\ ", monday=date(2026, 10, 5))
    push_drawn(client, "P3 /-", monday=date(2026, 11, 2))

    assert by(client, f"by={name}", "possible_sessions") == expected


def test_a_day_outside_every_half_term_has_no_half_term(client: Client, school: str) -> None:
    push_drawn(client, r"P1 /\ ")

    assert by(client, "by=half_term,term", "possible_sessions") == {(None, None): 2}


def test_by_code_says_how_many_sessions_and_pupils(client: Client, school: str) -> None:
    push_drawn(client, TWO_DAYS)

    found = groups(client, "by=code")

    assert found[0] == {
        "key": {"code": "/"},
        "sessions": 2,
        "pupils": 1,
        "rate": 15.38,
        "suppressed": False,
    }
    assert {one["key"]["code"]: (one["sessions"], one["pupils"]) for one in found} == {
        "/": (2, 1), "\\": (3, 2), "L": (1, 1), "V": (1, 1), "B": (1, 1), "X": (1, 1),
        "C2": (1, 1), "I": (2, 1), "G": (1, 1), "U": (1, 1), "#": (1, 1),
    }  # fmt: skip


def test_by_code_and_session(client: Client, school: str) -> None:
    push_drawn(client, "P1 II\nP2 I\\")

    found = {tuple(one["key"].values()): one["rate"] for one in groups(client, "by=session,code")}

    assert found == {("AM", "I"): 100, ("PM", "\\"): 50, ("PM", "I"): 50}


def test_a_cohort_narrows(client: Client, school: str) -> None:
    push_roll(
        client,
        P1={"sen_provision": "E", "pupil_premium": True},
        P2={"sen_provision": "K", "pupil_premium": True},
        P3={"sen_provision": "N", "pupil_premium": True},
        P4={"sen_provision": "E", "pupil_premium": False},
    )
    push_drawn(client, "P1 II\nP2 /I\nP3 /\\\nP4 /\\")

    assert group(client, "cohort=sen_provision:E,K;pupil_premium:true")["codes"] == {"/": 1, "I": 3}


def test_marks_before_a_spell_between_two_and_after_one_are_not_counted(client: Client, school: str) -> None:
    """P1 comes on Tuesday, leaves after Wednesday and comes back on Friday."""
    push_roll(client, on="2026-09-07", P1={"from": "2026-09-08", "to": "2026-09-09"})
    push_roll(client, on="2026-09-11", P1={"from": "2026-09-11"})
    push_drawn(client, r"P1 II /\ /\ II /\ ")

    found = group(client)

    assert (found["possible_sessions"], found["absence_sessions"], found["pupils"]) == (6, 0, 1)


def test_a_pupil_belongs_by_the_last_day_of_the_window_or_by_each_session(
    client: Client, school: str
) -> None:
    """P1 gets a plan on Wednesday."""
    push_roll(client, on="2026-09-01", P1={"sen_provision": "K"})
    push_roll(client, on="2026-09-09", P1={"sen_provision": "E"})
    push_drawn(client, r"P1 /\ /\ /\ /\ /\ ")

    assert by(client, "by=sen_provision", "possible_sessions") == {"E": 10}
    assert by(client, "by=sen_provision&membership=session", "possible_sessions") == {"K": 4, "E": 6}
    assert by(client, "by=sen_provision&to=2026-09-08", "possible_sessions") == {"K": 4}


def test_a_pupil_who_left_belongs_by_their_own_last_day(client: Client, school: str) -> None:
    push_roll(client, on="2026-09-01", P1={"sen_provision": "K", "to": "2026-09-08"})
    push_roll(client, on="2026-09-09", P1={"sen_provision": "E", "to": "2026-09-08"})
    push_drawn(client, r"P1 /\ /\ ")

    assert by(client, "by=sen_provision", "possible_sessions") == {"K": 4}


def test_the_departments_scope_leaves_out_reception_and_year_11_in_the_last_half_term(
    client: Client, school: str, clock: Clock
) -> None:
    clock.set("2027-07-01T09:00:00Z")
    summer = {"terms": [{"name": "Summer 2", "half_term": 6, "from": "2027-06-07", "to": "2027-07-16"}]}
    client.put("/v1/schools/900001/calendar/2026-27", summer)
    push_roll(
        client, on="2026-09-01", P1={"year_group": "R"}, P2={"year_group": "10"}, P3={"year_group": "11"}
    )
    lines = "P1 /\\\nP2 /\\\nP3 /\\"
    push_drawn(client, lines)
    push_drawn(client, lines, monday=date(2027, 6, 7))

    assert by(client, "by=year_group", "possible_sessions") == {"R": 4, "10": 4, "11": 4}
    assert by(client, "by=year_group&scope=dfe", "possible_sessions") == {"10": 4, "11": 2}


def test_a_correction_shows_at_once_and_as_of_before_it_doesnt(
    client: Client, school: str, clock: Clock
) -> None:
    push_drawn(client, "P1 NN\nP2 NN")
    before = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    push_drawn(client, "P1 /\\\nP2 I-")

    assert group(client)["codes"] == {"/": 1, "\\": 1, "I": 1}
    assert group(client, f"as_of={before}")["codes"] == {"N": 4}
    assert group(client, "as_of=2026-11-20T08:00:00Z")["codes"] == {}


def test_the_roll_as_of_before_a_change(client: Client, school: str, clock: Clock) -> None:
    push_roll(client, on="2026-09-01", P1={"year_group": "7"})
    push_drawn(client, r"P1 /\ ")
    before = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    push_roll(client, on="2026-09-01", P1={"year_group": "8"}, P2={})

    assert by(client, "by=year_group", "pupils") == {"8": 1}
    assert by(client, f"by=year_group&as_of={before}", "pupils") == {"7": 1}


def test_two_references_found_to_be_one_pupil_are_counted_once(
    client: Client, school: str, clock: Clock
) -> None:
    push_drawn(client, "MIS1 /- II\nUPN1 -\\ --")
    before = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    push_roll(client, P1={"aliases": ["MIS1", "UPN1"]})

    assert (group(client)["pupils"], group(client)["possible_sessions"]) == (1, 4)
    assert (group(client, f"as_of={before}")["pupils"], group(client)["possible_sessions"]) == (2, 4)


def test_a_window_over_two_academic_years(client: Client, school: str) -> None:
    """Pupils have other places in the registers of another year: P2 comes first there."""
    push_roll(client, P1={"from": "2025-09-01"}, P2={"from": "2025-09-01"})
    push_drawn(client, "P2 II\nP1 /\\", monday=date(2025, 9, 8))
    push_drawn(client, "P1 /\\\nP2 II")

    found = client.get(f"{PATH}/pupils?from=2025-09-01").json["items"]

    assert [(one["pupil"], one["codes"]) for one in found] == [
        ("P1", {"/": 2, "\\": 2}),
        ("P2", {"I": 4}),
    ]


@pytest.mark.parametrize(
    ("query", "pointer", "says"),
    [
        ("from=2026-11-21&to=2026-11-20", "/query/from", "before it begins"),
        ("from=2026-11-21", "/query/from", "before it begins"),
        ("from=2006-09-01&to=2026-11-20", "/query/from", "ten years"),
        ("from=20260901", "/query/from", "not a date"),
        ("by=colour", "/query/by", "half_term"),
        ("cohort=sen_provision:Z", "/query/cohort", "Allowed: N, K, E"),
        ("places=16", "/query/places", "15"),
        ("membership=yearly", "/query/membership", "window"),
        ("scope=ofsted", "/query/scope", "dfe"),
        ("as_of=yesterday", "/query/as_of", "not a time"),
        ("suppress=3", "/query/suppress", "0, or 5 and more"),
        ("colour=red", "/query/colour", "isn't known"),
    ],
)
def test_what_cannot_be_asked(client: Client, school: str, query: str, pointer: str, says: str) -> None:
    answer = client.get(f"{PATH}?{query}")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == pointer
    assert says in answer.json["errors"][0]["detail"]


def test_attendance_needs_its_scope(app: Flask, client: Client, school: str) -> None:
    answer = make_key(app, ["attendance:write"]).get(PATH)

    assert answer.status_code == 403


@pytest.mark.parametrize("query", ["cohort=sex:F", "by=year_group", "by=week,code", "scope=dfe"])
def test_what_narrows_to_few_pupils_needs_a_key_that_may_see_pupils(
    app: Flask, client: Client, school: str, query: str
) -> None:
    answer = make_key(app, ["attendance:read"]).get(f"{PATH}?{query}")

    assert answer.status_code == 403
    assert "pupils:read" in answer.json["detail"]
    assert make_key(app, ["attendance:read", "pupils:read"]).get(f"{PATH}?{query}").status_code == 200


def test_a_school_out_of_sight_is_not_found(app: Flask, client: Client, school: str) -> None:
    make_school(client, "900002")
    key = make_key(app, ["attendance:read"], ["900002"])

    assert key.get(f"{PATH}?by=colour").status_code == 404
    assert key.get(f"{PATH}?by=year_group").status_code == 403
    assert key.get("/v1/schools/900003/attendance").status_code == 404
