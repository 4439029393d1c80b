"""Finds wording that tells or recalls a grade or judgement word that an inspection gave to a school.

It warns and decides nothing. What is found is a place in the text, why it was found, and what to say instead. The
report of an inspection, or the link to it, is never meant: a school must publish it.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from domain.wording.evidence import Place
from domain.wording.pages import shown_pages
from domain.wording.rules import REACH, RECALLS, RULES, Rule
from domain.wording.scale import GRADES, HASHTAG, RECALLED, SCALE_IN_TAG, SCHOOL_IN_TAG, SENTENCE
from domain.wording.shown import Shown, shown_text
from domain.wording.whys import IN_A_HASHTAG, suggestion_for


@dataclass(frozen=True)
class Found:
    """One reference: its place in what was given (`end` is the first character behind it), its words as they are
    read, why it is one, and what to say instead."""

    start: int
    end: int
    phrase: str
    why: str
    suggestion: str


def find_grade_references(text: str) -> list[Found]:
    """Every reference in plain text, in order; none overlaps another."""
    return _found_in(shown_text(text))


def find_in_html(html: str) -> list[Found]:
    """Every reference in what a page shows or reads aloud, in order; places are those in the HTML."""
    found = [one for shown in shown_pages(html) for one in _found_in(shown)]
    return sorted(found, key=lambda one: one.start)


_EDGES = " \n\"'"


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    why: str


def _found_in(shown: Shown) -> list[Found]:
    spans = sorted([*_tags(shown.text), *_told(shown.text)], key=lambda span: (span.start, -span.end))
    return [_found(shown, span) for span in _apart(spans)]


def _tags(text: str) -> Iterator[_Span]:
    for tag in HASHTAG.finditer(text):
        if SCALE_IN_TAG.search(tag["tag"]) and SCHOOL_IN_TAG.search(tag["tag"]):
            yield _Span(*tag.span(), IN_A_HASHTAG)


def _told(text: str) -> Iterator[_Span]:
    ends = [0, *(end.end() for end in SENTENCE.finditer(text)), len(text) + 1]
    # A page says the same in its menu, its head and its foot.
    judged = lru_cache(maxsize=256)(_judged)
    for pattern, rules in ((GRADES, RULES), (RECALLED, RECALLS)):
        for word in pattern.finditer(text):
            told = judged(_place(text, word, ends), rules)
            if told is not None:
                before, after, why = told
                yield _Span(word.start() - before, word.end() + after, why)


def _judged(place: Place, rules: tuple[Rule, ...]) -> tuple[int, int, str] | None:
    """How far the longest phrase that a rule finds reaches before and behind the word, and why it is one."""
    matches = ((rule.match(place), rule.why) for rule in rules)
    told = [(*matched, why) for matched, why in matches if matched is not None]
    return max(told, key=lambda found: found[0] + found[1], default=None)


def _place(text: str, word: re.Match[str], ends: list[int]) -> Place:
    at = bisect_right(ends, word.start())
    start, end = max(ends[at - 1], word.start() - REACH), min(ends[at], word.end() + REACH)
    return Place(
        kind=next(kind for kind, found in word.groupdict().items() if found and kind != "many"),
        word=word.group(),
        before=text[start : word.start()],
        after=text[word.end() : end].rstrip("\n"),
        above=text[max(0, start - REACH) : start],
        below=text[end : end + REACH],
    )


def _apart(spans: list[_Span]) -> Iterator[_Span]:
    """The spans without overlaps: the first of them grows, and keeps its reason."""
    held: _Span | None = None
    for span in spans:
        if held is not None and span.start < held.end:
            held = _Span(held.start, max(held.end, span.end), held.why)
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _found(shown: Shown, span: _Span) -> Found:
    phrase = shown.text[span.start : span.end]
    start = span.start + len(phrase) - len(phrase.lstrip(_EDGES))
    end = span.end - len(phrase) + len(phrase.rstrip(_EDGES))
    return Found(
        *shown.place(start, end), shown.text[start:end].replace("\n", " "), span.why, suggestion_for(span.why)
    )
