"""The layout `daily_code_counts`: session counts by year group, pushed in bulk."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.api.attendance.drawn import by, group
from tests.api.http.problems import problem_in
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

SHAPES = Path(__file__).parents[2] / "data" / "shapes"
SAMPLE = (SHAPES / "daily_code_counts.json").read_bytes()
EXPECTED = json.loads((SHAPES / "expected_totals.json").read_text())["marks_by_code"]
WEEK = "from=2026-09-07&to=2026-09-11"
URN = "100000"
"""The school that the sample is of."""

PATH = f"/v1/schools/{URN}/attendance"

Row = dict[str, Any]


@pytest.fixture
def school(client: Client) -> str:
    return make_school(client, URN)


def row(**given: Any) -> Row:
    told = {"date": "2026-11-19", "session": "AM", "year_group": 7, "codes": {"/": 20, "I": 2}}
    return told | given


def push(client: Client, body: Any, urn: str = URN, **query: Any) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    path = f"/v1/schools/{urn}/marks"
    return client.post(path, data=raw, content_type="application/json", query_string=query)


def counts(answer: Any) -> dict[str, int]:
    """What became of the rows, without what is nought; the equation holds."""
    said = answer.json
    outcomes = ("created", "updated", "unchanged", "stale", "deleted", "rejected")
    assert said["received"] == sum(said[name] for name in outcomes) - said["removed"], said
    return {name: said[name] for name in outcomes if said[name]}


def held(client: Client, year_group: str | None = "7", session: str = "2026-11-19/AM") -> Any:
    part = f"?year_group={year_group}" if year_group else ""
    answer = client.get(f"/v1/schools/{URN}/session-counts/{session}{part}")
    return answer.json["counts"] if answer.status_code == 200 else answer.status_code


@pytest.mark.parametrize("layout", [None, "daily_code_counts"], ids=["recognised", "named"])
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_the_sample_gives_the_marks_of_its_week_by_year_group(
    client: Client, school: str, layout: str | None, packed: bool
) -> None:
    answer = push(
        client, gzip.compress(SAMPLE) if packed else SAMPLE, **({"layout": layout} if layout else {})
    )

    assert answer.status_code == 200, answer.text
    assert (counts(answer), answer.json["warnings"]) == ({"created": 20}, [])
    week = {code: count for code, count in EXPECTED.items() if code != "-"}
    assert group(client, WEEK, PATH)["codes"] == week
    found = by(client, f"by=year_group&{WEEK}", "codes", PATH)
    assert Counter(found["7"]) + Counter(found["8"]) == Counter(week)
    assert held(client, "7", "2026-09-07/AM") == {"/": 1, "L": 1, "O": 1}


def test_pushing_it_again_changes_nothing(client: Client, school: str) -> None:
    push(client, SAMPLE)
    path = f"/v1/schools/{URN}/session-counts/2026-09-07/AM?year_group=7"
    before = client.get(path).json

    assert counts(push(client, SAMPLE)) == {"unchanged": 20}
    assert client.get(path).json == before


def test_rows_may_come_one_a_line(client: Client, school: str) -> None:
    lines = b"\n".join(json.dumps(line).encode() for line in json.loads(SAMPLE))

    assert counts(push(client, lines)) == {"created": 20}


def test_a_correction_is_another_version(client: Client, school: str, clock: Clock) -> None:
    push(client, [row()])
    before = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)

    answer = push(client, [row(codes={"/": 19, "I": 3}), row(session="PM", codes={"\\": 22})])

    assert counts(answer) == {"created": 1, "updated": 1}
    path = f"/v1/schools/{URN}/session-counts/2026-11-19/AM?year_group=7"
    assert client.get(path).json["revision"] == 2
    assert client.get(f"{path}&as_of={before}").json["counts"] == {"/": 20, "I": 2}


def test_the_receipt_is_kept_and_one_entry_of_the_audit(client: Client, school: str) -> None:
    answer = push(client, SAMPLE)

    kept = client.get(f"/v1/imports/{answer.json['import_id']}").json
    assert (kept["kind"], kept["received"], kept["created"]) == ("session_counts", 20, 20)
    entries = client.get(f"/v1/audit?school={URN}").json["items"]
    assert [entry["kind"] for entry in entries].count("session_counts") == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"codes": {"/": 1, "QQ": 2}}, "QQ", id="an unknown code"),
        pytest.param({"codes": {"\\": 1}}, "morning", id="a code of the other session"),
        pytest.param({"codes": {"H": 1}}, "not valid on", id="a code outside its dates"),
        pytest.param({"codes": {"/": -1}}, "whole number", id="a negative count"),
        pytest.param({"codes": {"/": 1.5}}, "whole number", id="half a pupil"),
        pytest.param({"codes": {"/": True}}, "whole number", id="a count that is none"),
        pytest.param({"codes": {"/": 100_001}}, "100,000", id="a count out of all range"),
        pytest.param({"codes": [1]}, "object", id="codes that are a list"),
        pytest.param({"codes": None}, "codes is missing", id="no codes"),
        pytest.param({"date": "19/11/2026"}, "YYYY-MM-DD", id="a date in another form"),
        pytest.param({"date": 20261119}, "a text", id="a date that is a number"),
        pytest.param({"date": None}, "date is missing", id="no date"),
        pytest.param({"date": "2026-11-22"}, "in the future", id="a day after tomorrow"),
        pytest.param({"session": "ED"}, "neither AM nor PM", id="another session"),
        pytest.param({"year_group": "Total"}, "year group", id="a totals row"),
        pytest.param({"year_group": 70}, "year group", id="no year group of England"),
    ],
)
def test_a_row_that_cannot_be_is_rejected_alone(
    client: Client, school: str, given: dict[str, Any], says: str
) -> None:
    answer = push(client, [row(session="PM", codes={"\\": 22}), row(**given)])

    assert answer.status_code == 207
    assert counts(answer) == {"created": 1, "rejected": 1}
    [fault] = answer.json["errors"]
    assert fault["row"] == 2
    assert says in fault["detail"]
    assert held(client) == 404


@pytest.mark.parametrize("stranger", [12, "text", None, [], [[]]])
def test_what_is_no_row_is_rejected_alone(client: Client, school: str, stranger: Any) -> None:
    answer = push(client, [row(), stranger])

    assert counts(answer) == {"created": 1, "rejected": 1}


@pytest.mark.parametrize("codes", [{}, {"-": 20}, {"": 20}, {"/": None, "I": ""}])
def test_a_row_in_which_nobody_is_counted_says_nothing(client: Client, school: str, codes: Any) -> None:
    assert counts(push(client, [row(codes=codes)])) == {"unchanged": 1}
    assert held(client) == 404

    push(client, [row()])

    assert counts(push(client, [row(codes=codes)])) == {"unchanged": 1}
    assert held(client) == {"/": 20, "I": 2}


def test_blank_counts_and_pupils_without_a_mark_are_passed_over(client: Client, school: str) -> None:
    push(client, [row(codes={"/": 20, "-": 2, "": 1, "O": None, "I": 0})])

    assert held(client) == {"/": 20, "I": 0}


def test_the_schools_code_map_is_applied_and_its_counts_added_up(client: Client, school: str) -> None:
    client.put(f"/v1/schools/{URN}/code-map", {"map": {"XA": "C", "XB": "C"}})

    answer = push(client, [row(codes={"XA": 1, "XB": 2, "C": 3, "/": 4})])

    assert counts(answer) == {"created": 1}
    assert held(client) == {"C": 6, "/": 4}


@pytest.mark.parametrize("written", ["7", "07", "Y7", "Year 7", " year 7 "])
def test_a_year_group_may_be_written_in_some_ways(client: Client, school: str, written: str) -> None:
    push(client, [row(year_group=written)])

    assert held(client) == {"/": 20, "I": 2}


def test_a_row_without_a_year_group_counts_the_whole_school(client: Client, school: str) -> None:
    push(client, [row(year_group=None, codes={"/": 350})])

    assert held(client, None) == {"/": 350}


def test_of_two_rows_for_one_session_the_agreeing_count_once_and_others_are_rejected(
    client: Client, school: str
) -> None:
    other = row(year_group=8)

    answer = push(client, [row(), other, row(codes={"I": 2, "/": 20}), other | {"codes": {"I": 1}}])

    assert answer.status_code == 207
    assert counts(answer) == {"created": 1, "unchanged": 1, "rejected": 2}
    assert [fault["row"] for fault in answer.json["errors"]] == [2, 4]
    assert "another row of this push" in answer.json["errors"][0]["detail"]
    assert held(client, "8") == 404


def test_fields_that_are_not_known_are_dropped_and_named(client: Client, school: str) -> None:
    answer = push(client, [row(school_name="Example School", tutor="A. Person")])

    assert answer.json["dropped_columns"] == ["school_name", "tutor"]


def test_counts_that_do_not_add_up_to_the_roll_are_told_of(client: Client, school: str) -> None:
    answer = push(client, [row(on_roll=22), row(session="PM", codes={"\\": 20}, on_roll=22)])

    assert answer.json["warnings"] == ["in 1 row the counts don't add up to on_roll, first in row 2"]


def test_a_dry_run_keeps_nothing(client: Client, school: str) -> None:
    answer = push(client, SAMPLE, dry_run="true")

    assert counts(answer) == {"created": 20}
    assert held(client, "7", "2026-09-07/AM") == 404
    assert counts(push(client, SAMPLE)) == {"created": 20}


def test_all_or_nothing(client: Client, school: str) -> None:
    answer = push(client, [row(), row(session="PM", codes={"QQ": 1})], atomic="true")

    assert problem_in(answer, 422)
    assert (answer.json["received"], answer.json["rejected"], answer.json["created"]) == (2, 2, 0)
    assert held(client) == 404


def test_where_no_row_can_be_taken_the_answer_is_a_problem_with_the_receipt(
    client: Client, school: str
) -> None:
    answer = push(client, [row(codes={"QQ": 1})])

    assert problem_in(answer, 422)
    assert counts(answer) == {"rejected": 1}


WEEK_OF_ROWS = [
    row(date=f"2026-11-{day}", session=session, codes={"I": day})
    for day in (16, 17, 18)
    for session in ("AM", "PM")
]


def test_a_push_that_replaces_takes_away_what_no_row_names(client: Client, school: str) -> None:
    push(client, WEEK_OF_ROWS)

    answer = push(client, WEEK_OF_ROWS[1:], replace="2026-11-16..2026-11-20")

    assert counts(answer) == {"unchanged": 5, "deleted": 1}
    assert answer.json["removed"] == 1
    assert held(client, "7", "2026-11-16/AM") == 404


def test_more_than_a_fifth_is_taken_away_only_when_forced(client: Client, school: str) -> None:
    push(client, WEEK_OF_ROWS)

    refused = push(client, WEEK_OF_ROWS[2:], replace="2026-11-16..2026-11-20")

    assert problem_in(refused, 409)
    assert held(client, "7", "2026-11-16/AM") == {"I": 16}
    forced = push(client, WEEK_OF_ROWS[2:], replace="2026-11-16..2026-11-20", force="true")
    assert counts(forced) == {"unchanged": 4, "deleted": 2}


def test_a_rejected_row_takes_nothing_away(client: Client, school: str) -> None:
    push(client, WEEK_OF_ROWS)
    named = [WEEK_OF_ROWS[0] | {"codes": {"QQ": 1}}, *WEEK_OF_ROWS[1:]]
    unreadable = [WEEK_OF_ROWS[0] | {"session": "ED"}, *WEEK_OF_ROWS[1:]]
    outside = [*WEEK_OF_ROWS, row(date="2026-11-19")]

    for rows in (named, unreadable):
        answer = push(client, rows, replace="2026-11-16..2026-11-18")
        assert counts(answer) == {"unchanged": 5, "rejected": 1}
    assert counts(push(client, outside, replace="2026-11-16..2026-11-18")) == {"unchanged": 6, "rejected": 1}
    assert held(client, "7", "2026-11-16/AM") == {"I": 16}


def test_a_row_of_another_school_is_rejected(client: Client, school: str) -> None:
    make_school(client, "100001")

    answer = push(client, [row(urn=URN), row(urn="100001", year_group=8), row(urn="999999", year_group=9)])

    assert counts(answer) == {"created": 1, "rejected": 2}
    assert "isn't this school" in answer.json["errors"][0]["detail"]


def test_a_school_that_nobody_knows_is_taken_for_the_one_addressed_with_a_warning(client: Client) -> None:
    make_school(client, "900001")

    answer = push(client, SAMPLE, "900001")

    assert counts(answer) == {"created": 20}
    assert "name 100000, not known here" in answer.json["warnings"][0]
    client.put("/v1/schools/900001", {"name": "Example School", "phase": "secondary", "aliases": ["100000"]})
    assert push(client, SAMPLE, "900001").json["warnings"] == []


def test_a_key_needs_the_scope_and_the_school(app: Flask, client: Client, school: str) -> None:
    assert push(make_key(app, ["attendance:read"]), SAMPLE).status_code == 403
    assert push(make_key(app, ["attendance:write"], ["900002"]), SAMPLE).status_code == 404
    assert push(make_key(app, ["attendance:write"], [URN]), SAMPLE).status_code == 200
