"""Records with a default for everything: a test names only what matters to it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from domain.tracker.limits import HealthLimits
from domain.tracker.records import (
    AboutRecord,
    ActionRecord,
    ChallengeRecord,
    EvidenceRecord,
    IndicatorRecord,
    MilestoneRecord,
    PersonRecord,
    ReviewRecord,
    UpdateRecord,
)

TODAY = date(2026, 11, 23)
MADE_AT = datetime(2026, 9, 1, 8, tzinfo=UTC)


def make_person(**given: Any) -> PersonRecord:
    usual = {
        "id": "p1",
        "name": "Amina Shah",
        "role": "Deputy head",
        "email": "a.shah@school.example",
        "schools": ("100001",),
        "active": True,
    }
    return PersonRecord(**usual | given)


def make_update(**given: Any) -> UpdateRecord:
    usual = {
        "id": "u1",
        "created_at": MADE_AT,
        "on": date(2026, 11, 16),
        "by": make_person(),
        "note": "First calls made",
        "progress": None,
        "status": None,
        "next_step": None,
        "corrects": None,
    }
    return UpdateRecord(**usual | given)


def make_milestone(**given: Any) -> MilestoneRecord:
    usual = {"id": "m1", "title": "Letter sent", "due_on": None, "done_on": None}
    return MilestoneRecord(**usual | given)


def make_action(**given: Any) -> ActionRecord:
    """In progress since 1 September, updated a week ago, due at Easter."""
    usual = {
        "id": "a1",
        "created_at": MADE_AT,
        "title": "Call home by 9:30",
        "intent": "Families hear from us on the first morning",
        "owner": make_person(),
        "supporters": (),
        "start_on": date(2026, 9, 1),
        "due_on": date(2027, 3, 26),
        "status": "in_progress",
        "success_criteria": (),
        "cohorts": (),
        "cost": None,
        "depends_on": (),
        "repeats": None,
        "next_due_on": None,
        "limits": HealthLimits(),
        "milestones": (),
        "updates": (make_update(),),
    }
    return ActionRecord(**usual | given)


def make_evidence(**given: Any) -> EvidenceRecord:
    usual = {
        "id": "e1",
        "created_at": MADE_AT,
        "title": "Log of first-day calls",
        "kind": "note",
        "url": None,
        "text": "41 families reached in the first week",
        "figures": None,
        "captured_on": date(2026, 11, 13),
        "speaks_for": None,
        "about": (AboutRecord(type="challenge", id="c1"),),
        "cohorts": (),
    }
    return EvidenceRecord(**usual | given)


def make_indicator(**given: Any) -> IndicatorRecord:
    usual = {
        "id": "i1",
        "measure": "attendance",
        "title": "Attendance",
        "unit": "%",
        "filter": None,
        "baseline": Decimal("91.20"),
        "baseline_on": date(2026, 9, 30),
        "target": Decimal("94.00"),
        "target_on": date(2027, 7, 20),
        "direction": "up",
        "latest": Decimal("92.65"),
        "latest_on": date(2026, 11, 20),
        "expected_today": Decimal("91.72"),
        "on_trajectory": True,
    }
    return IndicatorRecord(**usual | given)


def make_review(**given: Any) -> ReviewRecord:
    usual = {
        "id": "r1",
        "held_on": date(2026, 11, 9),
        "attended": (make_person(),),
        "what_we_saw": "Calls reach most families",
        "decisions": "Carry on, and visit the eleven not reached",
        "next_review_on": date(2026, 12, 14),
    }
    return ReviewRecord(**usual | given)


def make_challenge(**given: Any) -> ChallengeRecord:
    """A challenge with nothing missing: led, acted on, measured, evidenced and reviewed."""
    usual = {
        "id": "c1",
        "school": "100001",
        "kind": "attendance",
        "kind_label": None,
        "title": "Monday absence in year 9",
        "context": "The last bus leaves two villages at 7:10",
        "cohorts": (),
        "areas": (),
        "lead": make_person(),
        "origin": "data",
        "origin_detail": None,
        "origin_quote": None,
        "opened_on": date(2026, 9, 1),
        "closed_on": None,
        "closing_note": None,
        "actions": (make_action(),),
        "evidence": (make_evidence(),),
        "indicators": (make_indicator(),),
        "reviews": (make_review(),),
    }
    return ChallengeRecord(**usual | given)
