"""What can be seen round a word of a grading scale: the evidence that the rules ask for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from domain.wording.scale import (
    AREA,
    CALLED,
    FILLER,
    INSPECTION,
    JUDGED,
    JUDGEMENT,
    OFSTED,
    QUIET,
    SCHOOL,
    SENTENCE,
    STAYS,
)


@dataclass(frozen=True)
class Place:
    """A word of a scale where it stands: its kind, its sentence before and behind it, and what is round that."""

    kind: str
    word: str
    before: str
    after: str
    above: str
    below: str

    @property
    def sentence(self) -> str:
        """The sentence, with the word."""
        return self.before + self.word + self.after

    @property
    def lines_before(self) -> tuple[str, ...]:
        """The two sentences before."""
        return _lines(self.above)[-2:]

    @property
    def lines_after(self) -> tuple[str, ...]:
        """The sentence that follows."""
        return _lines(self.below)[:1]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line for line in (line.strip() for line in SENTENCE.split(text)) if line)


Test = Callable[[Place], bool]


def either(*tests: Test) -> Test:
    """Whether one of the tests holds."""
    return lambda place: any(test(place) for test in tests)


def both(*tests: Test) -> Test:
    """Whether all tests hold."""
    return lambda place: all(test(place) for test in tests)


def _finder(pattern: str) -> Callable[[str], bool]:
    found = re.compile(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", re.IGNORECASE).search
    # One sentence is asked by many rules, one after the other.
    return lru_cache(maxsize=8)(lambda text: found(text) is not None)


_names_inspection = _finder(INSPECTION)
_names_ofsted = _finder(rf"{OFSTED}|inspection")
_names_school = _finder(rf"{SCHOOL}|we|we're|us|{AREA}|behaviour|teaching|curriculum")
_names_school_itself = _finder(SCHOOL)
_names_area = _finder(AREA)
_names_review = _finder(rf"{INSPECTION}|report|official")
_names_report_card = _finder(r"report cards?|evaluation areas?")
_names_pupils_work = _finder(
    r"(?<!banner |plaque |poster )(?<!logo |sign )reading"
    r"|writing|maths|mathematics|phonics|spelling|literacy|numeracy|science|key stage|ks ?[1-5]|gcses?"
    r"|a-levels?|sats|greater depth|working (?:at|towards)|(?:pupils?|children) (?:met|reached|achieved?|at)|exams?"
    r"|piano|violin|cello|flute|guitar|effort|homework|handwriting"
)
_names_something_else = _finder(
    r"cqc|care quality commission|care home|hygiene|tripadvisor|trustpilot|surveyor|boiler|roof|insurer|caterers?"
    r"|financial notice"
)
_gives_up = _finder(
    r"remov(?:e|es|ed|ing)|tak(?:e|es|ing)(?: down| off| away| out)?|paint over|delete|drop|no longer|don't|do not"
    r"|instead of|without|stop|rather than"
)
_by_inspectors = _finder(rf"by (?:\w+ ){{0,4}}{OFSTED}")
_by_others = re.compile(
    r"^\W*(?:[\w']+ ){0,3}by (?!the end|next|last|then|(?:19|20)\d\d\b(?!%)|(?:january|february|march|april|may|june"
    r"|july|august|september|october|november|december|easter|summer|christmas|autumn|spring)\b)",
    re.IGNORECASE,
)
_inspectors_call = _finder(rf"{OFSTED}\b.{{0,120}}\b{CALLED}")
_as_inspectors_say = _finder(rf"{OFSTED} (?:has |have |had )?{CALLED}")
_opens = re.compile(
    rf"\W*(?:(?:{STAYS}|{FILLER}|currently|recently|proudly) )*(?:{JUDGED})\W*(?:(?:as|a|an|to be)\W+)*",
    re.IGNORECASE,
)
_says_still = re.compile(rf"\b{STAYS} (?:an? )?$", re.IGNORECASE)
_attributed = re.compile(rf"[^–|(-]{{0,100}}[–|(-]\s*{OFSTED}[\s\d/]*\W*$", re.IGNORECASE)
_rest_of_banner = re.compile(rf"\W*{SCHOOL}[\W\d]*", re.IGNORECASE)
_school_is = re.compile(
    rf"(?:\b(?:we|school|academy|nursery|college|trust|sixth form|primary)|^\W*it)(?:'re|'s| is| are| was| were"
    rf"| {STAYS})\b",
    re.IGNORECASE,
)
_label = re.compile(
    rf"\W*(?:our |overall |by |latest )*(?:{INSPECTION}|{AREA})(?:\W+(?:{JUDGEMENT}|report|{INSPECTION}|\d+))*\W*",
    re.IGNORECASE,
)


def capital(place: Place) -> bool:
    """It is written as a name within its sentence, or in quotes: “a Good school”, “kept its "good"”."""
    quoted = (
        place.before.endswith(("'", '"')) and re.match(r"['\"]|[\w ]{0,30}['\"]", place.after) is not None
    )
    inside = re.search(r"[A-Za-z0-9]", place.before) is not None
    shouted = not re.search(r"[a-z]{2}", place.sentence)
    return quoted or (inside and place.word[0].isupper() and not shouted)


def begins_big(place: Place) -> bool:
    """It begins with a capital, be it only because its sentence does."""
    return place.word[0].isupper()


def at_start(place: Place) -> bool:
    """It opens its sentence, as on a banner."""
    return re.search(r"\w", place.before) is None


def loud(place: Place) -> bool:
    """It is a word that seldom praises or blames anything but a school."""
    return place.word.lower() not in QUIET


def loud_word(place: Place) -> bool:
    """The same of the words that are one: “outstanding”, “inadequate”."""
    return place.kind == "word" and loud(place)


def opens_with_exceptional(place: Place) -> bool:
    """It opens its sentence with a capital, and isn't “good”, with which too many sentences begin."""
    return at_start(place) and begins_big(place) and place.word.lower() != "good"


def banner(place: Place) -> bool:
    """It and a school are all that there is, as on a banner: “Good school 2019”."""
    return at_start(place) and _rest_of_banner.fullmatch(place.after) is not None


def several(place: Place) -> bool:
    """It stands in the plural: “three Goods”."""
    return place.word.lower().endswith("s")


def step(place: Place) -> bool:
    """It is a step of the report card."""
    return place.kind == "step"


def named(place: Place) -> bool:
    """It is the name of a grade, such as “requires improvement”."""
    return place.kind == "named"


def inspected(place: Place) -> bool:
    """Its sentence speaks of inspectors or an inspection of the school."""
    return _names_inspection(place.sentence)


def inspected_nearby(place: Place) -> bool:
    """Its sentence does, or the one before or after."""
    return any(_names_review(line) for line in (place.sentence, *place.lines_before, *place.lines_after))


def reviewed_nearby(place: Place) -> bool:
    """A few words only, beside a sentence about an inspection or a report."""
    lines = (place.sentence, *place.lines_before, *place.lines_after)
    return len(place.sentence.split()) <= 6 and any(_names_review(line) for line in lines)


def still_or_again(place: Place) -> bool:
    """It is said to be so still, now or again: a line such as “Outstanding again!”."""
    said = re.search(r"(?:still|again|now|previously|formerly)\W*$", place.before, re.IGNORECASE)
    return said is not None or place.after.lower().startswith(" again")


def by_ofsted(place: Place) -> bool:
    """Its sentence names the inspectors or the inspection itself, not only a report card."""
    return _names_ofsted(place.sentence)


def inspectors_say(place: Place) -> bool:
    """Inspectors are said to have found it."""
    return _inspectors_call(place.before) or _by_inspectors(place.after) or _as_inspectors_say(place.after)


def inspectors_said(place: Place) -> bool:
    """Inspectors are said, before it, to have found what follows."""
    return _inspectors_call(place.before)


def attributed(place: Place) -> bool:
    """Inspectors are named behind the sentence, as under a quotation."""
    return _attributed.match(place.after) is not None


def on_report_card(place: Place) -> bool:
    """Its sentence names a report card or an evaluation area."""
    return _names_report_card(place.sentence)


def in_area(place: Place) -> bool:
    """Its sentence names an area of an inspection framework."""
    return _names_area(place.sentence)


def of_school(place: Place) -> bool:
    """Its sentence speaks of a school, of us, or of what a school is inspected for."""
    return _names_school(place.sentence)


def school_before(place: Place) -> bool:
    """A school is named before it."""
    return _names_school_itself(place.before)


def opening(place: Place) -> bool:
    """Nothing stands before but the verb itself: “Rated Good”, on a banner."""
    return _opens.fullmatch(place.before) is not None


def dated(place: Place) -> bool:
    """The year in which it was given stands behind it."""
    return re.match(r"\W*(?:in|since) (?:\w+ )?(?:19|20)\d\d\b", place.after) is not None


def still(place: Place) -> bool:
    """It is what something still is: inspectors write that a school “continues to be good”."""
    return _says_still.search(place.before) is not None


def school_is(place: Place) -> bool:
    """A school, or we, are said to be it."""
    return _school_is.search(place.before) is not None


def badge(place: Place) -> bool:
    """Nothing else stands in its line, as in a cell or a badge, and a line beside names an inspection or an area."""
    alone = re.search(r"[A-Za-z]", place.before + place.after) is None
    return alone and any(_label.fullmatch(line) for line in (*place.lines_before, *place.lines_after))


def pupils_work(place: Place) -> bool:
    """Its sentence speaks of what pupils do, so it may be their standard or their grade."""
    return _names_pupils_work(place.sentence) and not on_report_card(place)


def something_else(place: Place) -> bool:
    """Its sentence names what is no school, or a body that rates no schools."""
    return _names_something_else(place.sentence)


def others_rated(place: Place) -> bool:
    """Somebody else rated it, or something else was rated."""
    others = _by_others.match(place.after) is not None and not _by_inspectors(place.after)
    return others or something_else(place)


def giving_up(place: Place) -> bool:
    """It is being taken away: “remove our Ofsted rating from the banner”."""
    return _gives_up(place.before)
