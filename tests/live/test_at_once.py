# ruff: noqa: B023  what a loop defines is called before its next turn
"""Pushes at once, and reads between them: nothing lost, nothing half, and no lock that a client would see."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.live.conftest import TOGETHER
from tests.live.server import Answer, Server

ROUNDS = 15
PUPILS = [f"P{number:03}" for number in range(60)]


def at_once(call: Callable[[Any], Any], each: Iterable[Any]) -> list[Any]:
    """The call with each value, all started at the same moment; answers what each gave."""
    values = list(each)
    gate = threading.Barrier(len(values))

    def run(value: Any) -> Any:
        gate.wait()
        return call(value)

    with ThreadPoolExecutor(len(values)) as pool:
        return list(pool.map(run, values))


def totals(answers: list[Answer]) -> dict[str, int]:
    """What the receipts count together."""
    for answer in answers:
        assert answer.status == 200, answer.body
    names = ("received", "created", "updated", "unchanged", "unlisted")
    return {name: sum(answer.json[name] for answer in answers) for name in names}


def test_parts_of_one_register_pushed_at_once_are_all_kept(server: Server, school: str) -> None:
    for turn in range(ROUNDS):
        path = f"{school}/registers/2026-09-{turn + 1:02}/AM"
        parts = [PUPILS[n::4] for n in range(4)]

        answers = at_once(lambda part: server.call("PATCH", path, {"marks": dict.fromkeys(part, "/")}), parts)

        held = server.call("GET", path).json
        assert held["marks"] == dict.fromkeys(PUPILS, "/")
        assert held["revision"] == 4
        assert totals(answers) == {
            "received": 60,
            "created": 60,
            "updated": 0,
            "unchanged": 0,
            "unlisted": 0 if turn else 60,
        }


def test_of_one_register_pushed_twice_at_once_one_is_held_whole(server: Server, school: str) -> None:
    for turn in range(ROUNDS):
        path = f"{school}/registers/2026-09-{turn + 1:02}/AM"

        answers = at_once(lambda code: server.call("PUT", path, {"marks": dict.fromkeys(PUPILS, code)}), "/I")

        held = server.call("GET", path).json
        assert held["marks"] in (dict.fromkeys(PUPILS, "/"), dict.fromkeys(PUPILS, "I"))
        assert held["revision"] == 2
        counted = totals(answers)
        assert (counted["created"], counted["updated"], counted["unchanged"]) == (60, 60, 0)
        changes = server.call(
            "GET", f"{school}/marks/changes?from={path[-13:-3]}&to={path[-13:-3]}&limit=200"
        )
        assert {change["new"] for change in changes.json["items"]} == set(held["marks"].values())
        assert len(changes.json["items"]) == 60


def test_a_bulk_push_and_a_register_at_once_make_the_same_pupils_known_once(
    server: Server, school: str
) -> None:
    rows = [{"pupil": pupil, "date": "2026-09-01", "session": "AM", "code": "/"} for pupil in PUPILS]

    answers = at_once(
        lambda call: server.call(*call),
        [
            ("POST", f"{school}/marks", rows),
            ("PUT", f"{school}/registers/2026-09-02/AM", {"marks": dict.fromkeys(PUPILS, "/")}),
            ("PUT", f"{school}/registers/2025-09-02/AM", {"marks": dict.fromkeys(PUPILS, "/")}),
        ],
    )

    assert totals(answers)["created"] == 180
    assert totals(answers)["unlisted"] == 60


def test_a_reader_never_sees_half_a_register(server: Server, school: str) -> None:
    path = f"{school}/registers/2026-09-01/AM"
    server.call("PUT", path, {"marks": dict.fromkeys(PUPILS, "/")})
    done = threading.Event()
    seen: list[Any] = []

    def read() -> None:
        with server.connection() as connection:
            while not done.is_set():
                seen.append(server.ask(connection, "GET", path))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        with server.connection() as connection:
            for turn in range(40):
                answer = server.ask(connection, "PUT", path, {"marks": dict.fromkeys(PUPILS, "I/"[turn % 2])})
                assert answer.json["updated"] == 60
    finally:
        done.set()
        for reader in readers:
            reader.join()

    assert len(seen) > 10
    revisions = {}
    for answer in seen:
        assert answer.status == 200
        assert set(answer.json["marks"]) == set(PUPILS)
        [code] = set(answer.json["marks"].values())
        assert code == "/I"[(answer.json["revision"] + 1) % 2]
        assert revisions.setdefault(answer.json["revision"], answer.body) == answer.body


def test_many_schools_at_once_never_meet_a_lock(server: Server, school: str) -> None:
    urns = TOGETHER

    def push(urn: str) -> list[int]:
        with server.connection() as connection:
            return [
                server.ask(
                    connection,
                    "PUT",
                    f"/v1/schools/{urn}/registers/2026-09-{day + 1:02}/AM",
                    {"marks": dict.fromkeys(PUPILS, "/")},
                ).status
                for day in range(15)
            ]

    assert at_once(push, urns) == [[200] * 15] * 8
    assert "locked" not in server.log()


def test_one_key_of_idempotency_at_once_is_done_once(server: Server, school: str) -> None:
    for turn in range(5):
        row = {"pupil": f"P{turn}", "date": "2026-09-01", "session": "AM", "code": "/"}

        answers = at_once(
            lambda key: server.call("POST", f"{school}/marks", [row], Idempotency_Key=key), [f"k{turn}"] * 4
        )

        assert {answer.status for answer in answers} <= {200, 409}
        done = [answer for answer in answers if answer.status == 200]
        assert len({answer.body for answer in done}) == 1
        assert sum("idempotency-replayed" not in answer.headers for answer in done) == 1
        assert done[0].json["created"] == 1
