"""Broken files in every layout: each is refused whole, or gets a receipt that accounts for every row.

On SQLite alone: what is asked here is what becomes of a body before anything is stored. How the cases are made is in
`broken_files`, the fuzz test that goes on from here in `test_mutated_files`.
"""

import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from intake.registry import LAYOUTS
from tests.api.attendance.broken_files import CASES, SAMPLES, Sample
from tests.api.attendance.drawn import push_roll
from tests.api.http.problems import problem_in
from tests.make import Client, make_school

URN = "100000"
PATH = f"/v1/schools/{URN}/marks"
MIB = 1 << 20

# What each layout answers to each case: 200 taken whole, 207 in part, 422 no row taken, 400 refused unread.
TABLE = """
                            json ndjson long wide marks_string wonde sims_xml ctf_xml daily_code_counts edfi
as it should be              200    200  200  200          200   200      200     200               200  200
no records                   200    400  200  200          200   200      200     200               200  400
cut in the middle            400    400  207  400          400   400      400     400               400  400
a quote never closed         400    400  400  400          400   400      400     400               400  400
the header twice             207    207  207  207          207   207      400     400               207  400
a column missing             422    422  400  400          400   422      422     422               422  422
totals at the end            207    207  207  207          207   207      207     207               207  207
mixed encodings              400    400  200  200          200   400      200     200               400  400
duplicates that agree        200    200  200  200          200   200      200     200               200  200
duplicates that disagree     207    207  207  207          207   207      207     207               207  207
a pupil twice                207    207  207  207          207   207      207     207               207  207
a bomb                       400    400  400  400          400   400      400     400               400  400
a NUL                        400    400  207  207          207   400      400     400               400  400
UTF-16                       200    200  200  200          200   200      200     200               200  200
nothing but blanks           400    400  400  400          400   400      400     400               400  400
"""


def cells() -> Iterator[Any]:
    names, *lines = TABLE.strip("\n").splitlines()
    for line in lines:
        case, statuses = line[:28].strip(), line[28:].split()
        for layout, status in zip(names.split(), statuses, strict=True):
            yield pytest.param(case, SAMPLES[layout], int(status), id=f"{case}, {layout}")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def school(client: Client) -> str:
    """The school of the samples, with a calendar, and with a roll of those who have events."""
    make_school(client, URN, aliases=["255901001"])
    term = {"name": "Autumn", "half_term": 1, "from": "2026-09-01", "to": "2026-10-23"}
    assert client.put(f"/v1/schools/{URN}/calendar/2026-27", {"terms": [term]}).status_code == 201
    push_roll(client, URN, **{pupil: {} for pupil in ("9901", "9902", "9903", "9904")})
    return URN


def push(client: Client, sample: Sample, body: bytes, *, named: bool = True, **given: Any) -> Any:
    query = ({"layout": sample.layout} if named else {}) | (
        {"replace": sample.replace} if sample.replace else {}
    )
    return client.post(PATH, data=body, content_type=sample.media_type, query_string=query, **given)


def kept(client: Client) -> list[Any]:
    """The receipts of pushes of attendance."""
    items = client.get("/v1/imports").json["items"]
    return [item for item in items if item["kind"] in ("marks", "session_counts")]


def check_refused_or_accounted_for(client: Client, answer: Any) -> None:
    """Refused whole with nothing kept, or every row is in the receipt; never anything between."""
    if "import_id" not in answer.json:
        problem_in(answer, answer.status_code)
        assert answer.status_code in (400, 413, 415, 422)
        assert kept(client) == []
        assert client.get(f"/v1/schools/{URN}/registers/2026-09-07/AM").status_code == 404
        return
    check_receipt(answer)
    said = answer.json
    assert client.get(f"/v1/imports/{said['import_id']}").json["received"] == said["received"]


def check_receipt(answer: Any) -> None:
    """The equation holds, the status says what became of the rows, and every rejected one has its error."""
    said = answer.json
    outcomes = ("created", "updated", "unchanged", "stale", "deleted", "rejected")
    assert said["received"] == sum(said[name] for name in outcomes) - said["removed"], said
    rejected = said["rejected"]
    assert answer.status_code == (200 if not rejected else 422 if rejected == said["received"] else 207)
    assert len(said["errors"]) == min(said["rejected"], 1000)
    assert all(fault["row"] >= 1 and fault["detail"] for fault in said["errors"])


def test_every_layout_has_a_sample_and_every_case_a_line() -> None:
    names, *lines = TABLE.strip("\n").splitlines()
    assert set(names.split()) == set(SAMPLES) == set(LAYOUTS)
    assert [line[:28].strip() for line in lines] == list(CASES)


@pytest.mark.parametrize(("case", "sample", "status"), list(cells()))
def test_broken_files(client: Client, school: str, case: str, sample: Sample, status: int) -> None:
    body = CASES[case](sample)
    assert body != sample.body or case == "as it should be"

    answer = push(client, sample, body)

    assert answer.status_code == status, answer.text[:500]
    check_refused_or_accounted_for(client, answer)
    if "import_id" in answer.json:
        again = push(client, sample, body).json
        assert (again["received"], again["created"], again["updated"], again["deleted"]) == (
            answer.json["received"], 0, 0, 0
        )  # fmt: skip


@pytest.mark.parametrize("case", list(CASES))
def test_broken_files_whose_layout_must_be_told_from_them(client: Client, school: str, case: str) -> None:
    for sample in SAMPLES.values():
        answer = push(client, sample, CASES[case](sample), named=False)
        assert answer.status_code < 500
        if "import_id" in answer.json:
            check_receipt(answer)


@pytest.mark.parametrize("sample", list(SAMPLES.values()), ids=list(SAMPLES))
def test_an_error_has_the_number_of_the_record_that_it_is_of(
    client: Client, school: str, sample: Sample
) -> None:
    held, _ = sample.mark
    place = max(n for n, record in enumerate(sample.records[:3]) if held in record)
    unknown = {"edfi": b"#Nonsense", "daily_code_counts": b'"QQ": 1'}
    records = [sample.records[-1], *sample.records]
    wrong = unknown.get(sample.layout, held.replace(b"/", b"QQ"))
    records[place + 1] = records[place + 1].replace(held, wrong, 1)

    answer = push(client, sample, sample.with_records(records))

    assert answer.status_code == 207
    assert {fault["row"] for fault in answer.json["errors"]} == {place + 2}
    assert {fault["code"] for fault in answer.json["errors"]} == {"Nonsense" if sample.replace else "QQ"}


@pytest.mark.parametrize("sample", list(SAMPLES.values()), ids=list(SAMPLES))
@pytest.mark.parametrize("case", ["duplicates that disagree", "a pupil twice"])
def test_of_two_records_that_disagree_both_are_named(
    client: Client, school: str, case: str, sample: Sample
) -> None:
    answer = push(client, sample, CASES[case](sample))

    assert {fault["row"] for fault in answer.json["errors"]} == {1, len(sample.records) + 1}


@pytest.mark.parametrize("sample", list(SAMPLES.values()), ids=list(SAMPLES))
def test_totals_are_named_by_their_rows_and_make_nobody_known(
    client: Client, school: str, sample: Sample
) -> None:
    answer = push(client, sample, CASES["totals at the end"](sample))

    first = len(sample.records) + 1
    rows = {fault["row"] for fault in answer.json["errors"]}
    assert rows == set(range(first, first + len(sample.totals)))
    looked_up = client.post(f"/v1/schools/{URN}/pupils/lookup", {"references": ["Total"]})
    assert looked_up.json["pupils"] == [{"reference": "Total", "pupil": None}]


class TenGigabytes:
    """A body that comes in chunks, made as they are read; knows how much of it was."""

    def __init__(self, opening: bytes, space: bytes) -> None:
        self.given = 0
        self._opening = opening
        self._spaces = space * MIB

    def read(self, size: int = -1) -> bytes:
        assert 0 < size <= MIB, "read a piece at a time"
        piece = (self._opening + self._spaces)[:size] if self.given < 10_000 * MIB else b""
        self._opening = self._opening[size:]
        self.given += len(piece)
        return piece


def push_chunked(client: Client, sample: Sample, stream: TenGigabytes) -> Any:
    return push(
        client,
        sample,
        b"",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": stream, "wsgi.input_terminated": True},
    )


@pytest.mark.parametrize("sample", list(SAMPLES.values()), ids=list(SAMPLES))
@pytest.mark.parametrize("within", [False, True], ids=["at the start", "behind a record"])
def test_ten_gigabytes_of_blanks_are_refused_once_the_limit_is_passed(
    client: Client, school: str, sample: Sample, within: bool
) -> None:
    opening = sample.with_records(sample.records[:1]).removesuffix(sample.tail) if within else b""
    stream = TenGigabytes(opening, b"\n" if within and sample.form == "csv" else b" ")

    answer = push_chunked(client, sample, stream)

    assert problem_in(answer, answer.status_code)["status"] in (400, 413)
    assert stream.given <= 66 * MIB
    assert kept(client) == []


def test_spaces_that_were_packed_well_are_refused_as_they_are_inflated(client: Client, school: str) -> None:
    pack = zlib.compressobj(wbits=31)
    pieces = [pack.compress(b" " * MIB) for _ in range(80)] + [pack.flush()]
    packed = b"".join(pieces)
    assert len(packed) < MIB

    for sample in SAMPLES.values():
        answer = push(client, sample, packed, headers={"Content-Encoding": "gzip"})
        assert answer.status_code in (400, 413), sample.layout
