"""A folder that is watched for new exports: they go in turn, the oldest first, and are put aside once answered for."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from client.endings import ALL_IN, REFUSED, SOME_REJECTED, NotReadable, WrongUse

ENDINGS = (".csv", ".txt", ".json", ".ndjson", ".jsonl", ".xml")
"""What exports are named, with or without `.gz` behind it; other files are left alone."""

PUT_ASIDE = {ALL_IN: "sent", SOME_REJECTED: "sent", REFUSED: "refused"}
"""The folder, within the one that is watched, for files of which something was taken, and for the others."""


@dataclass
class Folder:
    """The folder, and how many seconds a file must stay as it is before it counts as finished."""

    path: Path
    settles: float = 5.0
    sleep: Callable[[float], None] = time.sleep

    def prepare(self) -> None:
        """Make the folders for what is put aside; raises `WrongUse` where that isn't allowed."""
        try:
            for name in PUT_ASIDE.values():
                (self.path / name).mkdir(exist_ok=True)
        except OSError as error:
            raise WrongUse(f"{self.path} can't be written to: {error.strerror}") from error

    def settled(self) -> Iterator[Path]:
        """The files that nobody writes any more, the oldest first, up to the first one that somebody does.

        Those behind it wait, because what is newer must not be overwritten by what is older. Raises `NotReadable`
        where the folder isn't there, as one on another machine may be for a while.
        """
        try:
            before = self._states()
        except OSError as error:
            raise NotReadable(f"{self.path} can't be read: {error.strerror}") from error
        if before:
            self.sleep(self.settles)
        for path, state in sorted(before.items(), key=lambda item: (item[1][1], item[0].name)):
            if state_of(path) != state:
                return
            yield path

    def put_aside(self, path: Path, code: int) -> Path:
        """Move a file out of the way; answers where it is now, under a name that nothing there has."""
        folder = self.path / PUT_ASIDE[code]
        target, number = folder / path.name, 1
        while target.exists():
            number += 1
            target = folder / f"{path.stem}.{number}{path.suffix}"
        try:
            return path.rename(target)
        except OSError as error:
            raise WrongUse(f"{path.name} can't be put aside: {error.strerror}") from error

    def _states(self) -> dict[Path, tuple[int, int]]:
        found = {}
        for path in self.path.iterdir():
            name = path.name.lower().removesuffix(".gz")
            if name.endswith(ENDINGS) and not name.startswith((".", "~")) and path.is_file():
                found[path] = state_of(path)
        return {path: state for path, state in found.items() if state is not None}


def state_of(path: Path) -> tuple[int, int] | None:
    """Its size and the time of its last change; None where it is gone."""
    with suppress(OSError):
        held = path.stat()
        return held.st_size, held.st_mtime_ns
    return None
