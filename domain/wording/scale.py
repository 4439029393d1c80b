"""The words of the scales on which schools were and are inspected, and the words that give them away as grades.

All are regular expressions over text in plain letters (`domain/wording/shown.py`), without regard to capitals unless it
says so. Scales: Ofsted's from 2012 (outstanding to inadequate), satisfactory before it, the report card of 2025, the
numbers and categories beside them, and the excellent of other school inspectorates.
"""

import re

SCALE: dict[str, str] = {
    # One word that also praises or blames anything else. Misspellings are those that one sees.
    "word": r"outstanding|oustanding|outstandng|outsanding|outstaning|outstading|outsatnding|oustading"
    "|inadequate|inadaquate|good|satisfactory"
    r"|exceptional|exeptional|excellent",
    # Steps of the report card.
    "step": r"expected ?standards?|strong ?standards?|needs? attention|attention needed|urgent improvement",
    # Names of grades and categories that say little else in a school.
    "named": r"requires? improvement|requiring improvement|special measures|serious weakness(?:es)?"
    r"|notice to improve|(?-i:RI)",
    "number": r"grade (?:[1-4]|one|two|three|four)|category (?:[1-4]|one|two|three|four)|all 1s|[1-4]'?s"
    r"|(?<=\ba )[1-4]",
    "digit": r"(?:(?<=[:–] )|(?<=- )|(?<=of )|(?<=us )|(?<=school )|(?<=rated )|(?<=graded )|(?<=as )|(?<=a ))[1-4]",
    "safeguarding": r"safeguarding(?: arrangements?| standards?)?(?: ?[:–] ?| (?:is|are|was|were) )(?:judged "
    "|found )?"
    r"(?:to be )?(?:not )?(?:met|effective|ineffective)",
}

QUIET = frozenset({"good", "satisfactory", "exceptional", "exeptional", "excellent"})
"""Words that praise far more often than they grade: by themselves they are none."""

OFSTED = (
    r"(?:ofsted|ofstead|offsted|offstead|ofsteds|ofsed|osfted|oftsed|ofstde|hmie?|hmci|inspectors?|inspectorate"
    r"|(?:his|her) majesty's (?:chief )?inspectors?"
    r"|isi|siams|estyn)"
)
INSPECTION = rf"(?:{OFSTED}|inspections?(?! of )|inspected|report cards?|section (?:5|8|48))"
"""The people who inspect schools, and what they do; the inspection of something else isn't one."""

SCHOOL = (
    r"(?:schools?|academy|academies|nursery|nurseries|pre-?school|primary|primaries|secondary|secondaries|infants"
    r"|juniors|colleges?|federations?|sixth ?form|providers?|provision|setting|multi-academy trust|trust)"
)
OF_SCHOOLS = (
    r"(?:primary|secondary|high|upper|lower|prep|preparatory|va|vc|voluntary aided|roman|infant|junior|first"
    r"|middle|nursery|church of england|c of e|ce|rc|catholic|church|faith"
    r"|village|town|city|inner-city|rural|coastal|local|state|special|mixed|free|grammar|comprehensive|community"
    r"|foundation|maintained|independent|girls'?|boys'?|day|boarding|all-through|inclusive|caring|thriving|happy"
    r"|friendly|oversubscribed|popular|large|small|early years|sixth form|childcare|sponsored|converter"
    r"|teaching|training|rated"
    r"|graded|improving|[\w-]+-form entry|\d+-\d+)"
)

AREA = (
    r"(?:overall effectiveness|quality of education|quality of teaching(?:, learning and assessment)?"
    r"|behaviour and attitudes|behaviour and safety|attendance and behaviour|personal development"
    r"(?:,? (?:and )?(?:behaviour and )?(?:well-?being|welfare))?"
    r"|(?:effectiveness of )?leadership and (?:management|governance)"
    r"|leadership|governance|early years(?: provision)?|eyfs|sixth ?form(?: provision)?|post-?16(?: provision)?"
    r"|inclusion"
    r"|curriculum and teaching|achievement(?: of pupils)?|outcomes for (?:pupils|children)|safeguarding|well-?being)"
)
"""What inspections give a grade to: the areas of each framework, older names too."""

JUDGEMENT = (
    r"(?:judge?ments?|rating|grade|grading|status|verdict|outcome|result|category|logo|banner|badge|plaque"
    r"|kitemark|signs?|signage|flags?|posters?|stickers?|letterheads?)"
)

JUDGED = r"(?:rated|graded|judged|re-?graded|deemed|classed|ranked|adjudged|scored)"
CALLED = (
    r"(?:found|described|named|called|declared|confirmed|recogni[sz]ed|assessed|considered|branded|labelled|awarded"
    r"|given|gave|put|made|said|says?|told|rated|graded|judged|praised|commended|noted|came out|placed|considers?)"
)
KEPT = (
    r"(?:retain(?:s|ed|ing)?|keep(?:s|ing)?|kept|los[et]s?|losing|maintain(?:s|ed|ing)?|regain(?:s|ed|ing)?"
    r"|secur(?:es?|ed|ing)|achiev(?:es?|ed|ing)|gain(?:s|ed|ing)?|award(?:ed)?|receiv(?:es?|ed|ing)|given|got"
    r"|get|getting"
    r"|earn(?:s|ed|ing)?|hold(?:s|ing)?|held|won|reach(?:es|ed|ing)?|had|have|has)"
)
STAYS = r"(?:remain(?:s|ed|ing)?|stay(?:s|ed)?|still|again|continue[sd]?(?: to be)?|became|become|becoming)"
IS = r"(?:is|are|was|were|be|been|being|'re|'s|am)"
FILLER = (
    r"(?:as|to|be|been|have|having|a|an|the|once|twice|also|now|still|again|consistently|overall|at|on|of|being"
    r"|our|its"
    r"|their|both|either|all|only|just|officially)"
)

# What may follow a grade: the end, a mark, a number, or a word that goes on with the sentence. A noun doesn't: then
# the word says something of that noun.
GOES_ON = (
    r"(?:and|or|in|at|by|for|from|since|with|on|as|of|again|overall|throughout|across|last|this|when|which|that"
    r"|so|but"
    r"|while|before|after|until|because|than|then|is|are|was|were|has|have|had|to|if|although|though|twice|once"
    r"|we|our"
    r"|it|too|now|still|under|following|per|via|during|within|near|who|where|seeks?|needs|wanted|would|will"
    r"|should|could|may|might|must|can|does|did|do|shall|nearby|locally|nationally"
    r"|today|here|there|down|up|close|right|just|next|every|each|about|around|through|between|against|among"
    r"|whose|what"
    r"|how|why|ago|also|even|yet|not|rather|either|like|unlike|despite|except|more|most|both|all|they|he|she|you|i)"
)
ENDS = rf"(?=\W*$|\s?[\"')\]]*\s?[.,;:!?–|/(&\[*•·+\"']|\s-\s|['\"\]] |\s\d|\s{GOES_ON}\b|-rated)"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


GRADES = _words(
    r"(?<![A-Za-z0-9_])(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in SCALE.items())
    + r")(?P<many>s)?(?![A-Za-z0-9_])"
)
"""Each place where a word of a scale stands, the name of its kind as the group."""

RECALLED = _words(
    rf"(?<![A-Za-z])(?P<recalled>(?:{OFSTED}(?:'s)? (?:inspection )?(?:(?:highest|top|best) )?(?:possible )?"
    rf"(?:rating|grade|grading|judge?ment|result|outcome|status|verdict|score)"
    rf"|inspection (?:rating|grade|grading|judge?ment|result|outcome)"
    rf"|(?:highest|top|best)(?: possible)? (?:{OFSTED} )?(?:rating|grade|judge?ment|category)"
    rf"|{OFSTED}[- ]rated|top[- ]rated by {OFSTED}))(?![A-Za-z])"
)
"""Where a grade is recalled without its word: “our Ofsted rating”."""

HASHTAG = re.compile(r"#(?P<tag>\w{1,60})")
SCALE_IN_TAG = _words(
    r"outstanding|good(?!morning|night|luck|friday|times|vibes|news|day|year|to)|inadequate|exceptional|satisfactory"
    r"|requiresimprovement|needsattention|urgentimprovement|strongstandard|expectedstandard|specialmeasures"
)
SCHOOL_IN_TAG = _words(
    r"ofste?a?d|school|academy|nursery|college|sixthform|proudtobe|rated|judged|inspection|reportcard"
)

SENTENCE = re.compile(r"\n|(?<=[.!?])[\"')\]]{0,2} (?=[\"'(\[#]{0,2}[A-Z0-9])")
