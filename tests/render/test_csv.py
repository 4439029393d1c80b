import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tracker.records import CriterionRecord
from domain.tracker.report import compose_report
from render.csv import COLUMNS, render_csv
from tests.domain.tracker.made import (
    TODAY,
    make_action,
    make_challenge,
    make_indicator,
    make_milestone,
    make_update,
)


def rendered(*challenges: Any) -> bytes:
    scope = {"school": {"urn": "100001", "name": "Bridge Lane"}}
    return render_csv(compose_report(scope, challenges, first=None, last=None, as_of=None, today=TODAY))


def rows_of(*challenges: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rendered(*challenges).decode(), newline="")))


def test_a_row_tells_the_action_and_its_challenge() -> None:
    action = make_action(
        updates=(make_update(note="Calls, visits\nand “thanks”", progress=40, next_step="Visit the eleven"),),
        milestones=(make_milestone(done_on=TODAY), make_milestone(id="m2")),
        success_criteria=(CriterionRecord(text="Nine in ten reached", met="partly"),),
    )
    challenge = make_challenge(actions=(action,), lead=None, cohorts=("year_group:9", "sen_provision:K"))
    [row] = rows_of(challenge)
    assert row == {
        "school": "100001",
        "challenge_id": "c1",
        "challenge_kind": "attendance",
        "challenge": "Monday absence in year 9",
        "context": "The last bus leaves two villages at 7:10",
        "challenge_status": "open",
        "lead": "",
        "areas": "",
        "cohorts": "year_group:9; sen_provision:K",
        "challenge_health": "on_track",
        "challenge_health_reason": "every open action and indicator is on track",
        "indicators": "Attendance: 91.20 → 92.65 → 94.00 %",
        "evidence": "1",
        "latest_evidence_on": "2026-11-13",
        "reviews": "1",
        "latest_review_on": "2026-11-09",
        "questions_answered": "9",
        "questions": "11",
        "gaps": "Nobody leads on this; "
        "No action, figure or evidence speaks of “Year 9”, which this challenge names; "
        "No action, figure or evidence speaks of “SEN support”, which this challenge names",
        "action_id": "a1",
        "action": "Call home by 9:30",
        "intent": "Families hear from us on the first morning",
        "owner": "Amina Shah",
        "start_on": "2026-09-01",
        "due_on": "2027-03-26",
        "status": "in_progress",
        "progress": "40",
        "health": "on_track",
        "health_reason": "due in 123 days; last update on 16 November 2026",
        "milestones_done": "1",
        "milestones": "2",
        "criteria_met": "0",
        "criteria": "1",
        "latest_update_on": "2026-11-16",
        "latest_update": "Calls, visits\nand “thanks”",
        "next_step": "Visit the eleven",
    }


def test_a_challenge_with_two_actions_has_two_rows_and_one_without_has_one() -> None:
    two = make_challenge(actions=(make_action(id="a1"), make_action(id="a2")))
    none = make_challenge(id="c2", actions=())
    rows = rows_of(two, none)
    assert [(row["challenge_id"], row["action_id"]) for row in rows] == [
        ("c1", "a1"),
        ("c1", "a2"),
        ("c2", ""),
    ]
    assert rows[2]["owner"] == rows[2]["progress"] == rows[2]["milestones"] == rows[2]["latest_update"] == ""


def test_a_report_without_challenges_is_the_header_alone() -> None:
    assert rendered() == (",".join(COLUMNS) + "\r\n").encode()


def test_lines_end_with_crlf_and_there_is_no_byte_order_mark() -> None:
    body = rendered(make_challenge(title="Café"))
    assert body.startswith(b"school,challenge_id,")
    assert body.endswith(b"\r\n")
    assert body.count(b"\r\n") == 2
    assert "Café" in body.decode("utf-8")


def test_a_school_that_names_its_own_kind_is_given_that_name() -> None:
    [row] = rows_of(make_challenge(kind="other", kind_label="Transport"))
    assert row["challenge_kind"] == "Transport"


def test_figures_that_are_missing_are_a_question_mark() -> None:
    indicator = make_indicator(title="Late", latest=None, target=None, unit=None)
    [row] = rows_of(make_challenge(indicators=(indicator,)))
    assert row["indicators"] == "Late: 91.20 → ? → ?"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_compute_is_written_as_text(start: str) -> None:
    title = f'{start}HYPERLINK("http://evil.example")'
    [row] = rows_of(make_challenge(title=title))
    assert row["challenge"] == f"'{title}"


def test_a_formula_in_a_list_of_texts_is_guarded_as_well() -> None:
    [row] = rows_of(make_challenge(cohorts=("=1+1", "boys")))
    assert row["cohorts"] == "'=1+1; boys"


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=30))
def test_any_text_reads_back_as_it_was_or_behind_an_apostrophe(title: str) -> None:
    [row] = rows_of(make_challenge(title=title))
    assert row["challenge"] in {title, f"'{title}"}
    assert not row["challenge"].startswith(("=", "+", "-", "@", "\t", "\r"))
