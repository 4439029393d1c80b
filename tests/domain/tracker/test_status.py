from itertools import product

import pytest

from domain.errors import Conflict, Invalid
from domain.tracker.status import MOVES, STATUSES, can_move, check_can_move, is_reopening, next_moves

# from \ to        planned  in_progress  blocked  done  stopped     (n: with a note, =: no move)
DRAWN = """
planned            =        yes          no       no    n
in_progress        no       =            yes      yes   n
blocked            no       yes          =        yes   n
done               no       n            no       =     no
stopped            no       n            no       no    =
"""


def drawn_moves() -> list[tuple[str, str, str]]:
    rows = [line.split() for line in DRAWN.strip().splitlines()]
    return [(old, new, cell) for old, *cells in rows for new, cell in zip(STATUSES, cells, strict=True)]


@pytest.mark.parametrize(("old", "new", "drawn"), drawn_moves())
def test_each_move_is_as_drawn(old: str, new: str, drawn: str) -> None:
    assert can_move(old, new, "Funding ended") is (drawn != "no")
    assert can_move(old, new) is (drawn in {"yes", "="})
    assert can_move(old, new, "  ") is can_move(old, new)


def test_every_status_is_drawn_and_leads_somewhere() -> None:
    assert {(old, new) for old, new, _ in drawn_moves()} == set(product(STATUSES, STATUSES))
    assert all(set(MOVES[status]) <= set(STATUSES) and MOVES[status] for status in STATUSES)


def test_the_refusal_names_the_moves_that_are_possible() -> None:
    with pytest.raises(Conflict) as refused:
        check_can_move("planned", "done", None)
    assert (
        str(refused.value)
        == "An action that is planned can't move to done; from planned it can move to in_progress or stopped"
    )
    assert refused.value.extra == {"next_moves": ["in_progress", "stopped"]}


@pytest.mark.parametrize(
    ("old", "new", "deed"),
    [
        ("in_progress", "stopped", "Stopping an action"),
        ("done", "in_progress", "Reopening an action that is done"),
        ("stopped", "in_progress", "Reopening an action that is stopped"),
    ],
)
def test_a_missing_note_is_pointed_at(old: str, new: str, deed: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_can_move(old, new, None)
    assert refused.value.faults[0].pointer == "/note"
    assert refused.value.detail == f"{deed} needs a note that says why"


def test_an_impossible_move_is_refused_as_impossible_even_without_its_note() -> None:
    with pytest.raises(Conflict):
        check_can_move("done", "stopped", None)


def test_a_word_that_is_no_status_is_pointed_at() -> None:
    with pytest.raises(Invalid) as refused:
        check_can_move("planned", "finished", None)
    assert refused.value.faults[0].pointer == "/status"


def test_next_moves_can_be_changed_without_changing_the_table() -> None:
    next_moves("planned").append("done")
    assert next_moves("planned") == ["in_progress", "stopped"]


def test_only_leaving_done_or_stopped_is_a_reopening() -> None:
    reopenings = {(old, new) for old in STATUSES for new in MOVES[old] if is_reopening(old, new)}
    assert reopenings == {("done", "in_progress"), ("stopped", "in_progress")}
