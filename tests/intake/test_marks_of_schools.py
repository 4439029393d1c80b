"""Rows of several schools: each says whose it is, and divided they are what each school would have sent alone."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid, Malformed
from intake.marks import Marks
from intake.marks_of_schools import read_marks_of_schools
from intake.registry import read_marks

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "school": st.sampled_from(["900001", "900002", "mis-1"]),
            "pupil": st.sampled_from(["P1", "P2", "P3", "P" * 65]),
            "date": st.sampled_from(["2026-09-07", "2026-09-08", "7 September"]),
            "session": st.sampled_from(["AM", "PM"]),
            "code": st.sampled_from(["/", "I", "QQ", "-", None]),
        },
        optional={
            "minutes_late": st.integers(0, 9),
            "source_updated_at": st.just("2026-09-07T09:00:00Z"),
            "deleted": st.booleans(),
        },
    ),
    max_size=12,
)


def read(body: str, **options: Any) -> Marks:
    return read_marks_of_schools([body.encode()], **options)


def said_by(marks: Marks) -> list[tuple[Any, ...]]:
    """Everything that each row says, but for its number."""
    nothing = [None] * marks.pupil.size
    times = nothing if marks.source_updated_at is None else marks.source_updated_at.tolist()
    minutes = nothing if marks.minutes_late is None else marks.minutes_late.tolist()
    return [
        (
            marks.references[marks.pupil[line]],
            marks.dates[marks.date[line]],
            int(marks.days[marks.date[line]]),
            bool(marks.pm[line]),
            marks.codes[marks.code[line]],
            None if times[line] in (None, -(1 << 63)) else times[line],
            None if minutes[line] in (None, -1) else minutes[line],
        )
        for line in range(marks.pupil.size)
    ]


@given(ROWS)
def test_divided_they_are_what_each_school_would_have_sent_alone(rows: list[dict[str, Any]]) -> None:
    marks = read(json.dumps(rows))

    assert marks.school is not None
    assert marks.received == len(rows)
    for place, school in enumerate(marks.schools):
        chosen = np.flatnonzero(marks.school == place)
        part = marks.some(chosen, [])
        own = [
            {name: value for name, value in row.items() if name != "school"}
            for row in rows
            if row["school"] == school
        ]
        alone = read_marks([json.dumps(own).encode()], media_type="application/json")
        assert said_by(part) == said_by(alone)
        assert part.received == len(said_by(alone))
        assert set(part.references) == set(alone.references)
        assert [rows[number - 1]["school"] for number in part.row.tolist()] == [school] * part.row.size
    assert {number: rows[number - 1]["school"] for number in marks.school_of_rejected} == (
        marks.school_of_rejected
    )
    assert [fault.row for fault in marks.rejected] == sorted(marks.school_of_rejected)


def test_nothing_is_kept_of_what_only_a_rejected_row_named() -> None:
    marks = read('[{"school": "900009", "pupil": "P1", "date": "x", "session": "AM", "code": "/"}]')

    assert (marks.schools, marks.references, marks.school_of_rejected) == ([], [], {1: "900009"})


def test_a_row_of_a_table_takes_the_first_name_that_is_not_blank() -> None:
    marks = read(
        "LAESTAB,URN,School,UPN,Date,Session,Mark\n830/4001,, ,P1,07/09/2026,AM,/\n1,2,3,P1,07/09/2026,PM,\\\n"
        ",,,P2,07/09/2026,PM,\\\n"
    )

    assert marks.schools == ["830/4001", "3"]
    assert [(fault.row, fault.pupil, fault.detail) for fault in marks.rejected] == [
        (3, "P2", "The school is blank; it needs 1 to 64 characters.")
    ]


def test_a_upn_in_the_place_of_a_school_is_replaced() -> None:
    marks = read(
        '[{"school": "A123456789012", "pupil": "P1", "date": "2026-09-07", "session": "AM", "code": "/"}]',
        pseudonymise=lambda text: text.replace("A123456789012", "u_x"),
    )

    assert marks.schools == ["u_x"]


@pytest.mark.parametrize(
    ("body", "layout", "error"),
    [
        pytest.param(" ", None, Malformed, id="nothing"),
        pytest.param("<SessionAttendances/>", None, Malformed, id="xml"),
        pytest.param("UPN,07/09/2026\nP1,/\n", None, Malformed, id="wide"),
        pytest.param("UPN,Date,Session,Mark\nP1,07/09/2026,AM,/\n", None, Malformed, id="no school"),
        pytest.param("[]", "wonde", Invalid, id="a layout of one school"),
    ],
)
def test_what_names_no_schools_is_refused(body: str, layout: str | None, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(body, layout=layout)
