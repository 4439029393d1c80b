"""A push of absence events: the calendar's sessions without an event are filled in, and the whole goes in as marks.

Filled in are the sessions of the school's calendar within the window, up to today, for pupils whom the roll lists on
that day. Left as they are: all sessions of a pupil with an event that can't be read, and the sessions of an event that
is rejected; to say there that the pupil was present would be to say what nobody knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from domain.attendance.calendar import academic_year_of, first_year_of, sessions_of
from domain.errors import Fault, invalid
from intake.absence_events import PRESENT, AbsenceEvents
from intake.marks import Marks, Numbering
from services.attendance.laying import PushOptions, Range
from services.attendance.named_schools import check_named_schools
from services.attendance.places import Places, Spells, places_in
from services.attendance.push import push_marks
from services.attendance.rows import EARLIEST
from services.imports import Receipt
from services.schools.calendars import load_calendars
from services.schools.code_maps import find_code_map
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

THERE = ("/", "\\")
"""The marks of a pupil who is there, in the morning and in the afternoon."""

NO_ROW = 0
"""The number of the row of a mark that was filled in."""

SHOWN_DAYS = 5


@dataclass(frozen=True)
class _Sessions:
    """The sessions of the school's calendars within a window, day times two plus one for the afternoon, in order."""

    number: Ints
    missing_years: list[str]

    def place_of(self, numbers: Ints) -> Ints:
        """Where each stands among these sessions; -1 for one that the calendars don't have."""
        place = np.searchsorted(self.number, numbers)
        place[place == self.number.size] = 0
        return np.where(self.number[place] == numbers, place, -1)


def push_events(work: UnitOfWork, school: SchoolRef, events: AbsenceEvents, options: PushOptions) -> Receipt:
    """Take in the events of one school and window; each mark, of an event or filled in, is a row of the receipt.

    Raises `Invalid` without a window, where no session of the school's calendar lies in it, and where filling it in
    would come to more rows than a body may have; and what `push_marks` raises.
    """
    if options.replace is None:
        raise invalid(
            "/query/replace",
            "Events tell only who wasn't there. Name the days that they speak for in full, such as "
            "?replace=2026-09-07..2026-09-11: every other session of the calendar in them is filled in as present.",
        )
    sessions = _sessions_within(work, school, options.replace)
    year = first_year_of(date.fromordinal(int(sessions.number[0]) // 2))
    places = places_in(work, work.ledger(school.id), year)
    marks = _of_this_school(work, school, events, places)
    held = find_code_map(work, school.id, None)
    marks = _in_codes(marks, events.usual, held.map if held else {})
    return push_marks(work, school, _filled_in(work, events, marks, places, sessions), options)


def _sessions_within(work: UnitOfWork, school: SchoolRef, window: Range) -> _Sessions:
    first, last = max(window[0], EARLIEST), min(window[1], work.today)
    calendars = load_calendars(work, school.id, first, last, None) if first <= last else ()
    numbers = [
        day.toordinal() * 2 + (session == "PM")
        for calendar in calendars
        for day, session in sessions_of(calendar, first, last)
    ]
    if not numbers:
        raise invalid(
            "/query/replace",
            f"No session of the school's calendar lies within {window[0]}..{window[1]}, up to today: "
            "PUT the calendar of the academic year first, or name other days.",
        )
    years = {academic_year_of(date(year, 9, 1)) for year in range(first.year, last.year)}
    years |= {academic_year_of(first), academic_year_of(last)}
    missing = sorted(years - {calendar.academic_year for calendar in calendars})
    return _Sessions(np.unique(np.array(numbers, np.int64)), missing)


def _of_this_school(work: UnitOfWork, school: SchoolRef, events: AbsenceEvents, places: Places) -> Marks:
    """The marks without those of other schools' events, which are rejected."""
    marks = events.marks
    named = check_named_schools(work, school, events.schools.values())
    warnings = [*marks.warnings, *named.warnings]
    faults: list[Fault] = []
    kept: Flags = np.ones(marks.row.size, np.bool_)
    for place, row in enumerate(marks.row.tolist()):
        reference = marks.references[marks.pupil[place]][0]
        reason = named.why_not(events.schools.get(row), pupil_known=reference in places.pupil_of)
        if reason is not None:
            kept[place] = False
            faults.append(Fault(reason, row=row, pupil=reference, code=marks.codes[marks.code[place]]))
    return replace(
        marks,
        pupil=marks.pupil[kept],
        date=marks.date[kept],
        pm=marks.pm[kept],
        code=marks.code[kept],
        row=marks.row[kept],
        rejected=[*marks.rejected, *faults],
        warnings=warnings,
    )


def _in_codes(marks: Marks, usual: Mapping[str, str], own: Mapping[str, str]) -> Marks:
    """The marks with codes in place of categories; a category that stands for none is left for the push to reject.

    The keys of the school's own map may be whole descriptors: what stands behind their `#` counts.
    """
    meanings = dict(usual) | {key.rpartition("#")[2].strip().casefold(): code for key, code in own.items()}
    codes = [meanings.get(category.casefold(), category) for category in marks.codes]
    there = np.array([code in (PRESENT, *THERE) for code in codes], np.bool_)
    code = np.where(there[marks.code], len(codes) + marks.pm, marks.code) if codes else marks.code
    return replace(marks, codes=[*codes, *THERE], code=code.astype(np.int32))


def _filled_in(
    work: UnitOfWork, events: AbsenceEvents, marks: Marks, places: Places, sessions: _Sessions
) -> Marks:
    """The marks and, for each session that no event speaks of, one that says that the pupil was there."""
    listed = places.spells.where(places.spells.listed)
    pupil, session = _sessions_of_pupils(work, listed, sessions, beside=marks.row.size)
    pupil_of_mark = np.array(
        [places.pupil_of.get(references[0], -1) for references in marks.references], np.int64
    )[marks.pupil]
    place = sessions.place_of(marks.days[marks.date].astype(np.int64) * 2 + marks.pm)
    spoken_of = (pupil_of_mark * sessions.number.size + place)[place >= 0]
    unread = [places.pupil_of.get(fault.pupil or "", -1) for fault in events.marks.rejected]
    free = ~np.isin(pupil * sessions.number.size + session, spoken_of) & ~np.isin(pupil, unread)
    pupil, session = pupil[free], session[free]
    unlisted = set(pupil_of_mark.tolist()) - set(listed.pupil.tolist())
    warnings = _warnings(marks, sessions, place, filled=pupil.size, unlisted=bool(unlisted))
    return _with_those_there(marks, places, pupil, sessions.number[session], warnings)


def _sessions_of_pupils(
    work: UnitOfWork,
    spells: Spells,
    sessions: _Sessions,
    *,
    beside: int,
) -> tuple[Ints, Ints]:
    """Every pair of a pupil and a session, by its place, on which the pupil is on roll."""
    days = sessions.number // 2
    stretches = [
        (pupil, *np.searchsorted(days, [first, last + 1]).tolist())
        for pupil, first, last in zip(
            spells.pupil.tolist(), spells.first.tolist(), spells.last.tolist(), strict=True
        )
    ]
    total = beside + sum(end - start for _, start, end in stretches)
    if total > work.tools.max_rows:
        raise invalid(
            "/query/replace",
            f"The sessions of pupils on roll within these days come to {total:,} marks, and a push may have "
            f"{work.tools.max_rows:,}: push the events of fewer days at a time.",
        )
    nothing = np.empty(0, np.int64)
    pupil = np.concatenate([nothing, *(np.full(end - start, pupil) for pupil, start, end in stretches)])
    session = np.concatenate([nothing, *(np.arange(start, end) for _, start, end in stretches)])
    return pupil, session


def _with_those_there(marks: Marks, places: Places, pupil: Ints, session: Ints, warnings: list[str]) -> Marks:
    names = Numbering((references, number) for number, references in enumerate(marks.references))
    days = Numbering((day, number) for number, day in enumerate(marks.days.tolist()))
    reference_of = {held: reference for reference, held in places.pupil_of.items()}
    named = np.array([names[(reference_of[one],)] for one in pupil.tolist()], np.int32)
    dated = np.array([days[one] for one in (session // 2).tolist()], np.int32)
    pm = (session % 2).astype(np.bool_)
    return replace(
        marks,
        references=names.values_in_order,
        days=np.array(days.values_in_order, np.int32),
        dates=[date.fromordinal(day).isoformat() for day in days.values_in_order],
        pupil=np.concatenate([marks.pupil, named]),
        date=np.concatenate([marks.date, dated]),
        pm=np.concatenate([marks.pm, pm]),
        code=np.concatenate([marks.code, (len(marks.codes) - len(THERE) + pm).astype(np.int32)]),
        row=np.concatenate([marks.row, np.full(pm.size, NO_ROW, np.int32)]),
        received=marks.received + pm.size,
        warnings=warnings,
    )


def _warnings(marks: Marks, sessions: _Sessions, place: Ints, *, filled: int, unlisted: bool) -> list[str]:
    said = [*marks.warnings, f"{filled:,} sessions without an event were filled in as present"]
    if sessions.missing_years:
        said.append(
            f"no calendar is held of {', '.join(sessions.missing_years)}: nothing was filled in there"
        )
    if unlisted:
        said.append("pupils with an event who aren't on the roll were given no other marks")
    outside = sorted({marks.dates[number] for number in np.unique(marks.date[place < 0]).tolist()})
    if outside:
        shown = ", ".join(outside[:SHOWN_DAYS]) + (", …" if len(outside) > SHOWN_DAYS else "")
        said.append(f"the calendar has no such session on {shown}: nobody else was given a mark there")
    return said
