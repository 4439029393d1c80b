"""The server as the client sees it: which addresses are safe, and what its answers mean."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from client.endings import GaveUp, NotAllowed, PushError, Refused, WrongUse
from client.server import LOST, Answer, Server, refusal_in


def answer(status: int, document: object = None, **headers: str) -> Answer:
    return Answer(status, headers, json.dumps(document).encode())


@contextmanager
def answering(said: bytes, *, unread: bool) -> Iterator[str]:
    """A server that gives one answer once it has the headers, with the body unread, and is gone."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                heard = b""
                while b"\r\n\r\n" not in heard:
                    heard += connection.recv(1024)
                connection.sendall(said)
                while not unread and connection.recv(1 << 16):
                    pass

        running = threading.Thread(target=serve)
        running.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        running.join()


def test_a_server_that_refuses_before_it_has_read_everything_is_heard() -> None:
    said = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    pieces, size = 500, 1 << 16
    with answering(said, unread=True) as url:
        server = Server(url, "hw_token")
        body = (b"x" * size for _ in range(pieces))
        assert server.post("/", body, {"Content-Length": str(pieces * size)}).status == 413
        server.close()


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", id="a part of an answer"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Ty", id="a part of the headers"),
        pytest.param(b"220 mail.example.org ready\r\n", id="what isn't HTTP"),
    ],
)
def test_what_is_no_whole_answer_counts_as_a_lost_connection(said: bytes) -> None:
    with answering(said, unread=True) as url, pytest.raises(LOST):
        Server(url, "hw_token").get("/v1/imports/1")


@pytest.mark.parametrize(
    "url",
    [
        "https://headway.example.org",
        "https://headway.example.org:8443/headway/",
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
    ],
)
def test_an_address_is_taken_that_is_encrypted_or_on_this_machine(url: str) -> None:
    assert Server(url, "hw_token").url == url.rstrip("/")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://headway.example.org", "unencrypted"),
        ("http://10.0.0.7:8000", "unencrypted"),
        ("headway.example.org", "no address of a server"),
        ("ftp://headway.example.org", "no address of a server"),
        ("https://", "no address of a server"),
        ("https://headway.example.org:port", "no address of a server"),
        ("https://me:secret@headway.example.org", "^'headway.example.org' is no address"),
    ],
)
def test_another_address_is_not_taken(url: str, why: str) -> None:
    with pytest.raises(WrongUse, match=why) as raised:
        Server(url, "hw_token")
    assert "secret" not in str(raised.value)


def test_in_a_network_that_is_trusted_it_may_go_unencrypted() -> None:
    assert Server("http://10.0.0.7:8000", "hw_token", without_tls=True)


@pytest.mark.parametrize("token", ["", "hw_to ken", "hw_token\r\nX: y", "hw_tokén"])
def test_a_token_that_can_be_none_is_said_without_showing_it(token: str) -> None:
    with pytest.raises(WrongUse, match="copy it again") as raised:
        Server("https://headway.example.org", token)
    assert not token or token not in str(raised.value)


def test_the_token_is_not_shown_where_the_server_is() -> None:
    assert "hw_token" not in repr(Server("https://headway.example.org", "hw_token"))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Refused),
        (401, NotAllowed),
        (403, NotAllowed),
        (404, NotAllowed),
        (409, Refused),
        (413, Refused),
        (415, Refused),
        (422, Refused),
        (500, GaveUp),
        (200, WrongUse),
        (301, WrongUse),
    ],
)
def test_each_refusal_ends_as_schedulers_expect(status: int, kind: type[PushError]) -> None:
    assert type(refusal_in(answer(status, {"detail": "because"}))) is kind


def test_a_refusal_says_what_the_server_says_and_where() -> None:
    problem = {
        "detail": "the query isn't valid",
        "errors": [{"pointer": "/query/replace", "detail": "FROM..TO"}],
    }
    assert (
        refusal_in(answer(422, problem)).detail
        == "refused (422): the query isn't valid (/query/replace FROM..TO)"
    )


@pytest.mark.parametrize(("status", "kind"), [(400, WrongUse), (405, WrongUse), (413, Refused)])
def test_a_refusal_by_what_is_no_headway_server_isnt_about_the_file_unless_it_is_too_large(
    status: int, kind: type[PushError]
) -> None:
    assert type(refusal_in(Answer(status, {}, b"<html>Bad Request</html>"))) is kind


@pytest.mark.parametrize("errors", [None, {"name": ["why"]}, 3])
def test_a_refusal_whose_errors_are_in_no_known_form_is_still_one(errors: object) -> None:
    assert refusal_in(answer(422, {"detail": "because", "errors": errors})).detail == "refused (422): because"


def test_a_redirection_is_not_followed_and_says_where_to() -> None:
    moved = answer(308, None, location="https://new.example.org")
    assert "https://new.example.org" in refusal_in(moved).detail


@pytest.mark.parametrize(
    ("status", "document", "is_one"),
    [
        (200, {"import_id": "1"}, True),
        (207, {"import_id": "1"}, True),
        (422, {"import_id": "1"}, True),
        (422, {"detail": "no"}, False),
        (200, ["import_id"], False),
        (404, {"import_id": "1"}, False),
    ],
)
def test_a_receipt_is_told_from_other_answers(status: int, document: object, is_one: bool) -> None:
    assert answer(status, document).is_receipt is is_one
