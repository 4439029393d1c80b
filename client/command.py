"""The command line: `headway-push FILE --school URN`, or `headway-push --watch FOLDER --school URN`."""

import io
import signal
import sys
import time
import traceback
from dataclasses import fields
from os import environ
from pathlib import Path
from typing import Any

import click

from client import endings, summary
from client.endings import GaveUp, NotReadable, PushError, WrongUse
from client.folder import Folder
from client.journal import usual_folder
from client.parts import Limits
from client.patience import Patience
from client.push import Options, Outcome, Pusher, Reject
from client.screen import Screen
from client.server import Server
from client.watching import push_waiting

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
_NEW_FILE = click.Path(path_type=Path, dir_okay=False)
_SECONDS = click.FloatRange(min=0)
_COUNT = click.IntRange(min=1)


@click.command(epilog="docs/pushing.md has examples, and what each exit code means.")
@click.argument("file", type=_FILE, required=False)
@click.option("--school", metavar="URN", help="The school; without it, each row names its own.")
@click.option(
    "--url", envvar="PUSH_URL", default="http://127.0.0.1:8000", show_default=True, show_envvar=True
)
@click.option(
    "--token-file",
    type=_FILE,
    envvar="PUSH_TOKEN_FILE",
    show_envvar=True,
    help="A file with the token alone in it; else the token is PUSH_TOKEN of the environment.",
)
@click.option("--layout", metavar="NAME", help="The export's layout, where its content doesn't tell.")
@click.option("--replace", metavar="FROM..TO", help="Remove marks of these days that the file doesn't name.")
@click.option("--force", is_flag=True, help="With --replace: more than a fifth of what is held, too.")
@click.option("--atomic", is_flag=True, help="Take all rows, or none.")
@click.option("--strict-roll", is_flag=True, help="Reject rows of pupils that nobody has heard of.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each row, and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON, on one line.")
@click.option("--errors-to", type=_NEW_FILE, help="Write all rejected rows there, as CSV.")
@click.option("--quiet", is_flag=True, help="No bar, and no word of waits.")
@click.option("--watch", type=_FOLDER, help="Push whatever is put into this folder, the oldest first.")
@click.option("--once", is_flag=True, help="With --watch: what is there now, and no more.")
@click.option("--every", type=_SECONDS, default=60, show_default=True, help="Seconds from look to look.")
@click.option("--settles", type=_SECONDS, default=5, show_default=True, help="Seconds until a file is whole.")
@click.option("--patience", type=_SECONDS, default=900, show_default=True, help="Seconds to go on trying.")
@click.option("--part-rows", type=_COUNT, default=Limits.most_rows, show_default=True, help="Most at once.")
@click.option("--part-bytes", type=_COUNT, default=Limits.most_bytes, show_default=True, help="Most at once.")
@click.option("--without-tls", is_flag=True, help="Send all unencrypted, in a network that is trusted.")
def main(file: Path | None, watch: Path | None, **given: Any) -> None:
    """Push FILE, an export of a school's system, to a Headway server.

    A push that was broken off goes on where it was when the same command is given again.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # how a service manager interrupts
    if isinstance(sys.stdout, io.TextIOWrapper):  # a log's encoding may lack letters that the summary has
        sys.stdout.reconfigure(errors="backslashreplace")
    if (file is None) == (watch is None):
        raise click.UsageError("Name a FILE, or a folder with --watch.")
    if given["school"] is not None and not given["school"].strip():
        raise click.UsageError("--school is empty.")
    if watch is not None and (given["dry_run"] or given["errors_to"]):
        raise click.UsageError("--dry-run and --errors-to go with a FILE, not with --watch.")
    try:
        code = _push(file, given) if file is not None else _watch(Path(str(watch)), given)
    except PushError as error:
        _complain(error.detail)
        code = error.code
    except KeyboardInterrupt:
        _complain("interrupted; the same command goes on from here")
        code = endings.INTERRUPTED
    except Exception:
        traceback.print_exc()
        code = endings.FAULT
    sys.exit(code)


def _push(file: Path, given: dict[str, Any]) -> int:
    pusher = _pusher(given)
    outcome = pusher.push(file)
    most = summary.SHOWN_AS_JSON if given["as_json"] else summary.SHOWN
    _tell(outcome, pusher.rejects(outcome, most=most), given)
    if given["errors_to"] is not None:
        _write_rejects(given["errors_to"], pusher.rejects(outcome))
    return outcome.code


def _watch(path: Path, given: dict[str, Any]) -> int:
    """Look into the folder until somebody interrupts it; once, where that is asked for."""
    folder, pusher = Folder(path, given["settles"]), _pusher(given)
    folder.prepare()
    while True:
        codes = _round(folder, pusher, given)
        if given["once"]:
            return max(codes, default=endings.ALL_IN)
        time.sleep(given["every"])


def _round(folder: Folder, pusher: Pusher, given: dict[str, Any]) -> list[int]:
    try:
        return push_waiting(folder, pusher, lambda outcome, rejects: _tell(outcome, rejects, given))
    except (GaveUp, NotReadable) as error:
        # A server or a folder that is away for a while: the next look may do.
        _complain(error.detail)
        return [error.code]


def _pusher(given: dict[str, Any]) -> Pusher:
    screen = Screen(quiet=given["quiet"])
    return Pusher(
        Server(given["url"], _token(given["token_file"]), given["without_tls"]),
        Options(**{option.name: given[option.name] for option in fields(Options)}),
        Patience(given["patience"], screen.say),
        screen,
        usual_folder(environ),
        Limits(given["part_bytes"], given["part_rows"]),
    )


def _token(file: Path | None) -> str:
    """The token; not an option, because the command lines of a machine can be read by everyone on it."""
    try:
        token = file.read_text(encoding="utf-8-sig") if file is not None else environ.get("PUSH_TOKEN", "")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"the token can't be read from {file}") from error
    if not token.strip():
        raise WrongUse("there is no token: set PUSH_TOKEN, or name a file that has it with --token-file")
    return token.strip()


def _tell(outcome: Outcome, rejects: list[Reject], given: dict[str, Any]) -> None:
    if given["as_json"]:
        click.echo(summary.as_json(outcome, rejects))
    else:
        click.echo(summary.in_words(outcome, rejects, dry_run=given["dry_run"]))
    if outcome.error is not None:
        _complain(outcome.error.detail)


def _write_rejects(file: Path, rejects: list[Reject]) -> None:
    try:
        summary.write_rejects(file, rejects)
    except OSError as error:
        raise WrongUse(f"{file} can't be written: {error.strerror}") from error


def _complain(text: str) -> None:
    click.echo(f"headway-push: {text}", err=True)
