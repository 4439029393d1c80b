"""Schools taken in by the thousand from the national register: made, changed, or found to be a former one.

A row whose successor is in the table too, or held, makes no school: its URN becomes an alias of the successor, so that
what still names the old school finds the new one. Only a school that is held already stays one of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from intake.schools import SchoolRow, SchoolRows
from models import AuditEntry, Ledger, School, SchoolAlias
from services import audit
from services.imports import Receipt, keep_receipt
from services.schools.schools import FIELDS
from services.unit_of_work import UnitOfWork

NAMED_AT_MOST = 20
"""How many rows a warning names."""

_columns = [getattr(School, name) for name in ("id", "urn", "revision", *FIELDS)]
_change = (
    update(School)
    .where(School.id == bindparam("school"))
    .values({name: bindparam(f"new_{name}") for name in (*FIELDS, "revision", "updated_at")})
)


@dataclass
class _Known:
    """A school, held or of this table: what it is to be, and how it differs from what is held."""

    urn: str
    values: dict[str, Any]
    id: int | None = None
    revision: int = 0
    aliases: set[str] = field(default_factory=set)
    changed: bool = False
    new_aliases: list[str] = field(default_factory=list)

    def content(self, import_id: str) -> dict[str, Any]:
        """What the audit log keeps of it."""
        fields = {name: self.values.get(name) for name in FIELDS}
        aliases = sorted(self.aliases | set(self.new_aliases))
        return {"urn": self.urn} | fields | {"aliases": aliases, "import_id": import_id}


def import_schools(work: UnitOfWork, given: SchoolRows, *, dry_run: bool = False) -> Receipt:
    """Make every school what its row says; what the table has no column for stays as it is, and so do aliases."""
    receipt = Receipt("schools", given.received, dropped_columns=list(given.dropped_columns))
    receipt.faults = list(given.faults)
    run = _Run(work, receipt, _held(work))
    run.take_in(given.rows)
    run.write()
    receipt.faults.sort(key=lambda fault: fault.row or 0)
    receipt.counts["rejected"] = len(receipt.faults)
    keep_receipt(work, None, receipt)
    if dry_run:
        work.discard()
    return receipt


class _Run:
    """One import: what is known as it goes through the rows, and what of it is to be written."""

    def __init__(self, work: UnitOfWork, receipt: Receipt, known: dict[str, _Known]) -> None:
        self.work = work
        self.receipt = receipt
        self.known = known
        self.alias_of = {alias: one for one in known.values() for alias in one.aliases}
        self.passed_over: list[int] = []
        self.stays: list[int] = []

    def take_in(self, rows: list[SchoolRow]) -> None:
        seen = self._one_row_for_each(rows)
        former = {urn: successor for urn in seen if (successor := self._successor(seen, urn))}
        for urn, row in seen.items():
            if urn not in former:
                self._take_school(row)
        for urn, successor in former.items():
            self._take_former(seen[urn], successor)
        self._warn("names a school by what is an alias of another; passed over", self.passed_over)
        self._warn("has a successor, but is held as a school of its own and stays one", self.stays)

    def write(self) -> None:
        new = [one for one in self.known.values() if one.id is None]
        changed = [one for one in self.known.values() if one.id and (one.changed or one.new_aliases)]
        if new:
            self._add(new)
        self._write_changes(sorted(changed, key=lambda one: one.id or 0))
        aliases = [
            {"alias": alias, "school_id": one.id} for one in (*new, *changed) for alias in one.new_aliases
        ]
        if aliases:
            self.work.connection.execute(insert(SchoolAlias), aliases)

    # What each row comes to

    def _one_row_for_each(self, rows: list[SchoolRow]) -> dict[str, SchoolRow]:
        """The rows that may be taken, one for each URN."""
        seen: dict[str, SchoolRow] = {}
        for row in rows:
            earlier = seen.get(row.urn)
            if not self._may_see(row.urn):
                self.receipt.faults.append(row.fault("there is no such school"))
            elif earlier is None:
                seen[row.urn] = row
            elif (earlier.values, earlier.successor) == (row.values, row.successor):
                self._count("unchanged")
            else:
                self.receipt.faults.append(row.fault(f"row {earlier.number} says otherwise of the same URN"))
        return seen

    def _successor(self, seen: Mapping[str, SchoolRow], urn: str) -> str | None:
        """The URN of the last one that the school went over into, where that is in the table or held.

        Schools that went over into each other can't both be former ones: they stand for themselves.
        """
        met = [urn]
        while (row := seen.get(met[-1])) and row.successor:
            following = self.alias_of[row.successor].urn if row.successor in self.alias_of else row.successor
            held = following in self.known and self._may_see(following)
            if following in met:
                return None
            if not (following in seen or held):
                break
            met.append(following)
        return met[-1] if len(met) > 1 else None

    def _take_school(self, row: SchoolRow) -> None:
        held = self.known.get(row.urn)
        if held is None and row.urn in self.alias_of:
            self.passed_over.append(row.number)
            self._count("unchanged")
        elif held is None:
            self.known[row.urn] = _Known(row.urn, dict(row.values))
            self._count("created")
        else:
            held.changed = any(held.values[name] != value for name, value in row.values.items())
            held.values |= row.values
            self._count("updated" if held.changed else "unchanged")

    def _take_former(self, row: SchoolRow, successor: str) -> None:
        one = self.known.get(successor) or self.alias_of.get(successor)
        if row.urn in self.known:
            self.stays.append(row.number)
            self._take_school(row)
        elif row.urn in self.alias_of or one is None:
            if self.alias_of.get(row.urn) is not one:
                self.passed_over.append(row.number)
            self._count("unchanged")
        else:
            one.new_aliases.append(row.urn)
            self.alias_of[row.urn] = one
            self._count("created")

    def _may_see(self, urn: str) -> bool:
        actor = self.work.actor
        if actor.sees_every_school or urn in actor.schools:
            return True
        held = self.known.get(urn)
        return held is not None and not held.aliases.isdisjoint(actor.schools)

    def _count(self, what: str) -> None:
        self.receipt.counts[what] += 1

    def _warn(self, of_what: str, rows: list[int]) -> None:
        if rows:
            named = ", ".join(map(str, sorted(rows)[:NAMED_AT_MOST])) + (
                " …" if len(rows) > NAMED_AT_MOST else ""
            )
            self.receipt.warnings.append(f"{len(rows)} of the rows {of_what}: {named}")

    # What is written

    def _add(self, new: list[_Known]) -> None:
        """New schools, each with its ledger and its first entry in it: a few statements for all of them."""
        connection, now = self.work.connection, self.work.now
        newest = connection.scalar(select(func.max(School.id))) or 0
        made = {"revision": 1, "created_at": now, "updated_at": now}
        connection.execute(
            insert(School),
            [{"urn": one.urn} | {name: one.values.get(name) for name in FIELDS} | made for one in new],
        )
        ids = {
            row.urn: row.id
            for row in connection.execute(select(School.id, School.urn).where(School.id > newest))
        }
        ledgers = []
        for one in new:
            one.id = ids[one.urn]
            ledger = audit.OpenLedger(one.id, 0, audit.START, now, 0, now)
            content = one.content(self.receipt.import_id)
            ledger.add(self.work.actor.who, "created", "school", subject=None, revision=None, content=content)
            ledgers.append(ledger)
        connection.execute(insert(AuditEntry), [entry for ledger in ledgers for entry in ledger.entries])
        connection.execute(
            insert(Ledger),
            [
                {"school_id": one.school_id, "sequence": one.sequence, "head": one.head, "last_at": now,
                 "roll_revision": 0}
                for one in ledgers
            ],
        )  # fmt: skip

    def _write_changes(self, changed: list[_Known]) -> None:
        """Schools that were held; in the order of their ids, so that two imports can't wait for each other."""
        rows = []
        for one in changed:
            assert one.id is not None  # noqa: S101  only held ones come here
            at = self.work.note(one.id, "changed", "school", content=one.content(self.receipt.import_id))
            values = {f"new_{name}": one.values[name] for name in FIELDS}
            rows.append({"school": one.id, "new_revision": one.revision + 1, "new_updated_at": at} | values)
        if rows:
            self.work.connection.execute(_change, rows)


def _held(work: UnitOfWork) -> dict[str, _Known]:
    """Every school there is, by URN."""
    aliases: dict[int, set[str]] = {}
    for row in work.connection.execute(select(SchoolAlias.school_id, SchoolAlias.alias)).all():
        aliases.setdefault(row.school_id, set()).add(row.alias)
    return {
        row.urn: _Known(
            row.urn,
            {name: getattr(row, name) for name in FIELDS},
            id=row.id,
            revision=row.revision,
            aliases=aliases.get(row.id, set()),
        )
        for row in work.connection.execute(select(*_columns)).all()
    }
