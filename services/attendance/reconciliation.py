"""Totals as a school's own system states them, held against the marks: a question, by which nothing changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from domain.attendance.codes import NUMBERS
from domain.attendance.reconciliation import (
    Counts,
    Difference,
    SessionKey,
    alike_divided,
    counts_by_pupil,
    counts_by_session,
    differences_of,
)
from domain.errors import Fault
from intake.session_counts import CountRow, SessionCounts
from intake.stated_totals import PupilTotals, StatedTotals
from services.attendance.answers import window_of
from services.attendance.loading import load_school
from services.attendance.named_schools import check_named_schools
from services.schools.code_maps import find_code_map
from services.schools.rolls import lookup_pupils
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork

MOST_SHOWN = 10_000
"""Differences that an answer lists; it says how many there are."""

SHOWN_FAULTS = 1_000


@dataclass
class Reconciliation:
    """Where a school's own system and we differ. Rows are rejected where they can't be compared."""

    first: date
    last: date
    layout: str
    received: int
    faults: list[Fault]
    dropped_columns: list[str]
    warnings: list[str] = field(default_factory=list)
    differences: list[dict[str, Any]] = field(default_factory=list)
    not_known: list[str] = field(default_factory=list)
    """References stated that find no pupil here."""
    not_stated: list[str] = field(default_factory=list)
    """Pupils with marks here of whom no row speaks."""

    @property
    def rejected(self) -> int:
        """Rows that weren't compared."""
        return len({fault.row for fault in self.faults})

    @property
    def status(self) -> int:
        """200 when every row was compared, 207 when some was, 422 when none was."""
        return 200 if not self.rejected else 422 if self.rejected == self.received else 207

    def as_dict(self) -> dict[str, Any]:
        """The answer as it is sent."""
        return {
            "from": self.first,
            "to": self.last,
            "layout": self.layout,
            "received": self.received,
            "compared": self.received - self.rejected,
            "rejected": self.rejected,
            "agree": not self.differences and not self.rejected,
            "differing": len(self.differences),
            "differences": self.differences[:MOST_SHOWN],
            "not_known": self.not_known,
            "not_stated": self.not_stated,
            "warnings": self.warnings,
            "dropped_columns": self.dropped_columns,
            "errors": [fault.as_dict() for fault in self.faults[:SHOWN_FAULTS]],
        }


def reconcile(
    work: UnitOfWork, school: SchoolRef, stated: StatedTotals | SessionCounts, query: Mapping[str, Any]
) -> Reconciliation:
    """Where what is stated differs from the marks held between two days, by pupil or by session.

    Without `from` and `to`, sessions are compared from the first to the last day that is stated.
    """
    days = [row.day for row in stated.rows] if isinstance(stated, SessionCounts) else []
    first, last = (date.fromordinal(day) for day in (min(days), max(days))) if days else (None, None)
    first, last = window_of(work.today, {"from": query["from"] or first, "to": query["to"] or last})
    found = Reconciliation(
        first, last, stated.layout, stated.received, list(stated.rejected), list(stated.dropped_columns)
    )
    if isinstance(stated, SessionCounts):
        _Sessions(work, school, stated, found).compare()
    else:
        _Pupils(work, school, stated, found).compare()
    found.faults.sort(key=lambda fault: fault.row or 0)
    return found


class _Codes:
    """What each code as written stands for at this school."""

    def __init__(self, work: UnitOfWork, school: SchoolRef) -> None:
        held = find_code_map(work, school.id, None)
        self.own = held.map if held else {}

    def __contains__(self, code: str) -> bool:
        return code in NUMBERS or code in self.own

    def read(self, counts: Mapping[str, int]) -> Counts:
        """The counts by national code; what several of the school's own stand for is added up."""
        found: Counts = {}
        for code, count in counts.items():
            national = code if code in NUMBERS else self.own[code]
            found[national] = found.get(national, 0) + count
        return found

    def why_not(self, counts: Mapping[str, int]) -> str | None:
        """The sentence that says which code can't be read; None when all can."""
        unknown = next((code for code in counts if code not in self), None)
        return None if unknown is None else f"{unknown[:64]} isn't a code of the register"


class _Pupils:
    """Totals by pupil, as they are compared."""

    def __init__(
        self, work: UnitOfWork, school: SchoolRef, stated: StatedTotals, found: Reconciliation
    ) -> None:
        self._work = work
        self._school = school
        self._stated = stated
        self._found = found
        self._codes = _Codes(work, school)

    def compare(self) -> None:
        """Fills in where they differ, in the order of the rows, then pupils of whom no row speaks."""
        found = self._found
        columns = self._columns_left_out()
        rows = [self._readable(row, columns) for row in self._stated.pupils]
        pupils = self._pupils_of([row for row in rows if row is not None])
        stated = {pupil: self._codes.read(row.counts) for pupil, row in pupils.items()}
        held = counts_by_pupil(load_school(self._work, self._school, found.first, found.last))
        rejected = self._named_by_rejected_rows()
        held = {pupil: counts for pupil, counts in held.items() if pupil in stated or pupil not in rejected}
        found.not_stated = sorted(held.keys() - stated.keys())
        for pupil, differing in differences_of(stated, dict(sorted(held.items()))).items():
            found.differences += [{"pupil": pupil} | _shown(one) for one in differing]

    def _columns_left_out(self) -> set[str]:
        """Columns that are neither national codes nor the school's own: told of, and looked at no further."""
        left_out = {code for code in self._stated.own_codes if code not in self._codes}
        counted = {code for row in self._stated.pupils for code in row.counts.keys() & left_out}
        for code in self._stated.own_codes:
            if code in left_out:
                self._found.dropped_columns.append(code)
            if code in left_out & counted:
                self._found.warnings.append(
                    f"The column {code} is no attendance code, nor one of the school's code map: it wasn't compared."
                )
        return left_out

    def _readable(self, row: PupilTotals, left_out: set[str]) -> PupilTotals | None:
        wrong = [why for code, why in row.unread.items() if code not in left_out]
        counts = {code: count for code, count in row.counts.items() if code not in left_out}
        detail = " ".join(wrong) or self._codes.why_not(counts)
        if detail:
            self._reject(row, detail)
            return None
        return replace(row, counts=counts)

    def _pupils_of(self, rows: Sequence[PupilTotals]) -> dict[str, PupilTotals]:
        """The row of each pupil. References of one row that mean two pupils, or rows that disagree, are rejected."""
        given = list(dict.fromkeys(reference for row in rows for reference in row.references))
        found = lookup_pupils(self._work, self._school, given)
        answered = {str(one["reference"]): one["pupil"] for one in found}
        rows_of: dict[str, list[PupilTotals]] = {}
        for row in rows:
            pupils = {pupil for reference in row.references if (pupil := answered[reference]) is not None}
            if len(pupils) > 1:
                self._reject(row, f"the references mean different pupils: {' and '.join(sorted(pupils))}")
                continue
            rows_of.setdefault(next(iter(pupils), row.references[0]), []).append(row)
        for pupil, several in list(rows_of.items()):
            if any(self._codes.read(row.counts) != self._codes.read(several[0].counts) for row in several):
                for row in rows_of.pop(pupil):
                    self._reject(row, "another row says otherwise of the same pupil")
        known = set(answered.values())
        self._found.not_known = [pupil for pupil in rows_of if pupil not in known]
        return {pupil: several[0] for pupil, several in rows_of.items()}

    def _named_by_rejected_rows(self) -> set[str | None]:
        """Pupils of whom a rejected row speaks: it isn't that nothing is stated of them."""
        named = list(dict.fromkeys(fault.pupil for fault in self._found.faults if fault.pupil))
        return {one["pupil"] for one in lookup_pupils(self._work, self._school, named)}

    def _reject(self, row: PupilTotals, detail: str) -> None:
        self._found.faults.append(Fault(detail, row=row.row, pupil=row.references[0]))


class _Sessions:
    """Totals by session and year group, as they are compared."""

    def __init__(
        self, work: UnitOfWork, school: SchoolRef, stated: SessionCounts, found: Reconciliation
    ) -> None:
        self._work = work
        self._school = school
        self._stated = stated
        self._found = found
        self._codes = _Codes(work, school)
        self._named = check_named_schools(work, school, [row.school for row in stated.rows if row.school])
        found.warnings += [*stated.warnings, *self._named.warnings]

    def compare(self) -> None:
        """Fills in where they differ, by session in order, then by year group as stated."""
        stated, rejected = self._by_session()
        held = counts_by_session(load_school(self._work, self._school, self._found.first, self._found.last))
        for session in sorted(stated.keys() | (held.keys() - rejected)):
            both = alike_divided(stated.get(session, {}), held.get(session, {}))
            for year_group, differing in differences_of(*both).items():
                self._found.differences += [
                    _named(session) | {"year_group": year_group} | _shown(one) for one in differing
                ]

    def _by_session(self) -> tuple[dict[SessionKey, dict[str | None, Counts]], set[SessionKey]]:
        """What is stated of each session, and sessions of which a row can't be compared, which is rejected."""
        stated: dict[SessionKey, dict[str | None, Counts]] = {}
        rejected = set()
        for row in self._stated.rows:
            session = row.day, row.pm
            wrong = self._why_not(row, stated.get(session, {}))
            if wrong:
                rejected.add(session)
                self._found.faults.append(Fault(wrong, row=row.number))
            else:
                stated.setdefault(session, {})[row.year_group] = self._codes.read(row.counts)
        return stated, rejected

    def _why_not(self, row: CountRow, already: Mapping[str | None, Counts]) -> str | None:
        if wrong := self._named.why_not(row.school) or self._codes.why_not(row.counts):
            return wrong
        first, last, day = self._found.first, self._found.last, date.fromordinal(row.day)
        if not first <= day <= last:
            return f"{day} isn't within {first} to {last}"
        if row.year_group in already and already[row.year_group] != self._codes.read(row.counts):
            return "an earlier row says otherwise of the same session and year group"
        if already and (row.year_group is None) != (None in already):
            return (
                "an earlier row states this session otherwise: either for the whole school, or by year group"
            )
        return None


def _named(session: SessionKey) -> dict[str, Any]:
    return {"date": date.fromordinal(session[0]), "session": "PM" if session[1] else "AM"}


def _shown(one: Difference) -> dict[str, Any]:
    return {"code": one.code, "stated": one.stated, "held": one.held}
