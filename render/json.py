"""JSON as every answer of the API is written: decimals exact and without exponent, times in UTC."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")
_WRITTEN_AS_THEY_ARE = frozenset({str, int, bool, type(None), date})


def exact_json(value: object) -> bytes:
    """The JSON of a value made of dicts, lists, tuples, sets, dataclasses and plain values, in UTF-8.

    A Decimal becomes a number with exactly its digits (2.50 stays 2.50) and no exponent, a float its
    shortest digits without exponent, a date `2026-09-01`, an aware time RFC 3339 in UTC with `Z`. Raises
    ValueError for a time without a zone and for a number that is not finite: neither has a meaning that a
    client could rely on. Raises TypeError for what JSON doesn't know.
    """
    return _encoder.encode(value if _is_plain((value,)) else _writable(value))


def exact_number(number: Decimal) -> str:
    """The digits of a decimal, none added and none lost, without exponent."""
    if not number.is_finite():
        raise ValueError(f"{number} is not a number that JSON can carry")
    return format(number, "f")


def _writable(value: Any) -> Any:
    """The value, with those parts replaced that msgspec would write in another way."""
    kind = type(value)
    if kind in _WRITTEN_AS_THEY_ARE:
        return value
    if kind is Decimal:
        return msgspec.Raw(exact_number(value).encode())
    if isinstance(value, dict):
        if _is_plain(value.values()):
            return value
        return {
            key: part if type(part) in _WRITTEN_AS_THEY_ARE else _writable(part)
            for key, part in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return value if _is_plain(value) else [_writable(part) for part in value]
    if isinstance(value, float):
        return _writable_float(value)
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, Enum):
        return _writable(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _writable(getattr(value, field.name)) for field in fields(value)}
    return value


def _is_plain(parts: Iterable[Any]) -> bool:
    """Whether msgspec writes all of these as they are to be written, so that no copy of them is needed."""
    for part in parts:
        kind = type(part)
        if kind in _WRITTEN_AS_THEY_ARE or (kind is Decimal and _has_no_exponent(part)):
            continue
        if kind is dict:
            part = part.values()
        elif kind is not list:
            return False
        if not _is_plain(part):
            return False
    return True


def _has_no_exponent(number: Decimal) -> bool:
    return number.is_finite() and "E" not in str(number)


def _writable_float(number: float) -> msgspec.Raw:
    digits = repr(float(number))
    return msgspec.Raw(
        (digits if "." in digits and "e" not in digits else exact_number(Decimal(digits))).encode()
    )


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)
