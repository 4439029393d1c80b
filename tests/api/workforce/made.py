"""Records of the workforce with defaults for everything, and where they are."""

from typing import Any

from tests.make import Client

SCHOOL = "/v1/schools/900001"
VACANCIES = f"{SCHOOL}/vacancies"
LEAVERS = f"{SCHOOL}/leavers"
WORKFORCE = f"{SCHOOL}/workforce"
SNAPSHOT = f"{WORKFORCE}/2026-11-05"
ABSENCE = f"{SCHOOL}/staff-absence/2025-26"


def snapshot(**fields: Any) -> dict[str, Any]:
    return {
        "teachers_fte": 62.4,
        "qualified_teachers_fte": 60.8,
        "teachers_headcount": 71,
        "vacancies": [],
    } | fields


def vacancy(**fields: Any) -> dict[str, Any]:
    return {"role": "Teacher", "subject": "Mathematics", "fte": 1, "opened_on": "2026-09-28"} | fields


def leaver(**fields: Any) -> dict[str, Any]:
    return {"role": "Teacher", "fte": 0.8, "left_on": "2026-08-31", "destination": "moved_school"} | fields


def absence(**fields: Any) -> dict[str, Any]:
    return {"teachers_with_absence": 41, "days_lost": 302.5, "teachers": 71} | fields


def made(client: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """What a POST made."""
    answer = client.post(path, body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def told(answer: Any) -> dict[str, str]:
    """The refusals of a 422, each detail by its pointer."""
    assert answer.status_code == 422, answer.text
    return {fault["pointer"]: fault["detail"] for fault in answer.json["errors"]}
