"""A file on its way into the store."""

import hashlib
import io
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.errors import HeadwayError, Invalid, Malformed, TooLarge, Unavailable, WrongMediaType
from services.files.store import Bucket, Store
from services.files.types import USUAL
from services.files.uploads import Claim, Files, check_claim, in_store, receive
from tests.make_files import MIB, TEXT, docx, pdf, png

CHUNK = 1 << 18


class Disk:
    """Files in a folder, and what of it is left."""

    def __init__(self, folder: Path, **given: Any) -> None:
        self.folder = folder
        self.files = Files(
            **{
                "store": Store(folder / "files"),
                "most": 25 * MIB,
                "types": USUAL,
                "waiting": folder / "waiting",
            }
            | given
        )

    def receive(self, content: bytes, name: str = "", media_type: str = "") -> Any:
        return receive(self.files, [content] if content else [], Claim(name, media_type))

    def left(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


def test_an_upload_knows_its_size_its_digest_and_its_type(disk: Disk) -> None:
    with disk.receive(pdf(), "Register.pdf", "application/pdf") as upload:
        assert (upload.size, upload.sha256) == (len(pdf()), hashlib.sha256(pdf()).hexdigest())
        assert (upload.name, upload.media_type) == ("Register.pdf", "application/pdf")
        assert disk.left() == []


@pytest.mark.parametrize(
    ("content", "name", "media_type", "found"),
    [
        (TEXT, "", "", "text/plain"),
        (TEXT, "marks.csv", "", "text/csv"),
        (TEXT, "", "text/csv", "text/csv"),
        (TEXT, "marks.csv", "text/plain", "text/csv"),
        (TEXT, "marks.csv", "application/vnd.ms-excel", "text/csv"),
        (TEXT, "notes.md", "application/octet-stream", "text/markdown"),
        (TEXT, "notes.v2", "text/plain", "text/plain"),
        (png(), "photo.png", "image/x-png", "image/png"),
        (
            docx(),
            "plan.docx",
            "application/zip",
            next(each for each in USUAL if each.endswith("ml.document")),
        ),
        (pdf(), "no ending", "application/x-www-form-urlencoded", "application/pdf"),
    ],
)
def test_a_type_is_what_the_content_fits_and_the_client_says(
    disk: Disk, content: bytes, name: str, media_type: str, found: str
) -> None:
    with disk.receive(content, name, media_type) as upload:
        assert upload.media_type == found


@pytest.mark.parametrize(
    ("content", "name", "media_type", "words"),
    [
        (
            b"<!doctype html><script>x</script>",
            "photo.png",
            "",
            "is an HTML page, but its name, photo.png, says",
        ),
        (
            b"<!doctype html>",
            "",
            "image/png",
            "is an HTML page, but Content-Type image/png says that it is a PNG",
        ),
        (b"<svg/>", "drawing.png", "image/png", "is an SVG drawing"),
        (TEXT, "register.pdf", "", "says that it is a PDF document"),
        (png(), "photo.png", "image/jpeg", "is a PNG image, but Content-Type image/jpeg"),
        (png(), "photo.jpg", "image/png", "is a PNG image, but its name, photo.jpg"),
        (b"MZ\x90\0\3\0\0\0" + b"\0" * 60, "letter.docx", "", "is a program, but"),
        (bytes(range(0x80, 0x100)), "letter.txt", "", "is of no type that is known here, but"),
    ],
)
def test_a_file_that_lies_about_its_type_is_refused_with_both_in_words(
    disk: Disk, content: bytes, name: str, media_type: str, words: str
) -> None:
    with pytest.raises(Invalid) as told:
        disk.receive(content, name, media_type)

    assert words in told.value.detail
    assert told.value.faults[0].pointer == "/file"


@pytest.mark.parametrize(
    "content", [b"<!doctype html>", b"<svg/>", b"PK\5\6" + b"\0" * 18, bytes(range(0x80, 0x100))]
)
def test_a_type_that_is_not_taken_names_those_that_are(disk: Disk, content: bytes) -> None:
    with pytest.raises(WrongMediaType, match=r"taken are .*application/pdf"):
        disk.receive(content)


@pytest.mark.parametrize(
    "claim",
    [Claim("page.html"), Claim("", "text/html"), Claim("run.bat"), Claim("a.txt", "application/x-any")],
)
def test_what_is_not_taken_whatever_is_in_it_is_refused_before_it_is_read(disk: Disk, claim: Claim) -> None:
    with pytest.raises(WrongMediaType, match="taken are"):
        check_claim(disk.files, claim)


def test_which_types_are_taken_is_a_setting(tmp_path: Path) -> None:
    disk = Disk(tmp_path, types=("image/png", "text/csv"))

    with disk.receive(TEXT) as upload:
        assert upload.media_type == "text/csv"
    with pytest.raises(WrongMediaType, match="taken are image/png, text/csv"):
        disk.receive(pdf())


def test_an_empty_file_is_refused(disk: Disk) -> None:
    with pytest.raises(Invalid, match="empty"):
        disk.receive(b"")


def test_a_file_past_the_limit_is_refused_as_soon_as_it_is_passed(tmp_path: Path) -> None:
    disk, taken = Disk(tmp_path, most=3 * CHUNK), []

    def pieces() -> Iterator[bytes]:
        while True:
            taken.append(CHUNK)
            yield b"x" * CHUNK

    with pytest.raises(TooLarge, match=str(3 * CHUNK)):
        receive(disk.files, pieces(), Claim())
    assert len(taken) == 4
    assert disk.left() == []


def test_a_file_at_the_limit_is_taken(tmp_path: Path) -> None:
    with Disk(tmp_path, most=len(pdf())).receive(pdf()) as upload:
        assert upload.size == len(pdf())


def test_an_upload_that_is_cut_off_leaves_nothing(disk: Disk) -> None:
    def pieces() -> Iterator[bytes]:
        yield pdf()
        raise Malformed("the body ends too early")

    with pytest.raises(Malformed):
        receive(disk.files, pieces(), Claim())
    assert disk.left() == []


@pytest.mark.parametrize("content", [pdf() + b"more", pdf()[:-1], b""])
def test_a_file_that_is_not_what_was_announced_is_refused(disk: Disk, content: bytes) -> None:
    announced = Claim(sha256=hashlib.sha256(pdf()).hexdigest())

    with pytest.raises(Malformed, match="Content-Digest"):
        receive(disk.files, [content], announced)
    with receive(disk.files, [pdf()], announced) as upload:
        assert upload.sha256 == announced.sha256


def test_no_room_to_wait_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "waiting").write_text("in the way")

    with pytest.raises(Unavailable, match="no room"):
        Disk(tmp_path).receive(pdf())


def test_what_is_recorded_stays_in_the_store(disk: Disk) -> None:
    with disk.receive(pdf()) as upload, in_store(disk.files, upload):
        upload.recorded = True

    assert [path.read_bytes() for path in disk.left()] == [pdf()]


def test_what_is_not_recorded_is_taken_out_again(disk: Disk) -> None:
    with disk.receive(pdf()) as upload, in_store(disk.files, upload):
        assert len(disk.left()) == 1

    assert disk.left() == []


@pytest.mark.parametrize("error", [Invalid("no"), RuntimeError("a fault of ours"), KeyboardInterrupt()])
def test_what_was_recorded_in_vain_is_taken_out_again(disk: Disk, error: BaseException) -> None:
    with pytest.raises(type(error)), disk.receive(pdf()) as upload, in_store(disk.files, upload):
        upload.recorded = True
        raise error

    assert disk.left() == []


def test_what_may_have_been_recorded_is_left_to_the_sweep(disk: Disk) -> None:
    with pytest.raises(Unavailable), disk.receive(pdf()) as upload, in_store(disk.files, upload):
        upload.recorded = True
        raise Unavailable("the database went away while it committed")

    assert len(disk.left()) == 1


def test_in_a_bucket_nothing_is_left_either(
    tmp_path: Path, bucket: Bucket, keys_in: Callable[[], list[str]]
) -> None:
    disk = Disk(tmp_path, store=Store(bucket))

    with pytest.raises(HeadwayError), disk.receive(pdf()) as upload, in_store(disk.files, upload):
        assert len(keys_in()) == 1
        raise Invalid("no")

    assert keys_in() == []


@pytest.mark.parametrize("kind", ["folder", "bucket"])
def test_twenty_mebibytes_pass_through_little_memory(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    given = {} if kind == "folder" else {"store": Store(request.getfixturevalue("bucket"))}
    disk = Disk(tmp_path, **given)
    piece = b"\x81" * CHUNK
    disk.files.store.put("warm", io.BytesIO(b"x"))

    def pieces() -> Iterator[bytes]:
        yield pdf()
        for _ in range(20 * MIB // CHUNK):
            yield piece

    tracemalloc.start()
    try:
        with receive(disk.files, pieces(), Claim()) as upload, in_store(disk.files, upload):
            upload.recorded = True
        size = sum(map(len, disk.files.store.get(upload.key).chunks))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert size == upload.size > 20 * MIB
    assert most < 12 * MIB, f"{most / MIB:.1f} MiB"
