"""The command as schedulers and people run it."""

import csv
import json
import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from client.endings import ALL_IN, NOT_ALLOWED, NOT_REACHED, REFUSED, SOME_REJECTED, WRONG_USE
from tests.client.flaky import Flaky, Trouble, flaky_before
from tests.client.test_pushing import export, rows
from tests.live.server import ROOT, Server, free_port

COMMAND = Path(sys.executable).with_name("headway-push")


@pytest.fixture
def flaky(running: Server) -> Iterator[Flaky]:
    with flaky_before(running.port) as flaky:
        yield flaky


def environment(running: Server, folder: Path, **given: str) -> dict[str, str]:
    kept = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}
    return kept | {"PUSH_URL": f"http://127.0.0.1:{running.port}", "PUSH_TOKEN": running.token} | given


def run(running: Server, folder: Path, *words: object, **given: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [COMMAND, *map(str, words)],
        cwd=folder,
        env=environment(running, folder, **given),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_an_export_goes_in_with_one_command(running: Server, urn: str, tmp_path: Path) -> None:
    done = run(running, tmp_path, export(tmp_path, rows(3)), "--school", urn)
    assert (done.returncode, done.stderr) == (ALL_IN, "")
    first, *counts, receipt = done.stdout.splitlines()
    assert first == "marks.csv: arrived"
    assert counts[1].split(maxsplit=2) == ["created", "3", "marks that are new"]
    kept = running.call("GET", f"/v1/imports/{receipt.removeprefix('Receipt: ')}")
    assert kept.json["created"] == 3


def test_the_command_is_installed_where_uv_run_finds_it() -> None:
    assert COMMAND.is_file()
    assert "client.command" in COMMAND.read_text()


def test_rejected_rows_are_shown_by_line_and_written_to_a_file(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file = export(tmp_path, [*rows(30, "QQ"), *rows(2)])
    done = run(running, tmp_path, file, "--school", urn, "--errors-to", "wrong.csv")
    assert done.returncode == SOME_REJECTED
    assert "  line 2   P0     QQ    QQ isn't a code of the register\n" in done.stdout
    assert "  and 10 more; --errors-to FILE writes them all\n" in done.stdout
    with (tmp_path / "wrong.csv").open(encoding="utf-8-sig", newline="") as written:
        wrong = list(csv.DictReader(written))
    assert [row["line"] for row in wrong] == [str(line) for line in range(2, 32)]
    assert wrong[0] == {
        "line": "2",
        "row": "1",
        "pupil": "P0",
        "code": "QQ",
        "detail": "QQ isn't a code of the register",
    }


def test_a_program_reads_the_summary_as_json(running: Server, urn: str, tmp_path: Path) -> None:
    done = run(
        running,
        tmp_path,
        export(tmp_path, [*rows(9), *rows(1, "QQ")]),
        "--school",
        urn,
        "--json",
        "--part-rows",
        4,
    )
    told = json.loads(done.stdout)
    assert (told["exit_code"], told["parts"], told["parts_arrived"], len(told["imports"])) == (1, 3, 3, 3)
    assert told["received"] == told["created"] + told["rejected"] == 10
    assert [(error["line"], error["code"]) for error in told["errors"]] == [(11, "QQ")]


def test_a_row_of_an_array_is_named_by_its_number(running: Server, urn: str, tmp_path: Path) -> None:
    file = tmp_path / "marks.json"
    file.write_text(
        json.dumps([{"pupil": "P1", "date": "2026-11-19", "session": "AM", "code": code} for code in "/+"])
    )
    done = run(running, tmp_path, file, "--school", urn)
    assert done.returncode == SOME_REJECTED
    assert "  row 2  P1     +     " in done.stdout


@pytest.mark.parametrize(
    ("words", "given", "code", "said"),
    [
        pytest.param(["nowhere.csv"], {}, WRONG_USE, "does not exist", id="no such file"),
        pytest.param([], {}, WRONG_USE, "Name a FILE, or a folder with --watch", id="no file"),
        pytest.param(["marks.csv"], {"PUSH_TOKEN": ""}, WRONG_USE, "there is no token", id="no token"),
        pytest.param(
            ["marks.csv"],
            {"PUSH_URL": "http://headway.example.org"},
            WRONG_USE,
            "--without-tls",
            id="unencrypted",
        ),
        pytest.param(
            ["marks.csv"], {"PUSH_URL": "headway"}, WRONG_USE, "no address of a server", id="no address"
        ),
        pytest.param(
            ["marks.csv"], {"PUSH_TOKEN": "hw_nobody"}, NOT_ALLOWED, "the token isn't valid", id="no key"
        ),
        pytest.param(["empty.csv"], {}, REFUSED, "the body is empty", id="an empty file"),
        pytest.param(
            ["marks.csv", "--watch", "."], {}, WRONG_USE, "Name a FILE, or", id="a file and a folder"
        ),
        pytest.param(["marks.csv", "--school", ""], {}, WRONG_USE, "--school is empty", id="an unset school"),
        pytest.param(
            ["--watch", ".", "--dry-run"], {}, WRONG_USE, "go with a FILE", id="a trial of a folder"
        ),
    ],
)
def test_a_scheduler_learns_from_the_exit_code_what_went_wrong(
    running: Server, urn: str, tmp_path: Path, words: list[str], given: dict[str, str], code: int, said: str
) -> None:
    export(tmp_path, rows(1))
    (tmp_path / "empty.csv").touch()
    done = run(running, tmp_path, "--school", urn, *words, **given)
    assert (done.returncode, said.lower() in done.stderr.lower()) == (code, True), done.stderr
    assert running.token not in done.stdout + done.stderr


def test_a_server_that_is_not_there_is_given_up_after_a_while(
    running: Server, urn: str, tmp_path: Path
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    file = export(tmp_path, rows(1))
    done = run(running, tmp_path, file, "--school", urn, "--patience", 0, PUSH_URL=nowhere)
    assert done.returncode == NOT_REACHED
    assert "no answer (Connection refused); gave up after 1 try" in done.stderr


def test_the_token_may_stand_in_a_file(running: Server, urn: str, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(f"\ufeff{running.token}\r\n", encoding="utf-8")
    file = export(tmp_path, rows(1))
    assert (
        run(running, tmp_path, file, "--school", urn, "--token-file", token, PUSH_TOKEN="").returncode
        == ALL_IN
    )


def test_a_push_that_was_killed_goes_on_and_counts_no_row_twice(
    running: Server, flaky: Flaky, urn: str, tmp_path: Path
) -> None:
    file = export(tmp_path, rows(12))
    words = [COMMAND, str(file), "--school", urn, "--part-rows", "4", "--json"]
    flaky.ahead.extend([Trouble.NONE, Trouble.HELD])
    killed = subprocess.Popen(
        words, env=environment(running, tmp_path, PUSH_URL=flaky.url), stderr=subprocess.DEVNULL
    )
    try:
        assert flaky.held.wait(30)  # the server has taken the second part, and the client doesn't know
    finally:
        killed.kill()
        killed.wait()
    assert killed.returncode == -signal.SIGKILL

    flaky.let_go.set()
    told = json.loads(run(running, tmp_path, *words[1:], PUSH_URL=flaky.url).stdout)
    assert (told["received"], told["created"], told["unchanged"], told["exit_code"]) == (12, 12, 0, ALL_IN)
    assert len(flaky.asked) == 1
    assert len(flaky.pushed) == 4  # the first part wasn't sent again, the second one was, under the same key
    assert flaky.pushed[1]["idempotency-key"] == flaky.pushed[2]["idempotency-key"]
    kept = running.call("GET", "/v1/imports?kind=marks").json["items"]
    assert sorted(told["imports"]) == sorted(item["import_id"] for item in kept[:3])


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_log_whose_encoding_lacks_letters_of_the_summary_gets_it_all_the_same(
    running: Server, urn: str, tmp_path: Path, form: list[str]
) -> None:
    file = export(tmp_path, ["Łukasz,2026-11-19,AM,QQ", *rows(1)])
    done = run(running, tmp_path, file, "--school", urn, *form, PYTHONIOENCODING="cp1252")
    assert done.returncode == SOME_REJECTED
    assert "\\u0141ukasz" in done.stdout


def test_a_terminal_shows_a_bar_and_a_log_does_not(running: Server, urn: str, tmp_path: Path) -> None:
    file = export(tmp_path, rows(20))
    ours, theirs = pty.openpty()
    pushing = subprocess.Popen(
        [COMMAND, file, "--school", urn, "--part-rows", "5"],
        env=environment(running, tmp_path, TERM="xterm"),
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = _read_all(ours)
    assert pushing.wait(30) == ALL_IN
    assert "marks.csv" in shown
    assert "100%" in shown
    assert run(running, tmp_path, file, "--school", urn).stderr == ""


def test_a_folder_is_emptied_in_order_and_says_beside_each_file_what_became_of_it(
    running: Server, urn: str, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    made: list[tuple[str, list[str]]] = [
        ("b.csv", rows(2)),
        ("a.csv", [*rows(2, "I"), *rows(1, "QQ")]),
        ("c.csv", rows(2, "QQ")),
    ]
    for second, (name, content) in enumerate(made):
        os.utime(export(folder, content, name), (second, second))
    done = run(running, tmp_path, "--watch", folder, "--once", "--settles", 0, "--school", urn)
    assert done.returncode == REFUSED
    arrived = [line for line in done.stdout.splitlines() if ": arrived" in line]
    assert arrived == ["b.csv: arrived", "a.csv: arrived", "c.csv: arrived"]
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert found == [
        "refused/c.csv",
        "refused/c.csv.rejected.csv",
        "refused/c.csv.summary.json",
        "sent/a.csv",
        "sent/a.csv.rejected.csv",
        "sent/a.csv.summary.json",
        "sent/b.csv",
        "sent/b.csv.summary.json",
    ]
    told = json.loads((folder / "sent/a.csv.summary.json").read_text())
    assert (told["updated"], told["rejected"], told["errors"][0]["line"]) == (2, 1, 4)


def test_a_folder_whose_server_is_away_keeps_its_files_for_the_next_round(
    running: Server, urn: str, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    export(folder, rows(2))
    words = ["--watch", folder, "--once", "--settles", 0, "--patience", 0, "--school", urn]
    assert (
        run(running, tmp_path, *words, PUSH_URL=f"http://127.0.0.1:{free_port()}").returncode == NOT_REACHED
    )
    assert (folder / "marks.csv").exists()
    assert run(running, tmp_path, *words, PUSH_TOKEN="hw_nobody").returncode == NOT_ALLOWED
    assert (folder / "marks.csv").exists()
    assert run(running, tmp_path, *words).returncode == ALL_IN
    assert not (folder / "marks.csv").exists()


@pytest.mark.parametrize("interrupted_by", [signal.SIGINT, signal.SIGTERM])
def test_a_folder_is_watched_until_somebody_interrupts(
    running: Server, urn: str, tmp_path: Path, interrupted_by: signal.Signals
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    watching = subprocess.Popen(
        [COMMAND, "--watch", folder, "--settles", "0", "--every", "0.05", "--school", urn, "--json"],
        env=environment(running, tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # In the background of a shell, where the tests may run, SIGINT is ignored by all that it starts.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert watching.stdout is not None
        for name in ("first.csv", "second.csv"):
            written = export(tmp_path, rows(2), name)
            written.rename(folder / name)
            told: dict[str, Any] = json.loads(watching.stdout.readline())
            assert Path(told["file"]).name == name
    finally:
        watching.send_signal(interrupted_by)
        _, said = watching.communicate(timeout=30)
    assert watching.returncode == 130
    assert "interrupted" in said


def test_the_client_runs_without_the_server_being_imported() -> None:
    asked = "import client.command, sys; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "'client'" in loaded
    for heavy in ("flask", "sqlalchemy", "numpy", "msgspec", "services", "domain"):
        assert f"'{heavy}'" not in loaded


def _read_all(terminal: int) -> str:
    shown = b""
    try:
        while select.select([terminal], [], [], 30)[0] and (piece := os.read(terminal, 4096)):
            shown += piece
    except OSError:  # the other side was closed
        pass
    os.close(terminal)
    return shown.decode()
