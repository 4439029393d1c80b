"""What may stand as a reference to a pupil."""

import pytest

from domain.references import check_reference


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
