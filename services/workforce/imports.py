"""Records of the workforce in bulk: every row is taken or rejected alone, and a receipt says what became of each.

A row finds its record by what names it: a snapshot by its date, an absence by its year, a vacancy or leaver by the
reference that the school's own system has for it. A row without one is the record that says the same already; else the
one that it has most of all in common with (the same post that opened on the same day); else a new one. As many rows
that say the same as there are records: pushed twice, nothing is there twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from domain.errors import Fault, Invalid
from render.json import exact_json
from services.ids import new_id
from services.imports import Receipt, keep_receipt
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork
from services.workforce.kinds import Kind
from services.workforce.records import Content, Record, keep_versions, load_records


@dataclass(frozen=True)
class PushedRow:
    """A row by its number: the values that it gives, or why it can't be read.

    `stands_for` is how many rows of the push it was put together from; `partial` where it leaves alone what it doesn't
    say.
    """

    number: int
    values: Mapping[str, Any] | None
    faults: Sequence[Fault] = ()
    stands_for: int = 1
    partial: bool = False


@dataclass(frozen=True)
class PushedRows:
    """A push: its rows, the columns dropped unread, and how many rows there were, unreadable ones among them."""

    rows: Sequence[PushedRow]
    received: int
    faults: Sequence[Fault] = ()
    dropped_columns: Sequence[str] = ()
    warnings: Sequence[str] = ()
    repeated: int = 0
    """Rows that only say again what another row of the push says."""


@dataclass(frozen=True)
class ImportOptions:
    """How a push is to be taken: all or nothing, or on trial."""

    atomic: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class _Row:
    """A row that can be taken, and the key that it gives its record, if it gives one."""

    number: int
    key: str | None
    content: Content
    stands_for: int

    @property
    def name(self) -> str | None:
        """What finds its record: the key, else the reference."""
        return self.key or self.content.get("reference")


def import_records(
    work: UnitOfWork, school: SchoolRef, kind: Kind, pushed: PushedRows, options: ImportOptions
) -> Receipt:
    """Take in the rows; the receipt accounts for each, and is the one entry in the audit log."""
    receipt = Receipt(
        kind.pushed_as,
        pushed.received,
        warnings=list(pushed.warnings),
        dropped_columns=list(pushed.dropped_columns),
    )
    ledger = work.ledger(school.id)
    run = _Run(work, school, kind, list(pushed.faults))
    run.counts["unchanged"] += pushed.repeated
    run.take(pushed.rows)
    receipt.faults = sorted(run.faults, key=lambda fault: fault.row or 0)
    rejected = pushed.received - sum(run.counts.values())
    if options.atomic and rejected:
        receipt.counts["rejected"] = pushed.received
    else:
        receipt.counts |= dict(run.counts) | {"rejected": rejected}
        keep_versions(work, school.id, kind.name, run.to_keep, at=ledger.now, import_id=receipt.import_id)
    keep_receipt(work, school.id, receipt)
    if options.dry_run:
        work.discard()
    return receipt


@dataclass
class _Run:
    """One push as it goes through its rows."""

    work: UnitOfWork
    school: SchoolRef
    kind: Kind
    faults: list[Fault]
    counts: Counter[str] = field(default_factory=Counter)
    to_keep: dict[str, Content] = field(default_factory=dict)

    def take(self, rows: Sequence[PushedRow]) -> None:
        """What becomes of each row; two rows that disagree on one record are both rejected."""
        held = load_records(self.work, self.school.id, [self.kind.name])[self.kind.name]
        sound = self._agreeing(self._sound(rows, {record.key: record.content for record in held}))
        self._take_named([row for row in sound if row.name is not None], held)
        self._take_nameless([row for row in sound if row.name is None], held)

    def _sound(self, rows: Sequence[PushedRow], held: Mapping[str, Content]) -> list[_Row]:
        context = self.kind.context(self.work, self.school)
        sound = []
        for row in rows:
            if row.values is None or row.faults:
                self._reject(row.number, row.faults)
                continue
            key = None if self.kind.keyed_by is None else str(row.values[self.kind.keyed_by])
            values = dict(row.values)
            if row.partial and key is not None and key in held:
                values = held[key] | values
            try:
                content = self.kind.content_of(values, self.work.tools.pseudonyms)
            except Invalid as error:
                self._reject(row.number, error.faults)
                continue
            faults = self.kind.faults_of(key or "", content, context, row.values)
            if faults:
                self._reject(row.number, faults)
            else:
                sound.append(_Row(row.number, key, content, row.stands_for))
        return sound

    def _agreeing(self, rows: Sequence[_Row]) -> list[_Row]:
        """The rows that no other row of the push contradicts; of several that agree, the later say nothing new."""
        first: dict[str, _Row] = {}
        against: dict[str, _Row] = {}
        for row in rows:
            if row.name is not None and first.setdefault(row.name, row).content != row.content:
                against.setdefault(row.name, row)
        for row in rows:
            if row.name in against:
                agrees = row.content == first[row.name].content
                other = against[row.name] if agrees else first[row.name]
                detail = f"row {other.number} says otherwise of the same {self.kind.one}"
                self.faults.append(Fault(detail, row=row.number))
        return [row for row in rows if row.name not in against]

    def _take_named(self, rows: Sequence[_Row], held: Sequence[Record]) -> None:
        keyed = self.kind.keyed_by is not None
        known = {
            record.key if keyed else record.content.get("reference"): (record.key, record.content)
            for record in held
        }
        for row in rows:
            key, said = known.get(row.name, (None, None))
            if said == row.content:
                self.counts["unchanged"] += row.stands_for
                continue
            kept_as = self._keep(key, row)
            known[row.name] = kept_as, row.content

    def _take_nameless(self, rows: Sequence[_Row], held: Sequence[Record]) -> None:
        free = [record for record in held if "reference" not in record.content]
        unclaimed: dict[bytes, list[Record]] = {}
        for record in free:
            unclaimed.setdefault(_exactly(record.content), []).append(record)
        claimed: set[str] = set()
        new: list[_Row] = []
        for row in rows:
            same = unclaimed.get(_exactly(row.content))
            if same:
                claimed.add(same.pop().key)
                self.counts["unchanged"] += row.stands_for
            else:
                new.append(row)
        alike: dict[tuple[str, ...], list[Record]] = {}
        for record in free:
            if record.key not in claimed:
                alike.setdefault(self._alike(record.content), []).append(record)
        for row in new:
            of_one_post = alike.get(self._alike(row.content))
            self._keep(of_one_post.pop(0).key if of_one_post else None, row)

    def _alike(self, content: Content) -> tuple[str, ...]:
        return tuple(str(content.get(name, "")).strip().casefold() for name in self.kind.alike_by)

    def _keep(self, held: str | None, row: _Row) -> str:
        self.counts["created" if held is None else "updated"] += row.stands_for
        key = held or row.key or new_id()
        self.to_keep[key] = row.content
        return key

    def _reject(self, number: int, faults: Sequence[Fault]) -> None:
        self.faults += [_of_row(number, fault) for fault in faults]


def _exactly(content: Any) -> bytes:
    """What a content says, in whatever order its fields are and however its numbers are written."""
    return exact_json(_in_order(content))


def _in_order(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _in_order(part) for name, part in sorted(value.items())}
    if isinstance(value, list):
        return [_in_order(part) for part in value]
    return value.normalize() if isinstance(value, Decimal) else value


def _of_row(number: int, fault: Fault) -> Fault:
    """A fault of a record as one of its row; the detail says which field, as a row has no body to point into."""
    field = (fault.pointer or "").strip("/").replace("/", ".")
    detail = fault.detail if not field or fault.detail.startswith(field) else f"{field}: {fault.detail}"
    return Fault(detail, row=number, pointer=fault.pointer or None)
