"""Changes of the tables, in order. `migrate` runs them on either database."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def is_of_models(object: Any, name: str | None, kind: str, reflected: bool, model: Any) -> bool:
    """Whether a table or index is one that models speak of.

    Each database keeps the words of search in its own way, and only PostgreSQL tells of an index over expressions.
    """
    return not (name or "").startswith(("search_words", "ix_search_words", "ix_sorted_"))


def newest() -> str:
    """The name of the last migration."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the tables up to a migration, the last one unless told."""
    command.upgrade(_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Take the tables back to a migration; `base` is before the first."""
    command.downgrade(_config(connection), to)


def draft(connection: Connection, name: str, message: str) -> None:
    """Write a migration from what the models say and the tables don't, to be read and corrected."""
    command.revision(_config(connection), message=message, autogenerate=True, rev_id=name)
