"""A file on its way in: onto this machine's disk while it is sent, looked at, then into the store, then recorded.

Nothing enters the store before the whole file has come and is of a type that is taken, and no transaction is open
while a client sends or the store is waited for. What is in the store and isn't recorded is taken away again; what a
crash leaves between the two, the sweep finds.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from domain.errors import Malformed, TooLarge, Unavailable, WrongMediaType, invalid
from services.files.recognition import types_in
from services.files.store import Store, new_key
from services.files.types import KNOWN, allowed_in_words, called, ending, in_words


@dataclass(frozen=True)
class Files:
    """Where an installation keeps its files, the most bytes of one, which types it takes, where they wait on disk."""

    store: Store
    most: int
    types: tuple[str, ...]
    waiting: Path


@dataclass(frozen=True)
class Claim:
    """What a client says of a file: its clean name, perhaps none, its media type, its SHA-256 in hex."""

    name: str = ""
    media_type: str = ""
    sha256: str = ""

    @property
    def types(self) -> list[tuple[str, frozenset[str]]]:
        """What was said, in words, with the types that it may mean; what says nothing is left out."""
        said = (
            (f"its name, {self.name},", ending(self.name)),
            (f"Content-Type {self.media_type}", called(self.media_type)),
        )
        return [(words, meant) for words, meant in said if meant]


@dataclass
class Upload:
    """A file that has come whole, and is of a type that is taken."""

    content: IO[bytes]
    name: str
    media_type: str
    size: int
    sha256: str
    key: str
    recorded: bool = False
    """Whether a row says that it is kept; what isn't recorded in the end is taken out of the store."""

    def __enter__(self) -> "Upload":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.content.close()


def check_claim(files: Files, claim: Claim) -> None:
    """Raises `WrongMediaType`, before anything is read, for what isn't taken whatever is in it."""
    for said, meant in claim.types:
        if not meant.intersection(files.types):
            raise _not_taken(files, f"{said} says that the file is {in_words(meant)}")


def receive(files: Files, pieces: Iterable[bytes], claim: Claim) -> Upload:
    """Take a file in; raises `Invalid` for an empty one and one that isn't what it is called.

    Raises `WrongMediaType` for a type that isn't taken, `TooLarge`, and `Malformed` for other bytes than announced.
    """
    content = _opened(files)
    try:
        size, sha256 = _written(content, pieces, files.most)
        if claim.sha256 not in ("", sha256):
            raise Malformed(
                "the body isn't what Content-Digest announces: it was cut short or changed on its way"
            )
        if not size:
            raise invalid("/file", "the file is empty; send its bytes as the body")
        return Upload(content, claim.name, _type(files, content, claim), size, sha256, new_key())
    except BaseException:
        content.close()
        raise


@contextmanager
def in_store(files: Files, upload: Upload) -> Iterator[None]:
    """Put an upload into the store for what goes on within, and take it out where that doesn't record it."""
    files.store.put(upload.key, upload.content)
    try:
        yield
    except Unavailable:
        # Whether a commit that was cut off arrived is not known here: the sweep looks again when all is settled.
        raise
    except BaseException:
        _forget(files, upload)
        raise
    if not upload.recorded:
        _forget(files, upload)


def _forget(files: Files, upload: Upload) -> None:
    with suppress(Unavailable):  # then the sweep finds it
        files.store.delete(upload.key)


def _opened(files: Files) -> IO[bytes]:
    # Without a name, so nothing is left of it whatever happens, and on disk: the system's own folder may be memory.
    try:
        files.waiting.mkdir(mode=0o700, parents=True, exist_ok=True)
        return tempfile.TemporaryFile(dir=files.waiting)
    except OSError as error:
        raise _no_room() from error


def _written(content: IO[bytes], pieces: Iterable[bytes], most: int) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise TooLarge(f"the file is over the limit of {most} bytes; send a smaller one, or link to it")
        digest.update(piece)
        try:
            content.write(piece)
        except OSError as error:
            raise _no_room() from error
    return size, digest.hexdigest()


def _type(files: Files, content: IO[bytes], claim: Claim) -> str:
    """The type that the content fits and the claims name, of all where nothing is claimed the most usual."""
    fitting = types_in(content)
    for said, meant in claim.types:
        if not fitting & meant:
            raise invalid(
                "/file", f"the file is {in_words(fitting)}, but {said} says that it is {in_words(meant)}"
            )
    named = fitting
    for _, meant in claim.types:
        named = named & meant or named
    taken = next((each for each in KNOWN if each in named and each in files.types), None)
    if taken is None:
        raise _not_taken(files, f"the file is {in_words(named)}")
    return taken


def _not_taken(files: Files, what: str) -> WrongMediaType:
    return WrongMediaType(f"{what}; taken are {allowed_in_words(files.types)}")


def _no_room() -> Unavailable:
    return Unavailable("there is no room for a file just now; nothing was stored; try again shortly")
