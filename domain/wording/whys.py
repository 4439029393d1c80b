"""Why wording is said to refer to a grade, and what can be said instead of it."""

SCHOOL_GRADE = "tells the grade of a school"
JUDGED_TO_BE = "tells what a school was judged to be"
BESIDE_INSPECTION = "puts a word of the grading scale beside the inspection that gave it"
AREA_GRADE = "gives an area of the inspection framework a grade"
MEASURES_BY = "measures a school by the grade that it has or hopes for"
JUDGEMENT_GRADE = "speaks of a judgement by its grade"
CATEGORY = "tells a category that an inspection put a school into"
RECALLED_GRADE = "recalls the grade of a school without its word"
IN_A_HASHTAG = "tells the grade of a school in a hashtag"

_FACTS = (
    "Say what the school does, with something that a family can see: what pupils learn, who helps them, "
    "what has changed."
)
_INSTEAD = {
    SCHOOL_GRADE: "Name the school without the grade. " + _FACTS,
    JUDGED_TO_BE: "Leave the judgement out. " + _FACTS,
    BESIDE_INSPECTION: "Take the grade away, also from a logo and its text. " + _FACTS,
    AREA_GRADE: "Describe what happens in this area instead: what is done, for whom, and what it has changed.",
    MEASURES_BY: "Name what is to be better for pupils, by when and how you will know, instead of a grade.",
    JUDGEMENT_GRADE: "Speak of what was learnt and what is done about it, instead of the judgement.",
    CATEGORY: "Say what has changed for pupils since then, instead of the category.",
    RECALLED_GRADE: "Leave the grade out, or point to the report itself without it.",
    IN_A_HASHTAG: "Use a hashtag for what took place, or for what pupils did.",
}
_REPORT_STAYS = "The inspection report itself, or the link to it, isn't meant: it must stay published."


def suggestion_for(why: str) -> str:
    """What to say instead, and that the report stays."""
    return f"{_INSTEAD[why]} {_REPORT_STAYS}"
