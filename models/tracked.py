"""What all resources of the tracker share: an id that sorts by time, a revision, who made it, whether hidden."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from models.base import Id, Instant

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


class Exact(TypeDecorator[Decimal]):
    """A decimal kept as its digits: SQLite has no type that would keep them all."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Json(TypeDecorator[Any]):
    """Lists and objects as JSON text; a number with a point comes back as the decimal that it was."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else _encoder.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else _decoder.decode(value)


class Tracked:
    """A resource of the tracker. Its attributes bear the names that the API gives them."""

    id: Mapped[str] = mapped_column(Id(), primary_key=True, sort_order=-20)
    revision: Mapped[int] = mapped_column(sort_order=90)
    created_at: Mapped[datetime] = mapped_column(Instant, sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(Instant, sort_order=92)
    created_by: Mapped[str] = mapped_column(String(100), sort_order=93)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant, sort_order=94)
    """When it was hidden; null while it is to be seen."""


class OfSchool(Tracked):
    """A resource that belongs to one school."""

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), sort_order=-10)


class OfSchools(Tracked):
    """A resource that belongs to several schools, or to none; its class has the relationship `school_rows`."""

    school_rows: Any

    @property
    def school_ids(self) -> list[int]:
        """The rows' numbers of the schools."""
        return [row.school_id for row in self.school_rows]

    @school_ids.setter
    def school_ids(self, ids: list[int]) -> None:
        new = type(self).school_rows.property.mapper.class_
        held = {row.school_id: row for row in self.school_rows}
        self.school_rows = [held.get(id) or new(school_id=id) for id in sorted(set(ids))]


def person_column() -> Any:
    """A column for the id of somebody in `people`, who may be nobody."""
    return mapped_column(Id(), ForeignKey("people.id"))
