"""Waiting for a server: how often, how long, and when no more."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from client.endings import GaveUp
from client.patience import FIRST_WAIT, LONGEST_WAIT, Patience, is_busy
from client.server import Answer


@dataclass
class Time:
    """Time that passes only while somebody waits."""

    passed: float = 0.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.passed += seconds


def answer(status: int, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): text for name, text in headers.items()}, b"")


def requests(*outcomes: Answer | Exception) -> Callable[[], Answer]:
    waiting = iter(outcomes)

    def request() -> Answer:
        outcome = next(waiting)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return request


def patience(time: Time, *, seconds: float = 900.0, chance: float = 1.0) -> Patience:
    return Patience(
        seconds,
        clock=lambda: time.passed,
        sleep=time.sleep,
        chance=lambda: chance,
        now=lambda: datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize("status", [200, 207, 400, 401, 404, 409, 413, 422, 500])
def test_an_answer_that_would_be_the_same_again_is_taken_at_once(status: int) -> None:
    time = Time()
    assert patience(time).ask(requests(answer(status))).status == status
    assert time.waits == []


@pytest.mark.parametrize(
    "failure",
    [
        answer(503),
        answer(502),
        answer(504),
        answer(408),
        answer(429),
        answer(409, retry_after="0"),
        ConnectionRefusedError(),
        ConnectionResetError(),
        TimeoutError(),
        OSError("the network is unreachable"),
    ],
    ids=str,
)
def test_a_busy_server_and_a_lost_connection_are_tried_again(failure: Answer | Exception) -> None:
    assert patience(Time()).ask(requests(failure, failure, answer(200))).status == 200


def test_waits_double_up_to_a_minute() -> None:
    time = Time()
    patience(time).ask(requests(*[ConnectionResetError()] * 8, answer(200)))
    assert time.waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_waits_are_drawn_at_random_below_that_so_that_clients_do_not_come_back_together() -> None:
    time = Time()
    patience(time, chance=0.25).ask(requests(*[answer(503)] * 4, answer(200)))
    assert time.waits == [0.25, 0.5, 1, 2]
    draws = {Patience().chance() for _ in range(20)}
    assert len(draws) == 20
    assert all(0 <= draw < 1 for draw in draws)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("Fri, 20 Nov 2026 09:00:30 GMT", 30),
        ("Fri, 20 Nov 2026 08:00:00 GMT", 0),
        ("soon", 0),
        ("-3", 0),
    ],
)
def test_a_server_that_says_when_to_come_back_is_heard(said: str, seconds: float) -> None:
    time = Time()
    patience(time, chance=0.5).ask(requests(answer(503, retry_after=said), answer(200)))
    assert time.waits == [seconds + 0.5]


def test_patience_ends_before_the_wait_that_would_be_too_long() -> None:
    time = Time()
    with pytest.raises(GaveUp, match=r"busy \(503\); gave up after 4 tries"):
        patience(time, seconds=10).ask(requests(*[answer(503)] * 9))
    assert time.passed <= 10


def test_without_patience_there_is_one_try() -> None:
    with pytest.raises(GaveUp, match=r"no answer \(Connection refused\); gave up after 1 try"):
        patience(Time(), seconds=0).ask(requests(ConnectionRefusedError(111, "Connection refused")))


def test_a_conflict_is_final_unless_the_server_says_when_to_come_back() -> None:
    assert not is_busy(answer(409))
    assert is_busy(answer(409, retry_after="1"))


def test_each_wait_is_told() -> None:
    told: list[str] = []
    time = Time()
    waiting = patience(time)
    waiting.say = told.append
    waiting.ask(requests(answer(503), answer(200)))
    assert told == ["the server is busy (503); trying again in 1 s"]
    assert FIRST_WAIT < LONGEST_WAIT
