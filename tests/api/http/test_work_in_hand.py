"""What one process takes on: turns in the order of coming, a bound on all, a smaller one on bulk pushes."""

import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from flask import Flask

from api.http.work_in_hand import Turns, WorkInHand
from domain.errors import Unavailable
from tests.make import Client, make_school


def wait_for(state: Callable[[], bool]) -> None:
    """Ask until it is so; a test that never gets there ends by its own assertion."""
    asked = threading.Event()
    for _ in range(2000):
        if state():
            return
        asked.wait(0.001)
    raise AssertionError("it never came to that")


def test_turns_are_taken_in_the_order_of_coming() -> None:
    turns, came = Turns(1), list[int]()

    def take(number: int) -> None:
        with turns:
            came.append(number)

    with turns:
        threads = []
        for number in range(20):
            threads.append(threading.Thread(target=take, args=(number,)))
            threads[-1].start()
            wait_for(lambda waiting=number + 1: len(turns._waiting) == waiting)  # type: ignore[misc]
        assert not came
    for thread in threads:
        thread.join()

    assert came == list(range(20))


def test_light_work_leaves_turns_to_others() -> None:
    hands, came = WorkInHand(most=8, at_once=4), list[str]()

    def push() -> None:
        with hands.turn(light=True):
            came.append("a third register")

    with hands.turn(light=True), hands.turn(light=True):
        third = threading.Thread(target=push)
        third.start()
        wait_for(lambda: bool(hands._light.few._waiting))
        with hands.turn(), hands.turn():
            came.append("two who read")
    third.join()

    assert came == ["two who read", "a third register"]


def test_so_many_at_once_and_no_more() -> None:
    turns, lock = Turns(3), threading.Lock()
    now, most = 0, 0

    def take() -> None:
        nonlocal now, most
        for _ in range(200):
            with turns:
                with lock:
                    now += 1
                    most = max(most, now)
                with lock:
                    now -= 1

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (now, turns._free, list(turns._waiting)) == (0, 3, [])
    assert most <= 3


def test_a_turn_is_handed_on_where_work_fails() -> None:
    turns = Turns(1)
    with pytest.raises(ValueError, match="in between"), turns:
        raise ValueError("in between")
    with turns:
        pass


def test_what_is_past_the_bound_is_refused_at_once_and_taken_on_again_later() -> None:
    hands = WorkInHand(most=4, at_once=2)
    with ExitStack() as held:
        for _ in range(4):
            held.enter_context(hands.taken(bulk=False))
        for bulk in (False, True):
            with pytest.raises(Unavailable), hands.taken(bulk=bulk):
                pass
    for _ in range(5):
        with hands.taken(bulk=False), hands.turn():
            pass


def test_bulk_pushes_leave_room_for_those_who_read() -> None:
    hands = WorkInHand(most=4, at_once=2)
    waiting = threading.Thread(target=lambda: hands.taken(bulk=True).__enter__())
    with hands.taken(bulk=True), hands.turn():
        waiting.start()
        wait_for(lambda: hands._in_bulk == 2)
        with pytest.raises(Unavailable), hands.taken(bulk=True):
            pass
        with hands.taken(bulk=False), hands.turn():
            pass
    waiting.join()


def test_one_bulk_push_is_worked_on_while_another_ones_client_sends() -> None:
    hands = WorkInHand(most=8, at_once=4)
    asked, sent = threading.Event(), threading.Event()
    worked_on = list[str]()

    class Slowly:
        def read(self, size: int, /) -> bytes:
            asked.set()
            assert sent.wait(10)
            return b"," * size

    def push_slowly() -> None:
        with hands.taken(bulk=True):
            body = hands.arriving(Slowly()).read(3)
            worked_on.append(f"slow {body.decode()}")

    slow = threading.Thread(target=push_slowly)
    slow.start()
    assert asked.wait(10)
    with hands.taken(bulk=True):
        sent.set()
        wait_for(lambda: len(hands._bulk._waiting) == 1)
        worked_on.append("quick")
    slow.join()

    assert worked_on == ["quick", "slow ,,,"]
    assert hands._bulk._free == 1


def test_a_client_that_goes_away_takes_nobodys_turn_with_it() -> None:
    hands = WorkInHand(most=8, at_once=4)

    class Gone:
        def read(self, size: int, /) -> bytes:
            raise ConnectionError

    for _ in range(3):
        with pytest.raises(ConnectionError), hands.taken(bulk=True):
            hands.arriving(Gone()).read(1)
    assert (hands._bulk._free, hands._lanes._free, hands._in_hand) == (1, 2, 0)


def test_a_refusal_says_when_to_come_again(app: Flask, client: Client) -> None:
    make_school(client, "900001")
    hands = app.extensions["headway"].work_in_hand
    with ExitStack() as held:
        for _ in range(hands.most):
            held.enter_context(hands.taken(bulk=False))
        for answer in (
            client.get("/v1/schools/900001"),
            client.put("/v1/schools/900001/registers/2026-11-20/AM", {"marks": {"P001": "/"}}),
            client.post("/v1/schools/900001/marks", []),
        ):
            assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
            assert int(answer.headers["Retry-After"]) > 0
        assert client.get("/healthz").status_code == 200
    assert client.get("/v1/schools/900001").status_code == 200
    assert client.get("/v1/schools/900001/registers/2026-11-20/AM").status_code == 404
