"""`/v1/schools/{urn}/workforce/measures`: figures with their numerators and denominators, or why there are none."""

from typing import Any

import pytest
from flask import Flask

from tests.api.tracker.test_statements import counted
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
    told,
    vacancy,
)
from tests.conftest import Clock
from tests.make import Client, make_key, make_school

MEASURES = f"{WORKFORCE}/measures"

CONTRACTED = {
    "vacancy_rate", "temporarily_filled_rate", "turnover_rate", "retention_rate", "leaver_rate", "sickness_share",
    "sickness_days_of_those_absent", "sickness_days_of_all", "pupil_teacher_ratio", "pupil_qualified_teacher_ratio",
    "pupil_adult_ratio", "unqualified_share", "time_to_fill_days", "fill_rate", "applications_per_vacancy",
    "cost_per_appointment", "early_leaver_rate",
}  # fmt: skip


@pytest.fixture(autouse=True)
def school(client: Client) -> str:
    return make_school(client)


def measures(client: Client, query: str = "") -> dict[str, dict[str, Any]]:
    answer = client.get(f"{MEASURES}?{query}")
    assert answer.status_code == 200, answer.text
    return {measure["measure"]: measure for measure in answer.json["measures"]}


def test_every_measure_is_there_and_says_why_it_is_null(client: Client) -> None:
    found = measures(client)

    assert set(found) >= CONTRACTED
    for measure in found.values():
        assert measure["value"] is not None or measure["null_because"]
        assert {"numerator", "denominator", "unit", "window", "definition", "source"} <= set(measure)


def test_the_published_figure_of_one_school_comes_out(client: Client) -> None:
    given = snapshot(
        teachers_fte=14.9, qualified_teachers_fte=13.9, temporarily_filled=[{"role": "Teacher", "count": 1}]
    )
    client.put(SNAPSHOT, given)

    found = measures(client)["temporarily_filled_rate"]

    assert (found["value"], found["numerator"], found["denominator"], found["unit"]) == (6.71, 1, 14.9, "%")
    assert found["window"]["date"] == "2026-11-05"


def test_vacancies_and_temporarily_filled_posts_are_never_added(client: Client) -> None:
    one = [{"role": "Teacher", "count": 1}]
    client.put(
        SNAPSHOT,
        snapshot(teachers_fte=50, qualified_teachers_fte=48, vacancies=one * 2, temporarily_filled=one),
    )

    found = measures(client)

    assert (found["vacancy_rate"]["value"], found["temporarily_filled_rate"]["value"]) == (4, 2)


def test_what_a_snapshot_does_not_tell_is_null_and_not_nought(client: Client) -> None:
    client.put(SNAPSHOT, {"teachers_fte": 50})

    found = measures(client)

    assert found["vacancy_rate"]["value"] is found["pupil_teacher_ratio"]["value"] is None
    assert found["vacancy_rate"]["null_because"] == "the snapshot of 2026-11-05 doesn't tell vacancies"


def test_zero_teachers_give_null(client: Client) -> None:
    nobody = snapshot(teachers_fte=0, qualified_teachers_fte=0, teachers_headcount=0, pupils_fte=1000)
    client.put(SNAPSHOT, nobody)

    for name in ("vacancy_rate", "unqualified_share", "pupil_teacher_ratio"):
        assert measures(client)[name]["value"] is None
        assert measures(client)[name]["null_because"]


def test_turnover_has_the_earlier_snapshot_as_its_base_and_its_year(client: Client) -> None:
    client.put(f"{WORKFORCE}/2025-11-06", snapshot(teachers_fte=50, qualified_teachers_fte=48))
    client.put(SNAPSHOT, snapshot(teachers_fte=50, qualified_teachers_fte=48))
    made(client, LEAVERS, leaver(fte=1, left_on="2026-08-31", destination="moved_school"))
    made(client, LEAVERS, leaver(fte=0.5, left_on="2026-04-30", destination="left_state_sector"))

    found = measures(client)

    turnover, retention = found["turnover_rate"], found["retention_rate"]
    assert (turnover["value"], turnover["numerator"], turnover["denominator"]) == (3, 1.5, 50)
    assert retention["value"] == 97
    assert turnover["window"]["academic_year"] == retention["window"]["academic_year"] == "2025/26"


def test_sickness_is_that_of_the_year(client: Client) -> None:
    client.put(
        f"{SCHOOL}/staff-absence/2025-26", absence(teachers_with_absence=40, days_lost=300, teachers=80)
    )

    found = measures(client, "from=2025-09-01&to=2026-08-31")

    assert found["sickness_share"]["value"] == 50
    assert found["sickness_days_of_those_absent"]["value"] == 7.5
    assert found["sickness_days_of_all"]["value"] == 3.75


def test_recruitment_measures_are_of_the_window(client: Client) -> None:
    filled = {"outcome": "filled", "accepted_on": "2026-10-28", "start_on": "2027-01-04", "cost": 1200}
    made(client, VACANCIES, vacancy(advertised_on="2026-10-01", applications=6, shortlisted=3, **filled))
    made(client, VACANCIES, vacancy(opened_on="2026-10-01", outcome="withdrawn", withdrawn_on="2026-10-10"))
    old = {"opened_on": "2025-01-01", "outcome": "filled", "accepted_on": "2025-02-01", "cost": 9}
    made(client, VACANCIES, vacancy(**old))

    found = measures(client, "from=2026-09-01&to=2026-11-20")

    assert (found["time_to_fill_days"]["value"], found["fill_rate"]["value"]) == (30, 50)
    assert found["cost_per_appointment"]["value"] == 1200
    assert found["applications_per_vacancy"]["numerator"] == 6
    tables = client.get(f"{MEASURES}?from=2026-09-01&to=2026-11-20").json
    assert len(tables["funnel"]) > 3
    assert tables["subjects_never_filled"] == []


def test_measures_of_one_subject(client: Client) -> None:
    filled = {"outcome": "filled", "accepted_on": "2026-10-28"}
    made(client, VACANCIES, vacancy(**filled))
    made(client, VACANCIES, vacancy(subject="Physics", outcome="failed"))

    assert measures(client, "subject=physics")["fill_rate"]["value"] == 0
    assert measures(client, "subject=mathematics")["fill_rate"]["value"] == 100
    assert "by role" in measures(client, "subject=physics")["vacancy_rate"]["null_because"]


def test_figures_as_they_stood(client: Client, clock: Clock) -> None:
    client.put(
        SNAPSHOT,
        snapshot(teachers_fte=50, qualified_teachers_fte=48, vacancies=[{"role": "Teacher", "count": 1}]),
    )
    before = clock.advance(hours=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    client.put(SNAPSHOT, snapshot(teachers_fte=50, qualified_teachers_fte=48))

    assert measures(client)["vacancy_rate"]["value"] == 0
    assert measures(client, f"as_of={before}")["vacancy_rate"]["value"] == 2


def test_published_figures_stand_beside_the_schools_own(client: Client) -> None:
    client.put(SNAPSHOT, snapshot(teachers_fte=50, qualified_teachers_fte=48, pupils_fte=1000))

    found = measures(client)["pupil_teacher_ratio"]["benchmarks"]

    assert (found[0]["area"], found[0]["academic_year"], found[0]["value"]) == ("England", "2025/26", 17.91)
    assert found[0]["source"]
    assert found[0]["licence"]
    assert any("2026/27" in caution for caution in found[0]["not_like_for_like"])


def test_few_members_of_staff_are_withheld_from_who_only_reads(app: Flask, client: Client) -> None:
    client.put(f"{WORKFORCE}/2025-11-06", snapshot(teachers_fte=50, qualified_teachers_fte=48))
    client.put(SNAPSHOT, snapshot(teachers_fte=50, qualified_teachers_fte=48))
    made(client, LEAVERS, leaver(fte=1, left_on="2026-08-31"))
    reads = make_key(app, ["workforce:read"])

    hidden = measures(reads)["turnover_rate"]

    assert (hidden["value"], hidden["numerator"], hidden["denominator"], hidden["suppressed"]) == (
        None, None, None, True
    )  # fmt: skip
    assert measures(reads)["retention_rate"]["value"] is None
    assert measures(reads, "role=Teacher")["turnover_rate"]["value"] is None
    assert measures(reads)["vacancy_rate"]["value"] == 0
    went = reads.get(f"{MEASURES}?from=2026-08-01").json["destinations"]
    assert went
    assert all(share["fte"] is None for share in went)
    assert measures(client)["turnover_rate"]["value"] == 2
    assert measures(client, "suppress=5")["turnover_rate"]["value"] is None


def test_suppress_is_never_under_5_without_the_scope_to_write(app: Flask, client: Client) -> None:
    reads = make_key(app, ["workforce:read"])

    assert "/query/suppress" in told(reads.get(f"{MEASURES}?suppress=0"))
    assert "/query/suppress" in told(client.get(f"{MEASURES}?suppress=3"))
    assert reads.get(f"{MEASURES}?suppress=10").status_code == 200
    assert make_key(app, ["attendance:read"]).get(MEASURES).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["from=2026-12-01&to=2026-11-01", "from=1950-01-01", "from=1800-01-01", "from=x", "staff_group=x"],
)
def test_what_can_t_be_asked(client: Client, query: str) -> None:
    assert client.get(f"{MEASURES}?{query}").status_code == 422


def test_a_window_may_be_as_long_as_records_go_back(client: Client) -> None:
    client.put(f"{WORKFORCE}/2008-11-06", snapshot(vacancies=[{"role": "Teacher", "count": 1}]))

    assert measures(client, "from=2005-09-01&to=2026-08-31")["vacancy_rate"]["value"] == 1.6


def test_ten_years_take_as_few_statements_as_one(app: Flask, client: Client) -> None:
    client.put(SNAPSHOT, snapshot())
    with counted(app) as few:
        client.get(MEASURES)
    client.post(f"{VACANCIES}/import", [vacancy(opened_on=f"20{n}-10-01") for n in range(16, 27)] * 3)
    with counted(app) as many:
        client.get(MEASURES)
        one = len(many)
        client.get(VACANCIES)

    assert one == len(few)
    assert len(many) - one <= len(few)
