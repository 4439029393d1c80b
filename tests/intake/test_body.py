import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import HeadwayError, Malformed, TooLarge
from intake.body import chunks_of, in_blocks


class ShortReads(io.BytesIO):
    """Gives at most three bytes at a time, as a slow connection may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 0, 3))


def read(raw: bytes, *, encoded: bool = False, limit: int = 10_000, chunk: int = 64) -> bytes:
    return b"".join(chunks_of(io.BytesIO(raw), gzip=encoded, limit=limit, chunk=chunk))


@given(st.binary(max_size=500), st.integers(1, 100))
def test_a_plain_body_comes_through_as_it_is(body: bytes, chunk: int) -> None:
    if not body.startswith(b"\x1f\x8b"):
        assert read(body, chunk=chunk) == body


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5), st.integers(1, 100), st.booleans())
def test_gzip_of_several_members_is_inflated_with_or_without_content_encoding(
    parts: list[bytes], chunk: int, encoded: bool
) -> None:
    packed = b"".join(map(gzip.compress, parts))
    assert read(packed, encoded=encoded, chunk=chunk) == b"".join(parts)
    assert b"".join(chunks_of(ShortReads(packed), gzip=encoded, limit=10_000)) == b"".join(parts)


def test_zero_bytes_behind_gzip_are_padding() -> None:
    assert read(gzip.compress(b"a") + bytes(100) + gzip.compress(b"b") + bytes(3)) == b"ab"


@pytest.mark.parametrize("missing", [1, 4, 8, 12, 20])
def test_gzip_cut_short_is_malformed(missing: int) -> None:
    with pytest.raises(Malformed, match="cut short"):
        read(gzip.compress(b"P001 was here")[:-missing])


@given(st.integers(2, 40), st.integers(1, 255))
def test_damaged_gzip_is_refused_or_gives_the_same_body(place: int, flip: int) -> None:
    packed = bytearray(gzip.compress(b'[{"pupil": "P001"}]' * 3))
    packed[place % len(packed)] ^= flip
    try:
        assert read(bytes(packed)) == b'[{"pupil": "P001"}]' * 3
    except HeadwayError as error:
        assert isinstance(error, Malformed)


def test_what_follows_gzip_and_is_no_gzip_is_malformed() -> None:
    with pytest.raises(Malformed, match="damaged"):
        read(gzip.compress(b"a") + b"more")


def test_a_body_that_is_not_gzip_though_content_encoding_says_so_is_malformed() -> None:
    with pytest.raises(Malformed, match="Content-Encoding"):
        read(b"[]", encoded=True)


def test_a_body_of_the_limit_is_taken_and_a_byte_more_is_not() -> None:
    assert len(read(b"x" * 1000, limit=1000)) == 1000
    assert len(read(gzip.compress(b"x" * 1000), limit=1000)) == 1000
    for body in (b"x" * 1001, gzip.compress(b"x" * 1001)):
        with pytest.raises(TooLarge, match="1,000 bytes"):
            read(body, limit=1000)


def test_a_gzip_bomb_is_inflated_to_the_limit_and_one_piece_and_no_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inflated = 0
    make = zlib.decompressobj

    class Counting:
        def __init__(self, form: int) -> None:
            self._member = make(form)

        def decompress(self, data: bytes, most: int) -> bytes:
            nonlocal inflated
            piece = self._member.decompress(data, most)
            inflated += len(piece)
            return piece

        def __getattr__(self, name: str) -> object:
            return getattr(self._member, name)

    monkeypatch.setattr(zlib, "decompressobj", Counting)
    bomb = gzip.compress(bytes(20 << 20))
    with pytest.raises(TooLarge):
        read(bomb, limit=1 << 20, chunk=1 << 16)
    assert 1 << 20 < inflated <= (1 << 20) + (1 << 16)


def test_a_body_of_empty_gzip_members_is_limited_by_its_packed_size() -> None:
    with pytest.raises(TooLarge):
        read(gzip.compress(b"") * 1000, limit=10_000)


@given(st.lists(st.binary(max_size=30), max_size=20), st.integers(1, 40))
def test_blocks_are_of_one_size_but_the_last(chunks: list[bytes], size: int) -> None:
    blocks = list(in_blocks(chunks, size))
    assert b"".join(blocks) == b"".join(chunks)
    assert all(len(block) == size for block in blocks[:-1])
    assert all(0 < len(block) <= size for block in blocks[-1:])
