"""`/v1/trusts/{uid}/attendance` and `/v1/attendance?school=…`: schools are pooled, sums first, one division."""

import pytest
from flask import Flask

from tests.api.attendance.drawn import by, group, push_drawn
from tests.make import Client, make_key, make_school

TRUST = "/v1/trusts/T900/attendance"


@pytest.fixture
def schools(client: Client) -> None:
    """Two schools of a trust and one of none; 900001 has the alias mis-1."""
    make_school(client, "900001", trust_uid="T900", trust_name="Example Trust", aliases=["mis-1"])
    make_school(client, "900002", trust_uid="T900", trust_name="Example Trust")
    make_school(client, "900003")
    push_drawn(client, "P1 /\\ /\\\nP2 II II", "900001")
    push_drawn(client, "P1 /\\", "900002")
    push_drawn(client, "P1 OO", "900003")


def test_a_trust_is_all_its_schools_together(client: Client, schools: None) -> None:
    answer = client.get(TRUST).json

    assert answer["scope"] == {"schools": 2}
    (found,) = answer["groups"]
    assert (found["pupils"], found["possible_sessions"], found["absence_sessions"]) == (3, 10, 4)
    assert found["rates"]["absence"] == 40, "a mean of the schools' rates would be 25"
    assert found["persistent_absence"] == {"pupils": 1, "rate": 33.33}


def test_a_trust_by_school(client: Client, schools: None) -> None:
    assert by(client, "by=school", "possible_sessions", TRUST) == {"900001": 8, "900002": 2}
    assert by(client, "by=school,day", "absence_sessions", TRUST) == {
        ("900001", "2026-09-07"): 2,
        ("900001", "2026-09-08"): 2,
        ("900002", "2026-09-07"): 0,
    }


@pytest.mark.parametrize(
    ("query", "asked", "possible"),
    [
        ("school=900002&school=900003", 2, 4),
        ("school=900002,900003", 2, 4),
        ("school=900001,mis-1&school=900001", 1, 8),
        ("school=mis-1", 1, 8),
        ("", 3, 12),
        ("school=", 3, 12),
    ],
)
def test_any_set_of_schools(client: Client, schools: None, query: str, asked: int, possible: int) -> None:
    answer = client.get(f"/v1/attendance?{query}").json

    assert answer["scope"] == {"schools": asked}
    assert answer["groups"][0]["possible_sessions"] == possible


def test_without_names_it_is_every_school_of_the_key(app: Flask, client: Client, schools: None) -> None:
    key = make_key(app, ["attendance:read", "pupils:read"], ["900002", "900003"])

    assert key.get("/v1/attendance").json["scope"] == {"schools": 2}
    assert group(key, path="/v1/attendance")["possible_sessions"] == 4


def test_one_school_out_of_sight_is_not_found_before_anything_else(
    app: Flask, client: Client, schools: None
) -> None:
    key = make_key(app, ["attendance:read"], ["900001"])

    assert key.get("/v1/attendance?school=900001,900003&by=colour").status_code == 404
    assert key.get("/v1/attendance?school=900009&places=99").status_code == 404
    assert key.get("/v1/attendance?school=900001&places=99").status_code == 422
    assert key.get(TRUST).status_code == 404
    assert client.get("/v1/trusts/T999/attendance").status_code == 404
