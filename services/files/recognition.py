"""What type a file is, found in its content and in nothing else.

Text is what decodes as text all through. A ZIP is looked into by its directory, within bounds. What else there is,
puremagic knows by the bytes that the files of a type begin and end with.
"""

import codecs
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

import puremagic

from services.files.types import KNOWN, OLD_OFFICE, OPEN_DOCUMENT, OPEN_XML, TEXTS, called

CHUNK = 1 << 18
HEAD = 1 << 12

OLD_CONTAINER = bytes.fromhex("d0cf11e0a1b11ae1")
ZIP_BEGINNINGS = (b"PK\3\4", b"PK\5\6")
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")

HTML = re.compile(
    r"<(!doctype\s+html|(html|head|body|script|style|iframe|title|meta|link|base|form|object|embed|frameset)[\s>/])",
    re.IGNORECASE,
)
SVG = re.compile(r"<(!doctype\s+svg|(\w+:)?svg[\s>/])", re.IGNORECASE)

HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})

MOST_IN_A_ZIP = 5_000
MOST_OF_A_DIRECTORY = 2 << 20
MOST_OF_A_PART = 1 << 18
END_OF_A_DIRECTORY = 22
LONGEST_COMMENT = 0xFFFF

MAIN_PARTS = (
    ("word/document.xml", "wordprocessingml.document", "ms-word.document"),
    ("xl/workbook.xml", "spreadsheetml.sheet", "ms-excel.sheet"),
    ("ppt/presentation.xml", "presentationml.presentation", "ms-powerpoint.presentation"),
)
"""The main part of each Office document, how its type is called, and with macros."""


def types_in(file: IO[bytes]) -> frozenset[str]:
    """The media types that the content of a file fits; several for what content can't tell apart, as texts.

    None where nobody knows it.
    """
    file.seek(0)
    head = file.read(HEAD)
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"%PDF-"):
        return frozenset({"application/pdf"})
    if head.startswith(ZIP_BEGINNINGS):
        return frozenset({_in_zip(file)})
    if head.startswith(OLD_CONTAINER):
        return frozenset(known.media_type for known in OLD_OFFICE)
    marked = next((encoding for mark, encoding in BYTE_ORDER_MARKS if head.startswith(mark)), None)
    beginning = _beginning_of_text(file, marked or "utf-8")
    if beginning is None and marked is None:
        binary = _of_media(head) or _known_by_its_bytes(file)
        if binary:
            return binary
        beginning = _beginning_of_text(file, "cp1252")
    return frozenset() if beginning is None else _in_text(beginning)


def _beginning_of_text(file: IO[bytes], encoding: str) -> str | None:
    """The first thousands of characters of a file that is text from end to end, else None."""
    beginning = ""
    try:
        for text in _decoded(file, encoding):
            if NOT_IN_TEXT.search(text):
                return None
            beginning = beginning or text[:HEAD]
    except UnicodeDecodeError:
        return None
    return beginning


def _decoded(file: IO[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _in_text(beginning: str) -> frozenset[str]:
    if beginning.startswith("{\\rtf"):
        return frozenset({"application/rtf"})
    if beginning.startswith("%!PS"):
        return frozenset({"application/postscript"})
    root = _behind_prologue(beginning)
    if HTML.match(root):
        return frozenset({"text/html"})
    if SVG.match(root):
        return frozenset({"image/svg+xml"})
    if beginning.lstrip().startswith("<?xml"):
        return frozenset({"application/xml"})
    return frozenset(known.media_type for known in TEXTS)


def _behind_prologue(text: str) -> str:
    """What stands behind blanks, comments and processing instructions."""
    while True:
        text = text.lstrip()
        end = "-->" if text.startswith("<!--") else "?>" if text.startswith("<?") else None
        if end is None:
            return text
        text = text.partition(end)[2]


def _of_media(head: bytes) -> frozenset[str]:
    """HEIC by all brands that it names: phones of some makers name the family first."""
    if head[4:8] != b"ftyp":
        return frozenset()
    size = min(int.from_bytes(head[:4], "big"), 512)
    brands = {head[at : at + 4] for at in range(8, size, 4)}
    return frozenset({"image/heic"}) if brands & HEIC_BRANDS else frozenset()


def _known_by_its_bytes(file: IO[bytes]) -> frozenset[str]:
    file.seek(0)
    try:
        found = [match for match in puremagic.magic_stream(file) if match.mime_type]
    except (puremagic.PureError, ValueError):
        return frozenset()
    surest = max((match.confidence for match in found), default=0)
    return frozenset().union(*(called(match.mime_type) for match in found if match.confidence == surest))


def _in_zip(file: IO[bytes]) -> str:
    """The type of document that a ZIP holds; `application/zip` where it is none, or isn't looked into."""
    plain = "application/zip"
    if not _is_small_enough(file):
        return plain
    try:
        with zipfile.ZipFile(file) as archive:
            return _of_open_document(archive) or _of_open_xml(archive) or plain
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        return plain


def _is_small_enough(file: IO[bytes]) -> bool:
    """Whether the directory may be read: a small file can have one that fills the memory."""
    size = file.seek(0, 2)
    start = max(0, size - END_OF_A_DIRECTORY - LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < END_OF_A_DIRECTORY or tail[max(0, at - 20) :].startswith(b"PK\6\7"):
        return False  # a locator of the wide form, whose counts stand elsewhere, is not taken either
    entries, length = struct.unpack_from("<10xHL", tail, at)
    return bool(entries <= MOST_IN_A_ZIP and length <= MOST_OF_A_DIRECTORY)


def _of_open_document(archive: zipfile.ZipFile) -> str | None:
    said = _part(archive, "mimetype").decode("ascii", "replace").strip()
    return said if said.startswith(OPEN_DOCUMENT) and said in KNOWN else None


def _of_open_xml(archive: zipfile.ZipFile) -> str | None:
    names = set(archive.namelist())
    content_types = _part(archive, "[Content_Types].xml").decode("utf-8", "replace").lower()
    if not content_types:
        return None
    for part, plain, with_macros in MAIN_PARTS:
        if part in names or f"{plain}.main+xml" in content_types:
            runs = "macroenabled" in content_types or any(name.endswith("vbaProject.bin") for name in names)
            return f"application/vnd.{with_macros}.macroenabled.12" if runs else OPEN_XML + plain
    return None


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of a part of an archive; nothing where it isn't there or is packed in an unusual way."""
    try:
        part = archive.getinfo(name)
    except KeyError:
        return b""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return b""
    with archive.open(part) as content:
        return content.read(MOST_OF_A_PART)
