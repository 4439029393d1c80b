"""The bytes of a body as they stream in: inflated where they are gzip, and never more of them than the limit."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from domain.errors import Malformed, TooLarge

GZIP_MAGIC = b"\x1f\x8b"
_GZIP_FORMAT = 31  # zlib's number for a gzip header, the largest window and a checked trailer
# Behind each member zlib copies what is left of the piece: small pieces keep a body of a million tiny members cheap.
_PACKED_PIECE = 1 << 14


class ByteStream(Protocol):
    """What a body is read from, such as `wsgi.input`. It may give fewer bytes than asked for."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


def chunks_of(stream: ByteStream, *, gzip: bool, limit: int, chunk: int = 1 << 20) -> Iterator[bytes]:
    """The body in pieces of at most `chunk` bytes, inflated.

    `gzip` says what Content-Encoding says; a body that starts as gzip is inflated without it too. One or more gzip
    members may follow each other. Raises `TooLarge` as soon as more than `limit` bytes have come, packed or inflated,
    and `Malformed` where the gzip data are cut short or damaged.
    """
    pieces = _pieces(stream, chunk)
    opening = next(pieces, b"")
    while 0 < len(opening) < len(GZIP_MAGIC) and (more := next(pieces, b"")):
        opening += more
    if gzip and opening and not opening.startswith(GZIP_MAGIC):
        raise Malformed("Content-Encoding says gzip, but the body doesn't start as gzip does.")
    if opening.startswith(GZIP_MAGIC):
        packed = in_blocks(_limited(_after(opening, pieces), limit), _PACKED_PIECE)
        return _limited(_inflated(packed, min(chunk, limit + 1)), limit)
    return _limited(_after(opening, pieces), limit)


def in_blocks(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in blocks of `size` bytes, the last one shorter; so the work on each has one known size."""
    pending: list[bytes] = []
    held = 0
    for chunk in chunks:
        start = 0
        while held + len(chunk) - start >= size:
            end = start + size - held
            yield b"".join([*pending, chunk[start:end]])
            pending, held, start = [], 0, end
        if start < len(chunk):
            pending.append(chunk[start:])
            held += len(chunk) - start
    if pending:
        yield b"".join(pending)


def _pieces(stream: ByteStream, size: int) -> Iterator[bytes]:
    while piece := stream.read(size):
        yield piece


def _after(opening: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if opening:
        yield opening
    yield from pieces


def _limited(chunks: Iterator[bytes], limit: int) -> Iterator[bytes]:
    received = 0
    for chunk in chunks:
        received += len(chunk)
        if received > limit:
            raise TooLarge(
                f"The body is larger than {limit:,} bytes once inflated. Send it in several parts."
            )
        yield chunk


def _inflated(pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    """The inflated bytes of all members, at most `most` at a time however well they were packed."""
    member = zlib.decompressobj(_GZIP_FORMAT)
    waiting = b""
    while True:
        if not waiting:
            waiting = next(pieces, b"")
            if not waiting:
                break
        if member.eof:
            # Zero bytes after a member are padding (tapes and some tools write it), anything else is the next member.
            waiting = waiting.lstrip(b"\0")
            if not waiting:
                continue
            member = zlib.decompressobj(_GZIP_FORMAT)
        try:
            inflated = member.decompress(waiting, most)
        except zlib.error:
            raise Malformed("The gzip data of the body are damaged.") from None
        waiting = member.unused_data if member.eof else member.unconsumed_tail
        if inflated:
            yield inflated
    yield from _rest(member, most)


def _rest(member: "zlib._Decompress", most: int) -> Iterator[bytes]:
    while not member.eof:
        inflated = member.decompress(b"", most)
        if not inflated:
            raise Malformed("The gzip data of the body end too early: the upload was cut short.")
        yield inflated
