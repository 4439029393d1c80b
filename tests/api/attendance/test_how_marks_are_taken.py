"""How a push of marks is taken: all or nothing, on trial, known pupils only, in the place of what is held."""

from typing import Any

import pytest

from tests.api.attendance.pushed import (
    MARKS,
    MORNING,
    SCHOOL,
    counts,
    row,
)
from tests.api.http.problems import problem_in
from tests.make import Client, make_school


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


# All or nothing, on trial, known pupils only


def test_all_or_nothing(client: Client) -> None:
    client.post(MARKS, [row("P001", "N")])
    mixed = [row("P001", "I"), row("P002"), row("P003", "QQ")]

    refused = client.post(MARKS + "?atomic=true", mixed)

    said = problem_in(refused, 422)
    assert counts(refused) == {"rejected": 3}
    assert [fault["row"] for fault in said["errors"]] == [3]
    assert client.get(MORNING).json["marks"] == {"P001": "N"}
    assert client.post(SCHOOL + "/pupils/lookup", {"references": ["P002"]}).json["pupils"][0]["pupil"] is None
    assert client.get("/v1/imports/" + said["import_id"]).json["rejected"] == 3
    assert counts(client.post(MARKS + "?atomic=true", mixed[:2])) == {
        "created": 1,
        "updated": 1,
        "unlisted": 1,
    }


def test_a_trial_answers_the_same_and_keeps_nothing(client: Client) -> None:
    client.post(MARKS, [row("P001", "N")])
    rows = [row("P001", "I"), row("P002"), row("P003", "QQ")]

    trial = client.post(MARKS + "?dry_run=true", rows)
    after = client.get(MORNING).json
    real = client.post(MARKS, rows)

    assert after["marks"] == {"P001": "N"}
    assert client.get("/v1/imports/" + trial.json["import_id"]).status_code == 404
    assert trial.json | {"import_id": ""} == real.json | {"import_id": ""}


def test_only_known_pupils_where_that_is_asked_for(client: Client) -> None:
    client.post(MARKS, [row("P001", "N")])

    answer = client.post(MARKS + "?strict_roll=true", [row("P001", "I"), row("P002"), row("P003", "-")])

    assert counts(answer) == {"updated": 1, "unchanged": 1, "rejected": 1}
    assert answer.json["errors"][0]["row"] == 2
    assert client.get(MORNING).json["marks"] == {"P001": "I"}


def test_a_pupil_off_the_roll_keeps_the_mark_and_the_receipt_says_so(client: Client) -> None:
    pupils = [
        {"pupil": "P001", "from": "2026-09-01", "to": "2026-11-19"},
        {"pupil": "P002", "from": "2026-09-01"},
    ]
    client.put(SCHOOL + "/roll?on=2026-09-01", {"pupils": pupils})
    rows = [row("P001"), row("P001", date="2026-11-19"), row("P002"), row("P001", "-", session="PM")]

    assert counts(client.post(MARKS, rows)) == {"created": 3, "unchanged": 1, "off_roll": 1}
    assert client.get(MORNING).json["marks"] == {"P001": "/", "P002": "/"}


def test_an_unlisted_pupil_is_known_from_the_earliest_mark(client: Client) -> None:
    client.post(MARKS, [row(date="2026-11-20"), row(date="2026-11-18")])

    assert counts(client.post(MARKS, [row(date="2026-11-10"), row(date="2026-11-19")])) == {"created": 2}


# Taking the place of what is held


@pytest.fixture
def ten(client: Client) -> list[str]:
    """Ten pupils present on two mornings."""
    pupils = [f"P{n:03}" for n in range(10)]
    client.post(MARKS, [row(pupil, date=date) for pupil in pupils for date in ("2026-11-19", "2026-11-20")])
    return pupils


def test_replacing_removes_what_the_range_holds_and_the_body_does_not_name(
    client: Client, ten: list[str]
) -> None:
    answer = client.post(MARKS + "?replace=2026-11-20..2026-11-20", [row(pupil) for pupil in ten[:8]])

    assert counts(answer) == {"unchanged": 8, "deleted": 2, "removed": 2}
    assert list(client.get(MORNING).json["marks"]) == ten[:8]
    assert len(client.get(SCHOOL + "/registers/2026-11-19/AM").json["marks"]) == 10


def test_replacing_more_than_a_fifth_needs_force(client: Client, ten: list[str]) -> None:
    refused = client.post(MARKS + "?replace=2026-11-20..2026-11-20", [row(pupil) for pupil in ten[:7]])

    assert problem_in(refused, 409)["lost"] == 3
    assert len(client.get(MORNING).json["marks"]) == 10
    blanked = client.post(
        MARKS + "?replace=2026-11-20..2026-11-20", [row(p, "-" if p < "P003" else "/") for p in ten]
    )
    assert blanked.status_code == 409  # a blank takes a mark away too
    forced = client.post(MARKS + "?replace=2026-11-20..2026-11-20&force=true", [row(ten[0])])
    assert counts(forced) == {"unchanged": 1, "deleted": 9, "removed": 9}


def test_what_is_refused_whole_for_a_row_is_not_asked_to_be_forced(client: Client, ten: list[str]) -> None:
    answer = client.post(
        MARKS + "?replace=2026-11-19..2026-11-20&atomic=true", [row("P000"), row("P001", "QQ")]
    )

    assert (answer.status_code, counts(answer)) == (422, {"rejected": 2})
    assert len(client.get(MORNING).json["marks"]) == 10


def test_a_push_whose_rows_are_all_rejected_is_not_asked_to_be_forced(client: Client, ten: list[str]) -> None:
    contradicting = [row("P000", "I"), row("P000", "L")]

    answer = client.post(MARKS + "?replace=2026-11-20..2026-11-20", contradicting)

    assert (answer.status_code, counts(answer)) == (422, {"rejected": 2})
    assert len(client.get(MORNING).json["marks"]) == 10


def test_a_row_outside_the_range_that_it_replaces_is_rejected(client: Client, ten: list[str]) -> None:
    rows = [row(pupil) for pupil in ten] + [row(date="2026-11-18")]

    answer = client.post(MARKS + "?replace=2026-11-19..2026-11-20&force=true", rows)

    assert counts(answer) == {"unchanged": 10, "rejected": 1, "deleted": 10, "removed": 10}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-20",
        "2026-11-20..",
        "..",
        "2026-11-20..2026-11-19",
        "20261119..20261120",
        "2026-W47-4..2026-W47-5",
    ],
)
def test_a_range_that_is_none_is_not_valid(client: Client, ten: list[str], text: str) -> None:
    said = problem_in(client.post(MARKS + "?replace=" + text, [row()]), 422)

    assert said["errors"][0]["pointer"] == "/query/replace"


def test_a_range_may_be_all_the_time_there_is(client: Client, ten: list[str]) -> None:
    rows = [row(pupil, date=date) for pupil in ten for date in ("2026-11-19", "2026-11-20")]

    answer = client.post(MARKS + "?replace=0001-01-01..9999-12-31", rows)

    assert counts(answer) == {"unchanged": 20}


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"code": "QQ"}, id="unknown code"),
        pytest.param({"code": "\\"}, id="wrong session"),
        pytest.param({"code": "/\x00"}, id="unreadable code"),
    ],
)
def test_a_rejected_row_leaves_its_mark_though_the_rest_is_replaced(
    client: Client, ten: list[str], wrong: dict[str, Any]
) -> None:
    rows = [row(pupil) for pupil in ten]
    rows[0] |= wrong

    bulk = client.post(MARKS + "?replace=2026-11-20..2026-11-20", rows)
    whole = client.put(MORNING, {"marks": {one["pupil"]: one["code"] for one in rows}})

    for answer in (bulk, whole):
        assert counts(answer) == {"unchanged": 9, "rejected": 1}
    assert client.get(MORNING).json["marks"] == dict.fromkeys(ten, "/")


@pytest.mark.parametrize("query", ["", "&strict_roll=true"])
def test_where_every_row_is_rejected_nothing_is_removed(client: Client, ten: list[str], query: str) -> None:
    wrong = row("X", "/" if query else "QQ")

    bulk = client.post(MARKS + "?replace=2026-11-20..2026-11-20&force=true" + query, [wrong])
    whole = client.put(MORNING + "?force=true" + query, {"marks": {"X": wrong["code"]}})

    for answer in (bulk, whole):
        assert (answer.status_code, counts(answer)) == (422, {"rejected": 1})
    assert client.get(MORNING).json["revision"] == 1
