"""The secret that an installation makes for itself: once, whole, and for its owner's eyes."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.errors import Conflict
from services.access.installation import secret_kept_in


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "instance"

    first = secret_kept_in(folder)

    assert len(first) == 64
    assert secret_kept_in(folder) == first
    assert secret_kept_in(tmp_path / "other") != first
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == ["secret"]


def test_processes_that_start_at_once_agree_on_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            folder = tmp_path / str(number)
            assert len(set(pool.map(secret_kept_in, [folder] * 8))) == 1


@pytest.mark.parametrize("content", ["", "\n", "0123456789"])
def test_a_damaged_one_is_refused_and_never_made_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret").write_text(content)

    with pytest.raises(Conflict, match="damaged"):
        secret_kept_in(tmp_path)

    assert (tmp_path / "secret").read_text() == content
