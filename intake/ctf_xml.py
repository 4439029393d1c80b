"""The layout `ctf_xml`: the attendance in a common transfer file, for each `Pupil` stretches of marks from a day on.

How the marks of a stretch fall on days: `intake.marks_string`. Names, addresses, birthdays and all else that such a
file tells of its pupils is passed over unread. Rows are numbered by pupil, from 1; one without any attendance is none.
"""

from collections.abc import Iterable, Iterator

from intake.layout import How, Reader
from intake.marks import MarkColumns, Marks
from intake.marks_string import add_string
from intake.readings import day_number
from intake.recognition import Opening
from intake.rows_of_marks import RowsOfMarks
from intake.xml_records import Element, Records, root_of

RECORD = "pupil"
STRETCH = "attendsessions"
START = "attendancestartdate"
MARKS = "attendancemarks"
TAKEN = {
    RECORD: frozenset({"upn", "attendance"}),
    "attendance": frozenset({"yeardata", STRETCH}),
    "yeardata": frozenset({STRETCH}),
    STRETCH: frozenset({START, MARKS}),
}
ROOTS = ("ctpupildata", "ctfpupildata", "ctfile")


def read_ctf_xml(chunks: Iterable[bytes], how: How) -> Marks:
    """The marks of all pupils of the file."""
    columns = MarkColumns("ctf_xml", how.pseudonymise, how.max_rows, many_in_a_row=True)
    gathered = RowsOfMarks(columns)
    records = Records(chunks, how, roots=ROOTS, record=RECORD, taken=TAKEN)
    number = 0
    for pupils in records:
        for number, pupil in enumerate(pupils, number + 1):  # noqa: B020  counts on
            for stretch in _stretches(pupil):
                _add_stretch(gathered, number, pupil, stretch)
    gathered.finish()
    columns.dropped_columns = list(records.dropped)
    return columns.finish()


def _stretches(element: Element) -> Iterator[Element]:
    for inner in element.within:
        if inner.name == STRETCH:
            yield inner
        else:
            yield from _stretches(inner)


def _add_stretch(gathered: RowsOfMarks, number: int, pupil: Element, stretch: Element) -> None:
    """Gathers a stretch's marks; where pupil or day can't be told, each of them is rejected."""
    marks = ",".join(stretch.texts(MARKS))
    named = tuple(pupil.texts("upn")[:1])
    try:
        pupil.one_text("upn")
        stretch.one_text(MARKS)
        start = stretch.one_text(START) or ""
        day_number(start, day_first=False, pseudonymise=gathered.columns.pseudonymise)
    except ValueError as error:
        gathered.reject(number, named, [str(error)] * (marks.count(",") + 1), marks)
    else:
        add_string(gathered, number, named, start, marks)


def _is_ctf_xml(opening: Opening) -> bool:
    return root_of(opening) in ROOTS


CTF_XML = Reader(_is_ctf_xml, read_ctf_xml)
