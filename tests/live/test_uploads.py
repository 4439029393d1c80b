"""Files over a real connection: large, in chunks, cut off, slow."""

import base64
import hashlib
import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.live.server import Server
from tests.live.test_streams import answered, begun, chunk
from tests.make_files import MIB, pdf

PIECE = 1 << 18
FORM = "multipart/form-data; boundary=x"
IN_A_FORM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
DIGEST = f"sha-256=:{base64.b64encode(hashlib.sha256(pdf() + b'and more').digest()).decode()}:"


@pytest.fixture
def path(server: Server, school: str) -> str:
    """A piece of evidence of the kind file."""
    made = server.call("POST", "/v1/evidence", {"title": "Register of the club", "kind": "file"})
    assert made.status == 201, made.body
    return f"/v1/evidence/{made.json['id']}"


def kept(server: Server) -> set[Path]:
    return {each for each in (server.folder / "files").rglob("*") if each.is_file()}


def pieces(size: int) -> Iterator[bytes]:
    yield pdf()
    for _ in range(size // PIECE):
        yield os.urandom(PIECE)


def test_a_large_file_passes_both_ways_through_little_memory(server: Server, path: str) -> None:
    digest = hashlib.sha256()

    def noted() -> Iterator[bytes]:
        for piece in pieces(24 * MIB):
            digest.update(piece)
            yield piece

    assert server.call("PUT", f"{path}/file", pdf(), Content_Type="application/pdf").status == 201
    before = server.most_memory()
    made = server.call("PUT", f"{path}/file", noted(), Content_Type="application/pdf")
    given = server.call("GET", f"{path}/file")

    assert (made.status, made.json["file"]["sha256"]) == (200, digest.hexdigest())
    assert hashlib.sha256(given.body).hexdigest() == digest.hexdigest()
    assert given.headers["content-length"] == str(len(given.body))
    grown = server.most_memory() - before
    assert grown < 24 * MIB, f"{grown / MIB:.1f} MiB"


def test_a_file_past_the_limit_is_refused_while_it_is_still_sent(server: Server, path: str) -> None:
    before = kept(server)
    with begun(
        server, "PUT", f"{path}/file", Transfer_Encoding="chunked", Content_Type="application/pdf"
    ) as connection:
        with suppress(OSError):  # it has heard enough
            for piece in pieces(40 * MIB):
                connection.sendall(chunk(piece))
        answer = answered(connection)

    assert answer.status == 413
    assert kept(server) == before


@pytest.mark.parametrize(
    "head",
    [
        pytest.param({"Content_Length": str(MIB)}, id="by its length"),
        pytest.param({"Transfer_Encoding": "chunked", "Content_Digest": DIGEST}, id="by its digest"),
        pytest.param({"Transfer_Encoding": "chunked", "Content_Type": FORM}, id="by its form"),
    ],
)
def test_an_upload_whose_client_goes_away_leaves_nothing(
    server: Server, path: str, head: dict[str, str]
) -> None:
    before = kept(server)
    sent = IN_A_FORM + pdf() if head.get("Content_Type") == FORM else pdf()
    with begun(server, "PUT", f"{path}/file", **{"Content_Type": "application/pdf"} | head) as connection:
        connection.sendall(sent if "Content_Length" in head else chunk(sent))
        connection.shutdown(socket.SHUT_WR)
        with suppress(http.client.HTTPException, OSError):  # or it is not answered at all
            assert answered(connection).status == 400

    assert server.call("GET", f"{path}/file").status == 404
    assert kept(server) == before


def test_others_write_while_a_client_sends(server: Server, path: str) -> None:
    content = pdf()
    with begun(
        server, "PUT", f"{path}/file", Content_Length=str(len(content)), Content_Type="application/pdf"
    ) as connection:
        connection.sendall(content[:10])
        other = server.call("PATCH", path, {"title": "Renamed meanwhile"}, If_Match="*")
        connection.sendall(content[10:])
        answer = answered(connection)

    assert other.status == 200
    assert (answer.status, answer.json["title"]) == (201, "Renamed meanwhile")
