"""A form with one file, taken apart while it comes."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.tracker.forms import file_in_form
from domain.errors import Malformed

BOUNDARY = "--boundary"


def part(content: bytes, name: str | None = "a.txt", type: str = "Text/Plain; charset=utf-8") -> bytes:
    named = f'; filename="{name}"' if name is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"{named}\r\nContent-Type: {type}\r\n\r\n'
    return head.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


def read(form: bytes, cuts: int = 1000) -> tuple[str, str, bytes]:
    def pieces() -> Iterator[bytes]:
        for at in range(0, len(form), cuts):
            yield form[at : at + cuts]

    name, media_type, content = file_in_form(pieces(), BOUNDARY)
    return name, media_type, b"".join(content)


@given(st.binary(max_size=300), st.integers(1, 400))
def test_a_file_comes_out_as_it_went_in_wherever_the_form_is_cut_into_pieces(
    content: bytes, cuts: int
) -> None:
    if f"--{BOUNDARY}".encode() in content:
        return

    assert read(part(content) + END, cuts) == ("a.txt", "text/plain", content)


@given(
    st.lists(
        st.sampled_from([b"\r\n", b"\r", b"\n", b"--", b"--" + BOUNDARY.encode()[:-1], b"x"]), max_size=12
    )
)
def test_what_looks_like_the_end_is_not(parts: list[bytes]) -> None:
    content = b"".join(parts)

    for cuts in (1, 2, 3, 5, 1000):
        assert read(part(content) + END, cuts)[2] == content


def test_fields_before_and_behind_are_passed_over() -> None:
    form = part(b"before", name=None) + part(b"the file") + part(b"behind", name=None) + END

    assert read(form)[2] == b"the file"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        pytest.param(b"", "cut short", id="nothing"),
        pytest.param(b"no form at all", "cut short", id="no form"),
        pytest.param(part(b"x"), "cut short", id="no end"),
        pytest.param(part(b"x" * 5000)[:3000], "cut short", id="cut within the file"),
        pytest.param(part(b"x")[:30], "cut short", id="cut within the head"),
        pytest.param(END, "no file", id="no part"),
        pytest.param(part(b"x", name=None) + END, "no file", id="only a field"),
        pytest.param(part(b"x") + part(b"y") + END, "several files", id="two files"),
        pytest.param(part(b"", name=None) * 50 + END, "too many", id="very many fields"),
        pytest.param(f"--{BOUNDARY}\r\n".encode() + b"x" * (3 << 20), "too long", id="a head without end"),
    ],
)
def test_what_is_no_form_with_one_file_is_malformed(form: bytes, words: str) -> None:
    with pytest.raises(Malformed, match=words):
        read(form, 1 << 18)


def test_a_form_says_its_boundary() -> None:
    with pytest.raises(Malformed, match="boundary"):
        file_in_form(iter([END]), "")
