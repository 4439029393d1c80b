"""What every push in bulk has alike: receipts that add up, trial, all or nothing, and the same again."""

from typing import Any

import pytest
from flask import Flask

from tests.api.tracker.test_statements import counted
from tests.api.workforce.made import ABSENCE, LEAVERS, SCHOOL, SNAPSHOT, VACANCIES, WORKFORCE
from tests.api.workforce.test_imports import counts
from tests.make import Client, make_school

OWN = f"{SCHOOL}/own-measures/incidents"

FORMS = [
    pytest.param(
        f"{WORKFORCE}/import",
        "date,teachers_fte,teachers_headcount,vacancies",
        ("2025-11-06,60,70,1", "05/11/2026,62.4,71,0", "2024-11-07,80,70,1"),
        "teachers_fte is 80; FTE can't be over headcount",
        SNAPSHOT,
        id="snapshots",
    ),
    pytest.param(
        f"{VACANCIES}/import",
        "role,fte,opened_on,advertised_on,applications,shortlisted",
        ("Teacher,1,2026-09-01,2026-09-02,4,2", "Teacher,0.6,01/10/2026,,,", "Teacher,1,2026-09-03,2026-09-04,2,5"),
        "shortlisted is 5; it can't be more than applications (2)",
        VACANCIES,
        id="vacancies",
    ),
    pytest.param(
        f"{LEAVERS}/import",
        "role,fte,left_on,destination",
        ("Teacher,1,2026-08-31,retired", "Teacher,0.5,31/08/2026,", "Teacher,1,2026-08-31,the moon"),
        "destination is “the moon”; it must be one of moved_school",
        LEAVERS,
        id="leavers",
    ),
    pytest.param(
        f"{SCHOOL}/staff-absence/import",
        "academic_year,teachers_with_absence,days_lost,teachers",
        ("2025/26,40,300.5,70", "202425,30,,", "2023/24,80,100,70"),
        "teachers_with_absence is 80; it can't be more than teachers (70)",
        ABSENCE,
        id="absences",
    ),
    pytest.param(
        f"{SCHOOL}/exit-reasons/import",
        "academic_year,reason,count",
        ("2025/26,workload,7", "2025-26,pay,5", "2025/26,commute,12%"),
        "count is “12%”, a percentage; a count belongs here",
        f"{SCHOOL}/exit-reasons/2025-26",
        id="exit reasons",
    ),
    pytest.param(
        f"{SCHOOL}/stay-reasons/import",
        "academic_year,reason,count",
        ("2025/26,pupils,20", "2025-26,colleagues,18", "2025/26,health,2"),
        "never kept",
        f"{SCHOOL}/stay-reasons/2025-26",
        id="stay reasons",
    ),
    pytest.param(
        f"{SCHOOL}/staff-surveys/import",
        "date,question,answer,count",
        ("2026-06-15,proud,agree,41", "15/06/2026,proud,disagree,9", "2026-06-15,proud,neither,-1"),
        "can't be negative",
        f"{SCHOOL}/staff-surveys/2026-06-15",
        id="surveys",
    ),
    pytest.param(
        f"{OWN}/points",
        "on,numerator,denominator",
        ("2026-11-06,30,40", "13/11/2026,45,60", "2026-11-20,-3,60"),
        "numerator is -3; it can't be negative",
        f"{OWN}/points",
        id="points",
    ),
]  # fmt: skip

Rows = tuple[str, ...]


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    urn = make_school(client)
    client.put(OWN, {"title": "Incidents"})
    return urn


def push(client: Client, path: str, header: str, rows: Rows, query: str = "") -> Any:
    table = "\n".join([header, *rows, ""])
    return client.post(path + query, data=table.encode(), content_type="text/csv")


def adds_up(receipt: dict[str, Any]) -> bool:
    taken = sum(receipt[name] for name in ("created", "updated", "unchanged", "stale", "deleted", "rejected"))
    return bool(receipt["received"] == taken - receipt["removed"])


def held(client: Client, path: str) -> Any:
    answer = client.get(path)
    return None if answer.status_code == 404 else answer.json.get("items", answer.json) or None


@pytest.mark.parametrize(("path", "header", "rows", "says", "read"), FORMS)
def test_sound_rows_are_taken_and_the_others_rejected_alone(
    client: Client, path: str, header: str, rows: Rows, says: str, read: str
) -> None:
    answer = push(client, path, header, rows)

    assert (answer.status_code, answer.json["received"]) == (207, 3)
    assert (answer.json["created"], answer.json["rejected"]) == (2, 1)
    assert adds_up(answer.json)
    (error,) = answer.json["errors"]
    assert error["row"] == 3
    assert says in error["detail"]
    assert held(client, read)
    kept = client.get(f"/v1/imports/{answer.json['import_id']}").json
    assert answer.json.items() <= kept.items()


@pytest.mark.parametrize(("path", "header", "rows", "says", "read"), FORMS)
def test_the_same_again_moves_nothing(
    client: Client, path: str, header: str, rows: Rows, says: str, read: str
) -> None:
    push(client, path, header, rows)
    before = held(client, read)

    again = push(client, path, header, rows)

    assert counts(again) == {"unchanged": 2, "rejected": 1}
    assert held(client, read) == before


@pytest.mark.parametrize(("path", "header", "rows", "says", "read"), FORMS)
def test_on_trial_the_answer_is_the_same_and_nothing_is_kept(
    client: Client, path: str, header: str, rows: Rows, says: str, read: str
) -> None:
    tried = push(client, path, header, rows, "?dry_run=true")

    assert held(client, read) is None
    assert client.get(f"/v1/imports/{tried.json['import_id']}").status_code == 404
    done = push(client, path, header, rows)
    assert done.status_code == tried.status_code
    assert {**done.json, "import_id": None} == {**tried.json, "import_id": None}


@pytest.mark.parametrize(("path", "header", "rows", "says", "read"), FORMS)
def test_all_or_nothing_takes_nothing_where_a_row_is_rejected(
    client: Client, path: str, header: str, rows: Rows, says: str, read: str
) -> None:
    refused = push(client, path, header, rows, "?atomic=true")

    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"
    assert counts(refused) == {"rejected": 3}
    assert held(client, read) is None
    kept = client.get(f"/v1/imports/{refused.json['import_id']}").json
    assert (kept["rejected"], kept["status"]) == (3, 422)
    assert counts(push(client, path, header, rows[:2], "?atomic=true")) == {"created": 2}


@pytest.mark.parametrize(("path", "header", "rows", "says", "read"), FORMS)
def test_without_a_sound_row_all_is_refused(
    client: Client, path: str, header: str, rows: Rows, says: str, read: str
) -> None:
    refused = push(client, path, header, rows[2:])

    assert (refused.status_code, counts(refused)) == (422, {"rejected": 1})
    assert says in refused.json["detail"]
    assert held(client, read) is None


READS = (
    f"{WORKFORCE}/measures?from=2020-09-01", f"{WORKFORCE}/risk", f"{WORKFORCE}/calendar", f"{WORKFORCE}?limit=200",
    VACANCIES, f"{VACANCIES}?subject=Physics", LEAVERS, f"{SCHOOL}/staff-absence", f"{SCHOOL}/exit-reasons",
    f"{SCHOOL}/stay-reasons", f"{SCHOOL}/staff-surveys", f"{SCHOOL}/own-measures", f"{OWN}/points", "/v1/benchmarks",
)  # fmt: skip


def test_no_read_takes_more_statements_for_many_rows_than_for_few(app: Flask, client: Client) -> None:
    def statements() -> list[int]:
        found = []
        for path in READS:
            assert client.get(path).status_code == 200, path
            with counted(app) as made:
                client.get(path)
            found.append(len(made))
        return found

    few = statements()
    for path, header, rows, *_ in (form.values for form in FORMS):
        push(client, str(path), str(header), rows[:2] if isinstance(rows, tuple) else ())
    many = [{"role": "Teacher", "fte": 1, "opened_on": f"2026-09-{day:02}"} for day in range(1, 30)]
    client.post(f"{VACANCIES}/import", many)

    assert statements() == few
    assert max(few) <= 8
