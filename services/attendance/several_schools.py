"""A push of marks of several schools at once: each school's rows are a push of its own, under one receipt.

All ledgers are locked at the start, in the order of the schools' numbers, so no two pushes ever wait for each other.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from domain.errors import Conflict, Fault
from intake.marks import Marks
from services.attendance.laying import PushOptions
from services.attendance.push import Push
from services.imports import Receipt, keep_receipt_of_schools
from services.schools.schools import SchoolRef, find_schools
from services.unit_of_work import UnitOfWork


def push_marks_of_schools(work: UnitOfWork, marks: Marks, options: PushOptions) -> Receipt:
    """Take in rows that name their schools; the receipt accounts for each, and is kept by every school it touched.

    A row whose school isn't found, or isn't one that the key may see, is rejected alone. What replaces, replaces in
    each school that the body names. Raises `Conflict` as a push of one school does: then nothing is kept at any.
    """
    schools = find_schools(work, [*marks.schools, *marks.school_of_rejected.values()])
    receipt = Receipt("marks", received=marks.received)
    receipt.dropped_columns = marks.dropped_columns
    unplaced = list(_without_school(marks, schools))
    adrift = [fault for fault in marks.rejected if fault.row not in marks.school_of_rejected]
    pushes = {
        school: _push_of(work, school, part, adrift, options, receipt)
        for school, part in _parts(marks, schools)
    }
    if options.atomic:
        with work.connection.begin_nested() as savepoint:
            conflicts = list(_conflicts_of(work, pushes, options))
            if unplaced or any(push.rows.faults for push in pushes.values()):
                savepoint.rollback()
                for push in pushes.values():
                    push.refuse_all()
            elif conflicts:
                raise conflicts[0]
    else:
        for conflict in _conflicts_of(work, pushes, options):
            raise conflict
    _sum_up(receipt, [push.receipt for push in pushes.values()], unplaced)
    keep_receipt_of_schools(work, receipt, {school.id: push.receipt for school, push in pushes.items()})
    if options.dry_run:
        work.discard()
    return receipt


def _conflicts_of(
    work: UnitOfWork, pushes: dict[SchoolRef, Push], options: PushOptions
) -> Iterator[Conflict]:
    """Runs the push of each school, and gives those that can't be kept."""
    for school, push in pushes.items():
        try:
            _run(work, push, options)
        except Conflict as error:
            error.detail = f"{school.urn}: {error.detail}"
            yield error


def _run(work: UnitOfWork, push: Push, options: PushOptions) -> None:
    if options.replace is None:
        push.run()
        return
    with work.connection.begin_nested() as savepoint:
        push.run()
        if push.all_rejected:
            savepoint.rollback()
            push.refuse_all()


def _push_of(
    work: UnitOfWork,
    school: SchoolRef,
    marks: Marks,
    adrift: list[Fault],
    options: PushOptions,
    whole: Receipt,
) -> Push:
    receipt = Receipt(whole.kind, received=marks.received, import_id=whole.import_id)
    push = Push(work, school, marks, options, None, receipt)
    # A row that can't be read and names no school may be meant for any: what it speaks of isn't removed anywhere.
    push.rows.marks = replace(marks, rejected=[*marks.rejected, *adrift])
    return push


def _parts(marks: Marks, schools: dict[str, SchoolRef]) -> Iterator[tuple[SchoolRef, Marks]]:
    """The rows of each school that is found, in the order of the schools' numbers."""
    found = sorted(set(schools.values()), key=lambda school: school.id)
    position = {school: place for place, school in enumerate(found)}
    of_name = np.array(
        [position[schools[name]] if name in schools else -1 for name in marks.schools] or [-1], np.int32
    )
    assert marks.school is not None  # noqa: S101  what reads such a body always tells it
    of_row = of_name[marks.school]
    in_order = np.argsort(of_row, kind="stable")
    bounds = np.searchsorted(of_row[in_order], np.arange(len(found) + 1))
    rejected: dict[SchoolRef, list[Fault]] = {}
    for fault in marks.rejected:
        whose = schools.get(marks.school_of_rejected.get(fault.row or 0, ""))
        if whose is not None:
            rejected.setdefault(whose, []).append(fault)
    for place, school in enumerate(found):
        yield school, marks.some(in_order[bounds[place] : bounds[place + 1]], rejected.get(school, []))


def _without_school(marks: Marks, schools: dict[str, SchoolRef]) -> Iterator[Fault]:
    """Rows of no school that is found: what they say can be read or not."""
    for fault in marks.rejected:
        name = marks.school_of_rejected.get(fault.row or 0)
        if name is None:
            yield fault
        elif name not in schools:
            yield replace(fault, detail=f"{_not_found(name)} {fault.detail}")
    assert marks.school is not None  # noqa: S101
    lost = np.array([name not in schools for name in marks.schools] or [False])
    for row in np.flatnonzero(lost[marks.school]).tolist():
        yield Fault(
            _not_found(marks.schools[marks.school[row]]),
            row=int(marks.row[row]),
            pupil=marks.references[marks.pupil[row]][0],
            code=marks.codes[marks.code[row]] or None,
        )


def _not_found(name: str) -> str:
    return f"There is no such school as {name}."


def _sum_up(receipt: Receipt, parts: list[Receipt], unplaced: list[Fault]) -> None:
    for part in parts:
        for name, count in part.counts.items():
            receipt.counts[name] += count
        receipt.faults += part.faults
        receipt.warnings += [warning for warning in part.warnings if warning not in receipt.warnings]
    receipt.counts["rejected"] += len(unplaced)
    receipt.faults += unplaced
    receipt.faults.sort(key=lambda fault: fault.row or 0)
