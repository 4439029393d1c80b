import json
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from intake.registry import read_marks

ROWS = 20_000


def json_chunks() -> Iterator[bytes]:
    for start in range(0, ROWS, 1000):
        rows = [
            {"pupil": f"P{number % 900}", "date": "2026-09-07", "session": "AM", "code": "/"}
            for number in range(start, start + 1000)
        ]
        yield (b"," if start else b"[") + json.dumps(rows)[1:-1].encode()
    yield b"]"


def line_chunks() -> Iterator[bytes]:
    return (chunk.lstrip(b"[,").rstrip(b"]").replace(b"}, ", b"}\n") + b"\n" for chunk in json_chunks())


def table_chunks() -> Iterator[bytes]:
    yield b"UPN,Date,Session,Mark\n"
    for start in range(0, ROWS, 1000):
        yield b"".join(b"P%d,2026-09-07,AM,/\n" % (number % 900) for number in range(start, start + 1000))


@pytest.mark.parametrize("chunks", [json_chunks, line_chunks, table_chunks])
def test_a_body_is_never_held_whole_nor_are_its_rows(chunks: Callable[[], Iterator[bytes]]) -> None:
    body = list(chunks())
    tracemalloc.start()
    try:
        marks = read_marks(iter(body), media_type=None)
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert marks.received == ROWS
    columns = sum(column.nbytes for column in (marks.pupil, marks.date, marks.pm, marks.code, marks.row))
    # As objects, the rows alone would take over 5 MB.
    assert held < columns + 500_000
    assert most < 2 * columns + 2_000_000
