"""A school's own measures: defined, fed with points, and read as figures wherever other measures are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from domain.errors import NotFound
from domain.workforce.own_measures import PREFIX, point_value
from services.attendance.figures import Figure, FigureRequest
from services.imports import Receipt
from services.paging import Page, PageRequest
from services.schools.schools import get_school
from services.unit_of_work import UnitOfWork
from services.workforce.imports import ImportOptions, PushedRow, PushedRows, import_records
from services.workforce.kinds import OWN_MEASURE, OWN_POINT
from services.workforce.records import Content, Record, RecordRef, load_records, name_record, page_of_records

NO_POINT = "no point yet"
NO_MEASURE = "the school has no such measure any more"


@dataclass(frozen=True)
class OwnMeasure:
    """What is told of a measure of the school's own where measures of ours are told of."""

    id: str
    title: str
    unit: str | None
    better: str | None
    source: str


def name_own_measure(work: UnitOfWork, urn: str, name: str) -> RecordRef:
    """The measure that a school and a name in a path name, held or not."""
    return name_record(work, get_school(work, urn), OWN_MEASURE.name, name)


def get_own_measure(work: UnitOfWork, urn: str, name: str) -> RecordRef:
    """The same; `NotFound` where there is none."""
    named = name_own_measure(work, urn, name)
    if named.revision is None:
        raise NotFound("the school has no such measure")
    return named


def find_own_measure(work: UnitOfWork, school_id: int, id: str) -> OwnMeasure | None:
    """The measure that an id such as `own:club_places` names at a school; None where there is none."""
    held = {
        record.key: record for record in load_records(work, school_id, [OWN_MEASURE.name])[OWN_MEASURE.name]
    }
    record = held.get(id.removeprefix(PREFIX)) if id.startswith(PREFIX) else None
    return None if record is None else _told(record)


def push_points(work: UnitOfWork, named: RecordRef, pushed: PushedRows, options: ImportOptions) -> Receipt:
    """Keep points of a measure, one a day; the receipt accounts for each row."""
    rows = [_of_measure(row, named.key) for row in pushed.rows]
    return import_records(work, named.school, OWN_POINT, replace(pushed, rows=rows), options)


def list_points(work: UnitOfWork, named: RecordRef, request: PageRequest, as_of: datetime | None) -> Page:
    """A page of a measure's points, the earliest first."""
    points = load_records(work, named.school.id, [OWN_POINT.name], as_of)[OWN_POINT.name]
    return page_of_records([point for point in points if _is_of(point, named.key)], request)


def own_figures_to_date(
    work: UnitOfWork, school_id: int, requests: Sequence[FigureRequest], as_of: datetime | None = None
) -> list[Figure]:
    """The latest point of each on its day or before. One statement."""
    if not requests:
        return []
    held = load_records(work, school_id, [OWN_MEASURE.name, OWN_POINT.name], as_of)
    units = {record.key: record.content.get("unit") for record in held[OWN_MEASURE.name]}
    return [_figure(request, units, held[OWN_POINT.name]) for request in requests]


def _figure(request: FigureRequest, units: Mapping[str, str | None], points: Sequence[Record]) -> Figure:
    name = request.measure.removeprefix(PREFIX)
    if name not in units:
        return Figure(None, None, None, request.on, request.on, NO_MEASURE)
    until = [
        point for point in points if _is_of(point, name) and point.content["on"] <= request.on.isoformat()
    ]
    if not until:
        return Figure(None, None, None, request.on, request.on, NO_POINT)
    value, numerator, denominator = point_value(until[-1].content, units[name])
    why = None if value is not None else "there is nothing to divide by"
    return Figure(value, numerator, denominator, date.fromisoformat(until[-1].content["on"]), request.on, why)


def _is_of(point: Record, name: str) -> bool:
    return point.key.rsplit("/", 1)[0] == name


def _of_measure(row: PushedRow, name: str) -> PushedRow:
    if row.values is None:
        return row
    values: dict[str, Any] = dict(row.values)
    return replace(row, values=values | {"point": f"{name}/{values['on']}"})


def _told(record: Record) -> OwnMeasure:
    content: Content = record.content
    pushed_by = content.get("pushed_by")
    source = f"pushed by {pushed_by}" if pushed_by else "pushed by the school"
    return OwnMeasure(
        PREFIX + record.key, content["title"], content.get("unit"), content.get("direction"), source
    )
