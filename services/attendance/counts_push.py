"""A push of session counts: rows by session and year group come in, versions are kept, a receipt accounts for each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import msgspec
from sqlalchemy import bindparam, func, insert, select, update

from domain.attendance.codes import NUMBERS
from domain.errors import Conflict, Fault
from intake.session_counts import CountRow, SessionCounts
from models import SessionCount as Row
from services.attendance.laying import GUARD, PushOptions
from services.attendance.named_schools import check_named_schools
from services.attendance.session_counts import WHOLE_SCHOOL, fault_of_count
from services.imports import Receipt, keep_receipt
from services.schools.code_maps import find_code_map
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork
from services.versions import held_at

Key = tuple[int, bool, str]
"""Day, whether the afternoon, year group or `WHOLE_SCHOOL`."""

_OTHERWISE = "another row of this push says otherwise for the same session"


@dataclass(frozen=True)
class _Held:
    """A version that is current: its row's number, its counts and its revision."""

    id: int
    counts: dict[str, int]


def push_counts(work: UnitOfWork, school: SchoolRef, pushed: SessionCounts, options: PushOptions) -> Receipt:
    """Take in the counts of one school; the receipt accounts for each row, and is kept.

    A row is one session of one year group: a code of it that can't be counted rejects the row, because the others
    alone would be a wrong count. With `replace`, counts in the range that no row names are removed. Raises `Conflict`
    where that would be more than 20 % of those held, and nothing is kept then.
    """
    receipt = Receipt("session_counts", received=pushed.received)
    receipt.dropped_columns = pushed.dropped_columns
    push = _Push(work, school, pushed, options, receipt)
    told = push.told()
    receipt.faults = sorted(push.faults, key=lambda fault: fault.row or 0)
    if receipt.faults and (options.atomic or len(receipt.faults) == receipt.received):
        receipt.counts = dict.fromkeys(receipt.counts, 0) | {"rejected": receipt.received}
    else:
        receipt.counts["rejected"] = len(receipt.faults)
        push.take(told)
    keep_receipt(work, school.id, receipt)
    if options.dry_run:
        work.discard()
    return receipt


class _Push:
    """One push as it is worked out: what is to be written, and what became of the rows."""

    def __init__(
        self,
        work: UnitOfWork,
        school: SchoolRef,
        pushed: SessionCounts,
        options: PushOptions,
        receipt: Receipt,
    ) -> None:
        self.work = work
        self.school_id = school.id
        self.options = options
        self.receipt = receipt
        self.ledger = work.ledger(school.id)
        self.rows = pushed.rows
        self.faults = list(pushed.rejected)
        self.unread = bool(pushed.rejected)
        self.schools = check_named_schools(work, school, [row.school for row in pushed.rows if row.school])
        held = find_code_map(work, school.id, None)
        self.own_codes = held.map if held else {}
        receipt.warnings += [*pushed.warnings, *self.schools.warnings]

    def told(self) -> dict[Key, dict[str, int]]:
        """The counts that the rows tell of each session and year group, as far as they agree with each other."""
        told: dict[Key, list[tuple[CountRow, dict[str, int]]]] = {}
        for row in self.rows:
            counts = self._national(row)
            fault = self._why_not(row, counts)
            if fault is not None:
                self.faults.append(fault)
            elif not counts:
                # Nobody was counted in any code: such a row says nothing.
                self._count("unchanged")
            else:
                told.setdefault(_key(row), []).append((row, counts))
        agreed = {}
        for key, rows in told.items():
            if all(counts == rows[0][1] for _, counts in rows):
                agreed[key] = rows[0][1]
                self._count("unchanged", len(rows) - 1)
            else:
                self.faults += [_fault(row, _OTHERWISE) for row, _ in rows]
        return agreed

    def take(self, told: dict[Key, dict[str, int]]) -> None:
        """Make these the counts held; where the push replaces, take away what no row names."""
        window = self._window(told)
        held = held_counts(self.work, self.school_id, *window) if window else {}
        new, superseded = {}, []
        for key, counts in told.items():
            before = held.get(key)
            if before is not None and before.counts == counts:
                self._count("unchanged")
                continue
            self._count("created" if before is None else "updated")
            new[key] = counts
            superseded += [before.id] if before else []
        if self.options.replace is not None and not self.unread:
            superseded += self._unnamed(held)
        self._write(new, superseded)

    def _national(self, row: CountRow) -> dict[str, int]:
        """The counts by national code; what several of the school's own stand for is added up."""
        counts: dict[str, int] = {}
        for written, count in row.counts.items():
            code = written if written in NUMBERS else self.own_codes.get(written, written)
            counts[code] = counts.get(code, 0) + count
        return counts

    def _why_not(self, row: CountRow, counts: dict[str, int]) -> Fault | None:
        day = date.fromordinal(row.day)
        if reason := self.schools.why_not(row.school):
            return _fault(row, reason)
        if day > self.work.tomorrow:
            return _fault(row, f"{day} is in the future; counts may be for tomorrow at most")
        if self.options.replace is not None:
            first, last = self.options.replace
            if not first <= day <= last:
                return _fault(row, f"{day} isn't within replace={first}..{last}")
        for code, count in counts.items():
            if reason := fault_of_count(code, count, day, row.pm):
                return _fault(row, reason, code=code)
        return None

    def _window(self, told: dict[Key, dict[str, int]]) -> tuple[int, int] | None:
        """The days of which it matters what is held."""
        if self.options.replace is not None:
            first, last = self.options.replace
            return first.toordinal(), last.toordinal()
        days = [day for day, _, _ in told]
        return (min(days), max(days)) if days else None

    def _unnamed(self, held: dict[Key, _Held]) -> list[int]:
        """What the range holds and no row names; a rejected row names its session too."""
        named = {_key(row) for row in self.rows}
        lost = [before.id for key, before in held.items() if key not in named]
        if len(lost) * GUARD > len(held) and not self.options.force:
            raise Conflict(
                f"this would take away {len(lost)} of the {len(held)} counts held there, more than 20 %; "
                "send ?force=true if that is meant",
                extra={"held": len(held), "lost": len(lost)},
            )
        self._count("deleted", len(lost))
        self._count("removed", len(lost))
        return lost

    def _write(self, new: dict[Key, dict[str, int]], superseded: list[int]) -> None:
        connection = self.work.connection
        if superseded or new:
            self.ledger.move_roll()
        if superseded:
            statement = update(Row).where(Row.id == bindparam("row")).values(superseded_at=self.ledger.now)
            connection.execute(statement, [{"row": number} for number in superseded])
        if new:
            revisions = latest_revisions(self.work, self.school_id, new)
            connection.execute(
                insert(Row),
                [self._version(key, counts, revisions.get(key, 0) + 1) for key, counts in new.items()],
            )

    def _version(self, key: Key, counts: dict[str, int], revision: int) -> dict[str, object]:
        day, pm, year_group = key
        return {
            "school_id": self.school_id,
            "day": day,
            "pm": pm,
            "year_group": year_group,
            "revision": revision,
            "counts": msgspec.json.encode(counts).decode(),
            "recorded_at": self.ledger.now,
            "superseded_at": None,
        }

    def _count(self, what: str, by: int = 1) -> None:
        self.receipt.counts[what] += by


def held_counts(work: UnitOfWork, school_id: int, first: int, last: int) -> dict[Key, _Held]:
    """The current counts of all sessions between two days."""
    rows = work.connection.execute(
        select(Row.id, Row.day, Row.pm, Row.year_group, Row.counts).where(
            Row.school_id == school_id, Row.day.between(first, last), held_at(Row, None)
        )
    )
    return {
        (row.day, bool(row.pm), row.year_group): _Held(row.id, msgspec.json.decode(row.counts))
        for row in rows
    }


def latest_revisions(work: UnitOfWork, school_id: int, keys: Iterable[Key]) -> dict[Key, int]:
    """The number of the last version of each, though it was taken away; nothing where there never was one."""
    days = [day for day, _, _ in keys]
    rows = work.connection.execute(
        select(Row.day, Row.pm, Row.year_group, func.max(Row.revision))
        .where(Row.school_id == school_id, Row.day.between(min(days), max(days)))
        .group_by(Row.day, Row.pm, Row.year_group)
    )
    return {(day, bool(pm), year_group): revision for day, pm, year_group, revision in rows}


def _key(row: CountRow) -> Key:
    return row.day, row.pm, row.year_group or WHOLE_SCHOOL


def _fault(row: CountRow, reason: str, *, code: str | None = None) -> Fault:
    of = f", year group {row.year_group}" if row.year_group else ""
    where = f"{date.fromordinal(row.day)} {'PM' if row.pm else 'AM'}{of}"
    return Fault(f"{where}: {reason}", row=row.number, code=code)
