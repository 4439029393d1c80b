"""Made-up marks: a school's sessions by its pupils, and the bodies and rows that carry them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

FIRST_DAY = date(2025, 9, 1)
"""All sessions lie in the academic year 2025/26."""

CODES = ("/", "\\", "L", "I", "M", "C", "G", "N", "O", "U", "B", "V")
SHARES = (0.0, 0.0, 0.02, 0.035, 0.008, 0.004, 0.006, 0.003, 0.008, 0.003, 0.004, 0.004)
"""How often each code stands; what is left to 1 is present: `/` in the morning, `\\` in the afternoon."""
LATE, ILL = CODES.index("L"), CODES.index("I")
CORRECTED = 0.02


def school_days(count: int) -> list[date]:
    """The first days of the year that aren't at a weekend."""
    days = (FIRST_DAY + timedelta(days=number) for number in range(366))
    return [day for day in days if day.weekday() < 5][:count]


@dataclass(frozen=True)
class School:
    """A school whose pupils are there the whole year; everything about it follows from its number."""

    number: int
    pupils: int = 380
    sessions: int = 380
    corrected: bool = False
    """Whether its marks are those after 2 % of them were corrected."""

    @property
    def urn(self) -> str:
        """Outside the numbers that real schools have."""
        return str(900_000 + self.number)

    @cached_property
    def references(self) -> list[str]:
        """References such as an MIS has: a letter and a number, each school's own."""
        start = (self.number * 7919) % 5000
        return [f"P{start + pupil:04}" for pupil in range(self.pupils)]

    @cached_property
    def slots(self) -> list[tuple[str, str]]:
        """Date and session of each register, in order."""
        days = school_days((self.sessions + 1) // 2)
        return [(day.isoformat(), half) for day in days for half in ("AM", "PM")][: self.sessions]

    @cached_property
    def codes(self) -> npt.NDArray[np.uint8]:
        """Sessions by pupils: indices into CODES."""
        random = np.random.default_rng(self.number)
        drawn = random.random((self.sessions, self.pupils))
        marks = np.searchsorted(np.cumsum(SHARES), drawn, side="right").astype(np.uint8)
        present = marks == len(CODES)
        marks[present] = np.broadcast_to(np.arange(self.sessions)[:, None] % 2, marks.shape)[present]
        if self.corrected:
            wrong = random.random(marks.shape) < CORRECTED
            marks[wrong] = np.where(marks[wrong] == LATE, ILL, LATE)
        return marks

    def marks(self, session: int) -> dict[str, str]:
        """One register: a code for each pupil."""
        return {
            pupil: CODES[code]
            for pupil, code in zip(self.references, self.codes[session].tolist(), strict=True)
        }

    def rows(self, sessions: range) -> Iterator[tuple[str, str, str, str]]:
        """Pupil, date, session and code of each mark, session by session."""
        for session in sessions:
            day, half = self.slots[session]
            for pupil, code in self.marks(session).items():
                yield pupil, day, half, code


def roll_body(school: School) -> bytes:
    """The whole roll, on roll from the first day."""
    first = FIRST_DAY.isoformat()
    pupils = [
        {"pupil": pupil, "from": first, "year_group": str(7 + number % 5)}
        for number, pupil in enumerate(school.references)
    ]
    return json.dumps({"pupils": pupils}).encode()


def register_body(school: School, session: int) -> bytes:
    """The body of a PUT of one register."""
    return json.dumps({"marks": school.marks(session)}).encode()


def bulk_json(school: School, sessions: range) -> bytes:
    """A JSON array of rows."""
    return b"[" + b", ".join(_objects(school, sessions)) + b"]"


def bulk_ndjson(school: School, sessions: range) -> bytes:
    """A row of JSON a line."""
    return b"\n".join(_objects(school, sessions)) + b"\n"


def bulk_csv(school: School, sessions: range, *, times: bool = False) -> bytes:
    """Long CSV, if asked with the time at which the school's system touched each mark."""
    header = "pupil,date,session,code" + (",source_updated_at" if times else "")
    time = "T08:55:00Z"
    lines = (
        f"{pupil},{day},{half},{code}" + (f",{day}{time}" if times else "")
        for pupil, day, half, code in school.rows(sessions)
    )
    return "\n".join([header, *lines, ""]).encode()


BULK = {
    "JSON": ("application/json", bulk_json),
    "NDJSON": ("application/x-ndjson", bulk_ndjson),
    "CSV": ("text/csv", bulk_csv),
}
"""Media type and writer of each form of a bulk body."""


def copy_lines(school: School, sessions: range) -> bytes:
    """The same marks as PostgreSQL's COPY takes them: school, pupil, date, session, code."""
    lines = []
    for session in sessions:
        day, half = school.slots[session]
        after = f"\t{day}\t{int(half == 'PM')}\t"
        codes = [CODES[code].replace("\\", "\\\\") + "\n" for code in range(len(CODES))]
        lines += [
            f"{school.number}\t{pupil}{after}{codes[code]}"
            for pupil, code in enumerate(school.codes[session].tolist())
        ]
    return "".join(lines).encode()


def _objects(school: School, sessions: range) -> Iterator[bytes]:
    written = {code: json.dumps(code) for code in CODES}
    for pupil, day, half, code in school.rows(sessions):
        yield (
            f'{{"pupil": "{pupil}", "date": "{day}", "session": "{half}", "code": {written[code]}}}'.encode()
        )
