"""Exit reasons, stay reasons and staff surveys as counts, and absences of staff that came as events."""

import json
from typing import Any

import pytest
from flask import Flask

from tests.api.workforce.made import ABSENCE, SCHOOL, WORKFORCE, absence, told
from tests.api.workforce.test_imports import counts, push
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

EXIT = f"{SCHOOL}/exit-reasons/2025-26"
STAY = f"{SCHOOL}/stay-reasons/2025-26"
SURVEYS = f"{SCHOOL}/staff-surveys"
SURVEY = f"{SURVEYS}/2026-06-15"
ABSENCES = f"{SCHOOL}/staff-absence"


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def survey(**fields: Any) -> dict[str, Any]:
    questions = [
        {"code": "proud", "text": "I am proud to work here.", "answers": {"agree": 41, "disagree": 9}}
    ]
    return {"title": "Summer", "invited": 96, "responded": 62, "questions": questions} | fields


@pytest.mark.parametrize(
    ("path", "body"),
    [(EXIT, {"reasons": {"workload": 7, "pay": 5}}), (STAY, {"reasons": {"pupils": 20}}), (SURVEY, survey())],
    ids=["exit", "stay", "survey"],
)
def test_counts_come_back_and_their_history_is_kept(
    client: Client, clock: Clock, path: str, body: dict[str, Any]
) -> None:
    first = client.put(path, body)
    before = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)

    assert first.status_code == 201
    assert body.items() <= client.get(path).json.items()
    assert client.put(path, body).json == first.json
    other = json.loads(json.dumps(body).replace("20", "21").replace("9}", "8}").replace("5}", "6}"))
    assert client.put(path, other).json["revision"] == 2
    assert body.items() <= client.get(f"{path}?as_of={before}").json.items()
    assert len(client.get(f"{path}/history").json["items"]) > len(body)
    assert len(client.get(path.rsplit("/", 1)[0]).json["items"]) == 1


@pytest.mark.parametrize(
    ("path", "body", "pointer", "says"),
    [
        (EXIT, {"reasons": {"ill_health": 1}}, "/reasons/ill_health", "never kept"),
        (EXIT, {"reasons": {"sickness": 1}}, "/reasons/sickness", "never kept"),
        (EXIT, {"reasons": {"Ann Smith": 1}}, "/reasons/Ann Smith", "no code"),
        (EXIT, {"reasons": {"pay": -1}}, "/reasons/pay", "pay is -1; it can't be negative"),
        (EXIT, {"reasons": {"pay": "20%"}}, "/reasons/pay", "pay is “20%”, a percentage"),
        (EXIT, {"reasons": {"pay": None}}, "/reasons/pay", "null"),
        (EXIT, {"reasons": ["pay"]}, "/reasons", "counts by name"),
        (EXIT, {"reasons": {"pay": 12.5}}, "/reasons/pay", "not a percentage"),
        (EXIT, {"reasons": {}}, "/reasons", "at least one"),
        (EXIT, {"reasons": {"pay": 1}, "staff_name": "x"}, "/staff_name", "never kept"),
        (SURVEY, survey(responded=97), "/responded", "more than invited"),
        (SURVEY, survey(responded=49), "/questions/0/answers", "come to 50"),
        (SURVEY, survey(questions=[{"code": "q", "answers": {"yes": 0.5}}]), "/questions/0/answers/yes", "whole"),
    ],
)  # fmt: skip
def test_what_is_no_count(client: Client, path: str, body: Any, pointer: str, says: str) -> None:
    found = told(client.put(path, body))

    assert list(found) == [pointer]
    assert says in found[pointer]
    assert client.get(path).status_code == 404


def test_few_answers_are_withheld_from_who_only_reads(app: Flask, client: Client) -> None:
    reads = make_key(app, ["workforce:read"])
    client.put(EXIT, {"reasons": {"workload": 7, "pay": 2}})
    client.put(STAY, {"reasons": {"workload": 7, "pay": 6}})
    few = {"code": "safe", "answers": {"agree": 60, "disagree": 2}}
    client.put(SURVEY, survey(questions=[*survey()["questions"], few]))
    client.put(ABSENCE, absence(teachers_with_absence=3))

    assert reads.get(EXIT).json["reasons"] == {"workload": None, "pay": None}
    assert reads.get(EXIT).json["suppressed"] is True
    assert reads.get(STAY).json["reasons"] == {"workload": 7, "pay": 6}
    questions = reads.get(SURVEY).json["questions"]
    assert [question["answers"]["agree"] for question in questions] == [41, None]
    assert reads.get(ABSENCE).json["days_lost"] is reads.get(ABSENCES).json["items"][0]["teachers"] is None
    assert client.get(EXIT).json["reasons"] == {"workload": 7, "pay": 2}
    assert reads.get(f"{EXIT}/history").status_code == 403


def test_rows_of_a_year_are_its_counts(client: Client) -> None:
    table = (
        "academic_year,reason,count\n2025/26,workload,7\n2025-26,pay,5\n2025/26,illness,1\n2024/25,pay,x\n"
    )

    first = push(client, f"{SCHOOL}/exit-reasons", table)

    assert counts(first) == {"created": 2, "rejected": 2}
    assert [error["row"] for error in first.json["errors"]] == [3, 4]
    assert client.get(EXIT).json["reasons"] == {"workload": 7, "pay": 5}
    assert counts(push(client, f"{SCHOOL}/exit-reasons", table)) == {"unchanged": 2, "rejected": 2}


def test_rows_of_a_date_are_its_survey(client: Client) -> None:
    rows = [
        {"date": "2026-06-15", "question": "proud", "answer": answer, "count": count}
        for answer, count in [("agree", 41), ("disagree", 9), ("agree", 41), ("agree", 40)]
    ]

    answer = client.post(f"{SURVEYS}/import", rows)

    assert counts(answer) == {"created": 3, "rejected": 1}
    assert answer.json["errors"][0]["row"] == 4
    assert client.get(SURVEY).json["questions"] == [
        {"code": "proud", "answers": {"agree": 41, "disagree": 9}}
    ]


SURVEY_TABLE = """date,title,invited,responded,question,text,answer,count
2026-06-15,Summer,96,62,proud,I am proud to work here.,agree,41
15/06/2026,,,,proud,,disagree,9
2026-06-15,Summer,96,62,safe,I feel safe.,agree,50
"""


def test_a_survey_says_as_much_as_csv_as_it_does_as_json(client: Client) -> None:
    answer = push(client, SURVEYS, SURVEY_TABLE)

    assert counts(answer) == {"created": 3}
    safe = {"code": "safe", "text": "I feel safe.", "answers": {"agree": 50}}
    body = survey(questions=[*survey()["questions"], safe])
    assert body.items() <= client.get(SURVEY).json.items()
    assert client.put(SURVEY, body).json["revision"] == 1
    assert counts(push(client, SURVEYS, SURVEY_TABLE)) == {"unchanged": 3}


@pytest.mark.parametrize(
    ("cell", "instead", "pointer"),
    [
        (",,,,proud,,", ",,90,,proud,,", "/invited"),
        (",,,,proud,,", ",Spring,,,proud,,", "/title"),
        (",,,,proud,,", ",,,,proud,Proud?,", "/text"),
        (",,,,proud,,", ",,96,97,proud,,", "/responded"),
        ("disagree,9", "agree,9", "/count"),
    ],
)
def test_a_row_that_says_otherwise_of_its_survey_is_rejected(
    client: Client, cell: str, instead: str, pointer: str
) -> None:
    answer = push(client, SURVEYS, SURVEY_TABLE.replace(cell, instead))

    assert counts(answer) == {"created": 2, "rejected": 1}
    assert [(error["row"], error["pointer"]) for error in answer.json["errors"]] == [(2, pointer)]


def test_how_many_answered_is_withheld_where_few_did_not(app: Flask, client: Client) -> None:
    reads = make_key(app, ["workforce:read"])
    client.put(SURVEY, survey(responded=52))

    shown = reads.get(SURVEY).json

    assert (shown["responded"], shown["suppressed"]) == (None, True)
    assert shown["questions"][0]["answers"] == {"agree": 41, "disagree": 9}
    client.put(SURVEY, survey(responded=50))
    assert reads.get(SURVEY).json["responded"] == 50


def leaves(*events: tuple[str, str, str]) -> bytes:
    rows = [
        {
            "staffReference": {"staffUniqueId": who},
            "beginDate": day,
            "staffLeaveEventCategoryDescriptor": "uri://ed-fi.org/StaffLeaveEventCategoryDescriptor#Personal",
            "reason": reason,
        }
        for who, day, reason in events
    ]
    return "\n".join(json.dumps(row) for row in rows).encode()


EVENTS = leaves(
    ("207219", "2025-09-30", "Sick leave"),
    ("207219", "2025-11-01", "Sick leave"),
    ("207220", "2026-03-29", "Personal"),
    ("207221", "2024-10-01", "Sick leave"),
    ("207221", "2024-10-01", "Sick leave"),
    ("207222", "2024-13-01", "Personal"),
)


def push_leaves(client: Client, query: str = "", body: bytes = EVENTS) -> Any:
    return client.post(f"{ABSENCES}/import{query}", data=body, content_type="application/x-ndjson")


def test_events_are_counted_by_reason_and_forgotten(app: Flask, client: Client) -> None:
    answer = push_leaves(client)

    assert (answer.status_code, counts(answer)) == (207, {"created": 4, "unchanged": 1, "rejected": 1})
    held = client.get(ABSENCE).json
    assert (held["teachers_with_absence"], held["events"]) == (1, {"sickness": 2, "personal": 1})
    assert held["days_lost"] is None
    assert "not when it ended" in held["null_because"]
    assert counts(push_leaves(client)) == {"unchanged": 5, "rejected": 1}
    with app.extensions["headway"].tools.database.reading() as connection:
        for table in ("workforce_records", "audit_entries", "import_faults"):
            assert "2072" not in repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all())


def test_only_sickness_enters_the_sickness_measures(client: Client) -> None:
    client.put(ABSENCE, absence(teachers=50, days_lost=None, teachers_with_absence=9))
    push_leaves(client)

    found = client.get(f"{WORKFORCE}/measures?from=2025-09-01&to=2026-08-31").json["measures"]

    by_name = {measure["measure"]: measure for measure in found}
    assert (by_name["sickness_share"]["numerator"], by_name["sickness_share"]["denominator"]) == (1, 50)
    assert by_name["sickness_days_of_all"]["value"] is None
    assert "only starts" in by_name["sickness_days_of_all"]["null_because"]


def test_events_all_or_nothing_and_on_trial(client: Client) -> None:
    assert counts(push_leaves(client, "?atomic=true")) == {"rejected": 6}
    assert counts(push_leaves(client, "?dry_run=true")) == {"created": 4, "unchanged": 1, "rejected": 1}
    assert client.get(ABSENCES).json["items"] == []


def test_events_are_known_by_what_they_are(client: Client) -> None:
    rows = [json.loads(line) for line in EVENTS.splitlines()]

    assert counts(client.post(f"{ABSENCES}/import", rows))["created"] == 4
