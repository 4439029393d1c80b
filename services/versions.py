"""Rows that are never changed: a new version follows the old one, so that both can be read as they stood."""

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, or_
from sqlalchemy.sql.elements import ColumnElement


def held_at(row: Any, as_of: datetime | BindParameter[Any] | None) -> ColumnElement[bool]:
    """Whether a version is the one held now, or was at a time."""
    if as_of is None:
        return row.superseded_at.is_(None)  # type: ignore[no-any-return]
    return (row.recorded_at <= as_of) & or_(row.superseded_at.is_(None), row.superseded_at > as_of)  # type: ignore[no-any-return]
