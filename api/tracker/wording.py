"""How wording that refers to an inspection grade is shown: to who asks for it, and as warnings of what was written."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import marshmallow as ma
from marshmallow import fields

from api.http.fields import Schema, Text
from domain.wording.grade_references import find_grade_references


class ReferenceSchema(Schema):
    """Wording that tells or recalls a grade that an inspection gave to a school."""

    start = fields.Integer(
        metadata={
            "description": "The first character of it, counted in Unicode code points from 0.",
            "example": 11,
        }
    )
    end = fields.Integer(metadata={"description": "The first character behind it.", "example": 30})
    phrase = fields.String(
        metadata={"description": "Its words, as they are read.", "example": "Outstanding school"}
    )
    why = fields.String(metadata={"example": "tells the grade of a school"})
    suggestion = fields.String(
        metadata={
            "description": "What to say instead.",
            "example": "Say what the school does, with something that …",
        }
    )


class WarningSchema(ReferenceSchema):
    """The same in a field of what was just written, which was kept as it is."""

    pointer = fields.String(metadata={"description": "The field.", "example": "/title"})


def warnings_of(schema: ma.Schema, written: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every reference in the texts that a client may write of a resource, each with the pointer of its field."""
    return [
        {"pointer": pointer} | asdict(found)
        for pointer, text in _texts(schema, written, "")
        for found in find_grade_references(text)
    ]


def _texts(schema: ma.Schema, values: Mapping[str, Any], root: str) -> Iterator[tuple[str, str]]:
    for name, field in schema.load_fields.items():
        shown = field.data_key or name
        if not field.dump_only:
            yield from _texts_of(field, values.get(shown), f"{root}/{shown}")


def _texts_of(field: Any, value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(field, Text) and isinstance(value, str):
        yield pointer, value
    elif isinstance(field, fields.Nested) and isinstance(value, Mapping):
        yield from _texts(field.schema, value, pointer)
    elif isinstance(field, fields.List) and isinstance(value, list | tuple):
        for number, one in enumerate(value):
            yield from _texts_of(field.inner, one, f"{pointer}/{number}")
