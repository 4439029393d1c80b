"""Registers as a push is laid over them: what comes of them is counted, guarded and written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from domain.attendance import register
from domain.attendance.codes import NO_MARK
from domain.attendance.register import Applied, Flags, PushedRows, apply_push
from domain.errors import Conflict
from services.attendance import register_store
from services.attendance.places import Places
from services.attendance.register_store import Sessions
from services.imports import Receipt
from services.unit_of_work import UnitOfWork

Range = tuple[date, date]

GUARD = 5
"""A push that replaces may take away one mark in so many (20 %), no more, unless it is forced."""

OUTCOMES = ("created", "updated", "unchanged", "stale", "deleted", "rejected")


@dataclass(frozen=True)
class PushOptions:
    """How a push is to be taken: all or nothing, on trial, only known pupils, the whole of a range, past the guard."""

    atomic: bool = False
    dry_run: bool = False
    strict_roll: bool = False
    force: bool = False
    replace: Range | None = None


@dataclass(frozen=True)
class OneRegister:
    """A push that is one register, whole or in part, by the address that it came to."""

    session: int
    """Its number, as registers are stored by."""
    whole: bool
    at: int | None
    """The source's own time of the push, microseconds; marks that the source touched later aren't removed."""
    held: dict[int, Any] | None = None
    """What is held of it, where that was read along with the ledger."""

    @property
    def day(self) -> date:
        """Its day."""
        return register_store.day_of(self.session)

    @property
    def sessions(self) -> Sessions:
        """Its number alone in an array, as registers are asked for."""
        return np.array([self.session], np.int64)


class Laying:
    """The registers of one school in one push, laid block by block, and the receipt that tells of them."""

    def __init__(
        self,
        work: UnitOfWork,
        school_id: int,
        options: PushOptions,
        one: OneRegister | None,
        receipt: Receipt,
    ) -> None:
        self.work = work
        self.school_id = school_id
        self.ledger = work.ledger(school_id)
        self.receipt = receipt
        self.replaces = options.replace is not None or (one is not None and one.whole)
        self._options = options
        self._at = None if one is None else one.at
        self._held = self._lost = 0

    def held_of(self, one: OneRegister) -> dict[int, Any]:
        """What is held of a register, by its number: read now where it wasn't read along with the ledger."""
        if one.held is not None:
            return one.held
        return register_store.sessions_named(self.work.connection, self.school_id, one.sessions)

    def count(self, what: str, by: int) -> None:
        """Count something on the receipt."""
        self.receipt.counts[what] += by

    def come_to(
        self, block: register_store.Block, pushed: PushedRows, spared: Flags | None = None
    ) -> Applied:
        """What the rows make of the registers; nothing of it is counted or written yet."""
        return apply_push(block.held, pushed, whole=self.replaces, at=self._at, spared=spared)

    def take(
        self,
        block: register_store.Block,
        pushed: PushedRows,
        applied: Applied,
        places: Places,
        create: Iterable[int] = (),
    ) -> None:
        """Count and write what the rows come to; `create` are lines that come into being though they hold nothing."""
        for outcome, count in zip(OUTCOMES, np.bincount(applied.outcome, minlength=6).tolist(), strict=True):
            if outcome != "rejected" and count:
                self.count(outcome, count)
        self.count("deleted", applied.removed)
        self.count("removed", applied.removed)
        self._held += applied.held
        self._lost += applied.lost
        self._count_off_roll(block, pushed, applied, places)
        register_store.write_block(
            self.work.connection,
            self.school_id,
            block,
            applied,
            now=self.ledger.now,
            import_id=self.receipt.import_id,
            create=create,
            # What may yet be taken back, all or nothing, is written at once, inside its savepoint.
            later=None if self._options.atomic or self._options.replace else self.work.later,
        )

    def guard(self) -> None:
        """Raises `Conflict` where a push that replaces takes too much away, and isn't forced."""
        if self.replaces and self._lost * GUARD > self._held and not self._options.force:
            raise Conflict(
                f"this would take away {self._lost} of the {self._held} marks held there, more than 20 %; "
                "send ?force=true if that is meant",
                extra={"held": self._held, "lost": self._lost},
            )

    def warn_of_weekends(self, days: Iterable[int]) -> None:
        """Say so of each day, given as an ordinal, that is none of school."""
        for day in map(date.fromordinal, days):
            if day.weekday() >= 5:
                self.receipt.warnings.append(f"{day} is a {day:%A}; the marks are kept and counted")

    def _count_off_roll(
        self, block: register_store.Block, pushed: PushedRows, applied: Applied, places: Places
    ) -> None:
        day = block.sessions // 2
        if places.all_on_roll(int(day[0]), int(day[-1])):
            return
        first = np.diff(day, prepend=0) > 0  # of its day: sessions come in order
        days, of_line = day[first], np.cumsum(first) - 1
        on_roll = places.on_roll(days.astype(np.int32), block.held.marks.shape[1])
        there = on_roll[of_line[pushed.register], pushed.place]
        kept = applied.outcome <= register.UNCHANGED
        self.count("off_roll", int(np.count_nonzero(~there & (pushed.code != NO_MARK) & kept)))
