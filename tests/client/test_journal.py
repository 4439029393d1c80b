"""What is kept of a push that was broken off, and when it is no more."""

from pathlib import Path

import pytest

from client.journal import Journal, journal_of, usual_folder

HERE = "https://headway.example.org/v1/schools/900001/marks"
ELSEWHERE = "https://headway.example.org/v1/schools/900002/marks"
A = {"digest": "a", "when": 1}
B = {"digest": "b", "when": 2}


def test_a_push_that_was_begun_goes_on_under_the_same_name(tmp_path: Path) -> None:
    begun = journal_of(tmp_path / "state", HERE, A)
    begun.note(1, "receipt one")
    resumed = journal_of(tmp_path / "state", HERE, A)
    assert (resumed.push, resumed.done) == (begun.push, {1: "receipt one"})
    assert resumed.key(2, b"body") == begun.key(2, b"body")


def test_a_push_that_has_ended_is_another_one_the_next_time(tmp_path: Path) -> None:
    ended = journal_of(tmp_path, HERE, A)
    ended.note(1, "receipt one")
    ended.forget()
    again = journal_of(tmp_path, HERE, A)
    assert again.done == {}
    assert again.key(1, b"body") != ended.key(1, b"body")


def test_a_file_that_is_pushed_again_after_another_one_is_pushed_anew(tmp_path: Path) -> None:
    first = journal_of(tmp_path, HERE, A)
    first.note(1, "receipt one")
    journal_of(tmp_path, HERE, B).keep()
    again = journal_of(tmp_path, HERE, A)
    assert again.push != first.push
    assert again.done == {}


def test_pushes_to_different_schools_do_not_disturb_each_other(tmp_path: Path) -> None:
    journal_of(tmp_path, HERE, A).note(1, "receipt one")
    journal_of(tmp_path, ELSEWHERE, A).note(1, "receipt two")
    assert journal_of(tmp_path, HERE, A).done == {1: "receipt one"}
    assert journal_of(tmp_path, ELSEWHERE, A).done == {1: "receipt two"}


def test_a_key_is_of_one_part_and_of_its_bytes() -> None:
    journal = Journal(None, "", push="p")
    keys = {
        journal.key(1, b"a"),
        journal.key(2, b"a"),
        journal.key(1, b"b"),
        Journal(None, "", push="q").key(1, b"a"),
    }
    assert len(keys) == 4
    assert all(len(key) <= 255 for key in keys)


def test_a_part_that_was_rejected_whole_is_judged_afresh_and_the_others_stay(tmp_path: Path) -> None:
    journal = journal_of(tmp_path, HERE, A)
    journal.note(1, "receipt one")
    before = journal.key(2, b"body")
    journal.rename()
    resumed = journal_of(tmp_path, HERE, A)
    assert resumed.done == {1: "receipt one"}
    assert resumed.key(2, b"body") != before


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"identity": 1, "done": [], "push": 2}', "\x00"])
def test_a_journal_that_cannot_be_read_counts_as_none(tmp_path: Path, text: str) -> None:
    begun = journal_of(tmp_path, HERE, A)
    begun.keep()
    assert begun.path is not None
    begun.path.write_text(text)
    assert journal_of(tmp_path, HERE, A).done == {}


def test_a_journal_in_memory_writes_nothing(tmp_path: Path) -> None:
    journal = journal_of(None, HERE, A)
    journal.note(1, "receipt one")
    journal.forget()
    assert list(tmp_path.iterdir()) == []


def test_it_is_kept_where_programs_of_this_user_keep_such_things() -> None:
    assert usual_folder({"XDG_STATE_HOME": "/state"}) == Path("/state/headway-push")
    assert str(usual_folder({})).endswith("headway-push")


def test_a_user_without_a_home_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert usual_folder({}) is None
