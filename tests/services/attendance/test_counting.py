"""The sums that are kept: used again while nothing was written, and never after."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands import COMMAND_LINE
from domain.attendance.cells import Cells
from domain.attendance.question import Question
from services.attendance import counting
from services.attendance.counting import count_school, count_schools
from services.schools.schools import get_school
from services.unit_of_work import UnitOfWork, unit_of_work
from tests.conftest import Clock
from tests.make import URN, Client, make_school

WHOLE = Question(date(2026, 9, 1), date(2026, 11, 20))
BY_WEEK = Question(date(2026, 9, 1), date(2026, 11, 20), by=("week",))


@pytest.fixture
def school(client: Client) -> str:
    make_school(client)
    push(client, "2026-11-19", {"P1": "/", "P2": "I"})
    return URN


def push(client: Client, day: str, marks: dict[str, str]) -> None:
    answer = client.put(f"/v1/schools/{URN}/registers/{day}/AM?force=true", {"marks": marks})
    assert answer.status_code == 200, answer.text


@contextmanager
def reading(app: Flask) -> Iterator[UnitOfWork]:
    with unit_of_work(app.extensions["headway"].tools, COMMAND_LINE, writes=False) as work:
        yield work


def counted(app: Flask, *questions: Question, as_of: datetime | None = None) -> list[Cells]:
    with reading(app) as work:
        return count_school(work, get_school(work, URN), questions or [WHOLE], as_of)


def possible(cells: Cells) -> int:
    return int(cells.totals[0, 0])


def test_sums_are_added_up_once(app: Flask, client: Client, school: str) -> None:
    assert counted(app)[0] is counted(app)[0]


def test_asking_again_reads_no_register(
    app: Flask, client: Client, school: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = counted(app, WHOLE, BY_WEEK)
    monkeypatch.delattr(counting, "load_school")

    assert counted(app, WHOLE, BY_WEEK) == kept


def test_another_question_of_the_same_year_reads_no_register_either(
    app: Flask, client: Client, school: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted(app, WHOLE)
    monkeypatch.delattr(counting, "load_school")
    week = Question(date(2026, 11, 16), date(2026, 11, 22), by=("day",))

    assert [possible(cells) for cells in counted(app, week, BY_WEEK)] == [2, 2]


def test_days_that_were_not_read_are_read_when_they_are_asked_for(
    app: Flask, client: Client, school: str
) -> None:
    push(client, "2026-11-18", {"P1": "/", "P2": "/"})
    days = [Question(date(2026, 11, day), date(2026, 11, 20)) for day in (19, 18)]

    assert [possible(counted(app, day)[0]) for day in days] == [2, 4]


def test_each_question_has_its_own_sums(app: Flask, client: Client, school: str) -> None:
    whole, by_week = counted(app, WHOLE, BY_WEEK)

    assert (whole.keys, len(by_week.keys)) == ([()], 1)
    assert counted(app, BY_WEEK, WHOLE) == [by_week, whole]


def test_a_push_is_in_the_next_answer(app: Flask, client: Client, school: str) -> None:
    before = possible(counted(app)[0])
    push(client, "2026-11-20", {"P1": "/", "P2": "/"})

    assert (before, possible(counted(app)[0])) == (2, 4)


def test_a_changed_roll_is_in_the_next_answer(app: Flask, client: Client, school: str) -> None:
    before = possible(counted(app)[0])
    pupils = [{"pupil": "P1", "from": "2026-09-01"}, {"pupil": "P2", "from": "2026-11-20"}]
    answer = client.put(f"/v1/schools/{URN}/roll?on=2026-09-01&force=true", {"pupils": pupils})
    assert answer.status_code == 200, answer.text

    assert (before, possible(counted(app)[0])) == (2, 1)


def test_a_changed_calendar_is_in_the_next_answer(app: Flask, client: Client, school: str) -> None:
    by_half_term = Question(date(2026, 9, 1), date(2026, 11, 20), by=("half_term",))
    (before,) = counted(app, by_half_term)
    terms = [{"name": "Autumn", "half_term": 1, "from": "2026-09-01", "to": "2026-12-18"}]
    answer = client.put(f"/v1/schools/{URN}/calendar/2026-27", {"terms": terms, "closures": []})
    assert answer.status_code in (200, 201), answer.text
    (after,) = counted(app, by_half_term)

    assert [label for ((_, _, label),) in before.keys + after.keys] == [None, "2026/27-1"]


def test_counts_of_a_session_are_in_the_next_answer_and_gone_when_they_are_taken_away(
    app: Flask, client: Client, school: str
) -> None:
    path = f"/v1/schools/{URN}/session-counts/2026-11-18/AM"
    found = [possible(counted(app)[0])]
    for call in (lambda: client.put(path, {"counts": {"/": 7}}), lambda: client.delete(path)):
        assert call().status_code in (200, 201, 204)
        found.append(possible(counted(app)[0]))

    assert found == [2, 9, 2]


def test_kept_sums_of_one_school_that_nothing_is_compared_with_need_no_transaction(
    app: Flask, client: Client, school: str
) -> None:
    counted(app)
    with reading(app) as work:
        named = get_school(work, URN)
        list(count_schools(work, [named], WHOLE, None, alone=True))
        assert work.begins
        list(count_schools(work, [named], WHOLE, None))
        assert not work.begins


def test_kept_sums_are_not_answered_once_another_has_written(app: Flask, client: Client, school: str) -> None:
    counted(app)
    push(client, "2026-11-20", {"P1": "/", "P2": "/"})
    with reading(app) as work:
        (cells,) = count_schools(work, [get_school(work, URN)], WHOLE, None, alone=True)

    assert possible(cells) == 4


def test_another_question_is_of_what_another_has_written_meanwhile(
    app: Flask, client: Client, school: str
) -> None:
    counted(app, WHOLE)
    push(client, "2026-11-20", {"P1": "/", "P2": "/"})
    with reading(app) as work:
        (cells,) = count_schools(work, [get_school(work, URN)], BY_WEEK, None, alone=True)

    assert possible(cells) == 4


@pytest.fixture
def two_years(client: Client, school: str) -> str:
    """Registers on both sides of the turn of the academic year, spells that end and begin, and session counts."""
    pupils = [
        {"pupil": "P1", "from": "2026-06-01", "year_group": "7"},
        {"pupil": "P2", "from": "2026-06-01", "to": "2026-10-01", "year_group": "8"},
        {"pupil": "P3", "from": "2026-09-10", "year_group": "8"},
    ]
    assert (
        client.put(f"/v1/schools/{URN}/roll?on=2026-06-01&force=true", {"pupils": pupils}).status_code == 200
    )
    day = date(2026, 6, 15)
    while day <= date(2026, 11, 20):
        push(client, day.isoformat(), {"P1": "/", "P2": "I", "P3": "O"})
        day += timedelta(days=9)
    for counts_on in ("2026-09-03", "2026-11-05"):
        client.put(f"/v1/schools/{URN}/session-counts/{counts_on}/PM", {"counts": {"\\": 5, "I": 1}})
    return URN


DAYS = st.dates(date(2026, 6, 1), date(2026, 12, 1))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    windows=st.lists(
        st.tuples(
            DAYS, DAYS, st.sampled_from([(), ("week",), ("year_group",), ("half_term", "session"), ("code",)])
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_added_up_from_memory_is_what_is_added_up_from_the_database(
    app: Flask, client: Client, two_years: str, windows: list[tuple[date, date, tuple[str, ...]]]
) -> None:
    questions = [Question(min(a, b), max(a, b), by=by) for a, b, by in windows]
    counting.forget_sums()
    one_after_the_other = [counted(app, question)[0] for question in questions]
    anew = []
    for question in questions:
        counting.forget_sums()
        anew.append(counted(app, question)[0])

    for kept, fresh in zip(one_after_the_other, anew, strict=True):
        assert (kept.keys, kept.through) == (fresh.keys, fresh.through)
        for part in ("totals", "codes", "pupils", "with_code", "knows_pupils"):
            assert np.array_equal(getattr(kept, part), getattr(fresh, part)), part


def test_what_was_held_then_is_never_kept(app: Flask, client: Client, school: str, clock: Clock) -> None:
    then = clock.advance(minutes=1)
    clock.advance(minutes=1)
    push(client, "2026-11-20", {"P1": "/", "P2": "/"})

    assert possible(counted(app)[0]) == 4
    assert possible(counted(app, as_of=then)[0]) == 2
    assert possible(counted(app)[0]) == 4


def test_a_writing_transaction_neither_uses_nor_keeps_sums(app: Flask, client: Client, school: str) -> None:
    kept = counted(app)[0]
    with unit_of_work(app.extensions["headway"].tools, COMMAND_LINE, writes=True) as work:
        (in_writing,) = count_school(work, get_school(work, URN), [WHOLE], None)

    assert in_writing is not kept
    assert counted(app)[0] is kept


def test_adding_schools_together_leaves_each_as_it_is(app: Flask, client: Client, school: str) -> None:
    with reading(app) as work:
        named = get_school(work, URN)
        (first,) = count_schools(work, [named], WHOLE, None)
    answers = [
        client.get(f"/v1/schools/{URN}/attendance?from=2026-09-01&to=2026-11-20").json["groups"]
        for _ in range(3)
    ]

    assert possible(first) == 2
    assert answers[0] == answers[1] == answers[2]


def test_what_is_in_memory_is_bounded(
    app: Flask, client: Client, school: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting._memory, "most", 1)

    assert counted(app)[0] is not counted(app)[0]
