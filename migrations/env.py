"""Runs the migrations on the connection that it is handed."""

from typing import Any

from alembic import context

from migrations import is_of_models
from models import Base
from models.base import Instant


def render_item(kind: str, item: Any, _: Any) -> Any:
    """A migration stands alone: it names SQL types, not ours."""
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_type=True,
    include_object=is_of_models,
)
with context.begin_transaction():
    context.run_migrations()
