"""`/v1/evidence/{id}/file` and `/files`."""

import base64
import gzip
import hashlib
import io
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app import create_app
from domain.errors import Unavailable
from services.database import Database
from services.files.store import Bucket
from services.unit_of_work import UnitOfWork
from settings import Settings
from tests.conftest import SECRET, Clock
from tests.make import URN, Client, make_challenge, make_key, make_school
from tests.make_files import MIB, TEXT, docx, file_evidence, pdf, png, upload

AT_ONCE = {"If-Match": "*"}
UPN = "A12345678901B"


@pytest.fixture
def path(client: Client) -> str:
    """A piece of evidence of the kind file."""
    return file_evidence(client)


def kept(app: Flask) -> list[Path]:
    """What is in the store."""
    folder = Path(app.extensions["headway"].settings.files_place)
    return [each for each in folder.rglob("*") if each.is_file()]


@pytest.fixture(autouse=True)
def empty_store(app: Flask) -> None:
    """That what a test finds in the store is its own."""
    for each in kept(app):
        each.unlink()


def sending(stream: Any, length: int) -> dict[str, Any]:
    """A body that is read from a stream as it comes, and how long it says that it is."""
    return {"environ_overrides": {"wsgi.input": stream, "CONTENT_LENGTH": str(length)}}


def limited(app: Flask, **limits: Any) -> Any:
    """The application with other limits of files for a while."""
    headway = app.extensions["headway"]
    tools = replace(headway.tools, files=replace(headway.tools.files, **limits))
    return patch.dict(app.extensions, {"headway": replace(headway, tools=tools)})


def test_a_file_is_taken_and_given_back_byte_for_byte(client: Client, path: str) -> None:
    made = upload(client, path, pdf(), "Register.pdf", "application/pdf")

    assert made.status_code == 201, made.text
    digest = hashlib.sha256(pdf()).hexdigest()
    assert made.json["file"] == {
        "revision": 1,
        "name": "Register.pdf",
        "type": "application/pdf",
        "size": len(pdf()),
        "sha256": digest,
        "uploaded_at": made.json["updated_at"],
        "uploaded_by": "test",
    }
    assert made.json["revision"] == 2
    assert made.headers["ETag"] == client.get(path).headers["ETag"]
    assert client.get(path).json == made.json
    given = client.get(f"{path}/file")
    assert (given.status_code, given.data) == (200, pdf())


def test_a_file_is_served_to_be_saved_and_can_do_nothing_else(client: Client, path: str) -> None:
    upload(client, path, TEXT, "page.txt")

    given = client.get(f"{path}/file")

    assert given.headers["Content-Type"] == "text/plain"
    assert given.headers["Content-Length"] == str(len(TEXT))
    assert (
        given.headers["Content-Disposition"] == "attachment; filename=\"page.txt\"; filename*=UTF-8''page.txt"
    )
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    head = client("HEAD", f"{path}/file")
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(TEXT)))


def test_a_file_that_is_held_already_is_not_sent_again(client: Client, path: str) -> None:
    upload(client, path, pdf())
    tag = client.get(f"{path}/file").headers["ETag"]

    assert tag == f'"1.{hashlib.sha256(pdf()).hexdigest()[:20]}"'
    again = client.get(f"{path}/file", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    upload(client, path, png())
    assert client.get(f"{path}/file", headers={"If-None-Match": tag}).status_code == 200


def test_each_new_file_is_a_revision_and_older_ones_stay(client: Client, clock: Clock, path: str) -> None:
    upload(client, path, pdf(), "first.pdf")
    clock.advance(hours=1)

    second = upload(client, path, png(), "second.png")

    assert (second.status_code, second.json["file"]["revision"], second.json["revision"]) == (200, 2, 3)
    assert client.get(f"{path}/file").data == png()
    old = client.get(f"{path}/file?revision=1")
    assert (old.data, old.headers["Content-Type"]) == (pdf(), "application/pdf")
    assert client.get(f"{path}/file?revision=2").data == png()
    for beyond in ("3", "2147483648", "99999999999999999999"):
        assert client.get(f"{path}/file?revision={beyond}").status_code == 404
    assert client.get(f"{path}/file?revision=0").status_code == 422


def test_revisions_are_listed_the_newest_first_page_by_page(client: Client, path: str) -> None:
    for number in range(1, 4):
        upload(client, path, TEXT * number, f"{number}.txt")

    first = client.get(f"{path}/files?limit=2").json
    second = client.get(f"{path}/files?limit=2&cursor={first['next']}").json

    assert [each["name"] for each in first["items"]] == ["3.txt", "2.txt"]
    assert [each["revision"] for each in second["items"]] == [1]
    assert second["next"] is None
    assert first["items"][0] == client.get(path).json["file"]


def test_the_list_of_revisions_says_which_came_since(client: Client, clock: Clock, path: str) -> None:
    before = clock.time.isoformat().replace("09:00", "08:00")
    upload(client, path, pdf(), "a.pdf", "application/pdf")
    then = clock.advance(hours=1).isoformat()
    clock.advance(hours=1)
    upload(client, path, png(), "a.png", "image/png")

    def came(since: str, **also: str) -> Any:
        answer = client.get(f"{path}/files", query_string={"compare_to": since} | also)
        return answer.json["changes"]["added"]

    assert (came(then), came(before), came(before, as_of=then)) == (["2"], ["2", "1"], ["1"])
    assert client.get(f"{path}/file", query_string={"compare_to": then}).status_code == 422


def test_the_same_bytes_again_change_nothing(app: Flask, client: Client, path: str) -> None:
    upload(client, path, pdf(), "first.pdf")
    before = client.get(path)

    again = upload(client, path, pdf(), "other.pdf")

    assert (again.status_code, again.json) == (200, before.json)
    assert again.headers["ETag"] == before.headers["ETag"]
    assert len(kept(app)) == 1


def test_if_match_is_heeded_where_it_is_sent(app: Flask, client: Client, path: str) -> None:
    first = client.get(path).headers["ETag"]
    assert upload(client, path, pdf(), "a.pdf", "application/pdf").status_code == 201

    stale = client.put(f"{path}/file", data=png(), headers={"If-Match": first, "Content-Type": "image/png"})

    assert stale.status_code == 412
    assert "file" in {change["field"] for change in stale.json["changes"]}
    assert len(kept(app)) == 1


def test_history_and_earlier_times_tell_of_files(client: Client, clock: Clock, path: str) -> None:
    before = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    upload(client, path, pdf(), "first.pdf")
    between = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)
    upload(client, path, png(), "second.png")

    changes = [each for each in client.get(f"{path}/history").json["items"] if each["field"] == "file"]
    assert [(each["old"] or {}).get("name") for each in changes[-2:]] == [None, "first.pdf"]
    assert changes[-1]["new"] == client.get(path).json["file"]
    assert client.get(f"{path}?as_of={between}").json["file"]["name"] == "first.pdf"
    assert client.get(f"{path}/file?as_of={between}").data == pdf()
    assert [each["revision"] for each in client.get(f"{path}/files?as_of={between}").json["items"]] == [1]
    assert client.get(f"{path}/file?as_of={between}&revision=2").status_code == 404
    assert client.get(f"{path}/file?as_of={before}").status_code == 404
    assert client.get(f"{path}?as_of={before}").json["file"] is None


def test_a_deleted_piece_of_evidence_comes_back_with_its_file(
    client: Client, clock: Clock, path: str
) -> None:
    upload(client, path, pdf())
    then = clock.advance(minutes=1).isoformat().replace("+00:00", "Z")
    clock.advance(hours=1)

    client.delete(path, headers=AT_ONCE)

    for below in ("/file", "/files"):
        assert client.get(path + below).status_code == 404
        assert client.get(f"{path}{below}?as_of={then}").status_code == 200
    assert upload(client, path, png()).status_code == 404
    client.post(f"{path}/restore")
    assert client.get(f"{path}/file").data == pdf()
    assert client.get(path).json["file"]["revision"] == 1


def test_evidence_without_a_file_yet_has_none_to_give(client: Client, path: str) -> None:
    assert client.get(path).json["file"] is None
    assert client.get(f"{path}/file").status_code == 404
    assert client.get(f"{path}/files").json == {"items": [], "next": None}


@pytest.mark.parametrize(
    "kind", [{"kind": "note", "text": "x"}, {"kind": "link", "url": "https://x.example"}]
)
def test_only_evidence_of_the_kind_file_takes_one(client: Client, kind: dict[str, str]) -> None:
    path = file_evidence(client, **kind)

    answer = upload(client, path, pdf())

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/kind"
    assert kept(client.app) == []


def test_what_has_a_file_stays_a_file(client: Client, path: str) -> None:
    note = {"kind": "note", "text": "Twelve came."}
    upload(client, path, pdf())

    answer = client.patch(path, note, headers=AT_ONCE)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/kind")
    assert client.patch(file_evidence(client), note, headers=AT_ONCE).status_code == 200
    assert client.patch(path, {"file": None}, headers=AT_ONCE).status_code == 422


@pytest.mark.parametrize(
    ("name", "saved", "header"),
    [
        ("Cofrestr.pdf", "Cofrestr.pdf", "Cofrestr.pdf"),
        ("../../letter.pdf", "letter.pdf", "letter.pdf"),
        ("no ending", "no ending.pdf", "no ending.pdf"),
        (f"{UPN} report.pdf", None, None),
    ],
)
def test_a_name_is_cleaned_and_told_in_both_ways(
    client: Client, path: str, name: str, saved: str | None, header: str | None
) -> None:
    made = upload(client, path, pdf(), name)

    given = client.get(f"{path}/file").headers["Content-Disposition"]
    assert UPN not in made.text + given + client.get(f"{path}/history").text
    if saved is None:
        assert made.json["file"]["name"].startswith("u_")
    else:
        assert made.json["file"]["name"] == saved
        assert f'filename="{header}"' in given


@pytest.mark.parametrize(
    ("headers", "query", "saved"),
    [
        pytest.param(
            {"Content-Disposition": "attachment; filename*=UTF-8''T%C5%B7.pdf"}, "", "Tŷ.pdf", id="RFC 5987"
        ),
        pytest.param(
            {"Content-Disposition": "attachment; filename=T.pdf; filename*=UTF-8''T%C5%B7.pdf"},
            "",
            "Tŷ.pdf",
            id="both",
        ),
        pytest.param(
            {"Content-Disposition": 'attachment; filename="Tŷ.pdf"'.encode().decode("latin-1")},
            "",
            "Tŷ.pdf",
            id="raw",
        ),
        pytest.param({"Content-Disposition": "attachment"}, "?name=T%C5%B7.pdf", "Tŷ.pdf", id="query"),
        pytest.param({}, "?name=T.pdf", "T.pdf", id="query alone"),
        pytest.param({}, "", "Register of the club.pdf", id="the title of the evidence"),
        pytest.param(
            {"Content-Disposition": "attachment; filename*=UTF-8''%41" + UPN[1:] + ".pdf"},
            "",
            None,
            id="hidden UPN",
        ),
    ],
)
def test_a_name_comes_in_the_ways_that_clients_have(
    client: Client, path: str, headers: dict[str, str], query: str, saved: str | None
) -> None:
    made = client.put(f"{path}/file{query}", data=pdf(), headers=headers)

    assert made.status_code == 201, made.text
    if saved is None:
        assert made.json["file"]["name"].startswith("u_")
    else:
        assert made.json["file"]["name"] == saved
        assert quote(saved) in client.get(f"{path}/file").headers["Content-Disposition"]


def test_a_form_as_browsers_send_it_is_taken(client: Client, path: str) -> None:
    form = {"note": "beside it", "file": (io.BytesIO(png()), "Tŷ.png", "image/png")}

    made = client.put(f"{path}/file", data=form, content_type="multipart/form-data")

    assert made.status_code == 201, made.text
    assert (made.json["file"]["name"], made.json["file"]["type"]) == ("Tŷ.png", "image/png")
    assert client.get(f"{path}/file").data == png()


def test_pupils_numbers_in_a_file_stay_as_they_came(client: Client, path: str) -> None:
    content = f"pupil,mark\n{UPN},/\n".encode()
    upload(client, path, content, "marks.csv", "text/csv")

    assert client.get(f"{path}/file").data == content


@pytest.mark.parametrize(
    ("content", "name", "type", "status", "words"),
    [
        pytest.param(
            b"<!doctype html><script>1</script>", "a.png", "image/png", 422, "is an HTML page", id="lies"
        ),
        pytest.param(TEXT, "a.pdf", None, 422, "is plain text", id="lies by its name"),
        pytest.param(b"", "a.pdf", "application/pdf", 422, "empty", id="empty"),
        pytest.param(b"<!doctype html>", "a.html", "text/html", 415, "application/pdf", id="a page"),
        pytest.param(
            b"<svg/>", None, None, 415, "an SVG drawing; taken are", id="a drawing that may hold scripts"
        ),
        pytest.param(b"MZ\x90\0" + b"\0" * 60, None, None, 415, "is a program", id="a program"),
        pytest.param(
            gzip.compress(TEXT), None, None, 415, "is a gzip archive", id="gzip, which isn't unpacked"
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told_and_nothing_is_kept(
    client: Client,
    path: str,
    content: bytes,
    name: str,
    type: str,
    status: int,
    words: str,
) -> None:
    answer = upload(client, path, content, name, type)

    assert answer.status_code == status, answer.text
    assert words in answer.json["detail"]
    assert client.get(path).json["file"] is None
    assert kept(client.app) == []
    if status == 422:
        assert answer.json["errors"][0]["pointer"] == "/file"


def test_what_is_not_taken_is_refused_before_it_is_sent(client: Client, path: str) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

        readinto = read

    def answer(length: int = 10, **given: Any) -> TestResponse:
        return client("PUT", f"{path}/file", **sending(Unread(), length), **given)

    assert answer(content_type="text/html").status_code == 415
    assert answer(content_type="image/png", headers={"Content-Encoding": "gzip"}).status_code == 415
    assert answer(26 * MIB).status_code == 413
    assert answer(26 * MIB, content_type="multipart/form-data; boundary=x").status_code == 413


def test_a_file_past_the_limit_is_refused(app: Flask, client: Client, path: str) -> None:
    with limited(app, most=2048):
        assert upload(client, path, b"x" * 2048).status_code == 201
        told = upload(client, path, b"x" * 2049)
        streamed = client(
            "PUT",
            f"{path}/file",
            environ_overrides={"wsgi.input": io.BytesIO(b"x" * 4096), "wsgi.input_terminated": True},
        )
        form = {"file": (io.BytesIO(b"x" * 2049), "a.txt")}
        in_a_form = client.put(f"{path}/file", data=form, content_type="multipart/form-data")

    assert [each.status_code for each in (told, streamed, in_a_form)] == [413, 413, 413]
    assert "2048 bytes" in told.json["detail"]
    assert len(kept(app)) == 1


FORM = b"--x\r\nContent-Disposition: form-data; name=f; filename=a.pdf\r\n\r\n" + pdf() + b"\r\n--x--\r\n"


@pytest.mark.parametrize(
    ("type", "content"),
    [
        pytest.param("application/pdf", pdf(), id="raw"),
        pytest.param("multipart/form-data; boundary=x", FORM, id="form"),
    ],
)
@pytest.mark.parametrize("cut", [1, 20, 60])
def test_an_upload_that_is_cut_off_leaves_nothing(
    app: Flask, client: Client, path: str, type: str, content: bytes, cut: int
) -> None:
    cut_off = sending(io.BytesIO(content[:-cut]), len(content))

    answer = client("PUT", f"{path}/file", content_type=type, **cut_off)

    assert answer.status_code == 400, answer.text
    assert "too early" in answer.json["detail"]
    assert client.get(path).json["file"] is None
    assert kept(app) == []


def test_a_digest_that_is_announced_is_held_against_the_file(client: Client, path: str) -> None:
    def sent(content: bytes, digest: bytes | str) -> int:
        text = digest if isinstance(digest, str) else base64.b64encode(digest).decode()
        return upload(client, path, content, headers={"Content-Digest": f"sha-256=:{text}:"}).status_code

    digest = hashlib.sha256(pdf()).digest()
    assert sent(pdf()[:-1], digest) == 400
    assert sent(pdf(), "not base64!") == 400
    assert client.get(path).json["file"] is None
    assert sent(pdf(), digest) == 201


def test_a_transaction_that_fails_leaves_nothing(app: Flask, client: Client, path: str) -> None:
    logging.getLogger("headway").setLevel(logging.CRITICAL)
    with patch.object(UnitOfWork, "commit", side_effect=RuntimeError("a fault of ours")):
        assert upload(client, path, pdf()).status_code == 500
    logging.getLogger("headway").setLevel(logging.ERROR)

    assert client.get(path).json["file"] is None
    assert kept(app) == []
    assert upload(client, path, pdf()).status_code == 201


def test_no_transaction_is_open_while_a_client_sends_or_the_store_is_waited_for(
    client: Client, path: str
) -> None:
    writing: list[str] = []
    opened = Database.writing

    def noted(self: Database) -> Any:
        writing.append("transaction")
        return opened(self)

    class Sent(io.BytesIO):
        def read(self, *given: Any) -> bytes:
            writing.append("sent")
            return super().read(*given)

        def readinto(self, buffer: Any) -> int:
            writing.append("sent")
            return super().readinto(buffer)

    store = client.app.extensions["headway"].tools.files.store
    put = store.put

    def noted_put(*given: Any) -> None:
        writing.append("stored")
        put(*given)

    with patch.object(Database, "writing", noted), patch.object(store, "put", noted_put):
        answer = client("PUT", f"{path}/file", **sending(Sent(pdf()), len(pdf())))

    assert answer.status_code == 201
    assert writing.index("transaction") > writing.index("stored") > writing.index("sent")
    assert "sent" not in writing[writing.index("stored") :]


def test_a_store_that_does_not_answer_is_503_and_nothing_is_recorded(client: Client, path: str) -> None:
    store = client.app.extensions["headway"].tools.files.store
    logging.getLogger("headway").setLevel(logging.CRITICAL)
    with patch.object(store, "put", side_effect=Unavailable("the store can't do this")):
        answer = upload(client, path, pdf())
    logging.getLogger("headway").setLevel(logging.ERROR)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert client.get(path).json["file"] is None


def test_scopes_and_schools_hold_for_files_too(app: Flask, client: Client) -> None:
    make_school(client)
    make_school(client, "900002")
    path = file_evidence(client, about=[{"type": "challenge", "id": make_challenge(client)}])
    upload(client, path, pdf())
    reader = make_key(app, scopes=["tracker:read"], schools=[URN])
    stranger = make_key(app, schools=["900002"])
    nobody = Client(app, None)

    assert reader.get(f"{path}/file").data == pdf()
    assert upload(reader, path, png()).status_code == 403
    assert upload(nobody, path, png()).status_code == 401
    assert upload(stranger, path, png()).status_code == 404
    for below in ("/file", "/files", "/file?revision=1", "/file?as_of=2027-01-01T00:00:00Z"):
        assert stranger.get(path + below).status_code == 404
        assert nobody.get(path + below).status_code == 401


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_files_in_a_bucket_of_a_real_server(
    database_url: str, app: Flask, clock: Clock, bucket: Bucket, keys_in: Callable[[], list[str]]
) -> None:
    settings = Settings(
        database_url=database_url,
        secret=SECRET,
        log_level="error",
        instance=app.extensions["headway"].settings.instance,
        files=f"s3://{bucket.name}/{bucket.prefix}",
        files_endpoint=bucket.endpoint,
        files_key=bucket.key,
        files_secret=bucket.secret,
        files_region=bucket.region,
    )
    client = make_key(create_app(settings, now=clock))
    path = file_evidence(client)
    large = pdf() + b"\x81" * (11 * MIB)

    assert upload(client, path, docx(), "plan.docx").status_code == 201
    assert upload(client, path, large, "large.pdf").status_code == 200
    assert upload(client, path, large).json["revision"] == 3
    assert upload(client, path, b"<svg/>").status_code == 415
    note = file_evidence(client, kind="note", text="x")
    assert upload(client, note, pdf()).status_code == 422

    assert len(keys_in()) == 2
    assert all(key.startswith("kept/here/") for key in keys_in())
    assert client.get(f"{path}/file").data == large
    assert client.get(f"{path}/file?revision=1").data == docx()
    client.app.extensions["headway"].tools.database.close()
