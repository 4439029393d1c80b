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
from services.workforce.addresses import day_in_path
from services.workforce.imports import ImportOptions, PushedRow, PushedRows, import_records
from services.workforce.kinds import OWN_MEASURE, OWN_POINT
from services.workforce.records import (
    Content,
    Record,
    RecordRef,
    content_in,
    list_records,
    load_bodies,
    load_records,
    name_record,
)

Points = dict[str, list[tuple[str, str]]]
"""The points of each measure: the day of each, and what it says, undecoded."""

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


def name_point(work: UnitOfWork, urn: str, name: str, day: str) -> RecordRef:
    """The point of a day, held or not, of a measure that there is."""
    measure = get_own_measure(work, urn, name)
    return name_record(work, measure.school, OWN_POINT.name, f"{measure.key}/{day_in_path(day)}")


def day_of_point(key: str) -> str:
    """The day of the point with a key."""
    return key.rpartition("/")[2]


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
    return list_records(work, named.school.id, OWN_POINT.name, request, as_of, under=f"{named.key}/")


def own_figures_to_date(
    work: UnitOfWork, school_id: int, requests: Sequence[FigureRequest], as_of: datetime | None = None
) -> list[Figure]:
    """The latest point of each on its day or before. One statement."""
    if not requests:
        return []
    held = load_bodies(work, school_id, [OWN_MEASURE.name, OWN_POINT.name], as_of)
    units = {name: content_in(body).get("unit") for name, body in held[OWN_MEASURE.name]}
    points: Points = {}
    for key, body in held[OWN_POINT.name]:
        name, _, day = key.rpartition("/")
        points.setdefault(name, []).append((day, body))
    return [_figure(request, units, points) for request in requests]


def points_of(
    work: UnitOfWork, school_id: int, id: str, as_of: datetime | None = None
) -> list[tuple[date, Content]]:
    """All points of a measure that an id such as `own:club_places` names, the earliest first."""
    under = f"{id.removeprefix(PREFIX)}/"
    held = load_bodies(work, school_id, [OWN_POINT.name], as_of)[OWN_POINT.name]
    mine = sorted((key.removeprefix(under), body) for key, body in held if key.startswith(under))
    return [(date.fromisoformat(day), content_in(body)) for day, body in mine]


def _figure(request: FigureRequest, units: Mapping[str, str | None], points: Points) -> Figure:
    name = request.measure.removeprefix(PREFIX)
    if name not in units:
        return Figure(None, None, None, request.on, request.on, NO_MEASURE)
    until = [point for point in points.get(name, ()) if point[0] <= request.on.isoformat()]
    if not until:
        return Figure(None, None, None, request.on, request.on, NO_POINT)
    day, body = max(until)
    value, numerator, denominator = point_value(content_in(body), units[name])
    why = None if value is not None else "there is nothing to divide by"
    return Figure(value, numerator, denominator, date.fromisoformat(day), request.on, why)


def _of_measure(row: PushedRow, name: str) -> PushedRow:
    if row.values is None:
        return row
    values: dict[str, Any] = dict(row.values)
    return replace(row, values=values | {"point": f"{name}/{values.pop('on')}"})


def _told(record: Record) -> OwnMeasure:
    content: Content = record.content
    pushed_by = content.get("pushed_by")
    source = f"pushed by {pushed_by}" if pushed_by else "pushed by the school"
    return OwnMeasure(
        PREFIX + record.key, content["title"], content.get("unit"), content.get("direction"), source
    )
