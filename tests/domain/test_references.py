"""What may stand as a reference to a pupil."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.privacy import UPN
from domain.references import all_plain, check_reference


@pytest.mark.parametrize("text", ["P", "x" * 64, "0007", "a b", "Ü-9/ß", "u_abc234"])
def test_any_visible_text_of_1_to_64_characters_is_a_reference(text):
    assert check_reference(text) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "blank"),
        ("  ", "blank"),
        ("\t", "blank"),
        ("x" * 65, "65"),
        ("a\x00b", "control"),
        ("a\nb", "control"),
        ("a\x85b", "control"),
        ("a\u2028b", "control"),
        ("a\ud800b", "control"),
    ],
)
def test_another_text_is_refused_with_the_reason(text, word):
    assert word in (check_reference(text) or "")


ODD = st.sampled_from(
    ["", " ", "\x1f", "\x00", "é", "\u2028", "x" * 64, "x" * 65, "A12345678901B", "A1234567890123", "P001"]
)


@given(st.lists(st.text("P0123456789 a-", max_size=16) | ODD | st.text(max_size=4), max_size=6))
def test_what_is_plain_at_a_glance_is_sound_one_by_one(references):
    if all_plain(references):
        assert not any(map(check_reference, references))
        assert not any(map(UPN.search, references))


@pytest.mark.parametrize("references", [[], ["P001"], ["P001", "a b", "0007"], ["x" * 64, "A-12345678901-B"]])
def test_most_registers_are_plain(references):
    assert all_plain(references)


@pytest.mark.parametrize("odd", ["", "  ", "\x1f", "a\x00", "é", "x" * 65, "A12345678901B", "_A12345678901B"])
def test_one_odd_reference_is_enough(odd):
    assert not all_plain(["P001", odd])
    assert not all_plain(["x" * 40, odd])
