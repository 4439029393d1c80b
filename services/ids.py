"""Ids that tell nothing of what they name and sort by the time they were made (UUID version 7)."""

from uuid import UUID

import uuid_utils


def new_id() -> str:
    """A new id, 36 characters."""
    return str(uuid_utils.uuid7())


def is_id(text: str) -> bool:
    """Whether a text from outside has the shape of an id at all."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
