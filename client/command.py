"""The command line: `headway-push FILE --school URN`."""

import sys
import traceback
from dataclasses import fields
from os import environ
from pathlib import Path
from typing import Any

import click

from client import endings, summary
from client.endings import PushError, WrongUse
from client.journal import usual_folder
from client.parts import Limits
from client.patience import Patience
from client.push import Options, Outcome, Pusher
from client.server import Server
from client.source import source_of


class Screen:
    """Tells a person on standard error how far a push is; a bar only where that is a terminal."""

    def __init__(self, name: str, *, quiet: bool) -> None:
        self._name = name
        self._quiet = quiet
        self._bar: Any = None

    def begin(self, size: int) -> None:
        """Show a bar of so many bytes."""
        if not self._quiet and sys.stderr.isatty():
            self._bar = click.progressbar(length=size, label=self._name, file=sys.stderr)
            self._bar.render_progress()

    def reached(self, place: int) -> None:
        """Move the bar on; what must go again doesn't move it back."""
        if self._bar is not None and place > self._bar.pos:
            self._bar.update(place - self._bar.pos)

    def say(self, text: str) -> None:
        """A line of its own."""
        if not self._quiet:
            click.echo(("\n" if self._bar is not None else "") + f"{self._name}: {text}", err=True)

    def end(self) -> None:
        """Nothing more will come."""
        if self._bar is not None:
            self._bar.render_finish()
            click.echo(err=True)
            self._bar = None


@click.command(epilog="Exit codes and examples: docs/pushing.md.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--school", metavar="URN", help="The school; without it, each row names its own.")
@click.option(
    "--url", envvar="PUSH_URL", show_envvar=True, default="http://127.0.0.1:8000", show_default=True
)
@click.option(
    "--token-file",
    envvar="PUSH_TOKEN_FILE",
    show_envvar=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with the token alone in it; else the token is PUSH_TOKEN of the environment.",
)
@click.option("--layout", help="The export's layout, where its content doesn't tell.")
@click.option(
    "--replace", metavar="FROM..TO", help="Marks of these days that the file doesn't name are removed."
)
@click.option("--atomic", is_flag=True, help="All rows, or none.")
@click.option("--strict-roll", is_flag=True, help="Reject rows of pupils that the roll doesn't have.")
@click.option("--force", is_flag=True, help="With --replace: remove more than a fifth of what is held, too.")
@click.option("--dry-run", is_flag=True, help="Say what would become of each row, and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON.")
@click.option(
    "--errors-to",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write all rejected rows there, as CSV.",
)
@click.option("--quiet", is_flag=True, help="No bar, and no word of waits.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=900,
    show_default=True,
    help="Seconds to go on trying.",
)
@click.option(
    "--part-rows",
    type=click.IntRange(min=1),
    default=Limits.most_rows,
    show_default=True,
    help="Rows sent at once.",
)
@click.option(
    "--part-bytes",
    type=click.IntRange(min=1),
    default=Limits.most_bytes,
    show_default=True,
    help="Bytes sent at once.",
)
@click.option(
    "--without-tls", is_flag=True, help="Send token and marks unencrypted, in a network that is trusted."
)
def main(file: Path, **given: Any) -> None:
    """Push FILE, an export of a school's system, to a Headway server.

    A push that was broken off goes on where it was when the same command is given again.
    """
    try:
        sys.exit(_push(file, given))
    except PushError as error:
        click.echo(f"headway-push: {error.detail}", err=True)
        sys.exit(error.code)
    except KeyboardInterrupt:
        click.echo("\nheadway-push: interrupted; the same command goes on from here", err=True)
        sys.exit(endings.INTERRUPTED)
    except Exception:
        traceback.print_exc()
        sys.exit(endings.FAULT)


def _push(file: Path, given: dict[str, Any]) -> int:
    screen = Screen(file.name, quiet=given["quiet"])
    pusher = Pusher(
        Server(given["url"], _token(given["token_file"]), given["without_tls"]),
        Options(**{option.name: given[option.name] for option in fields(Options)}),
        Patience(given["patience"], screen.say),
        screen,
        usual_folder(environ),
        Limits(given["part_bytes"], given["part_rows"]),
    )
    outcome = pusher.push(source_of(file))
    screen.end()
    _tell(pusher, outcome, given)
    return outcome.code


def _tell(pusher: Pusher, outcome: Outcome, given: dict[str, Any]) -> None:
    shown = pusher.rejects(outcome, most=summary.SHOWN)
    if given["as_json"]:
        click.echo(summary.as_json(outcome, shown))
    else:
        click.echo(summary.in_words(outcome, shown, dry_run=given["dry_run"]))
    if outcome.error is not None:
        click.echo(f"headway-push: {outcome.error.detail}", err=True)
    if given["errors_to"] is not None:
        summary.write_rejects(given["errors_to"], pusher.rejects(outcome))


def _token(file: Path | None) -> str:
    token = file.read_text(encoding="utf-8") if file is not None else environ.get("PUSH_TOKEN", "")
    if not token.strip():
        raise WrongUse("there is no token: set PUSH_TOKEN, or name a file that has it with --token-file")
    return token.strip()
