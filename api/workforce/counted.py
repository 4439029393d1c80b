"""`exit-reasons`, `stay-reasons` and `staff-surveys`: what staff answered, as counts; nobody's own answer is kept."""

from functools import partial
from typing import Any

from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.fields import Text
from api.workforce.fields import AcademicYear, Count, Counts, Day, KeptSchema, OfAPost, WorkforceSchema
from api.workforce.resource import Noun, add_calls_by_key, add_import
from domain.workforce.counted import SUGGESTED_REASONS, few_are_missing, withheld_counts
from intake.workforce import REASONS, SURVEY_ANSWERS
from services.workforce.addresses import name_by_day, name_by_year
from services.workforce.folded import answers_by_survey, reasons_by_year
from services.workforce.kinds import EXIT_REASONS, STAFF_SURVEY, STAY_REASONS

blueprint = Blueprint(
    "staff answers", __name__, description="Why staff leave, why they stay and how they are, as counts."
)

MOST_CODES, MOST_QUESTIONS, MOST_ANSWERS = 100, 200, 50

SUPPRESSED = {"description": "Counts are withheld, as few members of staff are behind one.", "example": False}


class ReasonsSchema(KeptSchema):
    """Counts by coded reason."""

    academic_year = AcademicYear(dump_only=True, metadata={"example": "2025/26"})
    reasons = Counts(
        keys=fields.String(),
        values=Count(allow_none=False),
        required=True,
        validate=validate.Length(max=MOST_CODES),
        metadata={
            "description": f"Persons by code; such as {', '.join(SUGGESTED_REASONS)}. None of health.",
            "example": {"workload": 7, "pay": 5},
        },
    )
    suppressed = fields.Boolean(dump_only=True, metadata=SUPPRESSED)


class PushedReasonSchema(WorkforceSchema):
    """One row of a push: the rows of a year together are its counts."""

    academic_year = AcademicYear(required=True, metadata={"example": "2025/26"})
    reason = Text(40, required=True, metadata={"example": "workload"})
    count = Count(required=True, metadata={"example": 7})


class QuestionSchema(WorkforceSchema):
    """A question, and how many gave each answer."""

    code = Text(64, required=True, metadata={"example": "proud_to_work_here"})
    text = OfAPost(300, allow_none=True, metadata={"example": "I am proud to work here."})
    answers = Counts(
        keys=Text(100),
        values=Count(),
        required=True,
        validate=validate.Length(1, MOST_ANSWERS),
        metadata={
            "description": "Persons by answer.",
            "example": {"agree": 41, "neither": 12, "disagree": 9},
        },
    )


class SurveySchema(KeptSchema):
    """The results of one survey of staff."""

    date = Day(dump_only=True, metadata={"example": "2026-06-15"})
    title = OfAPost(200, allow_none=True, metadata={"example": "Staff wellbeing, summer"})
    invited = Count(allow_none=True, metadata={"example": 96})
    responded = Count(allow_none=True, metadata={"example": 62})
    questions = fields.List(
        fields.Nested(QuestionSchema),
        required=True,
        validate=validate.Length(1, MOST_QUESTIONS),
        metadata={
            "example": [
                {"code": "proud_to_work_here", "answers": {"agree": 41, "neither": 12, "disagree": 9}}
            ]
        },
    )
    suppressed = fields.Boolean(dump_only=True, metadata=SUPPRESSED)


class PushedAnswerSchema(WorkforceSchema):
    """One row of a push: the rows of a date together are its survey."""

    date = Day(required=True, metadata={"example": "2026-06-15"})
    title = OfAPost(
        200,
        allow_none=True,
        metadata={"description": "Of the survey, in one of its rows or in all.", "example": "Summer"},
    )
    invited = Count(allow_none=True, metadata={"description": "Likewise.", "example": 96})
    responded = Count(allow_none=True, metadata={"description": "Likewise.", "example": 62})
    question = Text(64, required=True, metadata={"example": "proud_to_work_here"})
    text = OfAPost(
        300,
        allow_none=True,
        metadata={
            "description": "Of the question, in one of its rows or in all.",
            "example": "I am proud to work here.",
        },
    )
    answer = Text(100, required=True, metadata={"example": "agree"})
    count = Count(required=True, metadata={"example": 41})


def _few_reasons(shown: dict[str, Any]) -> dict[str, Any]:
    reasons = withheld_counts(shown["reasons"])
    return shown | {"reasons": reasons, "suppressed": None in reasons.values()}


def _few_answers(shown: dict[str, Any]) -> dict[str, Any]:
    """Of each question all answers or none. How many were asked and responded go with them, and where few didn't."""
    questions = [
        question | {"answers": withheld_counts(question["answers"])} for question in shown["questions"]
    ]
    hidden = any(None in question["answers"].values() for question in questions)
    asked = [shown["invited"], shown["responded"]]
    for question in shown["questions"]:
        hidden = hidden or few_are_missing([*asked, sum(question["answers"].values())])
    numbers = {"invited": None, "responded": None} if hidden else {}
    return shown | {"questions": questions, "suppressed": hidden} | numbers


EXIT_NOUN = Noun(
    EXIT_REASONS,
    "/exit-reasons/<academic_year>",
    ReasonsSchema,
    partial(name_by_year, EXIT_REASONS),
    withheld=_few_reasons,
)
STAY_NOUN = Noun(
    STAY_REASONS,
    "/stay-reasons/<academic_year>",
    ReasonsSchema,
    partial(name_by_year, STAY_REASONS),
    withheld=_few_reasons,
)
SURVEY_NOUN = Noun(
    STAFF_SURVEY,
    "/staff-surveys/<day>",
    SurveySchema,
    partial(name_by_day, STAFF_SURVEY),
    withheld=_few_answers,
)

for noun in (EXIT_NOUN, STAY_NOUN):
    add_calls_by_key(blueprint, noun)
    words = "academic_year, reason and count: all rows of a year are its counts"
    add_import(blueprint, noun, REASONS, PushedReasonSchema, words, reasons_by_year)
add_calls_by_key(blueprint, SURVEY_NOUN)
add_import(
    blueprint,
    SURVEY_NOUN,
    SURVEY_ANSWERS,
    PushedAnswerSchema,
    "date, question, answer and count, and of title, invited, responded and text (of the question) what there is: all"
    " rows of a date are its survey",
    answers_by_survey,
)
