"""Bodies have a limit: by their length before they are read, as a stream as soon as it is passed."""

import gzip
import io
from collections.abc import Iterator

import pytest
from flask import Flask

from app import create_app
from settings import Settings
from tests.api.http.problems import problem_in
from tests.conftest import SECRET, Clock
from tests.make import Client, make_key, make_school

LIMIT = 4096
MARKS = "/v1/schools/900001/marks"
REGISTER = "/v1/schools/900001/registers/2026-11-20/AM"
ROW = b'{"pupil": "P001", "date": "2026-11-20", "session": "AM", "code": "/"}\n'


class Counted(io.RawIOBase):
    """A body without end that says how much of it was read."""

    def __init__(self, piece: bytes) -> None:
        self.piece = piece
        self.read_so_far = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        wanted = len(buffer)
        buffer[:] = (self.piece * (wanted // len(self.piece) + 1))[:wanted]
        self.read_so_far += wanted
        return wanted


@pytest.fixture
def small(app: Flask, database_url: str, clock: Clock) -> Iterator[Client]:
    """The same database behind an application that takes 4 KiB and 20 rows."""
    tight = create_app(
        Settings(database_url=database_url, secret=SECRET, max_body=LIMIT, max_rows=20, log_level="error"),
        now=clock,
    )
    client = make_key(tight)
    make_school(client)
    yield client
    tight.extensions["headway"].tools.database.close()


def streamed(client: Client, method: str, path: str, body: Counted, **given: object) -> object:
    """A request whose body has no length, as with Transfer-Encoding: chunked."""
    overrides = {"wsgi.input": body, "wsgi.input_terminated": True}
    return client(method, path, environ_overrides=overrides, **given)


@pytest.mark.parametrize("path", [MARKS, REGISTER, "/v1/schools/900001"])
def test_a_body_too_long_by_its_length_is_refused_unread(small: Client, path: str) -> None:
    body = Counted(b" ")
    method = "POST" if path == MARKS else "PUT"

    answer = small(
        method,
        path,
        content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": str(LIMIT + 1), "wsgi.input": body},
    )

    assert str(LIMIT) in problem_in(answer, 413)["detail"]
    assert body.read_so_far == 0


@pytest.mark.parametrize(
    ("path", "media_type"),
    [(MARKS, "application/x-ndjson"), (MARKS, "text/csv"), (REGISTER, "application/json")],
)
def test_a_stream_is_refused_as_soon_as_it_passes_the_limit(
    small: Client, path: str, media_type: str
) -> None:
    body = Counted(
        ROW if "ndjson" in media_type else b"Pupil,Date,Session,Mark\n" * 2 if "csv" in media_type else b" "
    )
    method = "POST" if path == MARKS else "PUT"

    answer = streamed(small, method, path, body, content_type=media_type)

    problem_in(answer, 413)  # type: ignore[arg-type]
    assert body.read_so_far <= 1 << 20  # one piece of reading


def test_a_bomb_is_stopped_at_the_limit_of_what_it_inflates_to(small: Client) -> None:
    bomb = gzip.compress(b" " * (1 << 24))
    assert len(bomb) > LIMIT  # by its length alone it would be refused
    bomb = gzip.compress(b" " * (LIMIT * 64))
    assert len(bomb) < LIMIT

    for headers in ({"Content-Encoding": "gzip"}, {}):
        answer = small.post(MARKS, data=bomb, content_type="application/json", headers=headers)
        problem_in(answer, 413)
        answer = small.put(REGISTER, data=bomb, content_type="application/json", headers=headers)
        problem_in(answer, 413)


@pytest.mark.parametrize(("size", "status"), [(1 << 21, 400), (1 << 22, 413)])
def test_a_body_that_is_broken_early_is_refused_for_its_size_first(
    app: Flask, database_url: str, clock: Clock, size: int, status: int
) -> None:
    limit = 3 << 20
    roomy = create_app(
        Settings(database_url=database_url, secret=SECRET, max_body=limit, log_level="error"), now=clock
    )
    client = make_key(roomy)
    make_school(client)

    for broken in (b'{"data": 1', b"a,b\n", b"<!DOCTYPE a>"):
        packed = gzip.compress(broken + b" " * size)
        problem_in(client.post(MARKS, data=packed, content_type="text/plain"), status)
    roomy.extensions["headway"].tools.database.close()


@pytest.mark.parametrize("length", [LIMIT - 1, LIMIT])
def test_a_body_of_just_the_limit_is_taken(small: Client, length: int) -> None:
    body = b'{"marks": {"P001": "/"}}'.ljust(length)

    assert small.put(REGISTER, data=body, content_type="application/json").status_code == 200


def test_a_push_of_too_many_rows_is_refused_whole(small: Client) -> None:
    rows = [{"pupil": f"P{n}", "date": "2026-11-20", "session": "AM", "code": "/"} for n in range(21)]

    problem_in(small.post(MARKS, rows), 413)
    problem_in(small.put(REGISTER, {"marks": {f"P{n}": "/" for n in range(21)}}), 413)

    assert small.get(REGISTER).status_code == 404
    assert small.get("/v1/imports").json["items"] == []
    assert small.post(MARKS, rows[:20]).json["created"] == 20


@pytest.mark.parametrize(
    ("path", "body", "media_type"),
    [
        (REGISTER, b'{"marks": {"P001": "/"}}', "application/json"),
        (MARKS, ROW, "application/x-ndjson"),
        (MARKS, b"pupil,date,session,code\nP001,2026-11-20,AM,/\n", "text/csv"),
    ],
)
def test_a_body_that_ends_before_its_length_was_cut_short(
    small: Client, path: str, body: bytes, media_type: str
) -> None:
    answer = small(
        "POST" if path == MARKS else "PUT",
        path,
        content_type=media_type,
        environ_overrides={
            "CONTENT_LENGTH": str(len(body) + 1),
            "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": True,  # as the production server says of every body
        },
    )

    assert "cut short" in problem_in(answer, 400)["detail"]
    assert small.get(REGISTER).status_code == 404
