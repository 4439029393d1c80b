"""A server that isn't reliable: it stands between a client and the real one, and fails as it is told to."""

import http.client
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Trouble(Enum):
    """What may happen to a push."""

    NONE = "passed on"
    BUSY = "answered with 503 before it is read"
    CUT = "the connection is lost in the middle of the request"
    UNANSWERED = "passed on, and the connection is lost before the answer comes back"
    HELD = "passed on, and the answer is held back until the client is gone"


@dataclass
class Flaky:
    """What is to happen to the next pushes, one after the other, and what happened to those before."""

    behind: int
    """The port of the real server."""
    port: int = 0
    ahead: deque[Trouble] = field(default_factory=deque)
    seen: list[Trouble] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The paths that were asked for with GET."""
    pushed: list[dict[str, str]] = field(default_factory=list)
    """The headers of each push."""
    held: threading.Event = field(default_factory=threading.Event)
    """The real server has answered a push whose answer is held back."""
    let_go: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def flaky_before(behind: int) -> Iterator[Flaky]:
    """Stand before the server on that port; pushes pass until trouble is put `ahead`."""
    flaky = Flaky(behind)

    class Handler(_Handler):
        told = flaky

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    flaky.port = listening.server_address[1]
    running = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    running.start()
    try:
        yield flaky
    finally:
        flaky.let_go.set()
        listening.shutdown()
        running.join()
        listening.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told: Flaky

    def do_GET(self) -> None:
        self.told.asked.append(self.path)
        self._pass_on(b"")

    def do_POST(self) -> None:
        trouble = self.told.ahead.popleft() if self.told.ahead else Trouble.NONE
        self.told.seen.append(trouble)
        self.told.pushed.append({name.lower(): text for name, text in self.headers.items()})
        length = int(self.headers["Content-Length"])
        if trouble is Trouble.BUSY:
            self.send_response(503)
            self.send_header("Retry-After", "0")
            self.send_header("Connection", "close")
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.close_connection = True
        elif trouble is Trouble.CUT:
            self.rfile.read(length // 2)
            self.close_connection = True
        else:
            self._pass_on(self.rfile.read(length), trouble)

    def _pass_on(self, body: bytes, trouble: Trouble = Trouble.NONE) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.told.behind, timeout=30)
        try:
            connection.request(self.command, self.path, body or None, dict(self.headers.items()))
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if trouble is Trouble.HELD:
            self.told.held.set()
            self.told.let_go.wait(30)
        if trouble is not Trouble.NONE:
            self.close_connection = True
            return
        self.send_response(response.status)
        for name, text in response.getheaders():
            if name.lower() not in ("content-length", "connection", "date", "server", "transfer-encoding"):
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""
