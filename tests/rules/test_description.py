"""`openapi.yaml` in the repository is what the code describes now."""

from pathlib import Path

import pytest
from flask import Flask
from openapi_spec_validator import validate

import app as application
from app import create_app
from commands import description_as_yaml
from settings import Settings
from tests.conftest import SECRET

WRITTEN = Path(application.__file__).with_name("openapi.yaml")


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    url = f"sqlite:///{tmp_path_factory.mktemp('description')}/headway.db"
    return create_app(Settings(database_url=url, secret=SECRET, log_level="error"))


def test_the_description_in_the_repository_is_current(described: Flask) -> None:
    current = description_as_yaml(described)

    assert WRITTEN.read_text() == current, "openapi.yaml is stale: run make openapi"


def test_the_command_writes_just_that(described: Flask, tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"

    written = described.test_cli_runner().invoke(args=["openapi", "--file", str(path)])

    assert written.exit_code == 0, written.output
    assert path.read_text() == description_as_yaml(described)


def test_the_description_is_sound(described: Flask) -> None:
    description = described.extensions["headway"].api.spec.to_dict()

    assert description["openapi"].startswith("3.1")
    validate(description)


def test_no_two_operations_have_one_name(described: Flask) -> None:
    paths = described.extensions["headway"].api.spec.to_dict()["paths"]
    names = [
        said["operationId"]
        for methods in paths.values()
        for said in methods.values()
        if "operationId" in said
    ]

    assert len(names) == len(set(names))
