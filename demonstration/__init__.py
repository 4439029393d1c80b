"""An invented school, as the calls that a school's systems and leaders would make: Example School, and nobody real.

`calls(today)` gives them in order; `flask --app app demonstrate` makes them, through the same API as everybody else.
"""

from collections.abc import Iterator
from datetime import date

from demonstration import attendance, calendar, pupils, tracker
from demonstration.call import Call

URN = "900001"
"""No school has it: real ones have six digits that begin with 1."""

SCHOOL = {
    "name": "Example School",
    "laestab": "0009001",
    "la_code": "000",
    "la_name": "Example County",
    "region": "North East",
    "phase": "secondary",
    "trust_uid": "T900",
    "trust_name": "Example Trust",
    "aliases": ["example-mis"],
}


def calls(today: date) -> Iterator[Call]:
    """Every call that makes the demonstration, from the school to its three challenges."""
    year = calendar.calendar_before(today)
    everybody = pupils.invent(year)
    root = f"/v1/schools/{URN}"
    yield Call("PUT", root, SCHOOL)
    yield Call("PUT", f"{root}/calendar/{year.path}", year.body)
    yield Call("PUT", f"{root}/roll?on={year.first}", {"pupils": [pupil.on_roll() for pupil in everybody]})
    for rows in attendance.weeks(year, everybody, today):
        yield Call("POST", f"{root}/marks", rows)
    yield from tracker.calls(URN, year, today)
