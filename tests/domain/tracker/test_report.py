from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from domain.tracker.records import CriterionRecord, SpanRecord
from domain.tracker.report import compose_report
from tests.domain.tracker.made import (
    TODAY,
    make_action,
    make_challenge,
    make_evidence,
    make_milestone,
    make_review,
    make_update,
)

SCHOOL = {"school": {"urn": "100001", "name": "Bridge Lane"}}
SHAH = {"id": "p1", "name": "Amina Shah"}


def report_of(*challenges: Any, **given: Any) -> dict[str, Any]:
    usual = {"first": None, "last": None, "as_of": None, "today": TODAY}
    return compose_report(SCHOOL, challenges, **usual | given)


def test_a_report_of_one_challenge_in_full() -> None:
    action = make_action(
        cost=Decimal("150.00"),
        success_criteria=(CriterionRecord(text="Nine in ten families reached by 9:30", met="partly"),),
        milestones=(make_milestone(due_on=date(2026, 9, 11), done_on=date(2026, 9, 10)),),
    )
    report = report_of(
        make_challenge(
            actions=(action,), areas=("eif2025.attendance-and-behaviour",), cohorts=("year_group:9",)
        )
    )
    update = {
        "id": "u1",
        "on": "2026-11-16",
        "by": SHAH,
        "note": "First calls made",
        "progress": None,
        "status": None,
        "next_step": None,
    }
    assert report == {
        "school": {"urn": "100001", "name": "Bridge Lane"},
        "from": None,
        "to": None,
        "as_of": None,
        "clarity": {"answered": 10, "of": 11},
        "challenges": [
            {
                "id": "c1",
                "school": "100001",
                "kind": "attendance",
                "kind_label": None,
                "title": "Monday absence in year 9",
                "context": "The last bus leaves two villages at 7:10",
                "status": "open",
                "lead": SHAH,
                "areas": ["eif2025.attendance-and-behaviour"],
                "cohorts": ["year_group:9"],
                "origin": "data",
                "origin_detail": None,
                "origin_quote": None,
                "opened_on": "2026-09-01",
                "closed_on": None,
                "closing_note": None,
                "health": "on_track",
                "health_reason": "every open action and indicator is on track",
                "actions": [
                    {
                        "id": "a1",
                        "title": "Call home by 9:30",
                        "intent": "Families hear from us on the first morning",
                        "owner": SHAH,
                        "supporters": [],
                        "start_on": "2026-09-01",
                        "due_on": "2027-03-26",
                        "status": "in_progress",
                        "progress": 100,
                        "health": "on_track",
                        "health_reason": "due in 123 days; last update on 16 November 2026",
                        "success_criteria": [
                            {"text": "Nine in ten families reached by 9:30", "met": "partly"}
                        ],
                        "cohorts": [],
                        "cost": Decimal("150.00"),
                        "depends_on": [],
                        "repeats": None,
                        "next_due_on": None,
                        "milestones": [
                            {
                                "id": "m1",
                                "title": "Letter sent",
                                "due_on": "2026-09-11",
                                "done_on": "2026-09-10",
                            }
                        ],
                        "latest_update": update,
                    }
                ],
                "evidence": [
                    {
                        "id": "e1",
                        "title": "Log of first-day calls",
                        "kind": "note",
                        "url": None,
                        "text": "41 families reached in the first week",
                        "figures": None,
                        "captured_on": "2026-11-13",
                        "speaks_for": None,
                        "about": [{"type": "challenge", "id": "c1"}],
                        "cohorts": [],
                    }
                ],
                "indicators": [
                    {
                        "id": "i1",
                        "measure": "attendance",
                        "title": "Attendance",
                        "unit": "%",
                        "filter": None,
                        "direction": "up",
                        "baseline": Decimal("91.20"),
                        "baseline_on": "2026-09-30",
                        "latest": Decimal("92.65"),
                        "latest_on": "2026-11-20",
                        "null_because": None,
                        "target": Decimal("94.00"),
                        "target_on": "2027-07-20",
                        "expected_today": Decimal("91.72"),
                        "on_trajectory": True,
                    }
                ],
                "reviews": [
                    {
                        "id": "r1",
                        "held_on": "2026-11-09",
                        "attended": [SHAH],
                        "what_we_saw": "Calls reach most families",
                        "decisions": "Carry on, and visit the eleven not reached",
                        "next_review_on": "2026-12-14",
                    }
                ],
                "gaps": [
                    {
                        "question": "Is any group that it names left out?",
                        "id": "cohort_left_out",
                        "sentence": "No action, figure or evidence speaks of “Year 9”, which this challenge names",
                        "fill": {
                            "method": "POST",
                            "path": "/v1/challenges/c1/actions",
                            "body": {
                                "title": None,
                                "owner": None,
                                "start_on": None,
                                "due_on": None,
                                "cohorts": ["year_group:9"],
                            },
                        },
                    }
                ],
                "clarity": {"answered": 10, "of": 11},
            }
        ],
    }


def test_an_empty_report_of_a_trust_says_what_time_it_shows() -> None:
    report = compose_report(
        {"trust": {"uid": "5001", "name": "Bridge Trust"}},
        [],
        first=date(2026, 9, 1),
        last=date(2026, 11, 20),
        as_of=datetime(2026, 11, 20, 17, 30, tzinfo=timezone(timedelta(hours=1))),
        today=date(2026, 11, 20),
    )
    assert report == {
        "trust": {"uid": "5001", "name": "Bridge Trust"},
        "from": "2026-09-01",
        "to": "2026-11-20",
        "as_of": "2026-11-20T16:30:00Z",
        "clarity": {"answered": 0, "of": 0},
        "challenges": [],
    }


def test_clarity_is_summed_and_challenges_stay_in_the_order_given() -> None:
    report = report_of(make_challenge(id="c2", lead=None), make_challenge(id="c1"))
    assert [challenge["id"] for challenge in report["challenges"]] == ["c2", "c1"]
    assert report["clarity"] == {"answered": 21, "of": 22}


autumn = date(2026, 9, 1), date(2026, 10, 31)
OCTOBER, NOVEMBER = date(2026, 10, 31), date(2026, 11, 1)


@pytest.fixture
def shown_in_autumn() -> dict[str, Any]:
    updates = (
        make_update(id="u-oct", on=OCTOBER, progress=30),
        make_update(id="u-nov", on=NOVEMBER, progress=60),
    )
    spanning = SpanRecord(first=date(2026, 10, 30), last=date(2026, 12, 18))
    challenge = make_challenge(
        actions=(make_action(updates=updates), make_action(id="a2", start_on=NOVEMBER, updates=())),
        evidence=(
            make_evidence(id="e-nov", captured_on=NOVEMBER),
            make_evidence(id="e-span", captured_on=date(2026, 11, 20), speaks_for=spanning),
            make_evidence(id="e-oct-b", captured_on=OCTOBER),
            make_evidence(id="e-oct-a", captured_on=OCTOBER),
            make_evidence(id="e-aug", captured_on=date(2026, 8, 31)),
        ),
        reviews=(make_review(id="r-nov"), make_review(id="r-sep", held_on=date(2026, 9, 1))),
    )
    [shown] = report_of(challenge, first=autumn[0], last=autumn[1])["challenges"]
    return shown


def test_only_updates_of_the_time_asked_for_are_shown(shown_in_autumn: dict[str, Any]) -> None:
    assert shown_in_autumn["actions"][0]["latest_update"]["id"] == "u-oct"


def test_evidence_captured_in_or_speaking_for_the_time_is_shown_by_date(
    shown_in_autumn: dict[str, Any],
) -> None:
    assert [piece["id"] for piece in shown_in_autumn["evidence"]] == ["e-oct-a", "e-oct-b", "e-span"]


def test_only_reviews_held_in_the_time_are_shown(shown_in_autumn: dict[str, Any]) -> None:
    assert [review["id"] for review in shown_in_autumn["reviews"]] == ["r-sep"]


def test_actions_stay_and_are_judged_by_all_that_is_recorded(shown_in_autumn: dict[str, Any]) -> None:
    assert [action["progress"] for action in shown_in_autumn["actions"]] == [60, None]
    assert shown_in_autumn["gaps"] == []


def test_a_corrected_update_is_shown_as_corrected() -> None:
    updates = (
        make_update(id="u1", progress=80),
        make_update(id="u2", progress=8, note="Eight, not eighty", corrects="u1"),
    )
    [action] = report_of(make_challenge(actions=(make_action(updates=updates),)))["challenges"][0]["actions"]
    assert action["latest_update"]["note"] == "Eight, not eighty"
    assert action["progress"] == 8


def test_an_action_may_wait_for_one_of_another_challenge() -> None:
    late = make_action(id="late", due_on=date(2026, 11, 1))
    waiting = make_action(id="waiting", depends_on=("late",))
    report = report_of(make_challenge(actions=(waiting,)), make_challenge(id="c2", actions=(late,)))
    assert report["challenges"][0]["health"] == "at_risk"
    assert report["challenges"][0]["actions"][0]["health"] == "at_risk"


def test_a_report_never_carries_a_persons_address() -> None:
    everyone = replace(make_challenge().lead, email="secret@school.example")
    action = make_action(owner=everyone, supporters=(everyone,), updates=(make_update(by=everyone),))
    report = report_of(
        make_challenge(lead=everyone, actions=(action,), reviews=(make_review(attended=(everyone,)),))
    )
    assert "secret" not in repr(report)
