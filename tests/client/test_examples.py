"""What docs/pushing.md says of the client, and the examples that schools copy from it."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from client import endings
from client.command import main
from client.folder import ENDINGS
from tests.client.flaky import Flaky, Trouble, flaky_before
from tests.client.test_pushing import export, held, rows
from tests.live.server import ROOT, Server

PAGE = (ROOT / "docs" / "pushing.md").read_text()
SCRIPT = re.search(r"```sh\n(#!/bin/sh\n.*?)```", PAGE, re.DOTALL)

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl on this machine")


@pytest.fixture
def flaky(running: Server) -> Iterator[Flaky]:
    with flaky_before(running.port) as flaky:
        yield flaky


def push_by_curl(url: str, token: str, file: Path, urn: str) -> "subprocess.CompletedProcess[str]":
    assert SCRIPT is not None
    script = file.with_name("push.sh")
    script.write_text(SCRIPT.group(1))
    told = {"PATH": "/usr/bin:/bin", "PUSH_URL": url, "PUSH_TOKEN": token}
    return subprocess.run(
        ["sh", script, file, urn], env=told, capture_output=True, text=True, timeout=60, check=False
    )


@needs_curl
def test_the_example_for_curl_pushes_an_export_through_trouble(
    running: Server, flaky: Flaky, urn: str, tmp_path: Path
) -> None:
    flaky.ahead.extend([Trouble.BUSY, Trouble.UNANSWERED])
    done = push_by_curl(flaky.url, running.token, export(tmp_path, rows(3)), urn)
    assert (done.returncode, json.loads(done.stdout)["created"]) == (endings.ALL_IN, 3), done
    assert flaky.seen == [Trouble.BUSY, Trouble.UNANSWERED, Trouble.NONE]
    assert set(held(running, urn)) == {"P0", "P1", "P2"}


@needs_curl
@pytest.mark.parametrize(
    ("code", "token", "expected"),
    [
        pytest.param(["/", "QQ"], None, endings.SOME_REJECTED, id="some rejected"),
        pytest.param(["QQ", "ZZ"], None, endings.REFUSED, id="all rejected"),
        pytest.param(["/", "/"], "hw_nobody", endings.NOT_ALLOWED, id="not allowed"),
    ],
)
def test_the_example_for_curl_ends_with_the_same_codes(
    running: Server, urn: str, tmp_path: Path, code: list[str], token: str | None, expected: int
) -> None:
    file = export(tmp_path, [f"P{number},2026-11-19,AM,{one}" for number, one in enumerate(code)])
    url = f"http://127.0.0.1:{running.port}"
    assert push_by_curl(url, token or running.token, file, urn).returncode == expected


def test_the_examples_are_short_enough_to_be_read() -> None:
    examples = re.findall(r"```(?:sh\n#!|powershell\n).*?```", PAGE, re.DOTALL)
    assert len(examples) == 2
    assert all(len(example.splitlines()) < 30 for example in examples)


def test_every_exit_code_is_told() -> None:
    codes = {value for name, value in vars(endings).items() if name.isupper()}
    assert {int(code) for code in re.findall(r"^\| ([0-9]+) \|", PAGE, re.MULTILINE)} == codes


def test_every_option_is_told_and_no_other() -> None:
    known = {name for option in main.params for name in option.opts if name.startswith("--")}
    own = PAGE[PAGE.index("## headway-push") : PAGE.index("## curl")]
    assert set(re.findall(r"--[a-z-]+[a-z]", own)) == known


def test_every_ending_that_a_watched_file_may_have_is_told() -> None:
    assert all(f"`{ending}`" in PAGE for ending in ENDINGS)
