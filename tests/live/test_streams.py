"""Bodies over a real connection: in chunks, past the limit, slowly, and packed to burst."""

import gzip
import http.client
import json
import socket
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, timedelta

from tests.live.conftest import LIMIT
from tests.live.server import Answer, Server, answer_of

MORE_THAN_ANYBODY_SENDS = 10**12
A_PIECE = b'{"pupil": "P001", "date": "2026-09-01", "session": "AM", "code": "/"}\n' * 1000


@contextmanager
def begun(server: Server, method: str, path: str, **headers: str) -> Iterator[socket.socket]:
    """A request whose head is sent, and whose body is the caller's to send."""
    said = {"Host": "x", "Authorization": f"Bearer {server.token}", "Content-Type": "application/json"} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {text}\r\n" for name, text in said.items())
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(head.encode() + b"\r\n")
        yield connection


def answered(connection: socket.socket) -> Answer:
    response = http.client.HTTPResponse(connection)
    response.begin()
    return answer_of(response)


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def test_a_body_in_chunks_is_taken(server: Server, school: str) -> None:
    rows = [
        {"pupil": f"P{n}", "date": str(date(2026, 9, 1) + timedelta(n % 5)), "session": "AM", "code": "/"}
        for n in range(5000)
    ]
    lines = [json.dumps(row).encode() + b"\n" for row in rows]
    pieces = (b"".join(lines[n : n + 700]) for n in range(0, 5000, 700))

    answer = server.call("POST", f"{school}/marks", pieces, Content_Type="application/x-ndjson")

    assert (answer.status, answer.json["received"], answer.json["created"]) == (200, 5000, 5000)


def test_a_register_in_chunks_is_taken_byte_by_byte(server: Server, school: str) -> None:
    body = b'{"marks": {"P001": "/"}}'
    with begun(server, "PUT", f"{school}/registers/2026-09-01/AM", Transfer_Encoding="chunked") as connection:
        for byte in body:
            connection.sendall(chunk(bytes([byte])))
        connection.sendall(chunk(b""))
        assert answered(connection).json["created"] == 1


def test_a_stream_past_the_limit_is_refused_while_it_is_still_sent(server: Server, school: str) -> None:
    with begun(
        server,
        "POST",
        f"{school}/marks",
        Transfer_Encoding="chunked",
        Content_Type="application/x-ndjson",
    ) as connection:
        sent = 0
        try:
            while sent < LIMIT + (2 << 20):
                connection.sendall(chunk(A_PIECE))
                sent += len(A_PIECE)
        except OSError:  # it has heard enough
            pass
        answer = answered(connection)  # the stream never ended

    assert (answer.status, answer.headers["content-type"]) == (413, "application/problem+json")
    assert server.call("GET", f"{school}/registers/2026-09-01/AM").status == 404


def test_a_length_past_the_limit_is_refused_before_any_of_it_came(server: Server, school: str) -> None:
    for method, path in (("POST", "/marks"), ("PUT", "/registers/2026-09-01/AM"), ("PUT", "/roll")):
        with begun(server, method, school + path, Content_Length=str(MORE_THAN_ANYBODY_SENDS)) as connection:
            assert answered(connection).status == 413


def test_without_a_token_no_body_is_waited_for(server: Server, school: str) -> None:
    with begun(
        server, "POST", f"{school}/marks", Content_Length="1000", Authorization="Bearer none"
    ) as connection:
        assert answered(connection).status == 401


def test_a_client_that_sends_slowly_holds_nobody_up(server: Server, school: str) -> None:
    body = b'{"marks": {"P001": "/", "P002": "I"}}'
    with begun(server, "PUT", f"{school}/registers/2026-09-01/AM", Content_Length=str(len(body))) as slow:
        slow.sendall(body[:10])
        for day in range(2, 6):
            path = f"{school}/registers/2026-09-{day:02}/AM"
            assert server.call("PUT", path, {"marks": {"P001": "/"}}).status == 200
        slow.sendall(body[10:])
        assert answered(slow).json["created"] == 2


def test_a_client_that_goes_away_half_way_leaves_nothing(server: Server, school: str) -> None:
    path = f"{school}/registers/2026-09-01/AM"
    row = b"pupil,date,session,code\nP001,2026-09-01,AM,/\n"
    for method, to, body, media_type in (
        ("PUT", path, b'{"marks": {"P001": "/"}}', "application/json"),
        ("POST", f"{school}/marks", row, "text/csv"),
    ):
        with begun(server, method, to, Content_Length="1000", Content_Type=media_type) as connection:
            connection.sendall(body)
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(5)
            with suppress(OSError, http.client.HTTPException):
                assert answered(connection).status == 400

    assert server.call("GET", path).status == 404
    assert server.call("GET", f"{school}/marks/changes?from=2026-09-01&to=2026-09-01").json["items"] == []


def test_a_bomb_is_stopped_and_fills_no_memory(server: Server, school: str) -> None:
    packed = zlib.compressobj(9, zlib.DEFLATED, 31)
    blanks = b" " * (1 << 24)
    bomb = packed.compress(b"[") + b"".join(packed.compress(blanks) for _ in range(32)) + packed.flush()
    assert len(bomb) < LIMIT  # of half a gibibyte

    for method, path in (("POST", "/marks"), ("PUT", "/registers/2026-09-01/AM"), ("PUT", "/roll")):
        for body in (bomb, gzip.compress(b"[") + bomb):
            answer = server.call(
                method, school + path, body, Content_Type="application/json", Content_Encoding="gzip"
            )
            assert answer.status == 413, (path, answer.body)

    assert server.most_memory() < 250 << 20


def test_some_slow_clients_leave_room_for_others(server: Server, school: str) -> None:
    path = f"{school}/registers/2026-09-01/AM"
    with ExitStack() as stack:
        for _ in range(3):  # a process works on four requests at a time
            stuck = stack.enter_context(begun(server, "PUT", path, Content_Length="100"))
            stuck.sendall(b"{")
        for _ in range(20):
            assert server.call("GET", "/healthz").status == 200
        assert server.call("PUT", path, {"marks": {"P001": "/"}}).status == 200
