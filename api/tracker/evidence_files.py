"""`/v1/evidence/{id}/file` and `/files`: the file of a piece of evidence, and all its revisions."""

import base64
import binascii
import re
from typing import Any
from urllib.parse import quote

from flask import Response, request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate
from werkzeug.http import parse_options_header

from api.http import etags
from api.http.bodies import ANY_TYPE, Body
from api.http.endpoint import Reader, Reply, endpoint
from api.http.fields import Schema, Time
from api.tracker.evidence import NOUN, EvidenceSchema, FileSchema
from api.tracker.fields import EXAMPLE_TIME, AsOfListQuerySchema
from api.tracker.forms import FORM_TYPE, MOST_ROUND_A_FILE, file_in_form
from api.tracker.resource import READ, WRITE, check_if_match_where_sent
from domain.errors import Malformed
from services.files.names import clean_name
from services.files.uploads import Claim, Upload, check_claim, in_store, receive
from services.paging import Page
from services.tracker import evidence_files
from services.unit_of_work import Tools, UnitOfWork

blueprint = Blueprint(
    "evidence-files",
    __name__,
    description="The files of evidence: each new one is a revision, and older ones stay.",
)

CHUNK = 1 << 18
SHA256 = re.compile(r"sha-256=:([^:]*):")


class FileUploadQuerySchema(Schema):
    """How the file is called."""

    name = fields.String(
        metadata={
            "description": "Where Content-Disposition doesn't say it; the title of the evidence without either.",
            "example": "Register of the club.pdf",
        }
    )


class FileQuerySchema(Schema):
    """Which revision."""

    as_of = Time(metadata={"description": "The newest at that time.", "example": EXAMPLE_TIME})

    revision = fields.Integer(
        validate=validate.Range(1),
        metadata={"description": "The newest unless told.", "example": 1},
    )


def _read(body: Body, tools: Tools) -> Upload:
    """The file that is sent, whole and looked at, on this machine's disk."""
    pieces = body.as_it_came(CHUNK)
    if body.media_type == FORM_TYPE:
        name, media_type, pieces = file_in_form(pieces, request.mimetype_params.get("boundary", ""))
    else:
        name, media_type = _name_in_header(), body.media_type or ""
    named = clean_name(name or request.args.get("name", ""), tools.pseudonyms)
    claim = Claim(named, media_type, "" if body.media_type == FORM_TYPE else _digest_in_header())
    check_claim(tools.files, claim)
    return receive(tools.files, pieces, claim)


def _name_in_header() -> str:
    said = request.headers.get("Content-Disposition", "")
    name = parse_options_header(said)[1].get("filename", "")
    try:
        return name.encode(
            "latin-1"
        ).decode()  # curl and others send UTF-8 as it is, which headers are not read as
    except UnicodeError:
        return name


def _digest_in_header() -> str:
    """The SHA-256 that Content-Digest (RFC 9530) announces, in hex; "" where it announces none.

    A server can't tell the end of a body in chunks from a client that went away: with this, or with a length, it can.
    """
    announced = SHA256.search(request.headers.get("Content-Digest", ""))
    try:
        return base64.b64decode(announced[1], validate=True).hex() if announced else ""
    except binascii.Error as error:
        raise Malformed("Content-Digest takes the digest in base64: sha-256=:…:") from error


UPLOAD = Reader(
    types=(ANY_TYPE, FORM_TYPE),
    read=_read,
    description=(
        "The bytes of the file, its name in `Content-Disposition: attachment; filename=…`; or a form with one file, as"
        " browsers send it. The type is found in the content; a Content-Type or an ending of the name that says"
        " otherwise is refused. What types and how many bytes are taken is a setting: PDF, documents, images, text"
        " and tables, and 25 MiB, unless told. Send a Content-Length, a form or a Content-Digest: without any of them"
        " a body in chunks that is cut off can't be told from a whole one."
    ),
    limit=lambda tools: tools.files.most + (MOST_ROUND_A_FILE if request.mimetype == FORM_TYPE else 0),
    advice="send a smaller file, or link to it",
    packed=False,
    beside=lambda upload, tools: in_store(tools.files, upload),
    media={
        ANY_TYPE: {"schema": {"type": "string", "format": "binary"}},
        FORM_TYPE: {
            "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}},
            "example": {"file": "the bytes of the file"},
        },
    },
)


@blueprint.route("/evidence/<id>/file")
class EvidenceFile(MethodView):
    """The file of one piece of evidence."""

    @endpoint(
        scope=READ,
        loads=NOUN.row_as_asked,
        query=FileQuerySchema,
        also={304: "Unchanged since the ETag in If-None-Match."},
        media={ANY_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    )
    def get(self, work: UnitOfWork, evidence: Any, query: dict[str, Any]) -> Response:
        """The content of a file, to be saved: the newest revision, or that of a number or a time."""
        found = evidence_files.get_file(work, evidence, query.get("revision"), query.get("as_of"))
        headers = {
            "ETag": f'"{found.revision}.{found.sha256[: etags.DIGEST]}"',
            "Content-Disposition": _attachment(found.name),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        }
        if etags.matches(request.headers.get("If-None-Match", ""), headers["ETag"]):
            return Response(status=304, headers=headers)
        headers |= {"Content-Type": found.type, "Content-Length": str(found.size)}
        if request.method == "HEAD":
            return Response(headers=headers)
        return Response(work.tools.files.store.get(found.key).chunks, headers=headers)

    @endpoint(
        scope=WRITE,
        loads=evidence_files.evidence_for_a_file,
        query=FileUploadQuerySchema,
        body=UPLOAD,
        answer=EvidenceSchema,
        also={201: "The first file; 200 for a new revision, and for the very file that is held."},
        tagged=True,
    )
    def put(self, work: UnitOfWork, evidence: Any, query: dict[str, Any], upload: Upload) -> Reply:
        """Upload the file of a piece of evidence of the kind file: a new revision, unless it is the same again."""
        check_if_match_where_sent(work, evidence)
        content, first = evidence_files.record_file(work, evidence, upload)
        return Reply(content, 201 if first else 200)


@blueprint.route("/evidence/<id>/files")
class EvidenceFiles(MethodView):
    """All that were uploaded."""

    @endpoint(scope=READ, loads=NOUN.row_as_asked, query=AsOfListQuerySchema, answer=FileSchema, paged=True)
    def get(self, work: UnitOfWork, evidence: Any, query: dict[str, Any]) -> Page:
        """List the revisions of the file of one piece of evidence, the newest first."""
        return evidence_files.list_files(work, evidence, query)


def _attachment(name: str) -> str:
    """Content-Disposition (RFC 6266): the name in ASCII for old clients, and as it is."""
    plain = "".join(each if each.isascii() and each not in '"\\%' else "_" for each in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
