"""`/v1/schools/{urn}/attendance`, of a trust, and of any set of schools."""

from typing import Any

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.describe import example_of
from api.http.endpoint import endpoint
from api.http.fields import DaysQuerySchema, Schema, Time
from api.http.replies import Reply
from services.attendance.answers import (
    GROUPINGS,
    asked_of,
    attendance_of,
    check_may_narrow,
    names_in,
)
from services.attendance.counting import actor_with_version
from services.schools.schools import (
    SchoolRef,
    get_school,
    get_trust_schools,
    known_school,
    visible_schools,
)
from services.unit_of_work import Actor, UnitOfWork

blueprint = Blueprint("attendance", __name__, description="Attendance, worked out from what was pushed.")


class Named(fields.Field[list[str]]):
    """References, one a parameter or several with commas; what they name is found before the query is read."""

    is_list = True


class WindowQuerySchema(DaysQuerySchema):
    """Which days, whose, and as held when."""

    cohort = fields.String(
        load_default="",
        metadata={
            "description": "Only pupils with these characteristics. Needs `pupils:read`.",
            "example": "sen_provision:E,K;pupil_premium:true",
        },
    )
    membership = fields.String(
        load_default="window",
        validate=validate.OneOf(("window", "session")),
        metadata={
            "description": "By which day's roll a pupil belongs: the last of the window, or that of each session.",
            "example": "window",
        },
    )
    scope = fields.String(
        load_default="all",
        validate=validate.OneOf(("all", "dfe")),
        metadata={
            "description": "`dfe`: year groups 1 to 11, less year 11 in half term 6. Needs `pupils:read`.",
            "example": "all",
        },
    )
    places = fields.Integer(
        load_default=2,
        validate=validate.Range(0, 15),
        metadata={"description": "Decimal places of rates, rounded half up once.", "example": 2},
    )
    as_of = Time(
        load_default=None,
        metadata={"description": "As it was held then.", "example": "2026-11-20T09:15:00Z"},
    )


class AttendanceQuerySchema(WindowQuerySchema):
    """What is asked of the registers."""

    by = fields.String(
        load_default="",
        metadata={
            "description": f"Groups, several with commas: {', '.join(GROUPINGS)}. Code and characteristics need"
            " `pupils:read`.",
            "example": "half_term,year_group",
        },
    )
    suppress = fields.Integer(
        load_default=None,
        validate=validate.Range(min=0),
        metadata={
            "description": "Withhold what fewer pupils are behind: 5 at least, and unless told, for a key without"
            " `pupils:read`; with it 0, for nothing withheld, or 5 and more.",
            "example": 5,
        },
    )

    compare_to = Time(
        load_default=None,
        metadata={
            "description": "Adds `changes`: what has changed in the groups of the same window since that earlier time.",
            "example": "2026-10-01T17:00:00Z",
        },
    )


class SetQuerySchema(AttendanceQuerySchema):
    """The same of a set of schools."""

    school = Named(
        metadata={
            "type": "array",
            "items": {"type": "string"},
            "description": "A URN or alias; repeated, or several with commas. Every school of the key unless told.",
            "example": ["900001", "900002"],
        }
    )


def _count(example: int, description: str = "") -> fields.Integer:
    """A count, null where it is withheld or can't be known."""
    metadata: dict[str, Any] = {"example": example}
    return fields.Integer(
        allow_none=True, metadata=metadata | ({"description": description} if description else {})
    )


def _rate(example: float) -> fields.Raw:
    return fields.Raw(metadata={"type": ["number", "null"], "example": example})


class RatesSchema(Schema):
    """Percentages of possible sessions; null where none was possible, or withheld."""

    attendance = _rate(92.65)
    absence = _rate(7.35)
    authorised_absence = _rate(4.85)
    unauthorised_absence = _rate(2.5)
    late = _rate(1.89)


class SessionsSchema(Schema):
    """Sessions by what they count as."""

    possible_sessions = _count(18564)
    attendance_sessions = _count(17200, "Present, or in approved educational activity.")
    present_sessions = _count(17010)
    approved_educational_activity_sessions = _count(190)
    authorised_absence_sessions = _count(900)
    unauthorised_absence_sessions = _count(464)
    absence_sessions = _count(1364)
    late_before_close_sessions = _count(310, "Code L, which is present.")
    late_after_close_sessions = _count(40, "Code U, which is unauthorised absence.")
    late_sessions = _count(350)
    codes = fields.Dict(
        allow_none=True,
        metadata={
            "description": "Sessions by code; null where they are withheld.",
            "example": {"/": 8400, "\\": 8300, "L": 310, "I": 700},
        },
    )
    rates = fields.Nested(RatesSchema)


class FlaggedPupilsSchema(Schema):
    """How many pupils, and which part of those with a possible session; `suppressed` only where it is true."""

    pupils = _count(30)
    rate = _rate(16.48)
    suppressed = fields.Boolean(metadata={"example": False})


class GroupSchema(SessionsSchema):
    """One group. With `by=code` it has `key`, `sessions`, `pupils`, `rate` and `suppressed` alone."""

    key = fields.Dict(
        metadata={"description": "Null values: the roll doesn't say.", "example": {"year_group": "7"}}
    )
    pupils = _count(182, "With at least one possible session; null where only counts of sessions are held.")
    persistent_absence = fields.Nested(FlaggedPupilsSchema)
    severe_absence = fields.Nested(FlaggedPupilsSchema)
    sessions = _count(700, "Only with `by=code`: sessions with the code.")
    rate = fields.Raw(
        metadata={
            "type": ["number", "null"],
            "description": "Only with `by=code`: of all possible sessions.",
            "example": 3.77,
        }
    )
    suppressed = fields.Boolean(
        metadata={"description": "Whether the whole group is withheld.", "example": False}
    )


EXAMPLE_GROUP = {
    **(example_of(GroupSchema()) or {}),
    "persistent_absence": {"pupils": 30, "rate": 16.48},
    "severe_absence": {"pupils": 3, "rate": 1.65},
}
del EXAMPLE_GROUP["sessions"], EXAMPLE_GROUP["rate"]


class ScopeSchema(Schema):
    """What the answer is made of."""

    schools = fields.Integer(metadata={"example": 1})


class FigureChangeSchema(Schema):
    """A figure of a group that is otherwise now."""

    key = fields.Dict(metadata={"example": {"year_group": "7"}})
    field = fields.String(
        metadata={"description": "One within another as `rates.attendance`.", "example": "rates.attendance"}
    )
    old = fields.Raw(metadata={"description": "Null where it is withheld.", "example": 92.1})
    new = fields.Raw(metadata={"description": "Null where it is withheld.", "example": 92.65})


class GroupChangesSchema(Schema):
    """What has changed since an earlier time, in groups as they are shown."""

    since = fields.Raw(metadata={"type": "string", "format": "date-time", "example": "2026-10-01T17:00:00Z"})
    added = fields.List(
        fields.Dict(), metadata={"description": "Keys of groups that were not there.", "example": []}
    )
    changed = fields.List(fields.Nested(FigureChangeSchema))
    gone = fields.List(
        fields.Dict(), metadata={"description": "Keys of groups that are no longer there.", "example": []}
    )


class AttendanceSchema(Schema):
    """Attendance by group."""

    scope = fields.Nested(ScopeSchema)
    from_ = fields.Date(data_key="from", attribute="from", metadata={"example": "2026-09-01"})
    to = fields.Date(metadata={"example": "2026-11-20"})
    data_through = fields.Date(
        allow_none=True,
        metadata={"description": "The last day with anything counted.", "example": "2026-11-20"},
    )
    generated_at = fields.Raw(
        metadata={"type": "string", "format": "date-time", "example": "2026-11-20T09:00:00Z"}
    )
    groups = fields.List(
        fields.Nested(GroupSchema),
        metadata={
            "description": "In order of time, then of the table of characteristics; what isn't known comes last.",
            "example": [EXAMPLE_GROUP],
        },
    )
    changes = fields.Nested(GroupChangesSchema, metadata={"description": "With `compare_to`."})


def _school(work: UnitOfWork, urn: str) -> list[SchoolRef]:
    # Whether the key may ask this comes before whether there is such a school.
    check_may_narrow(work.actor, request.args)
    return [get_school(work, urn)]


def _with_version(work: UnitOfWork, token: str, urn: str) -> Actor | None:
    school = known_school(work, urn)
    return None if school is None else actor_with_version(work, token, school)


def _trust(work: UnitOfWork, uid: str) -> list[SchoolRef]:
    check_may_narrow(work.actor, request.args)
    return get_trust_schools(work, uid)


def _named_schools(work: UnitOfWork, args: Any) -> list[SchoolRef]:
    check_may_narrow(work.actor, args)
    named = names_in(",".join(args.getlist("school")))
    schools = [get_school(work, urn) for urn in named] if named else visible_schools(work)
    return list({school.id: school for school in schools}.values())


@blueprint.route("/schools/<urn>/attendance")
class SchoolAttendance(MethodView):
    """Attendance of one school."""

    @endpoint(
        scope="attendance:read",
        loads=_school,
        ahead=_with_version,
        query=AttendanceQuerySchema,
        answer=AttendanceSchema,
    )
    def get(self, work: UnitOfWork, schools: list[SchoolRef], query: dict[str, Any]) -> Reply:
        """Attendance of a school, by group."""
        return _answer(work, schools, query)


@blueprint.route("/trusts/<uid>/attendance")
class TrustAttendance(MethodView):
    """Attendance of a trust."""

    @endpoint(scope="attendance:read", loads=_trust, query=AttendanceQuerySchema, answer=AttendanceSchema)
    def get(self, work: UnitOfWork, schools: list[SchoolRef], query: dict[str, Any]) -> Reply:
        """Attendance of all schools of a trust together, by group."""
        return _answer(work, schools, query)


@blueprint.route("/attendance")
class Attendance(MethodView):
    """Attendance of any set of schools."""

    @endpoint(
        scope="attendance:read",
        names=_named_schools,
        query=SetQuerySchema,
        answer=AttendanceSchema,
        also={404: "One of the schools doesn't exist, or the key may not see it."},
    )
    def get(self, work: UnitOfWork, schools: list[SchoolRef], query: dict[str, Any]) -> Reply:
        """Attendance of the schools named together, or of all that the key may see, by group."""
        return _answer(work, schools, query)


def _answer(work: UnitOfWork, schools: list[SchoolRef], query: dict[str, Any]) -> Reply:
    return Reply(attendance_of(work, schools, asked_of(work, query)), plain=True)
