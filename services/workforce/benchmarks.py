"""Published figures of the workforce: those that come with Headway, and those that were brought in, by version."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import insert, select, update

from domain.workforce import published
from domain.workforce.benchmarks import NATIONAL, Benchmark
from domain.workforce.catalogue import DEFINITIONS
from intake.workforce_benchmarks import BenchmarkRows
from models import WorkforceBenchmark as Row
from render.json import exact_json
from services.audit import NO_SCHOOL
from services.imports import Receipt, keep_receipt
from services.paging import Page, PageRequest
from services.unit_of_work import UnitOfWork
from services.versions import held_at
from services.workforce.imports import ImportOptions

PUSHED_AS = "workforce_benchmarks"

ALL_PHASES = "all"
"""What a figure of schools of several phases is filtered by."""

AT_ONCE = 500

_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


def import_benchmarks(work: UnitOfWork, read: BenchmarkRows, options: ImportOptions) -> Receipt:
    """Take in published figures: a figure that is held already is replaced; the receipt accounts for each row."""
    receipt = Receipt(
        PUSHED_AS, read.received, dropped_columns=list(read.dropped_columns), faults=read.faults
    )
    ledger = work.ledger(NO_SCHOOL)
    held = _held(work)
    new = {_key(one): one for one in read.benchmarks}
    moved = {key: one for key, one in new.items() if held.get(key) != one}
    rejected = len({fault.row for fault in read.faults})
    if read.passed_over:
        receipt.warnings.append(f"{read.passed_over} rows are of one sex alone, and passed over")
    if options.atomic and rejected:
        receipt.counts["rejected"] = read.received
    else:
        updated = len(moved.keys() & held.keys())
        unchanged = read.received - rejected - len(moved)
        receipt.counts |= {
            "created": len(moved) - updated, "updated": updated, "unchanged": unchanged, "rejected": rejected,
        }  # fmt: skip
        _keep(work, moved, ledger.now, receipt.import_id)
    keep_receipt(work, None, receipt)
    if options.dry_run:
        work.discard()
    return receipt


def load_benchmarks(work: UnitOfWork, as_of: datetime | None = None) -> list[Benchmark]:
    """All published figures, as held now or at a time: those brought in before those that come with Headway."""
    return list(({_key(one): one for one in NATIONAL} | _held(work, as_of)).values())


def list_benchmarks(
    work: UnitOfWork, request: PageRequest, asked: Mapping[str, str], as_of: datetime | None = None
) -> Page:
    """A page of published figures, by measure, area, type of school, year and source; names in any case."""
    wanted = {name: text.strip().casefold() for name, text in asked.items()}
    found = sorted(
        (_place(one), one)
        for one in load_benchmarks(work, as_of)
        if all(_of(one, name) == text for name, text in wanted.items())
    )
    after = [str(part) for part in request.after or ()]
    behind = [(place, one) for place, one in found if place > after]
    shown = behind[: request.limit]
    items = [shown_benchmark(one) for _, one in shown]
    return Page(items, shown[-1][0] if len(behind) > request.limit else None)


def shown_benchmark(one: Benchmark) -> dict[str, Any]:
    """A published figure as it is answered."""
    return {
        "measure": one.measure,
        "area": one.area,
        "phase": published.phase_of(one.school_type),
        "school_type": one.school_type,
        "academic_year": one.year,
        "value": one.value,
        "unit": DEFINITIONS[one.measure].unit,
        "null_because": one.null_because,
        "window": published.window_of(one),
        "source": one.source,
        "licence": one.licence,
        "note": one.note,
        "not_like_for_like": published.not_like_for_like(one),
    }


def _of(one: Benchmark, name: str) -> str:
    """What a figure says where lists are filtered by it."""
    if name == "phase":
        return published.phase_of(one.school_type) or ALL_PHASES
    return str(getattr(one, "year" if name == "academic_year" else name)).strip().casefold()


def _held(work: UnitOfWork, as_of: datetime | None = None) -> dict[str, Benchmark]:
    rows = work.connection.execute(select(Row.key, Row.body).where(held_at(Row, as_of)).order_by(Row.id))
    return {row.key: _benchmark(row.body) for row in rows}


def _keep(work: UnitOfWork, moved: Mapping[str, Benchmark], at: datetime, import_id: str) -> None:
    keys = list(moved)
    for start in range(0, len(keys), AT_ONCE):
        these = Row.key.in_(keys[start : start + AT_ONCE])
        work.connection.execute(
            update(Row).where(these, Row.superseded_at.is_(None)).values(superseded_at=at)
        )
    rows = [
        {"key": key, "body": exact_json(vars(one)).decode(), "import_id": import_id, "recorded_at": at}
        for key, one in moved.items()
    ]
    if rows:
        work.connection.execute(insert(Row), rows)


def _benchmark(body: str) -> Benchmark:
    told = _decoder.decode(body)
    value = told["value"]
    return Benchmark(**told | {"value": None if value is None else Decimal(value)})


def _place(one: Benchmark) -> list[str]:
    return [one.measure, one.area, one.school_type, one.year, one.source]


def _key(one: Benchmark) -> str:
    named = [text.strip().casefold() for text in _place(one)]
    return hashlib.sha256(msgspec.json.encode(named)).hexdigest()
