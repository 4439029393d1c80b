from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.tracker.gaps import QUESTIONS, clarity_of, gaps_of, sum_of_clarity
from domain.tracker.records import ChallengeRecord
from tests.domain.tracker.made import (
    TODAY,
    make_action,
    make_challenge,
    make_evidence,
    make_indicator,
    make_person,
    make_review,
)

GONE = make_person(id="p9", name="Bea Cole", active=False)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def found(challenge: ChallengeRecord) -> list[tuple[str, str, str]]:
    """Each gap's id, sentence, and the call that fills it."""
    return [
        (gap.id, gap.sentence, f"{gap.fill['method']} {gap.fill['path']}")
        for gap in gaps_of(challenge, TODAY)
    ]


def test_a_challenge_that_answers_every_question_has_no_gap() -> None:
    assert gaps_of(make_challenge(), TODAY) == []
    assert clarity_of([]) == {"answered": 11, "of": 11}


@pytest.mark.parametrize(
    ("given", "gap", "sentence", "call"),
    [
        pytest.param(
            {"context": " "},
            "no_context",
            "Nothing says why this matters in this school",
            "PATCH /v1/challenges/c1",
            id="no context",
        ),
        pytest.param(
            {"lead": None}, "no_lead", "Nobody leads on this", "PATCH /v1/challenges/c1", id="no lead"
        ),
        pytest.param(
            {"lead": GONE},
            "no_lead",
            "Bea Cole, who leads on this, is no longer here",
            "PATCH /v1/challenges/c1",
            id="the lead has left",
        ),
        pytest.param(
            {"actions": (make_action(title="Visit families", owner=None),)},
            "no_owner",
            "“Visit families” has no owner",
            "PATCH /v1/actions/a1",
            id="no owner",
        ),
        pytest.param(
            {"actions": (make_action(title="Visit families", owner=GONE),)},
            "no_owner",
            "Bea Cole, who owns “Visit families”, is no longer here",
            "PATCH /v1/actions/a1",
            id="the owner has left",
        ),
        pytest.param(
            {"actions": (make_action(title="Visit families", due_on=days_ago(1)),)},
            "overdue",
            "“Visit families” was due on 22 November 2026 and is not finished: "
            "say that it is done, or agree a new date",
            "PATCH /v1/actions/a1",
            id="overdue",
        ),
        pytest.param(
            {"indicators": (make_indicator(baseline=None),)},
            "no_baseline",
            "“Attendance” has no starting point to compare with",
            "PATCH /v1/indicators/i1",
            id="no baseline",
        ),
        pytest.param(
            {"indicators": (make_indicator(target=None),)},
            "no_target",
            "“Attendance” has no target",
            "PATCH /v1/indicators/i1",
            id="no target",
        ),
        pytest.param(
            {"indicators": (make_indicator(target_on=None),)},
            "no_target",
            "“Attendance” has a target and no day by which to reach it",
            "PATCH /v1/indicators/i1",
            id="a target for no day",
        ),
        pytest.param(
            {"evidence": ()},
            "no_evidence",
            "No evidence has been added",
            "POST /v1/evidence",
            id="no evidence",
        ),
        pytest.param(
            {"evidence": (make_evidence(captured_on=days_ago(42)), make_evidence(captured_on=days_ago(90)))},
            "no_evidence",
            "The latest evidence is from 12 October 2026, 6 weeks ago",
            "POST /v1/evidence",
            id="no evidence for six weeks",
        ),
        pytest.param(
            {"reviews": ()},
            "no_review",
            "It has not been reviewed yet",
            "POST /v1/challenges/c1/reviews",
            id="no review",
        ),
        pytest.param(
            {"reviews": (make_review(held_on=days_ago(-7)),)},
            "no_review",
            "It has not been reviewed yet",
            "POST /v1/challenges/c1/reviews",
            id="a review that is still to come",
        ),
        pytest.param(
            {"reviews": (make_review(next_review_on=days_ago(3)),)},
            "no_review",
            "The review planned for 20 November 2026 has not been recorded",
            "POST /v1/challenges/c1/reviews",
            id="a review that was missed",
        ),
        pytest.param(
            {"cohorts": ("sen_provision:K",)},
            "cohort_left_out",
            "No action, figure or evidence speaks of “SEN support”, which this challenge names",
            "POST /v1/challenges/c1/actions",
            id="a cohort left out",
        ),
    ],
)
def test_one_thing_missing_is_one_gap_and_one_question_open(
    given: dict[str, Any], gap: str, sentence: str, call: str
) -> None:
    challenge = make_challenge(**given)
    assert found(challenge) == [(gap, sentence, call)]
    assert clarity_of(gaps_of(challenge, TODAY)) == {"answered": 10, "of": 11}


@pytest.mark.parametrize(
    ("given", "gaps"),
    [
        ({"actions": ()}, ["no_action", "no_owner"]),
        ({"actions": (make_action(status="stopped"),)}, ["no_action", "no_owner"]),
        ({"indicators": ()}, ["no_measure", "no_baseline", "no_target"]),
    ],
)
def test_without_an_action_nobody_owns_one_and_without_a_figure_none_has_a_target(
    given: dict[str, Any], gaps: list[str]
) -> None:
    assert [gap.id for gap in gaps_of(make_challenge(**given), TODAY)] == gaps


def test_a_challenge_of_which_only_the_title_is_known_leaves_all_but_two_questions_open() -> None:
    bare = make_challenge(context=None, lead=None, actions=(), evidence=(), indicators=(), reviews=())
    gaps = gaps_of(bare, TODAY)
    assert [gap.id for gap in gaps] == [
        question.gap for question in QUESTIONS if question.gap not in {"overdue", "cohort_left_out"}
    ]
    assert clarity_of(gaps) == {"answered": 2, "of": 11}


@pytest.mark.parametrize("status", ["done", "stopped"])
def test_what_is_done_or_stopped_needs_no_owner_and_is_not_late(status: str) -> None:
    ended = make_action(id="a2", status=status, owner=None, due_on=days_ago(30))
    assert gaps_of(make_challenge(actions=(make_action(), ended)), TODAY) == []


def test_due_today_is_not_late_and_evidence_of_41_days_is_fresh() -> None:
    challenge = make_challenge(
        actions=(make_action(due_on=TODAY),), evidence=(make_evidence(captured_on=days_ago(41)),)
    )
    assert gaps_of(challenge, TODAY) == []


def test_evidence_without_a_day_of_its_own_is_as_old_as_its_record() -> None:
    challenge = make_challenge(evidence=(make_evidence(captured_on=None),))
    assert (
        gaps_of(challenge, TODAY)[0].sentence == "The latest evidence is from 1 September 2026, 11 weeks ago"
    )


def test_a_review_planned_for_today_is_not_missed_and_the_last_one_held_says_when_the_next_is() -> None:
    earlier = make_review(id="r0", held_on=days_ago(60), next_review_on=days_ago(14))
    latest = make_review(held_on=days_ago(14), next_review_on=TODAY)
    assert gaps_of(make_challenge(reviews=(latest, earlier)), TODAY) == []


def test_two_actions_without_an_owner_are_two_gaps_and_one_open_question() -> None:
    challenge = make_challenge(actions=(make_action(owner=None), make_action(id="a2", owner=None)))
    gaps = gaps_of(challenge, TODAY)
    assert [gap.fill["path"] for gap in gaps] == ["/v1/actions/a1", "/v1/actions/a2"]
    assert clarity_of(gaps)["answered"] == 10


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"actions": (make_action(cohorts=("sen_provision:K",)),)}, id="an action"),
        pytest.param(
            {"evidence": (make_evidence(cohorts=("sen_provision:E,K",)),)}, id="evidence for both groups"
        ),
        pytest.param(
            {"indicators": (make_indicator(filter="year_group:9;sen_provision:K"),)}, id="a figure's filter"
        ),
    ],
)
def test_a_cohort_is_spoken_of_by(given: dict[str, Any]) -> None:
    assert gaps_of(make_challenge(cohorts=("sen_provision:K",), **given), TODAY) == []


def test_a_stopped_action_no_longer_speaks_for_a_cohort() -> None:
    stopped = make_action(id="a2", status="stopped", cohorts=("sen_provision:K",))
    challenge = make_challenge(cohorts=("sen_provision:K",), actions=(make_action(), stopped))
    assert [gap.id for gap in gaps_of(challenge, TODAY)] == ["cohort_left_out"]


def test_of_two_groups_in_one_cohort_both_must_be_spoken_of() -> None:
    challenge = make_challenge(
        cohorts=("sen_provision:E,K",), actions=(make_action(cohorts=("sen_provision:K",)),)
    )
    assert [gap.fill["body"]["cohorts"] for gap in gaps_of(challenge, TODAY)] == [["sen_provision:E,K"]]


def test_a_cohort_in_the_schools_own_words_is_known_by_its_words() -> None:
    challenge = make_challenge(cohorts=("Boys who take the bus",))
    assert "“Boys who take the bus”" in gaps_of(challenge, TODAY)[0].sentence
    spoken_of = replace(challenge, actions=(make_action(cohorts=("boys who take  the bus",)),))
    assert gaps_of(spoken_of, TODAY) == []


def test_a_closed_challenge_is_asked_as_on_the_day_it_was_closed() -> None:
    closed = make_challenge(
        closed_on=date(2026, 11, 20), actions=(make_action(status="done", due_on=date(2026, 11, 1)),)
    )
    years_later = date(2029, 1, 1)
    assert gaps_of(closed, years_later) == []
    assert {gap.id for gap in gaps_of(replace(closed, closed_on=None), years_later)} == {
        "no_evidence",
        "no_review",
    }


def test_a_challenge_that_is_to_be_closed_next_year_is_asked_as_on_today() -> None:
    assert gaps_of(make_challenge(closed_on=date(2027, 12, 31)), TODAY) == []


def test_every_gap_has_its_own_id_and_question() -> None:
    assert len({question.gap for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question.text for question in QUESTIONS}) == len(QUESTIONS)


def test_clarity_is_summed_over_challenges() -> None:
    assert sum_of_clarity([{"answered": 3, "of": 11}, {"answered": 11, "of": 11}]) == {
        "answered": 14,
        "of": 22,
    }
    assert sum_of_clarity([]) == {"answered": 0, "of": 0}
