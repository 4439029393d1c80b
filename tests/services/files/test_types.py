"""What types of file there are."""

import pytest

from services.files.types import KNOWN, USUAL, called, ending, in_words


def test_each_type_is_known_by_itself_and_ends_in_its_own_way() -> None:
    for media_type, known in KNOWN.items():
        assert media_type in called(media_type)
        for extension in known.extensions:
            assert media_type in ending(f"a{extension}")
            assert extension == extension.lower()


def test_what_is_usually_taken_can_hold_neither_scripts_nor_macros() -> None:
    assert {"application/pdf", "image/png", "image/heic", "text/csv", "text/markdown"} <= set(USUAL)
    assert not [each for each in USUAL if "macro" in each or "zip" in each or "script" in each]
    assert not {"image/svg+xml", "text/html", "application/xml", "application/msword"} & set(USUAL)


@pytest.mark.parametrize("media_type", ["", "application/octet-stream", "application/x-www-form-urlencoded"])
def test_some_media_types_say_nothing(media_type: str) -> None:
    assert called(media_type) == frozenset()


def test_windows_may_call_a_csv_by_the_program_that_opens_it() -> None:
    assert {"text/csv", "application/vnd.ms-excel"} == called("application/vnd.ms-excel")


def test_plain_text_may_be_said_of_any_text_but_not_of_a_page() -> None:
    assert {"text/plain", "text/csv", "text/markdown"} <= called("Text/Plain")
    assert "text/html" not in called("text/plain")


def test_an_unknown_name_or_type_is_told_as_it_is() -> None:
    assert ending("notes.v2") == ending("README") == frozenset()
    assert called("application/x-any") == {"application/x-any"}
    assert in_words({"image/png"}) == "a PNG image"
    assert in_words({"application/x-any"}) == "application/x-any"
    assert in_words(()) == "of no type that is known here"
