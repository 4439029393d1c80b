"""The store of files: a folder, and a bucket on a real S3 server, which do the same."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import Unavailable
from services.files.store import PART, Bucket, Store, new_key
from tests.make_files import big_pdf


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store, once of each kind."""
    return Store(tmp_path / "files" if request.param == "folder" else request.getfixturevalue("bucket"))


def put(store: Store, content: bytes) -> str:
    key = new_key()
    store.put(key, io.BytesIO(content))
    return key


@pytest.mark.parametrize("size", [1, PART, 2 * PART + 7])
def test_what_is_put_is_got_byte_for_byte_in_pieces(store: Store, size: int) -> None:
    content = big_pdf(size)

    kept = store.get(put(store, content))

    assert kept.size == size
    pieces = list(kept.chunks)
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= 2 << 20


def test_each_is_put_under_a_key_of_its_own(store: Store) -> None:
    first, second = put(store, b"one"), put(store, b"two")

    assert b"".join(store.get(first).chunks) == b"one"
    assert b"".join(store.get(second).chunks) == b"two"


def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: Store) -> None:
    key = put(store, b"one")

    store.delete(key)
    store.delete(key)

    with pytest.raises(Unavailable):
        store.get(key)


def test_the_keys_of_what_is_old_are_listed(store: Store) -> None:
    keys = {put(store, b"one"), put(store, b"two")}
    now = datetime.now(UTC)

    assert set(store.keys_before(now + timedelta(minutes=1))) == keys
    assert set(store.keys_before(now - timedelta(minutes=1))) == set()


def test_a_folder_of_files_is_its_owners_alone(tmp_path: Path) -> None:
    put(Store(tmp_path / "deep" / "files"), b"one")

    assert (tmp_path / "deep" / "files").stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("not a folder")

    with pytest.raises(Unavailable):
        put(Store(tmp_path / "files"), b"one")


def test_a_bucket_keeps_files_below_its_prefix(bucket: Bucket, keys_in: Callable[[], list[str]]) -> None:
    key = put(Store(bucket), b"one")

    assert keys_in() == [f"kept/here/{key}"]


def test_a_bucket_that_there_is_not_is_unavailable(bucket: Bucket) -> None:
    other = Store(Bucket("no-such-bucket", "", bucket.endpoint, bucket.key, bucket.secret))

    with pytest.raises(Unavailable) as told:
        put(other, b"one")
    assert bucket.secret not in str(told.value)


def test_a_store_that_does_not_answer_is_unavailable() -> None:
    gone = Store(Bucket("bucket", "", "http://127.0.0.1:1", "an-id", "a-secret"))

    with pytest.raises(Unavailable):
        gone.get("key")


def test_the_secret_of_a_bucket_is_not_shown(bucket: Bucket) -> None:
    assert bucket.secret not in repr(bucket)
    assert bucket.key not in repr(bucket)
