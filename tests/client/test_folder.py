"""A watched folder: what goes, in which order, and where it is put."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from client.endings import ALL_IN, REFUSED, SOME_REJECTED, NotReadable, WrongUse
from client.folder import Folder


def make_file(folder: Path, name: str, *, at: int, text: str = "marks") -> Path:
    """A file that was last written at that second."""
    file = folder / name
    file.write_text(text)
    os.utime(file, (at, at))
    return file


def watched(folder: Path, meanwhile: Callable[[], object] = lambda: None) -> Folder:
    """A folder in which something happens while the client waits for files to settle."""
    found = Folder(folder, settles=5, sleep=lambda seconds: meanwhile() if seconds == 5 else None)
    found.prepare()
    return found


def names(folder: Folder) -> list[str]:
    return [path.name for path in folder.settled()]


def test_the_oldest_export_goes_first(tmp_path: Path) -> None:
    make_file(tmp_path, "monday.csv", at=300)
    make_file(tmp_path, "friday.xml", at=100)
    make_file(tmp_path, "tuesday.json.gz", at=200)
    assert names(watched(tmp_path)) == ["friday.xml", "tuesday.json.gz", "monday.csv"]


def test_what_was_written_at_the_same_time_goes_by_its_name(tmp_path: Path) -> None:
    for name in ("b.csv", "c.csv", "a.csv"):
        make_file(tmp_path, name, at=100)
    assert names(watched(tmp_path)) == ["a.csv", "b.csv", "c.csv"]


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    for name in (".a.csv", "~a.csv", "a.csv.tmp", "a.csv.part", "Thumbs.db", "a.docx"):
        make_file(tmp_path, name, at=100)
    (tmp_path / "folder.csv").mkdir()
    assert names(watched(tmp_path)) == []


def test_a_file_that_is_still_written_waits_and_all_newer_ones_with_it(tmp_path: Path) -> None:
    make_file(tmp_path, "first.csv", at=100)
    growing = make_file(tmp_path, "second.csv", at=200)
    make_file(tmp_path, "third.csv", at=300)

    def more() -> None:
        growing.write_text("marks and more")
        os.utime(growing, (200, 200))

    assert names(watched(tmp_path, more)) == ["first.csv"]


def test_a_file_that_goes_away_stops_the_round(tmp_path: Path) -> None:
    gone = make_file(tmp_path, "first.csv", at=100)
    make_file(tmp_path, "second.csv", at=200)
    assert names(watched(tmp_path, gone.unlink)) == []


@pytest.mark.parametrize(("code", "where"), [(ALL_IN, "sent"), (SOME_REJECTED, "sent"), (REFUSED, "refused")])
def test_a_file_that_was_answered_for_is_put_aside(tmp_path: Path, code: int, where: str) -> None:
    folder = watched(tmp_path)
    file = make_file(tmp_path, "marks.csv", at=100)
    assert folder.put_aside(file, code) == tmp_path / where / "marks.csv"
    assert not file.exists()
    assert names(folder) == []


def test_nothing_that_was_put_aside_is_overwritten(tmp_path: Path) -> None:
    folder = watched(tmp_path)
    moved = [
        folder.put_aside(make_file(tmp_path, "a.csv", at=1, text=text), ALL_IN)
        for text in ("one", "two", "three")
    ]
    assert [path.name for path in moved] == ["a.csv", "a.2.csv", "a.3.csv"]
    assert [path.read_text() for path in moved] == ["one", "two", "three"]


def test_a_folder_that_cannot_be_written_to_is_said_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "sent").write_text("a file of that name")
    with pytest.raises(WrongUse, match="can't be written to"):
        Folder(tmp_path).prepare()


def test_a_folder_that_is_away_cannot_be_read_now(tmp_path: Path) -> None:
    with pytest.raises(NotReadable, match="can't be read"):
        names(Folder(tmp_path / "away"))
