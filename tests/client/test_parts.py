"""A file that is larger than a push may be goes in parts, which hold each row once and are whole files themselves."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.endings import NotReadable, Refused
from client.parts import Limits, Part, content_of, parts_of
from client.source import Source, source_of
from intake.tables import read_table

KNOWN = {name: name for name in ("pupil", "date", "session", "code")}
HEADER = "pupil,date,session,code\n"


def source(folder: Path, text: str, name: str = "marks.csv") -> Source:
    file = folder / name
    file.write_text(text, newline="")
    return source_of(file)


def bodies(held: Source, limits: Limits, *, together: bool = False) -> list[bytes]:
    return [b"".join(content_of(held, part)) for part in parts_of(held, limits, together=together)]


def test_a_file_within_the_limits_goes_as_it_is(tmp_path: Path) -> None:
    text = f"\n{HEADER}A,2026-11-20,AM,/\n\n"
    assert bodies(source(tmp_path, text), Limits(1000, 10)) == [text.encode()]


def test_each_part_has_the_header_and_as_many_rows_as_fit(tmp_path: Path) -> None:
    held = source(tmp_path, HEADER + "A,1,AM,/\nB,1,AM,/\n\nC,1,AM,/\n")
    assert bodies(held, Limits(most_rows=2)) == [
        f"{HEADER}A,1,AM,/\nB,1,AM,/\n".encode(),
        f"{HEADER}C,1,AM,/\n".encode(),
    ]
    first, second = parts_of(held, Limits(most_rows=2), together=False)
    assert (first.first_row, first.rows, first.line) == (0, 2, 2)
    assert (second.first_row, second.rows, second.line) == (2, 1, 5)


def test_parts_keep_within_the_bytes_of_a_push(tmp_path: Path) -> None:
    rows = [f"P{number},2026-11-20,AM,/\n" for number in range(200)]
    found = bodies(source(tmp_path, HEADER + "".join(rows)), Limits(most_bytes=300))
    assert max(map(len, found)) <= 300
    assert b"".join(body.removeprefix(HEADER.encode()) for body in found) == "".join(rows).encode()


def test_a_row_of_many_days_counts_for_all_the_marks_that_it_may_hold(tmp_path: Path) -> None:
    held = source(tmp_path, 'pupil,07/09/2026,08/09/2026\nA,"/,\\","/,\\"\nB,"/,\\","/,\\"\n' * 1)
    assert len(bodies(held, Limits(most_rows=11))) == 2
    assert len(bodies(held, Limits(most_rows=30))) == 1


def test_json_lines_are_cut_between_lines(tmp_path: Path) -> None:
    lines = [json.dumps({"pupil": str(number)}) + "\n" for number in range(5)]
    held = source(tmp_path, "".join(lines), "marks.ndjson")
    assert bodies(held, Limits(most_rows=2)) == [
        "".join(lines[:2]).encode(),
        "".join(lines[2:4]).encode(),
        "".join(lines[4:]).encode(),
    ]


@given(
    rows=st.lists(
        st.tuples(st.text(alphabet='ab",\n', max_size=4), st.sampled_from(["", "\n"])),
        min_size=1,
        max_size=15,
    ),
    most_rows=st.integers(1, 6),
)
def test_the_server_reads_the_same_rows_from_the_parts_as_from_the_whole(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], most_rows: int
) -> None:
    quoted = ['"' + cell.replace('"', '""') + f'",1,AM,/\n{blank}' for cell, blank in rows]
    held = source(tmp_path_factory.mktemp("parts"), HEADER + "".join(quoted))
    found = [list(read_table([body], known=KNOWN)) for body in bodies(held, Limits(most_rows=most_rows))]
    together = [cells for part in found for _, cells in part]
    assert together == [cells for _, cells in read_table([(HEADER + "".join(quoted)).encode()], known=KNOWN)]
    assert all(len(part) <= most_rows for part in found)


@pytest.mark.parametrize(
    ("name", "text", "together", "why"),
    [
        pytest.param("a.csv", HEADER + "A,1,AM,/\n" * 9, True, "--replace and --atomic", id="all or nothing"),
        pytest.param("a.json", "[" + "1," * 99 + "1]", False, "only CSV and JSON lines", id="a JSON array"),
        pytest.param("a.xml", "<a>" + " " * 99 + "</a>", False, "only CSV and JSON lines", id="XML"),
        pytest.param("a.csv", HEADER + '"A"b,1\n' * 20, False, "its CSV is broken", id="broken quoting"),
        pytest.param(
            "a.csv", HEADER + "A" * 100 + "\n", False, "the row in line 2", id="a row that is too large"
        ),
    ],
)
def test_what_is_too_large_and_cannot_be_cut_is_refused_before_it_is_sent(
    tmp_path: Path, name: str, text: str, together: bool, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        parts_of(source(tmp_path, text, name), Limits(most_bytes=80), together=together)


def test_broken_quoting_within_the_limits_is_left_to_the_server(tmp_path: Path) -> None:
    held = source(tmp_path, HEADER + '"A"b,1\n' * 20)
    assert parts_of(held, Limits(most_rows=3), together=False) == [Part(1, 0, held.size)]


def test_a_file_that_is_written_again_while_it_is_pushed_is_noticed(tmp_path: Path) -> None:
    held = source(tmp_path, HEADER + "A,1,AM,/\n")
    (part,) = parts_of(held, Limits(), together=False)
    held.path.write_text(HEADER + "A,1,AM,/\nB,1,AM,/\n")
    with pytest.raises(NotReadable, match="was changed"):
        list(content_of(held, part))
