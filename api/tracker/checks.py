"""`/v1/checks/grade-references`: whether wording tells or recalls a grade that an inspection gave to a school."""

from dataclasses import asdict
from typing import Any

import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.bodies import JSON_TYPES, Body, json_of
from api.http.endpoint import Reader, endpoint
from api.http.fields import Schema, loaded
from api.tracker.resource import READ
from api.tracker.wording import ReferenceSchema
from domain.errors import invalid
from domain.wording.grade_references import find_grade_references, find_in_html
from domain.wording.whys import suggestion_for
from services.unit_of_work import Tools, UnitOfWork

blueprint = Blueprint("checks", __name__, description="Looking wording over before it goes out.")

MOST_LETTERS = 1_000_000
MOST_TEXTS = 1_000

GIVEN = ("text", "html", "texts")


class WordingSchema(Schema):
    """What to look over: one of these three."""

    text = fields.String(
        metadata={"description": "Plain text.", "example": "Welcome to an Outstanding school."}
    )
    html = fields.String(
        metadata={
            "description": 'A page or a part of one, such as `<img alt="Ofsted Good Provider">`: its text, and what'
            " `alt`, `title`, `aria-label`, `placeholder` and the descriptions in `meta` say.",
        }
    )
    texts = fields.List(
        fields.String(),
        validate=validate.Length(max=MOST_TEXTS),
        metadata={"description": "Several plain texts."},
    )

    @ma.validates_schema
    def _check_one_is_given(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ma.ValidationError(f"Exactly one of {', '.join(GIVEN)} is needed.", "text")


class FoundSchema(ReferenceSchema):
    """One reference in what was given."""

    text = fields.Integer(
        metadata={"description": "With `texts`: the index of the text that it is in.", "example": 0}
    )


class FoundReferencesSchema(Schema):
    """Every reference that was found, in order."""

    found = fields.List(
        fields.Nested(FoundSchema),
        metadata={
            "example": [
                {
                    "start": 14,
                    "end": 32,
                    "phrase": "Outstanding school",
                    "why": "tells the grade of a school",
                    "suggestion": suggestion_for("tells the grade of a school"),
                }
            ]
        },
    )


def _read(body: Body, tools: Tools) -> dict[str, Any]:
    """What is found; looked for before any transaction, because a long page takes its time.

    What looks like a UPN stays in the text, so that places are those in what was sent: nothing of it is kept, and a
    phrase that is quoted back is freed of them.
    """
    raw = json_of(body.whole())
    given = loaded(WordingSchema(), {tools.pseudonyms(name): value for name, value in _members(raw)})
    _check_length(given)
    return {"found": [_shown(found, tools) for found in _found_in(given)]}


def _members(raw: Any) -> Any:
    if not isinstance(raw, dict):
        raise invalid("", "must be a JSON object")
    return raw.items()


def _check_length(given: dict[str, Any]) -> None:
    name, value = next(iter(given.items()))
    letters = len(value) if isinstance(value, str) else sum(len(text) for text in value)
    if letters > MOST_LETTERS:
        raise invalid(f"/{name}", f"{letters} characters are too many for one call; {MOST_LETTERS} at most")


def _found_in(given: dict[str, Any]) -> list[dict[str, Any]]:
    if "html" in given:
        return [asdict(found) for found in find_in_html(given["html"])]
    if "text" in given:
        return [asdict(found) for found in find_grade_references(given["text"])]
    return [
        {"text": index} | asdict(found)
        for index, text in enumerate(given["texts"])
        for found in find_grade_references(text)
    ]


def _shown(found: dict[str, Any], tools: Tools) -> dict[str, Any]:
    return found | {"phrase": tools.pseudonyms(found["phrase"])}


@blueprint.route("/checks/grade-references")
class GradeReferenceCheck(MethodView):
    """The grade-reference check."""

    @endpoint(
        scope=READ,
        body=Reader(
            JSON_TYPES[:1], _read, "Exactly one of `text`, `html` and `texts`.", WordingSchema, bulk=False
        ),
        answer=FoundReferencesSchema,
    )
    def post(self, work: UnitOfWork, found: dict[str, Any]) -> dict[str, Any]:
        """Find wording that tells or recalls a grade or judgement word that an inspection gave to a school.

        It warns and stores nothing. The inspection report itself, or the link to it, is never meant: a school must
        publish it. At most 1,000,000 characters and 1,000 texts in one call.
        """
        return found
