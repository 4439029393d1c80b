"""A real S3 server of this worker's own, started once, in a process of its own."""

import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator

import boto3
import pytest
from botocore.config import Config

from services.files.store import Bucket

ADDRESS = re.compile(rb"Running on (http://127\.0\.0\.1:\d+)")


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 server."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as server:
        try:
            said = b""
            while not (found := ADDRESS.search(said)):
                line = server.stderr.readline()  # type: ignore[union-attr]
                assert line, f"the server ended: {said!r}"
                said += line
            yield found[1].decode()
        finally:
            server.kill()


@pytest.fixture
def bucket(s3_server: str) -> Bucket:
    """An empty bucket on it."""
    made = Bucket(f"headway-{uuid.uuid4()}", "kept/here", s3_server, "an-id", "a-secret", "eu-west-2")
    _client(made).create_bucket(
        Bucket=made.name, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )
    return made


@pytest.fixture
def keys_in(bucket: Bucket) -> Callable[[], list[str]]:
    """The keys in the bucket, as another client of it sees them."""
    return lambda: [
        each["Key"] for each in _client(bucket).list_objects_v2(Bucket=bucket.name).get("Contents", [])
    ]


def _client(bucket: Bucket):  # type: ignore[no-untyped-def]
    return boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        aws_access_key_id=bucket.key,
        aws_secret_access_key=bucket.secret,
        region_name=bucket.region,
        config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
    )
