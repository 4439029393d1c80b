"""Published figures of the workforce: bundled, brought in as CSV, and beside a school's own."""

from typing import Any

import pytest
from flask import Flask

from tests.api.workforce.made import SNAPSHOT, WORKFORCE, snapshot
from tests.api.workforce.test_imports import counts
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

BENCHMARKS = "/v1/benchmarks"

TABLE = """indicator,la_name,establishment_type_group,sex,time_period,value,source,licence,note
vacancy_rate,Camden,All state-funded schools,Total,202526,0.9,DfE,OGL v3.0,one November day
vacancy_rate,Camden,All state-funded schools,Female,202526,0.8,DfE,OGL v3.0,
temporarily_filled_rate,Camden,All state-funded schools,Total,2025/26,c,DfE,OGL v3.0,
happiness,Camden,All state-funded schools,Total,2025/26,1,DfE,OGL v3.0,
"""


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def push(client: Client, table: str = TABLE, query: str = "") -> Any:
    return client.post(f"{BENCHMARKS}/import{query}", data=table.encode(), content_type="text/csv")


def figures(client: Client, query: str) -> list[Any]:
    return [
        (item["measure"], item["academic_year"], item["value"])
        for item in client.get(f"{BENCHMARKS}?{query}").json["items"]
    ]


def test_national_figures_come_with_it(client: Client) -> None:
    assert ("pupil_teacher_ratio", "2025/26", 17.91) in figures(client, "area=england")


def test_figures_are_brought_in_under_the_names_of_either_release(client: Client) -> None:
    answer = push(client)

    assert counts(answer) == {"created": 2, "unchanged": 1, "rejected": 1}
    assert answer.json["errors"][0]["row"] == 4
    assert figures(client, "area=Camden") == [
        ("temporarily_filled_rate", "2025/26", None),
        ("vacancy_rate", "2025/26", 0.9),
    ]
    assert counts(push(client)) == {"unchanged": 3, "rejected": 1}
    assert counts(push(client, TABLE.replace("0.9", "1.1"))) == {"updated": 1, "unchanged": 2, "rejected": 1}


def test_they_stand_beside_a_schools_own_as_they_stood(client: Client, clock: Clock) -> None:
    client.put(SNAPSHOT, snapshot(vacancies=[{"role": "Teacher", "count": 1}]))
    push(client)
    before = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    push(client, TABLE.replace("0.9", "1.1"))

    def beside(query: str = "") -> dict[str, Any]:
        found = client.get(f"{WORKFORCE}/measures?area=Camden{query}").json["measures"]
        return next(measure for measure in found if measure["measure"] == "vacancy_rate")["benchmarks"][0]

    assert (beside()["value"], beside()["difference"], beside()["note"]) == (1.1, 0.5, "one November day")
    assert beside(f"&as_of={before}")["value"] == 0.9


def test_they_are_narrowed_by_measure_phase_area_and_academic_year(client: Client) -> None:
    push(
        client,
        TABLE.replace(
            "Camden,All state-funded schools,Total,202526,0.9", "Camden,Primary PRU,Total,202526,0.9"
        ),
    )
    push(client, TABLE.replace("All state-funded", "State-funded secondary"))

    assert figures(client, "phase=secondary&area=CAMDEN&measure=vacancy_rate") == [
        ("vacancy_rate", "2025/26", 0.9)
    ]
    assert figures(client, "phase=alternative_provision") == [("vacancy_rate", "2025/26", 0.9)]
    assert figures(client, "phase=all&academic_year=2014-15") == figures(client, "academic_year=2014/15")
    assert figures(client, "area=Camden&academic_year=2024/25") == []


@pytest.mark.parametrize("query", ["phase=junior", "academic_year=2025", "year=2025/26", "colour=red"])
def test_what_can_not_be_asked_is_refused_by_its_name(client: Client, query: str) -> None:
    answer = client.get(f"{BENCHMARKS}?{query}")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == f"/query/{query.split('=')[0]}"


def test_each_says_of_which_days_it_is_and_what_is_not_like_for_like(client: Client) -> None:
    (ratio,) = client.get(f"{BENCHMARKS}?measure=pupil_teacher_ratio&academic_year=2025/26").json["items"]
    (sick,) = client.get(f"{BENCHMARKS}?measure=sickness_days_of_all&academic_year=2014/15").json["items"]

    assert ratio["window"] == {
        "from": "2025-11-06", "to": "2025-11-06", "date": "2025-11-06", "academic_year": "2025/26",
        "counted": "the day of the year's November census",
    }  # fmt: skip
    assert (ratio["unit"], ratio["phase"], ratio["licence"]) == (
        "to 1",
        None,
        "Open Government Licence v3.0",
    )
    assert (sick["window"]["from"], sick["window"]["to"]) == ("2014-09-01", "2015-08-31")
    assert sick["not_like_for_like"] == ["No sickness absence was collected for 2019/20."]


def test_all_or_nothing_and_on_trial(client: Client) -> None:
    assert counts(push(client, query="?atomic=true")) == {"rejected": 4}
    assert counts(push(client, query="?dry_run=true"))["created"] == 2
    assert figures(client, "area=Camden") == []


def test_lists_are_cut_into_pages(client: Client) -> None:
    whole = client.get(f"{BENCHMARKS}?limit=200").json["items"]
    first = client.get(f"{BENCHMARKS}?limit=3").json
    rest = client.get(f"{BENCHMARKS}?limit=200&cursor={first['next']}").json

    assert first["items"] + rest["items"] == whole


def test_who_may(app: Flask) -> None:
    assert make_key(app, ["workforce:read"]).get(BENCHMARKS).status_code == 200
    assert make_key(app, ["attendance:read"]).get(BENCHMARKS).status_code == 200
    assert make_key(app, ["tracker:read", "pupils:read"]).get(BENCHMARKS).status_code == 403
    assert push(make_key(app, ["workforce:write"])).status_code == 403
