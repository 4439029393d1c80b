"""Where files are kept: a local folder, or a bucket of an S3-compatible store. What is kept is never changed.

This is the one file that knows the library for object stores.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from domain.errors import Unavailable
from services.ids import new_id

PART = 5 << 20
"""The bytes of a part of an upload to the store: the least that S3 takes."""
PARTS_AT_ONCE = 1
"""Each takes the memory of a part or two."""
CHUNK = 1 << 18
SECONDS_TO_CONNECT = timedelta(seconds=5)
SECONDS_TO_ANSWER = timedelta(seconds=60)
SECONDS_TO_TRY = timedelta(seconds=20)


@dataclass(frozen=True)
class Bucket:
    """A place in an S3-compatible store; without a key, what the machine itself may is used."""

    name: str
    prefix: str = ""
    endpoint: str = ""
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    region: str = ""


@dataclass(frozen=True)
class Kept:
    """The content of a file as it comes from the store."""

    size: int
    chunks: Iterator[bytes]


class Store:
    """Puts, gets and takes away. Raises `Unavailable` where the store can't be reached or doesn't do it."""

    def __init__(self, place: Path | Bucket) -> None:
        self._place = place
        self._made: ObjectStore | None = None

    def put(self, key: str, file: IO[bytes]) -> None:
        """Keep the whole of a file under a new key; it is durable once this returns."""
        file.seek(0)
        with _translated():
            obstore.put(self._store, key, file, chunk_size=PART, max_concurrency=PARTS_AT_ONCE)
            if isinstance(self._place, Path):
                _make_durable(self._place / key, self._place)

    def get(self, key: str) -> Kept:
        """The content under a key, opened, to be read in pieces once."""
        with _translated():
            found = obstore.get(self._store, key)
            return Kept(found.meta["size"], _pieces(found))

    def delete(self, key: str) -> None:
        """Take away what is under a key; nothing where there is nothing."""
        with _translated():
            try:
                obstore.delete(self._store, key)
            except FileNotFoundError:
                return

    def keys_before(self, time: datetime) -> Iterator[str]:
        """The keys of all that was put before a time."""
        with _translated():
            for page in obstore.list(self._store):
                yield from (each["path"] for each in page if each["last_modified"] < time)

    @property
    def _store(self) -> ObjectStore:
        # Made when it is first needed: a server process makes its own, and a command that stores nothing makes none.
        if self._made is None:
            self._made = _local(self._place) if isinstance(self._place, Path) else _bucket(self._place)
        return self._made


def new_key() -> str:
    """A key under which nothing is kept yet. The last digits of an id are chance, so folders fill evenly."""
    id = new_id()
    return f"{id[-2:]}/{id}"


def _local(folder: Path) -> LocalStore:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # pupils may be in it
    return LocalStore(folder)


def _bucket(bucket: Bucket) -> S3Store:
    given = {
        "endpoint": bucket.endpoint,
        "access_key_id": bucket.key,
        "secret_access_key": bucket.secret,
        "region": bucket.region,
    }
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        virtual_hosted_style_request=not bucket.endpoint,
        client_options={
            "allow_http": bucket.endpoint.startswith("http://"),
            "connect_timeout": SECONDS_TO_CONNECT,
            "timeout": SECONDS_TO_ANSWER,
        },
        retry_config={"max_retries": 2, "retry_timeout": SECONDS_TO_TRY},
        **{name: text for name, text in given.items() if text},  # type: ignore[arg-type]
    )


def _pieces(found: "obstore.GetResult") -> Iterator[bytes]:
    with _translated():
        for piece in found.stream(min_chunk_size=CHUNK):
            yield bytes(piece)


def _make_durable(path: Path, root: Path) -> None:
    """Write file and folders through to the disk, which the library leaves to the system's leisure."""
    for each in (path, path.parent, root):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise Unavailable(
            "the store of files can't do this just now; nothing was stored; try again shortly"
        ) from error
