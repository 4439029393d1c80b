"""`POST /v1/schools/{urn}/marks`: bulk pushes, every form of them, and what the receipt says."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.api.http.problems import problem_in
from tests.conftest import Clock
from tests.make import Client, make_school

SHAPES = Path(__file__).parents[2] / "data" / "shapes"
SCHOOL = "/v1/schools/900001"
MARKS = SCHOOL + "/marks"
MORNING = SCHOOL + "/registers/2026-11-20/AM"
AFTERNOON = SCHOOL + "/registers/2026-11-20/PM"
OUTCOMES = ("created", "updated", "unchanged", "stale", "deleted", "rejected")
NOTES = ("removed", "unlisted", "off_roll")


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def row(pupil: str = "P001", code: str | None = "/", **other: Any) -> dict[str, Any]:
    return {"pupil": pupil, "date": "2026-11-20", "session": "AM", "code": code} | other


def register(*pupils: str, code: str = "/") -> dict[str, Any]:
    return {"marks": dict.fromkeys(pupils, code)}


def counts(answer: Any) -> dict[str, int]:
    """What a receipt counts, without what is nought; the equation holds of each."""
    said = answer.json
    assert said["received"] == sum(said[name] for name in OUTCOMES) - said["removed"], said
    return {name: said[name] for name in (*OUTCOMES, *NOTES) if said[name]}


def known(client: Client, *references: str) -> list[str | None]:
    """Whom each reference means."""
    found = client.post(SCHOOL + "/pupils/lookup", {"references": list(references)}).json["pupils"]
    return [one["pupil"] for one in found]


ROWS = [row("P001"), row("P002", "I"), row("P003", "L", minutes_late=4)]
AS_CSV = (
    "pupil,date,session,code,minutes_late\n"
    "P001,2026-11-20,AM,/,\nP002,2026-11-20,AM,I,\nP003,2026-11-20,AM,L,4\n"
)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        pytest.param(json.dumps(ROWS), "application/json", id="array"),
        pytest.param(json.dumps({"data": ROWS}), "application/json", id="object"),
        pytest.param("\n".join(map(json.dumps, ROWS)), "application/x-ndjson", id="NDJSON"),
        pytest.param(AS_CSV, "text/csv", id="CSV"),
        pytest.param(AS_CSV, "text/plain", id="CSV by its content"),
        pytest.param("\ufeff" + AS_CSV.replace("\n", "\r\n"), "text/csv", id="CSV with mark and CRLF"),
        pytest.param(
            AS_CSV.replace(",", ";").replace("2026-11-20", "20/11/2026"), "text/csv", id="semicolons"
        ),
    ],
)
def test_every_form_gives_the_same_register(client: Client, body: str, media_type: str, packed: bool) -> None:
    raw = body.encode()
    answer = client.post(
        MARKS,
        data=gzip.compress(raw) if packed else raw,
        content_type=media_type,
        headers={"Content-Encoding": "gzip"} if packed else {},
    )

    assert counts(answer) == {"created": 3, "unlisted": 3}
    held = client.get(MORNING).json
    assert held["marks"] == {"P001": "/", "P002": "I", "P003": "L"}
    assert held["minutes_late"] == {"P003": 4}


def test_the_sample_week_and_its_corrections_come_to_their_totals(client: Client, app: Flask) -> None:
    expected = json.loads((SHAPES / "expected_totals.json").read_text())

    first = post_file(client, "long_marks.csv")
    assert first.json["created"] == sum(expected["marks_by_code"].values()) - expected["marks_by_code"]["-"]
    assert first.json["unlisted"] == expected["pupils"]
    assert totals(client) == {code: n for code, n in expected["marks_by_code"].items() if code != "-"}

    corrected = post_file(client, "long_marks_corrections.csv")
    assert corrected.status_code == 200
    assert totals(client) == expected["marks_by_code_after_corrections"]

    again = post_file(client, "long_marks_corrections.csv")
    assert counts(again) == {"unchanged": again.json["received"]}
    assert_no_upn_is_kept(app, ["Z000000026001", "R000000026004", "F000000026005"])


def test_a_mark_taken_away_is_deleted_and_once_more_is_unchanged(client: Client) -> None:
    client.post(MARKS, [row("P001"), row("P002"), row("P003"), row("P004")])

    blanks = [row("P001", ""), row("P002", "-"), row("P003", None), row("P004", "/", deleted=True)]

    assert counts(client.post(MARKS, blanks)) == {"deleted": 4}
    assert counts(client.post(MARKS, blanks)) == {"unchanged": 4}
    assert client.get(MORNING).json["marks"] == {}


def test_a_deleted_row_needs_no_code(client: Client) -> None:
    client.post(MARKS, [row("P001")])
    without = {name: value for name, value in row("P001", deleted=True).items() if name != "code"}

    assert counts(client.post(MARKS, [without])) == {"deleted": 1}


def test_a_blank_for_nobody_makes_nobody_known(client: Client) -> None:
    assert counts(client.post(MARKS, [row("X", "-")])) == {"unchanged": 1}

    found = client.post(SCHOOL + "/pupils/lookup", {"references": ["X"]}).json["pupils"]
    assert found == [{"reference": "X", "pupil": None}]


@pytest.mark.parametrize(
    ("second", "expected", "held"),
    [
        pytest.param(row(), {"created": 1, "unchanged": 1, "unlisted": 1}, "/", id="agrees"),
        pytest.param(row(code="I"), {"rejected": 2}, None, id="disagrees"),
    ],
)
def test_a_second_row_for_one_mark(
    client: Client, second: dict[str, Any], expected: dict[str, int], held: str | None
) -> None:
    answer = client.post(MARKS, [row(), second])

    assert counts(answer) == expected
    marks = client.get(MORNING)
    assert (marks.json["marks"].get("P001") if marks.status_code == 200 else None) == held


def test_rows_that_contradict_each_other_make_nobody_known(client: Client) -> None:
    answer = client.post(MARKS, [row("P001"), row("P001", "I"), row("P002")])

    assert counts(answer) == {"created": 1, "rejected": 2, "unlisted": 1}
    assert known(client, "P001", "P002") == [None, "P002"]


def test_rows_that_contradict_each_other_do_not_say_since_when_a_pupil_is_there(client: Client) -> None:
    term = {"name": "Autumn", "half_term": 2, "from": "2026-11-02", "to": "2026-12-18"}
    client.put(SCHOOL + "/calendar/2026-27", {"terms": [term], "closures": []})
    client.post(MARKS, [row("P001")])

    client.post(
        MARKS, [row("P001", code, date="2026-11-16") for code in "/I"] + [row("P002", date="2026-11-16")]
    )

    found = client.get(SCHOOL + "/coverage?from=2026-11-16&to=2026-11-16").json
    assert (found["complete"], found["incomplete"]) == (1, [])


def test_rows_that_contradict_each_other_give_no_reference_and_join_nobody(client: Client) -> None:
    client.post(MARKS, [row("P001", session="PM", code="\\"), row("9901")])
    body = "pupil,MISID,Date,Session,Mark\n" + "".join(
        f"{pupil},{mis},2026-11-19,AM,{code}\n"
        for pupil, mis, code in (
            ("P001", "9901", "/"),
            ("P001", "9901", "I"),
            ("P001", "new", "/"),
            ("x", "new", "/"),
        )
    )

    answer = post_csv(client, body)

    assert counts(answer) == {"rejected": 4}
    assert known(client, "P001", "9901", "new", "x") == ["P001", "9901", None, None]


@pytest.mark.parametrize("newer_first", [True, False])
def test_of_two_rows_for_one_mark_the_newer_wins(client: Client, newer_first: bool) -> None:
    rows = [
        row(code="I", source_updated_at="2026-11-20T08:59:00Z"),
        row(code="/", source_updated_at="2026-11-20T08:30:00+00:00"),
    ]

    answer = client.post(MARKS, rows if newer_first else rows[::-1])

    assert counts(answer) == {"created": 1, "stale": 1, "unlisted": 1}
    assert client.get(MORNING).json["marks"] == {"P001": "I"}


def test_times_are_compared_whatever_their_offset(client: Client) -> None:
    client.post(MARKS, [row(source_updated_at="2026-11-20T09:00:00+01:00")])

    assert counts(client.post(MARKS, [row(code="I", source_updated_at="2026-11-20T07:59:59Z")])) == {
        "stale": 1
    }
    assert counts(client.post(MARKS, [row(code="I", source_updated_at="2026-11-20T08:00:00Z")])) == {
        "updated": 1
    }


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param({"date": "2026-02-30"}, "no day of the calendar", id="30 February"),
        pytest.param({"date": "20/11/2026"}, "write YYYY-MM-DD", id="another form of date"),
        pytest.param({"date": "2026-W47-5"}, "write YYYY-MM-DD", id="a day of a week"),
        pytest.param({"date": "2026-11-22"}, "in the future", id="past tomorrow"),
        pytest.param({"date": "9999-12-31"}, "in the future", id="the last day there is"),
        pytest.param({"date": "0001-01-01"}, "before 2006-09-01", id="the first day there is"),
        pytest.param({"date": "0001-01-01", "code": "-"}, "before 2006-09-01", id="no mark on the first day"),
        pytest.param({"session": "am"}, "AM", id="another session"),
        pytest.param({"code": "QQ"}, "QQ isn't a code", id="unknown code"),
        pytest.param({"code": "\\"}, "afternoon", id="a code of the afternoon"),
        pytest.param({"code": "H"}, "2024-08-18", id="a retired code"),
        pytest.param({"code": "/\x00"}, "can't be a code", id="NUL in a code"),
        pytest.param({"code": 5}, "code must be", id="a number for a code"),
        pytest.param({"pupil": "x" * 65}, "65 characters", id="65 characters"),
        pytest.param({"pupil": "a\x00b"}, "control character", id="NUL in a reference"),
        pytest.param({"pupil": "a\x1bb"}, "control character", id="a control character"),
        pytest.param({"pupil": "a\u2028b"}, "control character", id="a line separator"),
        pytest.param({"pupil": " "}, "blank", id="blank"),
        pytest.param({"pupil": ""}, "blank", id="empty"),
        pytest.param({"pupil": None}, "pupil must be", id="nobody"),
        pytest.param({"minutes_late": 1000}, "minutes_late must be", id="minutes"),
        pytest.param({"minutes_late": -1}, "minutes_late must be", id="minutes before"),
        pytest.param({"source_updated_at": "2026-11-20T08:00:00"}, "offset", id="a time without offset"),
        pytest.param({"surname": "Sample"}, "never kept", id="a name"),
        pytest.param({"mark": "/"}, "no field of a row", id="an unknown field"),
    ],
)
def test_a_row_that_cannot_be_is_rejected_alone_by_its_number(
    client: Client, wrong: dict[str, Any], sentence: str
) -> None:
    answer = client.post(MARKS, [row("P001"), row("P002") | wrong, row("P003")])

    assert answer.status_code == 207
    assert counts(answer) == {"created": 2, "rejected": 1, "unlisted": 2}
    [fault] = answer.json["errors"]
    assert fault["row"] == 2
    assert sentence in fault["detail"]
    assert client.get(MORNING).json["marks"] == {"P001": "/", "P003": "/"}


def test_a_reference_may_have_64_characters_of_any_script(client: Client) -> None:
    for reference in ("x" * 64, "学" * 64, "a b", "ö/~&?#%", "'; DROP TABLE pupils; --", "😀"):
        client.post(MARKS, [row(reference)])
        assert reference in client.get(MORNING).json["marks"]


def test_all_rows_rejected_is_a_problem_that_carries_the_receipt_and_is_kept(client: Client) -> None:
    answer = client.post(MARKS, [row(code="QQ"), row(code="ZZ")])

    said = problem_in(answer, 422)
    assert counts(answer) == {"rejected": 2}
    kept = client.get("/v1/imports/" + said["import_id"]).json
    assert {name: kept[name] for name in ("received", "rejected", "errors", "status")} == {
        "received": 2,
        "rejected": 2,
        "errors": said["errors"],
        "status": 422,
    }


def test_all_errors_are_there_past_the_thousand_that_the_receipt_shows(client: Client) -> None:
    answer = client.post(MARKS, [row(f"P{n}", "QQ") for n in range(1001)])

    assert answer.json["rejected"] == 1001
    assert len(answer.json["errors"]) == 1000
    path: str | None = f"/v1/imports/{answer.json['import_id']}/errors?limit=200"
    seen = []
    while path:
        page = client.get(path)
        seen += [fault["row"] for fault in page.json["items"]]
        path = page.headers.get("Link", "").partition("<")[2].partition(">")[0]
    assert seen == list(range(1, 1002))


def test_sundays_are_taken_with_a_warning(client: Client) -> None:
    answer = client.post(MARKS, [row(date="2026-11-15"), row(date="2026-11-16")])

    assert answer.status_code == 200
    assert [warning for warning in answer.json["warnings"] if "2026-11-15" in warning]
    assert not [warning for warning in answer.json["warnings"] if "2026-11-16" in warning]


def test_a_push_may_reach_over_academic_years(client: Client) -> None:
    rows = [row(date="2025-07-01", code="I"), row(date="2026-09-07"), row("P002", date="2026-09-07")]

    assert counts(client.post(MARKS, rows)) == {"created": 3, "unlisted": 2}
    assert client.get(SCHOOL + "/registers/2025-07-01/AM").json["marks"] == {"P001": "I"}
    assert client.get(SCHOOL + "/registers/2026-09-07/AM").json["marks"] == {"P001": "/", "P002": "/"}


def test_nothing_in_a_push_is_a_push_of_nothing(client: Client) -> None:
    answer = client.post(MARKS, [])

    assert (answer.status_code, answer.json["received"]) == (200, 0)


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


# Who a pupil is


def both(upn: str, mis: str, code: str = "/", date: str = "20/11/2026") -> str:
    return f"UPN,MISID,Date,Session,Mark\n{upn},{mis},{date},AM,{code}\n"


def post_csv(client: Client, body: str, query: str = "") -> Any:
    return client.post(MARKS + query, data=body.encode(), content_type="text/csv")


def test_references_in_one_row_are_one_pupil(client: Client) -> None:
    post_csv(client, both("Z000000026001", "9901"))

    answer = client.post(MARKS, [row("z000000026001", session="PM", code="\\"), row("9901", "I")])

    assert counts(answer) == {"created": 1, "updated": 1}
    assert client.get(MORNING).json["marks"] == {"9901": "I"}
    assert client.get(AFTERNOON).json["marks"] == {"9901": "\\"}


def test_two_known_pupils_whom_a_row_names_are_joined(client: Client) -> None:
    client.post(MARKS, [row("Z000000026001", "I"), row("9901", "\\", session="PM"), row("P002")])

    answer = post_csv(client, both("Z000000026001", "9901", "/", "19/11/2026"))

    assert counts(answer) == {"created": 1}
    [pupil] = client.get(AFTERNOON).json["marks"]
    assert client.get(MORNING).json["marks"] == {pupil: "I", "P002": "/"}


def test_references_joined_where_their_marks_disagree_are_refused_naming_both(client: Client) -> None:
    client.post(MARKS, [row("P001", "I"), row("9901", "/")])

    answer = client.post(
        MARKS,
        data=b"pupil,MISID,Date,Session,Mark\nP001,9901,2026-11-19,AM,/\nP003,,2026-11-19,AM,/\n",
        content_type="text/csv",
    )

    said = problem_in(answer, 409)
    assert "P001" in said["detail"]
    assert "9901" in said["detail"]
    assert "2026-11-20 AM" in said["detail"]
    assert client.get(SCHOOL + "/registers/2026-11-19/AM").status_code == 404
    assert client.get(MORNING).json["marks"] == {"P001": "I", "9901": "/"}


def test_a_pupil_of_the_roll_keeps_name_and_characteristics_when_marks_join_another(client: Client) -> None:
    client.post(MARKS, [row("early", "I")])
    pupils = [{"pupil": "R1", "from": "2026-09-01", "year_group": "7", "cohorts": {"pupil_premium": True}}]
    client.put(SCHOOL + "/roll?on=2026-09-01&force=true", {"pupils": pupils})

    answer = client.post(
        MARKS, data=b"pupil,MISID,Date,Session,Mark\nearly,R1,2026-11-19,AM,/\n", content_type="text/csv"
    )

    assert answer.status_code == 200
    assert client.get(MORNING).json["marks"] == {"R1": "I"}
    [shown] = client.get(SCHOOL + "/roll").json["pupils"]
    assert (shown["pupil"], shown["year_group"]) == ("R1", "7")
    assert shown["aliases"] == ["early"]


def test_a_chain_of_references_is_one_pupil_whatever_the_order_of_its_rows(client: Client) -> None:
    client.post(
        MARKS, [row("a", date="2026-11-16"), row("c", date="2026-11-17"), row("d", date="2026-11-18")]
    )
    body = (
        "pupil,MISID,UPN,Date,Session,Mark\n"
        "a,c,,2026-11-19,AM,/\n"
        "d,new,,2026-11-19,PM,\\\n"
        "c,d,,2026-11-20,AM,/\n"
        "new,,,2026-11-20,PM,\\\n"
    )

    assert counts(post_csv(client, body)) == {"created": 4}

    found = client.post(SCHOOL + "/pupils/lookup", {"references": ["a", "c", "d", "new"]}).json["pupils"]
    assert len({pupil["pupil"] for pupil in found}) == 1
    for day, session in (("16", "AM"), ("17", "AM"), ("18", "AM"), ("19", "PM"), ("20", "PM")):
        held = client.get(f"{SCHOOL}/registers/2026-11-{day}/{session}").json["marks"]
        assert list(held) == [found[0]["pupil"]]


def test_a_blank_takes_the_mark_away_whichever_of_its_references_is_known(client: Client) -> None:
    client.post(MARKS, [row("Z000000026001", "I")])

    answer = post_csv(client, both("Z000000026001", "9901", ""))

    assert counts(answer) == {"deleted": 1}
    assert client.get(MORNING).json["marks"] == {}


def test_two_references_of_one_pupil_in_a_register_are_two_rows_for_one_mark(client: Client) -> None:
    post_csv(client, both("Z000000026001", "9901", "/", "19/11/2026"))

    agree = client.put(MORNING, {"marks": {"Z000000026001": "/", "9901": "/"}})
    disagree = client.put(MORNING, {"marks": {"Z000000026001": "I", "9901": "N"}})

    assert counts(agree) == {"created": 1, "unchanged": 1}
    assert (disagree.status_code, counts(disagree)) == (422, {"rejected": 2})
    assert client.get(MORNING).json["marks"] == {"9901": "/"}


def test_what_was_joined_is_still_apart_in_what_was_held_before(client: Client, clock: Clock) -> None:
    client.post(MARKS, [row("a", "I"), row("b", "\\", session="PM")])
    before = clock.advance(minutes=1)
    clock.advance(minutes=1)
    client.post(MARKS, data=b"pupil,MISID,Date,Session,Mark\na,b,2026-11-19,AM,/\n", content_type="text/csv")

    then = client.get(AFTERNOON, query_string={"as_of": before.isoformat()}).json
    assert then["marks"] == {"b": "\\"}
    assert client.get(AFTERNOON).json["marks"] == {"a": "\\"}


# No UPN is ever kept


def test_no_table_keeps_a_upn_from_wherever_it_came(client: Client, app: Flask) -> None:
    upn, former, in_text = "Z000000026001", "Y12345678901B", "X00000002600A"
    post_csv(client, both(upn, "9901"))
    client.put(MORNING, {"marks": {former: "I", f"{in_text}/x": "QQ", "P001": f"{in_text}"}})
    client.post(MARKS, [row(f"\n{in_text}"), row("P001", in_text), row("P001", date=upn), {upn: upn}])
    client.post(MARKS, data=f"{upn},Date,Session,Mark,UPN\nx,{former},AM,/,{upn}\n", content_type="text/csv")
    client.put(SCHOOL, {"name": f"School of {upn}", "trust_name": former, "aliases": [upn, in_text.lower()]})
    client.put(SCHOOL + "/roll", {"pupils": [{"pupil": upn, "aliases": [former], "from": "2026-09-01"}]})
    client.post(MARKS, [row()], headers={"Idempotency-Key": f"push of {upn}", "X-Request-ID": former})
    client.post(f"/v1/schools/{upn}/marks", [row("P009")], headers={"Idempotency-Key": "1"})

    assert_no_upn_is_kept(app, [upn, former, in_text])


def assert_no_upn_is_kept(app: Flask, upns: list[str]) -> None:
    """Look through every text and blob of every table, and what the migrations made beside the models."""
    with app.extensions["headway"].tools.database.looking_up() as connection:
        names = connection.dialect.get_table_names(connection)
        assert "pupil_references" in names
        kept = b"\0".join(
            value if isinstance(value, bytes) else str(value).encode()
            for name in names
            for row in connection.execute(text(f'SELECT * FROM "{name}"'))
            for value in row
        ).upper()
    assert b"U_" in kept
    assert not [upn for upn in upns if upn.encode() in kept]


def post_file(client: Client, name: str) -> Any:
    return client.post(MARKS, data=(SHAPES / name).read_bytes(), content_type="text/csv")


def totals(client: Client) -> dict[str, int]:
    """How many marks of each code the week of the sample holds."""
    found: Counter[str] = Counter()
    for day in range(7, 12):
        for session in ("AM", "PM"):
            found.update(client.get(f"{SCHOOL}/registers/2026-09-{day:02}/{session}").json["marks"].values())
    return dict(found)
