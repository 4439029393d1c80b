"""The sample of every layout, taken apart into records, and the ways in which files of schools' systems are broken.

A case is a function from a sample to a body; what each layout makes of each case is the table in `test_broken_files`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "data"
WEEK = "2026-09-07..2026-09-11"

_LONG = (DATA / "shapes" / "long_marks.csv").read_text().splitlines()[1:]


@dataclass(frozen=True)
class Sample:
    """A body in one layout: what stands before its records, the records, what stands between and behind them.

    `mark` is how the first record writes its first mark, and another one; `pupil` how it writes its pupil (or what
    else it is of); `needed` is what every record needs, and what a system might call it instead; `totals` are records
    such as reports end with.
    """

    layout: str
    media_type: str
    head: bytes
    records: list[bytes]
    between: bytes
    tail: bytes
    mark: tuple[bytes, bytes]
    pupil: bytes
    needed: tuple[bytes, bytes]
    totals: list[bytes]
    replace: str | None = None

    def with_records(self, records: list[bytes]) -> bytes:
        """The body with these records."""
        return self.head + self.between.join(records) + self.tail

    @property
    def body(self) -> bytes:
        """The sample as it is."""
        return self.with_records(self.records)

    @property
    def otherwise(self) -> bytes:
        """The first record with another mark."""
        return self.records[0].replace(*self.mark, 1)

    @property
    def form(self) -> str:
        """What it is written in: csv, json or xml."""
        return {"text/csv": "csv", "application/xml": "xml"}.get(self.media_type, "json")


def _csv(file: str, layout: str, **given: Any) -> Sample:
    head, *records = (DATA / "shapes" / file).read_bytes().splitlines(keepends=True)
    return Sample(layout, "text/csv", head, records, b"", b"", **given)


def _json(rows: list[Any], layout: str, **given: Any) -> Sample:
    records = [_written(row) for row in rows]
    totals = [_written(row) for row in given.pop("totals")]
    return Sample(layout, "application/json", b"[", records, b",\n", b"]", totals=totals, **given)


def _xml(file: str, layout: str, **given: Any) -> Sample:
    head, *records, tail = (DATA / "shapes" / file).read_bytes().splitlines(keepends=True)
    return Sample(layout, "application/xml", head, records, b"", tail, **given)


def _lines(sample: Sample, layout: str) -> Sample:
    return Sample(**vars(sample) | {"layout": layout, "head": b"", "between": b"\n", "tail": b"\n"})


def _written(row: Any) -> bytes:
    return json.dumps(row).encode()


def _own_rows() -> list[dict[str, Any]]:
    cells = [line.split(",") for line in _LONG]
    return [
        {"pupil": mis_id, "date": "-".join(reversed(day.split("/"))), "session": session, "code": code}
        for _, mis_id, _, day, session, code, _ in cells
    ]


def _events() -> list[dict[str, Any]]:
    """A week of events in the form of the sample that lies beside."""
    first = json.loads((DATA / "edfi_events.jsonl").read_text().splitlines()[0])
    category = "uri://ed-fi.org/AttendanceEventCategoryDescriptor#"
    told = [("9901", 7, "Tardy"), ("9902", 8, "Excused Absence"), ("9903", 9, "Tardy"), ("9904", 10, "Tardy")]
    return [
        first
        | {
            "studentReference": {"studentUniqueId": pupil},
            "eventDate": f"2026-09-{day:02}",
            "attendanceEventCategoryDescriptor": category + said,
            "eventDuration": 1.0,
        }
        for pupil, day, said in told
    ]


_ROWS = _own_rows()
_WONDE = json.loads((DATA / "shapes" / "wonde_like_session_attendance.json").read_text())["data"]
_COUNTS = json.loads((DATA / "shapes" / "daily_code_counts.json").read_text())
_EVENTS = _events()
_OWN = _json(
    _ROWS,
    "json",
    mark=(b'"/"', b'"I"'),
    pupil=b"9901",
    needed=(b'"session"', b'"lesson"'),
    totals=[{"pupil": "Total", "code": "60"}, _ROWS[0] | {"pupil": "Total", "code": "60"}],
)

SAMPLES: dict[str, Sample] = {
    sample.layout: sample
    for sample in (
        _OWN,
        _lines(_OWN, "ndjson"),
        _csv(
            "long_marks.csv",
            "long",
            mark=(b",/,", b",I,"),
            pupil=b"9901",
            needed=(b"Session", b"Lesson"),
            totals=[b"Total,,,,,60,\n", b"Total marks: 60\n"],
        ),
        _csv(
            "wide_marks.csv",
            "wide",
            mark=(b'"/,', b'"I,'),
            pupil=b"9901",
            needed=(b"UPN,MISID", b"Name,Form"),
            totals=[b"Total,,,6,6,6,6,6\n", b"Total pupils: 6\n"],
        ),
        _csv(
            "marks_string.csv",
            "marks_string",
            mark=(b'"/,', b'"I,'),
            pupil=b"Z000000026001",
            needed=(b"AttendanceStartDate", b"Begins"),
            totals=[b"Total,,60\n", b"Total pupils: 6\n"],
        ),
        _json(
            _WONDE,
            "wonde",
            mark=(b'"/"', b'"I"'),
            pupil=b"9901",
            needed=(b'"session"', b'"lesson"'),
            totals=[{"total": 59}, _WONDE[0] | {"student": None, "session": "Total"}],
        ),
        _xml(
            "sims_session_attendances.xml",
            "sims_xml",
            mark=(b">/<", b">I<"),
            pupil=b"9901",
            needed=(b"SessionName", b"LessonName"),
            totals=[
                b"<SessionAttendance><PersonID>Total</PersonID><AttendanceMark>60</AttendanceMark>"
                b"</SessionAttendance>\n"
            ],
        ),
        _xml(
            "ctf_attendance_fragment.xml",
            "ctf_xml",
            mark=(b">/,", b">I,"),
            pupil=b"Z000000026001",
            needed=(b"AttendanceStartDate", b"Begins"),
            totals=[
                b"<Pupil><UPN>Total</UPN><Attendance><AttendSessions><AttendanceMarks>60</AttendanceMarks>"
                b"</AttendSessions></Attendance></Pupil>\n"
            ],
        ),
        _json(
            _COUNTS,
            "daily_code_counts",
            mark=(b'"/": 1', b'"/": 2'),
            pupil=b"100000",
            needed=(b'"session"', b'"lesson"'),
            totals=[_COUNTS[0] | {"year_group": "Total"}, {"on_roll": 6}],
        ),
        _lines(
            _json(
                _EVENTS,
                "edfi",
                mark=(b"#Tardy", b"#Excused Absence"),
                pupil=b"9901",
                needed=(b'"eventDate"', b'"on"'),
                totals=[{"studentReference": None, "total": 4}, _EVENTS[0] | {"eventDate": "Total"}],
                replace=WEEK,
            ),
            "edfi",
        ),
    )
}
"""One of every layout, by its name."""


def cut_in_the_middle(sample: Sample) -> bytes:
    """Within a record."""
    first_half = sample.with_records(sample.records[: len(sample.records) // 2 + 1])
    return first_half[: len(first_half) - len(sample.tail) - 12]


def quote_never_closed(sample: Sample) -> bytes:
    """Of the text that names the pupil, or of the cell with marks; in XML a tag is opened and never closed."""
    if sample.form == "xml":
        return sample.body.replace(b"</AttendanceMark", b"<AttendanceMark", 1)
    if sample.form == "json":
        return sample.body.replace(sample.pupil + b'"', sample.pupil, 1)
    quoted = sample.body.replace(b'"\n', b"\n", 1)
    return quoted if quoted != sample.body else sample.body.replace(sample.pupil, b'"' + sample.pupil, 1)


def header_twice(sample: Sample) -> bytes:
    """Two reports put one behind the other; in JSON the names of the columns as the first row."""
    if sample.form == "csv":
        return sample.head + sample.body
    if sample.form == "xml":
        return sample.head + sample.body
    return sample.with_records([_written(list(json.loads(sample.records[0]))), *sample.records])


def column_missing(sample: Sample) -> bytes:
    """What every record needs has another name."""
    return sample.body.replace(*sample.needed)


def totals_at_the_end(sample: Sample) -> bytes:
    """As reports end."""
    return sample.with_records([*sample.records, *sample.totals])


def mixed_encodings(sample: Sample) -> bytes:
    """One pupil written in UTF-8 and another in Windows-1252."""
    records = list(sample.records)
    records[0] = records[0].replace(sample.pupil, "Zoë".encode())
    records[1] = records[1].replace(sample.pupil, "Zoë".encode("cp1252"))
    if records[1] == sample.records[1]:
        records[1] = records[1].replace(b"9902", b"No\xeb").replace(b"N000000026002", b"No\xeb")
    return sample.with_records(records)


def duplicates_that_agree(sample: Sample) -> bytes:
    """All twice."""
    return sample.with_records(sample.records * 2)


def duplicates_that_disagree(sample: Sample) -> bytes:
    """The first record once more with another mark."""
    return sample.with_records([*sample.records, sample.otherwise])


def pupil_twice(sample: Sample) -> bytes:
    """All records of one pupil stand there twice, one mark of them otherwise."""
    own = [record for record in sample.records if sample.pupil in record]
    return sample.with_records([*sample.records, own[0].replace(*sample.mark, 1), *own[1:]])


def bomb(sample: Sample) -> bytes:
    """Small as it comes and without end once read: entities in XML, nesting in JSON, a line of a megabyte in CSV."""
    if sample.form == "csv":
        return sample.head + b'"' + b"," * (3 << 20)
    if sample.form == "json":
        return sample.with_records([sample.records[0], b"[" * 100_000])
    entities = b"".join(
        b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12)
    )
    return b'<!DOCTYPE x [<!ENTITY a0 "ha">' + entities + b"]>" + sample.head + b"&a11;" + sample.tail


def a_nul(sample: Sample) -> bytes:
    """Where the first pupil is named."""
    return sample.body.replace(sample.pupil, b"99\x0001", 1)


def utf_16(sample: Sample) -> bytes:
    """As spreadsheets save text."""
    return sample.body.decode().encode("utf-16")


def nothing_but_blanks(_: Sample) -> bytes:
    """An export that failed."""
    return b" \r\n" * 1000


def no_records(sample: Sample) -> bytes:
    """An export of a day without marks."""
    return sample.with_records([])


CASES: dict[str, Callable[[Sample], bytes]] = {
    "as it should be": lambda sample: sample.body,
    "no records": no_records,
    "cut in the middle": cut_in_the_middle,
    "a quote never closed": quote_never_closed,
    "the header twice": header_twice,
    "a column missing": column_missing,
    "totals at the end": totals_at_the_end,
    "mixed encodings": mixed_encodings,
    "duplicates that agree": duplicates_that_agree,
    "duplicates that disagree": duplicates_that_disagree,
    "a pupil twice": pupil_twice,
    "a bomb": bomb,
    "a NUL": a_nul,
    "UTF-16": utf_16,
    "nothing but blanks": nothing_but_blanks,
}
