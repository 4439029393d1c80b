"""How much one process takes on: so many requests at a time, so many more that wait their turn, and no more.

What is past the bound is refused at once, so that no queue grows in which clients give up and ask again. Bulk pushes
have a smaller bound and lanes of their own: however many come, there are turns left for those who read. And only one of
them is worked on at a time, while bodies of others arrive: threads of one process share one interpreter, so that two at
once would be no sooner done, and those who read would wait for both.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from domain.errors import Unavailable
from intake.body import ByteStream

LIGHT_AT_ONCE = 2
"""Light pushes that one process works on at a time: one computes while another waits for the database. More of them
would only take the interpreter from each other: at 16 connections four at once were a tenth slower than two."""


class Turns:
    """So many at once; the others wait in the order in which they came. A turn is taken with `with`."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: deque[threading.Lock] = deque()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._wait()

    def __exit__(self, *_: object) -> None:
        self._hand_on()

    @contextmanager
    def break_off(self) -> Iterator[None]:
        """Within a turn: let others have it meanwhile, and wait for one again."""
        self._hand_on()
        try:
            yield
        finally:
            self._wait()

    def _hand_on(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1

    def _wait(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # released by whoever hands its turn on


class WorkInHand:
    """What one process has taken on. Each turn may use a database connection, so there are as many turns as those."""

    def __init__(self, *, most: int, at_once: int) -> None:
        self.most, self.most_in_bulk = most, max(1, most // 2)
        self._turns = Turns(at_once)
        self._lanes = Turns(max(1, at_once // 2))
        self._bulk = Turns(1)
        self._light = _Light(Turns(LIGHT_AT_ONCE), self._turns)
        self._lock = threading.Lock()
        self._in_hand = self._in_bulk = 0

    @contextmanager
    def taken(self, *, bulk: bool) -> Iterator[None]:
        """Take a request on; a bulk one waits for a lane, and until no other is worked on.

        Raises `Unavailable` where too much is in hand already.
        """
        self._take(bulk)
        try:
            if bulk:
                with self._lanes, self._bulk:
                    yield
            else:
                yield
        finally:
            with self._lock:
                self._in_hand -= 1
                self._in_bulk -= bulk

    def arriving(self, stream: ByteStream) -> ByteStream:
        """The body of a bulk request that was taken on: while its client sends, another one is worked on."""
        return _Arriving(stream, self._bulk)

    def turn(self, *, light: bool = False) -> AbstractContextManager[None]:
        """Wait for a turn at the database. Never asked for within a turn, and no body is read within one.

        `light` work, a register's push, computes for most of its time.
        """
        return self._light if light else self._turns

    def _take(self, bulk: bool) -> None:
        with self._lock:
            if self._in_hand >= self.most or (bulk and self._in_bulk >= self.most_in_bulk):
                raise Unavailable(
                    "too much is being worked on just now; nothing was stored; try again shortly"
                )
            self._in_hand += 1
            self._in_bulk += bulk


@dataclass(frozen=True)
class _Light:
    """Turns for light work: one of the few for such, then one of all."""

    few: Turns
    of_all: Turns

    def __enter__(self) -> None:
        self.few.__enter__()
        self.of_all.__enter__()

    def __exit__(self, *_: object) -> None:
        self.of_all.__exit__()
        self.few.__exit__()


@dataclass(frozen=True)
class _Arriving:
    stream: ByteStream
    work: Turns

    def read(self, size: int, /) -> bytes:
        with self.work.break_off():
            return self.stream.read(size)
