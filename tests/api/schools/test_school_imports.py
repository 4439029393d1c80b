"""`POST /v1/schools/import`: schools from the national register."""

import csv
import io
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from models import AuditEntry, Ledger, School, SchoolAlias
from services import audit
from tests.make import Client, make_key, make_school

SUBSET = Path(__file__).parents[2] / "data" / "gias_subset.csv"
HEADER = (
    "URN,LAESTAB,EstablishmentName,PhaseOfEducation,EstablishmentTypeGroup,"
    "LACode,LAName,TrustUID,TrustName,SuccessorURN"
)


def push(client: Client, *lines: str, query: str = "", header: str = HEADER) -> Any:
    return push_bytes(client, "\n".join([header, *lines]).encode(), query)


def push_bytes(client: Client, body: bytes, query: str = "") -> Any:
    return client.post(f"/v1/schools/import{query}", data=body, headers={"Content-Type": "text/csv"})


def school(client: Client, urn: str) -> dict[str, Any]:
    return client.get(f"/v1/schools/{urn}").json


def counted(app: Flask, *tables: Any) -> list[int]:
    with app.extensions["headway"].tools.database.reading() as connection:
        return [connection.scalar(select(func.count()).select_from(table)) for table in tables]


# The whole of a real table


def test_the_published_schools_are_taken_in_and_the_same_again_moves_nothing(
    app: Flask, client: Client
) -> None:
    first = push_bytes(client, SUBSET.read_bytes())
    held = counted(app, School, SchoolAlias, Ledger)
    again = push_bytes(client, SUBSET.read_bytes())

    assert first.status_code == again.status_code == 200
    assert (first.json["received"], first.json["created"]) == (790, 790)
    assert again.json["unchanged"] == 790
    assert first.json["dropped_columns"] == ["NumberOfPupils", "AsAt", "Source"]
    assert counted(app, School, SchoolAlias, Ledger) == held == [789, 1, 790]
    barnes = school(client, "124087")
    assert (barnes["laestab"], barnes["phase"], barnes["trust_uid"]) == ("8602216", "primary", "1579")


def test_every_row_of_it_finds_a_school(client: Client) -> None:
    push_bytes(client, SUBSET.read_bytes())

    with SUBSET.open(encoding="utf-8", newline="") as lines:
        for row in list(csv.DictReader(lines))[::40]:
            assert school(client, row["URN"])["name"] == row["EstablishmentName"]


def test_the_audit_log_has_an_entry_for_each_school_and_holds(app: Flask, client: Client) -> None:
    receipt = push(client, "100001,,One,Primary,,,,,,", "100002,,Two,Primary,,,,,,").json
    push(client, "100001,,One,Secondary,,,,,,")

    with app.extensions["headway"].tools.database.reading() as connection:
        ids = list(connection.scalars(select(School.id).order_by(School.urn)))
        assert [audit.first_broken(connection, school_id) for school_id in (*ids, 0)] == [None] * 3
        entries = connection.execute(
            select(AuditEntry.verb, AuditEntry.content)
            .where(AuditEntry.school_id == ids[0])
            .order_by(AuditEntry.sequence)
        ).all()
    assert [entry.verb for entry in entries] == ["created", "changed"]
    assert receipt["import_id"] in entries[0].content


# A full extract


def test_a_full_extract_is_taken_and_the_names_of_heads_dropped_unread(client: Client) -> None:
    header = [
        "URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (name)",
        "EstablishmentTypeGroup (name)", "PhaseOfEducation (code)", "PhaseOfEducation (name)", "Trusts (code)",
        "Trusts (name)", "HeadFirstName", "HeadLastName", "Postcode", "GOR (name)",
    ]  # fmt: skip
    row = [
        "100000", "201", "City of London", "614", "École – “Example”", "Academy special converter", "Academies",
        "2", "Primary", "1234", "Example Trust", "Jo", "Secretname", "AA1 1AA", "London",
    ]  # fmt: skip
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([header, row])

    answer = push_bytes(client, text.getvalue().encode("cp1252"))

    assert answer.json["created"] == 1
    assert answer.json["dropped_columns"] == [
        "PhaseOfEducation (code)",
        "HeadFirstName",
        "HeadLastName",
        "Postcode",
    ]
    found = school(client, "100000")
    assert (found["name"], found["laestab"], found["region"]) == ("École – “Example”", "2010614", "London")
    assert (found["phase"], found["trust_uid"], found["trust_name"]) == ("special", "1234", "Example Trust")


def test_a_trust_without_a_uid_gets_one_from_its_name(client: Client) -> None:
    push(client, "100001,,One,,,,,,EXAMPLE TRUST,", "100002,,Two,,,,,,Example Trust,", "100003,,Three,,,,,,,")

    uids = [school(client, urn)["trust_uid"] for urn in ("100001", "100002", "100003")]
    assert uids == ["trust-example-trust", "trust-example-trust", None]


# Schools that are held


def test_a_school_keeps_its_aliases_and_what_the_table_has_no_column_for(client: Client) -> None:
    make_school(client, "100001", region="London", trust_uid="T1", trust_name="Example", aliases=["mis-1"])

    answer = push(client, "100001,New Name,", header="URN,EstablishmentName,TrustName")

    assert answer.json["updated"] == 1
    found = school(client, "mis-1")
    assert (found["name"], found["region"], found["revision"]) == ("New Name", "London", 2)
    assert (found["trust_uid"], found["trust_name"]) == (None, None)


# Successors


def test_a_former_urn_becomes_an_alias_of_its_successor(client: Client) -> None:
    rows = [
        "100001,,Old,Primary,,,,,,100002",
        "100002,,Middle,Primary,,,,,,100003",
        "100003,,New,Primary,,,,,,",
    ]

    first, again = push(client, *rows), push(client, *rows)

    assert (first.json["created"], again.json["unchanged"]) == (3, 3)
    assert school(client, "100001")["urn"] == "100003"
    assert school(client, "100003")["aliases"] == ["100001", "100002"]
    assert len(client.get("/v1/schools").json["items"]) == 1


def test_a_successor_may_be_held_already(client: Client) -> None:
    make_school(client, "100002")

    push(client, "100001,,Old,,,,,,,100002")

    assert school(client, "100001")["urn"] == "100002"


def test_without_its_successor_a_school_stands_for_itself(client: Client) -> None:
    push(client, "100001,,Old,,,,,,,100002")

    assert school(client, "100001")["name"] == "Old"


def test_a_held_school_stays_one_of_its_own(client: Client) -> None:
    make_school(client, "100001")

    answer = push(client, "100001,,Old,,,,,,,100002", "100002,,New,,,,,,,")

    assert school(client, "100001")["urn"] == "100001"
    assert "stays one" in answer.json["warnings"][0]


def test_schools_that_name_each_other_as_successors_stand_for_themselves(client: Client) -> None:
    answer = push(client, "100001,,A,,,,,,,100002", "100002,,B,,,,,,,100001")

    assert answer.status_code == 200
    assert [school(client, urn)["name"] for urn in ("100001", "100002")] == ["A", "B"]


# Rows that can't be taken


def test_a_row_that_cannot_be_taken_is_named_and_the_others_stand(client: Client) -> None:
    rows = [
        "100001,,One,,,,,,,",
        ",,No URN,,,,,,,",
        "100003,,,,,,,,,",
        "100001,,Other,,,,,,,",
        "100001,,One,,,,,,,",
    ]

    answer = push(client, *rows)

    assert answer.status_code == 207
    assert [error["row"] for error in answer.json["errors"]] == [2, 3, 4]
    counts = (
        answer.json["received"],
        answer.json["created"],
        answer.json["unchanged"],
        answer.json["rejected"],
    )
    assert counts == (5, 1, 1, 3)
    assert school(client, "100001")["name"] == "One"


def test_when_every_row_is_rejected_it_is_a_problem_with_the_receipt(client: Client) -> None:
    answer = push(client, ",,No URN,,,,,,,")

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.json["rejected"] == 1
    assert client.get(f"/v1/imports/{answer.json['import_id']}").json["kind"] == "schools"


def test_a_school_outside_the_key_is_rejected_as_one_that_does_not_exist(app: Flask, client: Client) -> None:
    make_school(client, "100002", name="Untouched")
    narrow = make_key(app, ["admin"], ["100001"])

    answer = push(narrow, "100001,,One,,,,,,,", "100002,,Two,,,,,,,", "100003,,Three,,,,,,,")

    details = {error["row"]: error["detail"] for error in answer.json["errors"]}
    assert (answer.json["created"], set(details)) == (1, {2, 3})
    assert details[2] == details[3]
    assert school(client, "100002")["name"] == "Untouched"


def test_a_dry_run_keeps_nothing(app: Flask, client: Client) -> None:
    before = counted(app, School, Ledger, AuditEntry)

    answer = push(client, "100001,,One,,,,,,,", query="?dry_run=true")

    assert answer.json["created"] == 1
    assert counted(app, School, Ledger, AuditEntry) == before


def test_only_an_administrator_may(app: Flask) -> None:
    assert (
        push(make_key(app, ["attendance:write", "attendance:read"]), "100001,,One,,,,,,,").status_code == 403
    )


def test_an_extract_over_its_own_limit_is_refused(app: Flask, client: Client, monkeypatch: Any) -> None:
    tools = app.extensions["headway"].tools
    monkeypatch.setitem(vars(tools), "max_body", 10)
    assert push(client, "100001,,One,,,,,,,").status_code == 200
    monkeypatch.setitem(vars(tools), "max_extract", 10)
    assert push(client, "100001,,One,,,,,,,").status_code == 413
