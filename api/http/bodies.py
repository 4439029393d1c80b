"""Bodies as they arrive: the type they say they are, the size they may have, and JSON out of bytes."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from typing import Any, NamedTuple

import msgspec
from flask import Request
from werkzeug.exceptions import ClientDisconnected

from domain.errors import Malformed, TooLarge, WrongMediaType
from intake.body import ByteStream, chunks_of
from intake.decimals import exact

JSON_TYPES = ("application/json", "application/merge-patch+json")

ANY_TYPE = "*/*"
"""Where a body is a file, its type is found in it."""

MOST_READ_AHEAD = 1 << 16
"""Bytes; a register of four thousand pupils is less."""

_decoder = msgspec.json.Decoder(float_hook=exact)


class Arrived(NamedTuple):
    """A body as it comes; `whole` where all of it that will come is here already."""

    stream: ByteStream
    whole: bool


def read_ahead(request: Request, limit: int) -> Arrived:
    """The body of a request, read already where it is short, so that nobody has to wait for a client later.

    Where it ends too early, that is told when it is read from here.
    """
    length = request.content_length
    if length is None or length > min(MOST_READ_AHEAD, limit):
        return Arrived(request.stream, whole=False)
    pieces, lacking = [], length
    with suppress(ClientDisconnected):
        while lacking and (piece := request.stream.read(lacking)):
            pieces.append(piece)
            lacking -= len(piece)
    return Arrived(BytesIO(b"".join(pieces)), whole=True)


class Body:
    """The body of one request, read once, in chunks, inflated, within its limit, and hashed on the way."""

    def __init__(
        self,
        request: Request,
        limit: int,
        advice: str = "send it in parts",
        stream: ByteStream | None = None,
    ) -> None:
        self._request = request
        self._stream = stream
        self._limit = limit
        self._advice = advice
        self._length = request.content_length
        self._encoding = request.environ.get("HTTP_CONTENT_ENCODING", "identity").lower()
        self._hash = hashlib.sha256(request.query_string)
        self._chunks: Iterator[bytes] = iter(())
        self.media_type: str | None = request.mimetype or None

    def check(self, taken: tuple[str, ...], *, packed: bool = True) -> None:
        """413 for a length over the limit, before anything is read; 415 for a type or encoding that isn't taken."""
        if self._length is not None and self._length > self._limit:
            raise too_large(self._limit, self._advice)
        if self.media_type is not None and ANY_TYPE not in taken and self.media_type not in taken:
            raise WrongMediaType(f"{self.media_type} isn't taken here; send {' or '.join(taken)}")
        if self._encoding not in (("identity", "gzip", "x-gzip") if packed else ("identity",)):
            instead = "gzip or plain" if packed else "it plain"
            raise WrongMediaType(f"Content-Encoding {self._encoding} isn't taken; send {instead}")

    def chunks(self) -> Iterator[bytes]:
        """The body in pieces of about a mebibyte, inflated where it came as gzip."""
        self._chunks = chunks_of(self._hashing(), gzip="gzip" in self._encoding, limit=self._limit)
        return self._chunks

    def read_out(self) -> None:
        """Read what is left of the chunks; `TooLarge` where that is past the limit."""
        for _ in self._chunks:
            pass

    def as_it_came(self, size: int) -> Iterator[bytes]:
        """The body in pieces of at most `size` bytes, each as it came: a file that is gzip stays gzip."""
        stream = self._hashing()
        received = 0
        while piece := stream.read(size):
            received += len(piece)
            if received > self._limit:
                raise too_large(self._limit, self._advice)
            yield piece

    def whole(self) -> bytes:
        """The whole body at once."""
        return b"".join(self.chunks())

    def _hashing(self) -> "_Hashing":
        return _Hashing(self._stream or self._request.stream, self._hash, self._length)

    def digest(self) -> str:
        """SHA-256, in hex, of the query and of what was read of the body so far."""
        return self._hash.hexdigest()


def json_of(raw: bytes) -> Any:
    """A JSON value, its decimals exact; raises `Malformed` naming the byte at fault."""
    if not raw.strip():
        raise Malformed("the body is empty; a JSON object is needed")
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"the body isn't JSON: {error}") from error


def too_large(limit: int, advice: str) -> TooLarge:
    """The refusal of a body over the limit."""
    return TooLarge(f"the body is over the limit of {limit} bytes; {advice}")


class _Hashing:
    """A stream that hashes what is read from it, as it came over the wire, and that knows how long it should be.

    The server tells the end of a body and a client that went away alike; half a CSV would pass for a whole one.
    """

    def __init__(self, stream: ByteStream, hasher: Any, length: int | None) -> None:
        self._stream: ByteStream = stream
        self._hasher = hasher
        self._lacking = length

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except ClientDisconnected as error:
            raise Malformed("the body ends too early: the upload was cut short") from error
        self._hasher.update(data)
        if self._lacking is not None:
            self._lacking -= len(data)
            if not data and self._lacking > 0:
                raise Malformed(f"the body ends {self._lacking} bytes too early: the upload was cut short")
        return data
