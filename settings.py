"""Every setting: its name in the environment, its type, its default, and what it means.

Settings come from the environment only. An unknown `HEADWAY_…` name or a value that can't be read stops the start,
in words, because a setting that is silently ignored is found out on the worst day. Only `app.py` and the command
line read this module; they pass values on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from click import ClickException
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from services.files.types import KNOWN, USUAL

MIB = 1 << 20


class SettingsError(ClickException):
    """A setting is unknown or has a value that can't be used; the text says which and what would be right.

    The command line shows the text of such an error alone, without a traceback.
    """


@dataclass(frozen=True)
class Settings:
    """What one installation is set to. Defaults suit one school on one machine."""

    database_url: str = ""
    """DATABASE_URL: `sqlite:///…` or `postgresql://…`; by default a SQLite file in the instance folder."""
    host: str = "127.0.0.1"
    """HOST: the address that the server listens on."""
    port: int = 8000
    """PORT: the port that the server listens on."""
    workers: int = 2
    """WORKERS: how many server processes answer requests."""
    instance: Path = Path("instance")
    """HEADWAY_INSTANCE: the folder of the embedded database and of the installation's secret."""
    secret: str = ""
    """HEADWAY_SECRET: the key of the pupils' pseudonyms, 32 characters or more; by default made once and kept in the
    instance folder. It must stay the same for as long as the database lives, and the same on every machine."""
    log_level: str = "info"
    """HEADWAY_LOG_LEVEL: debug, info, warning or error."""
    max_body: int = 64 * MIB
    """HEADWAY_MAX_BODY: the most bytes of a pushed body, once inflated."""
    max_rows: int = 1_000_000
    """HEADWAY_MAX_ROWS: the most rows of one push."""
    max_extract: int = 256 * MIB
    """HEADWAY_MAX_EXTRACT: the most bytes of a register-of-schools extract."""
    max_file: int = 25 * MIB
    """HEADWAY_MAX_FILE: the most bytes of one uploaded file."""
    file_types: tuple[str, ...] = USUAL
    """HEADWAY_FILE_TYPES: the media types of files that are taken, with commas between; by default PDF, documents of
    Office and OpenDocument without macros, PNG, JPEG, GIF, WebP and HEIC images, plain text, CSV and Markdown."""
    files: str = ""
    """HEADWAY_FILES: where uploaded files are kept: a folder, or `s3://BUCKET/PREFIX`; by default `files` in the
    instance folder. What is there belongs to the database: move and back up the two together."""
    files_endpoint: str = ""
    """HEADWAY_FILES_ENDPOINT: the address of an S3-compatible store, such as `https://s3.example.org`; by default
    Amazon's."""
    files_region: str = ""
    """HEADWAY_FILES_REGION: the region of the bucket, where the store has regions."""
    files_key: str = ""
    """HEADWAY_FILES_KEY: the id of the key to the bucket; without one, what the machine itself may do is used."""
    files_secret: str = field(default="", repr=False)
    """HEADWAY_FILES_SECRET: the secret of that key."""
    threads: int = 4
    """HEADWAY_THREADS: how many requests one server process works on at a time; its database connections too."""
    in_hand: int = 64
    """HEADWAY_IN_HAND: how many requests one server process takes on, those among them that wait their turn; half as
    many bulk pushes. Past that it answers 503 at once."""

    @property
    def files_place(self) -> str:
        """Where uploaded files are kept: an absolute path, or `s3://…`."""
        if self.files.startswith("s3://"):
            return self.files
        return str((Path(self.files) if self.files else self.instance / "files").resolve())

    @property
    def url(self) -> str:
        """The database's address as SQLAlchemy takes it, PostgreSQL always through psycopg 3."""
        if not self.database_url:
            return f"sqlite:///{(self.instance / 'headway.db').resolve()}"
        for prefix in ("postgresql://", "postgres://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url.removeprefix(prefix)
        return self.database_url


UNPREFIXED = {"database_url": "DATABASE_URL", "host": "HOST", "port": "PORT", "workers": "WORKERS"}
"""Names that other tools use too; all others start with HEADWAY_."""


def name_of(setting: str) -> str:
    """The name of a setting in the environment."""
    return UNPREFIXED.get(setting, f"HEADWAY_{setting.upper()}")


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings that an environment holds; raises `SettingsError` for unknown names and bad values."""
    names = {name_of(field.name): field.name for field in fields(Settings)}
    unknown = sorted(n for n in environment if n.startswith("HEADWAY_") and n not in names)
    if unknown:
        known = ", ".join(sorted(n for n in names if n.startswith("HEADWAY_")))
        raise SettingsError(f"unknown setting {', '.join(unknown)}; known are {known}")
    given = {names[n]: value for n, value in environment.items() if n in names and value != ""}
    return Settings(
        **{setting: READERS[setting](name_of(setting), value) for setting, value in given.items()}
    )


def _whole_number(least: int, most: int) -> Callable[[str, str], int]:
    def read(name: str, value: str) -> int:
        if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
            raise SettingsError(f"{name} is {value!r}; it takes a whole number from {least} to {most}")
        return int(value)

    return read


def _one_of(*allowed: str) -> Callable[[str, str], str]:
    def read(name: str, value: str) -> str:
        if value.lower() not in allowed:
            raise SettingsError(f"{name} is {value!r}; it takes one of {', '.join(allowed)}")
        return value.lower()

    return read


def _database_url(name: str, value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")):
        raise SettingsError(f"{name} must start with sqlite:/// or postgresql://")
    try:
        database = make_url(value).database
    except (ArgumentError, ValueError) as error:  # not quoted: it may hold a password
        raise SettingsError(
            f"{name} is no address of a database, such as postgresql://user@host:5432/name"
        ) from error
    if not database or database == ":memory:":
        raise SettingsError(f"{name} names no database; several processes share it, so it can't be in memory")
    return value


def _file_types(name: str, value: str) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(each.strip().lower() for each in value.split(",") if each.strip()))
    unknown = [each for each in given if each not in KNOWN]
    if unknown or not given:
        raise SettingsError(f"{name} names {', '.join(unknown) or 'no type'}; it takes {', '.join(KNOWN)}")
    return given


def _files(name: str, value: str) -> str:
    scheme, divided, rest = value.partition("://")
    if divided and (scheme != "s3" or not rest.strip("/")):
        raise SettingsError(f"{name} takes a folder, or s3://BUCKET/PREFIX")
    return value


def _endpoint(name: str, value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise SettingsError(f"{name} must start with https:// (or http:// for a store on this machine)")
    return value.rstrip("/")


def _secret(name: str, value: str) -> str:
    if len(value) < 32:
        raise SettingsError(f"{name} has {len(value)} characters; it needs 32 or more")
    return value


READERS: dict[str, Callable[[str, str], Any]] = {
    "database_url": _database_url,
    "host": lambda _, value: value,
    "port": _whole_number(1, 65_535),
    "workers": _whole_number(1, 64),
    "instance": lambda _, value: Path(value),
    "secret": _secret,
    "log_level": _one_of("debug", "info", "warning", "error"),
    "max_body": _whole_number(1024, 1 << 31),
    "max_rows": _whole_number(1, 10_000_000),
    "max_extract": _whole_number(1024, 1 << 31),
    "max_file": _whole_number(1024, 1 << 31),
    "file_types": _file_types,
    "files": _files,
    "files_endpoint": _endpoint,
    "files_region": lambda _, value: value,
    "files_key": lambda _, value: value,
    "files_secret": lambda _, value: value,
    "threads": _whole_number(1, 256),
    "in_hand": _whole_number(2, 1024),
}
