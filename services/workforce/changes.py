"""Single records of the workforce: made, set, changed, each judged as a whole before it is kept."""

from collections.abc import Mapping
from typing import Any

from domain.errors import Conflict, Fault, Invalid
from services.ids import new_id
from services.schools.schools import SchoolRef
from services.unit_of_work import UnitOfWork
from services.workforce.kinds import Kind
from services.workforce.records import Content, Record, RecordRef, get_record, load_records, put_record


def add_record(work: UnitOfWork, school: SchoolRef, kind: Kind, values: Mapping[str, Any]) -> Record:
    """A new record with an id of its own. Raises `Invalid` for what can't be, `Conflict` for a reference twice."""
    work.ledger(school.id)
    key = new_id()
    content = _checked(work, school, kind, key, values, values)
    _check_reference(work, school, kind, key, content)
    return put_record(work, school, kind.name, key, content)[0]


def set_record(
    work: UnitOfWork, kind: Kind, named: RecordRef, values: Mapping[str, Any]
) -> tuple[Record, bool]:
    """Make this the record that a path names; answers it and whether there was none. Raises as `add_record` does."""
    content = _checked(work, named.school, kind, named.key, values, values)
    return put_record(work, named.school, kind.name, named.key, content)


def change_record(work: UnitOfWork, kind: Kind, named: RecordRef, values: Mapping[str, Any]) -> Record:
    """Change what is given; null clears. The record is judged as it will be. Raises as `add_record` does."""
    held = get_record(work, named)
    content = _checked(work, named.school, kind, named.key, kind.merged(held.content, values), values)
    _check_reference(work, named.school, kind, named.key, content)
    return put_record(work, named.school, kind.name, named.key, content)[0]


def refused(faults: list[Fault]) -> Invalid:
    """The refusal of a record with these faults."""
    one = f"{faults[0].pointer}: {faults[0].detail}"
    return Invalid(one if len(faults) == 1 else f"{len(faults)} things are not right", faults=faults)


def _checked(
    work: UnitOfWork,
    school: SchoolRef,
    kind: Kind,
    key: str,
    values: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Content:
    """What is to be kept; raises `Invalid` with every fault, at the pointers of the body given."""
    content = kind.content_of(values, work.tools.pseudonyms)
    faults = kind.faults_of(key, content, kind.context(work, school), given)
    if faults:
        raise refused(faults)
    return content


def _check_reference(work: UnitOfWork, school: SchoolRef, kind: Kind, key: str, content: Content) -> None:
    """Raises `Conflict` where another record of the kind has the same reference: it would be counted twice."""
    if content.get("reference") is None:
        return
    for other in load_records(work, school.id, [kind.name])[kind.name]:
        if other.key != key and other.content.get("reference") == content["reference"]:
            raise Conflict(f"another {kind.one} has this reference", extra={"id": other.key})
