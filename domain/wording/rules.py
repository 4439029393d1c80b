"""The table of rules that tell a grade from an ordinary word: what stands round it, and what must hold.

A rule looks at one word of a scale at a time, in its sentence, and at no more than `REACH` characters either way; no
pattern holds one repetition within another that could match the same letters. So the work grows with the length of a
text and with nothing else. Each rule shows what it finds (`examples`), and a test holds it to that.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from domain.wording import evidence as is_
from domain.wording.evidence import Place, Test, both, either
from domain.wording.scale import (
    AREA,
    ENDS,
    FILLER,
    IS,
    JUDGED,
    JUDGEMENT,
    KEPT,
    OF_SCHOOLS,
    OFSTED,
    SCALE,
    SCHOOL,
    STAYS,
)
from domain.wording.whys import (
    AREA_GRADE,
    BESIDE_INSPECTION,
    CATEGORY,
    JUDGED_TO_BE,
    JUDGEMENT_GRADE,
    MEASURES_BY,
    RECALLED_GRADE,
    SCHOOL_GRADE,
)

REACH = 160
"""How far from a word the rules look, in characters: some two lines of a letter."""


@dataclass(frozen=True)
class Rule:
    """What stands before and behind a word of these kinds, what must hold besides, and why that refers to a grade.

    What `before` and `after` match belongs to the phrase that is found; what they only look at doesn't.
    """

    why: str
    examples: tuple[str, ...]
    kinds: tuple[str, ...]
    before: str = ""
    after: str = ""
    needs: Test | None = None
    unless: Test | None = None

    def match(self, place: Place) -> tuple[int, int] | None:
        """How many characters before and behind the word belong to the phrase; None where the rule doesn't hold."""
        if place.kind not in self.kinds:
            return None
        after = self._after.match(place.after)
        before = self._before.search(place.before) if after else None
        if before is None or after is None:
            return None
        if (self.needs and not self.needs(place)) or (self.unless and self.unless(place)):
            return None
        return len(before.group()), after.end()

    @cached_property
    def _before(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{self.before})$", re.IGNORECASE)

    @cached_property
    def _after(self) -> re.Pattern[str]:
        return re.compile(self.after, re.IGNORECASE)


WORD, NAMED, STEP, NUMBER, DIGIT, SAFEGUARDING = (
    ("word",),
    ("named",),
    ("step",),
    ("number",),
    ("digit",),
    ("safeguarding",),
)
GRADE = WORD + NAMED + STEP
ANY = GRADE + NUMBER

_GAP = r"[^\w.!?;]"
_PERIOD = (
    "january|february|march|april|may|june|july|august|september|october|november|december|spring|summer"
    "|autumn|term"
)
_BETWEEN = (
    rf"(?:\b(?:{FILLER}|\d+|{_PERIOD}|rated|graded|judged|ratings?|reports?|inspection|grades?|judge?ments?"
    rf"|outcomes?|results?|verdict"
    rf"|overall effectiveness|feedback|said|say|says|gave|us|we|school|called|cards?|inspected|registered|is"
    rf"|are|was|were){_GAP}+)*"
)
_A_SCHOOL = rf"[\"']*(?:,? (?:and |but )?{OF_SCHOOLS}){{0,4}} {SCHOOL}(?: {SCHOOL})?"
_STOPS = r"(?=\W*$|\s?[.,;:!?–()]|[\"']"
_EVERYWHERE = (
    r"(?: across the board| (?:in|across|for) (?:all|every|each|both|most|the|two|three|four|five|six|seven)"
    r"(?: other| of the| four| five| six| seven| evaluation| judge?ment| inspection)*"
    r" (?:areas?|categor(?:y|ies)|judge?ments?|strands?|aspects?|respects?|inspections?))\b(?! of)"
)
_OTHER_WORK = either(is_.pupils_work, is_.others_rated)


def _word(pattern: str) -> Test:
    """Whether the word itself begins with this."""
    begins = re.compile(pattern)
    return lambda place: begins.match(place.word) is not None


def _before(pattern: str) -> Test:
    """Whether this stands anywhere before the word in its sentence."""
    found = re.compile(pattern, re.IGNORECASE)
    return lambda place: found.search(place.before) is not None


RULES: tuple[Rule, ...] = (
    Rule(
        SCHOOL_GRADE,
        (
            "We are an Outstanding school.",
            "an inadequate primary academy",
            "It is a ‘Good’ school in the north.",
        ),
        GRADE,
        after=rf"{_A_SCHOOL}(?: {JUDGEMENT})?(?:{ENDS}|(?= {OFSTED}\b))",
        needs=either(
            is_.loud_word, is_.capital, is_.named, is_.inspected, is_.still, is_.school_is, is_.banner
        ),
        unless=either(is_.pupils_work, is_.something_else),
    ),
    Rule(
        SCHOOL_GRADE,
        ("She led a grade 3 school.",),
        NUMBER,
        after=rf"{_A_SCHOOL}{ENDS}",
    ),
    Rule(
        SCHOOL_GRADE,
        ("This is a good school.", "Leaders have made this a good school."),
        WORD,
        before=rf"\bthis (?:(?:{IS}|{STAYS}) )?(?:{FILLER} )*",
        after=rf" {SCHOOL}{_STOPS})",
    ),
    Rule(
        JUDGED_TO_BE,
        (
            "Rated good",
            "The school was judged to be inadequate.",
            "graded ‘expected standard’ for inclusion by Ofsted",
        ),
        GRADE + NUMBER,
        before=rf"\b{JUDGED}\W+(?:{FILLER}\W+)*[\"']*",
        after=ENDS,
        needs=either(is_.capital, is_.inspected, is_.of_school, is_.opening, is_.dated),
        unless=_OTHER_WORK,
    ),
    Rule(
        BESIDE_INSPECTION,
        ("Ofsted: Good", "OFSTED OUTSTANDING", "Ofsted 2022 – Good", "Ofsted Good Provider", "Ofsted: RI"),
        ANY,
        before=rf"\b(?:{OFSTED}(?:'s)?|inspection {JUDGEMENT}|(?:our|last|latest|recent|school"
        rf"|\d) inspection){_GAP}+{_BETWEEN}",
        after=rf"(?:{_A_SCHOOL})?(?: {JUDGEMENT})?{ENDS}",
        unless=is_.pupils_work,
    ),
    Rule(
        BESIDE_INSPECTION,
        ("Ofsted: 1", "Ofsted graded the school 2"),
        DIGIT,
        before=rf"\b{OFSTED}(?:'s)?{_GAP}+{_BETWEEN}",
        after=r"(?=\W*$|[.,;)]| (?:in|overall|for|and)\b)",
        needs=_before(r"rat|grad|judg|gave|scored|[:–-]\W*$|effectiveness"),
        unless=is_.pupils_work,
    ),
    Rule(
        BESIDE_INSPECTION,
        ("Graded 1 by Ofsted", "We were rated 2 by the inspectors."),
        DIGIT,
        before=r"\b(?:rated|graded|judged)(?: as| a)? ",
        after=rf" by (?:the )?{OFSTED}\b",
        unless=is_.pupils_work,
    ),
    Rule(
        BESIDE_INSPECTION,
        ("Outstanding in all areas – Ofsted 2013", "described as good by inspectors", "a good Ofsted report"),
        ANY,
        after=rf"(?:{_A_SCHOOL})?(?:{_EVERYWHERE})?(?: reports?)?(?:{_GAP}|\.)*(?:(?:by|from|in|according to"
        rf"|said|says|via|our|the) )*"
        rf"{OFSTED}(?={ENDS}|'s| (?:reports?|inspections?|ratings?|result|grade|judge?ment|outcome|status|logo)\b)",
        unless=is_.others_rated,
    ),
    Rule(
        BESIDE_INSPECTION,
        ("We celebrated our Outstanding inspection.",),
        WORD + NAMED,
        after=rf"[\"']* (?:inspection|report){ENDS}",
        needs=either(is_.capital, both(is_.loud, is_.of_school)),
    ),
    Rule(
        BESIDE_INSPECTION,
        ("Inspectors told us that our early years provision was outstanding.", "Ofsted said we were good"),
        ANY,
        after=ENDS,
        needs=is_.inspectors_say,
        unless=_OTHER_WORK,
    ),
    Rule(
        BESIDE_INSPECTION,
        ("Ofsted praised our outstanding teaching.",),
        WORD,
        after=rf" (?:{AREA}|teaching|behaviour|curriculum|care|education|progress|practice|pastoral care)\b",
        needs=is_.inspectors_said,
        unless=is_.pupils_work,
    ),
    Rule(
        BESIDE_INSPECTION,
        ("Securing Outstanding at the next inspection", "the inspection outcome of Good"),
        GRADE,
        after=ENDS,
        needs=both(is_.capital, is_.inspected),
        unless=_OTHER_WORK,
    ),
    Rule(
        BESIDE_INSPECTION,
        ("to be good at the next inspection",),
        GRADE,
        after=r"[\"']* (?:at|in|by|from|after|under|following) (?:the|our|its|their"
        r"|a) (?:\w+ )?(?:ofsted )?inspections?\b(?! of)",
        unless=_OTHER_WORK,
    ),
    Rule(
        BESIDE_INSPECTION,
        ("“An Outstanding place to learn” – Ofsted",),
        WORD,
        needs=both(is_.begins_big, is_.attributed),
    ),
    Rule(
        BESIDE_INSPECTION,
        ("Ofsted gave us a 1 in all areas.", "straight 1s at the inspection"),
        NUMBER,
        before=r"(?:\b(?:a|an|straight|all|in) )*",
        after=r"(?! (?:piano|violin|cello|flute|guitar|listed|at gcse|in gcse)\b)",
        needs=is_.by_ofsted,
        unless=is_.pupils_work,
    ),
    Rule(
        BESIDE_INSPECTION,
        ("Ofsted\n\nOutstanding", "Leadership and management\n\nGood"),
        GRADE,
        needs=is_.badge,
    ),
    Rule(
        AREA_GRADE,
        ("Quality of education – Good", "Inclusion: strong standard"),
        GRADE,
        before=rf"\b{AREA}\s?[:–|=(]\s?[\"']*",
        after=ENDS,
        unless=is_.pupils_work,
    ),
    Rule(
        JUDGEMENT_GRADE,
        ("Overall judgement – Good", "Judgement: requires improvement"),
        GRADE,
        before=r"\b(?:overall (?:rating|grade|outcome)|judge?ment|grading|inspection)\s?[:–|=]\s?[\"']*",
        after=ENDS,
        needs=either(is_.begins_big, is_.named),
        unless=_OTHER_WORK,
    ),
    Rule(
        SCHOOL_GRADE,
        ("The nursery (Outstanding) and the school (Good) share a hall.",),
        GRADE,
        before=rf"\b{SCHOOL} \([\"']*",
        after=r"(?:[\"',]| (?:in )?\d{4})*\)",
        needs=either(is_.begins_big, is_.named),
    ),
    Rule(
        MEASURES_BY,
        ("Being Outstanding brings duties.", "Since becoming Outstanding we have grown."),
        WORD + NAMED,
        before=r"\b(?:being|become|becoming|became) (?:an? )?[\"']*",
        needs=both(is_.capital, is_.loud),
    ),
    Rule(
        AREA_GRADE,
        ("Behaviour and attitudes is Good.", "Our curriculum and teaching came out as ‘needs attention’."),
        GRADE,
        before=rf"\b{AREA} (?:{IS}|{STAYS}|came out|come out)(?: {FILLER})*\W+",
        after=ENDS,
        needs=either(is_.capital, is_.inspected),
        unless=is_.pupils_work,
    ),
    Rule(
        AREA_GRADE,
        ("Exceptional in attendance and behaviour, says the school", "strong standard for inclusion"),
        GRADE,
        after=rf"[\"']* (?:in|for|on) (?:our |the |its |their |both )?{AREA}",
        needs=either(is_.capital, is_.inspected, is_.loud, is_.opens_with_exceptional),
        unless=_OTHER_WORK,
    ),
    Rule(
        AREA_GRADE,
        ("Good in all areas", "We reached the strong standard in every evaluation area."),
        ANY,
        after=rf"[\"']*{_EVERYWHERE}",
        needs=either(is_.capital, is_.inspected, is_.of_school, is_.at_start),
        unless=_OTHER_WORK,
    ),
    Rule(
        AREA_GRADE,
        ("The report card put achievement at urgent improvement.", "the report card says ‘needs attention’"),
        STEP,
        before=r"(?:\b(?:at|as|the|a|an|of|met|meets?|meeting|reached|achieved) )*[\"']*",
        after=rf"(?! (?:ltd|limited|plc|of)\b){ENDS}",
        needs=either(is_.on_report_card, both(is_.inspected, either(is_.capital, is_.in_area))),
        unless=_OTHER_WORK,
    ),
    Rule(
        JUDGEMENT_GRADE,
        (
            "We retained our Good.",
            "We secured a ‘Good’.",
            "The school lost its Outstanding.",
            "We achieved the strong standard.",
        ),
        GRADE,
        before=rf"\b{KEPT} (?:(?:us|them|it|our|its|their|the|a|an|another|first|second|third|this|that) )+[\"']*",
        after=ENDS,
        needs=either(is_.capital, is_.inspected, both(is_.of_school, _word(r"(?i:strong|requires)|RI"))),
        unless=_OTHER_WORK,
    ),
    Rule(
        JUDGED_TO_BE,
        ("We achieved Outstanding!",),
        WORD + NAMED,
        before=rf"\b(?!ha[sdv]){KEPT} [\"']*",
        after=ENDS,
        needs=both(is_.capital, is_.of_school),
        unless=_OTHER_WORK,
    ),
    Rule(
        JUDGEMENT_GRADE,
        ("The Good judgement of 2018 was upheld.", "the ‘Good’ banner by the gate", "after the RI judgement"),
        GRADE,
        after=rf"[\"']* (?:inspection |overall )?{JUDGEMENT}\b",
        needs=either(is_.capital, is_.inspected, both(is_.loud, is_.of_school), is_.named),
        unless=either(is_.pupils_work, is_.something_else),
    ),
    Rule(
        JUDGEMENT_GRADE,
        ("a rating of Good", "the judgement of requires improvement"),
        GRADE,
        before=rf"\b{JUDGEMENT} (?:of|was|is|remains|from|to) [\"']*",
        after=ENDS,
        needs=either(is_.capital, is_.named, is_.inspected),
        unless=_OTHER_WORK,
    ),
    Rule(
        JUDGED_TO_BE,
        ("It was found to be Inadequate.", "recognised as ‘outstanding’ in 2019"),
        GRADE,
        before=r"\b(?:found|described|named|declared|confirmed|recogni[sz]ed|assessed|considered|branded"
        r"|labelled|classified|called)"
        r" (?:(?:as|to be|us|an?) )*[\"']*",
        after=ENDS,
        needs=either(is_.capital, is_.inspected),
        unless=_OTHER_WORK,
    ),
    Rule(
        JUDGEMENT_GRADE,
        ("The inadequate judgement hurt.", "an outstanding rating"),
        WORD,
        before=r"\b(?:the|an|our|its|their) ",
        after=r" (?:judge?ment|rating|grade|grading|status|verdict|category|banner)\b",
        needs=is_.loud,
        unless=_OTHER_WORK,
    ),
    Rule(
        MEASURES_BY,
        ("We are proud to be Outstanding.", "proud to be a strong standard school"),
        GRADE,
        before=r"\bproud(?:ly)? (?:to (?:be|have been|remain) )?(?:a |an )?[\"']*",
        after=rf"(?: {SCHOOL})?{ENDS}(?! at\b| for\b)",
    ),
    Rule(
        MEASURES_BY,
        ("Our aim is to be outstanding by 2028.", "We want to become Good."),
        WORD + NAMED,
        before=r"\b(?:aim(?:s|ing)?|goal|target|ambition|aspir\w+|wants?|hop(?:es?|ing)|strive"
        r"|determined)(?: is| are| was)? to "
        r"(?:be|become|get|reach|achieve|remain|stay)(?: to)?(?: rated| judged| graded)?(?: an?)? [\"']*",
        after=rf"[\"']*(?: {SCHOOL})?{_STOPS}| (?:by (?:\w+ )?\d+|at (?:our|the) next|within|again|and)\b)",
        needs=either(is_.capital, is_.loud, is_.inspected),
    ),
    Rule(
        MEASURES_BY,
        ("Join us on our journey to Outstanding.", "moving to good, said the inspectors", "upgraded to Good"),
        GRADE,
        before=r"\b(?:journey|road|path|route|way|return|back|move|moving|drive|push|rise|got|get|getting|going"
        r"|heading"
        r"|(?:up|down)grad(?:e|ed|ing)|improved|improving|dropped|fell|fall|aim(?:ing)?|striv(?:e|ing)|bid"
        r"|working|target)(?: back)? (?:to|towards|from|for|of) "
        r"(?:being )?(?:an? )?[\"']*",
        after=ENDS,
        needs=either(is_.capital, is_.named, is_.inspected, is_.loud_word),
        unless=_OTHER_WORK,
    ),
    Rule(
        MEASURES_BY,
        (
            "from requires improvement to good",
            "RI to Good in 14 months",
            "93% of our schools are good or outstanding.",
        ),
        GRADE,
        before=r"(?:\b(?:from|being|is|are|was|were|of|either|both) )?[\"']*",
        after=rf"[\"']* (?:to|or|and|with)(?: an?)? [\"']*(?:{SCALE['word']}|{SCALE['named']}){ENDS}",
        needs=either(is_.capital, is_.named, is_.of_school, is_.inspected),
        unless=_OTHER_WORK,
    ),
    Rule(
        MEASURES_BY,
        ("Good to Outstanding in three years",),
        WORD,
        after=rf"[\"']* to [\"']*(?-i:(?=[A-Z]))(?:{SCALE['word']}|{SCALE['named']}){ENDS}",
        needs=is_.begins_big,
        unless=_OTHER_WORK,
    ),
    Rule(
        JUDGED_TO_BE,
        ("Ofsted, 2015: a good school with outstanding features.", "good with outstanding leadership"),
        WORD,
        before=rf"\bgood (?:{SCHOOL} )?with (?:some |many )?[\"']*",
        after=r" (?:features|aspects|elements|leadership|teaching|behaviour|care|personal)\b",
    ),
    Rule(
        JUDGED_TO_BE,
        ("double outstanding", "twice Outstanding"),
        WORD,
        before=r"\b(?:double|triple|twice|three times) (?:an? )?",
        after=rf"(?: {SCHOOL})?{ENDS}",
        needs=either(is_.loud, is_.capital),
    ),
    Rule(
        JUDGED_TO_BE,
        ("Three Goods and an Outstanding", "Six Strong Standards"),
        WORD + STEP,
        before=r"\b(?:two|three|four|five|six|seven|eight|nine|[2-9]|straight|all) ",
        after=ENDS,
        needs=both(either(is_.capital, is_.step), is_.several),
    ),
    Rule(
        JUDGED_TO_BE,
        ("We're Outstanding – it's official!", "The school is Good."),
        GRADE,
        before=rf"\b(?:we|{SCHOOL}|it|they)(?: {IS}|'re|'s)(?: {FILLER})*\W+",
        after=rf"{_STOPS}| again\b| overall\b| since\b| or (?:better|outstanding)\b| and (?:improving|proud)\b)",
        needs=either(is_.capital, is_.inspected_nearby),
        unless=is_.others_rated,
    ),
    Rule(
        JUDGED_TO_BE,
        ("The school remains Good.", "This school continues to be good.", "The school is still good."),
        GRADE,
        before=rf"\b(?:school|academy|nursery|college|sixth form|primary|provision|we|it)(?: is"
        rf"| are)? {STAYS}(?: {FILLER})*\W+",
        after=rf"(?! (?:at|for|to)\b){ENDS}",
        needs=either(is_.capital, is_.inspected_nearby, is_.school_before),
        unless=is_.others_rated,
    ),
    Rule(
        JUDGED_TO_BE,
        ("Outstanding since 2009", "consistently Good since 1998"),
        WORD + STEP,
        after=r"[\"']* since (?:\w+ )?(?:19|20)\d\d\b",
        needs=is_.begins_big,
    ),
    Rule(
        JUDGED_TO_BE,
        ("officially outstanding",),
        WORD,
        before=r"\bofficially (?:an? )?[\"']*",
        after=ENDS,
        needs=either(is_.capital, is_.loud),
    ),
    Rule(
        JUDGED_TO_BE,
        ("Still Good! The report confirms it.", "Once again Outstanding.", "Now Good", "Outstanding again!"),
        GRADE,
        before=r"^\W*(?:(?:still|once again|again|and|it's|its|now|previously|formerly)\W+(?:official\W+)?)?",
        after=r"(?: again)?(?=\W*$|\s?[.!–])",
        needs=both(is_.begins_big, either(is_.still_or_again, is_.reviewed_nearby)),
    ),
    Rule(
        JUDGED_TO_BE,
        ("Grade 1 (Outstanding)",),
        WORD,
        before=rf"\b(?:{SCALE['number']})\W{{1,4}}",
        after=ENDS,
    ),
    Rule(
        AREA_GRADE,
        ("Safeguarding: met", "Ofsted found that safeguarding is effective."),
        SAFEGUARDING,
        needs=either(is_.inspected, _word(r"[^:–]*[:–]")),
    ),
    Rule(
        CATEGORY,
        ("The school was placed in special measures.", "a school with serious weaknesses"),
        NAMED,
        before=r"\b(?:in|into|out of|after|since|escap(?:ed|ing)|under|from|left|leave|leaving|enter(?:ed|ing)?"
        r"|exit(?:ed|ing)?|need(?:s|ed)?"
        r"|requir(?:es?|ed|ing)|avoid(?:ed)?|of|having|had|has|have|with|by|given) (?:a )?[\"']*",
        after=r"(?! (?:for|to|of|taken)\b)" + ENDS,
        needs=either(_word(r"(?i:special)"), both(_word(r"(?!RI)"), either(is_.of_school, is_.inspected))),
        unless=either(is_.something_else, _word(r"(?i:requir)")),
    ),
    Rule(
        CATEGORY,
        ("The school requires improvement.", "we require improvement"),
        NAMED,
        before=r"\b(?:school|academy|sixth form|we|nursery|college|provision) (?:still |also )?",
        after=rf"{_STOPS}| (?:and|overall|again|but|because)\b)",
        needs=_word(r"(?i:requir)"),
    ),
    Rule(
        CATEGORY,
        ("Our academy left Requires Improvement behind.", "We were RI when she came."),
        NAMED,
        before=r"(?:\b(?:was|were|is|are|being|from|in|left) )?[\"']*",
        after=rf"(?:{ENDS}|(?= behind\b))",
        needs=both(
            _word(r"RI$|Requires I|Requiring I|Special M|Serious W"),
            is_.capital,
            is_.of_school,
            either(_word(r"(?!RI)"), _before(r"\b(?:was|were|is|are|being|from|in|left) $")),
        ),
        unless=is_.others_rated,
    ),
)

RECALLS: tuple[Rule, ...] = (
    Rule(
        RECALLED_GRADE,
        ("Our Ofsted rating is on page 2.", "one of three schools with the top Ofsted grade"),
        ("recalled",),
        before=r"\b(?:(?:our|its|their|your|my|whose|school's|academy's|nursery's|the|latest|current|previous"
        r"|last|hold"
        r"|top|highest|best|new|old|recent|good|great|\d{4}) )+",
        needs=is_.inspected,
        unless=either(is_.giving_up, is_.pupils_work),
    ),
    Rule(
        RECALLED_GRADE,
        ("an Ofsted-rated sixth form", "top-rated by Ofsted", "We hold Ofsted's highest rating."),
        ("recalled",),
        needs=both(
            is_.inspected,
            _word(r"(?i:.*(?:[- ]rated|rated by|highest|top|best))"),
        ),
    ),
)
