"""What the schemas of all resources share: unknown fields refused by name, texts without control characters."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from domain.errors import Fault, Invalid
from domain.privacy import NEVER_KEPT

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Schema(ma.Schema):
    """The root of all schemas: it keeps the order of its fields and refuses any that it doesn't name."""

    class Meta:
        unknown = ma.RAISE


def no_control(text: str) -> None:
    """Validates that a text has no control characters but line ends: PostgreSQL takes no NUL."""
    if CONTROL.search(text):
        raise ma.ValidationError("Control characters aren't taken.")


class Text(fields.String):
    """A text of at most `most` characters, and at least one unless `blank`; no control characters but line ends."""

    def __init__(self, most: int, *, blank: bool = False, **given: Any) -> None:
        self.most = most
        super().__init__(validate=validate.Length(min=0 if blank else 1, max=most), **given)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **given)
        no_control(text)
        if text and not text.strip() and self.validate and self.validate.min:  # type: ignore[union-attr]
            raise ma.ValidationError("A blank text says nothing; leave the field out or fill it.")
        return text


class Time(fields.Field[datetime]):
    """A time in RFC 3339 with its offset, such as 2026-11-20T09:15:00Z."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> datetime:
        if not isinstance(value, str):
            raise ma.ValidationError("Not a time.")
        return time_of(value)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **given: Any) -> datetime | None:
        return value


class Day(fields.Date):
    """A day, written YYYY-MM-DD and in no other of the ways that ISO 8601 has."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> date:
        if isinstance(value, str) and DAY.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise ma.ValidationError("No day of the calendar.") from None
        raise ma.ValidationError("Not a date; write it as 2026-11-20.")


class DaysQuerySchema(Schema):
    """The days that are asked about."""

    from_ = Day(
        data_key="from",
        attribute="from",
        load_default=None,
        metadata={
            "description": "The first day; the start of the academic year that `to` is in, unless told.",
            "example": "2026-09-01",
        },
    )
    to = Day(
        load_default=None,
        metadata={
            "description": "The last day, which counts; today, or the day of `as_of`, unless told.",
            "example": "2026-11-20",
        },
    )


class Lookup(fields.Dict):
    """An object of values by name, whose faults point at the name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **given)  # type: ignore[no-untyped-call]
        except ma.ValidationError as error:
            if isinstance(error.messages, Mapping):
                raise ma.ValidationError(
                    {name: _of_entry(found) for name, found in error.messages.items()}
                ) from error
            raise


def _of_entry(found: Any) -> Any:
    """The faults of one entry: those within its value keep where they are."""
    if not isinstance(found, Mapping):
        return found
    if isinstance(found.get("value"), Mapping):
        return found["value"]
    return [message for messages in found.values() for message in messages]


class Flag(fields.Boolean):
    """`true` or `false` in a query."""

    truthy = {"true", "1", "yes"}
    falsy = {"false", "0", "no"}


def time_of(text: str) -> datetime:
    """An aware time from RFC 3339; a plus sign that a query turned into a space is taken too."""
    try:
        time = datetime.fromisoformat(text.strip().replace(" ", "+" if "T" in text else "T"))
    except ValueError as error:
        raise ma.ValidationError("Not a time; write it as 2026-11-20T09:15:00Z.") from error
    if time.tzinfo is None:
        raise ma.ValidationError("The time needs its offset, such as Z or +01:00.")
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise ma.ValidationError("The time is out of all range.") from error


def check_query(args: Mapping[str, str]) -> None:
    """Raises `Invalid` for control characters in a query: nothing is named with them, and PostgreSQL takes no NUL."""
    faults = [
        Fault("control characters aren't taken", pointer=f"/query/{pointed(name)}")
        for name, value in args.items()
        if CONTROL.search(name + value)
    ]
    if faults:
        raise Invalid("the query holds control characters", faults=faults)


def pointed(name: str) -> str:
    """A name as it stands in a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


class ListQuerySchema(Schema):
    """What every list takes."""

    limit = fields.Integer(
        validate=validate.Range(1, 200),
        metadata={"description": "How many items at most; 50 unless told.", "example": 50},
    )
    cursor = fields.String(metadata={"description": "`next` of the page before."})


def loaded(schema: ma.Schema, value: Any, *, root: str = "") -> Any:
    """What a schema makes of a value; raises `Invalid` with a pointer for each fault.

    `root` stands before each pointer: empty for a body, `/query` for a query.
    """
    if not isinstance(value, Mapping):
        raise Invalid("the body must be a JSON object", faults=[Fault("must be a JSON object", pointer="")])
    try:
        return schema.load(value)
    except ma.ValidationError as error:
        faults = list(_faults(error.messages, root))
        detail = (
            f"{faults[0].pointer}: {faults[0].detail}"
            if len(faults) == 1
            else f"{len(faults)} things are not right"
        )
        raise Invalid(detail, faults=faults) from error


def _faults(messages: Any, pointer: str) -> Any:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            below = pointer if name == "_schema" else f"{pointer}/{pointed(str(name))}"
            yield from _faults(inner, below)
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield Fault(_worded(str(message), pointer), pointer=pointer)


def _worded(message: str, pointer: str) -> str:
    name = pointer.rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~")
    if message == "Unknown field." and NEVER_KEPT.match(name):
        return f"{name} is never kept here: send opaque references, no names, dates of birth or addresses"
    if message == "Unknown field.":
        return f"{name} isn't known here"
    if message == "Invalid input type.":
        return "must be a JSON object"
    return message[:1].lower() + message[1:].rstrip(".")
