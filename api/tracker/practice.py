"""`/v1/schools/{urn}/practice` and `/v1/practices/{id}`: what ordinarily runs, and which areas and groups it covers."""

import re
from datetime import date
from typing import Any

import marshmallow as ma
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from api.http.endpoint import Reply, endpoint
from api.http.fields import Day, Schema, Text, Time
from api.tracker.fields import (
    EXAMPLE_ID,
    EXAMPLE_PERSON,
    EXAMPLE_TIME,
    AsOfListQuerySchema,
    ChangesSchema,
    Partly,
    RecordSchema,
    Several,
    cohorts,
    day,
    one_of,
    person_id,
    text,
)
from api.tracker.lists import Narrowed, list_of
from api.tracker.resource import READ, WRITE, Noun, add_calls_by_id, created
from domain.attendance.calendar import WEEKDAYS
from services.paging import Page
from services.schools.schools import SchoolRef, get_school
from services.tracker import practice
from services.tracker.coverage import coverage_of
from services.tracker.kinds import PRACTICE, Content
from services.tracker.sight import of_school
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "practice", __name__, description="What ordinarily runs at a school and may be seen; nothing is staged."
)

CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
MOST_DATES = 10


class ClockTime(fields.String):
    """A time by the school's clock, such as 08:15."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> str:
        if not isinstance(value, str) or not CLOCK.fullmatch(value):
            raise ma.ValidationError("Write the time by the school's clock as 08:15.")
        return value


class Days(fields.Field[list[date]]):
    """Some days, with commas."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **given: Any) -> list[date]:
        days = [Day().deserialize(part.strip()) for part in str(value).split(",")]
        if len(days) > MOST_DATES:
            raise ma.ValidationError(f"At most {MOST_DATES} dates are shown at once.")
        return days


class PracticeSchema(RecordSchema):
    """Something that ordinarily runs, every week on its day."""

    school = fields.String(dump_only=True, metadata={"example": "900001"})
    title = text(200, "Reading with Year 9", required=True)
    weekday = one_of(WEEKDAYS, "tuesday", required=True)
    from_ = ClockTime(data_key="from", attribute="from", required=True, metadata={"example": "08:15"})
    to = ClockTime(required=True, metadata={"description": "Later than `from`.", "example": "08:45"})
    place = text(200, "Library")
    lead = person_id("Who leads it.", allow_none=True)
    areas = Several(
        Text(100),
        metadata={
            "description": "Areas of the inspection frameworks in which it can be seen.",
            "example": ["ofsted2025.inclusion"],
        },
    )
    cohorts = cohorts()
    until = day("2027-07-16", "The last day on which it runs.")


class PracticePatchSchema(Partly, PracticeSchema):
    """What changes of a practice."""


class CoverageQuerySchema(Schema):
    """Which days."""

    dates = Days(
        metadata={
            "type": "string",
            "description": f"At most {MOST_DATES}, with commas. Unless told, the coming Tuesday and Wednesday after "
            "today: inspectors come on a Tuesday and stay two days.",
            "example": "2026-12-01,2026-12-02",
        }
    )
    as_of = Time(metadata={"description": "As it stood at that time.", "example": EXAMPLE_TIME})
    compare_to = Time(
        metadata={
            "description": "Adds `changes`: what is in which cell otherwise than at that earlier time.",
            "example": EXAMPLE_TIME,
        }
    )


class CoverageColumnSchema(Schema):
    """A column: everyone, or a group of pupils."""

    cohort = fields.String(
        metadata={"description": "`everyone`, or as `cohort=`.", "example": "pupil_premium:true"}
    )
    label = fields.String(metadata={"example": "Pupil Premium"})
    challenges = fields.List(
        fields.String(),
        metadata={"description": "The open challenges that name it.", "example": [EXAMPLE_ID]},
    )


class RunningPracticeSchema(Schema):
    """A practice that runs on a day."""

    id = fields.String(metadata={"example": EXAMPLE_ID})
    title = fields.String(metadata={"example": "Reading with Year 9"})
    from_ = fields.String(data_key="from", attribute="from", metadata={"example": "08:15"})
    to = fields.String(metadata={"example": "08:45"})
    place = fields.String(metadata={"example": "Library"})
    lead = fields.String(metadata={"example": EXAMPLE_PERSON})


class CellPracticeSchema(Schema):
    """A practice in a cell."""

    id = fields.String(metadata={"example": EXAMPLE_ID})
    title = fields.String(metadata={"example": "Reading with Year 9"})
    for_everyone = fields.Boolean(
        metadata={"description": "It names no cohort, so it is for this group as for all.", "example": False}
    )


class CoverageCellSchema(Schema):
    """What covers an area for a column; empty: a hole."""

    cohort = fields.String(metadata={"example": "pupil_premium:true"})
    practices = fields.List(fields.Nested(CellPracticeSchema))


class CoverageRowSchema(Schema):
    """An area, with a cell for each column in the order of `columns`."""

    area = fields.String(metadata={"example": "ofsted2025.inclusion"})
    name = fields.String(metadata={"example": "Inclusion"})
    condition = fields.String(
        metadata={"description": "When it concerns a school at all; null: always.", "example": None}
    )
    cells = fields.List(fields.Nested(CoverageCellSchema))


class HoleSchema(Schema):
    """An area in which nothing that runs would be seen for a group."""

    area = fields.String(metadata={"example": "ofsted2025.achievement"})
    cohort = fields.String(metadata={"example": "everyone"})
    condition = fields.String(metadata={"description": "As of its row.", "example": None})


class CoverageDaySchema(Schema):
    """One day's table. On a day on which the school is closed nothing runs, and there are no rows and no holes."""

    date = fields.Raw(metadata={"type": "string", "format": "date", "example": "2026-12-01"})
    weekday = fields.String(metadata={"example": "tuesday"})
    closed = fields.Boolean(metadata={"description": "The whole day, by the calendar.", "example": False})
    closed_sessions = fields.List(
        fields.String(),
        metadata={
            "description": "AM or PM alone: what starts before, or from, noon doesn't run.",
            "example": [],
        },
    )
    reason = fields.String(metadata={"description": "Why, or what was assumed.", "example": None})
    assumed_open = fields.Boolean(
        metadata={"description": "No calendar of the academic year is held.", "example": False}
    )
    framework = fields.String(
        metadata={"description": "The one in use; null before the first.", "example": "ofsted-renewed-2025"}
    )
    practices = fields.List(
        fields.Nested(RunningPracticeSchema), metadata={"description": "All that runs, by the clock."}
    )
    rows = fields.List(fields.Nested(CoverageRowSchema))
    holes = fields.List(
        fields.Nested(HoleSchema), metadata={"description": "The cells with nothing in them."}
    )
    not_in_table = fields.List(
        fields.String(),
        metadata={
            "description": "Ids of what runs and is in no cell: it names no area of this framework, or only groups "
            "that no open challenge names.",
            "example": [],
        },
    )


class CoverageSchema(Schema):
    """The table of each day: areas down, cohorts across."""

    school = fields.String(metadata={"example": "900001"})
    columns = fields.List(
        fields.Nested(CoverageColumnSchema),
        metadata={"description": "Everyone, then each group that an open challenge of the school names."},
    )
    dates = fields.List(fields.Nested(CoverageDaySchema))
    changes = fields.Nested(
        ChangesSchema,
        metadata={
            "description": "With `compare_to`, by cell: its date, area and cohort, with a space between them."
        },
    )


class NounAtSchool(Noun):
    """The same practices by a path that names their school."""

    def row(self, work: UnitOfWork, id: str, urn: str = "") -> Any:
        """What the path names."""
        return practice.get_practice_of_school(work, urn, id)

    def row_or_hidden(self, work: UnitOfWork, id: str, urn: str = "") -> Any:
        """The same, though it was deleted."""
        return practice.get_practice_of_school(work, urn, id, hidden=True)


NOUN = Noun(PRACTICE, "practice", "practices", "/practices", PracticeSchema)
AT_SCHOOL = NounAtSchool(
    PRACTICE, "practice at a school", "practices", "/schools/<urn>/practice", PracticeSchema
)


def _school(work: UnitOfWork, urn: str) -> SchoolRef:
    return get_school(work, urn)


@blueprint.route("/schools/<urn>/practice")
class PracticeOfSchool(MethodView):
    """What ordinarily runs at a school."""

    @endpoint(scope=READ, loads=_school, query=AsOfListQuerySchema, answer=PracticeSchema, paged=True)
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Page:
        """List the practices of a school, in the order in which they were written down."""
        return list_of(work, PRACTICE, Narrowed([of_school(PRACTICE, school)], {}), query)

    @endpoint(scope=WRITE, loads=_school, body=PracticeSchema, answer=PracticeSchema, status=201, tagged=True)
    def post(self, work: UnitOfWork, school: SchoolRef, body: dict[str, Any]) -> Reply:
        """Write down something that ordinarily runs every week on its day; without cohorts, for everyone."""
        return created(NOUN, practice.create_practice(work, school, body))


@blueprint.route("/schools/<urn>/practice/coverage")
class PracticeCoverage(MethodView):
    """What can be seen on chosen days, and what can't."""

    @endpoint(scope=READ, loads=_school, query=CoverageQuerySchema, answer=CoverageSchema)
    def get(self, work: UnitOfWork, school: SchoolRef, query: dict[str, Any]) -> Content:
        """For each day, the areas of the framework in use then, against everyone and the groups of open challenges.

        A practice without cohorts fills the cell of everyone and of every group, there marked `for_everyone`. One with
        cohorts fills the cells of the groups that lie wholly within them. A practice that names a part of an area
        covers the area. Holes in an area with a `condition` matter where the condition holds.
        """
        return coverage_of(work, school, query)


add_calls_by_id(blueprint, NOUN, patch=PracticePatchSchema, change=practice.change_practice)
add_calls_by_id(blueprint, AT_SCHOOL, patch=PracticePatchSchema, change=practice.change_practice)
