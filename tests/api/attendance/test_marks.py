"""`POST /v1/schools/{urn}/marks`: bulk pushes, every form of them, and what the receipt says."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.api.attendance.pushed import (
    MARKS,
    MORNING,
    SCHOOL,
    assert_no_upn_is_kept,
    counts,
    known,
    post_csv,
    row,
)
from tests.api.http.problems import problem_in
from tests.make import Client, make_school

SHAPES = Path(__file__).parents[2] / "data" / "shapes"


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


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


def post_file(client: Client, name: str) -> Any:
    return client.post(MARKS, data=(SHAPES / name).read_bytes(), content_type="text/csv")


def totals(client: Client) -> dict[str, int]:
    """How many marks of each code the week of the sample holds."""
    found: Counter[str] = Counter()
    for day in range(7, 12):
        for session in ("AM", "PM"):
            found.update(client.get(f"{SCHOOL}/registers/2026-09-{day:02}/{session}").json["marks"].values())
    return dict(found)
