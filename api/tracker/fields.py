"""Fields and schemas that the resources of the tracker share."""

import importlib
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import marshmallow as ma
from flask import has_request_context, request
from marshmallow import fields, validate

from api.http.fields import Day as PlainDay
from api.http.fields import Flag, ListQuerySchema, Schema, Text, Time
from api.tracker.wording import WarningSchema, warnings_of
from domain.attendance.calendar import parse_academic_year
from domain.errors import Invalid, invalid
from domain.frameworks import check_area
from domain.tracker.health import STATES
from services.tracker.checks import check_cohort

EXAMPLE_ID = "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"
EXAMPLE_PERSON = "0193d3a0-11aa-7c02-8d11-2f6c1e9b7a55"
EXAMPLE_TIME = "2026-11-20T09:15:00Z"

MOST_DIGITS, MOST_PLACES = 15, 6

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Beyond these a day is a slip of the pen, and far beyond them the calendar ends before what is reckoned from it."""

REPEATS = ("termly", "half_termly", "weekly")


class Day(PlainDay):
    """A day of a resource, in years that schools plan and look back in; what is held is written as it stands."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> Any:
        found = super()._deserialize(value, attr, data, **given)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ma.ValidationError(f"A day from {FIRST_YEAR} to {LAST_YEAR}.")
        return found

    def _serialize(self, value: Any, attr: str | None, obj: Any, **given: Any) -> Any:
        return value


class Several(fields.List[Any]):
    """A list of at most `most`; null empties it."""

    def __init__(self, inner: Any, most: int = 100, **given: Any) -> None:
        super().__init__(inner, allow_none=True, validate=validate.Length(max=most), **given)

    def deserialize(self, value: Any, *given: Any, **further: Any) -> Any:
        return [] if value is None else super().deserialize(value, *given, **further)


class Whole(fields.Nested):
    """An object that is given whole, in a schema of changes too: a list is replaced, not its entries' fields."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **given: Any) -> Any:
        return super()._deserialize(value, attr, data, partial=False, **given)


class Id(Text):
    """The id of something, in small letters as it is answered."""

    def __init__(self, **given: Any) -> None:
        super().__init__(64, **given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> str:
        return super()._deserialize(value, attr, data, **given).lower()


class Number(fields.Field[Decimal]):
    """A JSON number, kept exactly as it was written."""

    def __init__(self, *, least: int | None = None, **given: Any) -> None:
        self.least = least
        given["metadata"] = {"type": "number"} | given.get("metadata", {})
        super().__init__(**given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise ma.ValidationError("Not a number.")
        number = Decimal(str(value))
        if abs(number) >= 10 ** (MOST_DIGITS - MOST_PLACES) or round(number, MOST_PLACES) != number:
            raise ma.ValidationError(
                f"A number here has at most {MOST_DIGITS - MOST_PLACES} digits before the point "
                f"and {MOST_PLACES} after it."
            )
        if self.least is not None and number < self.least:
            raise ma.ValidationError(f"Must be at least {self.least}.")
        return number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **given: Any) -> Any:
        return value


class Repeats(fields.Field[Any]):
    """How often an action comes back: a word, or the days after the last time it was done."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> str | int:
        days = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 3660
        if not days and not (isinstance(value, str) and value in REPEATS):
            raise ma.ValidationError(f"One of {', '.join(REPEATS)}, or a number of days from 1 to 3660.")
        return value  # type: ignore[no-any-return]


class Partly:
    """Makes a schema one of changes: only what is given is changed, and nothing is required."""

    def __init__(self, **given: Any) -> None:
        super().__init__(partial=True, **given)  # type: ignore[call-arg]


class FieldChangeSchema(Schema):
    """A field of something that has changed since an earlier time."""

    id = fields.String(metadata={"example": EXAMPLE_ID})
    field = fields.String(metadata={"example": "status"})
    old = fields.Raw(metadata={"example": "planned"})
    new = fields.Raw(metadata={"example": "in_progress"})


class ChangesSchema(Schema):
    """What has changed since an earlier time."""

    since = fields.Raw(metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME})
    added = fields.List(fields.String(), metadata={"description": "Ids.", "example": [EXAMPLE_ID]})
    changed = fields.List(fields.Nested(FieldChangeSchema))
    gone = fields.List(fields.String(), metadata={"description": "Ids.", "example": []})


class RecordSchema(Schema):
    """What every resource of the tracker answers beside its own fields."""

    id = fields.String(dump_only=True, metadata={"example": EXAMPLE_ID})
    revision = fields.Integer(
        dump_only=True, metadata={"description": "Moves when its own fields are edited.", "example": 3}
    )
    created_at = fields.Raw(
        dump_only=True, metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME}
    )
    updated_at = fields.Raw(
        dump_only=True, metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME}
    )
    created_by = fields.String(
        dump_only=True,
        metadata={"description": "The id of the person, or the name of the key.", "example": "front end"},
    )
    changes = fields.Nested(ChangesSchema, dump_only=True, metadata={"description": "With `compare_to`."})
    warnings = fields.List(
        fields.Nested(WarningSchema),
        dump_only=True,
        metadata={
            "description": "Only in the answer to a write, and only where a text of it refers to an inspection grade.",
            "example": [],
        },
    )

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """The fields of a content. It holds JSON already, so nothing of it is converted: a list has thousands."""
        if self.many if many is None else many:
            return [self._shown(content) for content in obj]
        return self._with_warnings(self._shown(obj))

    def _with_warnings(self, shown: dict[str, Any]) -> dict[str, Any]:
        """Warns whoever writes a text, and nobody who reads it: warnings are no part of the resource."""
        if not has_request_context() or request.method in ("GET", "HEAD"):
            return shown
        found = warnings_of(self, shown)
        return shown | {"warnings": found} if found else shown

    def _shown(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {
            key: content[name] if below is None else below.dump(content[name], many=True)
            for name, key, below in self._parts
            if name in content
        }

    @cached_property
    def _parts(self) -> list[tuple[str, str, "RecordSchema | None"]]:
        """Of each field: its name in a content, its name in the answer, and the schema of the list that it holds."""
        return [
            (field.attribute or name, field.data_key or name, _schema_of_list(field))
            for name, field in self.dump_fields.items()
        ]


def _schema_of_list(field: fields.Field[Any]) -> RecordSchema | None:
    inner = field.inner if isinstance(field, fields.List) else None
    schema = inner.schema if isinstance(inner, fields.Nested) else None
    return schema if isinstance(schema, RecordSchema) else None


class AsOfQuerySchema(Schema):
    """At which time, compared with which, and which fields of it."""

    as_of = Time(metadata={"description": "As it stood at that time.", "example": EXAMPLE_TIME})
    compare_to = Time(
        metadata={
            "description": "Adds `changes`: what has been added, changed field by field, and gone since that earlier "
            "time. What is gone of a list comes with its last page.",
            "example": EXAMPLE_TIME,
        }
    )
    fields_ = fields.String(
        data_key="fields",
        attribute="fields",
        metadata={"description": "Only these fields, with commas; `id` always.", "example": "title,health"},
    )


class AsOfListQuerySchema(ListQuerySchema, AsOfQuerySchema):
    """Which page, and at which time."""


class Names(fields.Field[tuple[str, ...]]):
    """Some of several names, with commas."""

    def __init__(self, offered: Iterable[str], description: str, **given: Any) -> None:
        self.offered = tuple(offered)
        metadata = {
            "type": "string",
            "description": f"{description} Of {', '.join(self.offered)}, with commas.",
            "example": self.offered[0],
        }
        super().__init__(metadata=metadata, **given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(name.strip() for name in str(value).split(",") if name.strip()))
        for name in names:
            if name not in self.offered:
                raise ma.ValidationError(f"“{name[:64]}” isn't offered; {', '.join(self.offered)} are.")
        return names


class NarrowedQuerySchema(AsOfListQuerySchema):
    """What every list that people work with takes."""

    q = Text(
        200,
        metadata={
            "description": "With these words, in titles, notes or comments. Not together with `as_of`.",
            "example": "breakfast club",
        },
    )
    sort = fields.String(
        metadata={
            "description": "By this field; with `-` before it, the other way round.",
            "example": "-updated_at",
        }
    )
    view = fields.String(
        metadata={"description": "A saved view, by its id or name; what is said here goes before it."}
    )


class Known(Text):
    """A text that a rule knows; what the rule makes of it, where it makes something of it."""

    def __init__(self, most: int, rule: Callable[[str], Any], **given: Any) -> None:
        super().__init__(most, **given)
        self.rule = rule

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> str:
        text = super()._deserialize(value, attr, data, **given)
        try:
            made = self.rule(text)
        except Invalid as error:
            raise ma.ValidationError(error.detail) from error
        return made if isinstance(made, str) else text


def one_cohort(description: str) -> Known:
    """A group of pupils by which a list is narrowed."""
    metadata = {"description": description, "example": "pupil_premium:true"}
    return Known(200, lambda text: check_cohort(text, ""), metadata=metadata)


def one_year(description: str) -> Known:
    """An academic year by which a list is narrowed; `2026-27` is taken too."""
    return Known(7, _year_of, metadata={"description": description, "example": "2026/27"})


def _year_of(text: str) -> str:
    try:
        return parse_academic_year(text)
    except ValueError as error:
        raise invalid("", "an academic year is written as 2026/27") from error


class WorkQuerySchema(NarrowedQuerySchema):
    """What lists of work take besides."""

    my = Flag(metadata={"description": "What the key's person leads, owns or supports.", "example": True})
    area = Known(
        100,
        lambda text: check_area(text, ""),
        metadata={
            "description": "Of this area of the inspection frameworks, or a part of it.",
            "example": "ofsted2025.inclusion",
        },
    )
    cohort = one_cohort("That names this cohort.")
    health = fields.String(
        validate=validate.OneOf(STATES), metadata={"description": "That is doing so.", "example": "at_risk"}
    )


class ChangeSchema(Schema):
    """One change of one field."""

    who = fields.String(metadata={"example": EXAMPLE_PERSON})
    when = fields.Raw(metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME})
    field = fields.String(metadata={"example": "due_on"})
    old = fields.Raw(metadata={"description": "Null where there was nothing.", "example": "2026-12-18"})
    new = fields.Raw(metadata={"example": "2027-01-15"})


def below(module: str, schema: str) -> fields.List[Any]:
    """What lies below something, where `expand` asks for it; named by its module, which imports this one's."""

    def build() -> Schema:
        found: Schema = getattr(importlib.import_module(module), schema)()
        return found

    return fields.List(
        fields.Nested(build), dump_only=True, metadata={"description": "With `expand`.", "example": []}
    )


def day(example: str, description: str = "", *, optional: bool = True, **given: Any) -> Day:
    """A day of a resource, which null clears where it is optional."""
    metadata = {"description": description, "example": example} if description else {"example": example}
    return Day(allow_none=optional, metadata=metadata, **given)


def bound(example: str, description: str) -> PlainDay:
    """Any day at all, by which a list is narrowed."""
    return PlainDay(metadata={"description": description, "example": example})


def text(most: int, example: str, description: str = "", **given: Any) -> Text:
    """A text of a resource, which null clears unless it is required."""
    metadata = {"description": description, "example": example} if description else {"example": example}
    return Text(most, allow_none=not given.get("required", False), metadata=metadata, **given)


def one_of(values: tuple[str, ...], example: str, description: str = "", **given: Any) -> fields.String:
    """One of some words."""
    metadata = {"description": description, "example": example} if description else {"example": example}
    return fields.String(validate=validate.OneOf(values), metadata=metadata, **given)


def person_id(description: str, **given: Any) -> Id:
    """The id of a person."""
    return Id(metadata={"description": description, "example": EXAMPLE_PERSON}, **given)


def cohorts() -> Several:
    """Groups of pupils, as `?cohort=` takes them."""
    return Several(
        Text(200),
        metadata={
            "description": "Groups of pupils, each as `cohort=` takes them.",
            "example": ["pupil_premium:true"],
        },
    )


def source() -> Text:
    """Which system an external id is of."""
    return text(64, "mis", "The system that `external_id` is of.")


def external_id() -> Text:
    """What another system calls it."""
    return text(128, "A-17", "What that system calls it.")
