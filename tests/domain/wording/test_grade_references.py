"""Wording that tells or recalls an inspection grade, held against the marked list, and against what it must not do."""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.wording import grade_references
from domain.wording.grade_references import Found, find_grade_references, find_in_html
from domain.wording.rules import RECALLS, RULES, Rule
from domain.wording.whys import suggestion_for

MARKED = Path(__file__).parents[2] / "data" / "grade_references.csv"
AT_LEAST = 0.95


@dataclass(frozen=True)
class Score:
    """What was found of what should be, in one half of the list."""

    right: int
    wrong: int
    missed: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed))


@pytest.mark.parametrize("half", ["rules", "held_out"])
def test_what_is_found_is_nearly_all_that_was_marked_and_nearly_nothing_else(
    half: str, record_property: Callable[[str, object], None]
) -> None:
    score = scored(half)

    record_property(
        "figure",
        f"grade references, half {half}: precision {score.precision:.3f}, recall {score.recall:.3f} "
        f"({score.right} right, {score.wrong} wrong, {len(score.missed)} missed)",
    )
    assert score.precision >= AT_LEAST
    assert score.recall >= AT_LEAST


def test_the_list_is_half_innocent_and_evenly_dealt() -> None:
    rows = marked()
    counts = {
        (half, flagged): sum(row["half"] == half and row["flagged"] == flagged for row in rows)
        for half in ("rules", "held_out")
        for flagged in ("yes", "no")
    }

    assert min(counts.values()) >= 60
    assert max(counts.values()) - min(counts.values()) <= 6


@pytest.mark.parametrize(
    ("rule", "example"), [(rule, example) for rule in RULES + RECALLS for example in rule.examples]
)
def test_each_rule_is_needed_for_its_own_examples(
    rule: Rule, example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grade_references, "RULES", (rule,) if rule in RULES else ())
    monkeypatch.setattr(grade_references, "RECALLS", (rule,) if rule in RECALLS else ())

    assert [found.why for found in find_grade_references(example)][:1] == [rule.why]


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("We are proud to be Outstanding since 2014.", ["proud to be Outstanding"]),
        ("A thriving, Ofsted ‘Good’ school", ["Ofsted 'Good' school"]),
        ("Ofsted: R.I. in 2021, Good in 2023", ["Ofsted: RI", "Good"]),
        ("Rated\nGood by Ofsted. Have a good day.", ["Good by Ofsted"]),
        ("𝗢𝘂𝘁𝘀𝘁𝗮𝗻𝗱𝗶𝗻𝗴 𝘀𝗰𝗵𝗼𝗼𝗹", ["Outstanding school"]),
        ("Open evening! #OfstedGood #goodmorning", ["#OfstedGood"]),
        ("Our Ofsted report is on our website.", []),
        ("", []),
    ],
)
def test_the_phrase_is_what_is_read(text: str, phrases: list[str]) -> None:
    assert [found.phrase for found in find_grade_references(text)] == phrases


@pytest.mark.parametrize(
    ("html", "pieces"),
    [
        ("<h1>An Out<b>standing</b> school</h1>", ["Out<b>standing</b> school"]),
        ("<li>Ofsted:&nbsp;Good</li>", ["Ofsted:&nbsp;Good"]),
        ('<img src="a.png" alt="Ofsted Good Provider">', ["Ofsted Good Provider"]),
        ("<p>Outst&shy;anding school</p>", ["Outst&shy;anding school"]),
        ("<p>Ofsted</p>\n<p>Good</p>", ["Good"]),
        ("<span>Ofsted</span><span>Good</span>", ["Ofsted</span><span>Good"]),
        ("<p>a &lt; b</p><p>Rated Good</p><p unfinished", ["Rated Good"]),
        ("<![if !IE]><p>Ofsted: Good</p><![endif]>", ["Ofsted: Good"]),
        ("<script>'Ofsted Good'</script><style>/* Ofsted Good */</style><!-- Ofsted Good -->", []),
        ("<a href='https://reports.ofsted.gov.uk/provider/21/900001'>Inspection report</a>", []),
        ("<meta name=description content='Primary school, rated Good'>", ["rated Good"]),
        ("<meta name=generator content='Ofsted Good'>", []),
    ],
)
def test_places_in_html_are_places_in_what_was_given(html: str, pieces: list[str]) -> None:
    assert [html[found.start : found.end] for found in find_in_html(html)] == pieces


def test_every_suggestion_says_that_the_report_stays() -> None:
    whys = {rule.why for rule in RULES + RECALLS}

    assert all("report itself, or the link to it, isn't meant" in suggestion_for(why) for why in whys)


TALK = "Ofsted : Good good outstanding school rated we are R.I. in special measures our 1 grade ‘ ’ . ! é ﬁ O U T"
MARKUP = "<p> </p> <b> &nbsp; &shy; &amp; #GoodSchool <img alt='Good'> <!-- --> < & <script>"
WORDS = st.sampled_from([*TALK.split(), *MARKUP.split(), "\n", "\n\n"])


@given(st.lists(WORDS, max_size=40), st.sampled_from(["", " "]))
def test_whatever_is_given_places_are_in_order_within_it_and_apart(words: list[str], between: str) -> None:
    given_text = between.join(words)

    for find in (find_grade_references, find_in_html):
        found = find(given_text)
        assert all(0 <= one.start < one.end <= len(given_text) for one in found)
        assert all(one.end <= two.start for one, two in pairwise(found))


@given(st.lists(WORDS, max_size=20))
def test_in_plain_text_a_place_holds_its_phrase(words: list[str]) -> None:
    text = " ".join(words)

    for found in find_grade_references(text):
        assert letters(found.phrase) == letters(text[found.start : found.end])


@pytest.mark.parametrize(
    "piece", ["outstanding ", "Ofsted ", "rated as to be a good ", "#good", "R. I. ", "1 2 ", "– "]
)
def test_no_rule_sees_more_of_a_long_text_than_of_a_page(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long text is looked at in small windows, no more than it holds words, whatever it repeats."""
    seen: list[int] = []

    def look(self: Rule, place: grade_references.Place) -> None:
        seen.append(len(place.before) + len(place.after) + len(place.above) + len(place.below))

    monkeypatch.setattr(Rule, "match", look)
    text = piece * (200_000 // len(piece))

    find_grade_references(text)

    assert max(seen, default=0) <= 4 * grade_references.REACH
    assert len(seen) <= len(text) // 4 * len(RULES)


@pytest.mark.parametrize("piece", ["<a ", "<!--", "<![", "<p>", "&#", "</", "<a title='", "<script>", "<b"])
def test_a_page_of_nothing_but_broken_tags_is_read_to_its_end(piece: str) -> None:
    assert [found.phrase for found in find_in_html("<p>Ofsted: Good</p>" + piece * 20_000)] == [
        "Ofsted: Good"
    ]


def marked() -> list[dict[str, str]]:
    with MARKED.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def scored(half: str) -> Score:
    """A marked sentence counts as right where its words are found, an innocent one as wrong where anything is."""
    right, wrong, missed = 0, 0, []
    for row in marked():
        if row["half"] != half:
            continue
        find = find_in_html if row["format"] == "html" else find_grade_references
        found = find(row["sentence"])
        if row["flagged"] == "no":
            wrong += bool(found)
        elif any(tells(one, row) for one in found):
            right += 1
        else:
            missed.append(row["id"])
    return Score(right, wrong, tuple(missed))


def tells(found: Found, row: dict[str, str]) -> bool:
    """Whether what was found lies over the words that were marked, or, in HTML, shares a telling word with them."""
    at = row["sentence"].find(row["phrase"])
    over = at >= 0 and found.start < at + len(row["phrase"]) and at < found.end
    return over or bool(telling(found.phrase) & telling(row["phrase"]))


def telling(phrase: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", phrase.lower())) - {"ofsted", "school", "a", "the", "in", "to", "be"}


def letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower().replace("é", "e").replace("ﬁ", "fi"))
