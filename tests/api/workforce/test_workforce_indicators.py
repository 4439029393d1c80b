"""Workforce measures as indicators of a challenge: baseline, target, trajectory, report and gaps."""

from typing import Any

import pytest

from tests.api.workforce.made import (
    ABSENCE,
    LEAVERS,
    SCHOOL,
    SNAPSHOT,
    VACANCIES,
    WORKFORCE,
    absence,
    leaver,
    made,
    snapshot,
    told,
    vacancy,
)
from tests.conftest import Clock
from tests.make import Client, make_action, make_challenge, make_school


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


NAMES_OF_THE_CONTRACT = (
    "vacancy_rate", "temporarily_filled_rate", "turnover_rate", "retention_rate", "leaver_rate", "sickness_share",
    "sickness_days_of_those_absent", "sickness_days_of_all", "pupil_teacher_ratio", "pupil_qualified_teacher_ratio",
    "pupil_adult_ratio", "unqualified_share", "time_to_fill_days", "fill_rate", "applications_per_vacancy",
    "cost_per_appointment", "early_leaver_rate",
)  # fmt: skip


def record_a_school(client: Client) -> None:
    """A school large enough that no figure of it is withheld, with all that the measures need."""
    whole = {
        "teachers_fte": 100, "qualified_teachers_fte": 90, "teachers_headcount": 120, "teaching_assistants_fte": 30,
        "pupils_fte": 1800, "vacancies": posts(2), "temporarily_filled": posts(1),
    }  # fmt: skip
    for day in ("2025-11-06", "2026-11-05"):
        assert client.put(f"{WORKFORCE}/{day}", whole).status_code == 201
    client.put(ABSENCE, absence(teachers=120, teachers_with_absence=60))
    went = {"fte": 1, "left_on": "2026-10-30"}
    for number in range(12):
        destination = "moved_school" if number % 2 else "left_state_sector"
        made(client, LEAVERS, leaver(**went, destination=destination, years_in_post=1 if number < 6 else 9))
    ended = {"outcome": "filled", "accepted_on": "2026-10-28", "cost": 800}
    made(client, VACANCIES, vacancy(adverts=[{"on": "2026-10-01", "applications": 6}], **ended))


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


@pytest.mark.parametrize("measure", NAMES_OF_THE_CONTRACT)
def test_every_measure_can_be_an_indicator_a_figure_of_a_report_and_frozen_evidence(
    client: Client, clock: Clock, measure: str
) -> None:
    record_a_school(client)
    challenge = make_challenge(client, kind="retention")

    held = indicator(client, challenge, measure=measure, direction="down", target=0, target_on="2027-07-16")

    assert held["baseline"] == held["latest"] is not None, held["null_because"]
    assert isinstance(held["on_trajectory"], bool)
    clock.advance(days=40)
    history = client.get(f"/v1/indicators/{held['id']}").json["history"]
    assert [point["value"] for point in history][-1] is not None
    report = client.get(f"{SCHOOL}/progress").json["challenges"][0]
    assert (report["indicators"][0]["measure"], report["indicators"][0]["baseline"]) == (
        measure,
        held["baseline"],
    )
    assert "no_measure" not in [gap["id"] for gap in report["gaps"]]
    frozen = made(client, f"/v1/indicators/{held['id']}/freeze", {})["figures"]
    assert (frozen["measure"], frozen["value"]) == (measure, held["latest"])


def test_an_indicator_can_be_of_one_role_or_subject(client: Client, clock: Clock) -> None:
    made(client, VACANCIES, vacancy(subject="Physics", outcome="filled", accepted_on="2026-10-28"))
    made(client, VACANCIES, vacancy(subject="Art", outcome="filled", accepted_on="2026-10-08"))
    challenge = make_challenge(client, kind="recruitment")

    held = indicator(client, challenge, measure="time_to_fill_days", filter="subject:physics;role:Teacher")

    assert (held["baseline"], held["filter"]) == (30, "subject:physics;role:Teacher")
    assert client.get(f"/v1/indicators/{held['id']}").json["history"][-1]["value"] == 30
    assert indicator(client, challenge, measure="time_to_fill_days")["latest"] == 20
    frozen = made(client, f"/v1/indicators/{held['id']}/freeze", {})
    assert (frozen["figures"]["cohort"], frozen["cohorts"]) == ("subject:physics;role:Teacher", [])


@pytest.mark.parametrize(
    ("measure", "filter", "says"),
    [
        ("vacancy_rate", "subject:Physics", "of all of the staff together"),
        ("early_leaver_rate", "role:Teacher", "of all of the staff together"),
        ("fill_rate", "year_group:7", "staff_group, role or subject"),
        ("fill_rate", "subject", "staff_group, role or subject"),
        ("fill_rate", "staff_group:cooks", "none of teacher"),
        ("fill_rate", "role:A;role:B", "named twice"),
    ],
)
def test_a_filter_that_a_measure_can_not_have(client: Client, measure: str, filter: str, says: str) -> None:
    path = f"/v1/challenges/{make_challenge(client, kind='recruitment')}/indicators"

    assert says in told(client.post(path, {"measure": measure, "filter": filter}))["/filter"]
    figures = {"measure": measure, "cohort": filter}
    body = {"title": "x", "kind": "measure", "figures": figures, "school": "900001"}
    assert says in told(client.post("/v1/evidence", body))["/figures/cohort"]


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


@pytest.mark.parametrize(
    ("measure", "method", "path"),
    [
        ("time_to_fill_days", "POST", VACANCIES),
        ("applications_per_vacancy", "POST", VACANCIES),
        ("early_leaver_rate", "POST", LEAVERS),
        ("sickness_days_of_all", "PUT", f"{SCHOOL}/staff-absence/{{academic_year}}"),
        ("turnover_rate", "PUT", f"{WORKFORCE}/{{date}}"),
    ],
)
def test_a_gap_names_the_call_that_records_what_is_missing(
    client: Client, measure: str, method: str, path: str
) -> None:
    indicator(client, make_challenge(client, kind="retention"), measure=measure)

    missing = next(gap for gap in gaps(client) if gap["id"] == "no_measure")

    assert (missing["fill"]["method"], missing["fill"]["path"]) == (method, path)


def test_a_figure_that_is_withheld_is_no_gap(client: Client) -> None:
    client.put(f"{WORKFORCE}/2025-11-06", snapshot())
    client.put(SNAPSHOT, snapshot())
    made(client, LEAVERS, leaver())

    indicator(client, make_challenge(client, kind="retention"), measure="turnover_rate")

    assert "no_measure" not in [gap["id"] for gap in gaps(client)]
    shown = client.get(f"{SCHOOL}/progress").json["challenges"][0]["indicators"][0]
    assert (shown["latest"], shown["null_because"][:8]) == (None, "withheld")


def test_a_figure_with_its_records_leaves_no_gap(client: Client) -> None:
    challenge = make_challenge(client, kind="recruitment")
    indicator(client, challenge)
    client.put(SNAPSHOT, snapshot(vacancies=posts(1)))

    assert "no_measure" not in [gap["id"] for gap in gaps(client)]


def test_a_measure_of_vacancies_is_an_indicator_too(client: Client) -> None:
    made(client, VACANCIES, vacancy(outcome="filled", accepted_on="2026-10-28"))

    held = indicator(client, make_challenge(client, kind="recruitment"), measure="time_to_fill_days")

    assert (held["latest"], held["unit"]) == (30, "days")


def test_an_actions_effect_shows_the_figures_before_and_after(client: Client) -> None:
    client.put(
        f"{WORKFORCE}/2025-11-06", snapshot(teachers_fte=50, qualified_teachers_fte=50, vacancies=posts(4))
    )
    client.put(SNAPSHOT, snapshot(teachers_fte=50, qualified_teachers_fte=50, vacancies=posts(1)))
    made(client, VACANCIES, vacancy(subject="Physics", outcome="filled", accepted_on="2026-10-28"))
    action = make_action(client, make_challenge(client, kind="recruitment"), start_on="2026-10-01")
    path = f"/v1/actions/{action}/effect"

    found = client.get(f"{path}?measure=vacancy_rate").json
    of_physics = client.get(f"{path}?measure=fill_rate&cohort=subject:Physics").json

    assert found["of_school"]["before"] == {"value": 8, "numerator": 4, "denominator": 50}
    assert found["of_school"]["change"] == {"value": -6}
    assert found["before"] == {"from": "2025-09-01", "to": "2026-09-30"}
    assert (of_physics["of_school"]["after"]["value"], of_physics["cohort_label"]) == (100, "Physics")
    assert of_physics["of_school"]["before"] is of_physics["of_school"]["change"] is None
    assert "/query/cohort" in told(client.get(f"{path}?measure=vacancy_rate&cohort=subject:Physics"))


def test_an_indicator_goes_the_way_that_the_school_gave_its_own_measure(client: Client) -> None:
    client.put(f"{SCHOOL}/own-measures/clubs", {"title": "Places in clubs", "direction": "up"})
    path = f"/v1/challenges/{make_challenge(client)}/indicators"
    target = {"measure": "own:clubs", "target": 2, "target_on": "2027-07-16"}

    assert made(client, path, target)["direction"] == "up"
    assert made(client, path, target | {"direction": "down"})["direction"] == "down"


@pytest.mark.parametrize("measure", ["vacancy_rate", "attendance", "own:clubs"])
def test_a_target_needs_a_direction_where_the_school_gave_its_measure_none(
    client: Client, measure: str
) -> None:
    client.put(f"{SCHOOL}/own-measures/clubs", {"title": "Places in clubs"})
    path = f"/v1/challenges/{make_challenge(client)}/indicators"

    refused = client.post(path, {"measure": measure, "target": 2, "target_on": "2027-07-16"})

    assert "/direction" in told(refused)
