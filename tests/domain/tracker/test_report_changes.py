from datetime import date
from decimal import Decimal
from typing import Any

from domain.tracker.report import compose_report
from domain.tracker.report_changes import changes_of_report
from tests.domain.tracker.made import (
    TODAY,
    make_action,
    make_challenge,
    make_evidence,
    make_indicator,
    make_milestone,
    make_review,
    make_update,
)

NOTHING: dict[str, Any] = {"added": [], "changed": [], "gone": []}


def report_of(*challenges: Any, today: date = TODAY) -> dict[str, Any]:
    return compose_report({}, challenges, first=None, last=None, as_of=None, today=today)


def changed(before: Any, after: Any) -> set[tuple[str, str, Any, Any]]:
    found = changes_of_report(report_of(before), report_of(after))
    assert (found["added"], found["gone"]) == ([], [])
    return {(one["type"], one["field"], one["old"], one["new"]) for one in found["changed"]}


def test_between_a_report_and_itself_there_is_nothing() -> None:
    report = report_of(make_challenge())

    assert changes_of_report(report, report) == NOTHING


def test_what_moves_with_the_days_alone_is_no_change() -> None:
    indicator = make_indicator(latest_on=date(2026, 11, 21))

    later = report_of(make_challenge(indicators=(indicator,)), today=date(2026, 11, 24))

    assert changes_of_report(report_of(make_challenge()), later) == NOTHING


def test_everything_of_a_new_challenge_is_added_in_the_order_of_kinds() -> None:
    challenge = make_challenge(actions=(make_action(milestones=(make_milestone(),)),))

    found = changes_of_report({"challenges": []}, report_of(challenge))

    assert found["added"] == [
        {"type": "challenge", "id": "c1", "title": "Monday absence in year 9"},
        {"type": "action", "id": "a1", "title": "Call home by 9:30"},
        {"type": "milestone", "id": "m1", "title": "Letter sent"},
        {"type": "evidence", "id": "e1", "title": "Log of first-day calls"},
        {"type": "indicator", "id": "i1", "title": "Attendance"},
        {"type": "review", "id": "r1", "title": "Review on 9 November 2026"},
    ]
    assert (found["changed"], found["gone"]) == ([], [])


def test_what_is_gone_is_named_as_it_was() -> None:
    after = make_challenge(evidence=(make_evidence(id="e2", title="Another log"),))

    found = changes_of_report(report_of(make_challenge()), report_of(after))

    assert found["added"] == [{"type": "evidence", "id": "e2", "title": "Another log"}]
    assert found["gone"] == [{"type": "evidence", "id": "e1", "title": "Log of first-day calls"}]


def test_an_update_is_told_with_its_action() -> None:
    update = make_update(id="u2", on=date(2026, 11, 20), progress=60)
    after = make_challenge(actions=(make_action(updates=(make_update(), update)),))

    found = {field: (old, new) for _, field, old, new in _simple(make_challenge(), after)}

    assert found["progress"] == (None, 60)
    assert found["latest_update"] == ("u1", "u2")


def test_a_figure_that_moved_is_told() -> None:
    after = make_challenge(indicators=(make_indicator(latest=Decimal("93.10")),))

    assert changed(make_challenge(), after) == {("indicator", "latest", Decimal("92.65"), Decimal("93.10"))}


def test_a_gap_that_was_closed_is_told_by_its_id_and_in_clarity() -> None:
    assert changed(make_challenge(reviews=()), make_challenge(reviews=())) == set()

    found = changes_of_report(report_of(make_challenge(reviews=())), report_of(make_challenge()))

    told = {one["field"]: (one["old"], one["new"]) for one in found["changed"]}
    assert told == {"gaps": (["no_review"], []), "clarity.answered": (10, 11)}
    assert [one["type"] for one in found["added"]] == ["review"]


def test_a_milestone_that_was_met_and_a_review_that_was_written_up() -> None:
    def challenge(done_on: date | None, decisions: str) -> Any:
        milestone = make_milestone(due_on=date(2026, 12, 1), done_on=done_on)
        return make_challenge(
            actions=(make_action(milestones=(milestone,), updates=(make_update(progress=10),)),),
            reviews=(make_review(decisions=decisions),),
        )

    assert changed(challenge(None, "Carry on"), challenge(date(2026, 11, 20), "Visit")) == {
        ("milestone", "done_on", None, "2026-11-20"),
        ("review", "decisions", "Carry on", "Visit"),
    }


def _simple(before: Any, after: Any) -> set[tuple[str, str, Any, Any]]:
    """Changes with updates told by their ids."""
    found = changes_of_report(report_of(before), report_of(after))["changed"]
    return {
        (
            one["type"],
            one["field"],
            *(
                value["id"] if one["field"] == "latest_update" else value
                for value in (one["old"], one["new"])
            ),
        )
        for one in found
    }
