"""What a crash left in the store is taken out of it."""

import io
import os
from datetime import timedelta
from pathlib import Path

from flask import Flask

from services.files.store import new_key
from tests.conftest import Clock
from tests.make import Client
from tests.make_files import file_evidence, pdf, png, upload


def orphan(app: Flask, clock: Clock, *, age: timedelta) -> Path:
    """An object that no row speaks of; answers where it is."""
    key = new_key()
    headway = app.extensions["headway"]
    headway.tools.files.store.put(key, io.BytesIO(b"left behind"))
    path = Path(headway.settings.files_place) / key
    then = (clock() - age).timestamp()
    os.utime(path, (then, then))
    return path


def test_old_orphans_go_and_nothing_else(app: Flask, client: Client, clock: Clock) -> None:
    path = file_evidence(client)
    for content in (pdf(), png()):
        assert upload(client, path, content).status_code in (200, 201)
    old, young = orphan(app, clock, age=timedelta(days=2)), orphan(app, clock, age=timedelta(hours=2))
    for each in Path(app.extensions["headway"].settings.files_place).rglob("*"):
        if each.is_file() and each not in (old, young):
            os.utime(each, (0, 0))

    swept = app.test_cli_runner().invoke(args=["sweep-files"])

    assert swept.exit_code == 0, swept.output
    assert not old.exists()
    assert young.exists()
    assert client.get(f"{path}/file").data == png()
    assert client.get(f"{path}/file?revision=1").data == pdf()
    again = app.test_cli_runner().invoke(args=["sweep-files"])
    assert again.output == "0 files belonged to nothing and are gone\n"
