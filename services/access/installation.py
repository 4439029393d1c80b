"""What this installation is: its secret, and whether its database fits it."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import SQLAlchemyError

from domain.errors import Conflict, Unavailable
from domain.privacy import fingerprint
from models import Installation
from services.unit_of_work import Tools

SHORTEST_SECRET = 32


def secret_kept_in(folder: Path) -> bytes:
    """The secret that an installation made for itself, readable by its owner alone; made here the first time.

    Raises `Conflict` for one that is too short to be it: with another, no pupil would be found again.
    """
    path = folder / "secret"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_secret(path)
    secret = path.read_text().strip().encode()
    if len(secret) < SHORTEST_SECRET:
        raise Conflict(
            f"its file {path.name} is damaged; put back the one that this installation was made with"
        )
    return secret


def _make_secret(path: Path) -> None:
    """Whole or not at all, and never over another one: two processes may start at once, and power may fail."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # readable by its owner alone
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(name, path)
    Path(name).unlink()


def settle_secret(connection: Connection, secret: bytes) -> None:
    """Bind a new database to the secret; raises `Conflict` for a database that was made with another one.

    With another secret every pupil would get a second pseudonym, and nothing pushed before would be found again.
    """
    held = connection.scalar(select(Installation.secret_fingerprint))
    if held is None:
        connection.execute(insert(Installation).values(id=1, secret_fingerprint=fingerprint(secret)))
    elif held != fingerprint(secret):
        raise Conflict(
            "this database was made with another secret: give the same HEADWAY_SECRET, "
            "or the file `secret` of the instance folder that it was made with"
        )


def check_ready(tools: Tools, secret: bytes) -> None:
    """Raises `Unavailable` unless the database is reached, migrated to the newest version, and bound to the secret."""
    with tools.database.looking_up() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current != tools.newest_migration:
            raise Unavailable(
                "the database isn't migrated to this version; run make serve, or flask --app app migrate"
            )
        try:
            settle_secret(connection, secret)
        except (Conflict, SQLAlchemyError) as error:
            raise Unavailable("the database was made with another secret") from error
