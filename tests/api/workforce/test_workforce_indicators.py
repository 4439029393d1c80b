"""Workforce measures as indicators of a challenge: baseline, target, trajectory, report and gaps."""

from typing import Any

import pytest

from tests.api.workforce.made import (
    LEAVERS,
    SCHOOL,
    SNAPSHOT,
    VACANCIES,
    WORKFORCE,
    leaver,
    made,
    snapshot,
    told,
    vacancy,
)
from tests.conftest import Clock
from tests.make import Client, make_challenge, make_school


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def posts(count: int) -> list[dict[str, Any]]:
    return [{"role": "Teacher", "count": count}]


def indicator(client: Client, challenge: str, **fields: Any) -> dict[str, Any]:
    return made(client, f"/v1/challenges/{challenge}/indicators", {"measure": "vacancy_rate"} | fields)


def test_a_workforce_measure_goes_from_its_baseline_to_its_target(client: Client, clock: Clock) -> None:
    challenge = make_challenge(client, kind="recruitment")
    client.put(SNAPSHOT, snapshot(teachers_fte=50, qualified_teachers_fte=50, vacancies=posts(4)))

    held = indicator(client, challenge, direction="down", target=2, target_on="2027-07-16")

    assert (held["baseline"], held["latest"], held["unit"], held["title"]) == (
        8,
        8,
        "%",
        "Teacher vacancy rate",
    )
    clock.set("2027-02-01T09:00:00+00:00")
    client.put(
        f"{WORKFORCE}/2027-01-20", snapshot(teachers_fte=50, qualified_teachers_fte=50, vacancies=posts(2))
    )
    later = client.get(f"/v1/indicators/{held['id']}").json
    assert (later["baseline"], later["latest"], later["on_trajectory"]) == (8, 4, True)
    assert [point["value"] for point in later["history"]] == [8, 8, 4, 4]
    shown = client.get(f"{SCHOOL}/progress").json["challenges"][0]["indicators"][0]
    assert (shown["measure"], shown["latest"]) == ("vacancy_rate", 4)


def test_until_the_census_comes_round_the_figure_is_the_last_one(client: Client, clock: Clock) -> None:
    client.put(SNAPSHOT, snapshot(vacancies=posts(1)))
    clock.set("2027-09-20T09:00:00+00:00")

    held = indicator(client, make_challenge(client, kind="recruitment"))

    assert held["latest"] == 1.6


def test_without_records_there_is_no_figure_and_a_reason(client: Client) -> None:
    held = indicator(client, make_challenge(client, kind="recruitment"), measure="time_to_fill_days")

    assert held["baseline"] is held["latest"] is None
    assert "no vacancy was filled" in held["null_because"]


def test_few_members_of_staff_are_withheld_whoever_asks(client: Client) -> None:
    client.put(f"{WORKFORCE}/2025-11-06", snapshot())
    client.put(SNAPSHOT, snapshot())
    made(client, LEAVERS, leaver())

    held = indicator(client, make_challenge(client, kind="retention"), measure="turnover_rate")

    assert held["latest"] is None
    assert "withheld" in held["null_because"]


def test_a_workforce_measure_takes_no_cohort_of_pupils_and_no_points(client: Client) -> None:
    path = f"/v1/challenges/{make_challenge(client, kind='recruitment')}/indicators"

    assert "/filter" in told(client.post(path, {"measure": "vacancy_rate", "filter": "year_group:7"}))
    points = [{"on": "2026-11-01", "value": 1}]
    assert (
        "records of the workforce"
        in told(client.post(path, {"measure": "fill_rate", "points": points}))["/points"]
    )
    assert "vacancy_rate" in told(client.post(path, {"measure": "vacancies"}))["/measure"]


def test_a_workforce_figure_is_frozen_into_evidence(client: Client) -> None:
    challenge = make_challenge(client, kind="recruitment")
    client.put(SNAPSHOT, snapshot(vacancies=posts(1)))
    body = {
        "title": "Vacancies",
        "kind": "measure",
        "figures": {"measure": "vacancy_rate"},
        "about": [{"type": "challenge", "id": challenge}],
    }

    frozen = made(client, "/v1/evidence", body)["figures"]

    assert (frozen["value"], frozen["numerator"], frozen["denominator"]) == (1.6, 1, 62.4)
    assert "records of the workforce" in frozen["source"]


def gaps(client: Client) -> list[dict[str, Any]]:
    return list(client.get(f"{SCHOOL}/progress").json["challenges"][0]["gaps"])


@pytest.mark.parametrize(
    ("kind", "measure"), [("recruitment", "vacancy_rate"), ("retention", "retention_rate")]
)
def test_gaps_know_what_a_challenge_about_staff_should_have(client: Client, kind: str, measure: str) -> None:
    challenge = make_challenge(client, kind=kind)

    missing = next(gap for gap in gaps(client) if gap["id"] == "no_measure")
    assert missing["fill"]["body"]["measure"] == measure
    indicator(client, challenge, measure="attendance")
    missing = next(gap for gap in gaps(client) if gap["id"] == "no_measure")
    assert measure in missing["sentence"]
    indicator(client, challenge, measure=measure)
    missing = next(gap for gap in gaps(client) if gap["id"] == "no_measure")
    assert "isn't recorded" in missing["sentence"]
    assert missing["fill"]["path"] == f"{WORKFORCE}/{{date}}"


def test_a_figure_with_its_records_leaves_no_gap(client: Client) -> None:
    challenge = make_challenge(client, kind="recruitment")
    indicator(client, challenge)
    client.put(SNAPSHOT, snapshot(vacancies=posts(1)))

    assert "no_measure" not in [gap["id"] for gap in gaps(client)]


def test_a_measure_of_vacancies_is_an_indicator_too(client: Client) -> None:
    made(client, VACANCIES, vacancy(outcome="filled", accepted_on="2026-10-28"))

    held = indicator(client, make_challenge(client, kind="recruitment"), measure="time_to_fill_days")

    assert (held["latest"], held["unit"]) == (30, "days")
