"""Changes of the tables, in order. `migrate` runs them on either database.

Alembic is loaded by those who change tables: whoever serves only asks which change is the newest, and is 10 MB lighter.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.config import Config


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

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
    return max(path.stem for path in Path(__file__).with_name("versions").glob("[0-9]*.py"))


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the tables up to a migration, the last one unless told."""
    from alembic import command

    command.upgrade(_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Take the tables back to a migration; `base` is before the first."""
    from alembic import command

    command.downgrade(_config(connection), to)


def draft(connection: Connection, name: str, message: str) -> None:
    """Write a migration from what the models say and the tables don't, to be read and corrected."""
    from alembic import command

    command.revision(_config(connection), message=message, autogenerate=True, rev_id=name)
