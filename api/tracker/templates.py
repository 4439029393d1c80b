"""`/v1/templates` and `/v1/challenges/{id}/apply-template`: ready sets of actions, and the actions made from them."""

from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields, validate

from api.http.endpoint import Reply, endpoint
from api.http.fields import ListQuerySchema, Lookup, Schema, Text
from api.tracker import challenges as above
from api.tracker.actions import ActionSchema
from api.tracker.fields import (
    EXAMPLE_PERSON,
    AsOfListQuerySchema,
    AsOfQuerySchema,
    ChangeSchema,
    Day,
    Id,
    Partly,
    RecordSchema,
    Repeats,
    Several,
    Whole,
    cohorts,
    one_of,
    person_id,
    text,
)
from api.tracker.lists import Narrowed, list_of, one_of_kind
from api.tracker.named import of_named_school
from api.tracker.resource import READ, WRITE, asks_of_the_past
from domain.templates import KEY, MOST_ACTIONS, MOST_DAYS, OURS
from services.paging import Page
from services.tracker import records, templates
from services.tracker.applied_templates import apply_template
from services.tracker.kinds import TEMPLATE, Content, Where, equal
from services.tracker.templates import Ours
from services.unit_of_work import UnitOfWork

blueprint = Blueprint(
    "templates",
    __name__,
    description="Ready sets of actions for each kind of challenge: ours, and those that schools made their own.",
)


class KeyText(Text):
    """What an action is called within its template, such as first-day-calls."""

    def __init__(self, **given: Any) -> None:
        super().__init__(64, **given)
        words = "Write a key in small letters, digits and hyphens, such as first-day-calls."
        self.validators.append(validate.Regexp(KEY, error=words))


def days(description: str, example: int, **given: Any) -> fields.Integer:
    """A number of days."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(0, MOST_DAYS),
        metadata={"description": description, "example": example},
        **given,
    )


class TemplateMilestoneSchema(Schema):
    """A step of an action."""

    title = text(200, "Script agreed", required=True)
    due_after_days = days("Counted from the day on which the action starts.", 14, required=True)


class TemplateActionSchema(Schema):
    """An action to be made. Days count from the day on which the template is started."""

    key = KeyText(required=True, metadata={"example": "first-day-calls"})
    title = text(200, "Call home on the first day of every absence", required=True)
    intent = text(10_000, "Every family hears from us the same morning.")
    role = text(200, "attendance lead", "Who usually owns it.")
    starts_after_days = days("0 unless said.", 0, load_default=0)
    due_after_days = days("Not before it starts.", 28, required=True)
    success_criteria = Several(Text(1_000), metadata={"example": ["Nobody is missing unexplained at ten"]})
    cohorts = cohorts()
    areas = Several(Text(100), metadata={"example": ["ofsted2025.attendance-and-behaviour"]})
    depends_on = Several(
        KeyText(), metadata={"description": "Keys of the actions that it waits for.", "example": []}
    )
    repeats = Repeats(
        allow_none=True,
        metadata={
            "oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}],
            "description": "termly, half_termly, weekly, or days after the last time it was done.",
            "example": "termly",
        },
    )
    milestones = Several(Whole(TemplateMilestoneSchema))


class TemplateSchema(RecordSchema):
    """A template. Ours have a word for an id and no school."""

    school = Text(64, required=True, metadata={"description": "Null for one of ours.", "example": "900001"})
    kind = one_of(above.KINDS, "attendance", "Of which challenges; needed without `based_on`.")
    title = Text(200, metadata={"description": "Needed without `based_on`.", "example": "Better attendance"})
    purpose = text(10_000, "So that every absence is noticed the same day, and met with help.")
    actions = fields.List(
        Whole(TemplateActionSchema),
        validate=validate.Length(1, MOST_ACTIONS),
        metadata={
            "description": "Needed without `based_on`.",
            "example": [
                {"key": "first-day-calls", "title": "Call home on the first day", "due_after_days": 28}
            ],
        },
    )
    based_on = text(
        100,
        "attendance@1",
        "One of ours and its version, of which this is the school's copy: what isn't given is copied.",
    )
    version = fields.Integer(
        dump_only=True, metadata={"description": "Of a school's own: its revision.", "example": 1}
    )
    newer_version = fields.Integer(
        dump_only=True,
        metadata={"description": "Set where ours has moved on since this copy was made.", "example": None},
    )
    kind_label = fields.String(
        dump_only=True,
        metadata={"description": "For a challenge of the kind other that it is for.", "example": None},
    )
    own_choice = fields.Boolean(
        dump_only=True,
        metadata={
            "description": "Each action is its owner's own choice: only a key that stands for the owner applies it.",
            "example": False,
        },
    )
    source_note = fields.String(
        dump_only=True, metadata={"description": "What it rests on.", "example": "Written for this product."}
    )


class TemplatePatchSchema(Partly, TemplateSchema):
    """What changes of a school's template; actions are replaced whole."""

    class Meta(Schema.Meta):
        exclude = ("school",)


class TemplatesQuerySchema(AsOfListQuerySchema):
    """Which templates."""

    kind = one_of(above.KINDS, "attendance", "For challenges of this kind.")
    school = fields.String(metadata={"description": "Ours and this school's alone.", "example": "900001"})


class ChosenDatesSchema(Schema):
    """The days of one action, instead of those that the template gives."""

    start_on = Day(metadata={"description": "The due day moves with it.", "example": "2027-01-04"})
    due_on = Day(metadata={"example": "2027-02-12"})


class ApplySchema(Schema):
    """Which template, who owns what, and from when."""

    template = Id(required=True, metadata={"description": "Id of a template.", "example": "attendance"})
    owner = person_id("Who owns every action that `owners` doesn't name.", allow_none=True)
    owners = Lookup(
        keys=Text(64),
        values=Id(),
        metadata={
            "description": "Key of an action → person.",
            "example": {"first-day-calls": EXAMPLE_PERSON},
        },
    )
    start_on = Day(
        allow_none=True,
        metadata={
            "description": "From which day its days count; today unless said.",
            "example": "2027-01-04",
        },
    )
    dates = Lookup(
        keys=Text(64),
        values=fields.Nested(ChosenDatesSchema),
        metadata={
            "description": "Key of an action → days of its own.",
            "example": {"letters": {"due_on": "2027-02-12"}},
        },
    )
    only_ = Several(
        Text(64),
        data_key="only",
        attribute="only",
        metadata={"description": "Keys of the actions to make; all unless said.", "example": []},
    )


class AppliedSchema(Schema):
    """What was made."""

    template = fields.String(metadata={"example": "attendance"})
    version = fields.Integer(metadata={"example": 1})
    actions = fields.List(
        fields.Nested(ActionSchema),
        metadata={"description": "In the order of the template, milestones and dependencies made too."},
    )
    warnings = fields.List(
        fields.String(),
        metadata={
            "description": "What was done all the same, and one should know: the template is for another kind of "
            "challenge, or something that was waited for was left out.",
            "example": [],
        },
    )


def _any(work: UnitOfWork, id: str) -> Any:
    return templates.get_template(work, id, hidden=True)


def _as_asked(work: UnitOfWork, id: str) -> Any:
    return templates.get_template(work, id, hidden=asks_of_the_past())


@blueprint.route("/templates")
class Templates(MethodView):
    """All templates."""

    @endpoint(
        scope=READ,
        names=of_named_school(TEMPLATE),
        query=TemplatesQuerySchema,
        answer=TemplateSchema,
        paged=True,
    )
    def get(self, work: UnitOfWork, named: list[Where], query: dict[str, Any]) -> Page:
        """List ours, as they are in this version of Headway, and then those of the schools that the key may see."""
        kind = query.get("kind")
        where = named + ([equal(TEMPLATE, "kind", kind)] if kind else [])
        ours = [one for one in OURS.values() if kind in (None, one.kind)]
        return templates.page_of_templates(
            ours,
            query["page"],
            lambda page: list_of(
                work, TEMPLATE, Narrowed(where, {}), query | {"page": page}, templates.answers
            ),
        )

    @endpoint(scope=WRITE, body=TemplateSchema, answer=TemplateSchema, status=201, tagged=True)
    def post(self, work: UnitOfWork, body: dict[str, Any]) -> Reply:
        """Make a school's own template: written new, or with `based_on` a copy of one of ours to be edited."""
        made = templates.create_template(work, body)
        return Reply(made, 201, {"Location": f"/v1/templates/{made['id']}"})


@blueprint.route("/templates/<id>")
class TemplateById(MethodView):
    """One template."""

    @endpoint(scope=READ, loads=_as_asked, query=AsOfQuerySchema, answer=TemplateSchema, tagged=True)
    def get(self, work: UnitOfWork, row: Any, query: dict[str, Any]) -> Content:
        """One template: one of ours as it is in this version of Headway, a school's as it is or as it stood."""
        if isinstance(row, Ours):
            return templates.content_of_ours(row.template)
        return one_of_kind(work, TEMPLATE, row, query, templates.answers)

    @endpoint(
        scope=WRITE,
        loads=templates.get_own,
        body=TemplatePatchSchema,
        answer=TemplateSchema,
        precondition=True,
        tagged=True,
        also={405: "One of ours; make the school's own copy with `based_on`."},
    )
    def patch(self, work: UnitOfWork, row: Any, body: dict[str, Any]) -> Content:
        """Change what is given of a school's own template; null clears what may be empty."""
        return templates.change_template(work, row, body)

    @endpoint(scope=WRITE, loads=templates.get_own, status=204, precondition=True, also={405: "One of ours."})
    def delete(self, work: UnitOfWork, row: Any) -> Reply:
        """Hide a school's own template; its history stays, and restoring brings it back."""
        records.hide(work, TEMPLATE, row)
        return Reply(None, 204)


@blueprint.route("/templates/<id>/restore")
class TemplateRestore(MethodView):
    """A deleted template."""

    @endpoint(
        scope=WRITE,
        loads=templates.get_own_or_hidden,
        answer=TemplateSchema,
        tagged=True,
        also={405: "One of ours."},
    )
    def post(self, work: UnitOfWork, row: Any) -> Content:
        """Bring a school's own template back that was deleted."""
        return templates.restore_template(work, row)


@blueprint.route("/templates/<id>/history")
class TemplateHistory(MethodView):
    """How a template came to be what it is."""

    @endpoint(scope=READ, loads=_any, query=ListQuerySchema, answer=ChangeSchema, paged=True)
    def get(self, work: UnitOfWork, row: Any, query: dict[str, Any]) -> Page:
        """Every change of a school's own template, the oldest first; ours have none, but versions."""
        return records.history(work, row, query["page"])


@blueprint.route("/challenges/<id>/apply-template")
class ApplyTemplate(MethodView):
    """A template for a challenge."""

    @endpoint(scope=WRITE, loads=above.NOUN.row, body=ApplySchema, answer=AppliedSchema, status=201)
    def post(self, work: UnitOfWork, challenge: Any, body: dict[str, Any]) -> Content:
        """Make the actions of a template, all or none; owners and dates are the caller's to fill in.

        A template for another kind of challenge is applied with a warning. Stepping down from inspection roles is each
        leader's own choice: there the owner is the person whom the key stands for, or nothing is made.
        """
        return apply_template(work, challenge, body)
