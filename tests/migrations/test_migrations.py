"""Migrations go up and down on both databases, and say what the models say."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

import migrations
from models import Base
from services.database import Database


@pytest.fixture
def fresh(database_url: str, tmp_path: object) -> Iterator[Database]:
    """A database without a table, apart from the one that other tests use."""
    if database_url.startswith("sqlite"):
        database = Database(f"sqlite:///{tmp_path}/fresh.db", connections=2)
        yield database
    else:
        server = Database(database_url.replace("postgresql://", "postgresql+psycopg://"), connections=1)
        with server.looking_up() as connection:
            connection.execute(
                text("DROP DATABASE IF EXISTS fresh_" + (name := server.engine.url.database or ""))
            )
            connection.execute(text(f"CREATE DATABASE fresh_{name}"))
        url = server.engine.url.set(database=f"fresh_{name}").render_as_string(hide_password=False)
        database = Database(url, connections=2)
        yield database
        database.close()
        with server.looking_up() as connection:
            connection.execute(text(f"DROP DATABASE fresh_{name}"))
        server.close()
    database.close()


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index ix_sorted_")
def test_models_and_migrations_agree(fresh: Database) -> None:
    with fresh.writing() as connection:
        migrations.upgrade(connection)
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": migrations.is_of_models}
        )

        assert compare_metadata(context, Base.metadata) == []


def test_the_newest_migration_is_where_an_upgrade_ends(fresh: Database) -> None:
    with fresh.writing() as connection:
        migrations.upgrade(connection)

        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == migrations.newest()


def test_every_migration_goes_down_again(fresh: Database) -> None:
    with fresh.writing() as connection:
        migrations.upgrade(connection)
        migrations.downgrade(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]

        migrations.upgrade(connection)
        assert "registers" in inspect(connection).get_table_names()
