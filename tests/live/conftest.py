"""Servers that tests of the real thing share."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.server import Server, empty_database, made

SCHOOLS = tuple(f"9000{number:02}" for number in range(34))
TOGETHER = SCHOOLS[-8:]
"""Schools of a test that needs several at once; every other test takes one of the rest."""
LIMIT = 4 << 20

_turn = iter(range(1_000_000))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that the tests of a worker share, once on each kind of database; each test takes schools of its own."""
    folder = tmp_path_factory.mktemp("live")
    address = str(request.getfixturevalue("postgresql_url")) if request.param == "postgresql" else ""
    with empty_database(request.param, folder, address, name_of_database()) as url:
        running = made(url, folder, *SCHOOLS, settings={"HEADWAY_MAX_BODY": str(LIMIT)})
        try:
            yield running.start()
        finally:
            running.stop()


@pytest.fixture
def school(server: Server) -> str:
    """The path of a school that no other test has."""
    return _next_school(server)


@pytest.fixture
def other_school(server: Server) -> str:
    """Another one."""
    return _next_school(server)


def _next_school(server: Server) -> str:
    untouched: Any = server.__dict__.setdefault("untouched", iter(SCHOOLS[: -len(TOGETHER)]))
    return "/v1/schools/" + str(next(untouched))


def name_of_database() -> str:
    """A name that no other test, nor another worker's, has."""
    return f"live_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_turn)}"
