from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tracker.health import STATES, health_of_action, health_of_challenge, is_overdue
from domain.tracker.limits import HealthLimits
from domain.tracker.status import STATUSES
from tests.domain.tracker.made import (
    TODAY,
    make_action,
    make_challenge,
    make_indicator,
    make_milestone,
    make_update,
)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


def updated(days: int, **given: Any) -> dict[str, Any]:
    return {"updates": (make_update(on=days_ago(days), **given),)}


@pytest.mark.parametrize(
    ("given", "state", "reason"),
    [
        pytest.param({}, "on_track", "due in 123 days; last update on 16 November 2026", id="usual"),
        pytest.param(
            {"due_on": None, "start_on": days_ago(3), "updates": ()},
            "on_track",
            "no day by which it is due; no update yet",
            id="just begun",
        ),
        pytest.param({"due_on": days_ago(1)}, "overdue", "due 1 day ago", id="past its day"),
        pytest.param(
            {"due_on": days_ago(5), **updated(31)},
            "overdue",
            "due 5 days ago; no update for 31 days",
            id="past its day is worse than silent, and both are said",
        ),
        pytest.param(
            {"due_on": TODAY, **updated(1, progress=90)},
            "on_track",
            "due today; last update on 22 November 2026",
            id="due today and nearly done",
        ),
        pytest.param(
            {"due_on": in_days(6), **updated(31, progress=80)},
            "stalled",
            "no update for 31 days",
            id="silent",
        ),
        pytest.param(
            {"due_on": in_days(6), **updated(31, progress=20)},
            "stalled",
            "no update for 31 days; due in 6 days with 20 % done",
            id="silent and due soon",
        ),
        pytest.param(updated(28), "stalled", "no update for 28 days", id="silent for four weeks"),
        pytest.param(
            updated(27),
            "on_track",
            "due in 123 days; last update on 27 October 2026",
            id="not quite four weeks",
        ),
        pytest.param(
            {"start_on": days_ago(40), "updates": ()},
            "stalled",
            "no update for 40 days",
            id="silent since it began",
        ),
        pytest.param(
            {"start_on": days_ago(2), **updated(60)},
            "on_track",
            "due in 123 days; last update on 24 September 2026",
            id="begun two days ago, last spoken of while it was planned",
        ),
        pytest.param(
            {"start_on": days_ago(40), "updates": (make_update(on=in_days(1)),)},
            "stalled",
            "no update for 40 days",
            id="an update dated tomorrow doesn't break the silence",
        ),
        pytest.param(
            {"start_on": in_days(9), **updated(30)},
            "stalled",
            "no update for 30 days",
            id="nor does a start that is still to come",
        ),
        pytest.param(
            {"start_on": None, "updates": ()},
            "stalled",
            "no update for 83 days",
            id="silent since it was written down, where no start is given",
        ),
        pytest.param(
            {
                "status": "blocked",
                "updates": (
                    make_update(id="u1", on=days_ago(60), status="blocked"),
                    make_update(id="u2", on=days_ago(50), status="in_progress"),
                    make_update(id="u3", on=days_ago(40), status="blocked"),
                ),
            },
            "at_risk",
            "blocked since 14 October 2026",
            id="blocked for the second time",
        ),
        pytest.param(
            {"due_on": in_days(14), **updated(7, progress=75)},
            "on_track",
            "due in 14 days; last update on 16 November 2026",
            id="due soon and three quarters done",
        ),
        pytest.param(
            {"status": "blocked", **updated(40, status="blocked")},
            "at_risk",
            "blocked since 14 October 2026",
            id="blocked",
        ),
        pytest.param(
            {"status": "blocked", "updates": ()}, "at_risk", "blocked", id="blocked, nobody said when"
        ),
        pytest.param(
            {"due_on": in_days(14), **updated(1, progress=74)},
            "at_risk",
            "due in 14 days with 74 % done",
            id="due soon and behind",
        ),
        pytest.param(
            {"due_on": in_days(1)}, "at_risk", "due in 1 day with no progress recorded", id="due tomorrow"
        ),
        pytest.param(
            {"due_on": in_days(15)},
            "on_track",
            "due in 15 days; last update on 16 November 2026",
            id="due in more than two weeks",
        ),
        pytest.param(
            {"milestones": (make_milestone(title="Letter sent", due_on=days_ago(3)),)},
            "at_risk",
            "milestone “Letter sent” was due on 20 November 2026",
            id="a late milestone",
        ),
        pytest.param(
            {
                "milestones": (
                    make_milestone(due_on=days_ago(3), done_on=days_ago(1)),
                    make_milestone(due_on=TODAY),
                )
            },
            "on_track",
            "due in 123 days; last update on 16 November 2026",
            id="milestones met or due today",
        ),
        pytest.param(
            {"status": "planned", "start_on": days_ago(14)},
            "at_risk",
            "was to start 14 days ago",
            id="late start",
        ),
        pytest.param(
            {"status": "planned", "start_on": in_days(8)},
            "on_track",
            "starts on 1 December 2026",
            id="planned",
        ),
        pytest.param(
            {"status": "planned", "start_on": None}, "on_track", "planned, with no day to start", id="vague"
        ),
        pytest.param(
            {"status": "done", "due_on": days_ago(90), **updated(60, status="done")},
            "done",
            "done since 24 September 2026",
            id="done, however late",
        ),
        pytest.param(
            {"status": "stopped", "due_on": days_ago(90), **updated(60, status="stopped")},
            None,
            "stopped since 24 September 2026",
            id="stopped has no health",
        ),
    ],
)
def test_the_health_of_an_action_and_its_reason(
    given: dict[str, Any], state: str | None, reason: str
) -> None:
    health = health_of_action(make_action(**given), TODAY)
    assert (health.state, health.reason) == (state, reason)


@pytest.mark.parametrize(
    ("other", "state", "reason"),
    [
        ({"due_on": days_ago(1)}, "at_risk", "waits for “Hire an assistant”, which is overdue"),
        ({"status": "stopped"}, "at_risk", "waits for “Hire an assistant”, which was stopped"),
        ({"status": "done", "due_on": days_ago(1)}, "on_track", None),
        ({"due_on": in_days(1)}, "on_track", None),
    ],
)
def test_an_action_that_waits_for_a_late_one_is_at_risk(
    other: dict[str, Any], state: str, reason: str | None
) -> None:
    awaited = make_action(id="a2", title="Hire an assistant", **other)
    health = health_of_action(make_action(depends_on=("a2",)), TODAY, others={"a2": awaited})
    assert health.state == state
    assert reason is None or health.reason == reason


def test_what_it_waits_for_out_of_sight_is_not_judged() -> None:
    assert health_of_action(make_action(depends_on=("elsewhere",)), TODAY).state == "on_track"


def test_the_limits_can_be_set() -> None:
    earlier = HealthLimits(stalled_after_days=10)

    assert health_of_action(make_action(**updated(10), limits=earlier), TODAY).state == "stalled"


def test_what_repeats_is_done_until_it_was_to_be_done_again() -> None:
    done = {"status": "done", "updates": (make_update(on=days_ago(8), status="done"),)}

    later = health_of_action(make_action(**done, next_due_on=TODAY), TODAY)
    late = health_of_action(make_action(**done, next_due_on=days_ago(1)), TODAY)

    assert (later.state, later.reason) == (
        "done",
        "done since 15 November 2026; to be done again by 23 November 2026",
    )
    assert (late.state, late.reason) == (
        "overdue",
        "was to be done again 1 day ago; done since 15 November 2026",
    )


def test_a_challenge_is_overdue_with_what_was_to_be_done_again() -> None:
    late = make_action(status="done", next_due_on=days_ago(1))

    assert health_of_challenge(make_challenge(actions=(late,)), TODAY).state == "overdue"


overdue = make_action(id="o", title="Visit families", due_on=days_ago(5))
stalled = make_action(id="s", title="Train tutors", **updated(31))
blocked = make_action(id="b", title="Change the bus", status="blocked")
well = make_action(id="w")
done = make_action(id="d", status="done")
stopped = make_action(id="x", status="stopped")
short = make_indicator(latest=Decimal("91.00"), on_trajectory=False)
unmeasured = make_indicator(latest=None, on_trajectory=None)


@pytest.mark.parametrize(
    ("actions", "indicators", "state", "reason"),
    [
        pytest.param(
            (well, overdue, stalled), (short,), "overdue", "“Visit families” (due 5 days ago)", id="worst"
        ),
        pytest.param(
            (blocked, stalled), (), "stalled", "“Train tutors” (no update for 31 days)", id="stalled"
        ),
        pytest.param(
            (well, blocked),
            (short,),
            "at_risk",
            "“Change the bus” (blocked) and Attendance at 91.00 %, below the 91.72 % expected by now",
            id="an action and a figure",
        ),
        pytest.param(
            (well, done),
            (make_indicator(),),
            "on_track",
            "every open action and indicator is on track",
            id="all well",
        ),
        pytest.param(
            (done, stopped),
            (unmeasured,),
            "done",
            "every action is done or stopped, and the challenge is still open",
            id="nothing left to do",
        ),
        pytest.param((), (), None, "no action yet", id="nothing to judge by"),
        pytest.param((stopped,), (), None, "every action was stopped", id="given up"),
        pytest.param(
            (overdue,) * 5,
            (),
            "overdue",
            "“Visit families” (due 5 days ago), “Visit families” (due 5 days ago), "
            "“Visit families” (due 5 days ago) and 2 more",
            id="three are named and the rest counted",
        ),
    ],
)
def test_a_challenge_is_as_its_worst_part(
    actions: tuple, indicators: tuple, state: str | None, reason: str
) -> None:
    health = health_of_challenge(make_challenge(actions=actions, indicators=indicators), TODAY)
    assert (health.state, health.reason) == (state, reason)


def test_a_figure_that_should_fall_is_above_what_is_expected() -> None:
    indicator = make_indicator(
        title="Agency days",
        unit=None,
        direction="down",
        latest=Decimal(9),
        expected_today=Decimal(7),
        on_trajectory=False,
    )
    health = health_of_challenge(make_challenge(actions=(), indicators=(indicator,)), TODAY)
    assert health.reason == "Agency days at 9, above the 7 expected by now"


def test_a_closed_challenge_is_done_whatever_was_left_open() -> None:
    closed = make_challenge(actions=(overdue,), closed_on=date(2026, 11, 20))
    assert health_of_challenge(closed, TODAY).state == "done"
    assert health_of_challenge(closed, TODAY).reason == "closed on 20 November 2026"


def test_actions_of_one_challenge_can_wait_for_one_another() -> None:
    waiting = replace(well, depends_on=("x",))
    assert health_of_challenge(make_challenge(actions=(waiting, stopped)), TODAY).state == "at_risk"


@given(
    st.sampled_from(STATUSES), st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 100)
)
def test_every_action_has_a_known_health_and_only_open_ones_are_overdue(
    status: str, due_on: date | None, progress: int
) -> None:
    action = make_action(status=status, due_on=due_on, **updated(3, progress=progress))
    health = health_of_action(action, TODAY)
    assert (health.state is None) == (status == "stopped")
    assert health.state is None or health.state in STATES
    assert (health.state == "overdue") == is_overdue(action, TODAY)
    assert health.reason
