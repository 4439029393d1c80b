"""Names of files."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.privacy import UPN, Pseudonyms
from services.files.names import MOST, clean_name, named_as

pseudonyms = Pseudonyms(b"a secret of the tests that is long enough")


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("Register.pdf", "Register.pdf"),
        ("Cofrestr y clwb – Tŷ Ffynnon.pdf", "Cofrestr y clwb – Tŷ Ffynnon.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\head\\letter.docx", "letter.docx"),
        ("folder/", "folder"),
        ("..", ""),
        ("", ""),
        (".htaccess", "htaccess"),
        (" . .hidden", "hidden"),
        ("two\nlines\tand \x00 more.txt", "two lines and more.txt"),
        ("gepj.\u202efdp.exe", "gepj.fdp.exe"),
        ("un\u200bseen.txt", "unseen.txt"),
        ('a<b>:"c|d?e*.txt', "a_b___c_d_e_.txt"),
        ("nul.txt", "_nul.txt"),
        ("ends in dots...", "ends in dots"),
        ("e\u0301t\u00e9.txt", "été.txt"),
    ],
)
def test_a_name_keeps_what_is_read_and_loses_what_does_harm(given: str, clean: str) -> None:
    assert clean_name(given) == clean


@given(st.text(max_size=400))
def test_no_name_is_a_path_hidden_too_long_or_holds_what_is_not_seen(given: str) -> None:
    clean = clean_name(given)

    assert len(clean) <= MOST
    assert not clean.startswith((".", " "))
    assert not set('/\\<>:"|?*') & set(clean)
    assert not any(unicodedata.category(each) in ("Cc", "Cf", "Cs") for each in clean)
    assert clean_name(clean) == clean


def test_a_long_name_keeps_its_ending() -> None:
    clean = clean_name("x" * 300 + ".pdf")

    assert len(clean) == MOST
    assert clean.endswith("x.pdf")


@pytest.mark.parametrize(
    "given",
    [
        "A12345678901B.pdf",
        "report A12345678901B",
        "A123456\u200b78901B.pdf",
        "x" * 190 + " A12345678901B.pdf",
    ],
)
def test_no_upn_is_left_in_a_name_not_even_one_that_was_hidden(given: str) -> None:
    clean = clean_name(given, pseudonyms)

    assert not UPN.search(clean)
    assert len(clean) <= MOST


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("Register.PDF", "Register.PDF"),
        ("Register", "Register.pdf"),
        ("run.bat", "run.bat.pdf"),
        ("", "Autumn club.pdf"),
    ],
)
def test_a_file_is_saved_with_an_ending_of_its_type(name: str, saved: str) -> None:
    assert named_as(name, "Autumn club", (".pdf",)) == saved


def test_a_file_without_any_name_has_one_all_the_same() -> None:
    assert named_as("", "///", (".txt",)) == "file.txt"
    assert len(named_as("x" * MOST, "", (".txt",))) == MOST
