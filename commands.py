"""The command line: opens a unit of work, calls a service, prints the answer."""

import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import yaml
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

import demonstration
import migrations
from domain.errors import HeadwayError, Unavailable
from services.access import audit_log
from services.access.installation import settle_secret
from services.access.keys import SCOPES, create_key
from services.clock import school_day
from services.files.sweep import sweep_files as sweep
from services.schools.schools import get_school
from services.unit_of_work import Actor, unit_of_work

THREADS_THAT_REFUSE = 8
"""Threads beside those of the work in hand, so that what is past it is told so without waiting."""

COMMAND_LINE = Actor(None, "command line", frozenset(SCOPES), frozenset({"*"}))

keys = AppGroup("keys", help="API keys.")
audit = AppGroup("audit", help="The log of every write.")


def register_commands(app: Flask) -> None:
    """Make the commands known to `flask --app app`."""
    app.cli.add_command(keys)
    app.cli.add_command(audit)
    for command in (migrate, demonstrate, serve, sweep_files, openapi, draft_migration):
        app.cli.add_command(command)


@keys.command("create")
@click.option("--name", required=True, help="What the key is for, as history will show it.")
@click.option("--scope", "scopes", multiple=True, required=True, help="May be repeated.")
@click.option(
    "--school", "schools", multiple=True, required=True, help="A URN, or * for all. May be repeated."
)
@click.option("--person", "person_id", help="The id of the person that the key stands for.")
def keys_create(name: str, scopes: tuple[str, ...], schools: tuple[str, ...], person_id: str | None) -> None:
    """Make an API key; prints its token alone, which nothing can show again."""
    bring_up_to_date()
    click.echo(_new_token(name=name, scopes=scopes, schools=schools, person_id=person_id))


@audit.command("verify")
def audit_verify() -> None:
    """Check every chain from its first entry; says which entry is the first that doesn't hold."""
    with unit_of_work(current_app.extensions["headway"].tools, COMMAND_LINE, writes=False) as work:
        broken = audit_log.find_break(work, None)
    if broken is not None:
        whose = f"of the school {broken.school}" if broken.school else "of what belongs to no school"
        raise click.ClickException(f"entry {broken.sequence} {whose} doesn't hold")
    click.echo("Every chain holds.")


@audit.command("erase")
@click.option("--school", help="Whose chain, by URN; without it, that of what belongs to no school.")
@click.option("--sequence", type=click.IntRange(min=1), required=True, help="The number of the entry.")
@click.option("--reason", required=True, help="Why; the log keeps it.")
def audit_erase(school: str | None, sequence: int, reason: str) -> None:
    """Take the content out of one entry; the chain still holds, and a new entry says so.

    What the entry told of is then no longer found by `as_of` at that time. What a resource holds now is changed
    through the API first.
    """
    with unit_of_work(current_app.extensions["headway"].tools, COMMAND_LINE, writes=True) as work:
        try:
            whose = None if school is None else get_school(work, school)
            audit_log.erase(work, whose, sequence, reason)
        except HeadwayError as error:
            raise click.ClickException(error.detail) from error
        work.commit()
    click.echo(f"The content of entry {sequence} is erased.")


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the database up to this version."""
    bring_up_to_date()


@click.command("demonstrate")
@with_appcontext
def demonstrate() -> None:
    """Load the invented demonstration school, where there is none yet, and print what to open and a token."""
    bring_up_to_date()
    headway = current_app.extensions["headway"]
    logging.getLogger("headway").setLevel(logging.WARNING)
    token = _new_token(name="demonstration", scopes=SCOPES, schools=["*"])
    client = current_app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    if client.get(f"/v1/schools/{demonstration.URN}").status_code == 404:
        ids: dict[str, str] = {}
        for call in demonstration.calls(school_day(headway.tools.clock())):
            path, body = call.filled(ids)
            answer = client.open(path, method=call.method, json=body)
            if answer.status_code >= 300:
                raise click.ClickException(f"{call.method} {path}: {answer.text}")
            if call.remember:
                ids[call.remember] = answer.get_json()["id"]
    root = f"http://{headway.settings.host}:{headway.settings.port}"
    click.echo(f"\n  Headway           {root}/")
    click.echo(f"  Documentation     {root}/docs")
    click.echo(f"  Demonstration     Example School, URN {demonstration.URN}")
    click.echo(f"  Token             {token}\n")


@click.command("sweep-files")
@with_appcontext
def sweep_files() -> None:
    """Take out of the store of files what is older than a day and belongs to nothing: what a crash left behind."""
    bring_up_to_date()
    with unit_of_work(current_app.extensions["headway"].tools, COMMAND_LINE, writes=False) as work:
        try:
            click.echo(f"{sweep(work)} files belonged to nothing and are gone")
        except HeadwayError as error:
            raise click.ClickException(error.detail) from error


@click.command("serve")
@with_appcontext
def serve() -> None:
    """Migrate, then serve with the production server."""
    bring_up_to_date()
    settings = current_app.extensions["headway"].settings
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="headway-metrics-"))
    server = Path(sys.executable).with_name("granian")
    sys.stdout.flush()
    os.execv(  # noqa: S606  the server takes this process's place, so that signals reach it
        server,
        [
            str(server),
            "--interface=wsgi",
            "--factory",
            "--no-ws",
            "--http=1",
            "--runtime-mode=st",
            f"--host={settings.host}",
            f"--port={settings.port}",
            f"--workers={settings.workers}",
            f"--blocking-threads={settings.in_hand + THREADS_THAT_REFUSE}",
            "--respawn-failed-workers",
            "--log-level=warning",
            "app:create_worker",
        ],
    )


@click.command("openapi")
@click.option("--file", "path", default="openapi.yaml", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def openapi(path: Path) -> None:
    """Write the description of the API."""
    path.write_text(description_as_yaml(current_app))


@click.command("draft-migration")
@click.argument("name")
@click.argument("message")
@with_appcontext
def draft_migration(name: str, message: str) -> None:
    """Draft a migration from the models: NAME such as 0005_reviews, and a sentence."""
    with current_app.extensions["headway"].tools.database.writing() as connection:
        migrations.draft(connection, name, message)


def _new_token(
    *, name: str, scopes: Sequence[str], schools: Sequence[str], person_id: str | None = None
) -> str:
    with unit_of_work(current_app.extensions["headway"].tools, COMMAND_LINE, writes=True) as work:
        try:
            _, token = create_key(work, name=name, scopes=scopes, schools=schools, person_id=person_id)
        except HeadwayError as error:
            raise click.ClickException(error.detail) from error
        work.commit()
    return token


def description_as_yaml(app: Flask) -> str:
    """`openapi.yaml` as it should stand in the repository."""
    text: str = yaml.safe_dump(
        app.extensions["headway"].api.spec.to_dict(), sort_keys=False, allow_unicode=True, width=110
    )
    return text


def bring_up_to_date() -> None:
    """Migrate the database and bind it to the installation's secret; says in words why that can't be."""
    headway = current_app.extensions["headway"]
    try:
        with headway.tools.database.writing() as connection:
            migrations.upgrade(connection)
            settle_secret(connection, headway.secret)
            connection.commit()
    except Unavailable as error:
        # The database's own words name no password, and say what there is to mend.
        why = getattr(error.__cause__, "orig", None) or error.__cause__
        raise click.ClickException(f"the database can't be opened: {why}") from error
    except HeadwayError as error:
        raise click.ClickException(error.detail) from error
