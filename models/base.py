"""What all tables share: names of constraints, types that mean the same on both databases, columns of versions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A number that counts up by itself; SQLite does that for its own integer type alone."""


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as whole microseconds since 1970 in UTC: exact, ordered and 8 bytes on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


def microseconds(value: datetime) -> int:
    """Whole microseconds since 1970 in UTC."""
    return (value - EPOCH) // timedelta(microseconds=1)


class Id(Uuid[str]):
    """The id of a resource as its 36 characters, on both databases: lists read thousands and need no object of each."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(as_uuid=False)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """PostgreSQL gives the text as it is; SQLite keeps its 32 digits."""
        return None if dialect.name == "postgresql" else _with_dashes


def _with_dashes(digits: str | None) -> str | None:
    if digits is None:
        return None
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class Base(DeclarativeBase):
    """The root of all tables; every constraint has a name, so that an error can be told by it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Instant}


class Versioned:
    """A row that is never changed, only superseded, so that `as_of` finds what was held at any time.

    What was held at a time `t` has `recorded_at <= t` and a `superseded_at` that is null or later than `t`.
    """

    recorded_at: Mapped[datetime] = mapped_column(Instant)
    superseded_at: Mapped[datetime | None] = mapped_column(Instant)
