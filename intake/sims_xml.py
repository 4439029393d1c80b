"""The layout `sims_xml`: a `SessionAttendance` for each mark, with the person, day, session, mark and minutes late."""

from collections.abc import Iterable

from intake.layout import How, Reader
from intake.marks import Batch, MarkColumns, Marks
from intake.recognition import Opening
from intake.xml_records import Element, Records, root_of

ROOTS = ("sessionattendances",)
RECORD = "sessionattendance"
PUPIL = ("personid", "upn")
"""What names a pupil, the preferred one first."""
NEEDED = {
    "attendancedate": "AttendanceDate",
    "sessionname": "SessionName",
    "attendancemark": "AttendanceMark",
}
MINUTES = "minslate"
TAKEN = frozenset({*PUPIL, *NEEDED, MINUTES})

_Row = tuple[tuple[str, ...], str, str, str, str | None]


def read_sims_xml(chunks: Iterable[bytes], how: How) -> Marks:
    """The marks of the records; comments, and whatever else a record holds, aren't read."""
    columns = MarkColumns("sims_xml", how.pseudonymise, how.max_rows)
    records = Records(chunks, how, roots=ROOTS, record=RECORD, taken={RECORD: TAKEN})
    number = 0
    for elements in records:
        numbers: list[int] = []
        rows: list[_Row] = []
        for number, element in enumerate(elements, number + 1):  # noqa: B020  counts on
            try:
                rows.append(_row(element))
                numbers.append(number)
            except ValueError as error:
                columns.reject(number, str(error), pupil=next(filter(None, _pupil(element)), None))
        _add(columns, numbers, rows)
    columns.dropped_columns = list(records.dropped)
    return columns.finish()


def _row(element: Element) -> _Row:
    """Pupil, day, session, mark and minutes; `ValueError` where one is missing or stands there twice."""
    day, session, mark = (_needed(element, name) for name in NEEDED)
    minutes = element.one_text(MINUTES)
    for name in PUPIL:
        element.one_text(name)
    return _pupil(element), day, session, mark, minutes or None


def _needed(element: Element, name: str) -> str:
    text = element.one_text(name)
    if text is None:
        raise ValueError(f"The {NEEDED[name]} is missing.")
    return text


def _pupil(element: Element) -> tuple[str, ...]:
    return tuple(text for name in PUPIL for text in element.texts(name)[:1])


def _add(columns: MarkColumns, numbers: list[int], rows: list[_Row]) -> None:
    if rows:
        pupils, dates, sessions, codes, minutes = zip(*rows, strict=True)
        columns.add(Batch(numbers, pupils, dates, sessions, codes, minutes=minutes))


def _is_sims_xml(opening: Opening) -> bool:
    return root_of(opening) in ROOTS


SIMS_XML = Reader(_is_sims_xml, read_sims_xml)
