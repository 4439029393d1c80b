"""The sample of every layout, mutated at random and pushed over HTTP: never a failure of ours, and nothing uncounted.

Two kinds of mutation: bytes anywhere, as a bad disk or a hand-edited file has them, and records left out, doubled,
swapped or altered, so that most bodies are still read and their rows must be accounted for.
"""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.attendance.broken_files import SAMPLES, Sample
from tests.api.attendance.drawn import push_roll
from tests.make import Client, make_school

URN = "100000"
OUTCOMES = ("created", "updated", "unchanged", "stale", "deleted", "rejected")
UPN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z][0-9]{11}[0-9A-Za-z](?![0-9A-Za-z])")

each_layout = pytest.mark.parametrize("sample", list(SAMPLES.values()), ids=list(SAMPLES))

SCRAPS = [
    b"", b" ", b"\n", b"\r\n", b",", b";", b'"', b"'", b"\\", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xe9", "ë".encode(),
    b"-", b"/", b"<", b">", b"&amp;", b"<!--", b"]]>", b"{", b"}", b"[", b"]", b":", b"null", b"true", b"1e999",
    b"-1", b"99999999999999999999", b"2026-02-30", b"0001-01-01", b"9999-12-31", b"07/09/2026", b"AM", b"Total",
]  # fmt: skip
"""What is put in the place of something else."""

ALTERED: list[tuple[bytes, bytes]] = [
    (b"2026-09-0", b"2027-09-0"),
    (b"2026-09-07", b"9999-12-31"),
    (b"2026-09-07", b"0001-01-01"),
    (b"07/09/2026", b"31/12/9999"),
    (b"990", b"890"),
    (b"9901", b"x" * 65),
    (b"9901", b""),
    (b"AM", b"PM"),
    (b"AM", b"ED"),
    (b"/", b"-"),
    (b"/", b""),
    (b"/", b"QQ"),
    (b"/", b"I"),
    (b"Tardy", b"Partial"),
    (b"Tardy", b"Excused Absence"),
    (b"255901001", b"1"),
    (b": 1.0", b": 0.5"),
    (b": 1", b": -1"),
    (b": 7", b": null"),
    (b": 1", b': "1"'),
    (b'"}', b'", "surname": "Sample"}'),
]  # fmt: skip
"""Replacements within one record; not all of them are found in each layout."""


@st.composite
def damaged(draw: st.DrawFn, sample: Sample) -> bytes:
    """A few stretches of bytes, anywhere, become something else."""
    raw = bytearray(sample.body)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(raw)))
        raw[place : place + draw(st.integers(0, 40))] = draw(st.sampled_from(SCRAPS))
    return bytes(raw)


@st.composite
def rearranged(draw: st.DrawFn, sample: Sample) -> bytes:
    """Records in another order, left out, doubled, and some of them altered."""
    records = draw(st.lists(st.sampled_from([*sample.records, *sample.totals]), max_size=30))
    for place in range(len(records)):
        for old, new in draw(st.lists(st.sampled_from(ALTERED), max_size=2)) if draw(st.booleans()) else ():
            records[place] = records[place].replace(old, new, 1)
    return sample.with_records(records)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Bodies are read alike whatever they are stored in."""
    return sqlite_url


@pytest.fixture
def school(client: Client) -> str:
    make_school(client, URN, aliases=["255901001"])
    term = {"name": "Autumn", "half_term": 1, "from": "2026-09-01", "to": "2026-10-23"}
    assert client.put(f"/v1/schools/{URN}/calendar/2026-27", {"terms": [term]}).status_code == 201
    push_roll(client, URN, **{pupil: {} for pupil in ("9901", "9902", "9903", "9904")})
    return URN


def query_of(sample: Sample, data: st.DataObject) -> dict[str, str]:
    query = {"layout": sample.layout} if data.draw(st.booleans(), "named") else {}
    if sample.replace or data.draw(st.booleans(), "replaces"):
        window = data.draw(st.sampled_from(["2026-09-07..2026-09-11", "2026-09-08..2026-09-08"]))
        query |= {"replace": window, "force": "true"}
    for option in ("atomic", "strict_roll", "dry_run"):
        if data.draw(st.integers(0, 5), option) == 0:
            query[option] = "true"
    return query


def check(answer: Any) -> None:
    """Refused in our words, or a receipt in which every row is."""
    assert answer.status_code in (200, 207, 400, 409, 413, 422), answer.text
    assert not UPN.search(answer.text)
    said = answer.json
    if answer.status_code in (200, 207) or "import_id" in said:
        assert said["received"] == sum(said[name] for name in OUTCOMES) - said["removed"], said
        assert min(said[name] for name in (*OUTCOMES, "removed", "unlisted", "off_roll")) >= 0
        assert said["removed"] <= said["deleted"]
        assert (answer.status_code == 200) == (said["rejected"] == 0)
    else:
        assert said["detail"]


def push(client: Client, sample: Sample, body: bytes, query: dict[str, str]) -> Any:
    path = f"/v1/schools/{URN}/marks"
    return client.post(path, data=body, content_type=sample.media_type, query_string=query)


def push_twice(client: Client, sample: Sample, body: bytes, data: st.DataObject) -> None:
    query = query_of(sample, data)
    first = push(client, sample, body, query)
    check(first)
    again = push(client, sample, body, query)
    check(again)
    assert (again.status_code, again.json.get("received")) == (first.status_code, first.json.get("received"))
    if again.status_code in (200, 207) and "dry_run" not in query:
        moved = {name: again.json[name] for name in ("created", "updated", "deleted", "stale")}
        assert not any(moved.values()), moved


@each_layout
@settings(max_examples=25)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_accounted_for(
    client: Client, school: str, sample: Sample, data: st.DataObject
) -> None:
    push_twice(client, sample, data.draw(damaged(sample)), data)


@each_layout
@settings(max_examples=25)
@given(data=st.data())
def test_rearranged_records_are_accounted_for(
    client: Client, school: str, sample: Sample, data: st.DataObject
) -> None:
    push_twice(client, sample, data.draw(rearranged(sample)), data)
