import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import HeadwayError, Malformed, TooLarge
from intake.marks import NO_MINUTES, Marks
from intake.registry import read_marks

SAMPLE = (Path(__file__).parents[1] / "data" / "shapes" / "sims_session_attendances.xml").read_bytes()
RECORD = (
    "<SessionAttendance><PersonID>1</PersonID><AttendanceDate>2026-09-07</AttendanceDate>"
    "<SessionName>AM</SessionName><AttendanceMark>/</AttendanceMark></SessionAttendance>"
)


def of(*records: str) -> str:
    return f"<SessionAttendances>{''.join(records)}</SessionAttendances>"


def read(body: str | bytes, *, size: int = 1 << 16, **options: Any) -> Marks:
    raw = body.encode() if isinstance(body, str) else body
    pieces = (raw[start : start + size] for start in range(0, len(raw), size))
    return read_marks(pieces, media_type="application/xml", **options)


def shown(marks: Marks) -> list[tuple[Any, ...]]:
    minutes = marks.minutes_late
    return [
        (
            marks.references[marks.pupil[place]],
            marks.dates[marks.date[place]],
            "PM" if marks.pm[place] else "AM",
            marks.codes[marks.code[place]],
            NO_MINUTES if minutes is None else int(minutes[place]),
        )
        for place in range(len(marks.row))
    ]


ONE = [(("1",), "2026-09-07", "AM", "/", NO_MINUTES)]


@given(st.integers(1, 3000), st.integers(1, 3000))
def test_the_sample_reads_the_same_however_it_is_cut(size: int, block: int) -> None:
    marks = read(SAMPLE, size=size, block=block)
    assert (marks.layout, marks.received, marks.rejected) == ("sims_xml", 60, [])
    assert marks.row.tolist() == list(range(1, 61))
    assert shown(marks)[10] == (("9902",), "2026-09-07", "AM", "L", 12)
    assert marks.dropped_columns == ["Comments"]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\xef\xbb\xbf" + of(RECORD).encode(), id="a byte-order mark"),
        pytest.param(b" \r\n\n" + of(RECORD).encode(), id="blanks in front"),
        pytest.param(of(RECORD).encode("utf-16"), id="UTF-16 with its mark"),
        pytest.param(of(RECORD).encode("utf-16-be"), id="UTF-16 without"),
        pytest.param(
            b'<?xml version="1.0" encoding="utf-16"?>' + of(RECORD).encode(), id="UTF-8 that says UTF-16"
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="windows-1252"?>' + of(RECORD).encode(), id="Windows-1252"
        ),
        pytest.param(
            of("<!-- \xe9 -->", RECORD).encode("latin-1"),
            id="stray Windows-1252",
        ),
        pytest.param(
            of('<s:SessionAttendance xmlns:s="urn:x">' + RECORD[19:-20] + "</s:SessionAttendance>").encode(),
            id="a prefix",
        ),
        pytest.param(of(RECORD).upper().encode(), id="capitals"),
        pytest.param(of(RECORD.replace(">/<", "> <![CDATA[/]]>\n<")).encode(), id="CDATA"),
        pytest.param(of(RECORD.replace(">/<", ">&#47;<")).encode(), id="a letter by its number"),
        pytest.param(of(f"<Page><Part>{RECORD}</Part></Page>").encode(), id="deeper than usual"),
    ],
)
def test_what_exports_differ_in_does_not_matter(raw: bytes) -> None:
    marks = read(raw, layout="sims_xml")
    assert (shown(marks), marks.rejected) == (ONE, [])
    assert shown(read(raw)) == ONE


def test_a_windows_1252_letter_is_read_as_such_declared_or_not() -> None:
    body = of(RECORD.replace(">1<", ">Zo\u00eb\u2019s<"))
    declared = f'<?xml version="1.0" encoding="Windows-1252"?>{body}'
    for raw in (body.encode(), body.encode("cp1252"), declared.encode("cp1252"), body.encode("utf-16")):
        assert read(raw).references == [("Zo\u00eb\u2019s",)]


def test_names_and_birthdays_are_dropped_unread_and_named() -> None:
    private = "<Forename>Ada</Forename><DOB><Year>2015</Year></DOB>"
    marks = read(of(RECORD.replace("<PersonID>", private + '<PersonID surname="Lovelace">')))
    assert marks.dropped_columns == ["Forename", "DOB", "surname"]
    assert shown(marks) == ONE
    assert "Ada" not in repr(marks)
    assert "Lovelace" not in repr(marks)


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (RECORD.replace("<SessionName>AM</SessionName>", ""), "SessionName is missing"),
        (RECORD.replace("<AttendanceMark>/</AttendanceMark>", ""), "AttendanceMark is missing"),
        (RECORD.replace("<PersonID>1</PersonID>", ""), "blank"),
        (RECORD.replace("AM</SessionName>", "AM</SessionName><SessionName>PM</SessionName>"), "2 times"),
        (RECORD.replace("2026-09-07", "07/09/2026"), "write YYYY-MM-DD"),
        (RECORD.replace(">AM<", ">Evening<"), "neither AM nor PM"),
        ("<SessionAttendance/>", "missing"),
        (RECORD.replace("</SessionAtt", "<MinsLate>soon</MinsLate></SessionAtt"), "minutes late"),
    ],
)
def test_a_record_that_lacks_something_is_rejected_alone(record: str, words: str) -> None:
    marks = read(of(RECORD, record, RECORD.replace(">AM<", ">PM<")))
    assert [fault.row for fault in marks.rejected] == [2]
    assert words in marks.rejected[0].detail
    assert (marks.row.tolist(), marks.received) == ([1, 3], 3)


def test_a_record_twice_counts_twice() -> None:
    assert read(of(RECORD, RECORD)).row.tolist() == [1, 2]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "ha">'
    + "".join(f"<!ENTITY l{n} '" + f"&l{n - 1};" * 10 + "'>" for n in range(1, 12))
    + "]>"
    + of(RECORD.replace(">1<", ">&l11;<"))
)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(BOMB, "DOCTYPE", id="an XML bomb"),
        pytest.param(
            f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>' + of("&a;" * 50_000), "DOCTYPE", id="a flat bomb"
        ),
        pytest.param(
            '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + of("&a;"), "DOCTYPE", id="a file"
        ),
        pytest.param(
            '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + of(RECORD), "DOCTYPE", id="an outer DTD"
        ),
        pytest.param(
            '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>' + of(), "DOCTYPE", id="parameters"
        ),
        pytest.param(of("&nbsp;", RECORD), "undefined entity", id="an entity of nobody's"),
        pytest.param(of(RECORD, "<a>" * 100), "nested more than 64", id="deep nesting"),
        pytest.param(of(RECORD.replace(">1<", f">{'<i>' * 5000}<")), "nested more than 64", id="deep within"),
        pytest.param(of(RECORD, RECORD[:-3]), "record 2, in line 1", id="a tag cut off"),
        pytest.param(of(RECORD) + of(RECORD), "junk after document", id="two documents"),
        pytest.param(of(RECORD) + "x", "junk after|not well-formed", id="something behind"),
        pytest.param(of(RECORD.replace(">1<", ">\x00<")), "record 1", id="a control character"),
        pytest.param(of(RECORD.replace(">1<", f">{'1' * (5 << 20)}<")), "record is longer", id="a long text"),
        pytest.param(of("<!--" + "x" * (3 << 20) + "-->"), "never closed", id="a long comment"),
        pytest.param(of(f'<a b="{"x" * (3 << 20)}"/>'), "never closed", id="a long attribute"),
        pytest.param(of(*(f"<a{n}/>" for n in range(1100))), "1,000 different", id="names without end"),
        pytest.param(
            of("<a " + " ".join(f"b{n}='x'" for n in range(1100)) + "/>"),
            "1,000 different",
            id="attributes without end",
        ),
        pytest.param('<?xml version="1.0" encoding="utf-7"?>' + of(), "encoding", id="UTF-7"),
        pytest.param(of(RECORD).encode("utf-16") + b"\x00", "UTF-16", id="UTF-16 cut within a letter"),
        pytest.param(of(RECORD).encode("utf-32"), "no layout|can't be read", id="UTF-32"),
        pytest.param("<html><body/></html>", "sessionattendance", id="a page of the web"),
    ],
)
@pytest.mark.parametrize("block", [700, 1 << 16])
def test_what_is_not_sound_or_not_safe_is_refused_whole(body: str | bytes, words: str, block: int) -> None:
    with pytest.raises(Malformed, match=words):
        read(body, layout="sims_xml", block=block)


@pytest.mark.parametrize("body", [BOMB, BOMB.replace("lolz", "SessionAttendances")])
def test_a_bomb_is_refused_before_a_layout_is_named_too(body: str) -> None:
    with pytest.raises(Malformed, match="DOCTYPE"):
        read(body)


@given(st.integers(0, len(SAMPLE) - 25))
def test_an_export_that_was_cut_short_is_always_malformed(cut: int) -> None:
    with pytest.raises(Malformed):
        read(SAMPLE[:cut], layout="sims_xml")


@given(st.data(), st.integers(1, 2000))
def test_a_damaged_export_is_refused_in_our_words_or_every_record_is_accounted_for(
    data: st.DataObject, block: int
) -> None:
    raw = bytearray(of(*[RECORD] * data.draw(st.integers(0, 4))).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 30))] = data.draw(
            st.sampled_from([b"", b"<", b">", b"</", b"&", b"\xff", b"\0", RECORD.encode(), b"<!--", b"]]>"])
        )
    try:
        marks = read(bytes(raw), layout="sims_xml", block=block)
    except HeadwayError as error:
        assert isinstance(error, Malformed)
    else:
        numbers = sorted([*marks.row.tolist(), *(fault.row or 0 for fault in marks.rejected)])
        assert numbers == list(range(1, marks.received + 1))


def test_the_number_of_records_is_limited_and_none_at_all_is_nothing() -> None:
    assert read(of()).received == 0
    with pytest.raises(TooLarge, match="more than 1 rows"):
        read(of(RECORD, RECORD), max_rows=1)


def test_a_body_is_never_held_whole_nor_are_its_records() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"<SessionAttendances>"
        for _ in range(40):
            yield RECORD.encode() * 500
        yield b"</SessionAttendances>"

    tracemalloc.start()
    try:
        marks = read_marks(chunks(), media_type=None)
        held, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert marks.received == 20_000
    assert held < 1_000_000
    assert most < 4_000_000
