"""Settings: every one documented; an unknown name or a bad value stops the start in words."""

import inspect
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

import settings
from app import create_app
from settings import READERS, Settings, SettingsError, name_of, settings_from
from tests.conftest import SECRET

ROOT = Path(settings.__file__).parent


def test_every_setting_is_documented_under_its_name_and_can_be_read() -> None:
    source = inspect.getsource(Settings)

    for field in fields(Settings):
        documented = source.split(f"    {field.name}: ", 1)[1].split('"""')[1]
        assert documented.startswith(name_of(field.name) + ": ")
        assert len(documented) > len(name_of(field.name)) + 10
        assert field.name in READERS


def test_without_any_the_defaults_suit_one_school_on_one_machine() -> None:
    usual = settings_from({"PATH": "/bin", "HOME": "/"})

    assert usual == Settings()
    assert usual.url.startswith("sqlite:////")
    assert usual.url.endswith("/instance/headway.db")
    assert (usual.host, usual.port) == ("127.0.0.1", 8000)


def test_each_is_taken_from_the_environment() -> None:
    given = {
        "DATABASE_URL": "postgresql://h/x",
        "HOST": "0.0.0.0",
        "PORT": "81",
        "WORKERS": "3",
        "HEADWAY_INSTANCE": "/srv/headway",
        "HEADWAY_SECRET": "s" * 32,
        "HEADWAY_LOG_LEVEL": "WARNING",
        "HEADWAY_MAX_BODY": "2048",
        "HEADWAY_MAX_ROWS": "7",
        "HEADWAY_MAX_EXTRACT": "4096",
        "HEADWAY_MAX_FILE": "8192",
        "HEADWAY_FILE_TYPES": "application/pdf, image/png,",
        "HEADWAY_FILES": "s3://bucket/headway",
        "HEADWAY_FILES_ENDPOINT": "https://s3.example.org/",
        "HEADWAY_FILES_REGION": "eu-west-2",
        "HEADWAY_FILES_KEY": "id",
        "HEADWAY_FILES_SECRET": "hidden",
        "HEADWAY_THREADS": "9",
        "HEADWAY_IN_HAND": "90",
    }
    assert {name_of(field.name) for field in fields(Settings)} == set(given)

    read = settings_from(given)

    assert read.url == "postgresql+psycopg://h/x"
    assert (read.port, read.workers, read.threads, read.in_hand) == (81, 3, 9, 90)
    assert (read.max_body, read.max_rows, read.max_extract) == (2048, 7, 4096)
    assert (read.instance, read.secret, read.log_level) == (Path("/srv/headway"), "s" * 32, "warning")
    assert (read.max_file, read.file_types) == (8192, ("application/pdf", "image/png"))
    assert (read.files_place, read.files_endpoint) == ("s3://bucket/headway", "https://s3.example.org")
    assert (read.files_region, read.files_key, read.files_secret) == ("eu-west-2", "id", "hidden")
    assert "hidden" not in repr(read)


def test_an_empty_value_is_none() -> None:
    assert settings_from({"PORT": "", "DATABASE_URL": "", "HEADWAY_SECRET": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HEADWAY_SECRTE", "x" * 40, "unknown setting HEADWAY_SECRTE; known are HEADWAY_FILES, "),
        ("PORT", "http", "takes a whole number from 1 to 65535"),
        ("PORT", "0", "takes a whole number"),
        ("PORT", "65536", "takes a whole number"),
        ("PORT", "８０", "takes a whole number"),
        ("WORKERS", "-1", "takes a whole number"),
        ("HEADWAY_MAX_BODY", "64MiB", "takes a whole number"),
        (
            "HEADWAY_FILE_TYPES",
            "application/pdf,application/x-any",
            "names application/x-any; it takes text/plain",
        ),
        ("HEADWAY_FILE_TYPES", " , ", "names no type"),
        ("HEADWAY_FILES", "ftp://x/y", "takes a folder, or s3://BUCKET/PREFIX"),
        ("HEADWAY_FILES", "s3:///", "takes a folder, or s3://BUCKET/PREFIX"),
        ("HEADWAY_FILES_ENDPOINT", "s3.example.org", "must start with https://"),
        ("HEADWAY_LOG_LEVEL", "loud", "takes one of debug, info, warning, error"),
        ("HEADWAY_SECRET", "short", "has 5 characters; it needs 32 or more"),
        ("DATABASE_URL", "mysql://u:hidden@h/x", "must start with sqlite:/// or postgresql://"),
        ("DATABASE_URL", "postgresql://u:hidden@h:port/x", "no address of a database"),
        ("DATABASE_URL", "postgresql://u:hidden@h", "names no database"),
        ("DATABASE_URL", "sqlite:///", "names no database"),
        ("DATABASE_URL", "sqlite:///:memory:", "can't be in memory"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_tells_no_password(
    name: str, value: str, sentence: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_from({name: value})

    assert name in str(refused.value)
    assert sentence in str(refused.value)
    assert "hidden" not in str(refused.value)


def run(command: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {n: v for n, v in os.environ.items() if n in ("PATH", "HOME", "LANG", "PYTHONPATH")}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", command],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "name", "value", "sentence"),
    [
        ("serve", "HEADWAY_SECRTE", "x", "unknown setting HEADWAY_SECRTE"),
        ("migrate", "DATABASE_URL", "postgresql://u:hidden@127.0.0.1:1/none", "the database can't be opened"),
    ],
)
def test_the_start_stops_with_one_sentence(
    command: str, name: str, value: str, sentence: str, tmp_path: Path
) -> None:
    ended = run(command, {"HEADWAY_INSTANCE": str(tmp_path), name: value})

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Error: " + sentence)
    assert "Traceback" not in ended.stderr
    assert "hidden" not in ended.stderr


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("HEADWAY_INSTANCE", {"instance": Path("/dev/null/nowhere"), "secret": ""}),
        ("DATABASE_URL", {"database_url": "sqlite:////dev/null/headway.db"}),
    ],
)
def test_a_folder_that_cannot_be_made_is_named_with_its_setting(
    name: str, changes: dict[str, object]
) -> None:
    with pytest.raises(SettingsError, match=name):
        create_app(Settings(secret=SECRET), **changes)


def test_another_secret_than_the_databases_stops_the_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/headway.db"
    ended = []
    for secret in (SECRET, SECRET + "!"):
        app = create_app(Settings(database_url=url, secret=secret, log_level="error"))
        ended.append(app.test_cli_runner().invoke(args=["migrate"]))
        app.extensions["headway"].tools.database.close()

    assert ended[0].exit_code == 0, ended[0].output
    assert ended[1].exit_code == 1
    assert ended[1].output.startswith("Error: this database was made with another secret")
