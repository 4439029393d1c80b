"""Records of the workforce in bulk, as CSV and as JSON: every row is accounted for."""

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.workforce.made import (
    LEAVERS,
    SCHOOL,
    SNAPSHOT,
    VACANCIES,
    WORKFORCE,
    absence,
    leaver,
    made,
    snapshot,
    vacancy,
)
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

ABSENCES = f"{SCHOOL}/staff-absence"

THREE = """role;subject;fte;opened_on;advertised_on;closes_on;applications;shortlisted;outcome;Teacher Name
Teacher;Mathematics;1;28/09/2026;01/10/2026;16/10/2026;6;3;filled;A
Teacher;Mathematics;1;2026-09-28;;;;;;B
Teacher;Physics;0.6;2026-10-05;2026-10-06;;2;3;open;C
"""


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def push(client: Client, path: str, text: str, query: str = "", **headers: str) -> TestResponse:
    return client.post(f"{path}/import{query}", data=text.encode(), content_type="text/csv", headers=headers)


def counts(answer: TestResponse) -> dict[str, int]:
    """What became of the rows; the receipt's equation holds."""
    said: dict[str, Any] = answer.json  # type: ignore[assignment]
    names = ("created", "updated", "unchanged", "stale", "deleted", "rejected")
    assert said["received"] == sum(said[name] for name in names) - said["removed"]
    return {name: said[name] for name in names if said[name]}


def test_each_row_of_a_csv_is_taken_or_rejected_alone(client: Client) -> None:
    answer = push(client, VACANCIES, THREE)

    assert (answer.status_code, counts(answer)) == (207, {"created": 2, "rejected": 1})
    assert answer.json["dropped_columns"] == ["Teacher Name"]
    assert answer.json["errors"] == [
        {
            "row": 3,
            "pointer": "/shortlisted",
            "detail": "shortlisted is 3; it can't be more than applications (2).",
        }
    ]
    first, second = client.get(VACANCIES).json["items"]
    assert first["adverts"] == [{"on": "2026-10-01", "closes_on": "2026-10-16", "applications": 6}]
    assert (first["outcome"], second["outcome"], second["adverts"]) == ("filled", "open", None)


def test_the_same_again_moves_nothing(client: Client, clock: Clock) -> None:
    push(client, VACANCIES, THREE)
    held = client.get(VACANCIES).json
    clock.advance(hours=1)

    again = push(client, VACANCIES, THREE)

    assert counts(again) == {"unchanged": 2, "rejected": 1}
    assert client.get(VACANCIES).json == held


def test_rows_that_say_the_same_are_as_many_records(client: Client) -> None:
    twice = [leaver(), leaver()]

    assert counts(client.post(f"{LEAVERS}/import", twice)) == {"created": 2}
    assert counts(client.post(f"{LEAVERS}/import", {"data": twice})) == {"unchanged": 2}
    assert counts(client.post(f"{LEAVERS}/import", [*twice, leaver()])) == {"unchanged": 2, "created": 1}


def test_a_row_finds_its_record_by_the_reference(client: Client) -> None:
    client.post(f"{VACANCIES}/import", [vacancy(reference="V1"), vacancy(reference="V2")])

    again = client.post(
        f"{VACANCIES}/import", [vacancy(reference="V1", outcome="failed", opened_on="2026-09-01")]
    )

    assert counts(again) == {"updated": 1}
    assert [item["outcome"] for item in client.get(VACANCIES).json["items"]] == ["failed", "open"]


def test_a_row_without_a_reference_goes_on_with_the_vacancy_that_opened_on_its_day(client: Client) -> None:
    client.post(f"{VACANCIES}/import", [vacancy(), vacancy(subject="Physics")])

    again = client.post(
        f"{VACANCIES}/import", [vacancy(subject="physics", outcome="filled"), vacancy(), vacancy(cost=5)]
    )

    assert counts(again) == {"updated": 1, "unchanged": 1, "created": 1}
    found = [(item["subject"], item["outcome"]) for item in client.get(VACANCIES).json["items"]]
    assert found == [("Mathematics", "open"), ("physics", "filled"), ("Mathematics", "open")]


def test_snapshots_and_absences_are_found_by_their_date_and_year(client: Client, clock: Clock) -> None:
    table = "date,teachers_fte,teachers_headcount,vacancies\n2025-11-06,60.5,70,2\n05/11/2026,62.4,71,0\n"

    assert counts(push(client, WORKFORCE, table)) == {"created": 2}
    assert counts(push(client, WORKFORCE, table.replace("62.4", "61"))) == {"unchanged": 1, "updated": 1}
    vacant = [{"role": "Teacher", "staff_group": "teacher", "count": 2}]
    assert client.get(f"{WORKFORCE}/2025-11-06").json["vacancies"] == vacant
    assert client.get(SNAPSHOT).json["vacancies"] == []
    years = "Academic Year,Teachers With Absence,Days Lost,Teachers\n2024/25,40,300.5,70\n2025-26,41,302,71\n"
    assert counts(push(client, ABSENCES, years)) == {"created": 2}
    assert client.get(f"{ABSENCES}/2024-25").json["days_lost"] == 300.5


def test_json_takes_the_posts_of_a_snapshot_as_a_list(client: Client) -> None:
    posts = [{"role": "Teacher", "subject": "Physics", "count": 1}]

    answer = client.post(f"{WORKFORCE}/import", [snapshot(date="2026-11-05", vacancies=posts)])

    assert counts(answer) == {"created": 1}
    assert client.get(SNAPSHOT).json["vacancies"] == [posts[0] | {"staff_group": "teacher"}]


def test_two_rows_that_disagree_on_one_record_are_both_rejected(client: Client) -> None:
    rows = [absence(academic_year="2025/26", teachers=n) for n in (71, 72, 71)]
    other = absence(academic_year="2024/25")

    answer = client.post(f"{ABSENCES}/import", [*rows, other, other])

    assert counts(answer) == {"rejected": 3, "created": 1, "unchanged": 1}
    assert [(e["row"], e["detail"][:5]) for e in answer.json["errors"]] == [
        (1, "row 2"),
        (2, "row 1"),
        (3, "row 2"),
    ]


@pytest.mark.parametrize(
    ("path", "row", "says"),
    [
        (VACANCIES, vacancy(staff_name="A"), "staff_name is never kept"),
        (VACANCIES, vacancy(fte="100%"), "percentage"),
        (VACANCIES, vacancy(accepted_on="2026-01-01"), "before opened_on"),
        (LEAVERS, leaver(fte=2), "at most 1"),
        (LEAVERS, leaver(reason="cancer"), "health"),
        (LEAVERS, {"role": "Teacher"}, "fte"),
        (LEAVERS, 3, "JSON object"),
        (WORKFORCE, snapshot(date="2026-11-05", teachers_fte=100), "headcount"),
        (WORKFORCE, snapshot(date="5 November"), "“5 November”"),
        (ABSENCES, absence(academic_year="2026"), "2026/27"),
    ],
)
def test_a_row_that_can_t_be_is_rejected_with_the_reason(
    client: Client, path: str, row: Any, says: str
) -> None:
    answer = client.post(f"{path}/import", [row])

    assert (answer.status_code, counts(answer)) == (422, {"rejected": 1})
    assert all(error["row"] == 1 for error in answer.json["errors"])
    assert any(says in error["detail"] for error in answer.json["errors"])
    assert client.get(path).json["items"] == []


def test_a_leaver_before_the_snapshots_year_is_rejected(client: Client) -> None:
    client.put(SNAPSHOT, snapshot())

    answer = client.post(f"{LEAVERS}/import", [leaver(left_on="2026-08-31"), leaver(left_on="2026-09-01")])

    assert counts(answer) == {"rejected": 1, "created": 1}
    assert "earliest snapshot" in answer.json["errors"][0]["detail"]


def test_all_or_nothing(client: Client) -> None:
    answer = push(client, VACANCIES, THREE, "?atomic=true")

    assert (answer.status_code, counts(answer)) == (422, {"rejected": 3})
    assert client.get(VACANCIES).json["items"] == []
    kept = client.get(f"/v1/imports/{answer.json['import_id']}").json
    assert (kept["status"], kept["received"], kept["kind"]) == (422, 3, "vacancies")


def test_a_dry_run_keeps_nothing(client: Client) -> None:
    answer = push(client, VACANCIES, THREE, "?dry_run=true")

    assert (answer.status_code, counts(answer)) == (207, {"created": 2, "rejected": 1})
    assert client.get(VACANCIES).json["items"] == []
    assert client.get(f"/v1/imports/{answer.json['import_id']}").status_code == 404


def test_a_push_with_a_key_is_answered_once(client: Client) -> None:
    first = push(client, VACANCIES, THREE, **{"Idempotency-Key": "k"})
    again = push(client, VACANCIES, THREE, **{"Idempotency-Key": "k"})

    assert (again.status_code, again.json) == (207, first.json)


def test_history_says_with_which_push_a_version_came(client: Client) -> None:
    one = made(client, VACANCIES, vacancy(reference="V1"))["id"]

    pushed = client.post(f"{VACANCIES}/import", [vacancy(reference="V1", cost=100)]).json["import_id"]

    last = client.get(f"{VACANCIES}/{one}/history").json["items"][-1]
    assert (last["field"], last["new"], last["import_id"]) == ("cost", 100, pushed)


def test_what_is_no_table_of_rows(client: Client) -> None:
    assert push(client, VACANCIES, "role,fte\nTeacher,1\n").status_code == 400
    assert push(client, VACANCIES, "").status_code == 400
    assert client.post(f"{VACANCIES}/import", {"rows": []}).status_code == 400
    assert client.post(f"{VACANCIES}/import", data=b"<a/>", content_type="text/xml").status_code == 415
    empty = client.post(f"{VACANCIES}/import", [])
    assert (empty.status_code, counts(empty)) == (200, {})


def test_no_name_or_number_of_a_csv_is_stored(app: Flask, client: Client) -> None:
    table = (
        "role,fte,left_on,Surname,Staff ID,leaver_id,reason\nTeacher,1,2026-08-31,Smithson,4711,998877,pay\n"
    )

    answer = push(client, LEAVERS, table)

    assert sorted(answer.json["dropped_columns"]) == ["Staff ID", "Surname"]
    with app.extensions["headway"].tools.database.reading() as connection:
        for name in ("workforce_records", "audit_entries", "import_faults"):
            rows = repr(connection.exec_driver_sql(f"SELECT * FROM {name}").all())
            assert not any(secret in rows for secret in ("Smithson", "4711", "998877"))


def test_who_may(app: Flask, client: Client) -> None:
    writes = make_key(app, ["workforce:write"], ["900001"])

    pushed = writes.post(f"{VACANCIES}/import", [vacancy()])

    assert pushed.status_code == 200
    assert make_key(app, ["workforce:read"]).post(f"{VACANCIES}/import", [vacancy()]).status_code == 403
    elsewhere = make_key(app, ["workforce:write"], ["900002"])
    assert elsewhere.post(f"{VACANCIES}/import", [vacancy()]).status_code == 404


def test_whoever_pushes_workforce_finds_receipts_of_that_alone(app: Flask, client: Client) -> None:
    writes = make_key(app, ["workforce:write"])
    client.post(f"{SCHOOL}/marks", [{"pupil": "P1", "date": "2026-11-20", "session": "AM", "code": "Q"}])
    pushed = writes.post(f"{VACANCIES}/import", [vacancy(), vacancy(fte=3)]).json["import_id"]

    assert writes.get(f"/v1/imports/{pushed}").json["rejected"] == 1
    assert writes.get(f"/v1/imports/{pushed}/errors").json["items"][0]["row"] == 2
    of_marks = next(r for r in client.get("/v1/imports").json["items"] if r["kind"] != "vacancies")
    assert writes.get(f"/v1/imports/{of_marks['import_id']}").status_code == 404


@pytest.mark.parametrize("body", [3, 1.5, True, "x", {}])
def test_a_body_that_is_no_list_is_malformed(client: Client, body: Any) -> None:
    assert client.post(f"{VACANCIES}/import", body).status_code == 400


ADVERTS = """reference,role,fte,opened_on,advertised_on,closes_on,applications,shortlisted
V1,Teacher,1,2026-09-01,2026-09-02,2026-09-10,2,2
V2,Teacher,1,2026-09-01,2026-09-02,,4,
V1,Teacher,1,2026-09-01,2026-10-02,2026-10-10,3,2
V1,Teacher,1,2026-09-01,2026-09-02,2026-09-10,2,2
"""


def test_rows_of_one_vacancy_are_its_adverts(client: Client) -> None:
    answer = push(client, VACANCIES, ADVERTS)

    assert counts(answer) == {"created": 4}
    first = next(item for item in client.get(VACANCIES).json["items"] if item["reference"] == "V1")
    assert first["adverts"] == [
        {"on": "2026-09-02", "closes_on": "2026-09-10", "applications": 2},
        {"on": "2026-10-02", "closes_on": "2026-10-10", "applications": 3},
    ]
    assert counts(push(client, VACANCIES, ADVERTS)) == {"unchanged": 4}


@pytest.mark.parametrize(
    ("cell", "instead"),
    [("2026-10-10,3,2", "2026-10-10,3,1"), ("2026-10-02,2026-10-10,3", "2026-09-02,2026-10-10,3")],
    ids=["another count", "another advert of a day"],
)
def test_rows_that_disagree_on_more_than_adverts_are_rejected(
    client: Client, cell: str, instead: str
) -> None:
    answer = push(client, VACANCIES, ADVERTS.replace(cell, instead))

    assert counts(answer) == {"created": 1, "rejected": 3}
    assert {"says otherwise" in error["detail"] for error in answer.json["errors"]} == {True}


def test_rows_come_one_a_line_too(client: Client) -> None:
    lines = "\n".join(json.dumps(row) for row in [vacancy(), vacancy(fte=0.6, subject="Art"), vacancy(fte=3)])

    answer = client.post(f"{VACANCIES}/import", data=lines.encode(), content_type="application/x-ndjson")

    assert counts(answer) == {"created": 2, "rejected": 1}
    assert [item["fte"] for item in client.get(VACANCIES).json["items"]] == [1, 0.6]
    broken = client.post(f"{VACANCIES}/import", data=b"{}\n{", content_type="application/x-ndjson")
    assert broken.status_code == 400
    assert "2" in broken.json["detail"]


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1" + "0" * 5000])
def test_a_cell_with_more_digits_than_any_figure_rejects_its_row(client: Client, number: str) -> None:
    answer = push(client, VACANCIES, f"role,fte,opened_on,cost\nTeacher,1,2026-09-01,{number}\n")

    assert (answer.status_code, counts(answer)) == (422, {"rejected": 1})
    assert [error["pointer"] for error in answer.json["errors"]] == ["/cost"]


@pytest.mark.parametrize("number", ["1e999999999", "1e999999999999999999999"])
def test_a_number_out_of_all_range_in_a_line_is_named_with_its_row(client: Client, number: str) -> None:
    lines = json.dumps(vacancy()) + '\n{"role": "Teacher", "fte": ' + number + "}\n"

    answer = client.post(f"{VACANCIES}/import", data=lines.encode(), content_type="application/x-ndjson")

    assert (answer.status_code, answer.json["errors"][0]["row"]) == (400, 2)
    assert "a number is out of all range" in answer.json["detail"]


def test_words_of_a_csv_may_be_written_as_people_write_them(client: Client) -> None:
    lines = ["role,fte,opened_on,outcome,staff_group"]
    lines += ["Teacher,1,01/09/2025,Temporarily filled,Teacher", "Aide,1,01/09/2025,OPEN,teaching assistant"]
    assert push(client, VACANCIES, "\n".join(lines)).json["rejected"] == 0
    kept = {(row["outcome"], row["staff_group"]) for row in client.get(VACANCIES).json["items"]}
    assert kept == {("temporarily_filled", "teacher"), ("open", "teaching_assistant")}

    lines = [
        "role,fte,left_on,destination",
        "Teacher,1,31/08/2026,Left state-sector",
        "Teacher,1,31/08/2026,Mars",
    ]
    answer = push(client, LEAVERS, "\n".join(lines))
    assert (answer.json["created"], answer.json["rejected"]) == (1, 1)
    assert client.get(LEAVERS).json["items"][0]["destination"] == "left_state_sector"
