"""What the schemas of the workforce share: fields that would carry a person are refused by name, values are quoted."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import marshmallow as ma
from marshmallow import fields

from api.http.fields import Day as PlainDay
from api.http.fields import ListQuerySchema, Schema, Text, Time
from domain.attendance.calendar import academic_year_bounds, parse_academic_year
from domain.privacy import NEVER_KEPT, OF_STAFF, tells_of_health, what_of_a_person
from domain.workforce.records import FIRST_YEAR, LAST_YEAR, is_in_range

EXAMPLE_ID = "0193d3a1-6f1c-7b52-9a38-5d7b7c1f0f11"
EXAMPLE_TIME = "2026-11-20T09:15:00Z"

_SIX_FIGURES = re.compile(r"[0-9]{6}")

MOST_PLACES = 6
LONGEST_QUOTE = 40


class WorkforceSchema(Schema):
    """A schema that says why a field that would tell of one member of staff isn't known."""

    def handle_error(self, error: ma.ValidationError, data: Any, *, many: bool, **_: Any) -> None:
        """Put the reason in the place of marshmallow's own words."""
        if isinstance(error.messages, dict):
            for name, messages in error.messages.items():
                if messages == ["Unknown field."] and (
                    NEVER_KEPT.match(str(name)) or OF_STAFF.match(str(name))
                ):
                    error.messages[name] = [never_kept(str(name))]


def never_kept(name: str) -> str:
    """Why a field isn't taken that would carry a person."""
    return (
        f"{name} is never kept here: no name, number, health, pay or address of staff, only posts and counts"
    )


class Amount(fields.Field[Decimal]):
    """A number, kept exactly as it was written: full-time equivalents, days, years, pounds."""

    wanted = "a plain number belongs here, such as 0.8"

    def __init__(self, **given: Any) -> None:
        given["metadata"] = {"type": "number", "minimum": 0} | given.get("metadata", {})
        super().__init__(**given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> Any:
        if isinstance(value, str) and value.strip().endswith("%"):
            raise ma.ValidationError(f"{attr} is {shown(value)}, a percentage; {self.wanted}")
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise ma.ValidationError(f"{attr} is {shown(value)}; {self.wanted}")
        if isinstance(value, Decimal) and -int(value.as_tuple().exponent) > MOST_PLACES:
            raise ma.ValidationError(
                f"{attr} is {shown(value)}; it has more than {MOST_PLACES} places behind the point"
            )
        return value

    def _serialize(self, value: Any, attr: str | None, obj: Any, **given: Any) -> Any:
        return value


class Count(Amount):
    """A whole number of people, posts or applications. That it is whole is a rule of the domain, which says more."""

    wanted = "a count belongs here, a whole number from 0"

    def __init__(self, **given: Any) -> None:
        given["metadata"] = {"type": "integer", "minimum": 0} | given.get("metadata", {})
        super().__init__(**given)


class Counts(fields.Dict):
    """Counts by name; a fault stands at the name whose count it is."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ma.ValidationError(f"{attr} is {shown(value)}; an object of counts by name belongs here")
        faults: dict[str, list[str]] = {}
        for name, count in value.items():
            try:
                Count(allow_none=False).deserialize(count, name, value)
            except ma.ValidationError as error:
                faults[name] = [str(message) for message in error.messages]
        if faults:
            raise ma.ValidationError(faults)
        return super()._deserialize(value, attr, data, **given)  # type: ignore[no-untyped-call]


class OfAPost(Text):
    """A short text about a post, which must not tell of whoever holds it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> str:
        text = super()._deserialize(value, attr, data, **given).strip()
        what = what_of_a_person(text)
        if what is not None:
            raise ma.ValidationError(
                f"This seems to hold {what}; nothing that tells who it was is kept here."
            )
        return text


class OfALeaver(OfAPost):
    """Why somebody left, in a few words, none of them of health."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> str:
        text = super()._deserialize(value, attr, data, **given)
        if tells_of_health(text):
            raise ma.ValidationError(
                "This seems to tell of somebody's health, which is never kept; leave it out, or write 'personal'."
            )
        return text


class Word(fields.String):
    """One of some words; which, is a rule of the domain."""

    def __init__(self, words: tuple[str, ...], **given: Any) -> None:
        given["metadata"] = {"enum": list(words)} | given.get("metadata", {})
        super().__init__(**given)


class Day(fields.Field[str]):
    """A day, kept as it is written: YYYY-MM-DD."""

    def __init__(self, **given: Any) -> None:
        given["metadata"] = {"type": "string", "format": "date"} | given.get("metadata", {})
        super().__init__(**given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> str:
        try:
            day: date = PlainDay().deserialize(value)
        except ma.ValidationError as error:
            raise ma.ValidationError(f"{attr} is {shown(value)}: {str(error.messages[0]).lower()}") from None
        if not is_in_range(day):
            raise ma.ValidationError(
                f"{attr} is {shown(value)}; its year must be {FIRST_YEAR} to {LAST_YEAR}"
            )
        return day.isoformat()

    def _serialize(self, value: Any, attr: str | None, obj: Any, **given: Any) -> Any:
        return value


class AcademicYear(fields.Field[str]):
    """An academic year: 2026/27, 2026-27, or 202627 as the Department's files have it."""

    def __init__(self, **given: Any) -> None:
        given["metadata"] = {"type": "string"} | given.get("metadata", {})
        super().__init__(**given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> str:
        try:
            text = str(value)
            year = parse_academic_year(f"{text[:4]}/{text[4:]}" if _SIX_FIGURES.fullmatch(text) else text)
            if is_in_range(academic_year_bounds(year)[0]):
                return year
            raise ValueError(year)
        except ValueError:
            raise ma.ValidationError(f"{attr} is {shown(value)}; write an academic year as 2026/27") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **given: Any) -> Any:
        return value


class KeptSchema(WorkforceSchema):
    """What every record answers beside what it says."""

    revision = fields.Integer(dump_only=True, metadata={"example": 1})
    created_at = fields.Raw(
        dump_only=True, metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME}
    )
    updated_at = fields.Raw(
        dump_only=True, metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME}
    )

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """What is held is JSON of these fields already: lists of hundreds need no look at each value."""
        return obj


class AsOfQuerySchema(Schema):
    """At which time."""

    as_of = Time(load_default=None, metadata={"description": "As it was held then.", "example": EXAMPLE_TIME})


class AsOfListQuerySchema(ListQuerySchema, AsOfQuerySchema):
    """Which page, and at which time."""


class HistorySchema(Schema):
    """One change of one field."""

    who = fields.String(metadata={"example": "hr system"})
    when = fields.Raw(metadata={"type": "string", "format": "date-time", "example": EXAMPLE_TIME})
    field = fields.String(metadata={"example": "outcome"})
    old = fields.Raw(metadata={"description": "Null where there was nothing.", "example": "open"})
    new = fields.Raw(metadata={"example": "filled"})
    revision = fields.Integer(metadata={"example": 2})
    suppressed = fields.Boolean(
        metadata={
            "description": "Where values are withheld, as they would tell of few members of staff.",
            "example": True,
        }
    )
    import_id = fields.String(
        metadata={"description": "The push that it came with, where it came with one.", "example": EXAMPLE_ID}
    )


def shown(value: Any) -> str:
    """A value as a refusal quotes it."""
    text = f"“{value}”" if isinstance(value, str) else "null" if value is None else str(value)
    if isinstance(value, Mapping | list):
        text = "an object" if isinstance(value, Mapping) else "a list"
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
