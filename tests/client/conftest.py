"""A real server to push to, and a school for each test."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.server import Server, made

SCHOOLS = tuple(f"91{number:04}" for number in range(80))


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that the tests of a worker share; each test takes a school of its own."""
    folder = tmp_path_factory.mktemp("pushed-to")
    server = made(f"sqlite:///{folder / 'headway.db'}", folder, *SCHOOLS)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def urn(running: Server) -> str:
    """A school that no other test has."""
    return _next_school(running)


@pytest.fixture
def another_urn(running: Server) -> str:
    """Another one."""
    return _next_school(running)


def _next_school(running: Server) -> str:
    untouched: Any = running.__dict__.setdefault("untouched", iter(SCHOOLS))
    return str(next(untouched))
