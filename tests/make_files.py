"""Files of each type, as small as they come, and calls that upload them."""

import io
import os
import struct
import zipfile
import zlib
from typing import Any

from werkzeug.test import TestResponse

from tests.make import Client

MIB = 1 << 20
TEXT = b"Twelve pupils came on 5 October.\n"


def pdf(words: bytes = b"") -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n" + words + b"\ntrailer\n<<>>\n%%EOF\n"


def png(side: int = 1) -> bytes:
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\x7f" * side) * side)
    return b"\x89PNG\r\n\x1a\n" + _block(b"IHDR", head) + _block(b"IDAT", pixels) + _block(b"IEND", b"")


def zipped(**parts: str) -> bytes:
    return zipped_parts(parts)


def zipped_parts(parts: dict[str, str]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def office(kind: str, part: str, **also: str) -> bytes:
    """A document of Office; `kind` is `wordprocessingml.document` and the like."""
    main = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    types = f'<Types><Override PartName="/{part}" ContentType="{main}"/></Types>'
    return zipped_parts({"[Content_Types].xml": types, part: "<document/>"} | also)


def docx() -> bytes:
    return office("wordprocessingml.document", "word/document.xml")


def odt() -> bytes:
    return zipped_parts({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"})


def heic(major: bytes = b"heic") -> bytes:
    return b"\0\0\0\x18ftyp" + major + b"\0\0\0\0mif1heic" + b"\0" * 64


def big_pdf(size: int) -> bytes:
    """A PDF of so many bytes that nothing packs."""
    return (pdf() + os.urandom(size))[:size]


def file_evidence(client: Client, **fields: Any) -> str:
    """A piece of evidence of the kind file, without one; answers its path."""
    answer = client.post("/v1/evidence", {"title": "Register of the club", "kind": "file"} | fields)
    assert answer.status_code == 201, answer.text
    return f"/v1/evidence/{answer.json['id']}"


def upload(
    client: Client, path: str, content: bytes, name: str | None = None, type: str | None = None, **given: Any
) -> TestResponse:
    """PUT a file to a piece of evidence."""
    headers = dict(given.pop("headers", {}))
    if name is not None:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return client.put(f"{path}/file", data=content, content_type=type, headers=headers, **given)


def _block(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
