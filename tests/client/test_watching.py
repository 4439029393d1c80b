"""What becomes of the files of a watched folder once the server has answered for them."""

import json
import os
from pathlib import Path

from client.endings import ALL_IN
from client.folder import Folder
from client.push import Outcome, Pusher
from client.watching import push_waiting
from tests.client.test_pushing import export, pusher, rows
from tests.live.server import Server


def watched(path: Path) -> Folder:
    folder = Folder(path, settles=0)
    folder.prepare()
    return folder


def push_all(folder: Folder, pushing: Pusher) -> list[int]:
    return push_waiting(folder, pushing, lambda outcome, rejects: None)


def test_a_file_that_is_written_again_while_it_is_answered_for_is_another_export_and_stays(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file, folder = export(tmp_path, rows(2)), watched(tmp_path)

    class Meanwhile(Pusher):
        def push(self, path: Path) -> Outcome:
            outcome = super().push(path)
            export(tmp_path, rows(3))
            return outcome

    given = vars(pusher(running, None, school=urn))
    assert push_all(folder, Meanwhile(**given)) == [ALL_IN]
    assert file.exists()
    assert push_all(folder, Pusher(**given)) == [ALL_IN]
    told = json.loads((tmp_path / "sent" / "marks.csv.summary.json").read_text())
    assert (told["received"], told["created"]) == (3, 1)


def test_a_file_that_somebody_else_puts_aside_meanwhile_is_left_to_them(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file, folder = export(tmp_path, rows(2)), watched(tmp_path)

    class Meanwhile(Pusher):
        def push(self, path: Path) -> Outcome:
            outcome = super().push(path)
            path.rename(tmp_path / "sent" / path.name)
            return outcome

    assert push_all(folder, Meanwhile(**vars(pusher(running, None, school=urn)))) == [ALL_IN]
    assert not file.exists()


def test_a_name_that_is_no_text_is_put_aside_like_any_other(
    running: Server, urn: str, tmp_path: Path
) -> None:
    folder = watched(tmp_path)
    export(tmp_path, rows(2)).rename(tmp_path / os.fsdecode(b"Fr\xfchling.csv"))
    assert push_all(folder, pusher(running, None, school=urn)) == [ALL_IN]
    put_aside = sorted(os.fsencode(path.name) for path in (tmp_path / "sent").iterdir())
    assert put_aside == [b"Fr\xfchling.csv", b"Fr\xfchling.csv.summary.json"]
