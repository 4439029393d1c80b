"""What has arrived of the latest push to each address, on disk, so that a push goes on where it was broken off.

One small file for each server and address, never more: as soon as another file is pushed there, or the same one after
it was written again, that is a new push. It holds no marks and no token, and it goes when the push has ended.
"""

import json
import os
import sys
import tempfile
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any


@dataclass
class Journal:
    """One push: its own random name, and the receipt's id of each part that has arrived, by the part's number.

    `identity` tells it from every other push: the file's digest and time, the address, the size of the parts. Without
    a path it is kept in memory alone.
    """

    path: Path | None
    identity: str
    push: str = field(default_factory=lambda: uuid.uuid4().hex)
    done: dict[int, str] = field(default_factory=dict)

    def key(self, part: int, body: bytes) -> str:
        """The Idempotency-Key of a part: the same whenever the same part of this push is sent.

        The push's name is in it, because a file that is pushed again on purpose isn't to be taken for the first time
        over: between the two another one may have been pushed.
        """
        told = f"{self.push} {part} {sha256(body).hexdigest()}"
        return "headway-push-" + sha256(told.encode()).hexdigest()

    def note(self, part: int, import_id: str) -> None:
        """Keep that a part has arrived."""
        self.done[part] = import_id
        self.keep()

    def rename(self) -> None:
        """What is sent from here on is to be judged afresh, whatever was answered to it before."""
        self.push = uuid.uuid4().hex
        self.keep()

    def keep(self) -> None:
        """Write it down, whole or not at all. Raises `OSError`."""
        if self.path is None:
            return
        said = {"push": self.push, "identity": self.identity, "done": self.done}
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(said, file)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def forget(self) -> None:
        """This push has ended: the next one is another one."""
        if self.path is not None:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)


def journal_of(folder: Path | None, target: str, identity: Mapping[str, Any]) -> Journal:
    """The journal of a push to that target that was begun and not ended, or a new one."""
    known_by = json.dumps(dict(identity), sort_keys=True)
    if folder is None:
        return Journal(None, known_by)
    path = folder / f"{sha256(target.encode()).hexdigest()[:32]}.json"
    return _read(path, known_by) or Journal(path, known_by)


def usual_folder(environment: Mapping[str, str]) -> Path | None:
    """Where this user's programs keep what they go on with; None for a user without a home, as services may be."""
    if folder := environment.get("XDG_STATE_HOME"):
        return Path(folder) / "headway-push"
    if sys.platform == "win32" and (local := environment.get("LOCALAPPDATA")):
        return Path(local) / "headway-push"
    try:
        return Path.home() / ".local" / "state" / "headway-push"
    except RuntimeError:
        return None


def _read(path: Path, identity: str) -> Journal | None:
    """The journal that is there, if it can be read and is of this push."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        done = {int(part): str(import_id) for part, import_id in held["done"].items()}
        return Journal(path, identity, str(held["push"]), done) if held["identity"] == identity else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
