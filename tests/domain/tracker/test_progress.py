from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tracker.progress import counting_updates, latest_update, progress_of
from domain.tracker.records import UpdateRecord
from domain.tracker.status import STATUSES
from tests.domain.tracker.made import MADE_AT, make_milestone, make_update


def said(day: int, minute: int, progress: int | None, **given: str) -> UpdateRecord:
    """An update on a day of November, written down so many minutes after the others."""
    return make_update(
        id=given.get("id", f"{day}-{minute}"),
        on=date(2026, 11, day),
        created_at=MADE_AT + timedelta(minutes=minute),
        progress=progress,
        corrects=given.get("corrects"),
    )


DONE, OPEN = make_milestone(done_on=date(2026, 11, 2)), make_milestone()


def test_done_is_100_whatever_the_last_update_said() -> None:
    assert progress_of("done", [said(2, 0, 40)], [OPEN]) == 100


def test_the_latest_update_says_how_far_it_is() -> None:
    assert progress_of("in_progress", [said(9, 0, 60), said(2, 1, 40)], [DONE]) == 60


def test_of_two_updates_on_one_day_the_one_written_later_counts() -> None:
    assert progress_of("in_progress", [said(2, 5, 30), said(2, 1, 40)], []) == 30


def test_an_update_that_states_no_progress_leaves_the_earlier_one_standing() -> None:
    assert progress_of("in_progress", [said(2, 0, 40), said(9, 1, None)], [DONE]) == 40


def test_progress_may_fall_and_may_be_nothing() -> None:
    assert progress_of("in_progress", [said(2, 0, 40), said(9, 1, 0)], [DONE]) == 0


@pytest.mark.parametrize(
    ("done", "of", "share"),
    [(0, 1, 0), (1, 1, 100), (1, 3, 33), (2, 3, 67), (1, 8, 13), (5, 8, 63), (1, 200, 1)],
)
def test_without_a_stated_progress_it_is_the_share_of_milestones_done(done: int, of: int, share: int) -> None:
    milestones = [DONE] * done + [OPEN] * (of - done)
    assert progress_of("in_progress", [said(2, 0, None)], milestones) == share


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "done"])
def test_where_nothing_says_how_far_it_is_there_is_no_figure(status: str) -> None:
    assert progress_of(status, [], []) is None


def test_a_correction_replaces_what_it_corrects() -> None:
    assert progress_of("in_progress", [said(2, 0, 80, id="a"), said(2, 1, 8, id="b", corrects="a")], []) == 8


def test_a_correction_of_a_correction_is_the_one_that_counts() -> None:
    chain = [
        said(2, 0, 80, id="a"),
        said(2, 1, 8, id="b", corrects="a"),
        said(2, 2, 18, id="c", corrects="b"),
    ]
    assert [update.id for update in counting_updates(chain)] == ["c"]


def test_a_correction_of_an_earlier_update_of_the_day_does_not_become_the_latest() -> None:
    updates = [said(2, 0, 20, id="a"), said(2, 1, 50, id="b"), said(2, 2, 30, id="c", corrects="a")]
    assert [update.id for update in counting_updates(updates)] == ["c", "b"]
    assert progress_of("in_progress", updates, []) == 50


def test_of_two_corrections_of_one_update_the_one_written_later_counts() -> None:
    updates = [
        said(2, 0, 80, id="a"),
        said(2, 9, 18, id="b", corrects="a"),
        said(2, 5, 8, id="c", corrects="a"),
    ]
    assert progress_of("in_progress", updates, []) == 18


def test_a_correction_that_takes_the_figure_back_leaves_the_earlier_one_standing() -> None:
    updates = [said(2, 0, 20), said(9, 1, 90, id="b"), said(9, 2, None, id="c", corrects="b")]
    assert progress_of("in_progress", updates, []) == 20


def test_no_updates_have_no_latest() -> None:
    assert latest_update([]) is None


stated = st.builds(said, st.integers(1, 30), st.integers(0, 9), st.none() | st.integers(-50, 300))
milestones = st.lists(st.sampled_from([DONE, OPEN]), max_size=30)


@given(st.sampled_from(STATUSES), st.lists(stated, max_size=8), milestones)
def test_progress_never_leaves_0_to_100(status: str, updates: list, milestones: list) -> None:
    progress = progress_of(status, updates, milestones)
    assert progress is None or 0 <= progress <= 100


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_share_is_rounded_half_up_as_decimal_does(done: int, of: int) -> None:
    done = min(done, of)
    share = (Decimal(100 * done) / Decimal(of)).quantize(Decimal(1), ROUND_HALF_UP)
    assert progress_of("in_progress", [], [DONE] * done + [OPEN] * (of - done)) == share
