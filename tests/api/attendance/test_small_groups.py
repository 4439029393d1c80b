"""What a key that may not see pupils is shown of few of them, and what a key that may can ask to withhold."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.api.attendance.drawn import group, groups, push_drawn, push_roll
from tests.make import Client, make_key, make_school

PATH = "/v1/schools/900001/attendance"
NOT_SHOWN = {"pupils": None, "rate": None, "suppressed": True}


@pytest.fixture
def school(client: Client) -> str:
    return make_school(client)


@pytest.fixture
def reader(app: Flask) -> Client:
    return make_key(app, ["attendance:read"])


def pupils(count: int, days: str, first: int = 1) -> str:
    """So many pupils with the same marks."""
    return "\n".join(f"P{number} {days}" for number in range(first, first + count))


def test_four_pupils_are_withheld_and_five_are_not(client: Client, reader: Client, school: str) -> None:
    push_drawn(client, pupils(4, r"/\ "))
    four = group(reader)
    push_drawn(client, pupils(5, r"/\ "))
    five = group(reader)

    assert (four["suppressed"], four["pupils"], four["possible_sessions"]) == (True, None, None)
    assert set(four["rates"].values()) == {None}
    assert (five["suppressed"], five["pupils"], five["possible_sessions"]) == (False, 5, 10)
    assert five["codes"] == {"/": 5, "\\": 5}


def test_few_persistently_absent_pupils_are_withheld(client: Client, reader: Client, school: str) -> None:
    push_drawn(client, pupils(10, r"/\ ") + "\n" + pupils(3, "II", first=11))

    found = group(reader)

    assert found["persistent_absence"] == found["severe_absence"] == NOT_SHOWN
    assert (found["suppressed"], found["absence_sessions"], found["codes"]["I"]) == (False, 6, 6)
    assert group(client)["persistent_absence"] == {"pupils": 3, "rate": 23.08}


def test_few_sessions_with_a_code_are_withheld(client: Client, reader: Client, school: str) -> None:
    push_drawn(client, pupils(10, r"/\ ") + "\n" + pupils(3, "I\\", first=11))

    assert group(reader)["codes"] is None
    assert group(client)["codes"] == {"/": 10, "\\": 13, "I": 3}


def test_a_day_with_few_pupils_is_withheld_with_another(client: Client, reader: Client, school: str) -> None:
    push_drawn(client, pupils(3, r"/\ /\ /\ ") + "\n" + pupils(7, r"/\ -- /\ ", first=4))

    found = {one["key"]["day"]: one["pupils"] for one in groups(reader, "by=day")}

    assert found == {"2026-09-07": None, "2026-09-08": None, "2026-09-09": 10}


@pytest.mark.parametrize("suppress", ["0", "1", "4"])
def test_a_key_without_pupils_cannot_ask_for_less_than_five(
    reader: Client, school: str, suppress: str
) -> None:
    answer = reader.get(f"{PATH}?suppress={suppress}")

    assert answer.status_code == 422
    assert answer.json["errors"] == [
        {"pointer": "/query/suppress", "detail": "for this key, suppress takes 5 and more"}
    ]


def test_any_key_can_ask_for_more(client: Client, reader: Client, school: str) -> None:
    push_drawn(client, pupils(9, r"/\ "))

    for key in (client, reader):
        assert group(key, "suppress=5")["pupils"] == 9
        assert group(key, "suppress=10")["suppressed"] is True
    assert group(client, "suppress=0")["pupils"] == 9


def test_what_a_filter_leaves_out_counts_too(client: Client, school: str) -> None:
    """Nine of twelve have the Pupil Premium: the three others are the total less the nine."""
    push_roll(client, **{f"P{number}": {"pupil_premium": number <= 9} for number in range(1, 13)})
    push_drawn(client, pupils(12, r"/\ "))

    assert group(client, "cohort=pupil_premium:true&suppress=5")["suppressed"] is True
    assert group(client, "cohort=pupil_premium:true")["pupils"] == 9
    assert [one["pupils"] for one in groups(client, "by=pupil_premium&suppress=5")] == [None, None]


def test_the_departments_scope_is_such_a_filter(client: Client, school: str) -> None:
    push_roll(client, **{f"P{number}": {"year_group": "R" if number > 9 else "1"} for number in range(1, 13)})
    push_drawn(client, pupils(12, r"/\ "))

    assert group(client, "scope=dfe&suppress=5")["suppressed"] is True


def test_by_code_few_are_withheld(client: Client, school: str) -> None:
    push_drawn(client, pupils(10, r"/\ /\ ") + "\n" + pupils(2, "II II", first=11))

    def shown(query: str) -> dict[str, Any]:
        return {one["key"]["code"]: one["sessions"] for one in groups(client, query)}

    assert shown("by=code") == {"/": 20, "\\": 20, "I": 8}
    assert shown("by=code&suppress=5") == {"/": None, "\\": None, "I": None}


def test_by_school_the_ungrouped_total_gives_nothing_back(
    app: Flask, client: Client, reader: Client, school: str
) -> None:
    for number, count in enumerate((3, 8, 9), start=1):
        urn = make_school(client, f"90000{number}", trust_uid="T900")
        push_drawn(client, pupils(count, r"/\ "), urn, monday=date(2026, 9, 14))

    found = {
        one["key"]["school"]: one["pupils"]
        for one in groups(reader, "by=school", "/v1/trusts/T900/attendance")
    }

    assert found == {"900001": None, "900002": None, "900003": 9}
    assert group(reader, path="/v1/trusts/T900/attendance")["pupils"] == 20
