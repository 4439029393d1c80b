"""What becomes of the files of a watched folder once the server has answered for them."""

import json
import os
from collections.abc import Callable
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


def meanwhile(pushing: Pusher, happens: Callable[[Path], object]) -> Pusher:
    """The same, but for what happens to each file before its answer is heard of."""

    class Meanwhile(Pusher):
        def push(self, path: Path) -> Outcome:
            outcome = super().push(path)
            happens(path)
            return outcome

    return Meanwhile(**vars(pushing))


def test_a_file_that_is_written_again_while_it_is_answered_for_is_another_export_and_stays(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file, folder = export(tmp_path, rows(2)), watched(tmp_path)

    pushing = pusher(running, None, school=urn)
    assert push_all(folder, meanwhile(pushing, lambda _: export(tmp_path, rows(3)))) == [ALL_IN]
    assert file.exists()
    assert push_all(folder, pushing) == [ALL_IN]
    told = json.loads((tmp_path / "sent" / "marks.csv.summary.json").read_text())
    assert (told["received"], told["created"]) == (3, 1)


def test_a_file_that_somebody_else_puts_aside_meanwhile_is_left_to_them(
    running: Server, urn: str, tmp_path: Path
) -> None:
    file, folder = export(tmp_path, rows(2)), watched(tmp_path)

    pushing = pusher(running, None, school=urn)
    put_aside = meanwhile(pushing, lambda path: path.rename(tmp_path / "sent" / path.name))
    assert push_all(folder, put_aside) == [ALL_IN]
    assert not file.exists()


def test_a_name_that_is_no_text_is_put_aside_like_any_other(
    running: Server, urn: str, tmp_path: Path
) -> None:
    folder = watched(tmp_path)
    export(tmp_path, rows(2)).rename(tmp_path / os.fsdecode(b"Fr\xfchling.csv"))
    assert push_all(folder, pusher(running, None, school=urn)) == [ALL_IN]
    put_aside = sorted(os.fsencode(path.name) for path in (tmp_path / "sent").iterdir())
    assert put_aside == [b"Fr\xfchling.csv", b"Fr\xfchling.csv.summary.json"]
