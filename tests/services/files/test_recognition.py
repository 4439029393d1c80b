"""What type a file is, by its content."""

import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.files.recognition import CHUNK, types_in
from services.files.types import TEXTS
from tests.make_files import docx, heic, odt, office, pdf, png, zipped, zipped_parts

ANY_TEXT = frozenset(known.media_type for known in TEXTS)


def types_of(content: bytes) -> frozenset[str]:
    return types_in(io.BytesIO(content))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        pytest.param(pdf(), "application/pdf", id="PDF"),
        pytest.param(b"%PDF-1.4\nall of it in letters", "application/pdf", id="PDF in letters alone"),
        pytest.param(png(), "image/png", id="PNG"),
        pytest.param(b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\1" * 40, "image/jpeg", id="JPEG"),
        pytest.param(b"\xff\xd8\xff\xdb\0C\0" + b"\1" * 40, "image/jpeg", id="JPEG without a name"),
        pytest.param(b"GIF89a\1\0\1\0\x80\0\0", "image/gif", id="GIF"),
        pytest.param(b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 40, "image/webp", id="WebP"),
        pytest.param(heic(), "image/heic", id="HEIC"),
        pytest.param(heic(b"mif1"), "image/heic", id="HEIC that names its family first"),
        pytest.param(docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", id="Word"),
        pytest.param(
            office("spreadsheetml.sheet", "xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            id="Excel",
        ),
        pytest.param(
            office("presentationml.presentation", "ppt/other.xml"),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            id="PowerPoint with a main part of another name",
        ),
        pytest.param(
            office("wordprocessingml.document", "word/document.xml", **{"word/vbaProject.bin": "x"}),
            "application/vnd.ms-word.document.macroenabled.12",
            id="Word with macros",
        ),
        pytest.param(odt(), "application/vnd.oasis.opendocument.text", id="OpenDocument"),
        pytest.param(zipped(a="x"), "application/zip", id="ZIP"),
        pytest.param(zipped(), "application/zip", id="empty ZIP"),
        pytest.param(docx()[:-30], "application/zip", id="ZIP that is cut off"),
        pytest.param(zipped_parts({"word/document.xml": "x"}), "application/zip", id="ZIP with a part of Word"),
        pytest.param(b"MZ\x90\0\3\0\0\0" + b"\0" * 60, "application/vnd.microsoft.portable-executable", id="program"),
        pytest.param(b"<!DOCTYPE html><p>x", "text/html", id="HTML"),
        pytest.param(b"\xef\xbb\xbf \n<!-- a --><!-- b --><SCRIPT>x</SCRIPT>", "text/html", id="HTML behind comments"),
        pytest.param("<html></html>".encode("utf-16"), "text/html", id="HTML in UTF-16"),
        pytest.param(b'<?xml version="1.0"?><html xmlns="x">', "text/html", id="XHTML"),
        pytest.param(b'<svg xmlns="x" onload="alert(1)"/>', "image/svg+xml", id="SVG"),
        pytest.param(b'<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE svg PUBLIC "x">', "image/svg+xml", id="SVG as XML"),
        pytest.param(b'<?xml version="1.0"?><s:svg xmlns:s="x"/>', "image/svg+xml", id="SVG with a prefix"),
        pytest.param(b'<?xml version="1.0"?><register/>', "application/xml", id="XML"),
        pytest.param(b"{\\rtf1 x}", "application/rtf", id="RTF"),
    ],
)  # fmt: skip
def test_a_type_is_found_in_the_content(content: bytes, media_type: str) -> None:
    assert types_of(content) == {media_type}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"pupil,mark\r\nP001,/\r\n", id="ASCII"),
        pytest.param("Tŷ Ffynnon – 12 o ddisgyblion".encode(), id="UTF-8"),
        pytest.param("\ufeffTŷ".encode(), id="UTF-8 with a mark"),
        pytest.param("Tŷ Ffynnon".encode("utf-16"), id="UTF-16"),
        pytest.param("Crèche – £12".encode("cp1252"), id="Windows-1252"),
        pytest.param(b"# Title\n\n<script>alert(1)</script>", id="a script further on"),
        pytest.param(b"BM was here", id="letters that a bitmap begins with"),
        pytest.param(b"<!-- note -->\n# Title", id="Markdown behind a comment"),
        pytest.param(b"<p>a paragraph</p> in Markdown", id="a tag in Markdown"),
    ],
)
def test_text_is_text_whichever_way_it_is_encoded(content: bytes) -> None:
    assert types_of(content) == ANY_TEXT


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"text with \0 in it", id="a NUL"),
        pytest.param(b"bell \x07", id="a control character"),
        pytest.param(b"\xff\xfe\x00\xd8\x00", id="UTF-16 that isn't"),
        pytest.param(bytes(range(0x80, 0x100)), id="no encoding"),
    ],
)
def test_what_is_neither_text_nor_known_has_no_type(content: bytes) -> None:
    assert types_of(content) == frozenset()


def test_an_old_office_container_may_be_any_of_them() -> None:
    assert {"application/msword", "application/vnd.ms-excel"} <= types_of(
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 512
    )


@given(st.binary(max_size=2000))
def test_any_bytes_are_looked_at_without_an_error(content: bytes) -> None:
    types_of(content)


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_any_damaged_document_is_looked_at_without_an_error(at: int, damage: bytes) -> None:
    whole = docx()
    at = min(at, len(whole) - 1)

    types_of(whole[:at] + damage + whole[at + len(damage) :])


def test_text_is_read_to_its_end() -> None:
    assert types_of(b"a" * (2 * CHUNK)) == ANY_TEXT
    assert types_of(b"a" * (2 * CHUNK) + b"\0") == frozenset()
    assert types_of(("é" * CHUNK).encode()) == ANY_TEXT


def test_a_zip_of_very_many_parts_is_not_looked_into() -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("[Content_Types].xml", "wordprocessingml.document.main+xml")
        for number in range(20_000):
            archive.writestr(str(number), "")
    tracemalloc.start()
    try:
        found, most = types_in(whole), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found == {"application/zip"}
    assert most < 1 << 20


def test_a_zip_that_hides_its_directory_behind_the_wide_form_is_not_looked_into() -> None:
    whole = docx()
    end = whole.rindex(b"PK\5\6")
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)

    assert types_of(whole[:end] + locator + whole[end:]) == {"application/zip"}


def test_a_part_that_bursts_is_read_no_further_than_needed() -> None:
    whole = zipped_parts({"[Content_Types].xml": "x" * (64 << 20), "word/document.xml": "x"})
    assert len(whole) < 1 << 20
    tracemalloc.start()
    try:
        types_of(whole)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert most < 8 << 20
