"""A client that costs little: requests made beforehand, over plain sockets, each connection in its own process."""

import multiprocessing
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier, Event
from typing import Any

import numpy as np
import numpy.typing as npt

_fork = multiprocessing.get_context("fork")

TIMEOUT = 120.0
REFUSALS = 100
"""So often a request is sent again that was answered 503."""

Share = Sequence[bytes] | Callable[[], Iterable[bytes]]
"""What one connection sends; where it is a function, its process makes the requests: all before the start where that
returns a list, each when its turn comes where it is a generator."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    retry_after: float = 0.0
    """Seconds."""


@dataclass(frozen=True)
class Timing:
    """How long a load took from its first byte to its last answer, and each request of it."""

    seconds: float
    each: npt.NDArray[np.float64]
    refused: int = 0
    """Answers 503; their requests were sent again until they were taken, and `each` holds the time of it all."""

    def milliseconds(self, percentile: float) -> float:
        """A percentile of the requests' times."""
        return float(np.percentile(self.each, percentile)) * 1000


def request(
    method: str, path: str, token: str, body: bytes = b"", media_type: str = "application/json"
) -> bytes:
    """A whole request, head and body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", f"Authorization: Bearer {token}"]
    if body:
        lines += [f"Content-Type: {media_type}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One kept-alive connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, prepared: bytes) -> Answer:
        """Send a request and wait for the whole answer."""
        self.socket.sendall(prepared)
        received = self.socket.recv(1 << 16)
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        length = int(_header(head, b"content-length"))
        body = bytearray(received[end + 4 :])
        while len(body) < length:
            body += self._more()
        return Answer(int(head[9:12]), bytes(body), float(_header(head, b"retry-after") or 0))

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _more(self) -> bytes:
        received = self.socket.recv(1 << 16)
        if not received:
            raise ConnectionError("the server hung up")
        return received


def asked(connection: Connection, prepared: bytes, *, expect: Sequence[int] = (200, 201)) -> bytes:
    """The body of an answer that must be one of those expected."""
    answer = connection.ask(prepared)
    if answer.status not in expect:
        raise RuntimeError(f"{prepared[:60]!r} was answered {answer.status}: {answer.body[:400]!r}")
    return answer.body


def asked_until_taken(connection: Connection, prepared: bytes) -> int:
    """Send a request again, each time after the wait that was asked for, until it isn't refused; how often it was."""
    for refused in range(REFUSALS):
        answer = connection.ask(prepared)
        if answer.status in (200, 201):
            return refused
        if answer.status != 503:
            break
        time.sleep(answer.retry_after)
    raise RuntimeError(f"{prepared[:60]!r} was answered {answer.status}: {answer.body[:400]!r}")


def time_of(connections: Sequence[Connection], shares: Sequence[Share]) -> Timing:
    """Send each share over its connection, one request after the other, all connections at the same time.

    An answer other than 200, 201 and 503 ends it with an error.
    """
    start = _fork.Barrier(len(connections))
    running: list[tuple[Any, Pipe]] = []
    for connection, share in zip(connections, shares, strict=True):
        here, there = _fork.Pipe(duplex=False)
        process = _fork.Process(target=_send_all, args=(connection, share, start, there), daemon=True)
        process.start()
        there.close()
        running.append((process, here))
    heard = [pipe.recv() for _, pipe in running]
    for process, _ in running:
        process.join()
    failed = [what for what in heard if isinstance(what, str)]
    if failed:
        raise RuntimeError(failed[0])
    began, ended, each, refused = zip(*heard, strict=True)
    return Timing(max(ended) - min(began), np.concatenate(each), sum(refused))


@dataclass
class Pushes:
    """What went in beside something else; known at its end."""

    taken: Sequence[int] = ()
    """Requests of each connection."""
    refused: int = 0
    seconds: float = 0.0


@contextmanager
def pushing(connections: Sequence[Connection], shares: Sequence[Sequence[bytes]]) -> Iterator[Pushes]:
    """Send each share over its connection, over and over, for as long as the block lasts; then hang up."""
    enough = _fork.Event()
    running: list[tuple[Any, Pipe]] = []
    for connection, share in zip(connections, shares, strict=True):
        here, there = _fork.Pipe(duplex=False)
        process = _fork.Process(target=_send_until, args=(connection, share, enough, there), daemon=True)
        process.start()
        there.close()
        running.append((process, here))
    pushes = Pushes()
    began = time.perf_counter()
    try:
        yield pushes
    finally:
        enough.set()
        heard = [pipe.recv() for _, pipe in running]
        pushes.seconds = time.perf_counter() - began
        for connection in connections:
            connection.close()
    failed = [what for what in heard if isinstance(what, str)]
    if failed:
        raise RuntimeError(failed[0])
    pushes.taken, refused = zip(*heard, strict=True)
    pushes.refused = sum(refused)


def shared_out(requests: Sequence[bytes], count: int) -> list[list[bytes]]:
    """Requests dealt to so many connections in turn."""
    return [list(requests[number::count]) for number in range(count)]


def _send_all(connection: Connection, share: Share, start: Barrier, pipe: Pipe) -> None:
    each: list[float] = []
    refused = 0
    try:
        requests = share() if callable(share) else share
        start.wait(TIMEOUT)
        began = last = time.perf_counter()
        for prepared in requests:
            refused += asked_until_taken(connection, prepared)
            now = time.perf_counter()
            each.append(now - last)
            last = now
        pipe.send((began, last, np.array(each), refused))
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")


def _send_until(connection: Connection, share: Sequence[bytes], enough: Event, pipe: Pipe) -> None:
    taken = refused = 0
    try:
        for prepared in cycle(share):
            if enough.is_set():
                break
            refused += asked_until_taken(connection, prepared)
            taken += 1
        pipe.send((taken, refused))
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")


def _header(head: bytes, name: bytes) -> bytes:
    """The value of a header in a head in small letters; empty where it isn't there."""
    return head.partition(b"\r\n" + name + b":")[2].split(b"\r\n", 1)[0].strip()
