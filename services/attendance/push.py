"""A push of marks: rows in columns come in, registers change, a receipt says what became of every row."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from domain.attendance import register
from domain.attendance.calendar import first_year_of
from domain.attendance.codes import NO_MARK, NUMBERS
from domain.attendance.register import CONTRADICTED
from domain.errors import Fault
from intake.marks import NO_MINUTES, NO_TIME, Marks
from services.attendance import register_store
from services.attendance.enrolment import enrol, who_is_meant
from services.attendance.laying import Laying, OneRegister, PushOptions
from services.attendance.places import UNKNOWN, Places, places_in
from services.attendance.register_store import Sessions
from services.attendance.rows import NO_CODE, Flags, RowNumbers, Rows
from services.imports import Receipt, keep_receipt
from services.schools.code_maps import find_code_map
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork

CELLS_AT_ONCE = 1 << 18
"""Registers times places that are worked on together: bounds the memory of a push of any size."""

NEVER = np.iinfo(np.int64).max


def push_marks(
    work: UnitOfWork, school: SchoolRef, marks: Marks, options: PushOptions, one: OneRegister | None = None
) -> Receipt:
    """Take in the rows of one school; the receipt accounts for each, and is kept.

    Raises `Conflict` where a push that replaces would take away more than 20 % of what is held, and where its rows say
    that two pupils are one whose marks disagree: then nothing is kept at all.
    """
    receipt = Receipt("marks" if one is None else "register", received=marks.received)
    receipt.dropped_columns = marks.dropped_columns
    receipt.warnings = list(marks.warnings)
    push = Push(work, school, marks, options, one, receipt)
    if options.atomic or options.replace is not None:
        work.needs_lock()
        with work.connection.begin_nested() as savepoint:
            push.run()
            if push.all_rejected or (options.atomic and receipt.counts["rejected"]):
                savepoint.rollback()
                push.refuse_all()
    else:
        push.run()
    keep_receipt(work, school.id, receipt)
    if options.dry_run:
        work.discard()
    return receipt


class Push:
    """One push as it runs: its rows laid over the registers held, and what is counted of them."""

    def __init__(
        self,
        work: UnitOfWork,
        school: SchoolRef,
        marks: Marks,
        options: PushOptions,
        one: OneRegister | None,
        receipt: Receipt,
    ) -> None:
        self.work = work
        self.school_id = school.id
        self.options = options
        self.one = one
        self.receipt = receipt
        self.laying = Laying(work, school.id, options, one, receipt)
        self.ledger = self.laying.ledger
        self.rows = Rows(marks, self._numbers(marks.codes), work.tomorrow, idle=one is None)

    def run(self) -> None:
        rows = self.rows
        rows.reject_what_cannot_be(self.options.replace)
        self.laying.count("unchanged", int(np.count_nonzero(rows.standing & rows.idle)))
        for year in self._academic_years():
            self._push_year(year)
        if not (self.all_rejected or (self.options.atomic and rows.faults)):
            self.laying.guard()
        self.laying.warn_of_weekends(self._days())
        self.laying.count("rejected", len(rows.faults))
        rows.faults.sort(key=lambda fault: fault.row or 0)
        self.receipt.faults = [self._pointed(fault) for fault in rows.faults]

    def _numbers(self, codes: list[str]) -> list[int]:
        """The number of each code; the school's own are looked up where there are any."""
        numbers = [NUMBERS.get(code, NO_CODE) if code else NO_MARK for code in codes]
        held = find_code_map(self.work, self.school_id, None) if NO_CODE in numbers else None
        if held is None:
            return numbers
        return [
            NUMBERS.get(held.map.get(code, ""), NO_CODE) if number == NO_CODE else number
            for code, number in zip(codes, numbers, strict=True)
        ]

    def refuse_all(self) -> None:
        """All or nothing, and it is nothing: every row counts as rejected."""
        self.receipt.counts = dict.fromkeys(self.receipt.counts, 0)
        self.receipt.counts["rejected"] = self.receipt.received

    @property
    def all_rejected(self) -> bool:
        """Whether not one row stands: then nothing is taken in, and nothing removed either."""
        return self.rows.none_stands

    def _pointed(self, fault: Fault) -> Fault:
        """A fault of a register points at its mark by the pupil, who is named in the body once."""
        if self.one is None or fault.pupil is None:
            return fault
        escaped = fault.pupil.replace("~", "~0").replace("/", "~1")
        return Fault(fault.detail, pointer=f"/marks/{escaped}", pupil=fault.pupil, code=fault.code)

    def _days(self) -> list[int]:
        """The days that the push is of, as ordinals, in order; the day of a register even where it has no rows."""
        return self.rows.days() if self.one is None else [self.one.day.toordinal()]

    # Rows of one academic year, whose registers share their places.

    def _academic_years(self) -> list[int]:
        if self.all_rejected:
            return []
        years = {_academic_year(day) for day in self._days()}
        if self.options.replace is not None:
            # A range may name centuries: only years in which something is held can lose anything.
            first, last = (day.toordinal() for day in self.options.replace)
            held = register_store.first_and_last_day(self.work.connection, self.school_id, first, last)
            if held is not None:
                years |= set(range(_academic_year(held[0]), _academic_year(held[1]) + 1))
        return sorted(years)

    def _push_year(self, year: int) -> None:
        first, last = date(year, 9, 1).toordinal(), date(year + 1, 8, 31).toordinal()
        mine = self.rows.to_push & (self.rows.day >= first) & (self.rows.day <= last)
        places, place_of = self._placed(year, mine)
        place = place_of[self.rows.marks.pupil]
        mine &= self.rows.standing
        known = mine & (place != UNKNOWN)
        rows = known.nonzero()[0]
        # No mark for a pupil that nobody has heard of.
        self.laying.count("unchanged", int(np.count_nonzero(mine)) - rows.size)
        sessions, held = self._sessions(first, last, rows)
        width = max(places.width, 1)
        for some, of_them in self._in_blocks(sessions, rows, width):
            self._push_block(register_store.block_of(some, held, width), of_them, place, places)

    def _placed(self, year: int, mine: Flags) -> tuple[Places, npt.NDArray[np.int32]]:
        """The places of the year, after those that the push names for the first time were given theirs."""
        places = places_in(self.work, self.ledger, year)
        names = self.rows.marks.references
        place_of = places.find_all(names)
        lacking = self._lacking(mine, places, place_of)
        if self.options.strict_roll and lacking.any():
            stranger = np.array([places.is_stranger(refs) for refs in names])
            self.rows.reject(
                mine & self.rows.marked & stranger[self.rows.marks.pupil],
                lambda _: "the pupil isn't on the roll, and strict_roll is asked for",
            )
            lacking &= ~stranger
        early = self._first_days(mine, places, place_of) if lacking.any() or places.unlisted else {}
        if lacking.any() or early:
            # Only what a row that stands says makes somebody known.
            self._reject_contradictions_of(np.flatnonzero(mine & self.rows.standing), places)
            lacking &= self._lacking(mine, places, place_of)
            early = self._first_days(mine, places, place_of)
        if lacking.any() or early:
            unlisted = enrol(
                self.work, self.ledger, year, places, [names[i] for i in np.flatnonzero(lacking)], early
            )
            self.laying.count("unlisted", unlisted)
            places = places_in(self.work, self.ledger, year)
            place_of = places.find_all(names)
        return places, place_of

    def _lacking(self, mine: Flags, places: Places, place_of: npt.NDArray[np.int32]) -> Flags:
        """Which of the pupils named are to be given a place, because a row that stands has a mark for them."""
        unknown = place_of == UNKNOWN
        if not unknown.any():
            return np.asarray(unknown)
        names = self.rows.marks.references
        standing = mine & self.rows.standing
        marked = standing & self.rows.marked
        lacking = np.zeros(len(names), np.bool_)
        lacking[self.rows.marks.pupil[marked]] = True
        # A blank makes nobody known, but where one of its references does mean somebody, all of them do.
        blank = self.rows.marks.pupil[standing & ~marked]
        for number in np.unique(blank).tolist() if blank.size else ():
            lacking[number] |= len(names[number]) > 1 and not places.is_stranger(names[number])
        return np.asarray(lacking & unknown)

    def _reject_contradictions_of(self, rows: RowNumbers, places: Places) -> None:
        """Those among rows of whom it isn't settled yet which pupils they mean."""
        references = self.rows.marks.references
        named = np.unique(self.rows.marks.pupil[rows])
        who = np.zeros(len(references), np.int32)
        who[named] = who_is_meant(places, [references[number] for number in named.tolist()])
        session = self.rows.session[rows]
        line = np.searchsorted(np.unique(session), session).astype(np.int32)
        contradicted = register.contradictions(self.rows.pushed(rows, line, who[self.rows.marks.pupil[rows]]))
        self.rows.reject_contradicted(rows[contradicted])

    def _first_days(
        self, mine: Flags, places: Places, place_of: npt.NDArray[np.int32]
    ) -> dict[tuple[str, ...], int]:
        """The first day marked of references that tell of somebody new, or of somebody's being there earlier."""
        marked = mine & self.rows.standing & self.rows.marked
        first = np.full(len(self.rows.marks.references), NEVER)
        np.minimum.at(first, self.rows.marks.pupil[marked], self.rows.day[marked])
        news = first < np.where(place_of == UNKNOWN, NEVER, places.first_known[place_of])
        return {
            self.rows.marks.references[number]: int(first[number])
            for number in np.flatnonzero(news).tolist()
            if places.is_news(self.rows.marks.references[number], int(first[number]))
        }

    def _sessions(self, first: int, last: int, rows: RowNumbers) -> tuple[Sessions, dict[int, Any]]:
        """The sessions of the year that the push speaks of, and what is held of them."""
        connection = self.work.connection
        if self.one is not None:
            return self.one.sessions, self.laying.held_of(self.one)
        named = np.unique(self.rows.session[rows]).astype(np.int64)
        if self.options.replace is not None:
            lower = max(first, self.options.replace[0].toordinal())
            upper = min(last, self.options.replace[1].toordinal())
            held = register_store.sessions_held(connection, self.school_id, lower, upper)
            return np.union1d(named, np.array(sorted(held), np.int64)), held
        if named.size == 0:
            return named, {}
        return named, register_store.sessions_named(connection, self.school_id, named)

    def _in_blocks(
        self, sessions: Sessions, rows: RowNumbers, width: int
    ) -> Iterator[tuple[Sessions, RowNumbers]]:
        """The sessions in blocks that are worked on together, each with its rows."""
        at_once = max(1, CELLS_AT_ONCE // width)
        if 0 < sessions.size <= at_once:
            yield sessions, rows
            return
        rows = rows[np.argsort(self.rows.session[rows], kind="stable")]
        in_order = self.rows.session[rows]
        for start in range(0, sessions.size, at_once):
            some = sessions[start : start + at_once]
            begin, end = np.searchsorted(in_order, [some[0], some[-1] + 1])
            yield some, rows[begin:end]

    def _push_block(
        self, block: register_store.Block, rows: RowNumbers, place: npt.NDArray[np.int32], places: Places
    ) -> None:
        line = np.searchsorted(block.sessions, self.rows.session[rows]).astype(np.int32)
        pushed = self.rows.pushed(rows, line, place[rows])
        spared = self._named_by_rejected_rows(block, place, places) if self.laying.replaces else None
        applied = self.laying.come_to(block, pushed, spared)
        contradicted = rows[applied.outcome == CONTRADICTED]
        if contradicted.size:
            self.rows.reject_contradicted(contradicted)
        if self.one is not None and self.all_rejected:
            return
        pushed_empty = [0] if self.one is not None and block.kept[0] is None and not self.rows.faults else []
        self.laying.take(block, pushed, applied, places, create=pushed_empty)

    def _named_by_rejected_rows(
        self, block: register_store.Block, place: npt.NDArray[np.int32], places: Places
    ) -> Flags | None:
        """The marks that rejected rows speak of: such a row changes nothing, so its mark isn't one to remove.

        A row that couldn't even be read may speak of any session, so all marks of its pupil are spared.
        """
        unread = self.rows.marks.rejected
        if not (self.rows.faults or unread):
            return None
        spared = np.zeros(block.held.marks.shape, np.bool_)
        there = np.isin(self.rows.session, block.sessions)
        rows = np.flatnonzero(~self.rows.standing & (place != UNKNOWN) & there)
        spared[np.searchsorted(block.sessions, self.rows.session[rows]), place[rows]] = True
        spared[:, [places.place_of[fault.pupil] for fault in unread if fault.pupil in places.place_of]] = True
        return spared


def _academic_year(day: int) -> int:
    return first_year_of(date.fromordinal(day))


assert (NO_TIME, NO_MINUTES) == (register.NO_TIME, register.NO_MINUTES)  # noqa: S101  one meaning on both sides
